"""Plays Resolume: its tempo, the one of its bar, the knobs of its dashboards, its clips and columns.

Resolume's floats are normalised over a parameter's range; it answers nothing that we wait for. So this
keeps a clock of its own that runs as Resolume's must, from the tempo and the resync that were last sent,
and sends the next resync only when that clock has left the music.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Literal

from stemlight.analysis.feature_frame import Column, FeatureFrame, columns_by_name
from stemlight.errors import UserError
from stemlight.osc.frame_numbers import Moment
from stemlight.osc.names import near
from stemlight.osc.schema import HELD, OscAddress

TempoForm = Literal["normalised", "raw", "off"]
Resync = Literal["auto", "bar", "off"]

LOWEST_BPM, HIGHEST_BPM = 20.0, 500.0  # of Resolume's tempo knob
SURE = 0.5  # tempo_confidence: more likely right than wrong
SURE_S = 2.0  # for so long before anything is said of the tempo: a lock that lasts
TEMPO_STEP_BPM = 0.05  # smaller changes are not worth a message
TOLERANCE_BEATS = 0.05  # 25 ms at 120 bpm: sooner than one sees that a cut is late

LINKS = {
    "drums.level": "link 1",
    "bass.level": "link 2",
    "vocals.level": "link 3",
    "other.level": "link 4",
    "kick.hits": "link 5",
    "snare.hits": "link 6",
    "hat.hits": "link 7",
    "intensity": "link 8",
}  # what moves the composition's dashboard unless told otherwise

_SHORT = (
    (re.compile(r"link ([1-8])"), "/composition/dashboard/link{}"),
    (re.compile(r"layer (\d+) link ([1-8])"), "/composition/layers/{}/dashboard/link{}"),
    (re.compile(r"layer (\d+) opacity"), "/composition/layers/{}/video/opacity"),
    (re.compile(r"layer (\d+) clip (\d+)"), "/composition/layers/{}/clips/{}/connect"),
    (re.compile(r"layer (\d+) next"), "/composition/layers/{}/connectnextclip"),
    (re.compile(r"column (\d+)"), "/composition/columns/{}/connect"),
    (re.compile(r"column next"), "/composition/connectnextcolumn"),
)
_ADDRESS = re.compile(r"(/[^\s#*,/?\[\]{}]+)+")  # OSC 1.0: what an address may be made of, patterns apart
_TEMPO = "resolume.tempo"
_RESYNC = "resolume.resync"


class ResolumeClock:
    """The tempo to send, and how often to resync so far. One thread."""

    names = (_TEMPO, _RESYNC)

    def __init__(self, resync: Resync) -> None:
        self._mode = resync
        self.reset()

    def reset(self) -> None:
        """A stream begins; Resolume goes on as it was told."""
        self._resyncs = 0
        self._sent_bpm = math.nan
        self._theirs = math.nan  # where Resolume is, in beats since the last resync
        self._time_s = math.nan
        self._unsure_at_s = -math.inf
        self._beat_count = self._bar_count = -1

    def process(self, frame: FeatureFrame, moment: Moment) -> tuple[float, float]:
        """The tempo, NaN while there is nothing to say, and the count of resyncs."""
        if self._beat_count < 0:
            self._time_s = self._unsure_at_s = moment.time_s
            self._beat_count, self._bar_count = moment.beat_count, moment.bar_count
        self._theirs += (moment.time_s - self._time_s) * self._sent_bpm / 60.0
        self._time_s = moment.time_s
        if frame.tempo_confidence < SURE:
            self._unsure_at_s = moment.time_s
        sure = moment.time_s - self._unsure_at_s > SURE_S
        if moment.beat_count > self._beat_count:
            self._beat_count = moment.beat_count
            if sure and not abs(frame.tempo_bpm - self._sent_bpm) < TEMPO_STEP_BPM:  # NaN: never sent
                self._sent_bpm = frame.tempo_bpm
        if moment.bar_count > self._bar_count:
            self._bar_count = moment.bar_count
            if sure and self._should_resync(frame.beats_per_bar):
                self._resyncs += 1
                self._theirs = moment.bar_phase * frame.beats_per_bar
        return self._sent_bpm, float(self._resyncs)

    def _should_resync(self, beats_per_bar: int) -> bool:
        if self._mode != "auto":
            return self._mode == "bar"
        ahead = math.remainder(self._theirs, beats_per_bar)
        return not abs(ahead) < TOLERANCE_BEATS  # NaN: never yet


def resolume_table(
    tempo: TempoForm, resync: Resync, values: Mapping[str, str], triggers: Mapping[str, str]
) -> tuple[OscAddress, ...]:
    """What goes to Resolume. `values` and `triggers`: a number's or an event's name -> where to.

    UserError for a name or a place that is none.
    """
    table = []
    if tempo != "off":
        raw = tempo == "raw"
        span = HIGHEST_BPM - LOWEST_BPM
        table.append(
            OscAddress(
                "/composition/tempocontroller/tempo",
                "f",
                LOWEST_BPM if raw else 0.0,
                HIGHEST_BPM if raw else 1.0,
                "hop",
                "tempo (bpm)" if raw else "tempo, (bpm - 20) / 480",
                _TEMPO,
                scale=1.0 if raw else 1.0 / span,
                bias=0.0 if raw else -LOWEST_BPM / span,
            )
        )
    if resync != "off":
        when = "on each bar line" if resync == "bar" else "on a bar line that Resolume has left"
        table.append(
            OscAddress(
                "/composition/tempocontroller/resync",
                "i",
                0,
                1,
                "event",
                f"the one: 1 {when}, 0 after 50 ms",
                _RESYNC,
            )
        )
    table += [_value(name, place) for name, place in values.items()]
    table += [_trigger(name, place) for name, place in triggers.items()]
    return tuple(table)


def _value(name: str, place: str) -> OscAddress:
    column = columns_by_name().get(name)
    bounded = sorted(other for other, column in columns_by_name().items() if _is_bounded(column))
    if column is None:
        raise UserError(f"no value named {name!r}{near(name, bounded, '`stemlight osc` lists them')}")
    if not _is_bounded(column):
        raise UserError(f"{name} has no range, and Resolume's knobs go from 0 to 1")
    field = column.field
    scale = 1.0 / (field.high - field.low)
    unity = field.low == 0.0 and field.high == 1.0
    doc = f"{name}: {field.doc}" + (
        "" if unity else f" ({field.low:g} to {field.high:g} {field.unit})".rstrip()
    )
    address, low = _address(place), -field.low * scale
    return OscAddress(address, "f", 0.0, 1.0, "hop", doc, field.name, column.index, scale=scale, bias=low)


def _trigger(name: str, place: str) -> OscAddress:
    counts = events()
    if name not in counts:
        raise UserError(f"no event named {name!r}{near(name, counts)}")
    column = counts[name]
    return OscAddress(_address(place), "i", 0, 1, "event", f"{name}: {HELD}", column.field.name, column.index)


def events() -> dict[str, Column]:
    """What may fire a clip, by name, with the count that says so: `beat`, `bar`, `drop`, `kick`, ..."""
    return {
        name.removesuffix("_count").removesuffix(".count"): column
        for name, column in columns_by_name().items()
        if name.endswith(("_count", ".count"))
    }


def _is_bounded(column: Column) -> bool:
    field = column.field
    is_sound = field.name in ("waveform", "side")
    return field.high - field.low < math.inf and field.dtype[0] == "f" and not is_sound


def _address(place: str) -> str:
    """`column 2` as Resolume says it; an address as it is."""
    for short, address in _SHORT:
        if match := short.fullmatch(place):
            return address.format(*match.groups())
    if not _ADDRESS.fullmatch(place) or not place.isascii():
        raise UserError(
            f"{place!r} is no place in Resolume; write an address such as /composition/master, or `link 3`, "
            "`layer 1 link 3`, `layer 1 opacity`, `layer 1 clip 3`, `layer 1 next`, `column 2`, `column next`"
        )
    return place
