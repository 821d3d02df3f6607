/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Four curtains of polar light over a still lake, one a stem. What is heard now burns overhead and travels to the horizon in six seconds; kicks are rings on the water, hats make the stars tremble, the snare lights the ridge.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Landscape"],
  "INPUTS": [
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "spread", "LABEL": "Spread", "TYPE": "float", "MIN": 0.3, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "waves", "LABEL": "Waves", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 3, "HEIGHT": 1},
    {"TARGET": "sky", "PERSISTENT": true, "FLOAT": true, "WIDTH": "$WIDTH/2", "HEIGHT": "$HEIGHT/2"},
    {"TARGET": "glow_x", "FLOAT": true, "WIDTH": "$WIDTH/8", "HEIGHT": "$HEIGHT/8"},
    {"TARGET": "glow", "FLOAT": true, "WIDTH": "$WIDTH/8", "HEIGHT": "$HEIGHT/8"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

const int LAYERS = 36;
const float HORIZON = -0.46;        // screen height, -1..1
const float FOCAL = 0.85;
const float METRES_A_SECOND = 1.7;  // how fast the past runs to the horizon

// state 0: flow clock, sway, bass, other;  state 1: vocals, drums, build, drop;  state 2: fold clock, presence, snare
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    if (column < 0.5) return vec4(mod(s0.x + d * METRES_A_SECOND, 400.0), follow(s0.y, sin(TAU * bar_phase) * all_presence, d, 0.6, 0.6),
                                  follow(s0.z, bass_level, d, 0.05, 0.3), follow(s0.w, other_level, d, 0.2, 0.8));
    if (column < 1.5) return vec4(follow(s1.x, vocals_level, d, 0.06, 0.3), follow(s1.y, drums_level, d, 0.02, 0.2),
                                  follow(s1.z, build, d, 0.8, 0.3), follow(s1.w, drop, d, 0.10, 1.0));
    return vec4(mod(s2.x + d * wind * (0.10 + 0.25 * all_level + 0.5 * s1.z), 200.0 * TAU), follow(s2.y, all_presence, d, 1.0, 3.0), follow(s2.z, snare_hits, d, 0.01, 0.25), 0.0);
}

vec2 screen_of(vec2 uv) { return (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0); }
float horizon(vec4 s1) { return HORIZON - 0.12 * s1.w; }

// --- the curtains -----------------------------------------------------------------------------

float stem_light(int stem, float seconds_ago) {
    float level = past(FAMILY_DRUMS + stem, QUANTITY_LEVEL, seconds_ago);
    return level * level;
}

