"""When a change begins and how far it is: on the beats that are heard, not on a clock of its own."""

from __future__ import annotations

from typing import Literal

from stemlight.analysis.timeline import Timeline
from stemlight.stage.shown_beat import MAX_BEAT

Start = Literal["now", "beat", "bar"]


class Cue:
    """A change that begins now, on the next beat or on the next bar line, and takes so many beats.

    Asked at every draw. What it says depends on the moments at which it is asked, not on how often.
    """

    def __init__(self, start: Start, beats: float) -> None:
        """`beats` >= 0; with 0 the change is over when it begins."""
        self._at = start
        self._beats = beats
        self._start: float | None = None  # beat at which it begins
        self._beat = 0.0  # when last asked, and that moment
        self._stream_s: float | None = None
        self._progress = 0.0

    @property
    def has_begun(self) -> bool:
        return self._start is not None

    def progress_at(self, line: Timeline, stream_s: float) -> float | None:
        """0..1, never less than before; None until it begins. `stream_s`: on the clock of `line`."""
        beat = line.beat_at(stream_s)
        if not abs(beat) < MAX_BEAT:
            return self._progress if self.has_begun else None
        before = beat if self._stream_s is None else self._beat + self._jump(line, beat, stream_s)
        if self._start is None:
            self._start = self._started(line, before, beat)
        self._beat, self._stream_s = beat, stream_s
        if self._start is None:
            return None
        share = min((beat - self._start) / self._beats, 1.0) if self._beats else 1.0
        self._progress = max(self._progress, share)
        return self._progress

    def _jump(self, line: Timeline, beat: float, stream_s: float) -> float:
        """Whole beats by which the count has moved: the bar line was corrected, or the engine is a new one.

        What has begun moves along.
        """
        assert self._stream_s is not None
        expected = self._beat + max(stream_s - self._stream_s, 0.0) * line.tempo_bpm / 60.0
        jump = float(round(beat - expected))
        if self._start is not None:
            self._start += jump
        return jump

    def _started(self, line: Timeline, before: float, beat: float) -> float | None:
        """The line that was reached since `before`, if one was."""
        if self._at == "now":
            return beat
        quantum = line.beats_per_bar if self._at == "bar" else 1
        reached = beat // quantum * quantum
        return reached if reached > before or reached == beat else None
