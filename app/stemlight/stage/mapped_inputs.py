"""What is heard moves the inputs of a shader: base values and frames in, the values of a draw out.

    live = base + amount * shaped * (high - low), inside the input's range, component by component

where `shaped` is a source brought to 0..1, bent by a curve and smoothed by an envelope. Several mappings of
one input add up. A base value is a person's: no mapping changes it, and without mappings it is what is drawn.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stemlight.analysis.feature_frame import FeatureFrame, empty_record
from stemlight.errors import UserError
from stemlight.preset.preset import Mapping
from stemlight.preset.sources import BEATS, LFOS, counts, frame_column, runs_on
from stemlight.stage.lines_passed import LinesPassed
from stemlight.stage.moment import Moment
from stemlight.stage.shader_program import N_COMPONENTS, VALUE_TYPES, Input, InputValue
from stemlight.stage.shown_beat import ShownBeat

# A switch that went on at its threshold goes off at this part of it, so that noise does not rattle it.
HYSTERESIS = 0.8
# What is carried on to the moment at which a draw is seen.
SHOWN = ("beat", "beat_phase", "bar_phase", "beat_in_bar")

OPACITY = Input("opacity", "float", "opacity", 1.0, (0.0,), (1.0,))  # of a layer or a filter, as an input


@dataclass(slots=True)
class _Now:
    """What all mappings of one draw share."""

    records: list[np.ndarray]  # frames since the last draw, oldest first; may be none
    newest: np.ndarray
    is_silence: bool  # before the first frame
    shown: ShownBeat  # where the beat is when the draw is seen
    new_beats: tuple[int, ...]  # places in the bar, from 1, of the beats that began since the last draw
    delta_s: float


class MappedInputs:
    """The inputs of one shader, as people set them and as the music moves them. GL thread only.

    The same frames and moments give the same values; what is smoothed is smoothed in seconds, not in draws.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        base: MappingOf[str, object],
        mappings: Sequence[Mapping],
        seed: int = 0,
    ) -> None:
        """What does not fit the shader is left out and named in `warnings`. `seed`: of `lfo.random`."""
        self._inputs = {entry.name: entry for entry in inputs}
        self._seed = seed
        self._links: list[_Link] = []
        self._newest: np.ndarray | None = None  # None before the first frame
        self._beats = LinesPassed()
        self._pressed: set[str] = set()  # events that a person fires on the next draw
        self.base: dict[str, InputValue] = {
            entry.name: entry.default for entry in inputs if entry.default is not None
        }
        self.live: dict[str, InputValue] = {}  # of every mapped input, since the last `update`
        self._base_warnings: list[str] = []
        for name, value in base.items():
            try:
                self.set_base(name, value)
            except UserError as error:
                self._base_warnings.append(f"inputs.{name}: {error}")
        self.set_mappings(mappings)

    @property
    def mapped(self) -> frozenset[str]:
        """Names of the inputs that the music moves."""
        return frozenset(link.entry.name for link in self._links)

    def set_base(self, name: str, value: object) -> None:
        """A person's value; of an event, fires it on the next draw. UserError where it does not fit."""
        if name not in self._inputs:
            raise UserError(f"there is no such input; there is {', '.join(self._inputs) or 'none'}")
        entry = self._inputs[name]
        if entry.type not in VALUE_TYPES:
            return  # a picture: its scene has it
        coerced = entry.coerced(value)
        if entry.type != "event":
            self.base[name] = coerced
        elif coerced:
            self._pressed.add(name)

    def set_mappings(self, mappings: Sequence[Mapping]) -> None:
        """Other mappings. Where input, component and source stay, the envelope goes on as it was."""
        before = {link.key: link for link in self._links}
        self._links = []
        warnings = list(self._base_warnings)
        for i, mapping in enumerate(mappings):
            entry = self._inputs.get(mapping.input)
            where = f"mappings[{i}]"
            if entry is None:
                names = ", ".join(name for name, row in self._inputs.items() if row.type in VALUE_TYPES)
                warnings.append(
                    f"{where}.input is {mapping.input!r}; there is no such input, there is {names or 'none'}"
                )
            elif entry.type not in VALUE_TYPES:
                warnings.append(f"{where}.input is {mapping.input!r}; that is a picture, not a value")
            elif mapping.component is not None and mapping.component >= N_COMPONENTS.get(entry.type, 1):
                warnings.append(
                    f"{where}.component is {mapping.component}; {mapping.input!r} is a {entry.type}, "
                    f"it must be less than {N_COMPONENTS.get(entry.type, 1)}"
                )
            else:
                link = _Link(mapping, entry, self._seed)
                link.go_on_from(before.get(link.key))
                self._links.append(link)
        self.warnings = tuple(warnings)

    def update(self, frames: Sequence[FeatureFrame], moment: Moment) -> dict[str, InputValue]:
        """The live value of every mapped input, for the draw that is seen at `moment`.

        `frames`: all since the last draw, oldest first; may be none. Events are true on the draws on which
        they fire, of which the first is none.
        """
        now = self._now(frames, moment)
        moved: dict[str, list[_Link]] = {}
        for link in self._links:
            link.update(now)
            moved.setdefault(link.entry.name, []).append(link)
        self.live = {name: self._live(name, links) for name, links in moved.items()}
        for name in self._pressed:
            self.live[name] = True
        self._pressed.clear()
        return self.live

    def _now(self, frames: Sequence[FeatureFrame], moment: Moment) -> _Now:
        if frames:
            if self._newest is None:
                self._beats = LinesPassed()  # those of silence were nobody's
            self._newest = frames[-1].record
        newest = self._newest if self._newest is not None else _SILENCE
        shown = ShownBeat.at(FeatureFrame(newest), moment.on_stream_s + moment.beat_lead_s)
        n_new = self._beats.update(shown.beat_count)
        new_beats = tuple(shown.place_of(k) for k in range(n_new))
        records = [frame.record for frame in frames]
        is_silence = self._newest is None
        return _Now(records, newest, is_silence, shown, new_beats, max(moment.delta_s, 0.0))

    def _live(self, name: str, links: Sequence[_Link]) -> InputValue:
        entry, base = self._inputs[name], self.base.get(name)
        if entry.type == "event":
            return any(link.fired and link.mapping.amount != 0.0 for link in links)
        if entry.type == "bool":
            on = [link.mapping.amount for link in links if link.is_on]
            return bool(base) + sum((amount > 0.0) - (amount < 0.0) for amount in on) > 0
        assert base is not None and not isinstance(base, str)
        numbers = list(base) if isinstance(base, tuple) else [float(base)]
        for place, number in enumerate(numbers):
            low, high = _range(entry, place, number)
            moved = sum(
                link.mapping.amount * link.level for link in links if link.mapping.component in (None, place)
            )
            if moved:
                numbers[place] = min(max(number + moved * (high - low), low), high)
        if entry.type == "long":
            return min(entry.values or (round(numbers[0]),), key=lambda value: abs(value - numbers[0]))
        return tuple(numbers) if isinstance(base, tuple) else numbers[0]


