"""What a shader file declares, whatever its format: inputs, passes, imported pictures and the GLSL itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from stemlight.errors import UserError
from stemlight.stage.loose_json import numbers_of
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.size_expression import SizeExpression

InputValue = bool | int | float | tuple[float, ...]
Role = Literal["generator", "filter", "transition"]
Format = Literal["isf", "shadertoy", "synesthesia"]
SamplerFilter = Literal["nearest", "linear", "mipmap"]
SamplerWrap = Literal["clamp", "repeat"]

VALUE_TYPES = ("event", "bool", "long", "float", "point2D", "color")
# `sound` is the texture of 512x2 that Shadertoy makes of a sound.
SAMPLER_TYPES = ("image", "audio", "audioFFT", "cube", "sound")
SOUND = "sound"  # the input of that type
N_COMPONENTS = {"point2D": 2, "color": 4}

FULL_WIDTH = SizeExpression.parse("$WIDTH")
FULL_HEIGHT = SizeExpression.parse("$HEIGHT")


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a person, a preset or the music can set."""

    name: str
    type: str  # one of VALUE_TYPES or SAMPLER_TYPES
    label: str
    default: InputValue | None  # None for samplers
    low: tuple[float, ...] | None  # one number a component; None where unbounded
    high: tuple[float, ...] | None
    values: tuple[int, ...] = ()  # of a long: what may be sent ...
    labels: tuple[str, ...] = ()  # ... and what to show for each, as many
    columns: int | None = None  # of audio and audioFFT: wanted width of the texture

    def coerced(self, value: object) -> InputValue:
        """`value` as this input takes it, inside its range; UserError says what was expected.

        Numbers, booleans, lists of numbers and their text ("0.5", "true", "1 0.5 0 1") are understood.
        """
        numbers = numbers_of(value)
        if self.type in N_COMPONENTS:
            n = N_COMPONENTS[self.type]
            if self.type == "color" and numbers is not None and len(numbers) == 3:
                numbers = (*numbers, 1.0)
            if numbers is None or len(numbers) != n:
                raise UserError(f"input {self.name} takes {n} numbers, not {value!r}")
            return self._bounded(numbers)
        if self.type not in VALUE_TYPES:
            raise UserError(f"input {self.name} is a picture ({self.type}), not a value")
        if numbers is None or len(numbers) != 1:
            kind = {"float": "a number", "long": "a whole number"}.get(self.type, "true or false")
            raise UserError(f"input {self.name} takes {kind}, not {value!r}")
        if self.type in ("bool", "event"):
            return numbers[0] > 0.0
        (bounded,) = self._bounded(numbers)
        return round(bounded) if self.type == "long" else bounded

    def _bounded(self, numbers: tuple[float, ...]) -> tuple[float, ...]:
        if self.low is None or self.high is None:
            return numbers
        return tuple(min(max(x, a), b) for x, a, b in zip(numbers, self.low, self.high, strict=True))


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that shaders may use: the GLSL that makes it, and the names that GLSL needs in turn."""

    glsl: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """GLSL of one file, line for line."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Channel:
    """What one sampler of one pass reads, and how."""

    source: str | None  # a target, an input, an import or a texture of the host; None: nothing, black
    filter: SamplerFilter = "linear"
    wrap: SamplerWrap = "clamp"
    kind: Literal["2D", "Cube", "3D"] = "2D"


@dataclass(frozen=True, slots=True)
class Pass:
    """One drawing of the shader. The last of a program is its picture."""

    target: str | None  # name of the buffer it draws into; None: the output
    persistent: bool  # the buffer keeps its content from draw to draw
    is_float: bool  # 32-bit floats in the buffer; else 8 bits
    width: SizeExpression
    height: SizeExpression
    code: tuple[Source, ...]  # its own file last; before it what it shares with the others
    channels: tuple[Channel, ...] = ()  # what Shadertoy's iChannel0 .. 3 read


@dataclass(frozen=True, slots=True)
class Import:
    """A picture that comes with the file: one path, or six for a cube (+x -x +y -y +z -z)."""

    name: str
    paths: tuple[Path, ...]
    upside_down: bool = False

    @property
    def is_cube(self) -> bool:
        return len(self.paths) == 6


@dataclass(frozen=True, slots=True)
class ShaderProgram:
    """What one shader declares."""

    path: Path
    format: Format
    description: str
    credit: str
    categories: tuple[str, ...]
    inputs: tuple[Input, ...]
    passes: tuple[Pass, ...]  # at least one
    imports: tuple[Import, ...]
    buffers: frozenset[str]  # names of all that passes may leave for each other
    vertex: Source | None  # of the `.vs` beside it
    warnings: tuple[str, ...]
    files: tuple[Path, ...] = ()  # besides those with code and the pictures
    sampling: Mapping[str, Channel] = field(default_factory=dict)  # samplers that say how they are read
    clocks: frozenset[str] = frozenset()  # inputs that say how fast the uniform of their name runs
    stand_ins: Mapping[str, Definition] = field(default_factory=dict)  # names that nobody sets, if used

    @property
    def role(self) -> Role:
        """A filter has `inputImage`; a transition goes from `startImage` to `endImage` with `progress`."""
        names = {entry.name for entry in self.inputs}
        if {"startImage", "endImage", "progress"} <= names:
            return "transition"
        return "filter" if "inputImage" in names else "generator"

    def input(self, name: str) -> Input:
        """UserError lists the inputs there are."""
        for entry in self.inputs:
            if entry.name == name:
                return entry
        names = ", ".join(entry.name for entry in self.inputs) or "none"
        raise UserError(f"{self.path.name} has no input {name!r}; it has: {names}")


def read_source(path: Path) -> str:
    """Text with Unix line ends, whatever bytes are in it; ShaderError if there is no such file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ShaderError(path, None, f"cannot read: {error.strerror or error}") from None
    text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
