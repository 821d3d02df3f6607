"""Brings pictures from the GPU to memory a few draws late, so that no draw waits for them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stemlight.stage.outputs.output import Shown

if TYPE_CHECKING:
    import moderngl

RING = 3  # asked for now, on its way, arrived: by then no driver has it in work any more
BYTES_PER_PIXEL = 4  # RGBA; RGB would be ten times slower to read (PLATFORM.md)


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture that has arrived, in a buffer of the driver's; good until the next is asked for."""

    buffer: moderngl.Buffer
    size_px: tuple[int, int]
    seen_s: float  # host clock

    @property
    def n_bytes(self) -> int:
        return self.size_px[0] * self.size_px[1] * BYTES_PER_PIXEL

    def copy_into(self, memory: memoryview) -> None:
        """RGBA, 8 bits each, bottom row first."""
        self.buffer.read_into(memory, self.n_bytes)


class PixelReader:
    """A ring of pixel buffer objects. GL thread only."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._free: list[moderngl.Buffer] = []
        self._asked: deque[Pixels] = deque()
        self._size_px = (0, 0)

    def turn(self, shown: Shown) -> Pixels | None:
        """Asks for `shown` and returns what was asked for two draws ago; None while nothing has arrived."""
        if shown.size_px != self._size_px:
            self.release()
            self._size_px = shown.size_px
            n_bytes = BYTES_PER_PIXEL * shown.size_px[0] * shown.size_px[1]
            self._free = [self._context.buffer(reserve=n_bytes) for _ in range(RING)]
        if not self._free:
            self._free.append(self._asked.popleft().buffer)
        buffer = self._free.pop()
        shown.framebuffer.read_into(buffer, viewport=(0, 0, *shown.size_px), components=BYTES_PER_PIXEL)
        self._asked.append(Pixels(buffer, shown.size_px, shown.seen_s))
        return self._asked[0] if len(self._asked) == RING else None

    def release(self) -> None:
        """Gives the buffers back; what was on its way is lost."""
        for buffer in (*self._free, *(pixels.buffer for pixels in self._asked)):
            buffer.release()
        self._free.clear()
        self._asked.clear()
        self._size_px = (0, 0)
