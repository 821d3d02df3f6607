/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A city that is a slice of a lattice in four dimensions: black mirrors that turn through one another. Each kick is a shell of light that runs outwards along the edges, the bass flows in the rails, the voice is a comet flying ahead and in every mirror, the snare strikes single blocks white, everything else lights the windows, hats are sparks at the corners.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Space"],
  "INPUTS": [
    {"NAME": "speed", "LABEL": "Speed", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "turning", "LABEL": "Turning", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "block", "LABEL": "Size of the blocks", "TYPE": "float", "MIN": 0.12, "MAX": 0.40, "DEFAULT": 0.25},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "trail", "LABEL": "Trail", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.1},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 4, "HEIGHT": 1},
    {"TARGET": "echo", "FLOAT": true, "WIDTH": 128, "HEIGHT": 1},
    {"TARGET": "city", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

const int FIRST_STEPS = 54;                   // to the first mirror
const int MORE_STEPS = 26;                    // from mirror to mirror
const int BOUNCES = 3;
const float CELL = 2.6;                       // of the lattice
const float REACH = 21.0;
const float LAP = 64.0;                       // cells after which the way repeats
const float RAIL = 0.006;                     // half its width, in cells

const vec3 CYAN = vec3(0.03, 0.50, 1.00);     // kick
const vec3 BLUE = vec3(0.10, 0.10, 1.00);     // bass
const vec3 PINK = vec3(1.00, 0.05, 0.42);     // voice
const vec3 LILAC = vec3(0.75, 0.12, 1.00);    // everything else
const vec3 WHITE = vec3(0.85, 0.95, 1.00);    // snare, hats

// state 0: way, bass, voice, other;  state 1: turns about three planes, size;  state 2: drop, build, sway, voice clock;  state 3: presence, kick, flow of the rails
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0);
    if (column < 0.5) return vec4(mod(s0.x + d * speed * (0.045 + 0.23 * s3.x + 0.25 * s0.y + 0.5 * s2.y + 0.8 * s2.x), LAP), follow(s0.y, bass_level, d, 0.05, 0.35),
                                  follow(s0.z, vocals_level, d, 0.06, 0.45), follow(s0.w, other_level, d, 0.25, 1.2));
    if (column < 1.5) {
        float pace = d * turning * (0.022 + 0.10 * s3.x + 0.28 * s0.y * s0.y + 0.9 * s2.x);
        return vec4(mod(s1.x + pace, TAU), mod(s1.y + 0.618 * pace, TAU), mod(s1.z + 0.31 * pace, TAU),
                    FRAMEINDEX == 0 ? block : follow(s1.w, clamp(block + 0.030 * s0.y + 0.05 * s2.y - 0.10 * s2.x, 0.05, 0.42), d, 0.10, 0.10));
    }
    if (column < 2.5) return vec4(follow(s2.x, drop, d, 0.10, 1.0), follow(s2.y, build, d, 0.8, 0.3),
                                  follow(s2.z, sin(TAU * bar_phase) * all_presence, d, 0.6, 0.6), mod(s2.w + d * (0.5 + 1.3 * s0.z), 1000.0 * TAU));
    return vec4(follow(s3.x, all_presence, d, 1.0, 3.0), follow(s3.y, kick_hits * kick_hits, d, 0.01, 0.15), mod(s3.z + d * (1.0 + 7.0 * s0.y), 1000.0 * TAU), 0.0);
}

// What was heard, by how far light has come since: kick, bass, snare, other.
vec4 heard_at(float away) {
    float kick = past(FAMILY_KICK, QUANTITY_HITS, away / 11.0), bass = past(FAMILY_BASS, QUANTITY_LEVEL, away / 16.0);
    float snare = past(FAMILY_SNARE, QUANTITY_HITS, away / 40.0), other = past(FAMILY_OTHER, QUANTITY_LEVEL, away / 6.0);
    return vec4(kick * kick, bass * bass, snare * snare, other * other);
}

vec4 echo_at(float away) { return IMG_NORM_PIXEL(echo, vec2(clamp(away / (2.0 * REACH), 0.0, 1.0), 0.5)); }

// --- the slice ----------------------------------------------------------------------------------

struct Slice { vec4 right, up, forward; };    // where our three directions point in the four

Slice slice_of(vec4 s1, vec4 s2) {
    vec4 f = vec4(1, 0, 0, 0), r = vec4(0, 1, 0, 0), u = vec4(0, 0, 1, 0);
    mat2 a = rotation(s1.x), b = rotation(s1.y), c = rotation(0.26 * sin(s1.z) + 0.04 * s2.z);
    r.yw *= a; u.yw *= a;
    r.zw *= b; u.zw *= b;
    f.xw *= c; r.xw *= c; u.xw *= c;
    f.xz *= rotation(0.10 * sin(1.7 * s1.z + 1.0)); r.xz *= rotation(0.10 * sin(1.7 * s1.z + 1.0)); u.xz *= rotation(0.10 * sin(1.7 * s1.z + 1.0));
    return Slice(r, u, f);
}

