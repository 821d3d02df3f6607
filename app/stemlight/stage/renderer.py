"""Frames and a moment in, a picture in the framebuffer it is handed: the one renderer of window and files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.errors import UserError
from stemlight.stage.full_screen import FullScreen
from stemlight.stage.isf import read_isf
from stemlight.stage.moment import Moment
from stemlight.stage.pass_buffers import new_buffer
from stemlight.stage.pass_program import Passes
from stemlight.stage.scene import Scene
from stemlight.stage.uniforms import Music

if TYPE_CHECKING:
    import moderngl

# Drivers compile at the first draw, whatever its size; but Mesa's software driver compiles anew for textures
# whose sides are powers of two, which those of screens and their halves are not.
WARM_SIZE_PX = (80, 45)


class Renderer:
    """Draws one scene. Reads no clock: the same calls give the same bits. GL thread only."""

    def __init__(self, context: moderngl.Context, size_px: tuple[int, int]) -> None:
        self._context = context
        context.disable(context.BLEND | context.DEPTH_TEST | context.CULL_FACE)
        self._full_screen = FullScreen(context)
        self._music = Music(context)
        self._main = new_buffer(context, size_px, "f2")  # half floats: light may exceed 1 until the end
        self._unseen = new_buffer(context, WARM_SIZE_PX, "f2")
        self._scene: Scene | None = None

    @property
    def scene(self) -> Scene | None:
        """What is drawn; None before the first `load` that succeeds."""
        return self._scene

    @property
    def size_px(self) -> tuple[int, int]:
        """Of the picture; the framebuffer it is shown in may have another."""
        return self._main.texture.size

    def load(self, path: Path) -> None:
        """Draws the shader in `path` from now on, inputs at their defaults, buffers empty.

        ShaderError if it does not compile: the scene before stays, with all it remembers.
        """
        scene = Scene(self._context, self._full_screen, Passes(self._context, read_isf(path)))
        scene.warm(self._music, self._unseen.framebuffer)
        if self._scene is not None:
            self._scene.release()
        self._scene = scene

    def set_input(self, name: str, value: object) -> None:
        """As `Scene.set_input`; UserError if nothing is loaded."""
        if self._scene is None:
            raise UserError("no shader is loaded")
        self._scene.set_input(name, value)

    def resize(self, size_px: tuple[int, int]) -> None:
        """Pictures from now on have this size; persistent buffers keep what they hold."""
        if size_px != self.size_px:
            old, self._main = self._main, new_buffer(self._context, size_px, "f2")
            self._full_screen.copy(old.texture, self._main.framebuffer)
            old.release()

    def draw(
        self,
        frames: Sequence[FeatureFrame],
        moment: Moment,
        framebuffer: moderngl.Framebuffer,
        brightness: float = 1.0,
    ) -> None:
        """The picture seen at `moment`. `frames`: all since the last draw, oldest first; may be none."""
        self.hear(frames, moment)
        if self._scene is not None:
            self._scene.draw(moment, self._music, self._main.framebuffer)
        self.show(framebuffer, brightness)

    def hear(self, frames: Sequence[FeatureFrame], moment: Moment) -> None:
        """Takes frames without drawing, so that a held picture misses none."""
        self._music.update(frames, moment.on_stream_s, moment.beat_lead_s)

    def show(self, framebuffer: moderngl.Framebuffer, brightness: float = 1.0) -> None:
        """The last picture again."""
        is_filter = self._scene is not None and self._scene.program.role != "generator"
        self._full_screen.show(self._main.texture, framebuffer, brightness, keep_alpha=is_filter)

    def release(self) -> None:
        """Gives everything back to the GPU."""
        if self._scene is not None:
            self._scene.release()
            self._scene = None
        self._main.release()
        self._unseen.release()
