/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The picture as a print: three turned screens of dots, of light on black or of ink on paper. The bass swells the dots.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Graphic"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 1.0},
    {"NAME": "dots", "LABEL": "Dots a height", "TYPE": "float", "MIN": 20.0, "MAX": 160.0, "DEFAULT": 56.0},
    {"NAME": "turn", "LABEL": "Turn", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.1},
    {"NAME": "paper", "LABEL": "On paper", "TYPE": "bool", "DEFAULT": false},
    {"NAME": "negative", "LABEL": "Dark is paper", "TYPE": "bool", "DEFAULT": true},
    {"NAME": "hear", "LABEL": "Hear the bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

#include "picture.glsl"
#include "space.glsl"

const vec3 PAPER = vec3(0.93, 0.90, 0.84);

vec3 block_at(vec2 p, float cell) {     // mean over a cell about p
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 4; i++) {
        vec2 o = (vec2(i & 1, i >> 1) - 0.5) * cell;
        sum += light_of(IMG_NORM_PIXEL(inputImage, clamp(uv_of(p + o * 0.5, RENDERSIZE), 0.0, 1.0)).rgb);
    }
    return 0.25 * sum;
}

// How much of a pixel the dot of one screen covers there.
float dot_at(vec2 p, float angle, int channel) {
    mat2 to_screen = rotation(angle);
    float cell = 2.0 / dots;
    vec2 q = to_screen * p / cell, middle = floor(q) + 0.5;
    vec3 light = block_at((middle * cell) * to_screen, cell);
    float value = clamp(channel == 0 ? light.r : (channel == 1 ? light.g : light.b), 0.0, 1.0);
    float area = value;
    if (paper) {                        // how much ink takes this channel from the paper
        vec3 c = clamp(display_of(light), 0.0, 1.0);
        float top = max(c.r, max(c.g, c.b)), own = channel == 0 ? c.r : (channel == 1 ? c.g : c.b);
        area = negative ? top - own + 0.35 * min(c.r, min(c.g, c.b)) : 1.0 - own;
    }
    float r = sqrt(area) * (0.56 + 0.16 * area) * (1.0 + 0.25 * hear * (bass_level - 0.2)), soft = 1.4 * dots / RENDERSIZE.y;
    return smoothstep(soft, -soft, length(q - middle) - r) * smoothstep(0.003, 0.04, area);
}

void main() {
    vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
    vec2 p = centred(isf_FragNormCoord, RENDERSIZE);
    float a = 1.5707963 * turn;
    vec3 screens = vec3(dot_at(p, a + 0.26, 0), dot_at(p, a + 1.31, 1), dot_at(p, a, 2));
    vec3 print;
    if (paper) {                        // cyan, magenta, yellow, over each other
        print = PAPER * PAPER * (1.0 - screens.r * vec3(0.98, 0.45, 0.12)) * (1.0 - screens.g * vec3(0.10, 0.95, 0.42)) * (1.0 - screens.b * vec3(0.02, 0.12, 0.95));
    } else {                            // red, green, blue, beside each other; a breath of the picture behind
        print = screens.r * vec3(1.0, 0.06, 0.08) + screens.g * vec3(0.04, 0.92, 0.16) + screens.b * vec3(0.07, 0.12, 1.0);
        print += 0.10 * light_of(plain.rgb);
    }
    gl_FragColor = vec4(display_of(mix(light_of(plain.rgb), print, amount)), plain.a);
}
