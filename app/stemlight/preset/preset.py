"""A preset: layers of scenes with their values, what the music moves in them, and filters; one TOML each."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path

from stemlight.errors import UserError
from stemlight.preset.sources import is_source, nearest_source, usual_release_s
from stemlight.versioned_toml import Table, is_number, parse_versioned_toml, shown

VERSION = 2

InputValue = bool | int | float | str | tuple[float, ...]

BLENDS = (
    "normal", "add", "screen", "multiply", "lighten", "darken", "difference", "overlay", "subtract",
)  # fmt: skip
CURVES = ("linear", "ease_in", "ease_out", "s", "step")
MAX_LAYERS = 8
MAX_FILTERS = 8  # of a layer, and over all
MAX_MAPPINGS = 64  # of a layer or filter: more than a shader has inputs
MAX_ENVELOPE_S = 60.0
MAX_SOURCE = 1e9  # of low and high; their distance stays a number that can be divided by
BEATS_RANGE = (1.0 / 64.0, 1024.0)  # of an oscillator's period: a flicker, and half an hour

_TOP_KEYS = {
    1: ("version", "name", "description", "scene", "inputs"),
    2: ("version", "name", "description", "tags", "layers", "filters"),
}
_LAYER_KEYS = (
    "scene", "blend", "opacity", "enabled", "keep_alpha", "inputs", "mappings", "filters",
)  # fmt: skip
_FILTER_KEYS = ("filter", "enabled", "opacity", "inputs", "mappings")
_MAPPING_KEYS = (
    "input", "component", "source", "amount", "low", "high", "curve", "attack_s", "release_s", "threshold",
    "beats", "phase",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mapping:
    """What moves one input: live = base + amount * shaped source * the input's range."""

    input: str  # of the shader, or "opacity" of the layer or filter itself
    source: str  # as in `sources`: `drums.hits`, `lfo.sine`, `beat.1`
    component: int | None = None  # of a colour 0..3, of a point 0..1; None: all
    amount: float = 1.0  # -1..1, of the input's range
    low: float = 0.0  # the source's value that counts as 0 ...
    high: float = 1.0  # ... and as 1; may be the lower one
    curve: str = "linear"  # one of CURVES
    attack_s: float = 0.0  # time constant of rising
    release_s: float | None = None  # of falling; None: what is usual for the source
    threshold: float = 0.5  # of events, switches and the curve `step`: 0..1
    beats: float = 1.0  # period of an oscillator
    phase: float = 0.0  # of an oscillator: part of a period that it is ahead, 0..1

    @property
    def falls_in_s(self) -> float:
        """The release that counts."""
        return usual_release_s(self.source) if self.release_s is None else self.release_s


