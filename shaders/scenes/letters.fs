/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A city at night whose towers are signs of an alphabet nobody can read. Kicks run through it as a wave that lifts the towers, the bass lights the streets, the voice is written on the roofs, everything else climbs the walls in bands; on each beat some towers become other signs.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Type"],
  "INPUTS": [
    {"NAME": "speed", "LABEL": "Speed", "TYPE": "float", "MIN": 0.1, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "relief", "LABEL": "Relief", "TYPE": "float", "MIN": 0.2, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "tilt", "LABEL": "Tilt", "TYPE": "float", "MIN": 0.35, "MAX": 1.4, "DEFAULT": 0.64},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "change", "LABEL": "Change", "TYPE": "float", "MIN": 0.01, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 3, "HEIGHT": 1},
    {"TARGET": "signs", "PERSISTENT": true, "FLOAT": true, "WIDTH": 32, "HEIGHT": 32},
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

const int MARCH_STEPS = 52;
const float REACH = 26.0;
const float TOWN = 32.0;                      // cells after which the signs come again
const float STROKE = 0.085;                   // half the width of a stroke; a cell is 1 wide

const vec3 EMBER = vec3(1.00, 0.36, 0.10);    // drums
const vec3 COBALT = vec3(0.06, 0.16, 1.00);   // bass
const vec3 BONE = vec3(1.00, 0.66, 0.52);     // vocals
const vec3 MINT = vec3(0.08, 0.80, 0.60);     // other
const vec3 MOON = vec3(0.30, 0.42, 0.70);

// state 0: camera xy, heading, bass;  state 1: build, drop, presence, kick;  state 2: voice, other, sway, voice's clock
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    if (column < 0.5) {
        float pace = speed * (0.02 + 0.43 * s1.z + 0.25 * s0.w + 1.2 * s1.x + 2.5 * s1.y);
        s0.z = 0.6 * sin(0.031 * TIME) + 0.25 * s2.z + 0.5;
        s0.xy = mod(s0.xy + d * pace * vec2(sin(s0.z), cos(s0.z)), TOWN);
        return vec4(s0.xyz, follow(s0.w, bass_level, d, 0.06, 0.4));
    }
    if (column < 1.5) {
        return vec4(follow(s1.x, build, d, 0.8, 0.3), follow(s1.y, drop, d, 0.08, 1.0),
                    follow(s1.z, all_presence, d, 1.0, 3.0), follow(s1.w, kick_hits * kick_hits, d, 0.01, 0.2));
    }
    return vec4(follow(s2.x, vocals_level, d, 0.05, 0.35), follow(s2.y, other_level, d, 0.1, 0.6),
                follow(s2.z, sin(TAU * fract(0.25 * (bar_count + bar_phase))) * all_presence, d, 1.0, 1.0),
                mod(s2.w + d * (0.3 + 1.4 * vocals_level), 512.0));
}

// --- the alphabet: a sign is a stem, and two or three of these strokes about it -------------------

float segment(vec2 p, vec2 a, vec2 b) { return sqrt(segment_distance_2(a - p, b - p)); }

float arc(vec2 p, vec2 middle, float r, float from_side) {               // half a circle, open to one side
    vec2 q = p - middle;
    q.x *= from_side;
    return q.x > 0.0 ? abs(length(q) - r) : length(vec2(q.x, abs(q.y) - r));
}

float stroke(vec2 p, float kind) {            // in a box of -0.3 to 0.3
    if (kind < 1.0) return segment(p, vec2(-0.3, -0.3), vec2(-0.3, 0.3));
    if (kind < 2.0) return segment(p, vec2(-0.3, 0.3), vec2(0.3, 0.3));
    if (kind < 3.0) return segment(p, vec2(-0.3, -0.3), vec2(0.3, -0.3));
    if (kind < 4.0) return segment(p, vec2(-0.3, -0.3), vec2(0.3, 0.3));
    if (kind < 5.0) return arc(p, vec2(0.0, 0.0), 0.3, 1.0);
    if (kind < 6.0) return arc(p, vec2(0.0, 0.0), 0.3, -1.0);
    if (kind < 7.0) return segment(p, vec2(-0.3, 0.0), vec2(0.15, 0.0));
    if (kind < 8.0) return arc(p, vec2(0.0, 0.15), 0.15, 1.0);
    if (kind < 9.0) return length(p - vec2(0.22, -0.22)) - 0.04;
    return segment(p, vec2(0.3, -0.3), vec2(0.3, 0.1));
}

