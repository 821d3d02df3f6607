"""What the text controls offer to those who cannot know: the shipped presets and scenes, with pictures."""

from __future__ import annotations

from pathlib import Path

from stemlight.errors import UserError
from stemlight.osc.oscquery_tree import Choice, Menu
from stemlight.preset.library import load_preset, preset_paths, scene_paths
from stemlight.preset.picture import current_picture, files_of_preset, mark_of, picture_of_shader


def shipped_menu() -> Menu:
    """The choices of `stage.preset` and `stage.scene`. A preset that cannot be read is left out."""
    scenes = scene_paths()
    return {
        "stage.preset": [choice for path in preset_paths() if (choice := _preset(path))],
        "stage.scene": [
            Choice(path.stem, path.stem.replace("_", " ").title(), picture_of_shader(path)) for path in scenes
        ],
    }


def _preset(path: Path) -> Choice | None:
    try:
        preset = load_preset(str(path))
    except UserError:
        return None
    try:
        picture = current_picture(path, mark_of(files_of_preset(path, preset)))
    except OSError:
        return None
    return Choice(path.stem, preset.name, picture or picture_of_shader(Path(preset.layers[0].scene)))
