"""Which networks run: those asked for, those of the environment, of the settings, or those that ship.

Each is looked for on its own, so that one can be swapped and the others left.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stemlight.errors import UserError
from stemlight.resources import models_dir
from stemlight.settings import read_settings, settings_path

VARIABLE = "STEMLIGHT_MODELS"
MANIFEST_NAME = "manifest.json"
KINDS = {"stems": "masks", "beats": "activations", "bars": "bar_position"}  # which network by what it says


@dataclass(frozen=True, slots=True)
class ModelFolders:
    """Where the networks of a pipeline are: folders with a manifest each."""

    stems: Path
    beats: Path
    bars: Path | None = None  # None: bars are counted by the beat network's downbeats

    @classmethod
    def shipped(cls) -> ModelFolders:
        """Those that come with the program."""
        return cls(*(models_dir() / kind for kind in KINDS))

    def __str__(self) -> str:
        shipped = ModelFolders.shipped()
        words = []
        for kind in KINDS:
            folder = getattr(self, kind)
            ours = folder == getattr(shipped, kind)
            words.append(f"the shipped {kind}" if ours else str(folder or f"no {kind}"))
        return ", ".join(words[:-1]) + f" and {words[-1]}"


def chosen_models(asked: Sequence[str] = ()) -> ModelFolders:
    """`asked` (as `--models`, the last counts most), then STEMLIGHT_MODELS, then [models] in settings.toml.

    UserError where one of these names no model. What is in the folders is checked when they are loaded.
    """
    found: dict[str, Path] = {}
    for kind, folder in (*_asked(reversed(asked)), *_in_environment(), *_in_settings()):
        found.setdefault(kind, folder)
    shipped = ModelFolders.shipped()
    return ModelFolders(*(found.get(kind, getattr(shipped, kind)) for kind in KINDS))


Found = Iterator[tuple[str, Path]]  # kind, folder


def _asked(paths: Iterator[str] | Sequence[str]) -> Found:
    for path in paths:
        yield from _models_at(Path(path).expanduser())


def _in_environment() -> Found:
    asked = os.environ.get(VARIABLE, "")
    yield from _asked([path for path in asked.split(os.pathsep) if path])


def _in_settings() -> Found:
    table = read_settings().get("models", {})
    path = settings_path()
    if not isinstance(table, dict):
        raise UserError(f"{path}: models is a table; write [models]")
    for kind, place in table.items():
        if kind not in KINDS or not isinstance(place, str):
            raise UserError(f'{path}: [models] takes {", ".join(KINDS)}, each = "DIR/{MANIFEST_NAME}"')
        at = path.parent / Path(place).expanduser()
        yield kind, _folder_of(at)


def _models_at(path: Path) -> Found:
    """A folder of stems/, beats/ and bars/ (one of them will do), a model's folder, or its manifest."""
    inside = [(kind, path / kind) for kind in KINDS if (path / kind / MANIFEST_NAME).is_file()]
    if inside:
        yield from inside
        return
    folder = _folder_of(path)
    yield _kind_of(folder), folder


def _folder_of(path: Path) -> Path:
    folder = path.parent if path.name == MANIFEST_NAME else path
    if not (folder / MANIFEST_NAME).is_file():
        raise UserError(
            f"no model at {path}: give a folder with stems/, beats/ and bars/ or a {MANIFEST_NAME}, "
            "as `python -m models export` makes them"
        )
    return folder


def _kind_of(folder: Path) -> str:
    path = folder / MANIFEST_NAME
    try:
        outputs = list(json.loads(path.read_text(encoding="utf-8"))["outputs"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(f"{path} cannot be read as a manifest: export the model again") from None
    for kind, output in KINDS.items():
        if output in outputs:
            return kind
    raise UserError(
        f"{path} is of a model that gives {', '.join(outputs) or 'nothing'}, expected "
        f"{' or '.join(KINDS.values())}: choose a model of the right kind"
    )
