"""Keeps pictures from flashing more than three times a second over a quarter of the screen.

A flash is what WCAG 2.x (2.3.1) and ITU-R BT.1702 call one: two opposing changes of relative luminance by a
tenth of the maximum or more, the darker below 0.80; or of saturated red. The picture is looked at in cells. A
cell that has seen three flashes within a second and begins a fourth is hot; while hot cells cover more than a
quarter of the picture, they change no faster than does not flash, and when they have been calm for a second
they come back to the picture. All else is shown as it is, to the bit.

Everything happens on the GPU and stays there, so no draw waits; time is given, so the same pictures at the
same moments come out the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from stemlight.stage.full_screen import N_CORNERS, SCREEN_GLSL, VERTEX, set_uniform
from stemlight.stage.pass_buffers import Buffer, new_buffer

if TYPE_CHECKING:
    import moderngl

CELLS = (128, 72)  # half a degree each where the screen fills 60 degrees of what one sees
_AREA_CELLS = (16, 9)  # the area is summed in two steps, so that no pixel of either reads more than 144

_LAW = """\
// What counts, a little stricter than WCAG has it: 8 bits, dither and cells read a little less or more.
const float A_FLASH = 0.095;     // of the maximum luminance; WCAG: 0.1
const float BRIGHT = 0.81;       // changes among pictures all brighter than this are none; WCAG: 0.80
const float A_RED_FLASH = 0.059; // of R - G - B; WCAG 2.0 and 2.1: 20 of 320
const float SATURATED = 0.79;    // share of red in R + G + B; WCAG: 0.8
const float CALM_S = 1.0;        // a cell that wanted to flash too often is hot for so long
"""

_LIGHT = """\
vec3 linear(vec3 display) {  // of sRGB, to a thousandth; a cubic costs a tenth of a power
    return display * (display * (display * 0.305306011 + 0.682171111) + 0.012522878);
}
float luminance(vec3 light) { return dot(light, vec3(0.2126, 0.7152, 0.0722)); }
float redness(vec3 light) { return light.r - light.g - light.b; }
"""

_PICTURE = """\
uniform sampler2D picture;
uniform float brightness;
uniform bool tone_map;
vec3 shown(vec2 at) {
    vec4 c = lit(texture(picture, at));
    return (tone_map ? toned(c.rgb) : min(c.rgb, 1.0)) * brightness;
}
"""

# The mean light of every cell.
_LOOK = f"""\
#version 330 core
in vec2 uv;
out vec4 color;
{SCREEN_GLSL}{_LIGHT}{_PICTURE}
const int TAPS = 4;  // a side; each is the mean of four pixels
void main() {{
    vec2 cell = 1.0 / vec2({CELLS[0]}.0, {CELLS[1]}.0);
    vec3 sum = vec3(0.0);
    for (int y = 0; y < TAPS; y++)
        for (int x = 0; x < TAPS; x++)
            sum += linear(shown(uv + cell * ((vec2(x, y) + 0.5) / float(TAPS) - 0.5)));
    color = vec4(sum / float(TAPS * TAPS), 1.0);
}}
"""

# Follows each cell from turn to turn. The ages of its last six turns say whether a seventh, the beginning of
# a fourth flash, would come within the second.
_TRACK = f"""\
#version 330 core
layout(location = 0) out vec4 turned;  // luminance at its last extreme, where it goes; the same of red
layout(location = 1) out vec4 ages_0;  // seconds since the turns of luminance, the newest first
layout(location = 2) out vec4 ages_1;  // of luminance two more, of red the first two
layout(location = 3) out vec4 ages_2;  // of red four more
layout(location = 4) out vec4 heat;    // seconds since it was about to flash too often
uniform sampler2D seen, was_turned, was_ages_0, was_ages_1, was_ages_2, was_heat;
uniform float delta_s;
uniform bool first;
{_LAW}{_LIGHT}
const float NEVER_S = 1000.0;
const float SECOND_S = 0.999;     // three flashes a second on the dot are not too many
const float BEGINS = 0.2;         // of a change that counts: so far a seventh may go before it is held
const float WAS_SATURATED = 4.0;  // added to the way of red
void main() {{
    ivec2 here = ivec2(gl_FragCoord.xy);
    vec3 light = texelFetch(seen, here, 0).rgb;
    float now = luminance(light), red = max(redness(light), 0.0);
    bool saturated = light.r >= SATURATED * (light.r + light.g + light.b) && light.r > 0.0;
    if (first) {{
        turned = vec4(now, 0.0, red, saturated ? WAS_SATURATED : 0.0);
        ages_0 = ages_1 = ages_2 = heat = vec4(NEVER_S);
        return;
    }}
    turned = texelFetch(was_turned, here, 0);
    ages_0 = min(texelFetch(was_ages_0, here, 0) + delta_s, NEVER_S);
    ages_1 = min(texelFetch(was_ages_1, here, 0) + delta_s, NEVER_S);
    ages_2 = min(texelFetch(was_ages_2, here, 0) + delta_s, NEVER_S);

    float gone = now - turned.x;
    bool too_often = false;
    if (gone * turned.y > 0.0) {{
        turned.x = now;  // further on its way
    }} else if (min(now, turned.x) < BRIGHT) {{
        too_often = abs(gone) >= BEGINS * A_FLASH && ages_1.y < SECOND_S;
        if (abs(gone) >= A_FLASH) {{
            turned.xy = vec2(now, sign(gone));
            ages_1.xy = vec2(ages_0.w, ages_1.x);
            ages_0 = vec4(0.0, ages_0.xyz);
        }}
    }}

    bool was_saturated = turned.w > 2.0;
    float way = was_saturated ? turned.w - WAS_SATURATED : turned.w;
    gone = red - turned.z;
    float from_here = saturated ? WAS_SATURATED : 0.0;
    if (gone * way > 0.0) {{
        turned.zw = vec2(red, way + from_here);
    }} else if (saturated || was_saturated) {{
        too_often = too_often || (abs(gone) >= BEGINS * A_RED_FLASH && ages_2.w < SECOND_S);
        if (abs(gone) >= A_RED_FLASH) {{
            turned.zw = vec2(red, sign(gone) + from_here);
            ages_2 = vec4(ages_1.w, ages_2.xyz);
            ages_1.zw = vec2(0.0, ages_1.z);
        }}
    }}
    heat = too_often ? vec4(0.0) : min(texelFetch(was_heat, here, 0) + delta_s, NEVER_S);
}}
"""

# Sums the cells that are hot, first by blocks, then the blocks.
_SUM = f"""\
#version 330 core
out vec4 color;
uniform sampler2D cells;
uniform ivec2 block;
uniform bool count_hot;
{_LAW}void main() {{
    float sum = 0.0;
    ivec2 corner = ivec2(gl_FragCoord.xy) * block;
    for (int y = 0; y < block.y; y++)
        for (int x = 0; x < block.x; x++) {{
            float value = texelFetch(cells, corner + ivec2(x, y), 0).x;
            sum += count_hot ? float(value < CALM_S) : value;
        }}
    color = vec4(sum / float(block.x * block.y));
}}
"""

# How far each cell goes from what is shown to the new picture.
_DECIDE = f"""\
#version 330 core
out vec4 limit;  // how much of the way it goes; seconds since it was taken, -1 if it is free; its heat
uniform sampler2D heat, area, was_limit;
uniform float delta_s;
uniform bool first;
{_LAW}
const float QUARTER = 0.25;      // of the picture
// Shares of the way to the new picture that are gone in a second: light changes by no more than them.
const float HELD = 0.045;        // for the first second: with what it went before that is less than counts,
                                 // so no seventh change comes within the second
