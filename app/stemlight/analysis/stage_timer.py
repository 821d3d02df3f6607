"""Where the time of a hop goes, by stage. The clock is the caller's: nothing below the edge reads one."""

from __future__ import annotations

from collections.abc import Callable


class StageTimer:
    """Laps between the stages of one hop. One thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock`: seconds, such as time.perf_counter."""
        self._clock = clock
        self._last = 0.0
        self.laps_s: dict[str, list[float]] = {}  # by stage, one entry a hop, in order of the stages

    def start(self) -> None:
        """A hop begins."""
        self._last = self._clock()

    def lap(self, stage: str) -> None:
        """`stage` has ended, the next begins."""
        now = self._clock()
        self.laps_s.setdefault(stage, []).append(now - self._last)
        self._last = now
