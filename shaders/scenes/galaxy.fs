/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A galaxy of four arms, one a stem. What is heard now lights its heart and drifts outwards along the arm for six seconds; each kick sends a ring of gold through all stars, the bass swells the bulge, hats are stars that flare.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Particles"],
  "INPUTS": [
    {"NAME": "spin", "LABEL": "Spin", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "twist", "LABEL": "Twist", "TYPE": "float", "MIN": 0.0, "MAX": 4.0, "DEFAULT": 1.8},
    {"NAME": "tilt", "LABEL": "Tilt", "TYPE": "float", "MIN": 0.15, "MAX": 1.5, "DEFAULT": 0.55},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "trail", "LABEL": "Trail", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 3, "HEIGHT": 1},
    {"TARGET": "dust", "FLOAT": true, "WIDTH": "$WIDTH/3", "HEIGHT": "$HEIGHT/3"},
    {"TARGET": "field", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

const int STAR_PLANES = 10;
const int DUST_PLANES = 14;
const float SECONDS_A_RADIUS = 1.45;          // radius 4 is 5.8 s ago
const vec3 GOLD = vec3(1.00, 0.60, 0.22);     // drums
const vec3 DEEP = vec3(0.12, 0.26, 1.00);     // bass
const vec3 ROSE = vec3(1.00, 0.16, 0.34);     // vocals
const vec3 SEA = vec3(0.08, 0.80, 0.66);      // other

// state 0: turn, bass, sway, build;  state 1: drop, presence, kick, vocals;  state 2: lift, other
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    if (column < 0.5) return vec4(mod(s0.x + d * spin * (0.06 + 0.12 * s1.y + 0.25 * s0.y + 0.5 * s0.w + 0.5 * s1.x), TAU), follow(s0.y, bass_level, d, 0.05, 0.35),
                                  follow(s0.z, sin(TAU * bar_phase) * all_presence, d, 0.6, 0.6), follow(s0.w, build, d, 0.8, 0.3));
    if (column < 1.5) return vec4(follow(s1.x, drop, d, 0.10, 1.0), follow(s1.y, all_presence, d, 1.0, 3.0),
                                  follow(s1.z, kick_hits * kick_hits, d, 0.01, 0.15), follow(s1.w, vocals_level, d, 0.06, 0.3));
    return vec4(follow(s2.x, sin(TAU * fract(bar_count / 8.0)) * all_presence, d, 3.0, 3.0), follow(s2.y, other_level, d, 0.2, 0.8), 0.0, 0.0);
}

struct Ray { vec3 from, to; };

Ray camera(vec2 uv, vec4 s0, vec4 s1, vec4 s2) {
    vec2 screen = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float pitch = clamp(tilt + 0.10 * sin(TIME * 0.07) + 0.12 * s2.x + 0.40 * s1.x, 0.12, 1.5);
    vec3 ro = vec3(0.0, 0.0, -6.2 + 1.2 * s0.w + 1.6 * s1.x * s1.x), rd = normalize(vec3(screen + vec2(0.10, -0.08), 1.75 + 0.3 * s0.w - 0.25 * s1.x));
    rd.xy *= rotation(0.18 + 0.10 * s0.z + 0.05 * sin(TIME * 0.05));
    ro.yz *= rotation(-pitch);
    rd.yz *= rotation(-pitch);
    return Ray(ro, rd);
}

vec3 tint_of(float stem) {
    return stem < 0.5 ? GOLD : (stem < 1.5 ? ROSE : (stem < 2.5 ? DEEP : SEA));   // gold opposite blue, rose opposite sea
}

int family_of(float stem) {
    return stem < 0.5 ? FAMILY_DRUMS : (stem < 1.5 ? FAMILY_VOCALS : (stem < 2.5 ? FAMILY_BASS : FAMILY_OTHER));
}

struct Arm { float stem, strength, level; };

Arm arm_at(vec2 p, float r, vec4 s0) {           // which arm p lies in, how deep, how loud it was when it left the heart
    float phase = (atan(p.y, p.x) + (twist + 0.8 * s0.w) * log(r + 0.05) - s0.x) / TAU * 4.0;
    float off = fract(phase) - 0.5;
    Arm arm;
    arm.stem = mod(floor(phase), 4.0);
    arm.strength = exp(-off * off * 14.0);
    arm.level = past(family_of(arm.stem), QUANTITY_LEVEL, clamp((r - 0.25) * SECONDS_A_RADIUS, 0.0, 5.8));
    return arm;
}