@dataclass(frozen=True, slots=True)
class Effect:
    """A filter over what is drawn so far."""

    filter: str  # a filter's name, or a shader's path relative to the preset
    enabled: bool = True
    opacity: float = 1.0  # 0..1: how much of it is seen
    inputs: MappingOf[str, InputValue] = field(default_factory=dict)
    mappings: tuple[Mapping, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """A scene and the filters over it, on top of the layers before it."""

    scene: str  # a scene's name, or a shader's path relative to the preset
    blend: str = "normal"  # one of BLENDS
    opacity: float = 1.0  # 0..1
    enabled: bool = True
    keep_alpha: bool = False  # many scenes end with an alpha that means nothing
    inputs: MappingOf[str, InputValue] = field(default_factory=dict)
    mappings: tuple[Mapping, ...] = ()
    filters: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """What a preset file says. Whether a shader has these inputs is for the stage to know."""

    name: str
    layers: tuple[Layer, ...]  # 1 to 8, the lowest first
    description: str = ""
    tags: tuple[str, ...] = ()
    filters: tuple[Effect, ...] = ()  # over all layers
    source: Path | None = field(default=None, compare=False, repr=False)  # the file that says so

    @property
    def called(self) -> str:
        """What an error about it begins with: its file, or its name where there is none."""
        return str(self.source) if self.source else self.name


def parse_preset(text: str, source: Path) -> Preset:
    """The preset in `text`, of version 2 or 1; UserError names `source` and the key that is wrong."""
    top = parse_versioned_toml(text, source, "a preset", _TOP_KEYS)
    name = top.text("name", source.stem)
    if not name.strip():
        raise top.wrong("name", "must be text")
    description = top.text("description", "")
    if top.values["version"] == 1:
        layers: tuple[Layer, ...] = (Layer(top.text("scene"), inputs=_inputs(top)),)
        return Preset(name, layers, description, source=source)
    rows = top.rows("layers", MAX_LAYERS)
    if not rows:
        raise UserError(f"{source}: layers is missing; write [[layers]] and the scene of each")
    layers = tuple(_layer(Table(row, "a layer", _LAYER_KEYS, where)) for row, where in rows)
    return Preset(name, layers, description, _tags(top), _filters(top), source)


def _tags(top: Table) -> tuple[str, ...]:
    tags = top.values.get("tags", [])
    good = isinstance(tags, list) and all(
        isinstance(tag, str) and tag.strip() and tag.isprintable() for tag in tags
    )
    if not good:
        raise top.wrong("tags", 'must be a list of words, as ["warm", "fast"]')
    return tuple(tags)


def _layer(table: Table) -> Layer:
    return Layer(
        scene=table.text("scene"),
        blend=table.choice("blend", BLENDS, "normal"),
        opacity=table.number("opacity", 1.0, 0.0, 1.0),
        enabled=table.flag("enabled", True),
        keep_alpha=table.flag("keep_alpha", False),
        inputs=_inputs(table),
        mappings=_mappings(table),
        filters=_filters(table),
    )


def _filters(table: Table) -> tuple[Effect, ...]:
    rows = table.rows("filters", MAX_FILTERS)
    return tuple(_effect(Table(row, "a filter", _FILTER_KEYS, where)) for row, where in rows)


def _effect(table: Table) -> Effect:
    return Effect(
        filter=table.text("filter"),
        enabled=table.flag("enabled", True),
        opacity=table.number("opacity", 1.0, 0.0, 1.0),
        inputs=_inputs(table),
        mappings=_mappings(table),
    )


def _mappings(table: Table) -> tuple[Mapping, ...]:
    rows = table.rows("mappings", MAX_MAPPINGS)
    return tuple(_mapping(Table(row, "a mapping", _MAPPING_KEYS, where)) for row, where in rows)


def _mapping(table: Table) -> Mapping:
    source = table.text("source")
    if not is_source(source):
        near = nearest_source(source)
        hint = f"did you mean {near!r}?" if near else "`stemlight osc` lists what is heard"
        raise table.wrong("source", f"must be a value of the frame, an lfo or a beat; {hint}")
    has_release = "release_s" in table.values
    mapping = Mapping(
        input=table.text("input"),
        source=source,
        component=table.whole("component", 0, 0, 3) if "component" in table.values else None,
        amount=table.number("amount", 1.0, -1.0, 1.0),
        low=table.number("low", 0.0, -MAX_SOURCE, MAX_SOURCE),
        high=table.number("high", 1.0, -MAX_SOURCE, MAX_SOURCE),
        curve=table.choice("curve", CURVES, "linear"),
        attack_s=table.number("attack_s", 0.0, 0.0, MAX_ENVELOPE_S),
        release_s=table.number("release_s", 0.0, 0.0, MAX_ENVELOPE_S) if has_release else None,
        threshold=table.number("threshold", 0.5, 0.0, 1.0),
        beats=table.number("beats", 1.0, *BEATS_RANGE),
        phase=table.number("phase", 0.0, 0.0, 1.0),
    )
    if abs(mapping.high - mapping.low) < 1e-6:
        raise UserError(f"{table.where}high is {mapping.high:g}, as low is; they must differ")
    return mapping


def _inputs(table: Table) -> dict[str, InputValue]:
    return {
        name: _input_value(name, value, f"{table.where}inputs.")
        for name, value in table.table("inputs").items()
    }


def _input_value(name: str, value: object, where: str) -> InputValue:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float) and is_number(value):
        return value
    if isinstance(value, list) and 2 <= len(value) <= 4 and all(is_number(element) for element in value):
        return tuple(float(element) for element in value)
    must = "it must be a number, true or false, text, or 2 to 4 numbers"
    raise UserError(f"{where}{name if name.isidentifier() else shown(name)} is {shown(value)}; {must}")
