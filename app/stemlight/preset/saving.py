"""Writes a preset as the file that reads back as the same: what is not as a rule, in an order that stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, replace
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from stemlight.errors import UserError
from stemlight.preset.library import find_filter, find_scene
from stemlight.preset.preset import VERSION, Effect, InputValue, Layer, Preset, parse_preset
from stemlight.whole_file import whole_file

Row = Layer | Effect


def save_preset(preset: Preset, path: Path) -> None:
    """Writes `path` whole, and its folder if there is none. Comments in a file that was there stay.

    Shaders and pictures beside it are named from there, those of the library by name. UserError where it
    cannot be written.
    """
    if path.suffix != ".toml":
        raise UserError(f"{path}: a preset is a .toml; name it so")
    folder = path.absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {folder}: {error.strerror or error}") from None
    layers = tuple(
        replace(
            layer,
            scene=_named(layer.scene, folder, find_scene),
            inputs=_inputs_named(layer.inputs, folder),
            filters=_filters_named(layer.filters, folder),
        )
        for layer in preset.layers
    )
    named = replace(preset, layers=layers, filters=_filters_named(preset.filters, folder))
    try:
        before = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        before = ""
    text = preset_as_toml(named, before)
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def preset_as_toml(preset: Preset, before: str = "") -> str:
    """The text of the file; `before`: the one that it takes the place of, whose comments stay."""
    wanted = _as_tables(preset)
    if before:
        try:
            document = tomlkit.parse(before)
            _change(document, wanted)
            text = tomlkit.dumps(document)
            if parse_preset(text, Path("preset.toml")) == preset:
                return text
        except (TOMLKitError, UserError, ValueError, KeyError, RecursionError):
            pass  # what was there was no preset, or laid out so that it cannot be kept
    document = tomlkit.document()
    _change(document, wanted)
    lines = [line for line in tomlkit.dumps(document).split("\n") if line]
    return "".join(f"\n{line}\n" if line.startswith("[") else f"{line}\n" for line in lines)


def _as_tables(preset: Preset) -> dict[str, Any]:
    rest = _differing(preset)
    return {"version": VERSION, "name": rest.pop("name"), **rest}


def _differing(value: Any) -> dict[str, Any]:
    """What it says that is not as a rule: numbers and words first, then tables, as TOML wants it."""
    found = {
        field.name: _plain(getattr(value, field.name))
        for field in fields(value)
        if field.compare and getattr(value, field.name) != _default(field)
    }
    return dict(sorted(found.items(), key=lambda row: _is_table(row[1])))


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, tuple):
        return [
            _plain(entry) if isinstance(entry, bool | int | float | str) else _differing(entry)
            for entry in value
        ]
    return value


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or _is_rows(value)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _change(table: Any, wanted: Mapping[str, Any]) -> None:
    """Makes a table of tomlkit's say what is wanted, and leaves alone what says so already."""
    for key in [key for key in table if key not in wanted]:
        del table[key]
    for key, value in wanted.items():
        if _is_rows(value):
            rows = table.get(key)
            if not isinstance(rows, AoT):
                table.pop(key, None)
                rows = tomlkit.aot()
                table.append(key, rows)
                rows = table[key]
            while len(rows) > len(value):
                del rows[-1]
            for row, content in zip(rows, value, strict=False):
                _change(row, content)
            for content in value[len(rows) :]:
                row = tomlkit.table()
                _change(row, content)
                rows.append(row)
        elif isinstance(value, dict):
            if not isinstance(table.get(key), dict):
                table[key] = tomlkit.table()
            _change(table[key], value)
        elif key not in table or not _says(table[key], value):
            table[key] = value


def _says(item: Any, value: Any) -> bool:
    """Whether an item of tomlkit's is `value`, and not just equal to it, as 1 and true are."""
    held = item.unwrap() if hasattr(item, "unwrap") else item
    return repr(held) == repr(value)


def _named(path: str, folder: Path, find: Callable[[str, Path], Path]) -> str:
    """The shortest that means `path` in a preset in `folder`: a name, a path from there, or `path`."""
    names = [Path(path).stem]
    if Path(path).is_relative_to(folder):
        names.append(Path(path).relative_to(folder).as_posix())
    for name in names:
        try:
            if find(name, folder) == Path(path):
                return name
        except UserError:
            continue
    return path


def _filters_named(effects: tuple[Effect, ...], folder: Path) -> tuple[Effect, ...]:
    return tuple(
        replace(
            effect,
            filter=_named(effect.filter, folder, find_filter),
            inputs=_inputs_named(effect.inputs, folder),
        )
        for effect in effects
    )


def _inputs_named(inputs: Mapping[str, InputValue], folder: Path) -> dict[str, InputValue]:
    """With pictures beside the preset named from there."""
    return {
        name: Path(value).relative_to(folder).as_posix()
        if isinstance(value, str) and value and Path(value).is_relative_to(folder) and Path(value) != folder
        else value
        for name, value in inputs.items()
    }
