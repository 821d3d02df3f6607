"""The whole show in its own processes: what dies comes back, and nothing is left when it ends."""

import json
import math
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from running_show import running_show, until
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc and /dev/shm"),
]

FEED = ("--input", "test", "--no-stage", "--seconds", "120")


PLAIN_SCENE = """/*{"ISFVSN": "2"}*/
void main() { gl_FragColor = vec4(kick_level, beat_phase, drums_hits, 1.0); }
"""


@pytest.fixture
def plain_preset(tmp_path):
    """A scene that costs nothing: these tests are about processes."""
    (tmp_path / "plain.fs").write_text(PLAIN_SCENE)
    preset = tmp_path / "plain.toml"
    preset.write_text('version = 1\nscene = "plain.fs"\n')
    return ("--input", "test", "--preset", str(preset), "--size", "160x90", "--seconds", "120")


def nothing_is_left(show) -> bool:
    """Soon: Python's resource tracker ends when it sees that the show has."""
    until(lambda: not show.processes() and not show.segments(), "end of its processes", timeout_s=15)
    return True


@pytest.mark.parametrize("end", ["Ctrl-C", "SIGTERM", "SIGHUP"])
def test_the_show_ends_cleanly(end):
    with running_show(*FEED) as show:
        show.wait_for_frames(50)
        if end == "Ctrl-C":
            show.press_ctrl_c()
        else:
            os.kill(show.process.pid, getattr(signal, end))
        said = show.wait()
        assert show.process.returncode == 0
        assert nothing_is_left(show)
    assert "Traceback" not in said
    assert all(line.startswith("stemlight: ") for line in said.splitlines())


def test_ctrl_c_while_it_starts_ends_it_as_cleanly():
    with running_show(*FEED) as show:
        until(show.segments, "shared memory")
        show.press_ctrl_c()
        said = show.wait()
        assert show.process.returncode == 0
        assert nothing_is_left(show)
    assert said == ""


def test_the_clock_ends_the_show_and_the_stats_are_whole(tmp_path):
    path = tmp_path / "stats.json"
    with running_show("--input", "test", "--no-stage", "--seconds", "8", "--stats", str(path)) as show:
        show.wait()
        assert show.process.returncode == 0
        assert nothing_is_left(show)
    stats = json.loads(path.read_text())
    assert 8.0 <= stats["seconds"] < 10.0
    assert stats["restarts"] == {"engine": 0, "doors": 0}
    engine = stats["engine"]
    assert 0 < engine["hops"] <= stats["seconds"] / HOP_S
    assert engine["lost_hops"] == 0
    for part in ("hop_ms", "block_ms", "queue_ms", "compute_ms", "publish_ms"):
        assert engine[part]["count"] == engine["hops"]
    assert "priority" in engine["priority"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_ends_ends_the_show_and_every_hop_of_it_was_heard(tmp_path):
    song, path = tmp_path / "song.wav", tmp_path / "stats.json"
    tone = 0.5 * np.sin(np.arange(3 * SAMPLE_RATE) * 2.0 * np.pi * 220.0 / SAMPLE_RATE)
    soundfile.write(song, tone, SAMPLE_RATE)
    with running_show("--input", str(song), "--mute", "--no-stage", "--stats", str(path)) as show:
        show.wait()
        assert show.process.returncode == 0
        assert nothing_is_left(show)
    engine = json.loads(path.read_text())["engine"]
    assert engine["hops"] == math.ceil(3 * SAMPLE_RATE / HOP_LENGTH)
    assert engine["lost_hops"] == 0


def test_a_killed_show_takes_its_processes_and_its_memory_with_it():
    with running_show(*FEED) as show:
        show.wait_for_frames(20)
        os.kill(show.process.pid, signal.SIGKILL)
        show.wait()
        assert nothing_is_left(show)


def test_a_killed_engine_is_back_at_once_and_its_readers_go_on():
    with running_show(*FEED) as show:
        show.wait_for_frames(100)
        before = show.ring.latest()
        show.kill("engine")
        killed_s = time.perf_counter()
        until(lambda: show.ring.latest().epoch == before.epoch + 1, "second engine")
        back_s = time.perf_counter() - killed_s
        show.wait_for_frames(20)
        frames = show.ring.since(before.index)
        assert [p.index for p in frames] == list(range(before.index, frames[-1].index + 1))
        assert show.health.part("show").get("engine_restarts") == 1
        silent_s = next(p.captured_host_s for p in frames if p.epoch > before.epoch) - before.captured_host_s
        until(lambda: show.health.part("engine").get("lost_hops") > 0, "count of the hops nobody heard")
        assert abs(show.health.part("engine").get("lost_hops") - silent_s / HOP_S) < 20
        show.press_ctrl_c()
        said = show.wait()
    assert said.count("engine died (killed by SIGKILL); starting it again") == 1
    print(f"the engine was back after {back_s:.2f} s")


def test_an_input_that_is_not_there_ends_the_show_with_one_line(tmp_path):
    with running_show("--input", str(tmp_path / "no such song.wav"), "--no-stage") as show:
        said = show.wait()
        assert show.process.returncode == 2
        assert nothing_is_left(show)
    assert len(said.splitlines()) == 1
    assert "no such song.wav" in said


def draws(show) -> int:
    return show.health.part("stage").get("draws")


def test_a_killed_stage_comes_back_and_the_engine_loses_no_hop(display, plain_preset):
    with running_show(*plain_preset, display=display) as show:
        until(lambda: draws(show) > 30, "picture")
        show.wait_for_frames(50)
        before, drawn = show.ring.latest(), draws(show)
        show.kill("stage")
        until(lambda: draws(show) > drawn + 30, "picture of the second stage")
        frames = show.ring.since(before.index)
        assert show.health.part("show").get("stage_restarts") == 1
        assert {p.epoch for p in frames} == {before.epoch}
        assert [p.frame.frame for p in frames] == list(
            range(before.frame.frame, before.frame.frame + len(frames))
        )
        assert show.health.part("engine").get("lost_hops") == 0
        show.press_ctrl_c()
        said = show.wait()
        assert show.process.returncode == 0
        assert nothing_is_left(show)
    assert said.count("stage died (killed by SIGKILL); starting it again") == 1


def test_a_killed_engine_does_not_stop_the_picture(display, plain_preset):
    with running_show(*plain_preset, display=display) as show:
        until(lambda: draws(show) > 30, "picture")
        show.wait_for_frames(50)
        epoch = show.ring.latest().epoch
        stage = show.health.part("stage").get("pid")
        show.kill("engine")
        drawn = draws(show)
        until(lambda: draws(show) > drawn + 10, "picture without an engine")
        until(lambda: show.ring.latest().epoch > epoch, "second engine")
        assert show.health.part("stage").get("pid") == stage
        show.press_ctrl_c()
        show.wait()
        assert nothing_is_left(show)


@pytest.mark.skipif(not shutil.which("xdotool"), reason="needs xdotool")
def test_escape_in_the_window_ends_the_show(display, plain_preset):
    with running_show(*plain_preset, display=display) as show:
        until(lambda: draws(show) > 10, "picture")
        show.wait_for_frames(10)
        find = ["xdotool", "search", "--name", "Stemlight"]
        window = subprocess.run(
            find, env={"DISPLAY": display}, capture_output=True, text=True, check=True
        ).stdout.split()[0]
        for command in (["windowfocus", window], ["key", "Escape"]):
            subprocess.run(["xdotool", *command], env={"DISPLAY": display}, check=True)
        show.wait()
        assert show.process.returncode == 0
        assert nothing_is_left(show)
