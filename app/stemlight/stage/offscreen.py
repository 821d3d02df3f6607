"""OpenGL without a window, and the pixels that were drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stemlight.errors import UserError

if TYPE_CHECKING:
    import moderngl

GL_VERSION = 330  # core 3.3; nothing above 4.1 may be asked for (macOS)


class OffscreenContext:
    """A GL context of its own with an 8-bit framebuffer. One thread; `close` or use as a context manager.

    Never beside a window in one process: EGL and GLX do not bear each other.
    """

    def __init__(self, size_px: tuple[int, int]) -> None:
        """UserError if this machine has no OpenGL 3.3."""
        self._hidden_window: Any = None
        self.context = self._created()
        self.framebuffer: moderngl.Framebuffer = self.context.simple_framebuffer(size_px)

    def _created(self) -> moderngl.Context:
        import sys

        import moderngl

        reasons: list[str] = []
        tries: list[dict[str, Any]] = [{}] if sys.platform in ("win32", "darwin") else [{"backend": "egl"}]
        for settings in tries:
            try:
                return moderngl.create_context(standalone=True, require=GL_VERSION, **settings)
            except Exception as error:  # moderngl raises plain Exception; whatever it is, the window is tried
                reasons.append(str(error))
        try:
            return self._of_hidden_window()
        except UserError as error:
            reasons.append(str(error))
        raise UserError(
            f"no OpenGL 3.3 on this machine ({'; '.join(reasons)}); "
            "on Debian and Ubuntu: apt install libgl1 libegl1"
        )

    def _of_hidden_window(self) -> moderngl.Context:
        import glfw
        import moderngl

        if not glfw.init():
            raise UserError("no display")
        glfw.window_hint(glfw.VISIBLE, False)
        glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, 3)
        glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, 3)
        glfw.window_hint(glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE)
        glfw.window_hint(glfw.OPENGL_FORWARD_COMPAT, True)
        self._hidden_window = glfw.create_window(64, 64, "", None, None)
        if not self._hidden_window:
            raise UserError("no window")
        glfw.make_context_current(self._hidden_window)
        return moderngl.get_context()

    @property
    def size_px(self) -> tuple[int, int]:
        return self.framebuffer.size

    def resize(self, size_px: tuple[int, int]) -> None:
        """A framebuffer of another size, empty."""
        if size_px != self.size_px:
            old, self.framebuffer = self.framebuffer, self.context.simple_framebuffer(size_px)
            self.framebuffer.use()
            old.release()

    def read_rgba(self) -> np.ndarray:
        """uint8 (h, w, 4), top row first. A fresh array."""
        width, height = self.size_px
        pixels = np.empty((height, width, 4), np.uint8)
        self.framebuffer.read_into(pixels, components=4)  # RGB would be ten times slower
        return np.ascontiguousarray(pixels[::-1])

    def close(self) -> None:
        """Releases the context; nothing made with it may be used after."""
        self.framebuffer.release()
        self.context.release()
        if self._hidden_window is not None:
            import glfw

            glfw.destroy_window(self._hidden_window)
            self._hidden_window = None

    def __enter__(self) -> OffscreenContext:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
