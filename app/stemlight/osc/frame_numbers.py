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
from stemlight.osc.schema import ARRAYS

_BELOW_ONE = float(np.nextafter(np.float32(1), np.float32(0)))  # a phase must not round up to the next beat's

SPECTRA = ("spectrum", "stem_spectrum")
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
    next_beat_s: float  # when the next beat is, on the same clock; infinite before the first

    @classmethod
    def of(cls, frame: FeatureFrame, time_s: float) -> Moment:
        """The moment `time_s`, as far as `frame` knows."""
        timeline = frame.timeline
        beat = timeline.beat_at(time_s)
        per_bar = timeline.beats_per_bar
        whole, origin = math.floor(beat), timeline.beat_origin
        heard = frame.beat_count > 0  # before the first beat the line runs, and nothing is counted
        return cls(
            beat=beat,
            beat_phase=min(timeline.phase_at(time_s, 1.0), _BELOW_ONE),
            bar_phase=min(timeline.bar_phase_at(time_s), _BELOW_ONE),
            beat_in_bar=1 + whole % per_bar,
            # Counted from the frame's own: a correction of the bar line moves both ends.
            beat_count=frame.beat_count + heard * (whole - math.floor(origin)),
            bar_count=frame.bar_count + heard * (math.floor(beat / per_bar) - math.floor(origin / per_bar)),
            time_s=time_s,
            next_beat_s=timeline.time_at(whole + 1) if heard else math.inf,
        )

    def numbers(self) -> tuple[float, ...]:
        """What stands at `moved_places()`."""
        return self[: len(MOVED)]


@cache
def places() -> dict[tuple[str, tuple[int, ...]], int]:
    """Where each number of a frame stands in the row, by field and index; all but the sound itself.

    The numbers of an array stand one after the other, those of a type too: they are copied at once. The
    spectra stand behind all others.
    """
    plain = [column for column in columns() if column.field.name not in ARRAYS]
    plain.sort(key=lambda column: column.field.dtype)
    spectra = [column for column in columns() if column.field.name in SPECTRA]
    return {(column.field.name, column.index): place for place, column in enumerate(plain + spectra)}


@cache
def n_plain() -> int:
    """Numbers of the row before the spectra."""
    return sum(name not in SPECTRA for name, _ in places())


@cache
def moved_places() -> np.ndarray:
    """Where the numbers of a moment stand."""
    return np.array([places()[name, ()] for name in MOVED])


def frame_numbers(frame: FeatureFrame, spectra: bool = True) -> np.ndarray:
    """float64 (len(places()),), without the spectra (n_plain(),): the frame's numbers in their places."""
    row = np.empty(len(places()) if spectra else n_plain())
    record = frame.record.reshape(1)
    for kind, take, put in _sources(spectra):
        row[put] = record.view(kind)[take]
    return row


@cache
def _sources(spectra: bool) -> list[tuple[np.dtype, np.ndarray, slice]]:
    """For each stretch of a type in the row: the type, which of the record's words go there, and where."""
    stretches: list[tuple[str, list[int], int]] = []  # and where it begins
    for (name, index), place in places().items():
        if name in SPECTRA and not spectra:
            continue
        dtype, offset = FRAME_DTYPE.fields[name][:2]  # type: ignore[index]
        base, shape = dtype.base, dtype.shape
        inside = int(np.ravel_multi_index(index, shape)) if shape else 0
        kind = f"{base.kind}{base.itemsize}"
        if not stretches or stretches[-1][0] != kind:
            stretches.append((kind, [], place))
        stretches[-1][1].append(offset // base.itemsize + inside)
    return [
        (np.dtype(kind), np.array(take), slice(begin, begin + len(take))) for kind, take, begin in stretches
    ]