vec3 curtains(vec2 screen, vec4 s0, vec4 s1, vec4 s2, float dither) {
    float rise = screen.y - horizon(s1);
    if (rise < 0.012) return vec3(0.0);
    float squeeze = spread * (1.0 - 0.65 * s1.z) * (1.0 + 0.35 * s1.w), fold = s2.x;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < LAYERS; i++) {
        float h = (float(i) + dither) / float(LAYERS);      // 0 at the hem, 1 where it is gone
        float height = 1.0 + 1.5 * h;
        float away = height / rise;                          // metres per unit of screen
        vec2 p = vec2(screen.x * away / FOCAL, away);
        float seconds_ago = (p.y - 0.9) / METRES_A_SECOND;
        if (seconds_ago > 5.8) continue;
        float z = p.y - s0.x;                                // folds travel with what was heard
        float bend = sin(0.62 * p.y + fold) + 0.5 * sin(1.43 * p.y - 1.6 * fold + 0.6 * p.x) + 0.22 * sin(3.1 * p.y + 2.3 * fold);
        float fine = sin(2.9 * z + 1.7 * sin(0.8 * p.x + fold)) * 0.10;
        float ray = 0.55 + 0.45 * sin(7.0 * z + 2.5 * sin(1.9 * z + p.x * 1.3));
        ray *= 0.6 + 0.4 * sin(17.0 * z + 3.0 * sin(3.1 * z));
        float step_ = min(1.5 / float(LAYERS) / rise, 0.6) * exp(-0.13 * p.y) * (1.0 - smoothstep(4.8, 5.8, seconds_ago)) * smoothstep(-0.4, 0.3, seconds_ago);

        float hem = smoothstep(0.0, 0.06, h);
        // everything else: the wide green curtain
        float level = stem_light(3, seconds_ago);
        float x = (p.x - squeeze * (0.8 + 1.1 * bend) - fine) / 0.16;
        float body = exp(-x * x) * hem * exp(-h * 4.5 / (0.25 + level));
        sum += mix(vec3(0.06, 1.00, 0.55), vec3(0.10, 0.35, 0.95), h) * body * level * (0.35 + ray) * step_ * 14.0;
        // bass: low, broad and blue
        level = stem_light(1, seconds_ago);
        x = (p.x + squeeze * (1.5 - 0.6 * bend) + fine) / 0.42;
        body = exp(-x * x) * hem * exp(-h * 5.5);
        sum += mix(vec3(0.05, 0.16, 1.00), vec3(0.12, 0.05, 0.60), h) * body * level * step_ * 7.0;
        // voice: the thin one that dances
        level = stem_light(2, seconds_ago);
        x = (p.x + squeeze * (0.3 + 0.8 * sin(0.95 * p.y - 2.1 * fold) + 0.4 * bend) - 1.5 * fine) / (0.07 + 0.05 * level);
        body = exp(-x * x) * hem * exp(-h * 2.6 / (0.25 + level));
        sum += mix(vec3(1.00, 0.16, 0.36), vec3(0.55, 0.10, 0.95), h) * body * level * (0.5 + 0.8 * ray) * step_ * 20.0;
        // drums: tall rays that stand for a moment
        level = past(FAMILY_DRUMS, QUANTITY_HITS, seconds_ago);
        x = (p.x - squeeze * (2.2 + 0.5 * bend)) / 0.10;
        float x2 = (p.x + squeeze * (2.9 - 0.5 * bend)) / 0.10;
        body = (exp(-x * x) + exp(-x2 * x2)) * hem * exp(-h * 2.2);
        sum += mix(vec3(1.00, 0.72, 0.30), vec3(1.00, 0.25, 0.12), h) * body * level * level * step_ * 22.0;
        // nothing plays: a pale arc stays
        x = (p.x - 1.6 * bend) / 0.35;
        sum += vec3(0.05, 0.30, 0.24) * exp(-x * x) * hem * exp(-h * 5.0) * (0.4 + 0.6 * ray) * step_ * (1.2 - s2.y);
    }
    return sum * (1.0 + 0.6 * s1.w);
}

// --- the land ---------------------------------------------------------------------------------

float ridge(float x, float layer) {
    float y = 0.0, size = 0.25, f = 1.7 + 0.8 * layer;
    for (int i = 0; i < 5; i++) {
        float n = abs(noise_1(x * f + 31.0 * layer) - 0.5) * 2.0;
        y += size * (1.0 - n);
        size *= 0.50;
        f *= 2.1;
    }
    return y - 0.22 + 0.02 * layer;
}

vec3 stars(vec2 p) {
    vec3 sum = vec3(0.0);
    for (int k = 0; k < 2; k++) {
        vec2 q = rotation(0.5) * p * (9.0 + 11.0 * float(k));
        vec3 h = hash_3(floor(q) + 91.0 * float(k));
        vec2 o = fract(q) - 0.5 - 0.7 * (h.xy - 0.5);
        float twinkle = 0.6 + 0.4 * sin(TIME * (1.0 + 2.0 * h.x) + TAU * h.y);
        float hat = hat_hits * hat_hits * smoothstep(0.5, 1.0, fract(h.z * 17.0 + mod(hat_count, 512.0) * 0.381966));
        float size = 0.0004 * pow(h.z, 5.0), d2 = dot(o, o);
        sum += mix(vec3(0.6, 0.75, 1.0), vec3(1.0, 0.85, 0.7), h.x) * size / (size * 0.4 + d2) * (1.0 - smoothstep(0.0, 0.03, d2)) * (twinkle * 0.5 + 5.0 * hat);
    }
    return sum;
}

