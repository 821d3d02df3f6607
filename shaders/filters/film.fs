/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Shot on film: grain where the light is middling, red halation about the highlights, a gate that weaves, a little dust. Hats stir the grain, the kick knocks the gate.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Texture"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.7},
    {"NAME": "grain", "LABEL": "Grain", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "coarse", "LABEL": "Coarse", "TYPE": "float", "MIN": 0.5, "MAX": 4.0, "DEFAULT": 1.3},
    {"NAME": "halation", "LABEL": "Halation", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "weave", "LABEL": "Weave", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "dust", "LABEL": "Dust", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "hear", "LABEL": "Hear hats and kick", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ],
  "PASSES": [
    {"TARGET": "hot", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "hot_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "halo", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "picture.glsl"
#include "noise.glsl"
#include "glow.glsl"

const float FRAMES_A_SECOND = 24.0;

void main() {
    vec2 uv = isf_FragNormCoord;
    float frame = floor(mod(TIME, 1000.0) * FRAMES_A_SECOND);
    if (PASSINDEX == 0) {
        gl_FragColor = vec4(shining(light_of(IMG_THIS_NORM_PIXEL(inputImage).rgb), 0.7), 1.0);
    } else if (PASSINDEX == 1) {
        gl_FragColor = vec4(blur_13(hot, uv, vec2(0.9 / RENDERSIZE.x, 0.0)), 1.0);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(blur_13(hot_x, uv, vec2(0.0, 0.9 / RENDERSIZE.y)), 1.0);
    } else {
        vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
        vec3 dice = hash_3(vec2(frame, 3.0)) - 0.5;
        vec2 slip = vec2(noise_1(TIME * 2.1) - 0.5, noise_1(TIME * 2.7 + 40.0) - 0.5) * 0.004 + dice.xy * 0.0012;
        slip += hear * kick_hits * vec2(0.0005, 0.0035) * (dice.z > 0.0 ? 1.0 : -1.0);
        vec2 at = clamp(uv + slip * weave * amount, 0.0, 1.0);
        vec3 light = light_of(IMG_NORM_PIXEL(inputImage, at).rgb);
        light += halation * amount * IMG_NORM_PIXEL(halo, at).rgb * vec3(0.75, 0.20, 0.06);
        vec3 c = display_of(light);

        // grain: three sizes of silver, strongest in the middle tones; colour dyes differ a little
        vec2 silver = gl_FragCoord.xy / (coarse * max(RENDERSIZE.y / 720.0, 0.5));
        float l = clamp(brightness_of(c), 0.0, 1.0);
        vec3 fine = hash_3(silver + 91.0 * frame) - 0.5, soft = vec3(noise_2(silver * 0.5 + 37.0 * frame) - 0.5);
        float strength = grain * amount * (0.10 + 0.62 * sqrt(l) * (1.0 - 0.75 * l)) * (0.55 + 0.9 * hear * hat_hits);
        c += strength * 0.45 * (vec3(fine.x) * 0.55 + fine * 0.25 + soft * 0.9) * smoothstep(0.0, 0.02, l + 0.01);

        // dust: a hair or a speck on some frames
        vec3 where = hash_3(vec2(floor(frame / 2.0), 71.0));
        vec2 away = (uv - where.xy) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
        float hair = abs(away.x * cos(9.0 * where.z) + away.y * sin(9.0 * where.z) + 6.0 * dot(away, away) * (where.z - 0.5));
        float speck = smoothstep(0.0035, 0.0015, hair) * smoothstep(0.05, 0.03, length(away)) * step(1.0 - 0.5 * dust, fract(where.z * 17.0));
        float fold = 1.0 - amount * 0.30 * pow(length(uv - 0.5) * 1.35, 3.0);
        c = mix(c * fold, vec3(0.85, 0.82, 0.76), speck * 0.5 * amount);
        gl_FragColor = amount <= 0.0 ? plain : vec4(max(c, 0.0), plain.a);
    }
}
