"""Hands the panel a small copy of what the window shows, a few times a second, while the panel asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stemlight.bus.preview_cell import BYTES_PER_PIXEL, MAX_BYTES, MAX_SIZE_PX, PreviewCell
from stemlight.stage.full_screen import N_CORNERS, VERTEX
from stemlight.stage.pass_buffers import new_buffer

if TYPE_CHECKING:
    import moderngl

PERIOD_S = 1 / 6  # between pictures: enough to see what is on, a tenth of the draws
READ_AFTER = 1  # draws: the small picture is drawn by then, else a software driver waits for it (8 ms)
ARRIVES_AFTER = READ_AFTER + 2  # draws: by then no driver has the copy in work any more

# Sixteen taps, each of four pixels: all of a picture eight times as wide is seen, and nothing shimmers.
_FRAGMENT = """\
#version 330 core
in vec2 uv;
out vec4 color;
uniform sampler2D picture;
uniform vec2 pixel;  // of the small picture, in its own width and height
void main() {
    vec3 sum = vec3(0.0);
    for (int x = 0; x < 4; x++)
        for (int y = 0; y < 4; y++)
            sum += texture(picture, uv + pixel * (vec2(x, y) - 1.5) / 4.0).rgb;
    color = vec4(sum / 16.0, 1.0);
}
"""


class Preview:
    """Shrinks the window's picture on the GPU and fetches it draws later. GL thread only; never waits.

    While nobody asks a draw costs one look at memory.
    """

    def __init__(self, context: moderngl.Context, cell: PreviewCell) -> None:
        self._context = context
        self._cell = cell
        self._program = context.program(vertex_shader=VERTEX, fragment_shader=_FRAGMENT)
        self._corners = context.vertex_array(self._program, [])
        self._pixels = context.buffer(reserve=MAX_BYTES)
        self._memory = bytearray()
        # Of the window's size, and of the preview's; of none in particular before the first asking.
        self._whole, self._small = (new_buffer(context, (1, 1), "f1") for _ in range(2))
        self._due_s = 0.0
        self._draws_to_go = 0
        self._seen_s = 0.0
        self._warm_up()

    def send(self, framebuffer: moderngl.Framebuffer, size_px: tuple[int, int], seen_s: float) -> None:
        """Passes on what the window is about to show. Once a draw."""
        if self._draws_to_go:
            self._draws_to_go -= 1
            if self._draws_to_go == ARRIVES_AFTER - READ_AFTER:
                self._read()
            elif self._draws_to_go == 0:
                self._hand_on()
        elif seen_s >= self._due_s and self._cell.is_asked_for():
            if self._whole.texture.size != size_px:
                framebuffer.use()  # a framebuffer that is bound must not be released
                self._release_buffers()
                self._whole = new_buffer(self._context, size_px, "f1")
                self._small = new_buffer(self._context, fitted(size_px), "f1")
            self._shrink(framebuffer)
            self._seen_s, self._due_s = seen_s, seen_s + PERIOD_S
            self._draws_to_go = ARRIVES_AFTER

    def release(self) -> None:
        """Gives everything back to the GPU."""
        self._release_buffers()
        for part in (self._corners, self._program, self._pixels):
            part.release()

    def _warm_up(self) -> None:
        """Drivers compile at the first draw: let that not be one that somebody sees."""
        self._draw()
        self._read()

    def _shrink(self, framebuffer: moderngl.Framebuffer) -> None:
        """Makes a small copy of `framebuffer`, which is bound again at the end."""
        self._context.copy_framebuffer(self._whole.framebuffer, framebuffer)
        self._draw()
        framebuffer.use()

    def _draw(self) -> None:
        width, height = self._small.texture.size
        self._program["pixel"] = (1.0 / width, 1.0 / height)
        self._small.framebuffer.use()
        self._whole.texture.use(0)
        self._corners.render(self._context.TRIANGLE_STRIP, vertices=N_CORNERS)

    def _read(self) -> None:
        """Asks for the small copy."""
        viewport = (0, 0, *self._small.texture.size)
        self._small.framebuffer.read_into(self._pixels, viewport=viewport, components=BYTES_PER_PIXEL)

    def _hand_on(self) -> None:
        """Gives the panel what has come."""
        width, height = self._small.texture.size
        n_bytes = width * height * BYTES_PER_PIXEL
        if len(self._memory) != n_bytes:
            self._memory = bytearray(n_bytes)
        self._pixels.read_into(self._memory, n_bytes)
        self._cell.write(self._memory, (width, height), self._seen_s)

    def _release_buffers(self) -> None:
        for buffer in (self._whole, self._small):
            buffer.release()


def fitted(size_px: tuple[int, int]) -> tuple[int, int]:
    """The largest size of the same shape that a preview may have; no larger than `size_px` itself."""
    width, height = size_px
    share = min(1.0, MAX_SIZE_PX[0] / width, MAX_SIZE_PX[1] / height)
    return max(1, int(width * share + 1e-6)), max(1, int(height * share + 1e-6))
