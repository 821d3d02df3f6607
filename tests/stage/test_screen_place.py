"""Where the window is follows the controls; a monitor that goes is waited for, and taken back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from stemlight.bus.controls import ControlBus
from stemlight.bus.health import Health
from stemlight.bus.segment import segment_name
from stemlight.errors import UserError
from stemlight.stage.screen_place import LOOK_S, ScreenPlace, window_size_px

LAPTOP, PROJECTOR = "eDP-1, 1920x1200 at 60 Hz", "HDMI-1, 1920x1080 at 60 Hz"


@dataclass
class FakeWindow:
    """A window on a machine whose monitors come and go; as GLFW, it is a window when its monitor goes."""

    monitors: list[str] = field(default_factory=lambda: [LAPTOP, PROJECTOR])
    filled: int | None = None
    size_px: tuple[int, int] = (1280, 720)
    fills: int = 0

    @property
    def words(self) -> str:
        place = "window" if self.filled is None else f"monitor {self.filled}"
        return f"{place}, {self.size_px[0]}x{self.size_px[1]}"

    def fill_monitor(self, index: int | None) -> None:
        self.filled = 0 if index is None else index
        self.fills += 1

    def leave_monitor(self) -> None:
        self.filled = None

    def resize(self, size_px: tuple[int, int]) -> None:
        assert self.filled is None
        self.size_px = size_px

    def pull_out(self, name: str) -> None:
        if self.filled is not None and self.monitors[self.filled] == name:
            self.filled = None
        self.monitors = [each for each in self.monitors if each != name]


@pytest.fixture
def room():
    names = segment_name("place-controls"), segment_name("place-health")
    controls, health = ControlBus.create(names[0]), Health.create(names[1])
    window = FakeWindow()
    yield window, controls, health.part("stage"), ScreenPlace(window, controls, health.part("stage"))
    controls.close()
    health.close()


def test_the_monitor_that_is_chosen_is_filled_and_another_one_when_that_is_chosen(room):
    window, controls, part, place = room
    place.update(1.0)
    assert (window.filled, part.words("monitors")) == (None, f"{LAPTOP}\n{PROJECTOR}")
    controls.set("stage.monitor", 1)
    assert not place.update(1.01)  # chosen ahead: nothing is filled yet
    controls.set("stage.fullscreen", True)
    assert place.update(1.02)
    assert (window.filled, part.words("window")) == (1, "monitor 1, 1280x720")
    controls.set("stage.monitor", 0)
    assert place.update(1.03)
    assert window.filled == 0
    controls.set("stage.fullscreen", False)
    assert place.update(1.04)
    assert window.filled is None


def test_without_a_choice_the_one_it_is_on_is_filled_once(room):
    window, controls, _, place = room
    controls.set("stage.fullscreen", True)
    for step in range(100):
        place.update(1.0 + 0.1 * step)
    assert (window.filled, window.fills) == (0, 1)


def test_a_projector_that_is_pulled_out_is_waited_for_and_the_laptop_is_left_alone(room):
    window, controls, part, place = room
    controls.set("stage.monitor", 1)
    controls.set("stage.fullscreen", True)
    place.update(1.0)
    window.pull_out(PROJECTOR)
    place.update(1.0 + LOOK_S)
    assert window.filled is None
    assert part.words("window").startswith("monitor 1 is waited for; window")
    assert controls.get("stage.fullscreen") is True
    window.monitors.append(PROJECTOR)
    assert place.update(1.0 + 2 * LOOK_S)
    assert (window.filled, part.words("window")) == (1, "monitor 1, 1280x720")


def test_a_window_that_waits_for_its_monitor_takes_a_size(room):
    window, controls, part, place = room
    controls.set("stage.monitor", 5)
    controls.set("stage.fullscreen", True)
    controls.set("stage.size", "640x360")
    place.update(1.0)
    assert (window.filled, window.size_px) == (None, (640, 360))
    assert part.words("window") == "monitor 5 is waited for; window, 640x360"


def test_no_monitor_at_all_is_said_and_asks_no_more(room):
    window, controls, part, place = room
    window.monitors = []
    controls.set("stage.fullscreen", True)
    place.update(1.0)
    assert "no monitor" in part.words("window")
    assert controls.get("stage.fullscreen") is False


def test_a_size_is_given_once_and_then_the_hand_may_change_it(room):
    window, controls, part, place = room
    controls.set("stage.size", "1920x1080")
    place.update(1.0)
    assert window.size_px == (1920, 1080)
    window.size_px = (800, 600)  # dragged
    place.update(1.0 + LOOK_S)
    assert (window.size_px, part.words("window")) == ((800, 600), "window, 800x600")


def test_a_size_that_comes_while_a_monitor_is_filled_waits_for_the_window(room):
    window, controls, _, place = room
    controls.set("stage.fullscreen", True)
    place.update(1.0)
    controls.set("stage.size", "640x360")
    place.update(1.1)
    assert window.size_px == (1280, 720)
    controls.set("stage.fullscreen", False)
    place.update(1.2)
    assert window.size_px == (640, 360)


def test_nonsense_for_a_size_is_one_line_and_changes_nothing(room):
    window, controls, part, place = room
    controls.set("stage.size", "large")
    place.update(1.0)
    assert "'large' is no size for a window; write WIDTHxHEIGHT" in part.words("window")
    assert window.size_px == (1280, 720)


@pytest.mark.parametrize(("text", "size"), [("1920x1080", (1920, 1080)), (" 160 X 90 ", (160, 90))])
def test_a_size_is_read(text, size):
    assert window_size_px(text) == size


@pytest.mark.parametrize("text", ["", "1920", "1920x", "0x0", "159x90", "99999x100", "16385x100", "-1x5"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(UserError, match="no size for a window"):
        window_size_px(text)
