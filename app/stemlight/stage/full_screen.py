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

# What brings light to a screen, for every program that does: `toned` and `dithered`.
#
# Light above 1 keeps its hue and goes towards white, as film and eyes have it: divided by its largest
# channel, then mixed with white. On [0, 1] nothing is changed, to the bit.
# Dither: interleaved gradient noise (Jimenez, "Next generation post processing in Call of Duty: Advanced
# Warfare", SIGGRAPH 2014). Exact eighths-of-a-byte stay exact, so black is black and a flat field is flat.
WHITE_HALF_WAY = 4.0  # above 1: light so far above it is half white; neon stays coloured, the sun does not
SCREEN_GLSL = f"""\
const float BRIGHTEST = 65504.0;  // of half floats: infinity is this bright
vec4 lit(vec4 c) {{  // no-numbers are black, nothing is below it
    return any(isnan(c)) ? vec4(0.0) : clamp(c, 0.0, BRIGHTEST);
}}
vec3 toned(vec3 light) {{
    float most = max(light.r, max(light.g, light.b));
    return most <= 1.0 ? light : mix(light / most, vec3(1.0), (most - 1.0) / (most - 1.0 + {WHITE_HALF_WAY}));
}}
vec3 dithered(vec3 rgb) {{
    float threshold = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    return floor(clamp(rgb, 0.0, 1.0) * 255.0 + threshold) / 255.0;
}}
"""

_SHOW = f"""\
#version 330 core
in vec2 uv;
out vec4 color;
uniform sampler2D picture;
uniform float brightness;
uniform bool tone_map;
uniform bool keep_alpha;
{SCREEN_GLSL}
void main() {{
    vec4 c = lit(texture(picture, uv));
    vec3 rgb = (tone_map ? toned(c.rgb) : min(c.rgb, 1.0)) * brightness;
    color = vec4(dithered(rgb), keep_alpha ? min(c.a, 1.0) : 1.0);
}}
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
        tone_map: bool = False,
    ) -> None:
        """The same in 8 bits, dithered; no-numbers are black.

        Light above 1 is clipped as other hosts do it, or with `tone_map` brought in by way of white.
        """
        set_uniform(self._show, "brightness", brightness)
        set_uniform(self._show, "tone_map", tone_map)
        set_uniform(self._show, "keep_alpha", keep_alpha)
        self._draw(self._show, picture, framebuffer)

    def _draw(
        self, program: moderngl.Program, picture: moderngl.Texture, framebuffer: moderngl.Framebuffer
    ) -> None:
        framebuffer.use()
        picture.use(0)
        self._corners[program].render(self._context.TRIANGLE_STRIP, vertices=N_CORNERS)
