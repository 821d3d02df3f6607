"""What the analysis says of one hop: one table that memory, columns, OSC and shaders all read.

The class body of `FeatureFrame` is the table. Its structured dtype is the layout in shared memory,
`columns()` are the columns of `stemlight analyze`, the OSC address table and the shader uniforms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from stemlight.analysis.timeline import Timeline

SAMPLE_RATE = 44_100  # Hz; every device and file is brought to it
HOP_LENGTH = 512  # samples; 86.13 hops a second
HOP_S = HOP_LENGTH / SAMPLE_RATE

STEMS = ("drums", "bass", "vocals", "other")
BANDS = ("low", "mid", "midhigh", "high")
BAND_EDGES_HZ = (20.0, 200.0, 1_200.0, 5_000.0, 16_000.0)  # kick and bass | voice body | presence | air
DRUM_PARTS = ("kick", "snare", "hat")
FAMILIES = ("all", *BANDS, *STEMS, *DRUM_PARTS)
QUANTITIES = ("level", "hits", "presence", "time", "count")
PITCH_CLASSES = ("c", "cs", "d", "ds", "e", "f", "fs", "g", "gs", "a", "as", "b")

N_SPECTRUM = 64  # log-spaced bands
N_WAVEFORM = 512  # samples, the hop itself

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the table."""

    name: str
    dtype: str  # numpy type code
    shape: tuple[int, ...]
    axes: tuple[tuple[str, ...], ...]  # names along each axis; empty where the index is the name
    unit: str
    low: float
    high: float  # nominal range; infinite where unbounded
    doc: str
    health: bool  # says how the machine fared, not what was heard: may differ between live and offline


class Entry(Generic[T]):
    """Declares one field of the record and reads it."""

    def __init__(
        self,
        doc: str,
        dtype: str = "f4",
        *,
        axes: tuple[tuple[str, ...], ...] = (),
        shape: tuple[int, ...] = (),
        unit: str = "",
        low: float = 0.0,
        high: float = 1.0,
        health: bool = False,
    ) -> None:
        self._build = (dtype, shape or tuple(len(a) for a in axes), axes, unit, low, high, doc, health)
        self.field: Field

    def __set_name__(self, owner: type, name: str) -> None:
        self.field = Field(name, *self._build)

    @overload
    def __get__(self, instance: None, owner: type) -> Entry[T]: ...
    @overload
    def __get__(self, instance: FeatureFrame, owner: type) -> T: ...
    def __get__(self, instance: FeatureFrame | None, owner: type) -> Any:
        if instance is None:
            return self
        value = instance.record[self.field.name]
        return value if self.field.shape else value.item()


INF = float("inf")
Vector = NDArray[np.float32]


