/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Drops of the next picture fall on this one, a few on each step of the beat grid, and bleed into it with feathered fingers and a dark tide line.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Transition", "Stemlight", "Beat"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "LABEL": "Progress", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "drops", "LABEL": "Drops", "TYPE": "float", "MIN": 1.0, "MAX": 12.0, "DEFAULT": 7.0},
    {"NAME": "fingers", "LABEL": "Fingers", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "tide", "LABEL": "Tide line", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.7},
    {"NAME": "seed", "LABEL": "Seed", "TYPE": "float", "MIN": 0.0, "MAX": 100.0, "DEFAULT": 3.0}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"
#include "space.glsl"

const float STEPS = 4.0;                // drops fall on quarters of the way: beats, if it lasts a bar
const float LAST_FALL = 0.7;

float fibres(vec2 p) {                  // the paper's grain: where ink runs easily
    float sum = 0.0, weight = 0.5;
    for (int k = 0; k < 3; k++) {
        sum += weight * abs(2.0 * noise_2(p) - 1.0);
        p = rotation(0.9) * p * 2.1 + 7.0;
        weight *= 0.55;
    }
    return sum;
}

void main() {
    vec2 uv = isf_FragNormCoord, p = centred(uv, RENDERSIZE);
    float aspect = RENDERSIZE.x / RENDERSIZE.y, n = floor(drops + 0.5), reach = 0.5 * length(vec2(aspect, 1.0));
    vec2 bend = vec2(noise_2(p * 3.0 + seed), noise_2(p * 3.0 + seed + 50.0)) - 0.5;
    float run = fibres(p * 3.0 + seed), arrival = 10.0, smooth_arrival = 10.0;
    for (int k = 0; k < 12; k++) {
        if (float(k) >= n) break;
        vec3 dice = hash_3(vec2(float(k), floor(seed) + 11.0));
        // the first in the middle, the others round it at the golden angle
        float angle = 2.399963 * float(k) + 6.2832 * dice.z, far = k == 0 ? 0.1 : sqrt((float(k) + 0.5) / n);
        vec2 at = vec2(cos(angle) * aspect, sin(angle)) * far * 0.85;
        float falls = LAST_FALL * floor(float(k) / n * STEPS) / STEPS;
        float way = length(p - at + 0.25 * fingers * bend) / reach, held = max(1.0 + 0.8 * fingers * (run - 0.35), 0.1);
        smooth_arrival = min(smooth_arrival, falls + 0.70 * pow(way, 1.35));
        arrival = min(arrival, falls + 0.70 * pow(way * held, 1.35));
    }
    arrival = min(arrival, 1.0);
    float front = progress * 1.16 - 0.04 - arrival;                       // above 0 the ink has come
    float envelope = smoothstep(0.0, 0.04, progress) * smoothstep(0.0, 0.25, 1.0 - progress);
    float cover = smoothstep(0.0, 0.05 + 0.05 * run, front);
    vec2 slope = vec2(dFdx(smooth_arrival), dFdy(smooth_arrival)) * RENDERSIZE.y * 0.5;
    float edge = envelope * exp(-front * front * 1500.0), wet = envelope * exp(-abs(front) * 12.0);
    vec2 lens = slope / (1.0 + length(slope)) * wet * 0.05;
    vec4 from = IMG_NORM_PIXEL(startImage, mirrored(uv + lens)), to = IMG_NORM_PIXEL(endImage, mirrored(uv - lens));
    vec3 young = light_of(to.rgb), old = light_of(from.rgb);
    float damp = envelope * smoothstep(-0.16, 0.0, front);                // the paper is wet before the ink comes
    old *= 1.0 - 0.45 * damp;
    vec3 light = mix(old, young, cover);
    light *= 1.0 - tide * 0.85 * edge;
    light += 0.35 * wet * young * smoothstep(0.0, 0.05, front);          // pigment gathers behind the line
    gl_FragColor = progress <= 0.0 ? from : (progress >= 1.0 ? to : vec4(display_of(light), mix(from.a, to.a, cover)));
}
