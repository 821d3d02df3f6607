"""Turns the text of an ISF file into what it declares: inputs, passes, imported pictures and the GLSL itself.

ISF v2 (https://github.com/mrRay/ISF_Spec) and v1, read as leniently as the files that people have ask for;
no GL here. What cannot be understood but can be done without becomes a warning, the rest a `ShaderError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from stemlight.stage.loose_json import list_of, numbers_of, parse_object, text_of, truth_of, upper_keys
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.shader_program import (
    FULL_HEIGHT,
    FULL_WIDTH,
    N_COMPONENTS,
    VALUE_TYPES,
    Import,
    Input,
    Pass,
    ShaderProgram,
    Source,
    read_source,
)
from stemlight.stage.size_expression import SizeExpression, SizeExpressionError

SAMPLER_TYPES = ("image", "audio", "audioFFT", "cube")

_HEADER = re.compile(r"/\*(\s*\{.*?)\*/", re.DOTALL)
_KEYS = re.compile(r'"(ISFVSN|INPUTS|PASSES|CATEGORIES|DESCRIPTION|CREDIT|IMPORTED)"', re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_FULL_SIZE = {"WIDTH": FULL_WIDTH, "HEIGHT": FULL_HEIGHT}


def has_isf_header(text: str) -> bool:
    """Whether the first comment that begins with a brace speaks of ISF."""
    match = _HEADER.search(text)
    return match is not None and _KEYS.search(match[1]) is not None


def read_isf(path: Path) -> ShaderProgram:
    """The program in `path` and in the `.vs` beside it; ShaderError if it cannot be read."""
    program = parse_isf(read_source(path), path)
    vertex_path = path.with_suffix(".vs")
    if path.suffix == ".vs" or not vertex_path.is_file():
        return program
    return replace(program, vertex=Source(vertex_path, read_source(vertex_path)))


def parse_isf(text: str, path: Path) -> ShaderProgram:
    """The program that `text` declares; ShaderError names `path` and the line."""
    match = _HEADER.search(text)
    if match is None:
        if not text.strip():
            raise ShaderError(path, None, "the file is empty")
        raise ShaderError(path, 1, "no ISF header: a JSON object in a /* comment */ at the top of the file")
    first_line = text.count("\n", 0, match.start(1)) + 1
    header = upper_keys(parse_object(match[1], path, "ISF header", first_line))
    warnings: list[str] = []
    reader = _HeaderReader(header, path, warnings)
    blanked = text[: match.start()] + re.sub(r"[^\n]", " ", match[0]) + text[match.end() :]
    passes = reader.passes(Source(path, blanked))
    return ShaderProgram(
        path=path,
        format="isf",
        description=text_of(header.get("DESCRIPTION")),
        credit=text_of(header.get("CREDIT")),
        categories=tuple(text_of(entry) for entry in list_of(header.get("CATEGORIES"))),
        inputs=tuple(reader.inputs()),
        passes=passes,
        imports=tuple(reader.imports()),
        buffers=reader.buffers(passes),
        vertex=None,
        warnings=tuple(warnings),
    )


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
        for entry in list_of(self._header.get("INPUTS")):
            keys = upper_keys(entry)
            kind = _canonical_type(text_of(keys.get("TYPE")))
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
            named = [(key, upper_keys(value)) for key, value in entries.items()]
        else:
            named = [(keys.get("NAME"), keys) for keys in map(upper_keys, list_of(entries))]
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
            return {str(name): upper_keys(keys) for name, keys in listed.items()}
        return {name: {} for name in list_of(listed) if isinstance(name, str)}

    def buffers(self, passes: Iterable[Pass]) -> frozenset[str]:
        """Targets of passes, and persistent buffers that no pass writes: files sample them all the same."""
        targets = {step.target for step in passes if step.target}
        return frozenset(targets | {name for name in self._persistent_buffers() if _NAME.match(name)})

    def passes(self, source: Source) -> tuple[Pass, ...]:
        """PASSES, with v1's PERSISTENT_BUFFERS folded in."""
        buffers = self._persistent_buffers()
        passes = []
        for entry in list_of(self._header.get("PASSES")):
            keys = upper_keys(entry)
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
                    persistent=target is not None and truth_of(keys.get("PERSISTENT")),
                    is_float=truth_of(keys.get("FLOAT")),
                    width=self._size(keys, "WIDTH"),
                    height=self._size(keys, "HEIGHT"),
                    code=(source,),
                )
            )
        return tuple(passes) or (Pass(None, False, False, FULL_WIDTH, FULL_HEIGHT, (source,)),)

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
    label = text_of(keys.get("LABEL")) or name
    if kind in SAMPLER_TYPES:
        columns = numbers_of(keys.get("MAX"))
        wanted = int(min(max(columns[0], 1.0), 4096.0)) if columns and kind.startswith("audio") else None
        return Input(name, kind, label, None, None, None, columns=wanted)
    if kind in ("bool", "event"):
        # A bool without DEFAULT is true, as in the reference host; an event waits.
        numbers = numbers_of(keys.get("DEFAULT"))
        is_on = numbers[0] > 0.0 if numbers else True
        return Input(name, kind, label, is_on and kind == "bool", None, None)
    if kind == "long":
        return _long(name, label, keys)
    if kind == "float":
        low, high = numbers_of(keys.get("MIN")), numbers_of(keys.get("MAX"))
        if low is None or high is None or low[0] > high[0]:
            low, high = (0.0,), (1.0,)
        default = numbers_of(keys.get("DEFAULT")) or ((low[0] + high[0]) / 2.0,)
        return Input(name, kind, label, min(max(default[0], low[0]), high[0]), low[:1], high[:1])
    n = N_COMPONENTS[kind]
    low, high = numbers_of(keys.get("MIN")), numbers_of(keys.get("MAX"))
    if low is None or high is None or len(low) != n or len(high) != n or any(map(float.__gt__, low, high)):
        low = high = None
    nothing: tuple[float, ...] = (1.0,) * 4 if kind == "color" else (0.0,) * 2
    given = numbers_of(keys.get("DEFAULT")) or ()
    if kind == "point2D" and not given and low is not None and high is not None:
        nothing = tuple((a + b) / 2.0 for a, b in zip(low, high, strict=True))
    # A colour of three numbers is opaque.
    entry = Input(name, kind, label, None, low, high)
    default_value = entry.coerced((*given, *nothing[len(given) :])[:n])
    return Input(name, kind, label, default_value, low, high)


def _long(name: str, label: str, keys: Mapping[str, Any]) -> Input:
    numbers = [numbers_of(value) for value in list_of(keys.get("VALUES"))]
    values = tuple(int(entry[0]) for entry in numbers if entry)
    labels = [text_of(entry) for entry in list_of(keys.get("LABELS"))][: len(values)]
    labels += [str(value) for value in values[len(labels) :]]
    low, high = numbers_of(keys.get("MIN")), numbers_of(keys.get("MAX"))
    if low is None or high is None or low[0] > high[0]:
        low = high = None
    if values:
        low, high = (float(min(values)),), (float(max(values)),)
    default = numbers_of(keys.get("DEFAULT")) or ((float(values[0]),) if values else low or (0.0,))
    entry = Input(name, "long", label, None, low and low[:1], high and high[:1], values, tuple(labels))
    return Input(name, "long", label, entry.coerced(default[0]), entry.low, entry.high, values, tuple(labels))
