/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The picture as beaten metal: its light becomes height, and a lamp goes round it once a bar. The bass raises the relief, the snare polishes it.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Light"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.8},
    {"NAME": "height", "LABEL": "Height", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "soft", "LABEL": "Soft", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "metal", "LABEL": "Metal", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.65},
    {"NAME": "lamp", "LABEL": "Lamp", "TYPE": "color", "DEFAULT": [1.0, 0.90, 0.76, 1.0]},
    {"NAME": "hear", "LABEL": "Hear bass and snare", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 1, "HEIGHT": 1},
    {"TARGET": "wide_x", "FLOAT": true, "WIDTH": "$WIDTH/2", "HEIGHT": "$HEIGHT/2"},
    {"TARGET": "wide", "FLOAT": true, "WIDTH": "$WIDTH/2", "HEIGHT": "$HEIGHT/2"},
    {}
  ]
}*/

#include "picture.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

float height_at(vec2 uv) {
    float wide_height = dot(IMG_NORM_PIXEL(wide, uv).rgb, vec3(0.34, 0.42, 0.24));
    float own = dot(min(IMG_NORM_PIXEL(inputImage, uv).rgb, 1.5), vec3(0.34, 0.42, 0.24));
    return mix(own, wide_height, 0.35 + 0.65 * soft) + 0.8 * wide_height;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    vec4 s = IMG_PIXEL(state, vec2(0.5));                                // lamp's angle, bass, snare
    if (PASSINDEX == 0) {
        float d = min(TIMEDELTA, 0.1);
        s.x = mod(s.x + d * (0.25 + 0.25 * hear * all_presence * tempo_bpm / 60.0), TAU);
        s.y = follow(s.y, hear * bass_level, d, 0.06, 0.4);
        s.z = follow(s.z, hear * snare_hits, d, 0.01, 0.2);
        gl_FragColor = s;
    } else if (PASSINDEX == 1) {
        gl_FragColor = vec4(blur_13(inputImage, uv, vec2((0.4 + 1.2 * soft) / RENDERSIZE.x, 0.0)), 1.0);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(blur_13(wide_x, uv, vec2(0.0, (0.4 + 1.2 * soft) / RENDERSIZE.y)), 1.0);
    } else {
        vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
        vec2 e = 1.5 / RENDERSIZE;
        vec2 slope = vec2(height_at(uv + vec2(e.x, 0.0)) - height_at(uv - vec2(e.x, 0.0)), height_at(uv + vec2(0.0, e.y)) - height_at(uv - vec2(0.0, e.y)));
        slope *= RENDERSIZE.y / 3.0 * 0.10 * height * (1.0 + 1.2 * s.y);
        vec3 n = normalize(vec3(-slope, 1.0));
        vec2 p = centred(uv, RENDERSIZE);
        vec3 to_lamp = normalize(vec3(1.3 * cos(s.x), 0.9 * sin(s.x), 0.9) - vec3(p, 0.0) * 0.5);
        vec3 to_eye = normalize(vec3(-p * 0.35, 2.0)), between = normalize(to_lamp + to_eye);
        float facing = max(dot(n, to_lamp), 0.0), gloss = pow(max(dot(n, between), 0.0), mix(18.0, 70.0, metal));
        vec3 light = light_of(plain.rgb);
        float top = max(light.r, max(light.g, light.b));
        vec3 stuff = mix(light, light / max(top, 0.05) * (0.12 + 0.35 * sqrt(top)), 0.6 * metal);
        vec3 shaded = stuff * (0.18 + 1.25 * facing * lamp.rgb) + (0.35 + 1.2 * s.z) * gloss * mix(lamp.rgb, stuff * 3.0, 0.6 * metal) * (0.08 + sqrt(top));
        shaded *= mix(1.0, 0.55 + 0.45 * n.z, 0.6);
        gl_FragColor = vec4(display_of(mix(light, shaded, amount)), plain.a);
    }
}
