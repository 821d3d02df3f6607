"""The picture beside a preset or shader, and whether it still shows what they are.

A picture that Stemlight made bears a mark, a hash of all that it was drawn from, as a comment inside the
JPEG. Who finds another mark than today's draws anew. A picture without a mark is a person's own and counts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from stemlight import resources
from stemlight.preset.preset import Preset
from stemlight.preset.shader_paths import shadertoy_parts

SUFFIX = ".jpg"
_SAYS = b"stemlight drew this from "
_START, _COMMENT, _SCAN = 0xD8, 0xFE, 0xDA  # JPEG's markers, each after 0xFF
_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]+["<]([^">\n]+)[">]', re.MULTILINE)


def files_of_shader(path: Path) -> list[Path]:
    """Every file that the shader at `path` is made of, what it includes too. OSError where one vanished."""
    if path.is_dir():
        first = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix != SUFFIX)
    else:
        beside = [path.with_suffix(".vs"), path.with_suffix(".json")]
        parts = shadertoy_parts(path).values() if path.suffix in (".glsl", ".frag") else ()
        first = [path, *filter(Path.is_file, beside), *parts]
    found: dict[Path, None] = {}
    waiting = first[::-1]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found[file] = None
            waiting += reversed(list(_included(file)))
    return list(found)


def files_of_preset(path: Path, preset: Preset) -> list[Path]:
    """Likewise of the preset that stands in `path`, with the pictures that it names."""
    effects = [*(effect for layer in preset.layers for effect in layer.filters), *preset.filters]
    shaders = [*(layer.scene for layer in preset.layers), *(effect.filter for effect in effects)]
    given = [*(layer.inputs for layer in preset.layers), *(effect.inputs for effect in effects)]
    texts = [value for inputs in given for value in inputs.values() if isinstance(value, str)]
    pictures = [Path(text) for text in texts if Path(text).is_absolute() and Path(text).is_file()]
    found = [file for shader in dict.fromkeys(shaders) for file in files_of_shader(Path(shader))]
    return list(dict.fromkeys([path, *found, *pictures]))


def mark_of(files: Iterable[Path]) -> str:
    """A hash of what stands in `files`, wherever they lie. OSError where one cannot be read."""
    whole = hashlib.sha256()
    for file in files:
        text = file.read_bytes().replace(b"\r\n", b"\n")  # git writes other line ends on Windows
        whole.update(hashlib.sha256(text).digest())
    return whole.hexdigest()[:16]


def current_picture(path: Path, mark: str) -> Path | None:
    """The picture beside `path`; None where there is none or it was drawn from something else."""
    picture = path.with_suffix(SUFFIX)
    try:
        drawn_from = read_mark(picture.read_bytes())
    except OSError:
        return None
    return picture if drawn_from in ("", mark) else None


def picture_of_shader(path: Path) -> Path | None:
    """The current picture beside a shader."""
    try:
        return current_picture(path, mark_of(files_of_shader(path)))
    except OSError:
        return None


def read_mark(jpeg: bytes) -> str:
    """The mark in a picture; empty where it bears none."""
    for kind, start, end in _segments(jpeg):
        if kind == _COMMENT and jpeg[start:end].startswith(_SAYS):
            return jpeg[start + len(_SAYS) : end].decode("ascii", errors="replace")
    return ""


def with_mark(jpeg: bytes, mark: str) -> bytes:
    """The same picture bearing `mark`, and no other. ValueError if it is no JPEG."""
    if jpeg[:2] != bytes((0xFF, _START)):
        raise ValueError("no JPEG")
    for kind, start, end in _segments(jpeg):
        if kind == _COMMENT and jpeg[start:end].startswith(_SAYS):
            return with_mark(jpeg[: start - 4] + jpeg[end:], mark)
    says = _SAYS + mark.encode("ascii")
    comment = bytes((0xFF, _COMMENT)) + (len(says) + 2).to_bytes(2, "big") + says
    first = next(_segments(jpeg), None)  # JFIF wants its own segment to be the first
    at = first[2] if first and first[0] == 0xE0 else 2
    return jpeg[:at] + comment + jpeg[at:]


def _segments(jpeg: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, start and end of what stands before the picture itself."""
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != _SCAN:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        yield jpeg[at + 1], at + 4, end
        at = end


def _included(file: Path) -> Iterator[Path]:
    for name in _INCLUDE.findall(file.read_bytes()):
        text = name.decode(errors="replace")
        beside = (file.parent / text, resources.shaders_dir() / "lib" / text)
        found = next((path for path in beside if path.is_file()), None)
        if found:
            yield found
