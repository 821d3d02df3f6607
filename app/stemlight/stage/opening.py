"""What a stage begins with: the preset it was told, or after a crash what was on air."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stemlight.bus.controls import ControlBus
from stemlight.bus.health import PartHealth
from stemlight.errors import UserError
from stemlight.preset.library import DEFAULT_PRESET, find_scene, load_preset, preset_paths, scene_paths
from stemlight.preset.preset import Preset
from stemlight.preset.shader_paths import is_shader
from stemlight.resources import shaders_dir
from stemlight.stage.live_look import preset_of_shader


@dataclass(frozen=True, slots=True)
class Chosen:
    """A look, and how the controls name it."""

    preset: Preset
    preset_name: str = ""  # as `stage.preset` says it; empty for a scene
    scene_name: str = ""  # as `stage.scene` says it; empty for a preset

    @property
    def name(self) -> str:
        return self.preset_name or self.scene_name

    @classmethod
    def of_preset(cls, name: str) -> Chosen:
        """UserError if there is none, or something is wrong with it."""
        return cls(load_preset(name), preset_name=name)

    @classmethod
    def of_told(cls, name: str) -> Chosen:
        """A preset, or the scene in a shader's file or folder. UserError if there is none."""
        return cls.of_scene(name) if is_shader(Path(name)) else cls.of_preset(name)

    @classmethod
    def of_scene(cls, name: str) -> Chosen:
        """UserError if there is none."""
        path = find_scene(name)
        return cls(preset_of_shader(path), scene_name=scene_name(path))


def scene_name(path: Path) -> str:
    """How `stage.scene` names a shader: by its name if it is one of the library's."""
    return path.stem if path in scene_paths() else str(path)


@dataclass(frozen=True, slots=True)
class Opening:
    """What to begin with, and the shader that brought the stage before us down."""

    chosen: Chosen
    deadly: Path | None = None


def opening(preset: str | None, controls: ControlBus, health: PartHealth) -> Opening:
    """What the controls say, else `preset`, else the default; UserError if `preset` is wrong.

    A look that brought the stage down is left out.
    """
    first = Chosen.of_told(preset or DEFAULT_PRESET)
    wanted_preset, wanted_scene = str(controls.get("stage.preset")), str(controls.get("stage.scene"))
    try:
        if wanted_preset:
            first = Chosen.of_preset(wanted_preset)
        elif wanted_scene:
            first = Chosen.of_scene(wanted_scene)
    except UserError as error:
        health.say("error", str(error))
    deadly = health.words("loading")
    if not deadly:
        return Opening(first)
    health.say("loading", "")
    health.say("error", f"{Path(deadly).name} brought the stage down; it is left out")
    if first.name == deadly:
        first = next(others(deadly), first)
    return Opening(first, Path(deadly))


def others(name: str) -> Iterator[Chosen]:
    """What can be shown instead of what `name` means: the default, then every other preset."""
    for other in (DEFAULT_PRESET, *(path.stem for path in preset_paths())):
        if other != name:
            try:
                yield Chosen.of_preset(other)
            except UserError:
                continue


def first_light() -> Path:
    """A shader so small that it is drawn at once, until the first look is ready."""
    return shaders_dir() / "first_light.fs"