// What stands on a cell: r its two or three strokes, g height, b when it last changed, a unused.
vec4 next_sign() {
    vec4 held = IMG_THIS_NORM_PIXEL(signs);
    vec2 cell = floor(gl_FragCoord.xy);
    vec3 dice = hash_3(cell + 5.0);
    // on each beat a few towers are due; a cell's own number says on which
    float due = floor((beat_count + 97.0 * dice.x) * change * 0.25 * (0.5 + dice.y));
    if (all_presence < 0.05) due = floor(held.b);
    vec3 now = hash_3(cell + 64.0 * mod(due, 61.0));
    float d = min(TIMEDELTA, 0.1);
    float target = 0.30 + 1.7 * now.z * now.z * (0.3 + 0.7 * dice.z) + (dice.x > 0.92 ? 1.1 : 0.0);
    float kinds = floor(now.x * 10.0) + 10.0 * floor(now.y * 10.0);
    bool fresh = FRAMEINDEX == 0 || TIMEDELTA <= 0.0;
    float height = fresh ? target : follow(held.g, held.r == kinds ? target : 0.0, d, 0.25, 0.06);
    float shown = fresh || height < 0.06 ? kinds : held.r;               // it sinks, changes, and rises
    return vec4(shown, height, due, 1.0);
}

// A tower: where p stands from its sign (negative inside), and its height.
struct Tower { float away, height; vec2 cell; };

Tower tower_at(vec2 p, vec4 s0, vec4 s1) {
    Tower t;
    t.cell = floor(p);
    vec4 sign_ = texelFetch(signs, ivec2(mod(t.cell, TOWN)), 0);
    vec2 q = fract(p) - 0.5;
    float one = mod(sign_.r, 10.0), two = floor(sign_.r / 10.0), three = mod(one * 3.0 + two * 7.0 + 2.0, 10.0);
    t.away = min(min(stroke(q, one), stroke(q, two)), stroke(q, three)) - STROKE;
    float r = length(t.cell + 0.5 - s0.xy - 2.5 * vec2(sin(s0.z), cos(s0.z)));
    float wave = past(FAMILY_KICK, QUANTITY_HITS, r * 0.09);
    t.height = relief * (sign_.g * (1.0 + 0.3 * s1.x) + (0.40 * wave * wave + 0.4 * s1.y) * exp(-0.12 * r));
    return t;
}

struct Ray { vec3 from, to; };

Ray camera(vec2 uv, vec4 s0, vec4 s1, vec4 s2) {
    vec2 screen = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float height = 4.1 - 0.6 * s1.x + 0.5 * s1.y;
    vec3 rd = normalize(vec3(screen, 1.75 - 0.15 * s1.y));
    rd.xy *= rotation(0.06 * s2.z);
    rd.yz *= rotation(-(tilt + 0.05 * sin(0.05 * TIME)));                // down
    rd.xz *= rotation(-s0.z);
    return Ray(vec3(s0.x, height, s0.y), rd);
}

