"""The contract of the command line: exit codes, one line on stderr, JSON on stdout."""

import json
import subprocess
import sys

import pytest
from stemlight import cli
from stemlight.offline.render import Rendered
from stemlight.preset.library import preset_paths


def run_cli(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stemlight", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


COMMANDS = [
    "run", "demo", "render", "analyze", "split", "feed", "check", "still", "devices", "scenes",
    "filters", "transitions", "presets",
    "controls", "osc", "bench", "doctor",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert f"stemlight {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["render"], "required"),
        (["render", "no.wav", "-o", "x.mp4"], "no.wav"),
        (["analyze", "no.wav", "-o", "x.csv"], "no.wav"),
        (["analyze", "no.wav", "-o", "x.pdf"], ".csv"),
        (["split", "no.wav", "-o", "stems"], "no.wav"),
        (["feed", "no.wav", "--osc", "127.0.0.1:9"], "no.wav"),
        (["feed", "no.wav"], "--osc"),
        (["feed", "no.wav", "--osc-config", "no.toml"], "no.toml"),
        (["osc", "--profile", "resolum"], "resolume"),
        (["check", "no.fs"], "no.fs"),
        (["still", "no-scene", "-o", "x.png"], "no-scene"),
        (["still", "look.toml", "-o", "x.png"], "is a preset"),
        (["still", "prism", "-o", "x.png", "--tme", "3"], "see `stemlight still --help`"),
        (["render", "no.wav", "-o", "x.mp4", "--size", "12"], "1280x720"),
        (["render", "no.wav", "-o", "x.mp4", "--fps", "0"], "fps"),
        (["render", "no.wav", "-o", "x.mp4", "--seconds", "nan"], "seconds"),
        (["run", "--osc", "nonsense", "--seconds", "1", "--no-stage", "--input", "test"], "nonsense"),
        (["run", "--preset", "zzzz", "--seconds", "1"], "zzzz"),
        (
            ["run", "--input", "no-such-device-at-all", "--seconds", "1", "--no-stage"],
            "no-such-device-at-all",
        ),
        (["nonsense"], "nonsense"),
        (["osc", "--listen", "99999"], "65535"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_2(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run_cli(*arguments)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["scenes", "filters", "transitions", "presets", "controls", "osc"])
def test_lists_are_json_when_asked(command, capsys):
    assert cli.main([command, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows and all(isinstance(row, dict) for row in rows)


def test_a_reader_that_has_had_enough_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m stemlight osc | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout and "Traceback" not in done.stderr and "Error" not in done.stderr


@pytest.fixture
def shown(monkeypatch):
    """The settings of every show that a command would have run, on a machine with a display."""
    settings = []
    monkeypatch.setattr("stemlight.show.run_show", lambda asked: settings.append(asked) or 0)
    monkeypatch.setenv("DISPLAY", ":0")
    return settings


@pytest.mark.parametrize("command", [["run"], ["demo"], []])
def test_a_show_has_a_window_without_being_told_its_size(command, shown):
    assert cli.main(command) == 0
    assert shown[0].size_px == cli.WINDOW_PX and shown[0].stage


def test_what_was_asked_for_is_what_is_shown(shown, tmp_path):
    options = (
        "--input test --size 640x360 --osc a:1 --osc b:2:spectra --osc-in 7701 --no-panel --fullscreen 1"
    )
    stats = tmp_path / "s.json"
    assert cli.main([*options.split(), "--seconds", "3", "--mute", "--stats", str(stats)]) == 0
    (asked,) = shown
    assert (asked.source, asked.size_px, asked.osc, asked.osc_in_port) == (
        "test",
        (640, 360),
        ("a:1", "b:2:spectra"),
        7701,
    )
    assert (asked.panel, asked.fullscreen, asked.seconds, asked.mute, asked.stats) == (
        False,
        1,
        3.0,
        True,
        stats,
    )


def test_what_the_command_line_says_of_the_screen_is_not_what_was_kept(shown, monkeypatch):
    without = []
    monkeypatch.setattr("stemlight.panel.memory.recalled_controls", lambda names: without.append(names) or {})
    screen = {"stage.monitor", "stage.size", "stage.mirror"}
    assert cli.main(["run", "--fullscreen", "0", "--mirror", "0", "--size", "640x360"]) == 0
    assert screen <= set(without[-1])
    assert cli.main(["run", "--fullscreen"]) == 0
    assert not screen & set(without[-1])
    assert [asked.fullscreen for asked in shown] == [0, -1]


def test_the_demo_loops_its_song_and_a_run_ends_with_its_file(shown):
    cli.main(["demo"])
    cli.main(["run", "--input", "song.wav"])
    assert [settings.loop for settings in shown] == [True, False]


def test_the_demo_flies_itself_unless_a_preset_is_asked_for_and_does_not_flash(shown):
    cli.main(["demo"])
    cli.main(["demo", "--preset", "ink"])
    cli.main(["run", "--input", "song.wav"])
    told = [settings.recalled for settings in shown]
    assert [controls.get("autopilot.on", False) for controls in told] == [True, False, False]
    assert [controls.get("stage.flash_limit", False) for controls in told] == [True, True, False]


def _rendered(asked, settings):
    asked.append(settings)
    return Rendered(settings.out, pictures=1, seconds=1.0, took_s=1.0)


def test_without_a_display_the_demo_is_a_short_video_of_many_looks_unless_told_otherwise(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "stemlight.offline.render.render_song", lambda settings, _: _rendered(asked, settings)
    )
    monkeypatch.setattr("stemlight.display.display_is_there", lambda: False)
    assert cli.main(["demo"]) == 0
    assert cli.main(["demo", "--seconds", "9", "--preset", "ink", "--size", "320x180"]) == 0
    assert [settings.seconds for settings in asked] == [cli.DEMO_VIDEO_S, 9.0]
    assert asked[0].autopilot.bars == cli.DEMO_VIDEO_BARS
    assert asked[1].autopilot is None and asked[1].size_px == (320, 180)
    assert all(settings.limit_flashes and settings.out.name == "demo.mp4" for settings in asked)


def test_the_demo_plays_looks_that_there_are():
    assert {*cli.DEMO_LOOKS, *cli.DEMO_VIDEO_LOOKS} <= {path.stem for path in preset_paths()}


def test_the_remote_is_off_unless_asked_for(shown):
    cli.main(["run"])
    cli.main(["run", "--remote", "0.0.0.0:8000"])
    assert [settings.remote for settings in shown] == [None, "0.0.0.0:8000"]


def test_a_remote_at_no_place_is_said_before_anything_starts(capsys):
    assert cli.main(["run", "--input", "test", "--no-stage", "--remote", "nowhere"]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert "write PORT or HOST:PORT" in said[0]
