"""Taps become a line that stays until the next taps: tempo by hand, for when nothing else knows it."""

from __future__ import annotations

from stemlight.analysis.timeline import Timeline
from stemlight.sync.line_fit import LineFit
from stemlight.sync.source import Knows

LEAST_TAPS, MOST_TAPS = 3, 8
PAUSE_S = 2.0  # a longer one begins a new row of taps


class TapTempo:
    """The last row of taps. One thread."""

    def __init__(self) -> None:
        self._fit = LineFit(MOST_TAPS, LEAST_TAPS)
        self._last_s = float("-inf")
        self._count = 0
        self._line: Timeline | None = None

    def tap(self, time_s: float) -> None:
        """A beat is at `time_s` of the host's clock; the first of a row is the first of a bar."""
        if time_s <= self._last_s:
            return
        if time_s - self._last_s > PAUSE_S:
            self._fit.clear()
            self._count = 0
        self._last_s = time_s
        self._fit.add(time_s, float(self._count))
        self._count += 1
        self._line = self._fit.line() or self._line

    def line(self, now_s: float, beats_per_bar: int) -> Timeline | None:
        """As `TempoSource`: what was last tapped."""
        if self._line is None:
            return None
        line = self._line
        return Timeline(line.tempo_bpm, line.beat_origin, line.time_origin_s, beats_per_bar)

    @property
    def knows(self) -> Knows:
        """The bar: who taps begins on the one."""
        return "bar"

    @property
    def words(self) -> str:
        """How it fares."""
        return "tapped" if self._line else f"no tempo tapped yet: tap {LEAST_TAPS} times or more"
