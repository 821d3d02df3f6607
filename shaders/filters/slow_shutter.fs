/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A long exposure: what moves becomes silk, lights draw lines. The voice holds the shutter open, the snare fires the flash that freezes the moment.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Feedback"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "lines", "LABEL": "Lines of light", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "hear", "LABEL": "Hear voice and snare", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ],
  "PASSES": [
    {"TARGET": "mean", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "lights", "PERSISTENT": true, "FLOAT": true},
    {}
  ]
}*/

#include "picture.glsl"

// An alpha of 1 or more in `mean` says that something was drawn there before.
void main() {
    vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
    vec3 light = light_of(plain.rgb);
    float d = min(TIMEDELTA, 0.1), open_s = amount * amount * 2.0 * (1.0 + 1.5 * hear * vocals_level);
    float keep = open_s > 0.0 ? exp(-d / open_s) : 0.0;
    keep *= 1.0 - 0.55 * hear * snare_hits * snare_hits * smoothstep(0.0, 0.03, d);
    if (PASSINDEX == 0) {
        vec4 before = IMG_THIS_NORM_PIXEL(mean);
        gl_FragColor = vec4(mix(light, before.rgb, before.a >= 1.0 ? keep : 0.0), 1.0 + plain.a);
    } else if (PASSINDEX == 1) {
        vec4 before = IMG_THIS_NORM_PIXEL(lights);
        gl_FragColor = vec4(max(light, before.rgb * keep), plain.a);
    } else {
        vec3 silk = IMG_THIS_NORM_PIXEL(mean).rgb, drawn = IMG_THIS_NORM_PIXEL(lights).rgb;
        gl_FragColor = amount <= 0.0 ? plain : vec4(display_of(mix(silk, drawn, lines)), plain.a);
    }
}
