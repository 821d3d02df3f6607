/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Colour grading: lift, gamma, gain, contrast, saturation, hue, and a split tone from shadows to lights. A build drains the colour, the drop floods it back; louder music is richer.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Color"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 1.0},
    {"NAME": "lift", "LABEL": "Lift", "TYPE": "float", "MIN": -0.5, "MAX": 0.5, "DEFAULT": 0.0},
    {"NAME": "gamma", "LABEL": "Gamma", "TYPE": "float", "MIN": 0.3, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "gain", "LABEL": "Gain", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.05},
    {"NAME": "contrast", "LABEL": "Contrast", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.15},
    {"NAME": "saturation", "LABEL": "Saturation", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "split", "LABEL": "Split tone", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.55},
    {"NAME": "shadows", "LABEL": "Shadows", "TYPE": "color", "DEFAULT": [0.04, 0.16, 0.30, 1.0]},
    {"NAME": "lights", "LABEL": "Lights", "TYPE": "color", "DEFAULT": [1.0, 0.78, 0.52, 1.0]},
    {"NAME": "hear", "LABEL": "Hear build and loudness", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

#include "picture.glsl"
#include "color.glsl"

void main() {
    vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
    vec3 c = max(plain.rgb, 0.0);
    c = turn_hue(c, hue);
    c = pow(max(c * (gain + 0.35 * hear * drop) + lift * max(1.0 - c, 0.0), 0.0), vec3(1.0 / gamma));
    vec3 bent = c * c * (3.0 - 2.0 * c);                                 // an S, only where it is one
    c = max(mix(c, mix(c, bent, step(c, vec3(1.0))), contrast - 1.0), 0.0);
    float l = brightness_of(c), rich = saturation * (1.0 + hear * (0.35 * (intensity - 0.4) - 0.85 * build + 0.4 * drop));
    c = max(mix(vec3(l), c, max(rich, 0.0)), 0.0);
    // two inks from dark to light, by brightness; white stays white
    vec3 toned = mix(shadows.rgb, lights.rgb, smoothstep(0.0, 0.75, l));
    toned *= l / max(brightness_of(toned), 1e-3);
    c = mix(c, mix(toned, vec3(l), smoothstep(0.75, 1.0, l) * 0.6), split * 0.85);
    gl_FragColor = vec4(mix(plain.rgb, c, amount), plain.a);
}
