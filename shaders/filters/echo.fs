/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Light that was there stays a while, and drifts: outwards, turning, and slowly into another colour. Each kick pushes it.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Feedback"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "zoom", "LABEL": "Zoom", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "turn", "LABEL": "Turn", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.12},
    {"NAME": "drift", "LABEL": "Drift", "TYPE": "point2D", "MIN": [-1.0, -1.0], "MAX": [1.0, 1.0], "DEFAULT": [0.0, 0.0]},
    {"NAME": "hue", "LABEL": "Hue drift", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.15},
    {"NAME": "hear", "LABEL": "Hear the kick", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ],
  "PASSES": [
    {"TARGET": "trail", "PERSISTENT": true, "FLOAT": true},
    {}
  ]
}*/

#include "picture.glsl"
#include "color.glsl"
#include "space.glsl"

void main() {
    vec4 now = IMG_THIS_NORM_PIXEL(inputImage);
    if (PASSINDEX == 0) {               // the trail: light, and how opaque it was
        float d = min(TIMEDELTA, 0.1);
        vec2 p = centred(isf_FragNormCoord, RENDERSIZE);
        p = rotation(-turn * 1.5 * d) * p * exp(-d * (zoom * 0.9 + 2.2 * hear * kick_hits * kick_hits * (zoom < 0.0 ? -1.0 : 1.0))) - 0.6 * drift * d;
        vec4 before = IMG_NORM_PIXEL(trail, mirrored(uv_of(p, RENDERSIZE)));
        float keep = amount <= 0.0 || TIMEDELTA <= 0.0 ? 0.0 : exp(-d / (0.05 + 1.6 * amount * amount));
        before.rgb = turn_hue(before.rgb, hue * 0.35 * d) * keep;
        vec3 light = light_of(now.rgb);
        gl_FragColor = vec4(max(light, before.rgb), max(now.a, before.a * keep));     // the brighter one is seen: nothing piles up
    } else {
        vec4 c = IMG_THIS_NORM_PIXEL(trail);
        gl_FragColor = vec4(display_of(c.rgb), c.a);
    }
}
