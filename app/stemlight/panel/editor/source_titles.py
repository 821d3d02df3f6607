"""What can move an input, as people read it, and in the order of a menu."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from stemlight.analysis.feature_frame import BANDS, DRUM_PARTS, STEMS
from stemlight.panel.translation import marked, tr
from stemlight.preset.preset import Mapping
from stemlight.preset.sources import BEATS, LFOS, counts, frame_column, runs_on

USUAL = ("kick.hits", "drums.hits", "bass.level", "vocals.level", "all.level", "beat.any")
QUANTITIES = ("level", "hits", "presence", "count")
SONG = ("intensity", "build", "drop", "drop_count", "centroid", "loudness_db", "tempo_bpm")
CLOCKS = ("beat_phase", "bar_phase", "beat_count", "bar_count", "beat_in_bar")
BEATS_MENU = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # periods of an oscillator


@dataclass(frozen=True, slots=True)
class Group:
    """A submenu."""

    title: str
    sources: tuple[str, ...]


def groups() -> tuple[Group, ...]:
    """Everything that has a name a person would say."""
    drum_parts = tuple(source for part in DRUM_PARTS for source in _quantities(part))
    heard = [
        Group(_family(name), _quantities(name) + (drum_parts if name == "drums" else ())) for name in STEMS
    ]
    bands = Group(tr("Bands of the mix"), tuple(s for band in BANDS for s in _quantities(band)))
    return (
        *heard,
        Group(_family("all"), _quantities("all")),
        bands,
        Group(tr("Beat and bar"), (*BEATS, *CLOCKS)),
        Group(tr("Oscillators, with the beat"), LFOS),
        Group(tr("The song"), SONG),
        Group(tr("Notes"), tuple(f"chroma.{note}" for note in _NOTES)),
    )


def source_title(source: str) -> str:
    """`drums.hits` as `Drums: hits`."""
    family, _, quantity = source.partition(".")
    if family == "chroma":
        return tr("Note {}").format(_NOTES.get(quantity, quantity))
    if family in _FAMILIES and quantity in QUANTITIES:
        return f"{_family(family)}: {tr(_QUANTITY_TITLES[quantity])}"
    return tr(_TITLES[source]) if source in _TITLES else source.replace("_", " ")


def family_of(source: str) -> str:
    """The stem whose colour and shape stand for it; empty for none."""
    family = source.partition(".")[0]
    return "drums" if family in DRUM_PARTS else family if family in STEMS else ""


def begun(source: str, input_name: str, kind: str, base: float) -> Mapping:
    """A mapping that is seen at once. `base`: where the slider stands, 0..1; it moves where there is room."""
    column = frame_column(source)
    low, high = (0.0, 1.0)
    if column is not None and not counts(source) and not runs_on(source):
        ends = float(column.field.low), float(column.field.high)
        if all(math.isfinite(end) for end in ends) and ends[0] < ends[1]:
            low, high = (-40.0, 0.0) if source == "loudness_db" else ends
    amount = 1.0 if kind in ("bool", "event") else 0.5 if base <= 0.5 else -0.5
    beats = 4.0 if source in LFOS else 1.0
    return Mapping(input_name, source, amount=amount, low=low, high=high, beats=beats)


def _quantities(family: str) -> tuple[str, ...]:
    return tuple(f"{family}.{quantity}" for quantity in _existing(family, QUANTITIES))


def _existing(family: str, quantities: Iterable[str]) -> Iterable[str]:
    return (quantity for quantity in quantities if frame_column(f"{family}.{quantity}") is not None)


def _family(name: str) -> str:
    return tr(_FAMILIES[name])


_FAMILIES = {
    "drums": marked("Drums"),
    "bass": marked("Bass"),
    "vocals": marked("Voice"),
    "other": marked("Other"),
    "kick": marked("Kick"),
    "snare": marked("Snare"),
    "hat": marked("Hi-hat"),
    "all": marked("Mix"),
    "low": marked("Low band"),
    "mid": marked("Mid band"),
    "midhigh": marked("Mid-high band"),
    "high": marked("High band"),
}
_QUANTITY_TITLES = {
    "level": marked("level"),
    "hits": marked("hits"),
    "presence": marked("presence"),
    "count": marked("each hit"),
}
_TITLES = {
    "beat.any": marked("Every beat"),
    "beat.1": marked("Beat 1"),
    "beat.2": marked("Beat 2"),
    "beat.3": marked("Beat 3"),
    "beat.4": marked("Beat 4"),
    "beat_phase": marked("Ramp over the beat"),
    "bar_phase": marked("Ramp over the bar"),
    "beat_count": marked("Each beat"),
    "bar_count": marked("Each bar"),
    "beat_in_bar": marked("Place in the bar"),
    "lfo.sine": marked("Sine"),
    "lfo.triangle": marked("Triangle"),
    "lfo.ramp": marked("Ramp"),
    "lfo.square": marked("Square"),
    "lfo.random": marked("Random steps"),
    "intensity": marked("Intensity"),
    "build": marked("Build-up"),
    "drop": marked("Drop"),
    "drop_count": marked("Each drop"),
    "centroid": marked("Brightness of the sound"),
    "loudness_db": marked("Loudness"),
    "tempo_bpm": marked("Tempo"),
}
_NOTES = {
    "c": "C", "cs": "C♯", "d": "D", "ds": "D♯", "e": "E", "f": "F",
    "fs": "F♯", "g": "G", "gs": "G♯", "a": "A", "as": "A♯", "b": "B",
}  # fmt: skip