class FeatureFrame:
    """What was heard up to the last sample of one hop. A frozen value; share it between threads freely."""

    __slots__ = ("record",)

    frame = Entry[int]("hops since the stream began", "i8", unit="hops", high=INF)
    time_s = Entry[float]("time of the hop's last sample on the stream's clock", "f8", unit="s", high=INF)

    level = Entry[Vector]("loudness, lightly smoothed, after the slow automatic gain", axes=(FAMILIES,))
    hits = Entry[Vector]("transients: jumps on an onset, decays fast", axes=(FAMILIES,))
    presence = Entry[Vector]("slow: is this family part of the music now", axes=(FAMILIES,))
    time = Entry[NDArray[np.float64]](
        "clock that runs while the family plays: one second a second at full level",
        "f8", axes=(FAMILIES,), unit="s", high=INF,
    )  # fmt: skip
    count = Entry[NDArray[np.int64]]("onsets so far", "i8", axes=(FAMILIES,), high=INF)

    tempo_bpm = Entry[float]("tempo", "f8", unit="bpm", low=55.0, high=215.0)
    tempo_confidence = Entry[float]("how likely it is that the beat is right")
    beats_per_bar = Entry[int]("beats in a bar", "i4", low=3, high=4)
    beat = Entry[float](
        "position in beats; integers are beats, multiples of beats_per_bar are downbeats; "
        "moves by whole beats when the bar line is corrected",
        "f8", unit="beats", high=INF,
    )  # fmt: skip
    beat_phase = Entry[float]("position inside the beat")
    bar_phase = Entry[float]("position inside the bar")
    beat_in_bar = Entry[int]("1 on the downbeat", "i4", low=1, high=4)
    beat_count = Entry[int]("beats so far", "i8", high=INF)
    bar_count = Entry[int]("downbeats so far", "i8", high=INF)

    loudness_db = Entry[float]("momentary loudness of the mix, K-weighted", unit="LUFS", low=-120.0, high=6.0)
    intensity = Entry[float]("slow build of energy over many bars")
    build = Entry[float]("1 while a build-up is heard")
    drop = Entry[float]("1 at a drop, decaying over the bars after it")
    drop_count = Entry[int]("drops so far", "i8", high=INF)
    centroid = Entry[float]("spectral centroid on the log-frequency axis: 0 at 40 Hz, 1 at 16 kHz")
    chroma = Entry[Vector]("pitch classes, the strongest is 1", axes=(PITCH_CLASSES,))

    spectrum = Entry[Vector]("log bands of the mix, 0 at -72 dB of the reference", shape=(N_SPECTRUM,))
    stem_spectrum = Entry[Vector](
        "the same bands of each stem", axes=(STEMS, tuple(str(band) for band in range(N_SPECTRUM)))
    )
    waveform = Entry[Vector]("the hop itself, mono", shape=(N_WAVEFORM,), low=-1.0)
    side = Entry[Vector](
        "what the channels differ by: waveform + side is the left one, waveform - side the right",
        shape=(N_WAVEFORM,), low=-1.0,
    )  # fmt: skip

    hop_ms = Entry[float]("time spent on this hop", unit="ms", high=INF, health=True)
    late = Entry[int]("hops finished after the next was due", "i8", high=INF, health=True)
    overflows = Entry[int]("samples lost", "i8", high=INF, health=True)
    queue_hops = Entry[int]("hops waiting when this one was taken", "i4", high=INF, health=True)

    def __init__(self, record: np.ndarray) -> None:
        """`record`: 0-d array or scalar of `FRAME_DTYPE`; made read-only, not copied."""
        if isinstance(record, np.ndarray):
            record.setflags(write=False)
        self.record = record

    @property
    def timeline(self) -> Timeline:
        """Beats over the stream's clock, from this frame's position onwards."""
        return Timeline(self.tempo_bpm, self.beat, self.time_s, self.beats_per_bar)

    def value(self, column: str) -> float:
        """The number named as in `columns()`: `drums.hits`, `tempo_bpm`, `chroma.a`, `spectrum.12`.

        KeyError names the column that does not exist.
        """
        column_of = columns_by_name()
        if column not in column_of:
            raise KeyError(f"no value named {column!r} in a frame; `stemlight osc` lists them")
        return float(column_of[column].read(self.record))

    def __repr__(self) -> str:
        return f"FeatureFrame(frame={self.frame}, time_s={self.time_s:.3f}, beat={self.beat:.2f})"


FIELDS: tuple[Field, ...] = tuple(
    entry.field for entry in vars(FeatureFrame).values() if isinstance(entry, Entry)
)
FRAME_DTYPE = np.dtype([(field.name, field.dtype, field.shape) for field in FIELDS], align=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One number of a frame: a field and, in an array, which element."""

    name: str  # `drums.hits`: the family first, as people say it
    field: Field
    index: tuple[int, ...]

    def read(self, records: np.ndarray) -> Any:
        """The number, or one per record where `records` has a leading axis."""
        values = records[self.field.name]
        where: Any = (..., *self.index)
        return values[where] if self.index else values


def _name(field: Field, index: tuple[int, ...]) -> str:
    if not index:
        return field.name
    labels = [axis[i] for axis, i in zip(field.axes, index, strict=True)] if field.axes else map(str, index)
    if field.axes and field.axes[0] is FAMILIES:
        return f"{FAMILIES[index[0]]}.{field.name}"
    return ".".join((field.name, *labels))


@cache
def columns() -> tuple[Column, ...]:
    """Every number of a frame, in table order; families before their quantities in the name."""
    return tuple(
        Column(_name(field, index), field, index) for field in FIELDS for index in np.ndindex(field.shape)
    )


@cache
def columns_by_name() -> dict[str, Column]:
    """`columns()` by name."""
    return {column.name: column for column in columns()}


def empty_record() -> np.ndarray:
    """A writable 0-d record of zeros, with a tempo that can be divided by."""
    record = np.zeros((), FRAME_DTYPE)
    record["tempo_bpm"] = 120.0
    record["beats_per_bar"] = 4
    record["beat_in_bar"] = 1
    record["loudness_db"] = -120.0
    return record
