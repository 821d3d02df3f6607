"""Brings pictures that come when they come to the even steps of a film. Reads no clock."""

from __future__ import annotations

SLACK = 0.9  # of a step: so early or late a picture still takes the next place, however a wake-up was shaken


class FrameGrid:
    """Gives pictures their places in a film of `fps` pictures a second. One thread."""

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._last: int | None = None

    def place(self, time_s: float) -> int | None:
        """The place of a picture seen at `time_s`, later than all before it; None if theirs are enough."""
        at = time_s * self._fps
        if self._last is None:
            self._last = round(at)
            return self._last
        next_place = self._last + 1
        place = next_place if abs(at - next_place) < SLACK else round(at)
        if place <= self._last:
            return None
        self._last = place
        return place
