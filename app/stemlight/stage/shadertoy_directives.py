"""Reads what files written for an editor's Shadertoy preview say of themselves.

`#iChannel0 "file://picture.png"`, `"self"` or another `.glsl`, with `#iChannel0::WrapMode "Repeat"` and so
on; `#iUniform float speed = 1.0 in { 0.0, 5.0 }` is an input (https://github.com/stevensona/shader-toy). No
GLSL compiler knows these lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stemlight.stage.glsl_names import without_comments
from stemlight.stage.loose_json import numbers_of
from stemlight.stage.shader_program import Input, InputValue

_LINE = re.compile(
    r"^[ \t]*#[ \t]*(iChannel[0-3]|iKeyboard|iUniform|StrictCompatibility)\b([^\n]*)$", re.MULTILINE
)
_CHANNEL = re.compile(r'(?:::(\w+))?\s*"([^"]*)"')
_UNIFORM = re.compile(
    r"\s*(\w+)\s+([A-Za-z_]\w*)\s*=\s*([^{}]*?)\s*(?:\bin\s*\{([^}]*)\})?\s*(?:step\b.*)?;?\s*\Z"
)
_TYPES = {  # theirs -> of the input, of the GLSL
    "float": ("float", "float"), "int": ("long", "int"), "bool": ("bool", "bool"),
    "vec2": ("point2D", "vec2"), "color3": ("color", "vec3"), "color4": ("color", "vec4"),
}  # fmt: skip
_SETTINGS = {  # theirs -> ours
    ("MinFilter", "Nearest"): ("filter", "nearest"), ("MagFilter", "Nearest"): ("filter", "nearest"),
    ("MinFilter", "Linear"): ("filter", "linear"), ("MagFilter", "Linear"): ("filter", "linear"),
    ("MinFilter", "LinearMipMapLinear"): ("filter", "mipmap"),
    ("WrapMode", "Repeat"): ("wrap", "repeat"), ("WrapMode", "Clamp"): ("wrap", "clamp"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Directives:
    """What a file says, and the file without it, line for line."""

    text: str
    channels: Mapping[str, dict[str, Any]]  # as in a sidecar: "iChannel0" -> source, filter, wrap
    inputs: tuple[Input, ...]


def read_directives(text: str) -> Directives:
    """The directives in `text`; those in comments are none."""
    channels: dict[str, dict[str, Any]] = {}
    inputs: list[Input] = []
    if _LINE.search(text) is None:
        return Directives(text, channels, ())
    bare = without_comments(text)

    def taken(match: re.Match[str]) -> str:
        said = _LINE.match(bare[match.start() :].partition("\n")[0])
        if said is None:
            return match[0]
        if match[1].startswith("iChannel") and (value := _CHANNEL.match(match[2])):
            keys = channels.setdefault(match[1], {})
            if value[1] is None:
                keys["source"] = value[2].removeprefix("file://")
            elif setting := _SETTINGS.get((value[1], value[2])):
                keys[setting[0]] = setting[1]
        elif match[1] == "iUniform" and (declared := _UNIFORM.match(match[2])) and declared[1] in _TYPES:
            inputs.append(_input(declared))
            return f"uniform {_TYPES[declared[1]][1]} {declared[2]};"
        return ""

    return Directives(_LINE.sub(taken, text), channels, tuple(inputs))


def _input(declared: re.Match[str]) -> Input:
    kind, name = _TYPES[declared[1]][0], declared[2]
    numbers = numbers_of(re.sub(r"\w+\s*\(|\)", " ", declared[3]).replace("f", "")) or (0.0,)
    bounds = numbers_of(declared[4] or "")
    low, high = bounds if bounds and len(bounds) == 2 else (0.0, 1.0)
    value: InputValue
    if kind in ("point2D", "color"):
        n = 2 if kind == "point2D" else 4
        value = (*(numbers * n if len(numbers) == 1 else numbers), 1.0)[:n]
        return Input(name, kind, name, value, None, None)
    if kind == "bool":
        return Input(name, kind, name, declared[3] == "true" or numbers[0] > 0.0, None, None)
    value = min(max(numbers[0], low), high)
    return Input(name, kind, name, round(value) if kind == "long" else value, (low,), (high,))
