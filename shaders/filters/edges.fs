/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Only the contours stay, as neon tubes in the colours of what they bound; the picture sinks into the dark behind. The kick lights the tubes.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Graphic"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.85},
    {"NAME": "width", "LABEL": "Width", "TYPE": "float", "MIN": 0.5, "MAX": 4.0, "DEFAULT": 1.4},
    {"NAME": "finest", "LABEL": "Finest", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "glow", "LABEL": "Glow", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "hear", "LABEL": "Hear the kick", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ],
  "PASSES": [
    {"TARGET": "tubes", "FLOAT": true},
    {"TARGET": "glow_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "halo", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "picture.glsl"
#include "color.glsl"
#include "glow.glsl"

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {               // Scharr's operator on each channel; the strongest names the edge
        vec2 step_ = width * max(RENDERSIZE.y / 720.0, 0.6) / RENDERSIZE;
        vec3 gx = vec3(0.0), gy = vec3(0.0), top = vec3(0.0);
        for (int y = -1; y <= 1; y++) {
            for (int x = -1; x <= 1; x++) {
                vec3 c = IMG_NORM_PIXEL(inputImage, uv + step_ * vec2(x, y)).rgb;
                gx += c * float(x) * (y == 0 ? 10.0 : 3.0) / 16.0;
                gy += c * float(y) * (x == 0 ? 10.0 : 3.0) / 16.0;
                top = max(top, c);
            }
        }
        vec3 g = sqrt(gx * gx + gy * gy);
        float strength = max(g.r, max(g.g, g.b)), floor_ = 0.02 + 0.16 * finest;
        float line = smoothstep(floor_, floor_ * 2.5 + 0.08, strength);
        vec3 tint = top / max(max(top.r, max(top.g, top.b)), 1e-3);
        tint = tint * tint * tint;      // a neon tube is a pure colour
        gl_FragColor = vec4(turn_hue(tint, hue) * line * (0.35 + 0.9 * strength), 1.0);
    } else if (PASSINDEX == 1) {
        gl_FragColor = vec4(blur_13(tubes, uv, vec2(0.9 / RENDERSIZE.x, 0.0)), 1.0);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(blur_13(glow_x, uv, vec2(0.0, 0.9 / RENDERSIZE.y)), 1.0);
    } else {
        vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
        vec3 tube = IMG_THIS_NORM_PIXEL(tubes).rgb;
        float power = 1.0 + 1.3 * hear * kick_hits;
        vec3 light = light_of(plain.rgb) * mix(1.0, 0.07, amount);
        light += amount * power * (tube * 1.3 + vec3(0.35) * dot(tube, vec3(0.33)) + glow * IMG_THIS_NORM_PIXEL(halo).rgb * 1.6);
        gl_FragColor = vec4(display_of(light), plain.a);
    }
}
