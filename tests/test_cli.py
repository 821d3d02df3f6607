"""The contract of the command line: exit codes, one line on stderr, JSON on stdout."""

import json
import subprocess
import sys

import pytest
from stemlight import cli


def run_cli(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stemlight", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


COMMANDS = [
    "run", "demo", "render", "analyze", "split", "check", "still", "devices", "scenes", "presets", "controls",
    "osc", "bench", "doctor",
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
        (["check", "no.fs"], "no.fs"),
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


@pytest.mark.parametrize("command", ["scenes", "presets", "controls", "osc"])
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
