"""The stage process with a real window, on a screen of our own; what the screen shows is photographed."""

import os
import shutil
import struct
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_S, FeatureFrame
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health
from stemlight.bus.look_cell import LookCell
from stemlight.bus.preview_cell import PreviewCell
from stemlight.bus.segment import segment_name
from stemlight.stage.process import StageSettings
from stemlight.stage.rehearsal import rehearsal_frames

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xwd")), reason="needs Xvfb and xwd"),
]

WIDTH, HEIGHT = 640, 360  # of the screen; the window is half as wide and high
SHADER = """/*{"ISFVSN": "2"}*/
void main() { gl_FragColor = vec4(isf_FragNormCoord, 0.25 + 0.5 * kick_level, 1.0); }
"""
START_S = 60.0  # a loaded machine compiles slowly


class RunningStage:
    """The stage in a process of its own, fed with the frames of an imagined song."""

    def __init__(self, folder: Path, display: str, stack: ExitStack) -> None:
        self.display = display
        (folder / "plain.fs").write_text(SHADER)
        self.folder = folder
        preset = folder / "plain.toml"
        preset.write_text('version = 1\nscene = "plain.fs"\n')
        parts = ("ring", "controls", "health", "look", "preview")
        names = {part: segment_name(f"window-{part}") for part in parts}
        stack.enter_context(closing(FrameRing.create(names["ring"])))
        self.ring = stack.enter_context(closing(FrameRing.attach(names["ring"], writer=True)))
        stack.enter_context(closing(ControlBus.create(names["controls"])))
        self.controls = stack.enter_context(closing(ControlBus.attach(names["controls"], "osc")))
        self.health = stack.enter_context(closing(Health.create(names["health"])))
        self.cell = stack.enter_context(closing(LookCell.create(names["look"])))
        self.preview = stack.enter_context(closing(PreviewCell.create(names["preview"])))
        self.part = self.health.part("stage")
        self.settings = StageSettings(**names, size_px=(WIDTH // 2, HEIGHT // 2), preset=str(preset))
        self.playing = threading.Event()
        self.playing.set()
        self._over = threading.Event()
        self._feeder = threading.Thread(target=self._feed)
        self._feeder.start()
        stack.callback(self._feeder.join)
        stack.callback(self._over.set)
        self.process = self.start()
        stack.callback(self.end)

    def start(self) -> subprocess.Popen:
        code = (
            "import sys; from stemlight.stage.process import StageSettings, run_stage;"
            f"sys.exit(run_stage({self.settings!r}))"
        )
        environment = {**os.environ, "DISPLAY": self.display, "LP_NUM_THREADS": "1"}
        environment["STEMLIGHT_PRESETS"] = str(self.folder)  # what lies there is in the library
        return subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True
        )

    def end(self) -> None:
        """Ends the process that runs now."""
        self.process.kill()
        self.process.wait()

    def _feed(self) -> None:
        began_s = time.perf_counter()
        song = rehearsal_frames(0, 200)
        index = 0
        while not self._over.wait(HOP_S):
            while index * HOP_S < time.perf_counter() - began_s:
                if self.playing.is_set():
                    record = song[index % len(song)].record.copy()
                    record["frame"], record["time_s"] = index, index * HOP_S
                    self.ring.publish(FeatureFrame(record), began_s + index * HOP_S)
                index += 1

    def until(self, truth, what: str, timeout_s: float = START_S):
        end_s = time.monotonic() + timeout_s
        while not (value := truth()):
            assert self.process.poll() is None, self.process.stderr.read()
            assert time.monotonic() < end_s, f"waited {timeout_s} s for {what}"
            time.sleep(0.05)
        return value

    def draws(self, count: int) -> None:
        """Until that many more were drawn."""
        goal = self.part.get("draws") + count
        self.until(lambda: self.part.get("draws") >= goal, f"draw {goal}")

    def key(self, name: str) -> None:
        if not shutil.which("xdotool"):
            pytest.skip("needs xdotool")
        subprocess.run(["xdotool", "key", name], env={**os.environ, "DISPLAY": self.display}, check=True)


def photograph(display: str) -> np.ndarray:
    """What the screen shows, uint8 (h, w, 3)."""
    command = ["xwd", "-root", "-silent", "-display", display]
    dump = subprocess.run(command, capture_output=True, check=True).stdout
    header = struct.unpack(">25I", dump[:100])
    header_size, width, height, bits, bytes_per_line, n_colors = (header[i] for i in (0, 4, 5, 11, 12, 19))
    pixels = np.frombuffer(dump, np.uint8, offset=header_size + 12 * n_colors)
    lines = pixels.reshape(height, bytes_per_line)[:, : width * bits // 8]
    return lines.reshape(height, width, bits // 8)[..., 2::-1]


@pytest.fixture
def stage(tmp_path, display):
    with ExitStack() as stack:
        stage = RunningStage(tmp_path, display, stack)
        stage.until(lambda: stage.part.words("scene") == "plain", "the scene, after its trial")
        stage.draws(10)
        yield stage


def test_the_window_shows_the_scene(stage, display):
    picture = photograph(display)[: HEIGHT // 2, : WIDTH // 2]
    left, right = picture[:, 20], picture[:, -20]
    assert right[:, 0].mean() - left[:, 0].mean() > 150  # red goes to the right
    assert picture[20, :, 1].mean() - picture[-20, :, 1].mean() > 130  # green goes up
    assert photograph(display)[-5:, -5:].max() == 0  # and beside the window there is nothing
    assert stage.part.words("scene") == "plain"
    assert stage.part.get("frames_missed") == 0


def test_it_keeps_the_screens_pace_where_the_swap_does_not(stage):
    stage.draws(30)
    began_s, before = time.monotonic(), stage.part.get("draws")
    stage.draws(60)
    rate = (stage.part.get("draws") - before) / (time.monotonic() - began_s)
    assert rate < 90.0  # Xvfb would let a thousand pass


def test_controls_are_obeyed(stage, display):
    stage.controls.set("stage.fullscreen", True)
    stage.until(lambda: "monitor 0" in stage.part.words("window"), "a full screen")
    stage.draws(5)
    assert photograph(display)[-5:, -5:, 0].min() > 200
    stage.controls.set("stage.blackout", True)
    stage.draws(5)
    assert photograph(display).max() == 0
    stage.controls.set("stage.help", True)
    stage.draws(5)
    assert 0.01 < (photograph(display) > 128).mean() < 0.3  # help is for who asks, also in the dark
    stage.controls.set("stage.help", False)
    stage.controls.set("stage.blackout", False)
    stage.controls.set("stage.fullscreen", False)
    stage.until(lambda: "window" in stage.part.words("window"), "a window again")
    stage.draws(5)
    assert photograph(display)[: HEIGHT // 2, : WIDTH // 2].max() > 200
    assert photograph(display)[-5:, -5:].max() == 0


def test_the_preview_is_what_the_window_shows(stage, display):
    def small():
        """One that was drawn after now."""
        before = stage.preview.newest()
        goal = before.serial + 2 if before else 1

        def new():
            stage.preview.ask()
            newest = stage.preview.newest()
            return newest if newest and newest.serial >= goal else None

        picture = stage.until(new, "a preview")
        width, height = picture.size_px
        return np.frombuffer(picture.rgba, np.uint8).reshape(height, width, 4)[::-1, :, :3].astype(int)

    assert stage.preview.newest() is None  # nobody has asked
    window = photograph(display)[: HEIGHT // 2, : WIDTH // 2].astype(int)
    picture = small()
    height, width, _ = picture.shape
    assert width / height == pytest.approx(WIDTH / HEIGHT, rel=0.02)
    for y, x in ((0.1, 0.1), (0.1, 0.9), (0.9, 0.1), (0.9, 0.9)):
        there = window[int(y * len(window)), int(x * len(window[0])), :2]
        assert np.abs(picture[int(y * height), int(x * width), :2] - there).max() < 25
    stage.controls.set("stage.blackout", True)
    stage.draws(3)
    assert small().max() == 0


def test_the_window_takes_a_size_and_a_monitor_that_is_not_there_is_waited_for(stage, display):
    assert stage.part.words("monitors").endswith(f", {WIDTH}x{HEIGHT}")
    stage.controls.set("stage.size", "400x200")
    stage.until(lambda: "window, 400x200" in stage.part.words("window"), "another size")
    stage.draws(5)
    picture = photograph(display)
    assert picture[:200, :400].max(axis=2).min() > 40 and picture[205:, :].max() == 0
    stage.controls.set("stage.monitor", 3)
    stage.controls.set("stage.fullscreen", True)
    stage.until(lambda: "monitor 3 is waited for; window" in stage.part.words("window"), "the wait")
    assert stage.controls.get("stage.fullscreen") is True
    stage.controls.set("stage.monitor", 0)
    stage.until(lambda: f"monitor 0, {WIDTH}x{HEIGHT}" in stage.part.words("window"), "a full screen")
    stage.controls.set("stage.fullscreen", False)
    stage.until(lambda: "window, 400x200" in stage.part.words("window"), "the window again")


def test_it_draws_on_while_the_engine_is_away(stage):
    stage.playing.clear()
    stage.draws(20)
    stage.playing.set()
    stage.draws(20)
    assert stage.process.poll() is None


def test_a_broken_edit_leaves_the_picture(stage, display, tmp_path):
    before = photograph(display)[:150, :300, :2]
    (tmp_path / "plain.fs").write_text(SHADER.replace("vec4", "vec5"))
    stage.until(lambda: "plain.fs:2" in stage.part.words("error"), "the error")
    stage.draws(5)
    assert np.abs(photograph(display)[:150, :300, :2].astype(int) - before).max() <= 1
    (tmp_path / "plain.fs").write_text(SHADER.replace("isf_FragNormCoord,", "1.0, 0.0,"))
    stage.until(lambda: not stage.part.words("error"), "the mended scene")
    stage.draws(5)
    assert photograph(display)[:150, :300, 0].min() == 255


def test_it_ends_when_the_show_does(stage):
    stage.health.stop()
    assert stage.process.wait(timeout=30) == 0


def test_keys_work_and_escape_ends_it(stage):
    stage.key("b")
    stage.until(lambda: stage.controls.get("stage.blackout"), "the blackout")
    stage.key("f")
    stage.until(lambda: "monitor 0" in stage.part.words("window"), "a full screen")
    stage.key("Escape")
    stage.until(lambda: "window" in stage.part.words("window"), "a window again")
    stage.key("Escape")
    assert stage.process.wait(timeout=30) == 0


def test_without_a_display_it_says_so(stage):
    stage.display = ":987"
    other = stage.start()
    assert other.wait(timeout=60) != 0
    assert "no display to open a window on" in other.stderr.read()


LAYERED = """version = 2
[[layers]]
scene = "plain.fs"
[[layers]]
scene = "blue.fs"
blend = "add"
[[filters]]
filter = "half.fs"
"""
BLUE = """/*{"ISFVSN": "2"}*/
void main() { gl_FragColor = vec4(0.0, 0.0, 1.0, 0.0); }
"""
HALF = """/*{"INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/
void main() { gl_FragColor = 0.5 * IMG_THIS_PIXEL(inputImage); }
"""


def test_a_key_brings_the_next_preset_and_a_stage_that_dies_comes_back_with_it(stage, display, tmp_path):
    for name, text in {"a_first.toml": LAYERED, "blue.fs": BLUE, "half.fs": HALF}.items():
        (tmp_path / name).write_text(text)
    stage.controls.set("stage.transition", "dissolve")
    stage.controls.set("stage.transition_beats", 1.0)
    stage.controls.set("stage.transition_at", "beat")
    stage.key("Right")  # from a preset outside of the library to its first
    stage.until(lambda: stage.part.words("coming") == "a_first", "the wish")
    stage.until(lambda: stage.part.words("on_air") == "a_first", "the preset")
    stage.until(lambda: not stage.part.words("loading"), "its proof")
    stage.draws(5)

    def is_shown():
        picture = photograph(display)[: HEIGHT // 2, : WIDTH // 2]
        return picture[..., 2].min() > 120 and 100 < picture[:, -3, 0].mean() < 135

    assert is_shown()
    assert stage.part.words("error") == ""
    stage.end()
    stage.part.say("on_air", "")
    stage.process = stage.start()
    stage.until(lambda: stage.part.words("on_air") == "a_first", "the preset again")
    stage.draws(5)
    assert is_shown()
