"""The presets and scenes that a name can mean: the shipped ones and files of the user's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from stemlight import resources
from stemlight.errors import UserError
from stemlight.preset.preset import Preset, parse_preset

DEFAULT_PRESET = "nave"  # what a show opens with
SHADER_SUFFIXES = (".fs", ".isf", ".glsl", ".frag")


def scene_paths() -> list[Path]:
    """The shipped scenes, by name."""
    return sorted((resources.shaders_dir() / "scenes").glob("*.fs"))


def preset_paths() -> list[Path]:
    """The shipped presets, by name."""
    return sorted(resources.presets_dir().glob("*.toml"))


def find_scene(name: str, beside: Path | None = None) -> Path:
    """The shader file that `name` means: a path (from `beside` if relative), else a shipped scene."""
    path = Path(name).expanduser()
    for candidate in (path, *([beside / path] if beside else [])):
        if candidate.suffix in SHADER_SUFFIXES and candidate.is_file():
            return candidate
    return _by_name(name, scene_paths(), "scene", "`stemlight scenes` lists them")


def load_preset(name: str) -> Preset:
    """The preset that `name` means: a TOML file, else a shipped one; its scene is a path that exists."""
    path = Path(name).expanduser()
    if path.suffix != ".toml" or not path.is_file():
        path = _by_name(name, preset_paths(), "preset", "`stemlight presets` lists them")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from None
    preset = parse_preset(text, path)
    scene = find_scene(preset.scene, beside=path.parent)
    return Preset(preset.name, str(scene), preset.description, preset.inputs)


def _by_name(name: str, paths: Iterable[Path], kind: str, advice: str) -> Path:
    by_name = {path.stem: path for path in paths}
    wanted = name.lower().replace(" ", "_")
    if wanted in by_name:
        return by_name[wanted]
    near = difflib.get_close_matches(wanted, by_name, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else advice
    raise UserError(f"no {kind} or file named {name!r}; {hint}")
