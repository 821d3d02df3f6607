"""Shows the picture on a second monitor, or in a second window, that never holds the first one up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stemlight.errors import UserError
from stemlight.stage.full_screen import N_CORNERS, VERTEX
from stemlight.stage.outputs.output import Shown
from stemlight.stage.pass_buffers import Buffer, new_buffer

if TYPE_CHECKING:
    import moderngl

    from stemlight.stage.outputs.pixel_reader import Pixels
    from stemlight.stage.window import Window

WINDOW_PX = (640, 360)

_FRAGMENT = """\
#version 330 core
in vec2 uv;
out vec4 color;
uniform sampler2D picture;
uniform vec2 inside;  // share of the window that the picture fills
void main() {
    vec2 at = (uv - 0.5) / inside + 0.5;
    bool outside = any(lessThan(at, vec2(0.0))) || any(greaterThan(at, vec2(1.0)));
    color = outside ? vec4(0.0, 0.0, 0.0, 1.0) : vec4(texture(picture, at).rgb, 1.0);
}
"""


class MirrorOutput:
    """A window that shares the first one's pictures. Main thread only.

    It does not wait for its screen: two waits a draw would halve the pace of the first where the two screens
    are not in step. Its picture may tear for that; nobody in the hall sees it.
    """

    needs_pixels = False

    def __init__(self, window: Window, monitor: int) -> None:
        """`monitor` from 0; a window if there is none of that number. UserError if none can be opened."""
        import glfw
        import moderngl

        self._glfw: Any = glfw
        self._main = window
        monitors = glfw.get_monitors()
        place = monitors[monitor] if 0 <= monitor < len(monitors) else None
        size = WINDOW_PX
        if place:
            mode = glfw.get_video_mode(place)
            size = (mode.size.width, mode.size.height)
            glfw.window_hint(glfw.REFRESH_RATE, mode.refresh_rate)
        glfw.window_hint(glfw.FOCUS_ON_SHOW, False)  # the keys stay with the first
        self._window: Any = glfw.create_window(*size, "Stemlight mirror", place, window.handle)
        glfw.window_hint(glfw.FOCUS_ON_SHOW, True)
        if not self._window:
            raise UserError("no second window can be opened here")
        glfw.make_context_current(self._window)
        glfw.swap_interval(0)
        self._context: moderngl.Context = moderngl.create_context()
        self._screen = self._context.detect_framebuffer(0)
        self._program = self._context.program(vertex_shader=VERTEX, fragment_shader=_FRAGMENT)
        self._corners = self._context.vertex_array(self._program, [])
        glfw.make_context_current(window.handle)
        self._copy: Buffer | None = None  # of the window's picture: a texture, which two contexts can share
        self._shared: moderngl.Texture | None = None  # the same, as the second context has it
        self.words = f"mirror: monitor {monitor}" if place else "mirror: a window"
        self.is_over = False

    def send(self, shown: Shown, pixels: Pixels | None) -> None:
        """Shows the window's picture, as large as it goes."""
        glfw = self._glfw
        if glfw.window_should_close(self._window):
            self.words, self.is_over = "the mirror was closed", True
            return
        width, height = glfw.get_framebuffer_size(self._window)
        if 0 in (width, height):
            return
        is_new = self._copy is None or self._copy.texture.size != shown.size_px
        if is_new:
            if self._copy is not None:
                self._copy.release()
            self._copy = new_buffer(self._main.context, shown.size_px, "f1")
        assert self._copy is not None
        self._main.context.copy_framebuffer(self._copy.framebuffer, shown.framebuffer)
        glfw.make_context_current(self._window)
        if is_new:
            self._shared = self._context.external_texture(self._copy.texture.glo, shown.size_px, 4, 0, "f1")
        assert self._shared is not None
        share = min(width / shown.size_px[0], height / shown.size_px[1])
        self._program["inside"] = (shown.size_px[0] * share / width, shown.size_px[1] * share / height)
        self._screen.viewport = (0, 0, width, height)
        self._screen.use()
        self._shared.use(0)
        self._corners.render(self._context.TRIANGLE_STRIP, vertices=N_CORNERS)
        glfw.swap_buffers(self._window)
        glfw.make_context_current(self._main.handle)
        shown.framebuffer.use()

    def close(self) -> None:
        self._glfw.destroy_window(self._window)  # with all that its context has
        self._glfw.make_context_current(self._main.handle)
        if self._copy is not None:
            self._copy.release()
