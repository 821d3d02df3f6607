"""Which files and folders are shaders, by their names and words. Whether they work, drawing says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

ShaderRole = Literal["generator", "filter", "transition"]

SHADER_SUFFIXES = (".fs", ".isf", ".glsl", ".frag")
SHADERTOY_SUFFIXES = (".glsl", ".frag")

_ASKED = re.compile(r'"(inputImage|startImage|endImage|progress)"')
_BUFFER = re.compile(r"buf(?:fer)?([abcd])\Z")


def part_name(stem: str) -> str | None:
    """What a file of a Shadertoy shader is for: `Buffer A` and `bufA` are both `buffer_a`.

    One of image, common, sound, cube_a, buffer_a .. buffer_d; None for any other name.
    """
    plain = re.sub(r"[\s_-]", "", stem).lower()
    if match := _BUFFER.match(plain):
        return f"buffer_{match[1]}"
    return {"cubea": "cube_a", "cubemapa": "cube_a"}.get(
        plain, plain if plain in ("image", "common", "sound") else None
    )


def shadertoy_parts(path: Path) -> dict[str, Path]:
    """The files of the Shadertoy shader `path`, by what they are for; without "image" it is none.

    A folder with an `image.glsl`, or a file with others beside it (`name.bufA.glsl` and `name.glsl`).
    """
    if path.is_dir():
        beside = ((entry.stem, entry) for entry in sorted(path.iterdir()))
    else:
        start = f"{path.stem}."
        beside = (
            (entry.stem.removeprefix(start), entry)
            for entry in sorted(path.parent.iterdir())
            if entry.stem.startswith(start) and entry.name != path.name
        )
    parts: dict[str, Path] = {} if path.is_dir() else {"image": path}
    for stem, entry in beside:
        part = part_name(stem)
        if part is not None and entry.suffix in SHADERTOY_SUFFIXES and entry.is_file():
            parts.setdefault(part, entry)
    return parts


def shader_role(path: Path) -> ShaderRole:
    """What the pictures that a shader asks for make of it: an ISF header and a Shadertoy sidecar quote them.

    A file that cannot be read is a generator: drawing it says what is wrong.
    """
    files = path.glob("*.json") if path.is_dir() else (path, path.with_suffix(".json"))
    asked: set[str] = set()
    for file in files:
        if file.is_file():
            asked.update(_ASKED.findall(file.read_bytes().decode(errors="replace")))
    if {"startImage", "endImage", "progress"} <= asked:
        return "transition"
    return "filter" if "inputImage" in asked else "generator"


def is_shader(path: Path) -> bool:
    """Whether `path` is a file or folder that is drawn as one shader."""
    if path.is_dir():
        return is_synesthesia_scene(path) or "image" in shadertoy_parts(path)
    return path.suffix in SHADER_SUFFIXES and path.is_file()


def is_synesthesia_scene(folder: Path) -> bool:
    """A folder with Synesthesia's `main.glsl` and `scene.json`."""
    return (folder / "main.glsl").is_file() and (folder / "scene.json").is_file()


def shaders_in(folder: Path) -> Iterator[Path]:
    """The shaders in `folder` and below, by name; files that others include are none."""
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name.lower()):
        if path.is_dir():
            if is_shader(path):
                yield path
            elif not path.is_symlink():
                yield from shaders_in(path)
        elif path.suffix in (".fs", ".isf") or (path.suffix in SHADERTOY_SUFFIXES and _is_whole(path)):
            yield path


def _is_whole(path: Path) -> bool:
    """Whether a `.glsl` is a shader of its own, not a part of one nor a library."""
    base, dot, part = path.stem.rpartition(".")
    wholes = (path.with_name(base + suffix) for suffix in SHADERTOY_SUFFIXES)
    if dot and part_name(part) is not None and any(whole.is_file() for whole in wholes):
        return False
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "mainImage" in text or "vec4 renderMain" in text or re.search(r"/\*\s*\{", text) is not None
