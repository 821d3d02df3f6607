/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A dive through the picture: it rushes past with a twist, colours apart at speed, and the next one is what lay behind.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Transition", "Stemlight", "Distortion"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "LABEL": "Progress", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "depth", "LABEL": "Depth", "TYPE": "float", "MIN": 0.2, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "twist", "LABEL": "Twist", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "blur", "LABEL": "Blur", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "dispersion", "LABEL": "Dispersion", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"
#include "space.glsl"

const int TAPS = 12;

// Where the ray through p meets the picture after a dive of `way` (0 rests, negative before it).
vec2 dived(vec2 p, float way) {
    return rotation(twist * way * 1.6 * (0.5 + 0.5 * exp(-dot(p, p)))) * p * exp(-1.9 * depth * way);
}

void main() {
    vec2 p = centred(isf_FragNormCoord, RENDERSIZE);
    float eased = progress * progress * (3.0 - 2.0 * progress), speed = 4.0 * progress * (1.0 - progress);
    float r = length(p) / length(vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0));
    float turn = smoothstep(0.0, 0.45, progress - 0.30 - 0.22 * r);       // the middle changes first
    float dither = ordered_dither(gl_FragCoord.xy, 0.0);
    vec3 light = vec3(0.0), sum = vec3(0.0);
    float alpha = 0.0;
    for (int i = 0; i < TAPS; i++) {
        float open = (float(i) + dither) / float(TAPS) - 0.5;
        float smear = blur * speed * speed * 0.15 * open;
        // red to blue over the shutter: fringes that average to white
        vec3 hue = clamp(1.0 + dispersion * 1.5 * speed * vec3(2.0 * open, 0.5 - 2.0 * abs(open), -2.0 * open), 0.0, 4.0);
        vec2 a = dived(p, eased + smear), b = dived(p, eased - 1.0 + smear);
        vec4 from = IMG_NORM_PIXEL(startImage, mirrored(uv_of(a, RENDERSIZE)));
        vec4 to = IMG_NORM_PIXEL(endImage, mirrored(uv_of(b, RENDERSIZE)));
        light += hue * mix(light_of(from.rgb), light_of(to.rgb), turn);
        sum += hue;
        alpha += mix(from.a, to.a, turn);
    }
    light /= sum;
    light *= 1.0 + 0.6 * speed * speed * exp(-6.0 * r * r);               // light at the end of it
    gl_FragColor = progress <= 0.0 ? IMG_THIS_NORM_PIXEL(startImage)
        : (progress >= 1.0 ? IMG_THIS_NORM_PIXEL(endImage) : vec4(display_of(light), alpha / float(TAPS)));
}
