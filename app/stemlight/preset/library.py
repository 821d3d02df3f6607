"""The presets and shaders that a name can mean: the shipped ones, and files of the user's own."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from stemlight import resources
from stemlight.errors import UserError
from stemlight.preset.preset import Effect, InputValue, Layer, Preset, parse_preset
from stemlight.preset.shader_paths import is_shader, shaders_in
from stemlight.versioned_toml import shown

DEFAULT_PRESET = "nave"  # what a show opens with

PRESETS_VARIABLE = "STEMLIGHT_PRESETS"
SHADERS_VARIABLE = "STEMLIGHT_SHADERS"


def user_presets_dir() -> Path:
    """Where presets of the user's own are; there may be no such folder."""
    return _user_dir(PRESETS_VARIABLE, "presets")


def user_shaders_dir() -> Path:
    """Where shaders of the user's own are, in scenes/, filters/ and transitions/; maybe there is none."""
    return _user_dir(SHADERS_VARIABLE, "shaders")


def preset_paths() -> list[Path]:
    """All presets, by name; of two with one name the user's own."""
    return _by_stem(
        path for folder in (resources.presets_dir(), user_presets_dir()) for path in folder.glob("*.toml")
    )


def scene_paths() -> list[Path]:
    """All scenes, by name; of two with one name the user's own."""
    return _shader_paths("scenes")


def filter_paths() -> list[Path]:
    """Likewise all filters."""
    return _shader_paths("filters")


def transition_paths() -> list[Path]:
    """Likewise all transitions."""
    return _shader_paths("transitions")


def find_scene(name: str, beside: Path | None = None) -> Path:
    """The shader that `name` means: a path, from `beside` or from here, else a scene's name."""
    return _find(name, beside, scene_paths(), "scene", "`stemlight scenes` lists them")


def find_filter(name: str, beside: Path | None = None) -> Path:
    """Likewise a filter."""
    return _find(name, beside, filter_paths(), "filter", "`stemlight filters` lists them")


def find_transition(name: str, beside: Path | None = None) -> Path:
    """Likewise a transition."""
    return _find(name, beside, transition_paths(), "transition", "`stemlight transitions` lists them")


def load_preset(name: str) -> Preset:
    """The preset that `name` means: a TOML file or a name. Its scenes and filters are paths that exist.

    So is a text among its inputs that names a file beside the preset, a picture. UserError names the file
    and the key that is wrong.
    """
    path = preset_file(name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from None
    return preset_in(text, path)


def preset_file(name: str) -> Path:
    """The file that `load_preset` reads for `name`."""
    path = _path(name)
    if path.suffix == ".toml" and _is_file(path):
        return path
    return _by_name(name, preset_paths(), "preset", "`stemlight presets` lists them")


def preset_in(text: str, path: Path) -> Preset:
    """As `load_preset`, of `text` that stands in the file `path`, or would if it were saved there."""
    preset = parse_preset(text, path)
    layers = tuple(_found_layer(layer, path, f"layers[{i}].") for i, layer in enumerate(preset.layers))
    return replace(preset, layers=layers, filters=_found_filters(preset.filters, path, ""))


def _found_layer(layer: Layer, path: Path, where: str) -> Layer:
    try:
        scene = find_scene(layer.scene, path.parent)
    except UserError as error:
        raise UserError(f"{path}: {where}scene: {error}") from None
    filters = _found_filters(layer.filters, path, where)
    return replace(layer, scene=str(scene), inputs=_found_pictures(layer.inputs, path), filters=filters)


def _found_filters(effects: Iterable[Effect], path: Path, where: str) -> tuple[Effect, ...]:
    found = []
    for i, effect in enumerate(effects):
        try:
            shader = find_filter(effect.filter, path.parent)
        except UserError as error:
            raise UserError(f"{path}: {where}filters[{i}].filter: {error}") from None
        inputs = _found_pictures(effect.inputs, path)
        found.append(replace(effect, filter=str(shader), inputs=inputs))
    return tuple(found)


def _found_pictures(inputs: Mapping[str, InputValue], path: Path) -> dict[str, InputValue]:
    def found(value: InputValue) -> InputValue:
        if isinstance(value, str) and value and _is_file(path.parent / value):
            return str((path.parent / value).absolute())
        return value

    return {name: found(value) for name, value in inputs.items()}


def _user_dir(variable: str, name: str) -> Path:
    if asked := os.environ.get(variable):
        return Path(asked).expanduser()
    import platformdirs

    return platformdirs.user_data_path("stemlight", appauthor=False, roaming=True) / name


def _shader_paths(kind: str) -> list[Path]:
    folders = (resources.shaders_dir() / kind, user_shaders_dir() / kind)
    return _by_stem(path for folder in folders if folder.is_dir() for path in shaders_in(folder))


def _path(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # of a user whom nobody knows
        return Path(name)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a zero in it
        return False


def name_key(name: str) -> str:
    """By which names are the same: in any case, with spaces or without."""
    return name.lower().replace(" ", "_")


def _by_stem(paths: Iterable[Path]) -> list[Path]:
    """One path a name, the last of them, in the order of the names."""
    shipped = (resources.presets_dir(), resources.shaders_dir())
    shipped_first = sorted(paths, key=lambda path: (not any(map(path.is_relative_to, shipped)), path))
    found = {name_key(path.stem): path for path in shipped_first}
    return [found[name] for name in sorted(found)]


def _find(name: str, beside: Path | None, paths: list[Path], kind: str, advice: str) -> Path:
    path = _path(name)
    candidate = beside / path if beside else path
    try:
        if is_shader(candidate):
            return candidate.absolute()
    except (OSError, ValueError):  # a name too long, or with a zero in it
        pass
    return _by_name(name, paths, kind, advice)


def _by_name(name: str, paths: Iterable[Path], kind: str, advice: str) -> Path:
    by_name = {name_key(path.stem): path for path in paths}
    wanted = name_key(name)
    if wanted in by_name:
        return by_name[wanted]
    near = difflib.get_close_matches(wanted, by_name, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else advice
    raise UserError(f"no {kind} or file named {shown(name)}; {hint}")
