"""Keeps the wanted scene on air: chosen by the controls, reloaded when its files change.

Whatever goes wrong with a file, the last good picture stays and the error is said. A scene is tried in a
process of its own before it is loaded here, so that the picture does not stand still while a driver compiles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from stemlight.bus.controls import ControlBus
from stemlight.bus.health import PartHealth
from stemlight.errors import UserError
from stemlight.preset.library import find_scene, load_preset, scene_paths
from stemlight.stage.renderer import Renderer
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.trial import NoTrial, Trial, TrialKind

LOOK_S = 0.25  # between looks at the files: sooner than a person can turn from editor to screen

Signature = tuple[tuple[Path, int, int], ...]


class OnAir:
    """Which scene the renderer draws. GL thread only; `close` when done."""

    def __init__(
        self, renderer: Renderer, controls: ControlBus, health: PartHealth, trial: TrialKind = Trial
    ) -> None:
        self._renderer = renderer
        self._controls = controls
        self._health = health
        self._trial_kind = trial
        self._trial: Trial | NoTrial | None = None
        self._name = ""  # as the control said it
        self._preset = ""  # likewise; empty if a scene was chosen
        self._path: Path | None = None  # that is on air, or will be
        self._inputs: Mapping[str, object] = {}
        self._blamed: tuple[Path, ...] = ()  # where the last error was
        self._signature: Signature = ()
        self._look_s = 0.0

    @property
    def name(self) -> str:
        """Of the scene that was last asked for."""
        return self._path.stem if self._path else ""

    @property
    def path(self) -> Path | None:
        """Of the scene that is drawn; None before the first."""
        scene = self._renderer.scene
        return scene.program.path if scene else None

    def open(self, path: Path, inputs: Mapping[str, object], preset: str = "") -> None:
        """The scene a show begins with, the values of its inputs, their preset. Loads it at once."""
        self._controls.set("stage.preset", preset)
        self._preset = preset
        self._choose(path, inputs)
        self._load()

    def update(self, now_s: float) -> bool:
        """Does what the controls ask and what the files say; whether a program was loaded by it."""
        self._step()
        self._obey(now_s)
        if now_s - self._look_s >= LOOK_S:
            self._look_s = now_s
            if self._path is not None and _signature(self._files()) != self._signature:
                self._try(now_s)
        verdict = self._trial.verdict(now_s) if self._trial else None
        if verdict is None:
            return False
        self._trial = None
        if verdict.may_load:
            return self._load()
        self._fail(UserError(verdict.reason))
        return False

    def close(self) -> None:
        """Ends a trial that is under way."""
        if self._trial:
            self._trial.end()
            self._trial = None

    def _obey(self, now_s: float) -> None:
        """Takes the preset or the scene that was chosen last."""
        preset = str(self._controls.get("stage.preset"))
        wanted = str(self._controls.get("stage.scene"))
        try:
            if preset and preset != self._preset:
                self._preset = preset
                chosen = load_preset(preset).layers[0]
                self._choose(Path(chosen.scene), chosen.inputs)
                self._try(now_s)
            elif wanted and wanted != self._name:
                self._name = wanted
                self._controls.set("stage.preset", "")
                self._preset = ""
                self._path, self._inputs = find_scene(wanted), {}
                self._try(now_s)
        except UserError as error:
            self._fail(error)

    def _choose(self, path: Path, inputs: Mapping[str, object]) -> None:
        """Says by the control which scene a preset has chosen."""
        self._controls.set("stage.scene", path.stem if path in scene_paths() else str(path))
        self._name = str(self._controls.get("stage.scene"))
        self._path, self._inputs = path, inputs

    def _step(self) -> None:
        steps = self._controls.fires("stage.next_scene") - self._controls.fires("stage.previous_scene")
        paths = scene_paths() if steps else []
        if not paths:
            return
        here = self._path.resolve() if self._path else None
        places = [path.resolve() for path in paths]
        start = places.index(here) if here in places else (-1 if steps > 0 else 0)
        self._controls.set("stage.scene", paths[(start + steps) % len(paths)].stem)

    def _try(self, now_s: float) -> None:
        """Puts what is wanted now on trial, instead of what was."""
        assert self._path is not None
        self.close()
        self._signature = _signature(self._files())
        self._trial = self._trial_kind(self._path, now_s)

    def _load(self) -> bool:
        """Loads what is wanted; whether that went well."""
        assert self._path is not None
        self._blamed = ()
        self._health.say("loading", str(self._path))  # if it kills us, the next stage knows what it was
        try:
            self._renderer.load(self._path)
            for name, value in self._inputs.items():
                self._renderer.set_input(name, value)
        except UserError as error:
            self._fail(error)
            return False
        finally:
            self._health.say("loading", "")
            self._signature = _signature(self._files())
        scene = self._renderer.scene
        self._health.say("scene", self._path.stem)
        self._health.say("error", "; ".join(scene.warnings) if scene else "")
        return True

    def _fail(self, error: UserError) -> None:
        if isinstance(error, ShaderError):
            self._blamed = (error.file,)
        self._health.add("shader_errors")
        self._health.say("error", str(error))

    def _files(self) -> Sequence[Path]:
        """What to watch: the file itself, also while it is broken, and what the one on air is made from."""
        assert self._path is not None
        scene = self._renderer.scene
        made_from = scene.files if scene is not None and scene.program.path == self._path else ()
        files = (self._path, self._path.with_suffix(".vs"), *made_from, *self._blamed)
        return tuple(dict.fromkeys(files))


def _signature(files: Sequence[Path]) -> Signature:
    found = []
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((file, status.st_mtime_ns, status.st_size))
    return tuple(found)
