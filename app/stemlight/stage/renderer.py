"""Frames and a moment in, a picture in the framebuffer it is handed: the one renderer of window and files."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.errors import UserError
from stemlight.preset.preset import Preset
from stemlight.stage.blend import BLEND_GLSL, Blend
from stemlight.stage.cue import Cue
from stemlight.stage.draw import Draw
from stemlight.stage.flash_limiter import FlashLimiter
from stemlight.stage.full_screen import FullScreen
from stemlight.stage.live_look import LiveLook, preset_of_shader, shader_paths
from stemlight.stage.moment import Moment
from stemlight.stage.pass_buffers import new_buffer
from stemlight.stage.picture_pool import PicturePool, new_picture
from stemlight.stage.scene import Scene
from stemlight.stage.shader_shelf import WARM_SIZE_PX, ShaderShelf
from stemlight.stage.transition import Transition
from stemlight.stage.uniforms import Music

if TYPE_CHECKING:
    import moderngl


class Renderer:
    """Draws one look, or two while one gives way to the other.

    Reads no clock: the same calls give the same bits. GL thread only.
    """

    def __init__(
        self, context: moderngl.Context, size_px: tuple[int, int], *, tone_map: bool = False
    ) -> None:
        """`tone_map`: light above 1 goes towards white; else it is clipped, as other hosts of shaders do."""
        self._context = context
        context.disable(context.BLEND | context.DEPTH_TEST | context.CULL_FACE)
        self._full_screen = FullScreen(context)
        self._tone_map = tone_map
        self._music = Music(context)
        self._main = new_buffer(context, size_px, "f2")  # half floats: light may exceed 1 until the end
        self._pool = PicturePool(context, size_px)
        self._blend = Blend(context)
        self.shelf = ShaderShelf(context, self._full_screen, self._music)
        self._look: LiveLook | None = None
        self._transition: Transition | None = None
        self._progress: float | None = None  # of the transition, at the last draw
        self._keep_alpha = False
        self._limiter: FlashLimiter | None = None

    @property
    def limits_flashes(self) -> bool:
        """Whether the picture is kept from flashing more often than people can bear."""
        return self._limiter is not None

    @limits_flashes.setter
    def limits_flashes(self, wanted: bool) -> None:
        if wanted and self._limiter is None:
            self._limiter = FlashLimiter(self._context)
        elif not wanted and self._limiter is not None:
            self._limiter.release()
            self._limiter = None

    @property
    def look(self) -> LiveLook | None:
        """What is on air; None before the first. While a transition is under way, what it comes from."""
        return self._look

    @property
    def coming(self) -> LiveLook | None:
        """What a transition goes to, also while it waits for its cue."""
        return self._transition.after if self._transition else None

    @property
    def is_changing(self) -> bool:
        """Whether a transition is under way."""
        return self._progress is not None

    @property
    def scene(self) -> Scene | None:
        """Of the lowest layer of what is on air."""
        return self._look.layers[0].shader.scene if self._look and self._look.layers else None

    @property
    def size_px(self) -> tuple[int, int]:
        """Of the picture; the framebuffer it is shown in may have another."""
        return self._main.texture.size

    def warming(self) -> Generator[None]:
        """Compiles what mixes pictures, a program a step; else that is done when it is first needed."""
        below, above = (new_picture(self._context, WARM_SIZE_PX, opaque=True) for _ in range(2))
        unseen = new_picture(self._context, WARM_SIZE_PX, opaque=True)
        try:
            for mode in BLEND_GLSL:
                self._blend.over(mode, below.texture, above.texture, 0.5, unseen.framebuffer)
                yield
            self._blend.fade(below.texture, above.texture, 0.5, unseen.framebuffer)
        finally:
            self._main.framebuffer.use()  # a framebuffer that is bound must not be released
            for picture in (below, above, unseen):
                picture.release()

    def load(self, path: Path) -> None:
        """Draws the shader in `path` from now on, inputs at their defaults, buffers empty.

        TIME and FRAMEINDEX are those of the moments. ShaderError if it does not compile: what was drawn
        before stays, with all it remembers.
        """
        self.shelf.load(path)
        look = self.new_look(preset_of_shader(path), from_zero=True)
        if look.errors:
            raise look.errors[0]
        self._show_at_once(look)
        self._keep_alpha = look.layers[0].shader.scene.program.role != "generator"

    def load_preset(self, preset: Preset) -> LiveLook:
        """Draws `preset` from now on; shaders that do not compile are left out: the look says which.

        Paths in `preset` are those of files, as `load_preset` of the library gives them. UserError if no
        layer is left: what was drawn before stays.
        """
        look = self.new_look(preset)
        if look.is_empty:
            look.release()
            raise look.errors[0]
        self._show_at_once(look)
        return look

    def new_look(self, preset: Preset, *, from_zero: bool = False) -> LiveLook:
        """A look that can be drawn here; give it to `go`, or `release` it."""
        return LiveLook(preset, self.shelf, from_zero=from_zero)

    def go(self, look: LiveLook, cue: Cue, transition: Path | None = None) -> None:
        """Goes over to `look` on `cue`, by the shader in `transition`; None: by a plain crossfade.

        At once if nothing is drawn yet. What waited for its cue is dropped; what was under way is cut to
        its end. ShaderError if the transition does not compile: a crossfade it is then, all the same.
        """
        if self.is_changing:
            self._finish()
        elif self._transition is not None:
            self.drop_coming()
        if self._look is None:
            self._show_at_once(look)
            return
        try:
            scene = self._transition_scene(transition) if transition else None
        except UserError:
            self._transition = Transition(look, cue, None)
            raise
        self._transition = Transition(look, cue, scene)

    def drop_coming(self) -> None:
        """Forgets the transition that waits or is under way; what it came from stays."""
        if self._transition is not None:
            self._transition.after.release()
            self._transition.release()
        self._transition = self._progress = None

    def set_input(self, name: str, value: object) -> None:
        """As `Scene.set_input`, of the lowest layer; UserError if nothing is loaded."""
        if self.scene is None:
            raise UserError("no shader is loaded")
        self.scene.set_input(name, value)

    def resize(self, size_px: tuple[int, int]) -> None:
        """Pictures from now on have this size; persistent buffers keep what they hold."""
        if size_px != self.size_px:
            old, self._main = self._main, new_buffer(self._context, size_px, "f2")
            self._full_screen.copy(old.texture, self._main.framebuffer)
            old.release()
            self._pool.resize(size_px)

    def draw(
        self,
        frames: Sequence[FeatureFrame],
        moment: Moment,
        framebuffer: moderngl.Framebuffer,
        brightness: float = 1.0,
    ) -> None:
        """The picture seen at `moment`. `frames`: all since the last draw, oldest first; may be none."""
        self.hear(frames, moment)
        if self._look is not None:
            draw, into = Draw(moment, self._music, self._pool, self._blend), self._main.framebuffer
            if self._transition is None or self._progress is None:
                self._look.draw(draw, into)
            else:
                self._transition.draw(self._look, self._progress, draw, into)
        self.show(framebuffer, brightness, moment.delta_s)

    def hear(self, frames: Sequence[FeatureFrame], moment: Moment) -> None:
        """Takes frames without drawing, so that a held picture misses none."""
        self._music.update(frames, moment.on_stream_s, moment.beat_lead_s)
        if self._transition is not None:
            line = self._music.frame.timeline
            self._progress = self._transition.cue.progress_at(line, moment.on_stream_s + moment.beat_lead_s)
            if self._progress is not None:
                self._transition.after.hear(frames, moment)
                if self._progress >= 1.0:
                    self._finish()
                    return
        if self._look is not None:
            self._look.hear(frames, moment)

    def show(self, framebuffer: moderngl.Framebuffer, brightness: float = 1.0, delta_s: float = 0.0) -> None:
        """The last picture again, `delta_s` seconds after it was shown before."""
        picture = self._main.texture
        if self._limiter is not None:
            self._limiter.show(picture, framebuffer, brightness, delta_s, tone_map=self._tone_map)
        else:
            self._full_screen.show(
                picture, framebuffer, brightness, self._keep_alpha, tone_map=self._tone_map
            )

    def release(self) -> None:
        """Gives everything back to the GPU."""
        self.limits_flashes = False
        self.drop_coming()
        if self._look is not None:
            self._look.release()
            self._look = None
        self.shelf.release()
        self._pool.release()
        self._blend.release()
        self._main.release()

    def _show_at_once(self, look: LiveLook) -> None:
        self.drop_coming()
        if self._look is not None:
            self._look.release()
        self._look = look
        self._keep_alpha = False
        self.shelf.prune(keep=shader_paths(look.preset))

    def _finish(self) -> None:
        """What was coming is on air."""
        assert self._transition is not None
        transition, self._transition, self._progress = self._transition, None, None
        transition.release()
        self._show_at_once(transition.after)

    def _transition_scene(self, path: Path) -> Scene:
        scene = self.shelf.scene(path)
        if scene.program.role != "transition":
            scene.release()
            raise UserError(f"{path.name} is no transition: it needs startImage, endImage and progress")
        return scene
