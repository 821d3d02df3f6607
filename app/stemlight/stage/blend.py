"""Lays one picture over another, and fades between two."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from stemlight.stage.full_screen import N_CORNERS, VERTEX, set_uniform

if TYPE_CHECKING:
    import moderngl

# `a` is below, `b` above; what is written is seen at `b`'s alpha times the opacity. Light may exceed 1: where
# a formula is for [0, 1] (screen, overlay), what is above goes on top.
BLEND_GLSL: Mapping[str, str] = MappingProxyType(
    {
        "normal": "b",
        "add": "a + b",
        "screen": "a + b - min(a, 1.0) * min(b, 1.0)",
        "multiply": "a * b",
        "lighten": "max(a, b)",
        "darken": "min(a, b)",
        "difference": "abs(a - b)",
        "overlay": "max(a - 1.0, 0.0) + overlaid(min(a, 1.0), b)",
        "subtract": "max(a - b, 0.0)",
    }
)

# No-numbers and light below zero would spread from one layer to all.
_HEAD = """\
#version 330 core
in vec2 uv;
out vec4 color;
uniform sampler2D below;
uniform sampler2D above;
uniform float amount;
vec4 lit(vec4 c) {
    return any(isnan(c)) ? vec4(0.0) : clamp(c, 0.0, 65504.0);  // the brightest of half floats
}
"""
_BLEND = (
    _HEAD
    + """\
vec3 overlaid(vec3 a, vec3 b) { return mix(2.0 * a * b, 2.0 * (a + b - a * b) - 1.0, step(0.5, a)); }
vec3 blended(vec3 a, vec3 b) { return %s; }
void main() {
    vec3 a = lit(texture(below, uv)).rgb;
    vec4 b = lit(texture(above, uv));
    color = vec4(mix(a, blended(a, b.rgb), min(b.a, 1.0) * amount), 1.0);
}
"""
)
_FADE = _HEAD + "void main() { color = mix(lit(texture(below, uv)), lit(texture(above, uv)), amount); }\n"


class Blend:
    """Mixes pictures of one size. GL thread only; programs are compiled when first used."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._programs: dict[str, tuple[moderngl.Program, moderngl.VertexArray]] = {}

    def over(
        self,
        mode: str,
        below: moderngl.Texture,
        above: moderngl.Texture,
        opacity: float,
        framebuffer: moderngl.Framebuffer,
    ) -> None:
        """`above` over `below`, which is opaque; so is what comes of it. `mode`: a key of BLEND_GLSL."""
        self._draw(_BLEND % BLEND_GLSL[mode], below, above, opacity, framebuffer)

    def fade(
        self,
        before: moderngl.Texture,
        after: moderngl.Texture,
        amount: float,
        framebuffer: moderngl.Framebuffer,
    ) -> None:
        """`before` at 0, `after` at 1, between them both; alpha too."""
        self._draw(_FADE, before, after, amount, framebuffer)

    def _draw(
        self,
        fragment: str,
        below: moderngl.Texture,
        above: moderngl.Texture,
        amount: float,
        framebuffer: moderngl.Framebuffer,
    ) -> None:
        if fragment not in self._programs:
            program = self._context.program(vertex_shader=VERTEX, fragment_shader=fragment)
            set_uniform(program, "above", 1)
            self._programs[fragment] = program, self._context.vertex_array(program, [])
        program, corners = self._programs[fragment]
        set_uniform(program, "amount", amount)
        below.use(0)
        above.use(1)
        framebuffer.use()
        corners.render(self._context.TRIANGLE_STRIP, vertices=N_CORNERS)

    def release(self) -> None:
        """Gives everything back to the GPU."""
        for program, corners in self._programs.values():
            corners.release()
            program.release()
        self._programs.clear()
