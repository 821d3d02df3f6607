"""What the text controls offer to those who cannot know: the shipped presets and scenes, with pictures."""

from __future__ import annotations

from pathlib import Path

from stemlight.errors import UserError
from stemlight.osc.oscquery_tree import Choice, Menu
from stemlight.preset.library import load_preset, preset_paths, scene_paths


def shipped_menu() -> Menu:
    """The choices of `stage.preset` and `stage.scene`. A preset that cannot be read is left out."""
    scenes = scene_paths()
    return {
        "stage.preset": [choice for path in preset_paths() if (choice := _preset(path))],
        "stage.scene": [
            Choice(path.stem, path.stem.replace("_", " ").title(), _picture(path)) for path in scenes
        ],
    }


def _preset(path: Path) -> Choice | None:
    try:
        preset = load_preset(str(path))
    except UserError:
        return None
    return Choice(path.stem, preset.name, _picture(path) or _picture(Path(preset.layers[0].scene)))


def _picture(path: Path) -> Path | None:
    """The thumbnail beside a file."""
    picture = path.with_suffix(".jpg")
    return picture if picture.is_file() else None
