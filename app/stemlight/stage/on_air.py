"""Keeps the wanted scene on air: chosen by the controls, reloaded when its files change.

Whatever goes wrong with a file, the last good picture stays and the error is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from stemlight.bus.controls import ControlBus
from stemlight.bus.health import PartHealth
from stemlight.errors import UserError
from stemlight.preset.library import find_scene, scene_paths
from stemlight.stage.renderer import Renderer

LOOK_S = 0.25  # between looks at the files: sooner than a person can turn from editor to screen

Signature = tuple[tuple[Path, int, int], ...]


class OnAir:
    """Which scene the renderer draws. GL thread only."""

    def __init__(self, renderer: Renderer, controls: ControlBus, health: PartHealth) -> None:
        self._renderer = renderer
        self._controls = controls
        self._health = health
        self._name = ""  # as the control said it
        self._path: Path | None = None
        self._inputs: Mapping[str, object] = {}
        self._signature: Signature = ()
        self._look_s = 0.0

    @property
    def name(self) -> str:
        """Of the scene that was last asked for."""
        return self._path.stem if self._path else ""

    def open(self, path: Path, inputs: Mapping[str, object]) -> None:
        """The scene a show begins with, and the values of its inputs."""
        self._controls.set("stage.scene", path.stem if path in scene_paths() else str(path))
        self._name = str(self._controls.get("stage.scene"))
        self._put(path, inputs)

    def update(self, now_s: float) -> bool:
        """Does what the controls ask and what the files say; whether another scene is on air now."""
        self._step()
        wanted = str(self._controls.get("stage.scene"))
        if wanted and wanted != self._name:
            self._name = wanted
            try:
                return self._put(find_scene(wanted), {})
            except UserError as error:
                self._fail(error)
        if now_s - self._look_s >= LOOK_S:
            self._look_s = now_s
            if self._path is not None and _signature(self._files()) != self._signature:
                self._put(self._path, self._inputs)
        return False

    def _step(self) -> None:
        steps = self._controls.fires("stage.next_scene") - self._controls.fires("stage.previous_scene")
        paths = scene_paths() if steps else []
        if not paths:
            return
        here = self._path.resolve() if self._path else None
        places = [path.resolve() for path in paths]
        start = places.index(here) if here in places else (-1 if steps > 0 else 0)
        self._controls.set("stage.scene", paths[(start + steps) % len(paths)].stem)

    def _put(self, path: Path, inputs: Mapping[str, object]) -> bool:
        """Loads `path`; whether that went well."""
        self._path, self._inputs = path, inputs
        self._health.say("loading", str(path))
        try:
            self._renderer.load(path)
            for name, value in inputs.items():
                self._renderer.set_input(name, value)
        except UserError as error:
            self._fail(error)
            return False
        finally:
            self._health.say("loading", "")
            self._signature = _signature(self._files())
        scene = self._renderer.scene
        self._health.say("scene", path.stem)
        self._health.say("error", "; ".join(scene.warnings) if scene else "")
        return True

    def _fail(self, error: UserError) -> None:
        self._health.add("shader_errors")
        self._health.say("error", str(error))

    def _files(self) -> Sequence[Path]:
        """What to watch: the file itself, also while it is broken, and what the one on air is made from."""
        assert self._path is not None
        scene = self._renderer.scene
        is_drawn = scene is not None and scene.program.path == self._path
        return scene.files if scene is not None and is_drawn else (self._path, self._path.with_suffix(".vs"))


def _signature(files: Sequence[Path]) -> Signature:
    found = []
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((file, status.st_mtime_ns, status.st_size))
    return tuple(found)
