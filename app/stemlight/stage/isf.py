"""Turns the text of an ISF file into what it declares: inputs, passes, imported pictures and the GLSL itself.

ISF v2 (https://github.com/mrRay/ISF_Spec) and v1, read as leniently as the files that people have ask for;
no GL here. What cannot be understood but can be done without becomes a warning, the rest a `ShaderError`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from stemlight.errors import UserError
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.size_expression import SizeExpression, SizeExpressionError

InputValue = bool | int | float | tuple[float, ...]
Role = Literal["generator", "filter", "transition"]

VALUE_TYPES = ("event", "bool", "long", "float", "point2D", "color")
SAMPLER_TYPES = ("image", "audio", "audioFFT", "cube")
N_COMPONENTS = {"point2D": 2, "color": 4}

_HEADER = re.compile(r"/\*(\s*\{.*?)\*/", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_FULL_SIZE = {"WIDTH": SizeExpression.parse("$WIDTH"), "HEIGHT": SizeExpression.parse("$HEIGHT")}


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
        numbers = _numbers(value)
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
class Pass:
    """One drawing of the shader. The last of a program is its picture."""

    target: str | None  # name of the buffer it draws into; None: the output
    persistent: bool  # the buffer keeps its content from draw to draw
    is_float: bool  # 32-bit floats in the buffer; else 8 bits
    width: SizeExpression
    height: SizeExpression


@dataclass(frozen=True, slots=True)
class Import:
    """A picture that comes with the file: one path, or six for a cube (+x -x +y -y +z -z)."""

    name: str
    paths: tuple[Path, ...]

    @property
    def is_cube(self) -> bool:
        return len(self.paths) == 6


@dataclass(frozen=True, slots=True)
class IsfProgram:
    """What one ISF file declares."""

    path: Path
    description: str
    credit: str
    categories: tuple[str, ...]
    inputs: tuple[Input, ...]
    passes: tuple[Pass, ...]  # at least one
    imports: tuple[Import, ...]
    buffers: frozenset[str]  # names of all that passes may leave for each other
    fragment: str  # GLSL: the file with its header blanked, line for line
    vertex: str | None  # GLSL of the `.vs` beside it
    vertex_path: Path | None
    warnings: tuple[str, ...]

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


def read_isf(path: Path) -> IsfProgram:
    """The program in `path` and in the `.vs` beside it; ShaderError if it cannot be read."""
    vertex_path = path.with_suffix(".vs")
    has_vertex = path.suffix != ".vs" and vertex_path.is_file()
    return parse_isf(read_source(path), path, read_source(vertex_path) if has_vertex else None)


def read_source(path: Path) -> str:
    """Text with Unix line ends, whatever bytes are in it; ShaderError if there is no such file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ShaderError(path, None, f"cannot read: {error.strerror or error}") from None
    text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def parse_isf(text: str, path: Path, vertex: str | None = None) -> IsfProgram:
    """The program that `text` declares; ShaderError names `path` and the line."""
    match = _HEADER.search(text)
    if match is None:
        raise ShaderError(path, 1, "no ISF header: a JSON object in a /* comment */ at the top of the file")
    header = _parse_json(match[1], path, first_line=text.count("\n", 0, match.start(1)) + 1)
    warnings: list[str] = []
    reader = _HeaderReader(header, path, warnings)
    passes = reader.passes()
    blanked = text[: match.start()] + re.sub(r"[^\n]", " ", match[0]) + text[match.end() :]
    return IsfProgram(
        path=path,
        description=_text(header.get("DESCRIPTION")),
        credit=_text(header.get("CREDIT")),
        categories=tuple(_text(entry) for entry in _list(header.get("CATEGORIES"))),
        inputs=tuple(reader.inputs()),
        passes=passes,
        imports=tuple(reader.imports()),
        buffers=reader.buffers(passes),
        fragment=blanked,
        vertex=vertex,
        vertex_path=path.with_suffix(".vs") if vertex is not None else None,
        warnings=tuple(warnings),
    )


_JSON_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"'  # text
    r"|//[^\n]*|/\*.*?\*/"  # comments, which JSON has not
    r"|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?"
    r"|[A-Za-z_]+|\s+|.",
    re.DOTALL,
)
_WORDS = {"true": "true", "false": "false", "null": "null", "yes": "true", "no": "false", "nan": "0"}


def _parse_json(text: str, path: Path, first_line: int) -> dict[str, Any]:
    """JSON as people write it: trailing commas, comments, `.5`, `1.`, `TRUE` and raw line ends in texts."""
    try:
        header = json.loads(_strict_json(text), strict=False)
    except json.JSONDecodeError as error:
        raise ShaderError(path, first_line + error.lineno - 1, f"ISF header: {error.msg}") from None
    except RecursionError:
        raise ShaderError(path, first_line, "ISF header: nested too deeply") from None
    if not isinstance(header, dict):
        raise ShaderError(path, first_line, "ISF header: it must be a JSON object")
    return {key.upper(): value for key, value in header.items()}


