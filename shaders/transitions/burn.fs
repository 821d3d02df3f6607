/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The picture chars and burns away along a ragged edge; embers glow where it went, brighter as the drums strike.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Transition", "Stemlight", "Wipe"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "LABEL": "Progress", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "grain", "LABEL": "Grain", "TYPE": "float", "MIN": 0.5, "MAX": 4.0, "DEFAULT": 1.5},
    {"NAME": "glow", "LABEL": "Glow", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "ember", "LABEL": "Ember", "TYPE": "color", "DEFAULT": [1.0, 0.40, 0.10, 1.0]},
    {"NAME": "hear", "LABEL": "Hear the drums", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"
#include "space.glsl"

float paper(vec2 p) {                   // what burns first: 0, and last: 1
    float sum = 0.0, weight = 0.5;
    vec2 q = p * grain;
    for (int k = 0; k < 5; k++) {
        sum += weight * noise_2(q);
        q = rotation(0.7) * q * 2.03 + 19.0;
        weight *= 0.5;
    }
    return smoothstep(0.18, 0.82, sum);
}

void main() {
    vec2 p = centred(isf_FragNormCoord, RENDERSIZE);
    float from_side = 0.5 + 0.5 * dot(p, normalize(vec2(0.5, 1.0))) / (0.45 * RENDERSIZE.x / RENDERSIZE.y + 0.9);
    float lie = mix(paper(p), from_side, 0.30);
    float d = lie - mix(-0.12, 1.12, progress);                          // below 0 it is gone
    float envelope = smoothstep(0.0, 0.05, progress) * smoothstep(0.0, 0.08, 1.0 - progress);
    vec2 heat = vec2(noise_2(p * 9.0 - vec2(0.0, 3.0 * TIME)), noise_2(p * 9.0 + vec2(31.0, -3.0 * TIME))) - 0.5;
    float hot = envelope * exp(-abs(d) * 14.0);
    vec2 shimmer = 0.03 * heat * hot;
    vec4 from = IMG_NORM_PIXEL(startImage, clamp(isf_FragNormCoord + shimmer, 0.0, 1.0));
    vec4 to = IMG_NORM_PIXEL(endImage, clamp(isf_FragNormCoord + shimmer, 0.0, 1.0));
    float slope = length(vec2(dFdx(lie), dFdy(lie))) + 1e-5, cover = 1.0 - smoothstep(-slope, slope, d);

    vec3 old = light_of(from.rgb);
    float char_ = envelope * (1.0 - smoothstep(0.0, 0.16, d));
    old = mix(old, vec3(dot(old, vec3(0.3, 0.6, 0.1))) * vec3(0.9, 0.6, 0.4), 0.8 * char_) * (1.0 - 0.97 * char_ * char_);
    vec3 young = light_of(to.rgb) * (1.0 - 0.5 * envelope * exp(d * 20.0));
    float flicker = 0.6 + 0.8 * noise_2(p * 7.0 + vec2(0.0, 2.0 * TIME));
    float loud = glow * envelope * (1.0 + 1.5 * hear * drums_hits) * flicker;
    vec3 tint = ember.rgb * ember.rgb;
    float rim = exp(-d * d * 9000.0), coals = exp(-max(d, 0.0) * 34.0) * smoothstep(0.55, 0.95, noise_2(p * 42.0 * grain)) * smoothstep(-0.01, 0.01, d);
    vec3 fire = loud * (mix(tint, vec3(1.0, 0.8, 0.5), 0.35) * rim * 2.2 + tint * coals * 2.5 + tint * 0.28 * exp(-abs(d) * 22.0));

    // sparks that rise from what is burning
    vec2 grid = vec2(p.x * 13.0 + 0.3 * sin(p.y * 4.0 + TIME), p.y * 6.0 - 2.4 * TIME);
    vec3 dice = hash_3(floor(grid));
    vec2 off = (fract(grid) - 0.2 - 0.6 * dice.xy) * vec2(1.0, 2.2);
    float near = exp(-abs(d + 0.10) * 12.0);
    fire += tint * loud * near * step(0.72, dice.z) * 0.004 / (0.0015 + dot(off, off)) * smoothstep(0.35, 0.0, length(off));
    gl_FragColor = progress <= 0.0 ? IMG_THIS_NORM_PIXEL(startImage)
        : (progress >= 1.0 ? IMG_THIS_NORM_PIXEL(endImage) : vec4(display_of(mix(old, young, cover) + fire), mix(from.a, to.a, cover)));
}