class _Link:
    """One mapping at work: how far its envelope is and what it has counted."""

    def __init__(self, mapping: Mapping, entry: Input, seed: int) -> None:
        self.mapping = mapping
        self.entry = entry
        self.level = 0.0  # shaped, 0..1
        self.is_on = False  # whether the level has risen through the threshold
        self.fired = False  # whether an event fires on this draw
        self._is_first = True
        self._pulse = 0.0  # what a source that counts has risen to ...
        self._pulse_s = 0.0  # ... and for how much longer it goes on rising
        self._counted: float | None = None
        self._value = 0.0  # of the source, the last that was a number
        self._column = frame_column(mapping.source)
        self._counts = counts(mapping.source)
        self._runs_on = runs_on(mapping.source)
        self._random_seed = f"{seed} {mapping.input} {mapping.component} {mapping.beats}"
        self._random = (0, _random(self._random_seed, 0))
        # An event wants the next hit, not the end of this one.
        is_soft = mapping.release_s is not None or entry.type != "event"
        self._release_s = mapping.falls_in_s if is_soft else 0.0

    @property
    def key(self) -> tuple[str, int | None, str]:
        return (self.mapping.input, self.mapping.component, self.mapping.source)

    def go_on_from(self, other: _Link | None) -> None:
        """Takes over how far another one is."""
        if other is not None:
            self.level, self.is_on, self._is_first = other.level, other.is_on, other._is_first
            self._pulse, self._pulse_s = other._pulse, other._pulse_s
            self._counted, self._value = other._counted, other._value

    def update(self, now: _Now) -> None:
        n_counted = self._count(now) if self._counts else 0
        if self._counts:
            self._strike(n_counted, now.delta_s)
        else:
            goal = _curved(self.mapping, self._normal(self._read(now)))
            self.level = goal if self._is_first else self._towards(goal, now.delta_s)
        was_on = self.is_on
        threshold = self.mapping.threshold
        if was_on:
            self.is_on = self.level > threshold * HYSTERESIS
        else:
            self.is_on = self.level >= threshold and self.level > 0.0
        if self._counts:
            self.fired = n_counted > 0
        elif self.mapping.source in BEATS:
            self.fired = any(_is_beat(self.mapping.source, place) for place in now.new_beats)
        else:
            self.fired = self.is_on and not was_on and not self._is_first
        self._is_first = self._is_first and now.is_silence and self._column is not None

    def _read(self, now: _Now) -> float:
        """The source at this draw; what was before where it is no number."""
        source = self.mapping.source
        if source in LFOS:
            return self._oscillator(now.shown.beat / self.mapping.beats + self.mapping.phase)
        if source in BEATS:
            return float(_is_beat(source, now.shown.beat_in_bar) and now.shown.beat_phase < 0.5)
        column = self._column
        assert column is not None  # a preset has no others
        if column.name in SHOWN:
            value = float(getattr(now.shown, column.name))
        elif column.field.name == "hits" and now.records:
            value = max((float(column.read(record)) for record in now.records), key=_finite_first)
        else:
            value = float(column.read(now.newest))
        if math.isfinite(value):
            self._value = value
        return self._value

    def _oscillator(self, position: float) -> float:
        """At `position` in periods."""
        part = position % 1.0
        match self.mapping.source:
            case "lfo.sine":
                return 0.5 - 0.5 * math.cos(2.0 * math.pi * part)
            case "lfo.triangle":
                return 1.0 - abs(1.0 - 2.0 * part)
            case "lfo.ramp":
                return part
            case "lfo.square":
                return float(part < 0.5)
        step = math.floor(position)
        if self._random[0] != step:
            self._random = (step, _random(self._random_seed, step))
        return self._random[1]

    def _count(self, now: _Now) -> int:
        """How often the source counted since the last draw; none before the first frame."""
        column = self._column
        assert column is not None
        if column.name == "beat_count":  # beats and bars begin when they are seen to
            return len(now.new_beats)
        if column.name == "bar_count":
            return now.new_beats.count(1)
        n_counted = 0
        for record in now.records:
            count = float(column.read(record))
            if self._counted is not None and count > self._counted:
                n_counted += round(count - self._counted)
            self._counted = count  # also where it went back: the engine began again
        return n_counted

    def _strike(self, n_counted: int, delta_s: float) -> None:
        """A source that counts is a bell: it rises for its attack, then falls."""
        rising_s = min(self._pulse_s, delta_s)
        if rising_s > 0.0:
            self.level = max(self._towards(self._pulse, rising_s), self.level)
        self._pulse_s -= rising_s
        self.level *= _decay(delta_s - rising_s, self._release_s)
        if n_counted:
            pulse = _curved(self.mapping, self._normal(float(n_counted)))
            if self.mapping.attack_s > 0.0:
                self._pulse, self._pulse_s = pulse, self.mapping.attack_s
            else:
                self.level = max(self.level, pulse)

    def _towards(self, goal: float, delta_s: float) -> float:
        seconds = self.mapping.attack_s if goal > self.level else self._release_s
        return goal + (self.level - goal) * _decay(delta_s, seconds)

    def _normal(self, value: float) -> float:
        part = (value - self.mapping.low) / (self.mapping.high - self.mapping.low)
        if self._runs_on:  # a clock goes round
            return part % 1.0 if math.isfinite(part) else 0.0
        return min(max(part, 0.0), 1.0)


