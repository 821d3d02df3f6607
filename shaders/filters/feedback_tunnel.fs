/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A camera that looks at its own screen: the dark of the picture shows the picture before, smaller, turned and tinted, without end. The bass draws it in, every other bar leans it the other way.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Feedback"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.9},
    {"NAME": "dive", "LABEL": "Dive", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "turn", "LABEL": "Turn", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "key", "LABEL": "Key", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "hue", "LABEL": "Hue drift", "TYPE": "float", "MIN": -1.0, "MAX": 1.0, "DEFAULT": 0.25},
    {"NAME": "hear", "LABEL": "Hear bass and bar", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 1, "HEIGHT": 1},
    {"TARGET": "screen", "PERSISTENT": true, "FLOAT": true},
    {}
  ]
}*/

#include "picture.glsl"
#include "color.glsl"
#include "space.glsl"

void main() {
    vec4 s = IMG_PIXEL(state, vec2(0.5));                                // bass, lean, kick, where the camera looks
    if (PASSINDEX == 0) {
        float d = min(TIMEDELTA, 0.1);
        s.x = follow(s.x, hear * bass_level, d, 0.08, 0.4);
        s.y = follow(s.y, hear * all_presence * sin(TAU * fract(0.5 * (bar_count + bar_phase))), d, 0.4, 0.4);
        s.z = follow(s.z, hear * kick_hits, d, 0.02, 0.15);
        s.w = mod(s.w + d * (0.2 + 0.3 * s.x), TAU);
        gl_FragColor = s;
    } else if (PASSINDEX == 1) {
        vec4 now = IMG_THIS_NORM_PIXEL(inputImage);
        vec2 p = centred(isf_FragNormCoord, RENDERSIZE);
        vec2 eye = 0.14 * vec2(sin(s.w), cos(0.7 * s.w)) * (1.0 + s.x);
        float nearer = exp(dive * (0.36 + 0.22 * s.x + 0.12 * s.z)), angle = 0.35 * turn + 0.22 * s.y;
        vec2 q = uv_of(rotation(angle) * (p - eye) * nearer + eye, RENDERSIZE);
        vec2 frame = smoothstep(0.0, 0.03, q) * smoothstep(0.0, 0.03, 1.0 - q);        // the screen ends in the dark
        vec3 before = IMG_NORM_PIXEL(screen, q).rgb * frame.x * frame.y;
        before = turn_hue(before, 0.10 * hue) * amount * 0.97;
        vec3 light = light_of(now.rgb);
        float shows = smoothstep(0.5 * key * key, 1.8 * key * key + 0.02, luminance(light));
        gl_FragColor = vec4(mix(max(light, before), light, amount > 0.0 ? shows : 1.0), now.a);
    } else {
        vec4 c = IMG_THIS_NORM_PIXEL(screen);
        gl_FragColor = vec4(display_of(c.rgb), IMG_THIS_NORM_PIXEL(inputImage).a);
    }
}
