"""A preset: which scene, with which values of its inputs; one TOML file each."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stemlight.errors import UserError

VERSION = 1

InputValue = bool | int | float | str | tuple[float, ...]
_KEYS = {"version", "name", "description", "scene", "inputs"}


@dataclass(frozen=True, slots=True)
class Preset:
    """What a preset file says; whether the scene has these inputs is for the stage to know."""

    name: str
    scene: str  # a scene's name, or a shader file's path relative to the preset
    description: str = ""
    inputs: Mapping[str, InputValue] = field(default_factory=dict)


def parse_preset(text: str, source: Path) -> Preset:
    """The preset in `text`; UserError names `source` and the key that is wrong."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{source}: not TOML: {error}") from None
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise UserError(f"{source}: unknown key {unknown[0]!r}; a preset has {', '.join(sorted(_KEYS))}")
    version = document.get("version")
    if version != VERSION:
        raise UserError(f"{source}: version is {version!r}; this Stemlight reads version {VERSION}")
    scene = document.get("scene")
    if not isinstance(scene, str) or not scene:
        raise UserError(
            f"{source}: scene is {scene!r}; it must name a scene, as `stemlight scenes` lists them"
        )
    inputs = document.get("inputs", {})
    if not isinstance(inputs, dict):
        raise UserError(f"{source}: inputs is {inputs!r}; it must be a table of names and values")
    return Preset(
        name=_text(document, "name", source.stem, source),
        scene=scene,
        description=_text(document, "description", "", source),
        inputs={name: _input_value(name, value, source) for name, value in inputs.items()},
    )


def _text(document: Mapping[str, object], key: str, default: str, source: Path) -> str:
    value = document.get(key, default)
    if not isinstance(value, str):
        raise UserError(f"{source}: {key} is {value!r}; it must be text")
    return value


def _input_value(name: str, value: object, source: Path) -> InputValue:
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, list) and 2 <= len(value) <= 4 and all(_is_number(element) for element in value):
        return tuple(float(element) for element in value)
    raise UserError(
        f"{source}: inputs.{name} is {value!r}; it must be a number, true or false, text, or 2 to 4 numbers"
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
