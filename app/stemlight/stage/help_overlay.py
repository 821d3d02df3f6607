"""Writes a few lines in a corner of the picture, for the person at the keyboard."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stemlight.stage.bitmap_font import ADVANCE, LINE_HEIGHT, dots
from stemlight.stage.full_screen import N_CORNERS, set_uniform

if TYPE_CHECKING:
    import moderngl

LINES_A_SCREEN = 36  # sets the size of the type: small, and the same on a laptop and a projector
MARGIN_DOTS = 8
EDGE_DOTS = 6  # of the dark field left and right of the text

_VERTEX = """\
#version 330 core
uniform vec4 box;  // left, bottom, right, top in clip space
out vec2 uv;
void main() {
    uv = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    gl_Position = vec4(mix(box.xy, box.zw, uv), 0.0, 1.0);
}
"""
_FRAGMENT = """\
#version 330 core
in vec2 uv;
out vec4 color;
uniform sampler2D text;
void main() {
    float lit = texture(text, vec2(uv.x, 1.0 - uv.y)).r;
    color = mix(vec4(0.0, 0.0, 0.0, 0.55), vec4(0.92, 0.92, 0.92, 0.95), lit);
}
"""


def wrapped(lines: Sequence[str], n_columns: int) -> tuple[str, ...]:
    """`lines` with those longer than `n_columns` broken between words; the columns of others stay as set."""
    broken: list[str] = []
    for line in lines:
        fits = len(line) <= n_columns
        broken += [line] if fits else textwrap.wrap(line, max(n_columns, 1), subsequent_indent="  ")
    return tuple(broken)


class HelpOverlay:
    """Lines of text, bottom left, wrapped at the picture's right side. GL thread only."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._program = context.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
        self._corners = context.vertex_array(self._program, [])
        self._lines: tuple[str, ...] = ()
        self._text: moderngl.Texture | None = None

    def draw(self, lines: Sequence[str], framebuffer: moderngl.Framebuffer) -> None:
        """Draws `lines` over what is in `framebuffer`."""
        _, _, width, height = framebuffer.viewport
        dot_px = max(1, height // (LINES_A_SCREEN * LINE_HEIGHT))
        n_columns = (width // dot_px - 2 * MARGIN_DOTS - 2 * EDGE_DOTS) // ADVANCE
        text = self._texture(wrapped(lines, n_columns))
        left, bottom = -1.0 + 2.0 * MARGIN_DOTS * dot_px / width, -1.0 + 2.0 * MARGIN_DOTS * dot_px / height
        right = left + 2.0 * text.width * dot_px / width
        top = bottom + 2.0 * text.height * dot_px / height
        framebuffer.use()
        text.use(0)
        set_uniform(self._program, "box", (left, bottom, right, top))
        self._context.enable(self._context.BLEND)
        self._corners.render(self._context.TRIANGLE_STRIP, vertices=N_CORNERS)
        self._context.disable(self._context.BLEND)

    def _texture(self, lines: tuple[str, ...]) -> moderngl.Texture:
        if self._text is None or lines != self._lines:
            if self._text is not None:
                self._text.release()
            field = np.pad(dots(lines), ((6, 3), (EDGE_DOTS, EDGE_DOTS))).astype(np.uint8) * 255
            height, width = field.shape
            self._text = self._context.texture((width, height), 1, field.tobytes(), alignment=1)
            self._text.filter = (self._context.NEAREST, self._context.NEAREST)
            self._lines = lines
        return self._text

    def release(self) -> None:
        """Gives everything back to the GPU."""
        if self._text is not None:
            self._text.release()
        self._corners.release()
        self._program.release()