float rings(float r) {                            // a kick crosses the whole disc in two seconds
    float kick = past(FAMILY_KICK, QUANTITY_HITS, r / 2.2);
    return 0.6 * kick * kick * exp(-0.3 * r);
}

// --- stars: one in each cell of log-polar grids on a stack of sheets ----------------------------

vec3 stars(Ray eye, vec4 s0, vec4 s1) {
    vec3 sum = vec3(0.0);
    float pixel = 1.1 / max(RENDERSIZE.y, 360.0);
    for (int k = 0; k < STAR_PLANES; k++) {
        float h = (float(k) - 0.5 * float(STAR_PLANES - 1)) * 0.045;
        h *= 1.0 + 0.4 * s0.y;
        float t = (h - eye.from.y) / (abs(eye.to.y) < 1e-4 ? 1e-4 : eye.to.y);
        if (t < 0.3 || t > 14.0) continue;
        vec3 p = eye.from + eye.to * t;
        float r = length(p.xz);
        if (r > 4.6) continue;
        float cells = 44.0 + 14.0 * mod(float(k), 3.0);
        float turn = (atan(p.z, p.x) - s0.x) / TAU + 0.381966 * float(k);
        vec2 q = vec2(log(r + 0.02) * cells / TAU, turn * cells);
        q.x += 0.02 * TIME * (0.5 + 0.5 * mod(float(k), 2.0));
        vec2 cell = vec2(floor(q.x), mod(floor(q.y), cells));
        vec3 dice = hash_3(cell + 57.0 * float(k));
        vec2 off = fract(q) - 0.5 - 0.55 * (dice.xy - 0.5);
        float scale = TAU / cells * (r + 0.02);
        vec3 out_ = vec3(p.x, 0.0, p.z) / max(r, 1e-3), along = vec3(-out_.z, 0.0, out_.x);
        vec3 gap = (out_ * off.x + along * off.y) * scale;
        gap -= eye.to * dot(gap, eye.to);
        float d2 = dot(gap, gap) / (t * t);
        Arm arm = arm_at(p.xz, r, s0);
        float weight = dice.z * dice.z * dice.z;
        float lit = 1.5 * arm.strength * arm.level * arm.level;
        float power = (0.05 + 0.30 * arm.strength) * (0.25 + 0.3 * s1.y) * weight + 2.2 * lit * (0.10 + weight) + rings(r) * (0.2 + 2.5 * weight);
        float flare = hat_hits * hat_hits * step(0.965, fract(dice.z * 13.0 + dice.x * 7.0 + mod(hat_count, 512.0) * 0.381966)) * 2.5 * exp(-0.4 * r);
        float size = pixel * pixel * (0.35 + 2.2 * weight);
        float point = size / (size + d2) * exp(-d2 / (size * 60.0));
        vec3 tint = mix(vec3(0.75, 0.82, 1.0), tint_of(arm.stem), clamp(arm.strength * (0.5 + 1.5 * arm.level) + 0.1, 0.0, 1.0));
        tint = mix(tint, GOLD, clamp(rings(r) * 1.5, 0.0, 0.8));
        float near = 1.0 - smoothstep(2.6, 4.4, r);
        sum += (tint * power + vec3(0.9, 0.95, 1.0) * flare) * point * near;
    }
    // behind everything: the rest of the sky
    vec2 q = vec2(atan(eye.to.x, eye.to.z), eye.to.y) * 26.0;
    vec3 dice = hash_3(floor(q));
    vec2 off = fract(q) - 0.5 - 0.7 * (dice.xy - 0.5);
    float d2 = dot(off, off), size = 0.0006 * pow(dice.z, 4.0) * step(0.55, dice.y);
    sum += mix(vec3(0.6, 0.7, 1.0), vec3(1.0, 0.85, 0.7), dice.x) * 0.25 * size / (size + d2) * (1.0 - smoothstep(0.0, 0.02, d2));
    return sum * 1.6;
}

// --- dust: light and shadow between them ---------------------------------------------------------