def _strict_json(text: str) -> str:
    """The same JSON without liberties, with every line end where it was."""
    out: list[str] = []
    last = -1  # where in `out` the last token that is not space lies
    for token in _JSON_TOKEN.findall(text):
        if token.isspace() or token.startswith(("//", "/*")):
            out.append("\n" * token.count("\n") or " ")
            continue
        if last >= 0 and out[last] == "," and token in ("]", "}", ","):
            out[last] = " "  # the comma had nothing behind it
        out.append(_strict_token(token))
        last = len(out) - 1
    if last >= 0 and out[last] == ",":
        out[last] = " "
    return "".join(out)


def _strict_token(token: str) -> str:
    if token[0].isdigit() or (token[0] in "+-." and len(token) > 1):
        number = float(token.rstrip("fF"))
        whole = re.fullmatch(r"[+-]?\d{1,18}", token) is not None
        return str(int(token)) if whole else json.dumps(number if math.isfinite(number) else 0.0)
    return _WORDS.get(token.lower(), token) if token[0].isalpha() else token


class _HeaderReader:
    """Reads the parts of a header that need judgement."""

    def __init__(self, header: dict[str, Any], path: Path, warnings: list[str]) -> None:
        self._header = header
        self._path = path
        self._warnings = warnings
        self._taken: set[str] = set()

    def _new_name(self, name: object, what: str) -> str | None:
        """`name` if it can be a GLSL name that nothing else has."""
        if not isinstance(name, str) or not _NAME.match(name.strip()):
            self._warnings.append(f"{what} without a usable NAME ({name!r}) left out")
            return None
        name = name.strip()
        if name in self._taken:
            self._warnings.append(f"{what} {name} is declared twice; the first counts")
            return None
        self._taken.add(name)
        return name

    def inputs(self) -> Iterator[Input]:
        for entry in _list(self._header.get("INPUTS")):
            keys = _upper_keys(entry)
            kind = _canonical_type(_text(keys.get("TYPE")))
            if kind is None:
                self._warnings.append(
                    f"input {keys.get('NAME')!r} of unknown type {keys.get('TYPE')!r} left out"
                )
                continue
            name = self._new_name(keys.get("NAME"), "input")
            if name is not None:
                yield _input(name, kind, keys)

    def imports(self) -> Iterator[Import]:
        entries = self._header.get("IMPORTED")
        if isinstance(entries, Mapping):
            named = [(key, _upper_keys(value)) for key, value in entries.items()]
        else:
            named = [(keys.get("NAME"), keys) for keys in map(_upper_keys, _list(entries))]
        for key, keys in named:
            name = self._new_name(key, "imported picture")
            paths = keys.get("PATH")
            listed = [
                entry for entry in (paths if isinstance(paths, list) else [paths]) if isinstance(entry, str)
            ]
            if name is None or len(listed) not in (1, 6):
                self._warnings.append(f"imported picture {key!r} without a PATH left out")
                continue
            yield Import(name, tuple(self._path.parent / entry for entry in listed))

    def _persistent_buffers(self) -> dict[str, dict[str, Any]]:
        """Of v1: a list of names or a table."""
        listed = self._header.get("PERSISTENT_BUFFERS")
        if isinstance(listed, Mapping):
            return {str(name): _upper_keys(keys) for name, keys in listed.items()}
        return {name: {} for name in _list(listed) if isinstance(name, str)}

    def buffers(self, passes: Iterable[Pass]) -> frozenset[str]:
        """Targets of passes, and persistent buffers that no pass writes: files sample them all the same."""
        targets = {step.target for step in passes if step.target}
        return frozenset(targets | {name for name in self._persistent_buffers() if _NAME.match(name)})

    def passes(self) -> tuple[Pass, ...]:
        """PASSES, with v1's PERSISTENT_BUFFERS folded in."""
        buffers = self._persistent_buffers()
        passes = []
        for entry in _list(self._header.get("PASSES")):
            keys = _upper_keys(entry)
            target = keys.get("TARGET") or None
            if target is not None and (not isinstance(target, str) or not _NAME.match(target.strip())):
                self._warnings.append(f"pass with an unusable TARGET {target!r} draws to the output")
                target = None
            target = target.strip() if target else None
            if target in buffers:
                keys = {**buffers[target], "PERSISTENT": True, **keys}
            passes.append(
                Pass(
                    target=target,
                    persistent=target is not None and _truth(keys.get("PERSISTENT")),
                    is_float=_truth(keys.get("FLOAT")),
                    width=self._size(keys, "WIDTH"),
                    height=self._size(keys, "HEIGHT"),
                )
            )
        return tuple(passes) or (Pass(None, False, False, _FULL_SIZE["WIDTH"], _FULL_SIZE["HEIGHT"]),)

    def _size(self, keys: Mapping[str, Any], key: str) -> SizeExpression:
        value = keys.get(key)
        if value is None or value == "" or isinstance(value, bool | list | dict):
            return _FULL_SIZE[key]
        try:
            return SizeExpression.parse(str(value))
        except SizeExpressionError as error:
            self._warnings.append(f"{error}; the output's {key.lower()} is taken")
            return _FULL_SIZE[key]


