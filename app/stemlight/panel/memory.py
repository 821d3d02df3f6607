"""What the panel keeps from night to night: the table [panel] of settings.toml, and cached thumbnails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stemlight.bus.controls import CONTROLS, Control, Value
from stemlight.errors import UserError
from stemlight.settings import change_settings, read_settings

TABLE = "panel"
SCALES = (100, 125, 150, 175, 200)  # percent

# Controls that a night takes over from the last one. Not those that would begin it dark or still.
KEPT = (
    "input.device",
    "input.channels",
    "input.gain_db",
    "beat.offset_ms",
    "stage.offset_ms",
    "stage.monitor",
    "stage.size",
    "stage.mirror",
    "midi.ports",
    "stage.preset",
    "stage.transition",
    "stage.transition_beats",
    "stage.transition_at",
    "stage.render_scale",
    "stage.auto_scale",
    "stage.flash_limit",
    "autopilot.bars",
    "autopilot.order",
    "autopilot.playlist",
    "autopilot.drops",
)


def recalled_controls(without: Iterable[str] = ()) -> dict[str, Value]:
    """Controls as the last panel kept them, but for those that begin as one of `without` does.

    What is no control any more, or no value of one, is left out.
    """
    kept = Memory().table("controls")
    found: dict[str, Value] = {}
    for row in CONTROLS:
        value = kept.get(row.name)
        is_asked = row.name in KEPT and not row.name.startswith(tuple(without))
        if value is not None and is_asked and _fits(row, value):
            found[row.name] = value
    return found


def _fits(row: Control, value: Any) -> bool:
    if row.kind == "text":
        return isinstance(value, str) and (not row.choices or value in row.choices)
    if row.kind == "bool":
        return isinstance(value, bool)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and row.low <= value <= row.high


class Memory:
    """The panel's own settings. A value of the wrong kind counts as none: no panel fails by its settings."""

    def __init__(self) -> None:
        self.trouble = ""  # why nothing can be kept
        try:
            found = read_settings().get(TABLE, {})
        except UserError as error:
            found, self.trouble = {}, str(error)
        self._values: dict[str, Any] = dict(found) if isinstance(found, dict) else {}

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        value = self._values.get(key)
        return value if isinstance(value, str) else default

    def names(self, key: str) -> list[str]:
        """A list of texts."""
        value = self._values.get(key)
        return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []

    def numbers(self, key: str) -> list[int]:
        """A list of whole numbers."""
        value = self._values.get(key)
        whole = isinstance(value, list) and all(type(number) is int for number in value)
        return list(value) if whole and value else []

    def table(self, key: str) -> dict[str, Any]:
        """A table."""
        value = self._values.get(key)
        return dict(value) if isinstance(value, dict) else {}

    @property
    def scale(self) -> int:
        """Of everything, percent: the nearest of `SCALES`."""
        value = self._values.get("scale")
        wanted = value if isinstance(value, int | float) and not isinstance(value, bool) else SCALES[0]
        return min(SCALES, key=lambda scale: abs(scale - wanted))

    def keep(self, values: Mapping[str, Any]) -> None:
        """Keeps values, written whole; None forgets one. What cannot be written is said in `trouble`."""
        changed = {key: value for key, value in values.items() if self._values.get(key) != value}
        if not changed:
            return
        for key, value in changed.items():
            if value is None:
                self._values.pop(key, None)
            else:
                self._values[key] = value
        try:
            change_settings(TABLE, changed)
            self.trouble = ""
        except UserError as error:
            self.trouble = str(error)


def thumbnails_dir() -> Path:
    """Where rendered thumbnails are kept; there may be no such folder."""
    import platformdirs

    return platformdirs.user_cache_path("stemlight", appauthor=False) / "thumbnails"
