"""Which scene a stage begins with: the preset's, or after a crash what was on air."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stemlight.bus.controls import ControlBus
from stemlight.bus.health import PartHealth
from stemlight.errors import UserError
from stemlight.preset.library import DEFAULT_PRESET, find_scene, load_preset, scene_paths


@dataclass(frozen=True, slots=True)
class Opening:
    """A scene and the values of its inputs."""

    path: Path
    inputs: Mapping[str, object] = field(default_factory=dict)
    preset: str = ""  # that it comes from


def opening(preset: str | None, controls: ControlBus, health: PartHealth) -> Opening:
    """The scene to begin with; UserError if the preset does not exist.

    A stage before us that died while it loaded a scene says so in `health`: that scene is left out.
    """
    first = _opening_of(preset or DEFAULT_PRESET)
    wanted, wanted_preset = str(controls.get("stage.scene")), str(controls.get("stage.preset"))
    try:
        if wanted_preset:
            first = _opening_of(wanted_preset)
        elif wanted:
            first = Opening(find_scene(wanted))
    except UserError as error:
        health.say("error", str(error))
    deadly = health.words("loading")
    if deadly and str(first.path) == deadly:
        others = [path for path in scene_paths() if str(path) != deadly]
        health.say("error", f"{first.path.name} brought the stage down while it was loaded; it is left out")
        health.say("loading", "")
        if others:
            return Opening(others[0])
    return first


def _opening_of(preset: str) -> Opening:
    chosen = load_preset(preset).layers[0]
    return Opening(Path(chosen.scene), chosen.inputs, preset)