def _canonical_type(text: str) -> str | None:
    spelled = {name.lower(): name for name in (*VALUE_TYPES, *SAMPLER_TYPES)}
    spelled |= {
        "int": "long",
        "point2d": "point2D",
        "audiofft": "audioFFT",
        "colour": "color",
        "boolean": "bool",
    }
    return spelled.get(text.strip().lower())


def _input(name: str, kind: str, keys: Mapping[str, Any]) -> Input:
    label = _text(keys.get("LABEL")) or name
    if kind in SAMPLER_TYPES:
        columns = _numbers(keys.get("MAX"))
        wanted = int(min(max(columns[0], 1.0), 4096.0)) if columns and kind.startswith("audio") else None
        return Input(name, kind, label, None, None, None, columns=wanted)
    if kind in ("bool", "event"):
        # A bool without DEFAULT is true, as in the reference host; an event waits.
        numbers = _numbers(keys.get("DEFAULT"))
        is_on = numbers[0] > 0.0 if numbers else True
        return Input(name, kind, label, is_on and kind == "bool", None, None)
    if kind == "long":
        return _long(name, label, keys)
    if kind == "float":
        low, high = _numbers(keys.get("MIN")), _numbers(keys.get("MAX"))
        if low is None or high is None or low[0] > high[0]:
            low, high = (0.0,), (1.0,)
        default = _numbers(keys.get("DEFAULT")) or ((low[0] + high[0]) / 2.0,)
        return Input(name, kind, label, min(max(default[0], low[0]), high[0]), low[:1], high[:1])
    n = N_COMPONENTS[kind]
    low, high = _numbers(keys.get("MIN")), _numbers(keys.get("MAX"))
    if low is None or high is None or len(low) != n or len(high) != n or any(map(float.__gt__, low, high)):
        low = high = None
    nothing: tuple[float, ...] = (1.0,) * 4 if kind == "color" else (0.0,) * 2
    given = _numbers(keys.get("DEFAULT")) or ()
    if kind == "point2D" and not given and low is not None and high is not None:
        nothing = tuple((a + b) / 2.0 for a, b in zip(low, high, strict=True))
    # A colour of three numbers is opaque.
    entry = Input(name, kind, label, None, low, high)
    default_value = entry.coerced((*given, *nothing[len(given) :])[:n])
    return Input(name, kind, label, default_value, low, high)


def _long(name: str, label: str, keys: Mapping[str, Any]) -> Input:
    numbers = [_numbers(value) for value in _list(keys.get("VALUES"))]
    values = tuple(int(entry[0]) for entry in numbers if entry)
    labels = [_text(entry) for entry in _list(keys.get("LABELS"))][: len(values)]
    labels += [str(value) for value in values[len(labels) :]]
    low, high = _numbers(keys.get("MIN")), _numbers(keys.get("MAX"))
    if low is None or high is None or low[0] > high[0]:
        low = high = None
    if values:
        low, high = (float(min(values)),), (float(max(values)),)
    default = _numbers(keys.get("DEFAULT")) or ((float(values[0]),) if values else low or (0.0,))
    entry = Input(name, "long", label, None, low and low[:1], high and high[:1], values, tuple(labels))
    return Input(name, "long", label, entry.coerced(default[0]), entry.low, entry.high, values, tuple(labels))


def _numbers(value: object) -> tuple[float, ...] | None:
    """Finite numbers in whatever people write for them; None if there is anything else."""
    if isinstance(value, str):
        words = value.replace(",", " ").split()
        named = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "on": 1.0, "off": 0.0}
        try:
            numbers = tuple(named[w.lower()] if w.lower() in named else float(w) for w in words)
        except ValueError:
            return None
    elif isinstance(value, bool | int | float):
        numbers = (_as_float(value),)
    elif isinstance(value, list | tuple) and all(isinstance(x, bool | int | float) for x in value):
        numbers = tuple(_as_float(x) for x in value)
    else:
        return None
    return numbers if numbers and all(map(math.isfinite, numbers)) else None


def _as_float(value: bool | int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _truth(value: object) -> bool:
    numbers = _numbers(value)
    return bool(numbers) and numbers is not None and numbers[0] > 0.0


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _upper_keys(value: object) -> dict[str, Any]:
    return {str(key).upper(): entry for key, entry in value.items()} if isinstance(value, Mapping) else {}
