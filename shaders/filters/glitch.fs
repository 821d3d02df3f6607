/*{
  "ISFVSN": "2",
  "DESCRIPTION": "On the beat the picture slips: a few bands jump aside, some blocks freeze coarse, colours miss each other; a moment later it has caught itself. New on every beat, never at random in between.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Beat"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "bands", "LABEL": "Bands", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "blocks", "LABEL": "Blocks", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "split", "LABEL": "Colour split", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "rest", "LABEL": "Between beats", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.12},
    {"NAME": "hear", "LABEL": "Hear beat and snare", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 1.0}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"

void main() {
    vec2 uv = isf_FragNormCoord;
    vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
    float beat_fall = exp(-4.5 * beat_phase) * all_presence;
    float power = amount * clamp(rest + hear * max(0.8 * beat_fall, snare_hits * snare_hits), 0.0, 1.0);
    // what slips is drawn anew in each quarter of a beat, and every half second where nobody plays
    float dice_at = all_presence > 0.05 && hear > 0.0 ? mod(beat_count, 4096.0) * 4.0 + floor(beat_phase * 4.0) : floor(2.0 * TIME);

    float shift = 0.0;
    for (int k = 0; k < 3; k++) {       // bands of three heights
        float height = k == 0 ? 5.0 : (k == 1 ? 13.0 : 37.0), offset = hash_2(vec2(dice_at, float(k)));
        vec3 dice = hash_3(vec2(floor(uv.y * height + offset) + 31.0 * float(k), dice_at));
        shift += step(1.0 - (0.36 - 0.08 * float(k)) * bands, dice.x) * (dice.y * 2.0 - 1.0) * (0.18 - 0.05 * float(k));
    }
    shift *= power;
    vec2 at = uv + vec2(shift, 0.0);

    vec2 grid = vec2(RENDERSIZE.x / RENDERSIZE.y * 6.0, 9.0);
    vec3 block = hash_3(floor(uv * grid) + vec2(7.0 * dice_at, 3.0));
    float frozen = step(1.0 - 0.22 * blocks * power * 2.0, block.x);
    vec2 coarse = grid * (6.0 + floor(block.y * 3.0) * 4.0);
    at = mix(at, (floor((at + 0.05 * (block.yz - 0.5)) * coarse) + 0.5) / coarse, frozen);

    float part = split * power * (0.006 + 0.10 * abs(shift));
    vec4 mid = IMG_NORM_PIXEL(inputImage, mirrored(at));
    vec3 c = vec3(IMG_NORM_PIXEL(inputImage, mirrored(at + vec2(part, 0.0))).r, mid.g, IMG_NORM_PIXEL(inputImage, mirrored(at - vec2(part, 0.0))).b);
    float scan = sin(uv.y * RENDERSIZE.y * 1.5707963);
    c *= 1.0 - 0.10 * power * scan * step(0.001, abs(shift));
    gl_FragColor = amount <= 0.0 ? plain : vec4(c, mix(plain.a, mid.a, step(0.001, abs(shift) + frozen)));
}
