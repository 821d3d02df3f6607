"""Keeps the picture's window where the controls want it: filling a monitor, or a window of a size.

A monitor that is not there, or was pulled out, is waited for in a window: the picture does not spread over
the screen that the person works at. When it is there again it is filled again.
"""

from __future__ import annotations

import re
from typing import Protocol

from stemlight.bus.controls import ControlBus
from stemlight.bus.health import PartHealth
from stemlight.errors import UserError

LOOK_S = 0.25  # between looks at what monitors there are, and how large a hand has made the window
LEAST_PX, MOST_PX = (160, 90), 16_384  # of a side; beyond the second nothing can be drawn into


class Placed(Protocol):
    """What is asked of the window."""

    @property
    def words(self) -> str: ...
    @property
    def monitors(self) -> list[str]: ...
    @property
    def filled(self) -> int | None: ...
    def fill_monitor(self, index: int | None) -> None: ...
    def leave_monitor(self) -> None: ...
    def resize(self, size_px: tuple[int, int]) -> None: ...


class ScreenPlace:
    """Main thread of the stage; no clock of its own."""

    def __init__(self, window: Placed, controls: ControlBus, part: PartHealth) -> None:
        self._window = window
        self._controls = controls
        self._part = part
        self._wanted: tuple[bool, int, str] | None = None
        self._size = ""  # as it was last asked for and done
        self._looked_s = 0.0

    def update(self, now_s: float) -> bool:
        """Does what the controls say; True where the picture may now be on another monitor. Once a draw."""
        controls = self._controls
        wanted = (
            bool(controls.get("stage.fullscreen")),
            int(controls.get("stage.monitor")),
            str(controls.get("stage.size")),
        )
        if wanted == self._wanted and 0.0 <= now_s - self._looked_s < LOOK_S:
            return False
        self._wanted, self._looked_s = wanted, now_s
        fills, number, size = wanted
        monitors, before = self._window.monitors, self._window.filled
        problem = self._fill(number, monitors) if fills else self._leave()
        if size != self._size and self._window.filled is None:
            problem = "; ".join(filter(None, (problem, self._resize(size))))
        self._part.say("monitors", "\n".join(monitors))
        self._part.say("window", f"{problem}; {self._window.words}" if problem else self._window.words)
        return self._window.filled != before

    def _fill(self, number: int, monitors: list[str]) -> str:
        window = self._window
        if not monitors:
            self._controls.set("stage.fullscreen", False)
            return "there is no monitor to fill"
        if number >= len(monitors):
            window.leave_monitor()
            return f"monitor {number} is waited for"
        if window.filled is None or number not in (-1, window.filled):
            window.fill_monitor(number if number >= 0 else None)
        return ""

    def _leave(self) -> str:
        self._window.leave_monitor()
        return ""

    def _resize(self, size: str) -> str:
        self._size = size
        try:
            if size:
                self._window.resize(window_size_px(size))
        except UserError as error:
            return str(error)
        return ""


def window_size_px(text: str) -> tuple[int, int]:
    """From `1920x1080`. UserError where that is no size for a window."""
    match = re.fullmatch(r"\s*(\d{1,5})\s*[x×]\s*(\d{1,5})\s*", text.lower())
    width, height = (int(side) for side in match.groups()) if match else (0, 0)
    if not (LEAST_PX[0] <= width <= MOST_PX and LEAST_PX[1] <= height <= MOST_PX):
        least = "x".join(map(str, LEAST_PX))
        raise UserError(f"{text!r} is no size for a window; write WIDTHxHEIGHT, from {least} on")
    return width, height
