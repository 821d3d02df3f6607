/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Four inks in dark water, one a stem, carried by a real flow. The kick shoots rings of gold, the bass is a deep swell that turns the whole, the voice is a pen that draws, everything else rises as a veil.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Feedback"],
  "INPUTS": [
    {"NAME": "force", "LABEL": "Force", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "ink_amount", "LABEL": "Ink", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "memory", "LABEL": "Memory", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "relief", "LABEL": "Relief", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 4, "HEIGHT": 1},
    {"TARGET": "flow", "PERSISTENT": true, "FLOAT": true, "WIDTH": 224, "HEIGHT": 126},
    {"TARGET": "flow", "PERSISTENT": true, "FLOAT": true, "WIDTH": 224, "HEIGHT": 126},
    {"TARGET": "flow", "PERSISTENT": true, "FLOAT": true, "WIDTH": 224, "HEIGHT": 126},
    {"TARGET": "flow", "PERSISTENT": true, "FLOAT": true, "WIDTH": 224, "HEIGHT": 126},
    {"TARGET": "flow", "PERSISTENT": true, "FLOAT": true, "WIDTH": 224, "HEIGHT": 126},
    {"TARGET": "flow", "PERSISTENT": true, "FLOAT": true, "WIDTH": 224, "HEIGHT": 126},
    {"TARGET": "flow", "PERSISTENT": true, "FLOAT": true, "WIDTH": 224, "HEIGHT": 126},
    {"TARGET": "ink", "PERSISTENT": true, "FLOAT": true, "WIDTH": "$WIDTH*2/3", "HEIGHT": "$HEIGHT*2/3"},
    {"TARGET": "painting", "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

// Space: y from -1 to 1, x as wide as the picture. Velocity in these units per second.
// flow: xy velocity, z pressure, w spin.  ink: drums, bass, vocals, other.
const int LAST_PRESSURE_PASS = 6;
const vec3 WATER = vec3(0.002, 0.003, 0.008);

float aspect() { return RENDERSIZE.x / RENDERSIZE.y; }
vec2 place(vec2 uv) { return (uv * 2.0 - 1.0) * vec2(aspect(), 1.0); }
vec2 to_uv(vec2 p) { return p / vec2(aspect(), 1.0) * 0.5 + 0.5; }
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }
float dt() { return clamp(TIMEDELTA, 0.0, 0.08); }

// state 0: pen clock, swell angle, swell strength, veil clock
// state 1: pen xy now, pen xy before;  state 2: kick count, kick direction, snare count, build
vec2 pen_path(float clock) {
    return vec2(1.05 * sin(clock) + 0.30 * sin(2.63 * clock + 1.0), 0.55 * sin(1.37 * clock + 0.6) + 0.20 * cos(3.19 * clock));
}

vec4 next_state() {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    float column = floor(gl_FragCoord.x), d = dt();
    if (column < 0.5) {
        s0.x = mod(s0.x + d * (0.12 + 1.1 * vocals_level), 200.0 * TAU);
        s0.z = follow(s0.z, bass_level, d, 0.08, 0.4);
        s0.y = mod(s0.y + d * (0.10 + 0.5 * s0.z + 0.8 * build), TAU);
        s0.w = mod(s0.w + d * (0.15 + 0.35 * other_level), 200.0 * TAU);
        return s0;
    }
    if (column < 1.5) {
        vec2 pen = pen_path(s0.x);
        return FRAMEINDEX == 0 ? pen.xyxy : vec4(pen, s1.xy);
    }
    if (column < 2.5) {
        if (kick_count != s2.x) s2.y = mod(s2.y + 2.399963, TAU);   // the golden angle: never twice the same way
        return vec4(kick_count, s2.y, snare_count, follow(s2.w, build, d, 0.5, 0.2));
    }
    return vec4(0.0);
}

float spot(vec2 p, float radius) { return exp(-dot(p, p) / (radius * radius)); }

vec2 flow_at(vec2 uv) {         // x is held at a cell's left face and y at its lower face
    vec2 half_cell = 0.5 / IMG_SIZE(flow);
    return vec2(IMG_NORM_PIXEL(flow, uv + vec2(half_cell.x, 0.0)).x, IMG_NORM_PIXEL(flow, uv + vec2(0.0, half_cell.y)).y);
}

struct Jet { vec2 at, push; };

Jet kick_jet(float k, vec4 s2) {        // two jets a kick, opposite each other
    float angle = s2.y + 3.14159265 * k;
    vec2 out_ = vec2(cos(angle), sin(angle));
    return Jet(out_ * 0.16, out_);
}

vec2 veil_at(float k, float clock) {
    float a = TAU * k / 5.0 + 0.35 * clock;
    return vec2(cos(a) * 1.15, sin(a) * 0.72) * (0.85 + 0.15 * sin(2.3 * clock + 2.0 * k));
}

Jet snare_jet(float k) {                // a pair, back to back, somewhere
    vec3 h = hash_3(vec2(snare_count, 5.0));
    float a = TAU * h.z + 3.14159265 * k;
    return Jet((h.xy * 2.0 - 1.0) * vec2(1.1, 0.6), vec2(cos(a), sin(a)));
}

// --- the flow -------------------------------------------------------------------------------

vec4 moved_flow(vec2 uv) {
    vec2 p = place(uv);
    float d = dt();
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    vec2 cell = 1.0 / RENDERSIZE, move = d * 0.5 / vec2(aspect(), 1.0);
    vec4 f = IMG_NORM_PIXEL(flow, uv);
    vec2 at_left = vec2(f.x, IMG_NORM_PIXEL(flow, uv + cell * vec2(-0.5, 0.5)).y);
    vec2 at_foot = vec2(IMG_NORM_PIXEL(flow, uv + cell * vec2(0.5, -0.5)).x, f.y);
    vec2 v = vec2(IMG_NORM_PIXEL(flow, uv - move * at_left).x, IMG_NORM_PIXEL(flow, uv - move * at_foot).y) * exp(-d * 0.35);

    // vortices that the grid would blur away get their spin back
    vec2 ex = vec2(1.5 / RENDERSIZE.x, 0), ey = vec2(0, 1.5 / RENDERSIZE.y);
    vec2 uphill = vec2(abs(IMG_NORM_PIXEL(flow, uv + ex).w) - abs(IMG_NORM_PIXEL(flow, uv - ex).w),
                       abs(IMG_NORM_PIXEL(flow, uv + ey).w) - abs(IMG_NORM_PIXEL(flow, uv - ey).w));
    v += d * 4.0 * f.w * vec2(uphill.y, -uphill.x) / (length(uphill) + 0.02);

    // a stir that never rests: three sizes of eddy, each turned against the last
    float clock = mod(TIME, 1000.0) * TAU / 100.0;
    vec2 q = p * 2.1;
    float swing = 0.12 + 0.20 * all_presence;
    for (int k = 0; k < 3; k++) {
        q = rotation(0.9) * q + 1.3 * vec2(sin(clock + float(k)), cos(2.0 * clock + 2.0 * float(k)));
        vec2 eddy = vec2(sin(q.x) * cos(q.y), -cos(q.x) * sin(q.y));
        v += d * swing * eddy * rotation(0.9 * float(k + 1));
        q *= 2.1;
        swing *= 0.9;
    }

    // bass: turns everything about a slow point; build pulls it tight
    vec2 hub = 0.25 * vec2(cos(s0.y), sin(s0.y));
    vec2 arm = p - hub;
    float turn = s0.z * s0.z * 1.3 * exp(-dot(arm, arm) * 1.4) + s2.w * 2.0 * exp(-dot(arm, arm) * 3.0);
    v += d * force * turn * vec2(-arm.y, arm.x) * 2.2;
    v -= d * force * s2.w * arm * 1.2;
    v.y += d * force * s0.z * 0.9 * spot(p - vec2(0.5 * sin(s0.y), -0.75), 0.35);

    // kick: jets that roll up into rings
    for (int k = 0; k < 2; k++) {
        Jet jet = kick_jet(float(k), s2);
        v += d * force * kick_hits * kick_hits * 46.0 * jet.push * spot(p - jet.at, 0.10);
    }
    // drop: eight at once
    for (int k = 0; k < 8; k++) {
        float a = TAU * (float(k) + 0.5) / 8.0 + s0.y;
        vec2 out_ = vec2(cos(a), sin(a));
        v += d * force * drop * drop * drop * 14.0 * out_ * spot(p - out_ * 0.22, 0.10);
    }
    // snare: a pair of small jets somewhere
    for (int k = 0; k < 2; k++) {
        Jet jet = snare_jet(float(k));
        v += d * force * snare_hits * snare_hits * 34.0 * jet.push * spot(p - jet.at - 0.06 * jet.push, 0.06);
    }
    // voice: the pen drags water with it
    vec2 stroke = (s1.xy - s1.zw) / max(d, 1e-3);
    v += d * force * vocals_level * 1.5 * clamp(stroke, -2.0, 2.0) * spot(p - s1.xy, 0.07);
    // the rest: rises and leans
    for (int k = 0; k < 5; k++) {
        vec2 o = p - veil_at(float(k), s0.w);
        v += d * force * other_level * 1.1 * normalize(vec2(-veil_at(float(k), s0.w).y, veil_at(float(k), s0.w).x) - 0.35 * veil_at(float(k), s0.w)) * spot(o, 0.22);
    }
    // hats: a shiver
    v += d * hat_hits * 1.2 * (hash_3(floor(uv * RENDERSIZE / 4.0) + hat_count * 3.0).xy - 0.5);

    // glass walls
    vec2 wall = smoothstep(vec2(0.0), vec2(0.06), vec2(aspect(), 1.0) - abs(p) + 0.02);
    v *= wall.x * wall.y;
    return vec4(clamp(v, -3.0, 3.0), 0.7 * f.z, f.w);
}

// One Jacobi step; the last also takes the gradient off. x is held at a cell's left face and y at its
// lower face, so that neighbours cannot drift apart.
vec4 pressed_flow(vec2 uv, bool last) {
    vec2 ex = vec2(1.0 / RENDERSIZE.x, 0), ey = vec2(0, 1.0 / RENDERSIZE.y);
    vec4 c = IMG_NORM_PIXEL(flow, uv), r = IMG_NORM_PIXEL(flow, uv + ex), t = IMG_NORM_PIXEL(flow, uv + ey);
    vec4 l = IMG_NORM_PIXEL(flow, uv - ex), b = IMG_NORM_PIXEL(flow, uv - ey);
    if (last) return vec4(c.xy - vec2(c.z - l.z, c.z - b.z), c.z, c.y - l.y - c.x + b.x);
    c.z = mix(c.z, 0.25 * (l.z + r.z + b.z + t.z - (r.x - c.x + t.y - c.y)), 0.8);   // undamped, a chequerboard never dies
    return c;
}

// --- the inks -------------------------------------------------------------------------------

vec4 moved_ink(vec2 uv) {
    vec2 texel = 1.0 / RENDERSIZE, p = place(uv);
    float d = dt();
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    vec2 move = d * 0.5 / vec2(aspect(), 1.0);
    vec2 from = uv - move * flow_at(uv - 0.5 * move * flow_at(uv));
    vec4 c = IMG_NORM_PIXEL(ink, from);
    vec4 l = IMG_NORM_PIXEL(ink, from - vec2(texel.x, 0)), r = IMG_NORM_PIXEL(ink, from + vec2(texel.x, 0));
    vec4 b = IMG_NORM_PIXEL(ink, from - vec2(0, texel.y)), t = IMG_NORM_PIXEL(ink, from + vec2(0, texel.y));
    // against the blur of the grid: sharpen, but never beyond what is there already
    vec4 sharp = c + 0.10 * (c - 0.25 * (l + r + b + t));
    c = clamp(sharp, min(c, min(min(l, r), min(b, t))), max(c, max(max(l, r), max(b, t))));
    vec4 life = vec4(2.0, 1.9, 3.6, 2.6) * (0.35 + 1.3 * memory);
    life *= 0.4 + 0.6 * vec4(stem_presence[0], stem_presence[1], stem_presence[2], stem_presence[3]);
    c *= exp(-d / life);

    vec4 add = vec4(0.0);
    for (int k = 0; k < 2; k++) {
        Jet jet = kick_jet(float(k), s2);
        add.x += kick_hits * kick_hits * 22.0 * spot(p - jet.at, 0.080);
    }
    for (int k = 0; k < 2; k++) add.x += snare_hits * snare_hits * 15.0 * spot(p - snare_jet(float(k)).at - 0.06 * snare_jet(float(k)).push, 0.06);
    // drums among others leave them room: they are struck more often than anything else
    add.x *= 1.0 - 0.62 * max(stem_presence[1], max(stem_presence[2], stem_presence[3]));
    for (int k = 0; k < 8; k++) {
        float a = TAU * (float(k) + 0.5) / 8.0 + s0.y;
        float ink_here = (mod(float(k), 4.0) == 0.0 ? 5.0 : 12.0) * drop * drop * drop * spot(p - 0.22 * vec2(cos(a), sin(a)), 0.06);
        float which = mod(float(k), 4.0);
        add += ink_here * vec4(which == 0.0, which == 1.0, which == 2.0, which == 3.0);
    }
    float grain = 0.1 + 1.5 * smoothstep(0.45, 0.75, noise_2(p * 11.0 + 6.0 * vec2(cos(s0.y), sin(s0.y))));
    add.y += s0.z * 2.6 * grain * (spot(p - vec2(0.5 * sin(s0.y), -0.78), 0.30) + 0.5 * spot(p - 0.25 * vec2(cos(s0.y), sin(s0.y)), 0.22));
    add.z += vocals_level * vocals_level * 20.0 * exp(-segment_distance_2(p - s1.xy, p - s1.zw) / (0.0007 + 0.0035 * vocals_level * vocals_level));
    for (int k = 0; k < 5; k++) {
        vec2 o = p - veil_at(float(k), s0.w);
        add.w += (other_level * 3.6 + 0.9 * (1.0 - all_presence)) * spot(o, 0.13 + 0.08 * other_level) * smoothstep(0.3, 0.8, noise_2(p * 11.0 + 2.0 * vec2(cos(s0.w), sin(s0.w)))) * 1.6;
    }
    c += d * ink_amount * add;
    return min(c, 4.0);
}

// --- the picture ----------------------------------------------------------------------------

vec4 ink_at(vec2 uv) { return IMG_NORM_PIXEL(ink, uv); }

float height_at(vec2 uv) {
    vec4 c = ink_at(uv);
    c = 1.0 - exp(-c * vec4(1.6, 1.1, 1.6, 1.3));
    return c.x * 0.9 + c.y + c.z * 0.9 + c.w * 0.8;
}

vec3 picture(vec2 uv) {
    vec2 texel = 1.25 / IMG_SIZE(ink), p = place(uv);
    float h = height_at(uv);
    float hl = height_at(uv - vec2(texel.x, 0)), hr = height_at(uv + vec2(texel.x, 0));
    float hb = height_at(uv - vec2(0, texel.y)), ht = height_at(uv + vec2(0, texel.y));
    vec3 n = normalize(vec3(vec2(hl - hr, hb - ht) * relief * 4.0, 0.35));
    float crest = clamp((4.0 * h - hl - hr - hb - ht) * 3.0, -0.6, 1.0);
    vec4 c = ink_at(uv), cover = 1.0 - exp(-c * vec4(1.8, 1.3, 2.0, 1.4));

    vec3 sun = normalize(vec3(0.6 * sin(TIME * 0.11), 0.7, 0.55));
    float facing = clamp(dot(n, sun), 0.0, 1.0), diffuse = 0.10 + 1.0 * facing * facing + 0.5 * crest;
    vec3 half_way = normalize(sun + normalize(vec3(-p * 0.3, 1.0)));
    float gloss = pow(clamp(dot(n, half_way), 0.0, 1.0), 60.0);
    float rim = 1.0 - n.z;

    // thin ink is deep and saturated, thick ink burns
    vec3 rest = mix(vec3(0.00, 0.05, 0.09), vec3(0.04, 0.50, 0.46), cover.w * cover.w);
    vec3 deep = mix(vec3(0.01, 0.01, 0.16), vec3(0.06, 0.20, 1.30), cover.y);
    vec3 voice = mix(vec3(0.45, 0.00, 0.12), vec3(1.20, 0.16, 0.16), cover.z);
    vec3 gold = mix(vec3(0.34, 0.05, 0.005), vec3(1.40, 0.72, 0.26), cover.x);

    vec4 own = cover * cover * cover * vec4(1.1, 1.0, 1.9, 0.6);      // the strongest ink keeps its colour
    own /= dot(own, vec4(1.0)) + 1e-5;
    float shade = max(diffuse, 0.0), lit = max(0.3 + diffuse, 0.0);
    vec3 body = own.w * rest * shade + own.y * deep * shade + own.z * voice * lit + own.x * gold * lit;
    float thick = 1.0 - (1.0 - cover.x) * (1.0 - cover.y) * (1.0 - cover.z) * (1.0 - cover.w);
    vec3 col = mix(WATER * (1.0 + 3.0 * exp(-dot(p, p))), body, thick);
    float wet = min(dot(cover, vec4(0.8, 1.0, 0.8, 0.6)), 1.0);
    col += wet * (gloss * (0.12 + 3.0 * col) + rim * col * 1.5);
    // fresh ink glows
    col += vec3(1.0, 0.22, 0.20) * max(c.z - 0.7, 0.0) * 0.6 + vec3(1.0, 0.55, 0.18) * max(c.x - 0.7, 0.0) * 0.6;
    return col;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) gl_FragColor = next_state();
    else if (PASSINDEX == 1) gl_FragColor = moved_flow(uv);
    else if (PASSINDEX <= LAST_PRESSURE_PASS) gl_FragColor = pressed_flow(uv, false);
    else if (PASSINDEX == LAST_PRESSURE_PASS + 1) gl_FragColor = pressed_flow(uv, true);
    else if (PASSINDEX == LAST_PRESSURE_PASS + 2) gl_FragColor = moved_ink(uv);
    else if (PASSINDEX == LAST_PRESSURE_PASS + 3) gl_FragColor = vec4(picture(uv), 1.0);
    else if (PASSINDEX == LAST_PRESSURE_PASS + 4) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += shining(IMG_NORM_PIXEL(painting, uv + vec2(x * 1.7 / RENDERSIZE.x, 0.0)).rgb, 0.9) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == LAST_PRESSURE_PASS + 5) gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.7 / RENDERSIZE.y)), 1.0);
    else {
        vec3 c = 1.4 * IMG_NORM_PIXEL(painting, uv).rgb + 0.7 * IMG_NORM_PIXEL(bloom, uv).rgb;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
