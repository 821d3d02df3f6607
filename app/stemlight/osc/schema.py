"""Turns the table of a frame into the table of OSC addresses.

One float or int an address, because TouchDesigner and others read nothing else. A level is
`/stemlight/<family>/<quantity>`; an event is a count that only grows and a trigger that is 1, then 0.
An address never leads to another one: it is a leaf or a branch, as OSC asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from stemlight.analysis.feature_frame import FIELDS, STEMS, Field, columns, columns_by_name

ROOT = "/stemlight"

# Where a number is not found under its own name: next to what it belongs to.
_PLACES = {
    "time_s": "time",
    "tempo_bpm": "beat/tempo",
    "tempo_confidence": "beat/confidence",
    "beats_per_bar": "bar/beats",
    "beat": "beat/position",
    "beat_phase": "beat/phase",
    "bar_phase": "beat/bar_phase",
    "beat_in_bar": "beat/in_bar",
    "beat_count": "beat/count",
    "bar_count": "bar/count",
    "loudness_db": "loudness",
    "drop": "drop/level",
    "drop_count": "drop/count",
}
ARRAYS = ("spectrum", "stem_spectrum", "waveform", "side")  # too many numbers for an address each
HELD = "1 when the count grows, 0 after 50 ms"


@dataclass(frozen=True, slots=True)
class OscAddress:
    """One address: what is sent there and when. What is sent is the number, times `scale`, plus `bias`."""

    address: str
    type_tag: Literal["f", "i"]
    low: float
    high: float  # nominal range of what is sent; infinite where unbounded
    # With every hop; or when a count grows, 1 and 50 ms later 0; or both of these.
    sent: Literal["hop", "event", "held"]
    doc: str
    field: str  # of the frame, or a number that the profile works out; for a trigger the count that fires it
    index: tuple[int, ...] = ()  # of the number in the field, of the row in a spectrum
    n_numbers: int = 1  # more in a spectrum, all of them in one message
    scale: float = 1.0  # other than 1: what is sent stays between `low` and `high`
    bias: float = 0.0


@cache
def stemlight_table() -> tuple[OscAddress, ...]:
    """All that a frame says in single numbers, and a trigger for each count."""
    table = [_number(column.name) for column in columns() if column.field.name not in ARRAYS]
    return (*table, *(_trigger(row) for row in table if row.address.endswith("/count")))


@cache
def spectra_table() -> tuple[OscAddress, ...]:
    """`stemlight_table()`, and the spectra of the mix and of each stem."""
    return (*stemlight_table(), *_spectra())


def _number(name: str) -> OscAddress:
    column = columns_by_name()[name]
    field = column.field
    place = _PLACES.get(name, name.replace(".", "/"))
    return OscAddress(
        f"{ROOT}/health/{place}" if field.health else f"{ROOT}/{place}",
        "f" if field.dtype[0] == "f" else "i",
        field.low,
        field.high,
        "hop",
        _doc(field),
        field.name,
        column.index,
    )


def _trigger(count: OscAddress) -> OscAddress:
    address = count.address.removesuffix("count") + "trigger"
    return OscAddress(address, "i", 0, 1, "event", HELD, count.field, count.index)


def _spectra() -> list[OscAddress]:
    by_name = {field.name: field for field in FIELDS}
    mix, stems = by_name["spectrum"], by_name["stem_spectrum"]
    rows = [("spectrum", mix, ())] + [(f"{stem}/spectrum", stems, (i,)) for i, stem in enumerate(STEMS)]
    n_bands = mix.shape[0]
    return [
        OscAddress(
            f"{ROOT}/{place}",
            "f",
            field.low,
            field.high,
            "hop",
            f"{field.doc} (profile `spectra` only: {n_bands} numbers in one message)",
            field.name,
            index,
            n_bands,
        )
        for place, field, index in rows
    ]


def _doc(field: Field) -> str:
    return f"{field.doc} ({field.unit})" if field.unit else field.doc
