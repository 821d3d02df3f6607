/*{
  "ISFVSN": "2",
  "DESCRIPTION": "What shines spills over, near and far, and draws a fine streak through the lens. The drums open it.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Light"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 0.8},
    {"NAME": "knee", "LABEL": "Knee", "TYPE": "float", "MIN": 0.05, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "streak", "LABEL": "Streak", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "tint", "LABEL": "Streak tint", "TYPE": "color", "DEFAULT": [0.55, 0.75, 1.0, 1.0]},
    {"NAME": "hear", "LABEL": "Hear the drums", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ],
  "PASSES": [
    {"TARGET": "shine", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "near_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "near", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "far_x", "FLOAT": true, "WIDTH": "$WIDTH/16", "HEIGHT": "$HEIGHT/16"},
    {"TARGET": "far", "FLOAT": true, "WIDTH": "$WIDTH/16", "HEIGHT": "$HEIGHT/16"},
    {"TARGET": "line", "FLOAT": true, "WIDTH": "$WIDTH/8", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "picture.glsl"
#include "glow.glsl"

void main() {
    vec2 uv = isf_FragNormCoord, pixel = 1.0 / RENDERSIZE;
    if (PASSINDEX == 0) {               // four taps over the block, so that no spark is missed
        vec3 sum = vec3(0.0);
        for (int i = 0; i < 4; i++) {
            vec2 at = uv + pixel * (vec2(i & 1, i >> 1) - 0.5) * 0.5;
            vec4 c = IMG_NORM_PIXEL(inputImage, at);
            sum += shining(light_of(c.rgb) * c.a, knee);
        }
        gl_FragColor = vec4(0.25 * sum, 1.0);
    } else if (PASSINDEX == 1) {
        gl_FragColor = vec4(blur_13(shine, uv, vec2(pixel.x, 0.0)), 1.0);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(blur_13(near_x, uv, vec2(0.0, pixel.y)), 1.0);
    } else if (PASSINDEX == 3) {
        gl_FragColor = vec4(blur_13(near, uv, vec2(pixel.x, 0.0)), 1.0);
    } else if (PASSINDEX == 4) {
        gl_FragColor = vec4(blur_13(far_x, uv, vec2(0.0, pixel.y)), 1.0);
    } else if (PASSINDEX == 5) {        // only the hottest, far to both sides
        vec3 sum = vec3(0.0);
        for (int i = -16; i <= 16; i++) {
            float x = float(i);
            vec3 c = IMG_NORM_PIXEL(shine, uv + vec2(pixel.x * x * 1.4, 0.0)).rgb;
            sum += max(c - 0.35, 0.0) * exp(-abs(x) * 0.16);
        }
        gl_FragColor = vec4(sum / 6.0, 1.0);
    } else {
        vec4 c = IMG_THIS_NORM_PIXEL(inputImage);
        vec3 near_light = IMG_NORM_PIXEL(near, uv).rgb, far_light = IMG_NORM_PIXEL(far, uv).rgb, line_light = IMG_NORM_PIXEL(line, uv).rgb;
        vec3 spill = 0.55 * near_light + 0.75 * far_light + streak * tint.rgb * tint.rgb * (0.3 * dot(line_light, vec3(0.4)) + line_light);
        spill *= amount * (1.0 + 1.2 * hear * drums_hits);
        gl_FragColor = vec4(display_of(light_of(c.rgb) + spill), c.a);
    }
}