vec4 into(Slice s, vec3 v) { return s.right * v.x + s.up * v.y + s.forward * v.z; }

float flow_at(vec4 p, float clock) {           // packets of light in the rails
    float wave = 0.5 + 0.5 * sin(dot(p, vec4(3.1, 2.3, 2.7, 1.9)) - clock);
    return wave * wave * wave * wave;
}

struct Near { float block, rail, edge, corner; };   // distances in cells

Near near_of(vec4 q, float size) {
    vec4 a = abs(q);
    float h1 = max(a.x, a.y), l1 = min(a.x, a.y), h2 = max(a.z, a.w), l2 = min(a.z, a.w);
    float first = max(h1, h2), middle = min(h1, h2), second = max(middle, h1 > h2 ? l1 : l2);
    float least = min(l1, l2), between = max(l1, l2), next = min(between, l1 < l2 ? h1 : h2);
    float third = a.x + a.y + a.z + a.w - first - second - least;
    vec3 o = vec3(first, second, third) - size;
    return Near(length(max(a - size, 0.0)), sqrt(least * least + next * next), length(vec3(o.xy, max(o.z, 0.0))), length(o));
}

float windows(vec4 q, vec4 cell, vec4 axis, float other, float pixel) {   // rows of light on the face across `axis`
    vec4 grid = q * 22.0, along = floor(grid);
    vec4 line = abs(fract(grid) - 0.5);
    vec4 k = 1.0 - axis;
    float row = dot(k, along * vec4(1.0, 5.0, 11.0, 17.0)), tone = hash_2(vec2(row, dot(cell, vec4(3.0, 13.0, 29.0, 57.0))));
    float frame = max(max(line.x * k.x, line.y * k.y), max(line.z * k.z, line.w * k.w));
    float fine = clamp(1.5 - pixel * 22.0, 0.0, 1.0);
    float pane = mix(0.35, 1.0 - smoothstep(0.30, 0.36, frame), fine);
    return pane * smoothstep(0.95 - 0.25 * other, 1.0, tone) * (0.4 + 1.2 * stem_spectrum_at(3, 0.15 + 0.7 * fract(tone * 37.0)));
}

