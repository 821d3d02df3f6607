"""The pictures that the passes of one program leave for each other, and from draw to draw."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from stemlight.stage.full_screen import FullScreen

if TYPE_CHECKING:
    import moderngl


Kind = tuple[tuple[int, int], str]  # size in pixels, dtype


@dataclass(frozen=True, slots=True)
class Buffer:
    """A texture and the framebuffer that draws into it."""

    texture: moderngl.Texture
    framebuffer: moderngl.Framebuffer

    def release(self) -> None:
        self.framebuffer.release()
        self.texture.release()


def new_buffer(context: moderngl.Context, size_px: tuple[int, int], dtype: str) -> Buffer:
    """An RGBA buffer of zeros. `dtype`: f1 (8 bits), f2, f4."""
    texture = context.texture(size_px, 4, dtype=dtype)
    texture.repeat_x = texture.repeat_y = False
    framebuffer = context.framebuffer([texture])
    framebuffer.clear()
    return Buffer(texture, framebuffer)


class PassBuffers:
    """What each target holds now. GL thread only.

    A target is drawn into a fresh buffer that takes its place when done, so a pass reads what its target
    held before.
    """

    def __init__(self, context: moderngl.Context, full_screen: FullScreen) -> None:
        self._context = context
        self._full_screen = full_screen
        self._held: dict[str, Buffer] = {}
        self._spare: dict[Kind, list[Buffer]] = {}
        self._empty: dict[Kind, Buffer] = {}

    def texture(self, target: str) -> moderngl.Texture | None:
        """What `target` holds; None if nothing was drawn into it."""
        buffer = self._held.get(target)
        return buffer.texture if buffer else None

    def empty(self, size_px: tuple[int, int], dtype: str) -> moderngl.Texture:
        """What to read from a target of this kind that holds nothing.

        Zeros of its size and type, not just black: shaders ask how large it is, and a driver that compiles
        for the types of the textures it sees would have to compile again when the first real one comes.
        """
        buffer = self._empty.get((size_px, dtype))
        if buffer is None:
            buffer = self._empty[size_px, dtype] = new_buffer(self._context, size_px, dtype)
        return buffer.texture

    def fresh(self, size_px: tuple[int, int], dtype: str, *, cleared: bool) -> Buffer:
        """A buffer to draw into; give it to `hold`. Of zeros if `cleared`, else of anything."""
        spares = self._spare.get((size_px, dtype))
        if not spares:
            return new_buffer(self._context, size_px, dtype)
        buffer = spares.pop()
        if cleared:
            buffer.framebuffer.clear()
        return buffer

    def hold(self, target: str, buffer: Buffer) -> None:
        """From now on `target` holds `buffer`."""
        self.forget(target)
        self._held[target] = buffer

    def forget(self, target: str) -> None:
        """`target` holds nothing: how a buffer that is not persistent begins each draw."""
        old = self._held.pop(target, None)
        if old is not None:
            self._spare.setdefault((old.texture.size, old.texture.dtype), []).append(old)

    def resize(self, target: str, size_px: tuple[int, int], dtype: str, *, stretched: bool) -> None:
        """What `target` holds, brought to `size_px` if it has another size; else pixel for pixel, cut."""
        old = self._held.get(target)
        if old is None or (old.texture.size == size_px and old.texture.dtype == dtype):
            return
        new = self.fresh(size_px, dtype, cleared=not stretched)
        if stretched:
            self._full_screen.copy(old.texture, new.framebuffer)
        else:
            self._context.copy_framebuffer(new.framebuffer, old.framebuffer)
        self.hold(target, new)
        self.trim()

    def trim(self) -> None:
        """Gives back the memory of buffers that wait for no one."""
        for buffer in (*chain.from_iterable(self._spare.values()), *self._empty.values()):
            buffer.release()
        self._spare.clear()
        self._empty.clear()

    def release(self) -> None:
        for target in tuple(self._held):
            self.forget(target)
        self.trim()
