/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The picture turns liquid, sags and swirls away; the next one rises out of the same current and sets.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Transition", "Stemlight", "Distortion"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "LABEL": "Progress", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "heat", "LABEL": "Heat", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "size", "LABEL": "Size", "TYPE": "float", "MIN": 0.3, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "sag", "LABEL": "Sag", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"
#include "space.glsl"

const int STEPS = 7;

vec2 current(vec2 p) {                  // eddies of three sizes, each turned against the last; nothing wells up
    vec2 q = p * 1.7 / size, v = vec2(0.0);
    float strength = 1.0;
    for (int k = 0; k < 3; k++) {
        q = rotation(1.1) * q + 1.7;
        v += strength * vec2(sin(q.x) * cos(q.y), -cos(q.x) * sin(q.y)) * rotation(1.1 * float(k + 1));
        q *= 2.05;
        strength *= 0.62;
    }
    return v;
}

vec2 carried(vec2 p, float way) {
    for (int i = 0; i < STEPS; i++) p += way / float(STEPS) * current(p);
    float drip = noise_1(p.x * 5.0 / size + 3.0) + 0.5 * noise_1(p.x * 13.0 / size);
    p.y += sag * abs(way) * drip * 0.9;
    return p;
}

void main() {
    vec2 uv = isf_FragNormCoord, p = centred(uv, RENDERSIZE);
    float rest = 1.0 - progress;
    vec2 leaving = carried(p, 1.1 * heat * progress * progress);
    vec2 coming = carried(p, -1.1 * heat * rest * rest);
    vec4 from = IMG_NORM_PIXEL(startImage, mirrored(uv_of(leaving, RENDERSIZE)));
    vec4 to = IMG_NORM_PIXEL(endImage, mirrored(uv_of(coming, RENDERSIZE)));

    // where the new one breaks through: the same current, half way between the two
    vec2 q = mix(leaving, coming, 0.5);
    float lie = noise_2(q * 2.2 / size) * 0.65 + noise_2(q * 5.1 / size + 9.0) * 0.35;
    float front = mix(-0.3, 1.3, progress) - lie;
    float cover = smoothstep(-0.28, 0.28, front);
    float wet = 4.0 * progress * rest;
    vec2 slope = vec2(dFdx(lie), dFdy(lie)) * RENDERSIZE.y;
    float gloss = wet * exp(-front * front * 30.0) * pow(max(dot(normalize(vec3(-slope * 0.12, 1.0)), normalize(vec3(-0.4, 0.7, 0.6))), 0.0), 12.0);
    vec3 light = mix(light_of(from.rgb), light_of(to.rgb), cover);
    light *= 1.0 + 1.6 * gloss;
    light += 0.06 * gloss;
    gl_FragColor = progress <= 0.0 ? from : (progress >= 1.0 ? to : vec4(display_of(light), mix(from.a, to.a, cover)));
}
