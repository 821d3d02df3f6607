"""What a preset was before each change: a list of values, and where in it a person is."""

from __future__ import annotations

from stemlight.preset.preset import Preset

ONE_DRAG_S = 0.8  # changes of one thing that follow each other faster are one change to take back
MAX_STEPS = 500  # of a night's work on one preset; each shares most of itself with the last


class History:
    """Undo and redo of a preset."""

    def __init__(self, preset: Preset) -> None:
        self._steps = [preset]
        self._at = 0
        self._thing = ""
        self._changed_s = 0.0

    @property
    def preset(self) -> Preset:
        """As it is now."""
        return self._steps[self._at]

    @property
    def can_undo(self) -> bool:
        """There is something to take back."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Something was taken back."""
        return self._at < len(self._steps) - 1

    def change(self, preset: Preset, thing: str, now_s: float) -> None:
        """`thing`: what is being changed, a slider; while it is dragged all is one step. Empty: a step."""
        if preset == self.preset:
            return
        goes_on = bool(thing) and thing == self._thing and now_s - self._changed_s < ONE_DRAG_S
        if goes_on and self.can_undo and not self.can_redo:
            self._steps[self._at] = preset
        else:
            self._steps[self._at + 1 :] = [preset]
            del self._steps[: max(0, len(self._steps) - MAX_STEPS)]
            self._at = len(self._steps) - 1
        self._thing, self._changed_s = thing, now_s

    def undo(self) -> None:
        """One step back, where there is one."""
        self._at = max(0, self._at - 1)
        self._thing = ""

    def redo(self) -> None:
        """One step ahead again."""
        self._at = min(len(self._steps) - 1, self._at + 1)
        self._thing = ""
