"""The panel of a real show, under a real X server, by real keys; killed, closed and brought back."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from pulse import PrivatePulse, pulse  # noqa: F401 - the fixture
from running_show import attached, running_show, until
from stemlight.bus.controls import ControlBus
from stemlight.bus.preview_cell import PreviewCell
from stemlight.panel import osc_tables
from stemlight.settings import read_settings

pytestmark = pytest.mark.real

QUIET_SHOW = ("--input", "test", "--no-stage")


class Panel:
    """A person in front of it."""

    def __init__(self, show, display: str) -> None:
        self._show, self._display = show, display
        name = f"stemlight-{show.process.pid}-controls"
        self.controls = until(lambda: attached(ControlBus, name), "controls")
        self.wait()

    @property
    def part(self):
        return self._show.health.part("panel")

    def wait(self) -> None:
        until(lambda: self.part.get("ready"), "panel")
        until(self._window, "window")

    def press(self, *keys: str) -> None:
        self._do("windowfocus", "--sync", self._window()[0])
        self._do("key", *keys)

    def _window(self) -> list[str]:
        return self._do("search", "--onlyvisible", "--name", "control panel", check=False).split()

    def _do(self, *command: str, check: bool = True) -> str:
        environment = {**os.environ, "DISPLAY": self._display}
        done = subprocess.run(
            ["xdotool", *command], env=environment, capture_output=True, text=True, check=check
        )
        return done.stdout


@pytest.fixture
def desk(display, tmp_path, monkeypatch):
    """A running show with its panel, and somebody at it."""
    if not shutil.which("xdotool"):
        pytest.skip("needs xdotool")
    monkeypatch.setenv("STEMLIGHT_SETTINGS", str(tmp_path / "settings.toml"))

    @contextmanager
    def make(*arguments: str):
        with running_show(*QUIET_SHOW, *arguments, display=display, panel=True) as show:
            panel = Panel(show, display)
            yield show, panel
            panel.controls.close()

    return make


def another_page(than: str) -> str:
    """The page that the panel has remembered, if it is another one."""
    page = str(read_settings().get("panel", {}).get("page", than))
    return "" if page == than else page


def test_keys_reach_the_controls_and_a_killed_panel_is_back_as_it_was(desk):
    with desk() as (show, panel):
        panel.press("b")
        until(lambda: panel.controls.get("stage.blackout"), "blackout")
        panel.press("F4")
        page = until(lambda: another_page("looks"), "page")
        lost_before = show.health.part("engine").get("lost_hops")
        before = show.kill("panel")
        until(lambda: show.health.part("panel").get("pid") != before, "panel again")
        panel.wait()
        assert panel.controls.get("stage.blackout") is True  # its death changes nothing on air
        panel.press("b")
        until(lambda: not panel.controls.get("stage.blackout"), "light")
        panel.press("1")
        until(lambda: panel.controls.get("stage.preset"), "look")
        assert show.health.part("show").get("panel_restarts") == 1
        assert show.health.part("engine").get("lost_hops") == lost_before
        show.press_ctrl_c()
        assert "panel died (killed by SIGKILL); starting it again" in show.wait()
        until(lambda: not show.processes(), "end of all its processes")
    assert read_settings()["panel"]["page"] == page


def test_a_tempo_that_is_locked_by_its_key_stays_locked_also_when_the_engine_dies(desk):
    with desk() as (show, panel):
        show.wait_for_frames(5)
        until(lambda: show.ring.latest().frame.beat_count > 8, "beats")
        panel.press("k")
        until(lambda: panel.controls.get("beat.lock"), "lock")
        show.wait_for_frames(10)
        tempo_bpm = show.ring.latest().frame.tempo_bpm
        panel.press("s")  # a person's word: it is locked at that
        until(lambda: show.ring.latest().frame.tempo_bpm < 0.6 * tempo_bpm, "half the tempo")
        halved_bpm = show.ring.latest().frame.tempo_bpm
        before = show.kill("engine")
        until(lambda: show.health.part("engine").get("pid") not in (0, before), "engine again")
        show.wait_for_frames(100)
        assert show.ring.latest().frame.tempo_bpm == pytest.approx(halved_bpm, rel=1e-6)


def test_the_preview_comes_while_a_panel_is_there_and_goes_on_with_the_next_stage(display):
    with running_show("--input", "test", "--size", "320x180", display=display, panel=True) as show:
        name = f"stemlight-{show.process.pid}-preview"
        cell = until(lambda: attached(PreviewCell, name), "memory of the preview")
        picture = until(lambda: cell.newest(after=3), "preview", 60.0)
        assert picture.size_px == (240, 135)
        assert len(set(picture.rgba)) > 10  # a picture, not one colour
        show.kill("stage")
        until(lambda: show.health.part("show").get("stage_restarts"), "next stage")
        after = until(cell.newest, "a whole preview").serial
        until(lambda: cell.newest(after=after + 2), "preview of the next stage", 60.0)
        chooser = ControlBus.attach(f"stemlight-{show.process.pid}-controls", "osc")
        chooser.set("stage.blackout", True)
        until(lambda: (now := cell.newest()) and max(now.rgba[::4]) == 0, "black preview")
        chooser.close()
        cell.close()


def test_what_is_heard_is_another_input_a_moment_later_and_back(desk):
    with desk() as (show, _):
        show.wait_for_frames(20)
        assert "test band" in show.health.part("engine").words("input")
        controls = ControlBus.attach(f"stemlight-{show.process.pid}-controls", "osc")
        controls.set("input.device", "no such device")
        until(lambda: "no sound input" in show.health.part("engine").words("input"), "reason")
        assert "test band" in show.health.part("engine").words("input")  # which is heard all the while
        controls.set("input.device", "test")
        until(lambda: "no sound input" not in show.health.part("engine").words("input"), "band")
        show.wait_for_frames(20)
        controls.close()


def test_a_device_is_chosen_pulled_out_and_put_back(pulse: PrivatePulse):  # noqa: F811
    """While the show runs, through the control that the panel's list sets."""
    with running_show(*QUIET_SHOW) as show:
        engine = show.health.part("engine")
        controls = until(lambda: attached(ControlBus, f"stemlight-{show.process.pid}-controls"), "controls")
        show.wait_for_frames(20)
        hops = engine.get("hops")
        chooser = ControlBus.attach(f"stemlight-{show.process.pid}-controls", "panel")
        chooser.set("input.device", pulse.CAPTURE)
        until(lambda: f"{pulse.CAPTURE!r}, 44100 Hz, channels 1-2" in engine.words("input"), "device")
        chooser.set("input.channels", "2")
        until(lambda: f"{pulse.CAPTURE!r}, 44100 Hz, channel 2" in engine.words("input"), "channel")
        pulse.unplug()
        until(lambda: engine.words("input").startswith("waiting"), "words that it is away")
        show.wait_for_frames(20)  # of silence, at the real rate
        pulse.plug()
        until(lambda: f"{pulse.CAPTURE!r}, 44100 Hz" in engine.words("input"), "device again")
        assert engine.get("hops") > hops
        assert show.health.part("show").get("engine_restarts") == 0
        chooser.close()
        controls.close()