def out_of_range(entry: Input, value: object) -> str | None:
    """What is said of a number that a preset sets beyond the input's range: it is brought to its end."""
    numbers = value if isinstance(value, tuple) else (value,)
    if entry.low is None or entry.high is None or entry.type not in VALUE_TYPES:
        return None
    for number, low, high in zip(numbers, entry.low, entry.high, strict=False):
        if isinstance(number, int | float) and not low <= number <= high:
            return f"{entry.name} is {number:g}; it must be {low:g} to {high:g}"
    return None


def _curved(mapping: Mapping, x: float) -> float:
    match mapping.curve:
        case "ease_in":
            return x * x
        case "ease_out":
            return 1.0 - (1.0 - x) * (1.0 - x)
        case "s":
            return x * x * (3.0 - 2.0 * x)
        case "step":
            return float(x >= mapping.threshold)
    return x


def _decay(delta_s: float, seconds: float) -> float:
    return math.exp(-delta_s / seconds) if seconds > 0.0 else 0.0


def _range(entry: Input, place: int, base: float) -> tuple[float, float]:
    """Of one component. Where the shader gives none: 0..1, and as far as the person went."""
    if entry.low is None or entry.high is None:
        return min(0.0, base), max(1.0, base)
    return entry.low[place], entry.high[place]


def _is_beat(source: str, place: int) -> bool:
    return source in ("beat.any", f"beat.{place}")


def _random(seed: str, step: int) -> float:
    """In [0, 1); the same for the same step on every machine."""
    return random.Random(f"{seed} {step}").random()


def _finite_first(value: float) -> tuple[bool, float]:
    return math.isfinite(value), value


_SILENCE = empty_record()
