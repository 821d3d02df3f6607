"""What a mapping can listen to: every number of the frame, oscillators that run with the beat, and beats."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache

from stemlight.analysis.feature_frame import FAMILIES, Column, columns

# One period is `beats` long and begins on the beat: 0 to 1 and back; likewise in straight lines; 0 to 1; 1 in
# the first half, then 0; another number each period.
LFOS = ("lfo.sine", "lfo.triangle", "lfo.ramp", "lfo.square", "lfo.random")
BEATS = ("beat.any", "beat.1", "beat.2", "beat.3", "beat.4")  # 1 in the first half of that beat of the bar

HEARD_RELEASE_S = 0.2  # how long what is heard takes to fall where the preset does not say it

_COUNTERS = ("count", "beat_count", "bar_count", "drop_count")
_PHASES = ("beat_phase", "bar_phase")


@cache
def _columns() -> dict[str, Column]:
    """By name, and by place where the index is the name of nothing a person says: `chroma[3]`."""
    found = {}
    for column in columns():
        if column.field.health:
            continue  # says how the machine fares: not the same live and offline
        found[column.name] = column
        if column.index and column.field.axes[:1] != (FAMILIES,):
            found[column.field.name + "".join(f"[{place}]" for place in column.index)] = column
    return found


def frame_column(source: str) -> Column | None:
    """The number of the frame that `source` names; None if it names none."""
    return _columns().get(source)


def is_source(source: str) -> bool:
    """Whether a mapping can have it."""
    return source in LFOS or source in BEATS or source in _columns()


def counts(source: str) -> bool:
    """Whether it counts what happened: `kick.count`, `drop_count`."""
    column = frame_column(source)
    return column is not None and column.field.name in _COUNTERS


def runs_on(source: str) -> bool:
    """Whether it is a clock without an end: `drums.time`, `beat`."""
    column = frame_column(source)
    return column is not None and column.field.high == float("inf") and not counts(source)


def usual_release_s(source: str) -> float:
    """The release of a mapping that says none: an oscillator keeps its shape, what is heard falls softly."""
    return 0.0 if source in LFOS or source in _PHASES or runs_on(source) else HEARD_RELEASE_S


def sources() -> Iterable[str]:
    """All of them that have a name; spectra and the waveform by place only."""
    named = (name for name, column in _columns().items() if column.field.axes and "[" not in name)
    single = (name for name, column in _columns().items() if not column.index)
    return (*LFOS, *BEATS, *single, *(name for name in named if not name.startswith("stem_spectrum")))


def nearest_source(source: str) -> str:
    """What may have been meant by a name that is none; empty if nothing is near."""
    near = difflib.get_close_matches(source, list(sources()), 1)
    return near[0] if near else ""
