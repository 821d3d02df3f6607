"""Turns a frame into one row of numbers that every OSC profile picks from, at the moment of sending.

Most numbers are the frame's own. What moves with the beat is asked of the timeline for the moment at which
the packet leaves, so that a late packet is not late music.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from stemlight.analysis.feature_frame import FRAME_DTYPE, FeatureFrame, columns

_BELOW_ONE = float(np.nextafter(np.float32(1), np.float32(0)))  # a phase must not round up to the next beat's

MOVED = ("beat", "beat_phase", "bar_phase", "beat_in_bar", "beat_count", "bar_count")  # by the moment


class Moment(NamedTuple):  # a tuple, for it is made several times a hop
    """Where the beat is at one time of the stream; fields as in the frame, those of `MOVED` first."""

    beat: float
    beat_phase: float
    bar_phase: float
    beat_in_bar: int
    beat_count: int
    bar_count: int
    time_s: float  # on the stream's clock
    next_beat_s: float  # when the next beat is, on the same clock

    @classmethod
    def of(cls, frame: FeatureFrame, time_s: float) -> Moment:
        """The moment `time_s`, as far as `frame` knows."""
        timeline = frame.timeline
        beat = timeline.beat_at(time_s)
        per_bar = timeline.beats_per_bar
        whole = math.floor(beat)
        return cls(
            beat=beat,
            beat_phase=min(timeline.phase_at(time_s, 1.0), _BELOW_ONE),
            bar_phase=min(timeline.bar_phase_at(time_s), _BELOW_ONE),
            beat_in_bar=1 + whole % per_bar,
            # Counted from the frame's own: a correction of the bar line moves both ends.
            beat_count=frame.beat_count + whole - math.floor(timeline.beat_origin),
            bar_count=frame.bar_count
            + math.floor(beat / per_bar)
            - math.floor(timeline.beat_origin / per_bar),
            time_s=time_s,
            next_beat_s=timeline.time_at(whole + 1),
        )

    def numbers(self) -> tuple[float, ...]:
        """What stands at `moved_places()`."""
        return self[: len(MOVED)]


@cache
def places() -> dict[tuple[str, tuple[int, ...]], int]:
    """Where each number of a frame stands in the row, by field and index; all but the waveform.

    The numbers of an array stand one after the other.
    """
    sent = (column for column in columns() if column.field.name != "waveform")
    return {(column.field.name, column.index): place for place, column in enumerate(sent)}


@cache
def moved_places() -> list[int]:
    """Where the numbers of a moment stand."""
    return [places()[name, ()] for name in MOVED]


def frame_numbers(frame: FeatureFrame) -> np.ndarray:
    """float64 (len(places()),): the frame's numbers in their places."""
    row = np.empty(len(places()))
    record = frame.record.reshape(1)
    for kind, take, put in _sources():
        row[put] = record.view(kind)[take]
    return row


@cache
def _sources() -> list[tuple[str, np.ndarray, np.ndarray]]:
    """For each type in the record: which of the record's words, seen as that type, go where in the row."""
    take: dict[str, list[int]] = {}
    put: dict[str, list[int]] = {}
    for (name, index), place in places().items():
        dtype, offset = FRAME_DTYPE.fields[name][:2]  # type: ignore[index]
        base, shape = dtype.base, dtype.shape
        inside = int(np.ravel_multi_index(index, shape)) if shape else 0
        kind = f"{base.kind}{base.itemsize}"
        take.setdefault(kind, []).append(offset // base.itemsize + inside)
        put.setdefault(kind, []).append(place)
    return [(kind, np.array(take[kind]), np.array(put[kind])) for kind in take]
