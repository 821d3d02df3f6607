"""Draws over the whole of a framebuffer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import moderngl

VERTEX = """\
#version 330 core
out vec2 uv;
void main() {
    uv = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    gl_Position = vec4(2.0 * uv - 1.0, 0.0, 1.0);
}
"""
N_CORNERS = 4  # of a triangle strip

_COPY = """\
#version 330 core
in vec2 uv;
out vec4 color;
uniform sampler2D picture;
void main() { color = texture(picture, uv); }
"""

# Dither: interleaved gradient noise (Jimenez, "Next generation post processing in Call of Duty: Advanced
# Warfare", SIGGRAPH 2014). Exact eighths-of-a-byte stay exact, so black is black and a flat field is flat.
_SHOW = """\
#version 330 core
in vec2 uv;
out vec4 color;
uniform sampler2D picture;
uniform float brightness;
uniform bool keep_alpha;
void main() {
    vec4 c = texture(picture, uv);
    if (any(isnan(c)) || any(isinf(c))) c = vec4(isinf(c).x ? 1.0 : 0.0);
    float threshold = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    vec3 rgb = clamp(c.rgb * brightness, 0.0, 1.0) * 255.0;
    color = vec4(floor(rgb + threshold) / 255.0, keep_alpha ? clamp(c.a, 0.0, 1.0) : 1.0);
}
"""


def set_uniform(program: moderngl.Program, name: str, value: Any) -> None:
    """Sets `name` if the program uses it: drivers drop what is not. A list is an array, a tuple a vector."""
    uniform: Any = program.get(name, None)
    if uniform is None:
        return
    if isinstance(value, list):  # drivers keep an array up to the highest index that they can see
        value = value[: uniform.array_length] if uniform.array_length > 1 else value[0]
    uniform.value = value


class FullScreen:
    """Copies pictures: as they are, or brought to the 8 bits of a screen. GL thread only."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._copy = context.program(vertex_shader=VERTEX, fragment_shader=_COPY)
        self._show = context.program(vertex_shader=VERTEX, fragment_shader=_SHOW)
        self._corners = {program: context.vertex_array(program, []) for program in (self._copy, self._show)}

    def copy(self, picture: moderngl.Texture, framebuffer: moderngl.Framebuffer) -> None:
        """Stretches `picture` over the whole of `framebuffer`."""
        self._draw(self._copy, picture, framebuffer)

    def show(
        self,
        picture: moderngl.Texture,
        framebuffer: moderngl.Framebuffer,
        brightness: float,
        keep_alpha: bool,
    ) -> None:
        """The same in 8 bits: clipped, dithered; no-numbers are black."""
        set_uniform(self._show, "brightness", brightness)
        set_uniform(self._show, "keep_alpha", keep_alpha)
        self._draw(self._show, picture, framebuffer)

    def _draw(
        self, program: moderngl.Program, picture: moderngl.Texture, framebuffer: moderngl.Framebuffer
    ) -> None:
        framebuffer.use()
        picture.use(0)
        self._corners[program].render(self._context.TRIANGLE_STRIP, vertices=N_CORNERS)
