/*{
  "ISFVSN": "2",
  "DESCRIPTION": "An aperture opens upon the next picture: a turning rim of light that bends what lies beside it, brighter with the kick.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Transition", "Stemlight", "Wipe"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "LABEL": "Progress", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "blades", "LABEL": "Blades", "TYPE": "float", "MIN": 3.0, "MAX": 12.0, "DEFAULT": 7.0},
    {"NAME": "roundness", "LABEL": "Roundness", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "tint", "LABEL": "Tint", "TYPE": "color", "DEFAULT": [1.0, 0.72, 0.42, 1.0]},
    {"NAME": "middle", "LABEL": "Middle", "TYPE": "point2D", "MIN": [0.0, 0.0], "MAX": [1.0, 1.0], "DEFAULT": [0.5, 0.5]},
    {"NAME": "hear", "LABEL": "Hear the kick", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"
#include "space.glsl"

void main() {
    vec2 uv = isf_FragNormCoord, size = RENDERSIZE;
    vec2 p = centred(uv, size) - centred(middle, size);
    float n = floor(blades + 0.5), part = 3.14159265 / n;
    vec2 q = rotation(1.4 * (1.0 - progress)) * p;
    float fold = mod(atan(q.y, q.x), 2.0 * part) - part;
    float r = length(p), away = r * mix(cos(fold), 1.0, roundness);       // distance to the rim's shape, a polygon to a circle
    float corner = length(vec2(size.x / size.y, 1.0) + abs(centred(middle, size)));
    float opened = progress * progress * (3.0 - 2.0 * progress), rim = mix(-0.08, corner + 0.05, mix(opened, progress, 0.5));
    float off = away - rim, pixel = 2.0 / size.y;
    float envelope = smoothstep(0.0, 0.06, progress) * smoothstep(0.0, 0.15, 1.0 - progress);

    float bend = envelope * 0.16 * exp(-off * off * 60.0);               // glass at the rim
    vec2 inside = p * (1.0 - bend), outside = p * (1.0 + bend);
    vec4 to = IMG_NORM_PIXEL(endImage, mirrored(uv_of(inside + centred(middle, size), size)));
    vec4 from = IMG_NORM_PIXEL(startImage, mirrored(uv_of(outside + centred(middle, size), size)));
    float cover = 1.0 - smoothstep(-pixel, pixel, off);

    float loud = light * envelope * (1.0 + 1.5 * hear * kick_hits);
    float turn = atan(p.y, p.x);
    float rays = 0.35 + 1.3 * noise_2(vec2(turn * 9.0, progress * 3.0)) * noise_2(vec2(turn * 23.0 + 40.0, progress * 5.0));
    float line = 0.00012 / (0.00008 + off * off), halo = off > 0.0 ? 0.014 / (0.02 + off * off) * exp(-1.2 * off) : 0.7 * exp(off * 16.0);
    vec3 shine = loud * (mix(tint.rgb, vec3(1.0), 0.55) * line + tint.rgb * tint.rgb * halo * rays * 0.55);
    vec3 c = mix(light_of(from.rgb) * (1.0 - 0.35 * envelope * exp(-max(off, 0.0) * 2.0)), light_of(to.rgb), cover) + shine;
    gl_FragColor = progress <= 0.0 ? IMG_THIS_NORM_PIXEL(startImage)
        : (progress >= 1.0 ? IMG_THIS_NORM_PIXEL(endImage) : vec4(display_of(c), max(mix(from.a, to.a, cover), min(line * loud, 1.0))));
}
