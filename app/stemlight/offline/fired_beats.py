"""Frames become the list of beats that the live show would have fired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class FiredBeat:
    """One beat, when it was told."""

    time_s: float  # of the last sample that was needed to know
    beat_in_bar: int  # 1 on the downbeat


class BeatListener:
    """Collects the beats that fire, from the counter: none is missed or told twice."""

    def __init__(self) -> None:
        self.beats: list[FiredBeat] = []
        self._count = 0

    def hear(self, frame: FeatureFrame) -> None:
        """Next frame, in order."""
        if frame.beat_count != self._count:
            self._count = frame.beat_count
            self.beats.append(FiredBeat(frame.time_s, frame.beat_in_bar))


def write_beats(path: Path, beats: Sequence[FiredBeat]) -> None:
    """`time_s<TAB>beat_in_bar`, one line a beat; the folder is made if missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_text("".join(f"{beat.time_s:.4f}\t{beat.beat_in_bar}\n" for beat in beats))
