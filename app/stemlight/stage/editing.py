"""Puts what a person edits in the panel on stage, and tells the panel what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stemlight.bus.look_cell import Edit, LookCell, ShownLook
from stemlight.errors import UserError
from stemlight.preset.library import load_preset, name_key, preset_file, preset_in
from stemlight.preset.preset import Preset
from stemlight.stage.live_look import LiveLook
from stemlight.stage.live_shader import LiveShader
from stemlight.stage.on_air import OnAir

LIVE_S = 1.0 / 30.0  # between live values: a slider's ring that moves thirty times a second looks smooth


class Editing:
    """Between the panel's cell and what is on air. GL thread only."""

    def __init__(self, cell: LookCell, on_air: OnAir) -> None:
        self._cell = cell
        self._on_air = on_air
        self._serial = 0  # of the newest edit that was read
        self._edit: Edit | None = None
        self._edited: Preset | None = None  # that edit, read
        self._error = ""  # why it cannot be
        self._applied: tuple[str, int] = "", 0  # the preset and the edit that were last put on
        self._shown: tuple[object, ...] = ()
        self._live_s = 0.0

    def take(self) -> None:
        """Once a draw: the newest edit, if it is one of the preset that was asked for last."""
        edit = self._cell.edit(after=self._serial)
        if edit is not None:
            self._serial, self._edit = edit.serial, edit
        asked = self._on_air.preset_name
        if self._edit is None or (asked, self._serial) == self._applied:
            return
        was_edited = self._edited is not None and self._applied[0] == asked
        self._applied = asked, self._serial
        self._edited, self._error = None, ""
        try:
            if self._edit.toml and asked and name_key(self._edit.name) == name_key(asked):
                self._edited = preset_in(self._edit.toml, preset_file(asked))
                self._on_air.edit(self._edited)
            elif was_edited and asked:
                self._on_air.edit(load_preset(asked))
        except UserError as error:
            self._error = str(error)

    def tell(self, now_s: float) -> None:
        """Once a draw, after it: what is drawn, if that has changed, and live values where wanted."""
        look = self._on_air.look
        if look is None:
            return
        shown = (look, look.n_edits, self._serial, self._error)
        if shown != self._shown:
            self._shown = shown
            self._cell.write_look(self._told(look))
        if now_s - self._live_s >= LIVE_S and self._cell.is_listened_to():
            self._live_s = now_s
            self._cell.write_live(look.live_values())

    def _told(self, look: LiveLook) -> ShownLook:
        """An edit that cannot be read counts as done: its error says why it is not seen."""
        is_edited = bool(self._error) or (self._edited is not None and look.preset is self._edited)
        return ShownLook(
            name=self._on_air.preset_name,
            edit=self._serial if is_edited else 0,
            shaders={place: _inputs(shader) for place, shader in look.shaders.items()},
            errors=(*([self._error] if self._error else []), *map(str, look.errors)),
            warnings=tuple(look.warnings),
        )


def _inputs(shader: LiveShader) -> list[Mapping[str, Any]]:
    """What a person can set: as the header of the shader has it, and the base value now."""
    return [
        {
            "name": entry.name,
            "kind": entry.type,
            "label": entry.label,
            "default": entry.default,
            "base": shader.base(entry),
            "low": _ends(entry.low),
            "high": _ends(entry.high),
            "choices": list(entry.values),
            "labels": list(entry.labels),
        }
        for entry in shader.scene.program.inputs
        if entry.name not in ("inputImage", "startImage", "endImage")
    ]


def _ends(ends: tuple[float, ...] | None) -> float | list[float] | None:
    """One number of what has one component, else a list; None where there is no end."""
    if ends is None:
        return None
    return ends[0] if len(ends) == 1 else list(ends)
