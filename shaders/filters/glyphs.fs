/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The picture set in small signs of our own, sparse in the dark and dense in the light, in its own colours. Hats change the signs, the kick lights them.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Graphic"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 1.0},
    {"NAME": "rows", "LABEL": "Rows", "TYPE": "float", "MIN": 12.0, "MAX": 120.0, "DEFAULT": 42.0},
    {"NAME": "pure", "LABEL": "Pure colour", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "behind", "LABEL": "Picture behind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.18},
    {"NAME": "hear", "LABEL": "Hear hats and kick", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.7}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"

// Five by five bits each, from nothing to nearly full; bit 5 y + x, y upwards.
const int N_GLYPHS = 12;
const int GLYPHS[N_GLYPHS] = int[](0, 4096, 65792, 14336, 17043521, 4539716, 4357252, 18157905, 33080895, 11512810, 31193597, 33408895);

float bit_of(int glyph, vec2 at) {
    ivec2 i = ivec2(floor(at));
    if (min(i.x, i.y) < 0 || max(i.x, i.y) > 4) return 0.0;
    return float((glyph >> (5 * i.y + i.x)) & 1);
}

void main() {
    vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
    float cell_px = RENDERSIZE.y / rows;
    vec2 q = gl_FragCoord.xy / cell_px, cell = floor(q), in_cell = fract(q);
    vec3 light = vec3(0.0);
    for (int i = 0; i < 5; i++) {                                        // the middle and four about it
        vec2 o = i == 4 ? vec2(0.0) : (vec2(i & 1, i >> 1) - 0.5) * 0.5;
        light += 0.2 * light_of(IMG_NORM_PIXEL(inputImage, clamp((cell + 0.5 + o) * cell_px / RENDERSIZE, 0.0, 1.0)).rgb);
    }
    vec3 dice = hash_3(cell);
    float top = max(light.r, max(light.g, light.b)), bright = sqrt(clamp(mix(brightness_of(light), top, 0.5), 0.0, 1.0));
    float turn = hash_2(cell + 19.0 * floor(mod(hat_count, 512.0) * 0.25 + dice.x)) - 0.5;      // each hat changes a quarter of them
    float kind = bright * 1.25 * float(N_GLYPHS - 1) + 1.6 * turn * hear * step(0.08, bright);
    int glyph = GLYPHS[int(clamp(floor(kind + 0.5), 0.0, float(N_GLYPHS - 1)))];
    vec2 at = (in_cell - 0.1) / 0.8 * 5.0;
    // coverage of this pixel by the square bits: four samples
    float ink = 0.0, pixel = 5.0 / 0.8 / cell_px;
    for (int i = 0; i < 4; i++) ink += 0.25 * bit_of(glyph, at + (vec2(i & 1, i >> 1) - 0.5) * 0.5 * pixel);
    vec3 tint = light / max(top, 1e-3);
    tint = mix(tint, tint * tint, pure);
    vec3 sign_ = tint * ink * (0.14 + 0.45 * sqrt(top) + 0.8 * top) * (1.0 + 0.9 * hear * kick_hits * kick_hits);
    vec3 set = sign_ + behind * behind * light_of(plain.rgb) * 2.0;
    gl_FragColor = vec4(display_of(mix(light_of(plain.rgb), set, amount)), plain.a);
}
