/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The picture lies under moving water: it bends, and light gathers where the waves focus it. The bass is the swell, the voice ripples it, the kick drops a stone.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Distortion"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "size", "LABEL": "Size", "TYPE": "float", "MIN": 0.3, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "speed", "LABEL": "Speed", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "caustics", "LABEL": "Caustics", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "hear", "LABEL": "Hear bass, voice and kick", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.7}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 1, "HEIGHT": 1},
    {}
  ]
}*/

#include "picture.glsl"
#include "color.glsl"
#include "noise.glsl"
#include "space.glsl"

// state: clock, bass, voice
float water(vec2 p, vec4 s) {           // height of the surface
    vec2 q = p * 2.0 / size;
    float clock = s.x, h = 0.0, strength = 0.5 + 0.9 * s.y;
    for (int k = 0; k < 4; k++) {
        q = rotation(1.3) * q + 0.4 * sin(vec2(q.y, -q.x) + clock);
        h += strength * sin(q.x + clock * (1.0 + 0.3 * float(k))) * cos(q.y - 0.7 * clock);
        q *= 1.75;
        strength *= k == 1 ? 0.45 + 0.9 * s.z : 0.48;                   // the voice lives in the small waves
    }
    float r = length(p - 0.35 * vec2(sin(kick_count * 2.4), cos(kick_count * 3.7)) * step(0.5, hear));
    float ago = r / 1.3, ring = 0.0;
    for (int k = 0; k < 3; k++) ring += past(FAMILY_KICK, QUANTITY_HITS, ago + 0.035 * float(k)) / 3.0;   // a soft crest
    return h * 0.5 + hear * 0.20 * ring * ring * sin(15.0 * r) * exp(-1.6 * r);
}

void main() {
    vec4 s = IMG_PIXEL(state, vec2(0.5));
    if (PASSINDEX == 0) {
        float d = min(TIMEDELTA, 0.1);
        s.x = mod(s.x + d * speed * (0.55 + 0.9 * hear * bass_level), 100.0 * TAU);
        s.y = follow(s.y, hear * bass_level, d, 0.10, 0.5);
        s.z = follow(s.z, hear * vocals_level, d, 0.06, 0.3);
        gl_FragColor = s;
        return;
    }
    vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
    vec2 p = centred(isf_FragNormCoord, RENDERSIZE);
    const float H = 0.012;
    float here = water(p, s), right = water(p + vec2(H, 0.0), s), above = water(p + vec2(0.0, H), s);
    float left = water(p - vec2(H, 0.0), s), below = water(p - vec2(0.0, H), s);
    vec2 slope = vec2(right - left, above - below) / (2.0 * H);
    float focus = (4.0 * here - right - left - above - below) / (H * H) * 0.012;
    vec4 seen = IMG_NORM_PIXEL(inputImage, mirrored(uv_of(p + 0.085 * amount * size * slope, RENDERSIZE)));
    vec3 light = light_of(seen.rgb) * max(1.0 + caustics * amount * 1.6 * clamp(focus, -0.45, 2.0), 0.0);
    float shine = pow(max(dot(normalize(vec3(-slope * 0.6, 1.0)), normalize(vec3(0.35, 0.55, 0.75))), 0.0), 60.0);
    light += caustics * amount * 0.10 * shine;
    gl_FragColor = amount <= 0.0 ? plain : vec4(display_of(light), seen.a);
}
