"""The pictures that layers, filters and transitions leave for each other within one draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stemlight.stage.pass_buffers import Buffer, new_buffer

if TYPE_CHECKING:
    import moderngl

OPAQUE = "RGB1"  # as who reads it sees it: many scenes end with an alpha that means nothing


@dataclass(frozen=True, slots=True)
class Picture(Buffer):
    """A buffer of half floats as large as the output."""

    opaque: bool  # whoever reads it reads alpha 1


def new_picture(context: moderngl.Context, size_px: tuple[int, int], *, opaque: bool) -> Picture:
    """A black one."""
    buffer = new_buffer(context, size_px, "f2")
    if opaque:
        buffer.texture.swizzle = OPAQUE
    return Picture(buffer.texture, buffer.framebuffer, opaque)


class PicturePool:
    """Lends pictures for the time of a draw: as many as are needed at once are ever made. GL thread only."""

    def __init__(self, context: moderngl.Context, size_px: tuple[int, int]) -> None:
        self._context = context
        self._size_px = size_px
        self._spare: list[Picture] = []

    def take(self, *, opaque: bool) -> Picture:
        """A picture of anything; give it back."""
        for i, picture in enumerate(self._spare):
            if picture.opaque == opaque:
                return self._spare.pop(i)
        return new_picture(self._context, self._size_px, opaque=opaque)

    def give_back(self, picture: Picture) -> None:
        """Nobody reads it any more."""
        self._spare.append(picture)

    def resize(self, size_px: tuple[int, int]) -> None:
        """Pictures from now on have this size. None is lent."""
        if size_px != self._size_px:
            self._size_px = size_px
            self.release()

    def release(self) -> None:
        """Gives everything back to the GPU."""
        for picture in self._spare:
            picture.release()
        self._spare.clear()
