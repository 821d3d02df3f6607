"""Counts the beats or bar lines that go by on the screen, each of them once."""

from __future__ import annotations

MOST = 8  # between two draws; more is a picture that stood still, or an engine that began again


class LinesPassed:
    """How many lines began since it was last asked. One thread."""

    def __init__(self) -> None:
        self._begun: int | None = None

    def update(self, begun: int) -> int:
        """`begun`: how many there have been when the draw is seen, as the newest frame has it.

        A line that is about to come may be told a little later when it is nearer: it counts the first time.
        """
        n_passed = 0 if self._begun is None else begun - self._begun
        if n_passed != -1:
            self._begun = begun
        return n_passed if 0 < n_passed <= MOST else 0
