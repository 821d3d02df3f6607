/*{
  "ISFVSN": "2",
  "DESCRIPTION": "One half of the picture and its reflection, or a quarter of it four times. With each bar the other half takes over; the seam breathes with the bass.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Geometry"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 1.0},
    {"NAME": "axis", "LABEL": "Axis", "TYPE": "long", "VALUES": [0, 1, 2, 3], "LABELS": ["Left and right", "Up and down", "Four", "Diagonal"], "DEFAULT": 0},
    {"NAME": "shift", "LABEL": "Shift", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.15},
    {"NAME": "flip", "LABEL": "Other half", "TYPE": "bool", "DEFAULT": false},
    {"NAME": "hear", "LABEL": "Hear bar and bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 1, "HEIGHT": 1},
    {}
  ]
}*/

#include "picture.glsl"
#include "space.glsl"

void main() {
    vec4 s = IMG_PIXEL(state, vec2(0.5));                                // side 0..1, bass
    if (PASSINDEX == 0) {
        float d = min(TIMEDELTA, 0.1), side = hear > 0.0 ? mod(bar_count, 2.0) : 0.0;
        s.x = FRAMEINDEX == 0 ? side : follow(s.x, side, d, 0.10, 0.10);
        s.y = follow(s.y, hear * bass_level, d, 0.08, 0.5);
        gl_FragColor = s;
        return;
    }
    vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
    vec2 size = RENDERSIZE, p = centred(isf_FragNormCoord, size);
    float way = (flip ? -1.0 : 1.0) * (1.0 - 2.0 * s.x), off = shift * 0.8 - 0.10 * s.y;
    vec2 q = p;
    if (axis == 0 || axis == 2) q.x = way * (abs(p.x) + off);
    if (axis == 1) q.y = way * (abs(p.y) + off);
    if (axis == 2) q.y = abs(p.y) + 0.6 * off;
    if (axis == 3) {
        vec2 n = normalize(vec2(1.0, way));
        q = p - n * min(dot(p, n), 0.0) * 2.0 + n * off;
    }
    vec4 seen = IMG_NORM_PIXEL(inputImage, mirrored(uv_of(q, size)));
    vec3 light = mix(light_of(plain.rgb), light_of(seen.rgb), amount);
    gl_FragColor = vec4(display_of(light), mix(plain.a, seen.a, amount));
}
