"""From one look to another, by a transition shader, on a cue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stemlight.stage.cue import Cue
from stemlight.stage.draw import Draw
from stemlight.stage.live_look import LiveLook
from stemlight.stage.moment import Moment
from stemlight.stage.scene import Scene

if TYPE_CHECKING:
    import moderngl


class Transition:
    """A change that waits for its cue or is under way. GL thread only; `release` gives back its scene."""

    def __init__(self, after: LiveLook, cue: Cue, scene: Scene | None) -> None:
        """`scene`: has `startImage`, `endImage` and `progress`; None: a plain crossfade."""
        self.after = after
        self.cue = cue
        self._scene = scene
        self._began: Moment | None = None

    def draw(self, before: LiveLook, progress: float, draw: Draw, framebuffer: moderngl.Framebuffer) -> None:
        """Both looks, and between them what `progress` 0..1 says."""
        start, end = draw.pool.take(opaque=True), draw.pool.take(opaque=True)
        before.draw(draw, start.framebuffer)
        self.after.draw(draw, end.framebuffer)
        if self._scene is None:
            draw.blend.fade(start.texture, end.texture, progress, framebuffer)
        else:
            self._scene.set_texture("startImage", start.texture)
            self._scene.set_texture("endImage", end.texture)
            self._scene.set_input("progress", progress)
            self._scene.draw(self._own(draw.moment), draw.music, framebuffer)
        draw.pool.give_back(end)
        draw.pool.give_back(start)

    def _own(self, moment: Moment) -> Moment:
        """TIME and FRAMEINDEX since the transition began."""
        if self._began is None:
            self._began = moment
        index = moment.index - self._began.index
        return replace(
            moment,
            time_s=moment.time_s - self._began.time_s,
            delta_s=moment.delta_s if index else 0.0,
            index=index,
            stream_s=moment.on_stream_s,
        )

    def release(self) -> None:
        """Gives back the scene of the transition; the looks stay."""
        if self._scene is not None:
            self._scene.release()
            self._scene = None
