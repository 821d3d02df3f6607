"""The window on the projector: GLFW and an OpenGL 3.3 core context. Main thread only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stemlight.errors import UserError

if TYPE_CHECKING:
    import moderngl

CURSOR_REST_S = 2.0  # the pointer leaves a full screen after it has rested so long
DEFAULT_REFRESH_HZ = 60.0  # where a monitor does not say
MIN_SIZE_PX = (160, 90)

KeyHandler = Callable[[str], None]


class Window:
    """One window with its context. `on_key` gets the names of `KEYS`; `close` when done."""

    def __init__(self, size_px: tuple[int, int], title: str, on_key: KeyHandler) -> None:
        """UserError where there is no display or no OpenGL 3.3."""
        if sys.platform.startswith("linux"):
            os.environ.setdefault("PYGLFW_LIBRARY_VARIANT", "x11")  # GLFW's Wayland needs more to work
        import glfw
        import moderngl

        glfw.ERROR_REPORTING = "ignore"  # what fails is said below, in our words
        self._glfw: Any = glfw
        if not glfw.init():
            raise UserError("no display to open a window on; `stemlight render` needs none")
        for hint, value in (
            (glfw.CONTEXT_VERSION_MAJOR, 3),
            (glfw.CONTEXT_VERSION_MINOR, 3),
            (glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE),
            (glfw.OPENGL_FORWARD_COMPAT, True),
            (glfw.DOUBLEBUFFER, True),
            (glfw.AUTO_ICONIFY, False),  # the projector goes on while the person works in the panel
        ):
            glfw.window_hint(hint, value)
        self._window: Any = glfw.create_window(*size_px, title, None, None)
        if not self._window:
            reason = glfw.get_error()[1]
            glfw.terminate()
            words = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason or "")
            raise UserError(f"no window with OpenGL 3.3 can be opened here ({words or 'no reason given'})")
        glfw.make_context_current(self._window)
        glfw.swap_interval(1)
        glfw.set_window_size_limits(self._window, *MIN_SIZE_PX, glfw.DONT_CARE, glfw.DONT_CARE)
        self.context: moderngl.Context = moderngl.get_context()
        self._gl_renderer = self.context.info["GL_RENDERER"]
        self._screen = self.context.detect_framebuffer(0)
        self._title = title
        self._placed: tuple[int, int, int, int] | None = None  # where it was before it filled a monitor
        self._on_key = on_key
        self._cursor_moved_s: float | None = 0.0
        self._keys = {
            glfw.KEY_ESCAPE: "escape",
            glfw.KEY_SPACE: "space",
            glfw.KEY_LEFT: "left",
            glfw.KEY_RIGHT: "right",
            glfw.KEY_UP: "up",
            glfw.KEY_DOWN: "down",
            glfw.KEY_COMMA: "comma",
            glfw.KEY_PERIOD: "period",
            **{getattr(glfw, f"KEY_{key}"): key.lower() for key in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"},
        }
        glfw.set_key_callback(self._window, self._on_glfw_key)
        glfw.set_cursor_pos_callback(self._window, self._on_cursor)

    # What it is

    @property
    def size_px(self) -> tuple[int, int]:
        """Of the framebuffer, in real pixels; (0, 0) while minimised."""
        return self._glfw.get_framebuffer_size(self._window)

    @property
    def handle(self) -> Any:
        """GLFW's, for windows that share its pictures."""
        return self._window

    @property
    def refresh_hz(self) -> float:
        """Of the monitor that shows it."""
        mode = self._glfw.get_video_mode(self._monitor())
        return float(mode.refresh_rate) if mode and mode.refresh_rate > 0 else DEFAULT_REFRESH_HZ

    @property
    def closing(self) -> bool:
        """The person has closed it."""
        return bool(self._glfw.window_should_close(self._window))

    @property
    def is_fullscreen(self) -> bool:
        return bool(self._glfw.get_window_monitor(self._window))

    @property
    def monitors(self) -> list[str]:
        """What there is, by number from 0: its name, size and rate."""
        return [self._monitor_words(monitor) for monitor in self._glfw.get_monitors()]

    @property
    def filled(self) -> int | None:
        """The monitor that it fills; None while it is a window."""
        return self._monitor_index() if self.is_fullscreen else None

    @property
    def words(self) -> str:
        """Where the picture is, for people."""
        width, height = self.size_px
        place = f"monitor {self._monitor_index()}" if self.is_fullscreen else "window"
        return f"{place}, {width}x{height} at {self.refresh_hz:.0f} Hz, {self._gl_renderer}"

    # What it does

    def framebuffer(self) -> moderngl.Framebuffer:
        """What is drawn into to be seen, at its size now."""
        self._screen.viewport = (0, 0, *self.size_px)
        return self._screen

    def poll(self, now_s: float) -> None:
        """Takes keys and the system's wishes; hides the pointer where it rests on a full screen."""
        glfw = self._glfw
        glfw.poll_events()
        if self._cursor_moved_s is None:
            self._cursor_moved_s = now_s
        rests = self.is_fullscreen and now_s - self._cursor_moved_s > CURSOR_REST_S
        wanted = glfw.CURSOR_HIDDEN if rests else glfw.CURSOR_NORMAL
        if glfw.get_input_mode(self._window, glfw.CURSOR) != wanted:
            glfw.set_input_mode(self._window, glfw.CURSOR, wanted)

    def swap(self) -> None:
        """Shows what was drawn; waits for the screen where the system does."""
        self._glfw.swap_buffers(self._window)

    def set_title(self, title: str) -> None:
        if title != self._title:
            self._title = title
            self._glfw.set_window_title(self._window, title)

    def ask_to_close(self) -> None:
        self._glfw.set_window_should_close(self._window, True)

    def fill_monitor(self, index: int | None = None) -> None:
        """Fills monitor `index` from 0, by default the one it is on; nothing where there is none."""
        glfw = self._glfw
        monitors = glfw.get_monitors()
        monitor = self._monitor() if index is None else monitors[index] if index < len(monitors) else None
        if not monitor:
            return
        if not self.is_fullscreen:
            self._placed = (*glfw.get_window_pos(self._window), *glfw.get_window_size(self._window))
        mode = glfw.get_video_mode(monitor)
        glfw.set_window_monitor(self._window, monitor, 0, 0, *mode.size, mode.refresh_rate)
        glfw.swap_interval(1)  # some systems forget it with the mode

    def leave_monitor(self) -> None:
        """Back to the window it was."""
        if self.is_fullscreen:
            x, y, width, height = self._placed or (64, 64, 1280, 720)
            self._glfw.set_window_monitor(self._window, None, x, y, width, height, 0)
            self._glfw.swap_interval(1)

    def resize(self, size_px: tuple[int, int]) -> None:
        """So large in real pixels, if the system has room for it; only as a window."""
        width, height = self._glfw.get_window_size(self._window)
        there = self.size_px
        if 0 not in (width, height, *there):  # else minimised
            x, y = size_px[0] * width / there[0], size_px[1] * height / there[1]
            self._glfw.set_window_size(self._window, round(x), round(y))

    def close(self) -> None:
        """Takes the window and its context away."""
        self._glfw.destroy_window(self._window)
        self._glfw.terminate()

    # What GLFW says

    def _on_glfw_key(self, window: Any, key: int, scancode: int, action: int, modifiers: int) -> None:
        if action == self._glfw.RELEASE or key not in self._keys:
            return
        name = self._keys[key]
        if action == self._glfw.PRESS or name in ("up", "down"):  # held, only these go on
            self._on_key(name)

    def _on_cursor(self, window: Any, x: float, y: float) -> None:
        self._cursor_moved_s = None

    def _monitor(self) -> Any:
        """The monitor that shows most of it."""
        glfw = self._glfw
        filled = glfw.get_window_monitor(self._window)
        if filled:
            return filled
        x, y = glfw.get_window_pos(self._window)
        width, height = glfw.get_window_size(self._window)

        def shared(monitor: Any) -> int:
            mode = glfw.get_video_mode(monitor)
            left, top = glfw.get_monitor_pos(monitor)
            across = min(x + width, left + mode.size.width) - max(x, left)
            down = min(y + height, top + mode.size.height) - max(y, top)
            return max(0, across) * max(0, down)

        monitors = glfw.get_monitors()
        return max(monitors, key=shared) if monitors else None

    def _monitor_words(self, monitor: Any) -> str:
        name, mode = self._glfw.get_monitor_name(monitor), self._glfw.get_video_mode(monitor)
        said = name.decode(errors="replace") if isinstance(name, bytes) else str(name or "monitor")
        if not mode:
            return said
        rate = f" at {mode.refresh_rate} Hz" if mode.refresh_rate else ""
        return f"{said}, {mode.size.width}x{mode.size.height}{rate}"

    def _monitor_index(self) -> int:
        monitors = self._glfw.get_monitors()
        mine = self._monitor()
        return next((i for i, monitor in enumerate(monitors) if _same(monitor, mine)), 0)


def _same(a: Any, b: Any) -> bool:
    """Whether two ctypes pointers point to the same."""
    import ctypes

    return ctypes.addressof(a.contents) == ctypes.addressof(b.contents)
