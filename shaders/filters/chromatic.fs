/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A lens that is too wide: colours part towards the rim like the sides of a prism, further with every snare.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Lens"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "bulge", "LABEL": "Bulge", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.2},
    {"NAME": "turn", "LABEL": "Turn", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.25},
    {"NAME": "middle", "LABEL": "Middle", "TYPE": "point2D", "MIN": [0.0, 0.0], "MAX": [1.0, 1.0], "DEFAULT": [0.5, 0.5]},
    {"NAME": "hear", "LABEL": "Hear the snare", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"
#include "space.glsl"

const int TAPS = 13;

void main() {
    vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
    vec2 p = centred(isf_FragNormCoord, RENDERSIZE) - centred(middle, RENDERSIZE);
    float r2 = dot(p, p) / (1.0 + RENDERSIZE.x * RENDERSIZE.x / (RENDERSIZE.y * RENDERSIZE.y)) * 4.0;
    float wide = amount * (0.08 + 0.14 * hear * snare_hits) * r2;
    float dither = ordered_dither(gl_FragCoord.xy, float(FRAMEINDEX)) - 0.5;
    vec3 light = vec3(0.0), sum = vec3(0.0);
    for (int i = 0; i < TAPS; i++) {                                     // red outside, blue inside
        float x = (float(i) + 0.5 + dither) / float(TAPS) * 2.0 - 1.0;
        vec3 hue = max(1.0 - abs(vec3(x - 0.7, x, x + 0.7)) * 1.6, 0.0);
        vec2 q = rotation(turn * wide * x * 1.2) * p * (1.0 - wide * x - 0.25 * bulge * amount * (r2 - 0.5));
        light += hue * light_of(IMG_NORM_PIXEL(inputImage, mirrored(uv_of(q + centred(middle, RENDERSIZE), RENDERSIZE))).rgb);
        sum += hue;
    }
    gl_FragColor = amount <= 0.0 ? plain : vec4(display_of(light / sum), plain.a);
}