vec3 render(vec2 uv) {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0);
    Slice slice = slice_of(s1, s2);
    vec2 jitter = hash_3(vec2(mod(float(FRAMEINDEX), 64.0), 5.0)).xy - 0.5;
    vec2 screen = (uv * 2.0 - 1.0 + jitter * 1.4 / RENDERSIZE) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    vec3 at = vec3(0.0), rd = normalize(vec3(screen, 0.95 + 0.35 * s2.y - 0.30 * s2.x));
    rd.xy *= rotation(0.15 * sin(TIME * 0.07) + 0.08 * s2.z);
    vec4 home = vec4(s0.x, 0.04 * sin(TIME * 0.21), 0.04 * sin(TIME * 0.17), 0.0);
    vec4 o = home, d4 = into(slice, rd) / CELL;
    vec3 comet = vec3(0.55 * sin(s2.w), 0.40 * sin(1.31 * s2.w + 1.0), 5.0 + 1.2 * sin(0.47 * s2.w));
    float size = s1.w, voice = s0.z * s0.z + 0.015, come = 0.0, t = 0.15 * ordered_dither(gl_FragCoord.xy, float(FRAMEINDEX));
    vec3 through = vec3(1.0), c = vec3(0.0);
    for (int bounce = 0; bounce < BOUNCES; bounce++) {
        vec4 p, q, heard;
        Near near;
        float away, gap = 1.0, mist = 1.0;
        vec3 halo = vec3(0.0);
        int steps = bounce == 0 ? FIRST_STEPS : MORE_STEPS;
        for (int i = 0; i < FIRST_STEPS; i++) {
            p = o + d4 * t;
            q = fract(p) - 0.5;
            near = near_of(q, size);
            away = come + t;
            gap = min(near.block, near.rail - RAIL);
            if (i >= steps || gap < 0.0006 * (1.0 + 0.7 * away) || away > REACH) break;
            heard = echo_at(away);
            mist = exp(-0.10 * away);
            halo += mist * min(gap, 0.15) * (CYAN * (heard.x * smoothstep(0.5, 3.0, away) + 0.02) * 0.0009 / (0.0008 + near.edge * near.edge)
                                             + BLUE * heard.y * 0.0006 / (0.0012 + near.rail * near.rail));
            t += gap * CELL;
        }
        c += through * halo;

        // the comet, scattered between here and where this ray came from
        vec3 to = comet - at;
        float along = dot(to, rd), off2 = max(dot(to, to) - along * along, 0.0), h = sqrt(off2 + 0.003);
        float lit = (atan((t - along) / h) + atan(along / h)) / h, seen = smoothstep(-0.05, 0.1, t - along) * step(0.0, along);
        c += through * (PINK * lit * 0.045 + vec3(1.0, 0.65, 0.75) * 0.030 / (0.0020 + off2) * seen) * voice * exp(-0.04 * come);

        if (gap > 0.01 * (1.0 + 0.7 * away)) break;               // nothing there
        heard = echo_at(away);
        mist = exp(-0.10 * away);
        float pixel = away * 1.6 / RENDERSIZE.y / CELL;
        if (near.rail - RAIL < near.block) {                      // a rail: light, and the end of the ray
            float flow = flow_at(p, s3.z);
            c += through * mist * (BLUE * (0.15 * heard.y + 0.08) + mix(BLUE, WHITE, 0.12 * flow) * 2.6 * heard.y * flow) * smoothstep(0.5, 4.0, away);
            break;
        }
        vec4 a = abs(q), axis = step(vec4(max(max(a.x, a.y), max(a.z, a.w)) - 1e-6), a), g = axis * sign(q), cell = floor(p);
        vec3 n = normalize(vec3(dot(g, slice.right), dot(g, slice.up), dot(g, slice.forward)));
        float facing = clamp(-dot(n, rd), 0.0, 1.0), fresnel = 0.28 + 0.72 * pow(1.0 - facing, 4.0);
        float w = 0.0028 + 0.7 * pixel, line = w * w / (w * w + near.edge * near.edge);
        vec3 chosen = hash_3(vec2(dot(cell, vec4(1, 7, 31, 67)), mod(snare_count, 4096.0)));
        float strike = heard.z * step(0.88, chosen.x);
        vec3 seen_here = line * (CYAN * (3.6 * heard.x * smoothstep(0.5, 3.0, away) + 0.26 - 0.06 * s3.x) + mix(CYAN, WHITE, 0.6) * 1.5 * strike + LILAC * 0.35 * heard.w) * min(1.0, 0.0045 / w + 0.06);
        seen_here += strike * WHITE * 0.03 * (0.3 + fresnel);
        float cw = 0.006 + pixel;
        seen_here += WHITE * cw * cw / (cw * cw + near.corner * near.corner) * (2.5 * hat_hits * hat_hits * step(0.7, fract(chosen.y + mod(hat_count, 512.0) * 0.618)) + 0.05);
        seen_here += LILAC * windows(q, cell, axis, s0.w, pixel) * (heard.w * 1.8 + 0.06) * (0.3 + 0.7 * facing);
        // the comet on the glass
        vec3 l = comet - (at + rd * t);
        float d2 = dot(l, l);
        seen_here += PINK * voice * 3.4 * max(dot(n, l), 0.0) * inversesqrt(d2) / (0.5 + d2);
        c += through * mist * seen_here;

        through *= fresnel * vec3(0.86, 0.92, 1.0);
        at += rd * t + n * 0.01;
        come += t;
        rd = reflect(rd, n);
        o = p + into(slice, n) / CELL * 0.01;
        d4 = into(slice, rd) / CELL;
        t = 0.02;
    }
    // where the lane ends
    c += PINK * s2.x * 0.03 / (0.05 + dot(screen, screen)) + BLUE * 0.010 * s0.y * s0.y / (0.1 + dot(screen, screen));
    float bright = luminance(c);
    return c * 1.9 * light * bright / (bright + 0.05);            // the dark stays dark
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        gl_FragColor = heard_at(uv.x * 2.0 * REACH);
    } else if (PASSINDEX == 2) {
        vec3 now = min(render(uv), 40.0), before = IMG_NORM_PIXEL(city, uv).rgb;
        float keep = FRAMEINDEX == 0 ? 0.0 : exp(-min(TIMEDELTA, 0.1) / (0.010 + 0.10 * trail * (1.0 - 0.9 * state_at(2.0).x)));
        gl_FragColor = vec4(mix(now, before, keep), 1.0);
    } else if (PASSINDEX == 3) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += shining(IMG_NORM_PIXEL(city, uv + vec2(x * 1.6 / RENDERSIZE.x, 0.0)).rgb, 0.8) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == 4) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.6 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = IMG_NORM_PIXEL(city, uv).rgb + 0.7 * IMG_NORM_PIXEL(bloom, uv).rgb;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
