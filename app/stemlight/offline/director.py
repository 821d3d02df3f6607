"""The autopilot over a video: what it would do in the show."""

from __future__ import annotations

from pathlib import Path

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.bus.controls import control
from stemlight.errors import UserError
from stemlight.preset.library import find_transition, load_preset, preset_paths
from stemlight.stage.autopilot import Autopilot, AutopilotWishes
from stemlight.stage.cue import Cue
from stemlight.stage.live_look import LiveLook
from stemlight.stage.moment import Moment
from stemlight.stage.renderer import Renderer


class Director:
    """Has the renderer go from preset to preset. GL thread only; `close` when done."""

    def __init__(self, renderer: Renderer, wishes: AutopilotWishes, on_air: str, seed: int = 0) -> None:
        """`on_air`: the name of the preset that the video begins with."""
        self.warnings: list[str] = []  # of presets that cannot be shown
        self._renderer = renderer
        self._wishes = wishes
        self._on_air = on_air
        self._autopilot = Autopilot(seed)
        self._names = [path.stem for path in preset_paths()]
        self._look: LiveLook | None = None  # of the preset that comes next
        self._coming = ""
        self._beats = float(control("stage.transition_beats").default)
        self._transition: Path = find_transition(str(control("stage.transition").default))

    def update(self, frame: FeatureFrame, moment: Moment) -> None:
        """Before the draw of `moment`; `frame` is the newest."""
        chosen = self._autopilot.update(
            frame,
            moment,
            wishes=self._wishes,
            names=self._names,
            on_air=self._on_air,
            is_ready=self._look is not None and not self._renderer.is_changing,
        )
        if chosen and self._look is not None:
            self._renderer.go(self._look, Cue("now", self._beats), self._transition)
            self._on_air, self._look = chosen, None
        if self._autopilot.coming != self._coming or self._look is None:
            self._prepare()

    def close(self) -> None:
        """Gives back what was made ready and never shown."""
        if self._look is not None:
            self._look.release()
            self._look = None

    def _prepare(self) -> None:
        """Makes ready what comes next; one that cannot be drawn is passed over."""
        self.close()
        while coming := self._autopilot.coming:
            self._coming = coming
            try:
                look = self._renderer.new_look(load_preset(coming))
                if look.errors:
                    look.release()
                    raise look.errors[0]
            except UserError as error:
                self.warnings.append(str(error))
                self._autopilot.refuse(coming)
                continue
            self._look = look
            return