const float SLOW = 0.35;         // later: a change that counts takes a sixth of a second, so what flashes
                                 // too fast makes none, and the picture comes to be the mean of what flashes
const float FASTER = 3.0;        // when calm, e-fold three times a second: back within a second
const float RECOVERED_S = 2.25;  // a hundredth of the way is left by then
void main() {{
    ivec2 here = ivec2(gl_FragCoord.xy);
    float heat_s = texelFetch(heat, here, 0).x;
    vec4 was = texelFetch(was_limit, here, 0);
    bool is_hot = heat_s < CALM_S && texelFetch(area, ivec2(0), 0).x > QUARTER;
    float taken_s = first || was.y < 0.0 || heat_s > RECOVERED_S ? -1.0 : was.y + delta_s;
    if (is_hot && (taken_s < 0.0 || (heat_s == 0.0 && was.z >= CALM_S))) taken_s = 0.0;
    float share = taken_s < 1.0 ? HELD : SLOW;
    share = min(1.0, share * exp(FASTER * max(heat_s - CALM_S, 0.0)) * delta_s);
    limit = vec4(taken_s < 0.0 ? 1.0 : share, taken_s, heat_s, 0.0);
}}
"""

# The picture as far as it may go, kept for the next draw.
_BLEND = f"""\
#version 330 core
in vec2 uv;
out vec4 color;
uniform sampler2D limit, before;
{SCREEN_GLSL}{_PICTURE}
const float FREE = 0.999;  // between cells of 1 a driver may read a little less
void main() {{
    float share = texture(limit, uv).x;
    vec3 rgb = shown(uv);
    vec3 was = texture(before, uv).rgb;
    if (share < FREE) rgb = sqrt(mix(was * was, rgb * rgb, share));  // squares are nearly light
    color = vec4(rgb, 1.0);
}}
"""

_SHOW = f"""\
#version 330 core
in vec2 uv;
out vec4 color;
uniform sampler2D limit, blended;
{SCREEN_GLSL}{_PICTURE}
const float FREE = 0.999;
void main() {{
    vec3 rgb = texture(limit, uv).x < FREE ? texture(blended, uv).rgb : shown(uv);
    color = vec4(dithered(rgb), 1.0);
}}
"""
_TRACKED = ("turned", "ages_0", "ages_1", "ages_2", "heat")
# What each program reads, in the order of the units it is bound to.
_STEPS = {
    "look": (_LOOK, ("picture",)),
    "track": (_TRACK, ("seen", *(f"was_{name}" for name in _TRACKED))),
    "sum": (_SUM, ("cells",)),
    "decide": (_DECIDE, ("heat", "area", "was_limit")),
    "blend": (_BLEND, ("picture", "limit", "before")),
    "show": (_SHOW, ("picture", "limit", "blended")),
}


class FlashLimiter:
    """Shows pictures as `FullScreen.show` does, but never flashing. GL thread only; one for each screen."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._programs: dict[str, moderngl.Program] = {}
        for name, (source, samplers) in _STEPS.items():
            program = self._programs[name] = context.program(vertex_shader=VERTEX, fragment_shader=source)
            for unit, sampler in enumerate(samplers):
                set_uniform(program, sampler, unit)
        self._corners = {name: context.vertex_array(program, []) for name, program in self._programs.items()}
        self._seen = new_buffer(context, CELLS, "f4")
        self._blocks = new_buffer(context, _AREA_CELLS, "f4")
        self._area = new_buffer(context, (1, 1), "f4")
        self._tracked = _Twice(context, len(_TRACKED))
        self._limit = _Twice(context, 1)
        self._blended: list[Buffer] = []  # what was shown last, and what was before
        self._first = True

    def show(
        self,
        picture: moderngl.Texture,
        framebuffer: moderngl.Framebuffer,
        brightness: float,
        delta_s: float,
        tone_map: bool = True,
    ) -> None:
        """`picture` in 8 bits, opaque; `delta_s`: seconds since the picture before it was shown.

        Call it for every picture that is shown, also for a held one.
        """
        how: dict[str, float | bool] = {"brightness": brightness, "tone_map": tone_map}
        when: dict[str, float | bool] = {"delta_s": delta_s, "first": self._first}
        self._fit(picture.size)
        self._first = False
        seen = self._seen.texture
        self._draw("look", self._seen.framebuffer, [picture], **how)
        was = self._tracked.swap()
        self._draw("track", self._tracked.framebuffer, [seen, *was], **when)
        heat = self._tracked.textures[_TRACKED.index("heat")]
        block = (CELLS[0] // _AREA_CELLS[0], CELLS[1] // _AREA_CELLS[1])
        self._draw("sum", self._blocks.framebuffer, [heat], block=block, count_hot=True)
        self._draw("sum", self._area.framebuffer, [self._blocks.texture], block=_AREA_CELLS, count_hot=False)
        was = self._limit.swap()
        self._draw("decide", self._limit.framebuffer, [heat, self._area.texture, *was], **when)
        limit = self._limit.textures[0]
        self._blended.reverse()
        blended, before = self._blended
        self._draw("blend", blended.framebuffer, [picture, limit, before.texture], **how)
        self._draw("show", framebuffer, [picture, limit, blended.texture], **how)

    def reset(self) -> None:
        """The next picture is the first: after a time in which nothing was shown."""
        self._first = True

    def release(self) -> None:
        """Gives everything back to the GPU."""
        for buffer in (self._seen, self._blocks, self._area, *self._blended):
            buffer.release()
        for cells in (self._tracked, self._limit):
            cells.release()
        for corners in self._corners.values():
            corners.release()
        for program in self._programs.values():
            program.release()

    def _fit(self, size_px: tuple[int, int]) -> None:
        """Makes what is kept as large as the picture; what was shown is stretched, not forgotten."""
        if self._blended and self._blended[0].texture.size == size_px:
            return
        old, self._blended = self._blended, [new_buffer(self._context, size_px, "f2") for _ in range(2)]
        if old:
            shown, limit = old[0].texture, self._limit.textures[0]
            new = self._blended[0].framebuffer
            self._draw("blend", new, [shown, limit, shown], brightness=1.0, tone_map=False)
        for buffer in old:
            buffer.release()

    def _draw(
        self,
        step: str,
        framebuffer: moderngl.Framebuffer,
        textures: Sequence[moderngl.Texture],
        **uniforms: float | bool | tuple[int, int],
    ) -> None:
        framebuffer.use()
        for unit, texture in enumerate(textures):
            texture.use(unit)
        for name, value in uniforms.items():
            set_uniform(self._programs[step], name, value)
        self._corners[step].render(self._context.TRIANGLE_STRIP, vertices=N_CORNERS)


class _Twice:
    """Textures of four numbers for every cell: as they are, and as they were or will be."""

    def __init__(self, context: moderngl.Context, n: int) -> None:
        self._sets = [[context.texture(CELLS, 4, dtype="f4") for _ in range(n)] for _ in range(2)]
        for texture in chain(*self._sets):
            texture.repeat_x = texture.repeat_y = False
        self._framebuffers = [context.framebuffer(textures) for textures in self._sets]

    @property
    def textures(self) -> list[moderngl.Texture]:
        return self._sets[0]

    @property
    def framebuffer(self) -> moderngl.Framebuffer:
        """Draws into `textures`."""
        return self._framebuffers[0]

    def swap(self) -> list[moderngl.Texture]:
        """Makes room for new ones; returns those that were `textures`."""
        self._sets.reverse()
        self._framebuffers.reverse()
        return self._sets[1]

    def release(self) -> None:
        for framebuffer in self._framebuffers:
            framebuffer.release()
        for texture in chain(*self._sets):
            texture.release()