vec3 dust_light(vec2 uv) {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    Ray eye = camera(uv, s0, s1, s2);
    float dither = ordered_dither(gl_FragCoord.xy, float(FRAMEINDEX));
    vec3 sum = vec3(0.0015, 0.0022, 0.0050) * (1.2 + gyroid(eye.to * 2.0 + 0.6));
    float clear = 1.0;
    for (int k = 0; k < DUST_PLANES; k++) {       // the near side first
        float h = sign(eye.from.y) * 0.34 - sign(eye.from.y) * 0.68 * (float(k) + dither) / float(DUST_PLANES);
        float t = (h - eye.from.y) / (abs(eye.to.y) < 1e-4 ? 1e-4 : eye.to.y);
        if (t < 0.2 || t > 16.0) continue;
        vec3 p = eye.from + eye.to * t;
        float r = length(p.xz);
        if (r > 5.0) continue;
        float thick = 0.05 + (0.22 + 0.12 * s0.y) * exp(-1.6 * r);
        float sheet = exp(-h * h / (thick * thick));
        Arm arm = arm_at(p.xz, r, s0);
        vec3 w = vec3(p.xz * rotation(s0.x), h * 3.0);
        float wisp = gyroid(w * 2.3 + vec3(0.0, 0.0, 0.05 * TIME)) + 0.5 * gyroid(w.yzx * 5.1 + 2.0) + 0.25 * gyroid(w.zxy * 11.0);
        float cloud = clamp(0.45 + 0.42 * wisp, 0.0, 1.5);
        float lit = 1.4 * arm.level * arm.level;
        vec3 glow = tint_of(arm.stem) * arm.strength * arm.strength * lit * 1.3 * exp(-0.16 * r) * smoothstep(0.0, 0.5, r);
        glow += vec3(0.10, 0.12, 0.20) * (0.10 + 0.25 * arm.strength) * exp(-0.5 * r);
        glow += GOLD * rings(r) * 0.30;
        glow += DEEP * s0.y * s0.y * 2.2 * exp(-2.0 * r);
        float path = 0.68 / float(DUST_PLANES) / max(abs(eye.to.y), 0.15);
        sum += clear * glow * sheet * cloud * path * 9.0;
        clear *= exp(-sheet * path * 2.2 * smoothstep(0.5, 1.1, cloud) * exp(-0.3 * r));
    }
    // the heart
    vec3 o = eye.from;
    float near = dot(o, o) - pow(dot(o, eye.to), 2.0);
    vec3 heart = mix(vec3(1.0, 0.82, 0.62), vec3(1.0), 0.3) * (0.010 + 0.05 * s1.z + 0.16 * s1.x * s1.x) + DEEP * s0.y * s0.y * 0.05 + ROSE * s1.w * s1.w * 0.02 + SEA * s2.y * s2.y * 0.015;
    sum += heart / (0.025 + near * 1.5) * 0.5;
    return sum;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        gl_FragColor = vec4(min(dust_light(uv), 30.0), 1.0);
    } else if (PASSINDEX == 2) {
        vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
        vec3 now = min(stars(camera(uv, s0, s1, s2), s0, s1), 30.0);
        vec2 from = (uv - 0.5) * (1.0 - min(TIMEDELTA, 0.05) * (0.15 + 1.2 * s1.z + 1.5 * s1.x)) + 0.5;
        vec3 before = IMG_NORM_PIXEL(field, from).rgb;
        before *= exp(-min(TIMEDELTA, 0.1) / (0.03 + 0.35 * trail * smoothstep(0.1, 1.0, luminance(before))));
        gl_FragColor = vec4(FRAMEINDEX == 0 ? now : max(now, before), 1.0);
    } else if (PASSINDEX == 3) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            vec2 at = uv + vec2(x * 1.4 / RENDERSIZE.x, 0.0);
            sum += (shining(IMG_NORM_PIXEL(field, at).rgb, 0.8) + shining(IMG_NORM_PIXEL(dust, at).rgb, 1.2)) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == 4) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.4 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = (IMG_NORM_PIXEL(field, uv).rgb + IMG_NORM_PIXEL(dust, uv).rgb + 0.4 * IMG_NORM_PIXEL(bloom, uv).rgb) * light;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