// The view without the lake: `p` on the screen, above the horizon.
vec3 above(vec2 p, vec2 uv, vec4 s0, vec4 s1, vec4 s2) {
    float rise = p.y - horizon(s1);
    vec3 light_above = IMG_NORM_PIXEL(sky, uv).rgb;
    vec3 c = mix(vec3(0.010, 0.022, 0.045), vec3(0.002, 0.004, 0.012), smoothstep(0.0, 1.0, rise));
    c += stars(p + vec2(0.02 * s0.y, 0.0)) * smoothstep(0.05, 0.4, rise);
    vec3 haze = IMG_NORM_PIXEL(glow, vec2(uv.x, (horizon(s1) + 1.0) * 0.5 + 0.12)).rgb;
    c += light_above + haze * 0.35 * exp(-rise * 6.0);
    for (int k = 0; k < 3; k++) {
        float layer = 2.0 - float(k);                       // from far to near
        float x = p.x + 0.012 * s0.y * (3.0 - layer), top = ridge(x, layer) * (1.25 - 0.28 * layer);
        float inside = top - rise;
        if (inside > 0.0) {
            vec3 stone = vec3(0.004, 0.007, 0.014) + (haze * 0.10 + vec3(0.004, 0.008, 0.016)) * layer;
            float rim = 0.5 * exp(-inside * 60.0) + 0.12 * exp(-inside * 16.0);
            c = stone + rim * (haze * 0.5 + vec3(1.0, 0.85, 0.65) * s2.z * s2.z * 0.25 * (0.4 + noise_1(p.x * 9.0 + 7.0 * snare_count)));
            c += haze * 0.12 * exp(-rise * 14.0);
        }
    }
    return c;
}

vec3 picture(vec2 uv) {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    vec2 p = screen_of(uv);
    float edge = horizon(s1);
    if (p.y >= edge) return above(p, uv, s0, s1, s2);

    // the lake: the mirror image, bent by waves
    float deep = edge - p.y, away = 0.30 / max(deep, 0.004);
    vec2 at = vec2(p.x * away / FOCAL, away);
    float r = length(at - vec2(0.0, 1.3));
    float kick = past(FAMILY_KICK, QUANTITY_HITS, r / 1.1);
    float rings = kick * sin(26.0 * r) * exp(-0.55 * r);
    float crest = kick * kick * exp(-0.8 * r);
    float swell = s0.z * s0.z * sin(4.0 * at.y - 3.0 * s2.x * 4.0) * 0.4;
    vec2 ripple = vec2(noise_2(at * vec2(5.0, 9.0) + vec2(0.3, -0.4) * TIME) - 0.5, noise_2(at * vec2(4.0, 13.0) - vec2(0.2, 0.5) * TIME) - 0.5);
    vec2 bend = waves * (ripple * vec2(0.03, 0.10) * smoothstep(0.0, 0.25, deep) + vec2(0.02, 0.10) * (rings + 0.15 * swell) * smoothstep(0.0, 0.1, deep));
    vec2 mirror = vec2(p.x, 2.0 * edge - p.y) + bend;
    mirror.y = max(mirror.y, edge + 0.002);
    vec2 back = vec2(mirror.x * RENDERSIZE.y / RENDERSIZE.x, mirror.y) * 0.5 + 0.5;
    vec3 c = above(mirror, clamp(back, 0.0, 1.0), s0, s1, s2);
    c *= vec3(0.62, 0.70, 0.80) * (0.85 - 0.35 * smoothstep(0.0, 0.6, deep));
    c += vec3(0.001, 0.003, 0.007);
    vec3 shine = IMG_NORM_PIXEL(glow, vec2(0.5, 0.75)).rgb + vec3(0.9, 0.55, 0.22) * 0.4;
    c += shine * crest * (0.35 + 0.65 * sin(26.0 * r)) * 0.35 * smoothstep(0.0, 0.1, deep);
    c += IMG_NORM_PIXEL(glow, vec2(uv.x, (edge + 1.0) * 0.5 + 0.10)).rgb * 0.25 * exp(-deep * 40.0);
    return c;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        float dither = ordered_dither(gl_FragCoord.xy, float(FRAMEINDEX));
        vec3 now = curtains(screen_of(uv), state_at(0.0), state_at(1.0), state_at(2.0), dither) * light;
        float keep = FRAMEINDEX == 0 ? 0.0 : exp(-min(TIMEDELTA, 0.1) / 0.08);
        gl_FragColor = vec4(mix(now, IMG_NORM_PIXEL(sky, uv).rgb, keep), 1.0);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(blur_13(sky, uv, vec2(1.6 / RENDERSIZE.x, 0.0)), 1.0);
    } else if (PASSINDEX == 3) {
        gl_FragColor = vec4(blur_13(glow_x, uv, vec2(0.0, 1.6 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = picture(uv) + 0.25 * IMG_NORM_PIXEL(glow, uv).rgb;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
