"""Where things are in a preset, and the preset with one of them changed.

A place is as the stage has it: `layers[0]`, `layers[0].filters[1]`, `filters[0]`; "" is the whole picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from stemlight.preset.preset import (
    MAX_FILTERS,
    MAX_LAYERS,
    MAX_MAPPINGS,
    Effect,
    InputValue,
    Layer,
    Mapping,
    Preset,
)

WHOLE = ""
OPACITY = "opacity"  # of a layer or filter itself, where its shader has no such input

Part = Layer | Effect

_T = TypeVar("_T")
_PLACE = re.compile(r"(?:layers\[(\d+)\])?\.?(?:filters\[(\d+)\])?\Z")


@dataclass(frozen=True, slots=True)
class Arranged:
    """A preset in another order, and where that which was touched is now."""

    preset: Preset
    place: str


@dataclass(frozen=True, slots=True)
class _At:
    layer: int | None
    effect: int | None


def parts(preset: Preset) -> Iterator[tuple[str, Part]]:
    """Every layer and filter with its place, in the order in which they are drawn."""
    for i, layer in enumerate(preset.layers):
        yield f"layers[{i}]", layer
        for j, effect in enumerate(layer.filters):
            yield f"layers[{i}].filters[{j}]", effect
    for j, effect in enumerate(preset.filters):
        yield f"filters[{j}]", effect


def part_at(preset: Preset, place: str) -> Part | None:
    """What is at `place`; None where nothing is, and for the whole picture."""
    return next((part for at, part in parts(preset) if at == place), None)


def shader_of(part: Part) -> Path:
    """The file that draws it."""
    return Path(part.scene if isinstance(part, Layer) else part.filter)


def layer_place(place: str) -> str:
    """The layer that `place` is or is in; the whole picture where it is in none."""
    return place.partition(".")[0] if place.startswith("layers") else WHOLE


def with_part(preset: Preset, place: str, part: Part) -> Preset:
    """With `part` at `place`, where there is one."""
    at = _parsed(place)
    if isinstance(part, Layer):
        assert at.layer is not None
        return replace(preset, layers=_put(preset.layers, at.layer, part))
    assert at.effect is not None
    return _with_filters(preset, place, _put(_filters(preset, place), at.effect, part))


def added_layer(preset: Preset, scene: Path) -> Arranged | None:
    """With a layer of `scene` on top; None where there is no more room."""
    if len(preset.layers) >= MAX_LAYERS:
        return None
    layers = (*preset.layers, Layer(str(scene)))
    return Arranged(replace(preset, layers=layers), f"layers[{len(layers) - 1}]")


def added_filter(preset: Preset, place: str, shader: Path) -> Arranged | None:
    """With a filter after the others of the layer at `place`, or over all; None where there is no room."""
    over = layer_place(place)
    effects = (*_filters(preset, over), Effect(str(shader)))
    if len(effects) > MAX_FILTERS:
        return None
    dot = "." if over else ""
    return Arranged(_with_filters(preset, over, effects), f"{over}{dot}filters[{len(effects) - 1}]")


def without(preset: Preset, place: str) -> Arranged | None:
    """Less what is at `place`; None for the only layer, which has to stay."""
    at = _parsed(place)
    if at.effect is not None:
        effects = _less(_filters(preset, place), at.effect)
        return Arranged(_with_filters(preset, place, effects), layer_place(place))
    if at.layer is None or len(preset.layers) <= 1:
        return None
    layers = _less(preset.layers, at.layer)
    return Arranged(replace(preset, layers=layers), f"layers[{min(at.layer, len(layers) - 1)}]")


def moved(preset: Preset, place: str, step: int) -> Arranged | None:
    """With what is at `place` drawn `step` later among its like; None where that is beyond an end."""
    at = _parsed(place)
    if at.effect is not None:
        effects = _filters(preset, place)
        to = at.effect + step
        if not 0 <= to < len(effects):
            return None
        stem = place[: place.rindex("[")]
        return Arranged(_with_filters(preset, place, _swap(effects, at.effect, to)), f"{stem}[{to}]")
    if at.layer is None or not 0 <= at.layer + step < len(preset.layers):
        return None
    to = at.layer + step
    return Arranged(replace(preset, layers=_swap(preset.layers, at.layer, to)), f"layers[{to}]")


def with_value(part: Part, name: str, value: InputValue | None) -> Part:
    """With an input set; None: as the shader has it."""
    inputs = {key: held for key, held in part.inputs.items() if key != name}
    if value is not None:
        inputs = {**part.inputs, name: value}
    return replace(part, inputs=inputs)


def with_mapping(part: Part, mapping: Mapping, at: int | None = None) -> Part:
    """With one mapping more, or in the place of the one `at`. As it was where there is no room."""
    mappings = part.mappings
    if at is not None:
        mappings = _put(mappings, at, mapping)
    elif len(mappings) < MAX_MAPPINGS:
        mappings = (*mappings, mapping)
    return replace(part, mappings=mappings)


def without_mapping(part: Part, at: int) -> Part:
    """Less one mapping: what the person has set stays."""
    return replace(part, mappings=_less(part.mappings, at))


def _parsed(place: str) -> _At:
    match = _PLACE.match(place)
    assert match, place
    return _At(*(None if number is None else int(number) for number in match.groups()))


def _filters(preset: Preset, place: str) -> tuple[Effect, ...]:
    """Those of the layer that `place` is or is in, or those over all."""
    layer = _parsed(place).layer
    return preset.filters if layer is None else preset.layers[layer].filters


def _with_filters(preset: Preset, place: str, effects: tuple[Effect, ...]) -> Preset:
    at = _parsed(place).layer
    if at is None:
        return replace(preset, filters=effects)
    return replace(preset, layers=_put(preset.layers, at, replace(preset.layers[at], filters=effects)))


def _put(row: tuple[_T, ...], at: int, what: _T) -> tuple[_T, ...]:
    return (*row[:at], what, *row[at + 1 :])


def _less(row: tuple[_T, ...], at: int) -> tuple[_T, ...]:
    return (*row[:at], *row[at + 1 :])


def _swap(row: tuple[_T, ...], one: int, other: int) -> tuple[_T, ...]:
    swapped = list(row)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    return tuple(swapped)