def test_a_destination_of_the_command_line_is_changed_while_it_is_sent_to():
    """Through the file in which the panel changes it, and which ends with the show."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as receiver:
        receiver.bind(("127.0.0.1", 0))
        to = f"127.0.0.1:{receiver.getsockname()[1]}"
        with running_show(*QUIET_SHOW, "--osc", f"{to}:spectra?rate_hz=20") as show:
            engine = show.health.part("engine")
            until(lambda: engine.words("osc.0.to") == f"{to}:spectra?rate_hz=20.0", "destination")
            file = Path(tempfile.gettempdir()) / f"stemlight-{show.process.pid}-osc.toml"
            osc_tables.change(file, 0, {"profile": "stemlight", "offset_ms": -25.0})
            changed = f"{to}:stemlight?rate_hz=20.0&offset_ms=-25.0"
            until(lambda: engine.words("osc.0.to") == changed, "change")
            osc_tables.change(file, 0, {"on": False})
            until(lambda: not engine.words("osc.0.to"), "silence")
            receiver.setblocking(False)
            with suppress(BlockingIOError):
                while receiver.recv(65536):
                    pass
            show.wait_for_frames(86)
            with pytest.raises(BlockingIOError):
                receiver.recv(65536)
            osc_tables.change(file, 0, {"on": True})
            until(lambda: engine.words("osc.0.to"), "destination again")
            before = show.kill("engine")
            until(lambda: engine.get("pid") not in (0, before), "engine again")
            show.wait_for_frames(20)
            assert engine.words("osc.0.to") == changed
            receiver.setblocking(True)
            assert receiver.recv(65536)
            show.press_ctrl_c()
            show.wait()
            assert not file.exists()


def test_without_a_display_the_show_says_so_and_goes_on(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    with running_show(*QUIET_SHOW, "--seconds", "1", panel=True) as show:
        show.wait_for_frames(5)
        said = show.wait()
        assert said.count("no display here: running without the control panel") == 1
        assert show.process.returncode == 0


def test_a_display_that_does_not_answer_costs_the_panel_alone():
    with running_show(*QUIET_SHOW, "--seconds", "3", display=":987", panel=True) as show:
        show.wait_for_frames(5)
        said = show.wait()
        assert "no panel (" in said
        assert "going on without it" in said
        assert show.process.returncode == 0