vec3 view(vec2 uv, vec4 s0, vec4 s1, vec4 s2) {
    Ray eye = camera(uv, s0, s1, s2);
    vec3 ro = eye.from, rd = eye.to;
    float top = relief * (3.6 + 0.5 * s1.y + 1.0 * s1.x);
    float t = max((ro.y - top) / max(-rd.y, 0.05), 0.0), hit = 0.0;
    vec3 p = ro;
    Tower tower;
    bool wall = false;
    for (int i = 0; i < MARCH_STEPS; i++) {
        p = ro + rd * t;
        tower = tower_at(p.xz, s0, s1);
        float over = p.y - tower.height, d = max(tower.away, over);
        if (p.y < 0.0 || d < 0.0015 * t || t > REACH) break;
        // no further than to the edge of the cell: the next one has another sign
        vec2 to_edge = (step(0.0, rd.xz) - fract(p.xz)) / (abs(rd.xz) + 1e-4) * sign(rd.xz);
        float leave = min(abs(to_edge.x), abs(to_edge.y)) + 0.004;
        float ground = p.y / max(-rd.y, 0.02);
        t += min(min(max(d, 0.002 * t), leave), ground + 0.001);
    }
    float fog = exp(-0.0028 * t * t);
    vec3 c = vec3(0.0);
    if (t > REACH) return MOON * 0.01;
    vec3 id = hash_3(mod(tower.cell, TOWN) + 9.0);
    float far = length(tower.cell + 0.5 - s0.xy - 2.5 * vec2(sin(s0.z), cos(s0.z)));
    float kick = past(FAMILY_KICK, QUANTITY_HITS, far * 0.09), snare = past(FAMILY_SNARE, QUANTITY_HITS, far * 0.05);
    float pixel = 1.2 * t / RENDERSIZE.y;
    kick *= kick;
    if (p.y < 0.012) {                        // the street: wet, with the bass running below it
        float near = max(tower.away, 0.0);
        vec2 grid = abs(fract(p.xz) - 0.5);
        float kerb = smoothstep(0.5 - 0.012 - pixel, 0.5, max(grid.x, grid.y));
        float pulse = past(FAMILY_BASS, QUANTITY_LEVEL, far * 0.12);
        c = MOON * 0.006 + COBALT * pulse * pulse * (0.45 * exp(-near * 6.0) + 2.2 * kerb);
        c += EMBER * kick * 0.5 * exp(-near * 9.0) + MOON * 0.03 * kerb;
        c += BONE * s2.x * s2.x * 0.04 * exp(-near * 5.0) * id.x;
    } else if (p.y > tower.height - 0.02 - 0.01 * t) {                   // a roof
        float depth = -tower.away, edge = smoothstep(0.030 + pixel, 0.012, depth), core = smoothstep(0.012 + pixel, 0.004, abs(depth - 0.055));
        float voice = past(FAMILY_VOCALS, QUANTITY_LEVEL, fract(id.y + 0.05 * s2.w) * 1.2);
        float sung = smoothstep(0.55, 0.75, hash_2(tower.cell + floor(0.5 * s2.w + id.x)));
        c = MOON * 0.020 + BONE * sung * voice * voice * (0.20 + 2.2 * core);
        c += MOON * (0.03 + 0.16 * id.z * id.z) * edge + (EMBER * 2.2 * kick + vec3(0.8, 0.9, 1.0) * 1.2 * snare * snare * step(0.7, id.z)) * edge;
    } else {                                  // a wall
        float up = p.y / max(tower.height, 0.1);
        float band = stem_spectrum_at(3, 0.12 + 0.75 * id.x), reach = band * 1.25 * smoothstep(0.0, 0.6, s2.y);
        float storey = fract(p.y * 9.0), fine = clamp(9.0 * pixel, 0.0, 0.5);
        float window = smoothstep(0.15 - fine, 0.15 + fine, storey) * smoothstep(0.75 + fine, 0.75 - fine, storey);
        float level = floor(p.y * 9.0) / 9.0 / max(tower.height, 0.1);
        float lit = step(level + 0.02, reach) * step(0.35, id.y);
        c = MOON * 0.008 * (0.3 + up) + MINT * lit * window * (0.25 + 3.2 * reach * reach * (0.35 + 0.65 * level));
        float warm = step(0.90, hash_2(tower.cell * 7.0 + vec2(floor(p.y * 9.0), floor(atan(fract(p.z) - 0.5, fract(p.x) - 0.5) * 3.0))));
        c += vec3(1.0, 0.72, 0.42) * 0.12 * warm * window;               // someone is always awake
        c += COBALT * s0.w * s0.w * 0.8 * exp(-4.0 * p.y) + EMBER * kick * 0.6 * exp(-3.0 * (tower.height - p.y));
        c += vec3(0.8, 0.9, 1.0) * 0.8 * snare * snare * smoothstep(0.06, 0.0, abs(up - fract(far * 0.31))) * step(0.6, id.y);
    }
    c = c * fog + (MOON * 0.010 + COBALT * 0.05 * s0.w * s0.w + EMBER * 0.05 * s1.w + BONE * 0.2 * s1.y * s1.y) * (1.0 - fog);
    return c;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        gl_FragColor = next_sign();
    } else if (PASSINDEX == 2) {
        vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
        float keep = TIMEDELTA <= 0.0 ? 0.0 : exp(-min(TIMEDELTA, 0.1) / 0.022);
        vec2 jitter = (hash_3(vec2(mod(float(FRAMEINDEX), 64.0), 3.0)).xy - 0.5) * 2.0 * keep / RENDERSIZE;      // smooth edges, if draws are many enough to add up
        vec3 now = min(view(uv + jitter, s0, s1, s2), 20.0), before = IMG_NORM_PIXEL(city, uv).rgb;
        gl_FragColor = vec4(mix(now, before, keep), 1.0);
    } else if (PASSINDEX == 3) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += shining(IMG_NORM_PIXEL(city, uv + vec2(x * 1.5 / RENDERSIZE.x, 0.0)).rgb, 0.8) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == 4) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.5 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = (IMG_NORM_PIXEL(city, uv).rgb + 0.55 * IMG_NORM_PIXEL(bloom, uv).rgb) * light;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
