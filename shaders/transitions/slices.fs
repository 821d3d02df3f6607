/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The picture is cut into bands, and on each step of the beat grid some of them shoot out and pull the next picture in after them.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Transition", "Stemlight", "Beat"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "LABEL": "Progress", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "count", "LABEL": "Bands", "TYPE": "float", "MIN": 3.0, "MAX": 48.0, "DEFAULT": 14.0},
    {"NAME": "steps", "LABEL": "Steps", "TYPE": "float", "MIN": 1.0, "MAX": 8.0, "DEFAULT": 4.0},
    {"NAME": "lean", "LABEL": "Lean", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.25},
    {"NAME": "seam", "LABEL": "Seam light", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"
#include "space.glsl"

const int BLUR = 6;

float moved(float along) {              // sets off softly, flies, settles
    float left = 1.0 - along * sqrt(along);
    return 1.0 - left * left * left;
}

void main() {
    vec2 p = centred(isf_FragNormCoord, RENDERSIZE);
    float aspect = RENDERSIZE.x / RENDERSIZE.y, angle = 0.7854 * lean;
    mat2 turn = rotation(angle);
    vec2 q = turn * p;                                                   // x along the band, y across
    float across = q.y * count * 0.5, band = floor(across);
    float n = floor(steps + 0.5), group = floor(fract(band * 0.6180340 + 0.35) * n);     // spread, and as many on each step
    float along = clamp(progress * n - group, 0.0, 1.0);
    float way = hash_1(band + 100.0) < 0.5 ? -1.0 : 1.0;
    float half_length = aspect * cos(angle) + abs(sin(angle)) + 0.02;

    vec3 sum = vec3(0.0);
    float alpha = 0.0, glow = 0.0, dither = ordered_dither(gl_FragCoord.xy, 0.0) - 0.5;
    for (int i = 0; i < BLUR; i++) {                                     // a shutter open for a fiftieth of a step
        float open = (float(i) + 0.5 + dither) / float(BLUR) - 0.5;
        float e = moved(clamp(along + 0.05 * open * step(1e-5, along) * step(along, 0.99999), 0.0, 1.0));
        float shift = way * e * 2.0 * half_length, x = q.x - shift;
        bool is_new = way * x < -half_length;
        vec2 at = vec2(is_new ? x + way * 2.0 * half_length : x, q.y) * turn;
        vec2 uv = mirrored(uv_of(at, RENDERSIZE));
        vec4 c = is_new ? IMG_NORM_PIXEL(endImage, uv) : IMG_NORM_PIXEL(startImage, uv);
        sum += light_of(c.rgb);
        alpha += c.a;
        float off = way * x + half_length;
        glow += 0.0006 / (0.0006 + off * off) + 0.03 * exp(-abs(off) * 5.0);
    }
    float flight = along * (1.0 - along) * 4.0;
    float edge = abs(fract(across) - 0.5), gap = smoothstep(0.5 - 1.2 * count / RENDERSIZE.y, 0.5, edge);
    gap *= smoothstep(0.0, 0.08, progress) * smoothstep(0.0, 0.08, 1.0 - progress);
    vec3 light = sum / float(BLUR);
    light += seam * flight * glow / float(BLUR) * (0.25 + 1.5 * light);
    vec4 c = vec4(display_of(light), alpha / float(BLUR));
    if (along <= 0.0) c = IMG_THIS_NORM_PIXEL(startImage);
    if (along >= 1.0) c = IMG_THIS_NORM_PIXEL(endImage);
    gl_FragColor = vec4(c.rgb * (1.0 - 0.9 * gap), c.a);
}
