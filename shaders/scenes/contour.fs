/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A flight over land cut from paper, made of what was played. Under the sun the music of now rises as mountains and comes towards us for six seconds: drums are the peaks on the left, the voice the dune in the middle, the bass the massif on the right, everything else the tableland far left. Kicks climb the contour lines, the snare lights every fourth, hats are survey lights, the sun is the voice.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Landscape", "Graphic"],
  "INPUTS": [
    {"NAME": "relief", "LABEL": "Height of the land", "TYPE": "float", "MIN": 0.2, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "lines", "LABEL": "Lines a metre", "TYPE": "float", "MIN": 2.0, "MAX": 12.0, "DEFAULT": 6.0},
    {"NAME": "shine", "LABEL": "Light of the lines", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "ease", "LABEL": "Sway", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 4, "HEIGHT": 1},
    {"TARGET": "reel", "FLOAT": true, "WIDTH": 2, "HEIGHT": 256},
    {"TARGET": "land", "FLOAT": true, "WIDTH": 224, "HEIGHT": 320},
    {"TARGET": "sheet", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

const int MARCH_STEPS = 80;
const float SKYLINE = 11.5;                   // where the land of now rises, metres ahead
const float METRES_A_SECOND = 2.0;            // so that it is under us after 5.8 s
const float DEPTH = 26.0, HALF_WIDTH = 11.0;  // of the map
const vec2 MAP_PX = vec2(224.0, 320.0);
const float PLAIN = 0.28;                     // its height beyond the skyline
const float LAP = 512.0;                      // metres after which the noise repeats

// state 0: way, bass, voice, other;  state 1: drop, build, sway, presence;  state 2: kick, snare, rise of the sun, drift;  state 3: way over the plain
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0);
    if (column < 0.5) return vec4(mod(s0.x + d * METRES_A_SECOND, LAP), follow(s0.y, bass_level, d, 0.05, 0.35),
                                  follow(s0.z, vocals_level, d, 0.08, 0.5), follow(s0.w, other_level, d, 0.25, 1.0));
    if (column < 1.5) return vec4(follow(s1.x, drop, d, 0.10, 1.0), follow(s1.y, build, d, 0.8, 0.4),
                                  follow(s1.z, sin(TAU * bar_phase) * all_presence, d, 0.7, 0.7), follow(s1.w, all_presence, d, 1.0, 3.0));
    if (column < 2.5) return vec4(follow(s2.x, kick_hits * kick_hits, d, 0.01, 0.2), follow(s2.y, snare_hits * snare_hits, d, 0.01, 0.25),
                                  follow(s2.z, vocals_presence, d, 2.0, 4.0), mod(s2.w + d * (0.05 + 0.5 * s0.y * s0.y), 1000.0));
    return vec4(mod(s3.x + d * (0.16 + (METRES_A_SECOND - 0.16) * s1.w), LAP), 0.0, 0.0, 0.0);
}

// --- the land -----------------------------------------------------------------------------------

float ground(vec2 p, float lap) {             // value noise that repeats after `lap` in y
    vec2 i = floor(p), f = p - i;
    f = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    float a = mod(i.y, lap), b = mod(i.y + 1.0, lap);
    return mix(mix(hash_2(vec2(i.x, a)), hash_2(vec2(i.x + 1.0, a)), f.x),
               mix(hash_2(vec2(i.x, b)), hash_2(vec2(i.x + 1.0, b)), f.x), f.y);
}

// The last seconds, rounded as land is: 0.3 s before now (what is not yet played is plain) to 6 s ago.
const float REEL_FROM_S = -0.3, REEL_S = 6.3;

float rounded(int family, int quantity, float seconds_ago) {
    float sum = 0.0;
    for (int i = -12; i <= 12; i++) {
        float s = seconds_ago + 0.025 * float(i), x = float(i) / 12.0;
        if (s > 0.0) sum += past(family, quantity, s) * (1.0 - x * x) * (1.0 - x * x);
    }
    return sum / 12.8;
}

vec4 reel_line(float column, float seconds_ago) {
    if (column > 0.5) return vec4(rounded(FAMILY_OTHER, QUANTITY_LEVEL, seconds_ago));
    return vec4(rounded(FAMILY_KICK, QUANTITY_HITS, seconds_ago), rounded(FAMILY_SNARE, QUANTITY_HITS, seconds_ago),
                rounded(FAMILY_BASS, QUANTITY_LEVEL, seconds_ago), rounded(FAMILY_VOCALS, QUANTITY_LEVEL, seconds_ago));
}

vec4 reel_at(float column, float seconds_ago) {
    return IMG_NORM_PIXEL(reel, vec2(column * 0.5 + 0.25, (seconds_ago - REEL_FROM_S) / REEL_S));
}

float hill(float x, float width) { float q = x / width; return exp(-q * q); }

vec2 unruled(vec2 p) { return p + vec2(0.8 * sin(50.0 * TAU / LAP * p.y), 0.7 * sin(0.9 * p.x) + 0.5 * p.x); }   // no grid to be seen

float height_of(vec2 at, float way, float slow_way) {   // at: metres across, metres ahead
    float seconds_ago = (SKYLINE - at.y) / METRES_A_SECOND, x = at.x;
    vec2 plain = unruled(at + vec2(0.0, slow_way)), range = unruled(at + vec2(0.0, way));
    float base = 0.10 + 0.80 * ground(plain * 0.25 + 40.0, LAP * 0.25) * ground(plain * 0.75 + 70.0, LAP * 0.75) + 0.07 * ground(plain * 2.0, LAP * 2.0);
    base = mix(base, PLAIN, smoothstep(SKYLINE, SKYLINE + 6.0, at.y));
    float bend = ground(range * 0.25 + 10.0, LAP * 0.25) - 0.5, mid = ground(range * 0.75 + 90.0, LAP * 0.75), fine = ground(range * 2.0, LAP * 2.0);
    float rough = 0.60 + 0.65 * mid + 0.24 * fine;
    float h = 0.0;
    if (seconds_ago > REEL_FROM_S) {
        vec4 played = reel_at(0.0, seconds_ago);
        float other = reel_at(1.0, seconds_ago).x;
        h += 3.9 * played.x * hill(x + 3.1 + bend, 0.85) + 2.4 * played.y * hill(x + 1.6 - 0.6 * bend, 0.50);
        h += 3.3 * played.z * played.z * hill(x - 4.7 + 1.6 * bend, 1.5);
        h += 1.25 * played.w * hill(x - 1.2 + 1.6 * bend, 0.8) * (1.1 - 0.3 * fine);
        float table = smoothstep(-4.8, -6.0, x + 1.5 * bend);
        h += 1.7 * other * table;
    }
    float valley = smoothstep(0.0, 2.0, at.y);
    return relief * (base + 1.25 * h * rough * valley);
}

vec2 map_uv(vec2 at) { return vec2(at.x / HALF_WIDTH * 0.5 + 0.5, at.y / DEPTH); }

float land_at(vec2 at) { return IMG_NORM_PIXEL(land, map_uv(at)).r; }

float smooth_land_at(vec2 at) {               // cubic, for lines without kinks
    vec2 p = map_uv(at) * MAP_PX - 0.5, i = floor(p), f = p - i, g = 1.0 - f;
    vec2 w0 = g * g * g / 6.0, w1 = (4.0 - 6.0 * f * f + 3.0 * f * f * f) / 6.0, w3 = f * f * f / 6.0, w2 = 1.0 - w0 - w1 - w3;
    vec2 a = w0 + w1, b = w2 + w3, pa = (i - 0.5 + w1 / a) / MAP_PX, pb = (i + 1.5 + w3 / b) / MAP_PX;
    return a.y * (a.x * IMG_NORM_PIXEL(land, pa).r + b.x * IMG_NORM_PIXEL(land, vec2(pb.x, pa.y)).r)
         + b.y * (a.x * IMG_NORM_PIXEL(land, vec2(pa.x, pb.y)).r + b.x * IMG_NORM_PIXEL(land, pb).r);
}

// --- paper --------------------------------------------------------------------------------------

vec3 paper(float h) {             // from the valley to the summit
    const vec3 INDIGO = vec3(0.012, 0.014, 0.055), PLUM = vec3(0.085, 0.020, 0.110), WINE = vec3(0.36, 0.045, 0.13);
    const vec3 CORAL = vec3(0.95, 0.20, 0.13), PEACH = vec3(1.00, 0.52, 0.26), CREAM = vec3(1.00, 0.86, 0.66);
    float k = clamp(h, 0.0, 1.0) * 5.0;
    vec3 c = mix(INDIGO, PLUM, smoothstep(0.0, 1.0, k));
    c = mix(c, WINE, smoothstep(1.0, 2.0, k));
    c = mix(c, CORAL, smoothstep(2.0, 3.0, k));
    c = mix(c, PEACH, smoothstep(3.0, 4.0, k));
    return mix(c, CREAM, smoothstep(4.0, 5.0, k));
}

vec3 sky(vec3 rd, vec4 s0, vec4 s1, vec4 s2) {
    vec2 at = rd.xy / rd.z - vec2(0.10, 0.10 + 0.10 * s2.z + 0.05 * s0.z);
    float r = length(at), size = 0.17 + 0.03 * s0.z + 0.015 * s2.x + 0.16 * s1.x, pixel = 1.5 / RENDERSIZE.y;
    float ring = (r - size) * 5.5 - 0.35 * s0.w, k = floor(ring), f = ring - k;
    float kick = past(FAMILY_KICK, QUANTITY_HITS, max(r - size, 0.0) / 0.9);
    float voice = 0.25 + 0.75 * s0.z;
    vec3 c = paper(0.30 * exp(-0.38 * max(k, 0.0)) * (0.45 + 0.35 * voice + 0.4 * s0.w) + 0.42 * s1.x * exp(-0.12 * max(k, 0.0)));
    c = mix(c, vec3(0.004, 0.075, 0.085) * exp(-0.10 * k), 0.7 * s0.w * smoothstep(0.0, 3.0, k));          // other: the far rings turn to the sea's colour
    c *= 1.0 - 0.35 * exp(-f * 5.0) * step(0.5, k);
    float fine = pixel * 5.5;
    c += vec3(1.0, 0.45, 0.22) * kick * kick * (0.05 + 0.5 * smoothstep(2.5 * fine, 0.5 * fine, min(f, 1.0 - f))) * exp(-0.9 * r) * 0.8 * shine;
    float disc = 1.0 - smoothstep(size - pixel, size + pixel, r);
    float loud = min(s0.z * s0.z + 0.6 * s1.x, 1.0), low = clamp(at.y / size * 0.5 + 0.5, 0.0, 1.0);
    vec3 sun = mix(mix(vec3(0.42, 0.035, 0.07), vec3(0.62, 0.12, 0.06), low), mix(vec3(1.5, 0.42, 0.20), vec3(1.7, 1.25, 0.75), low), loud);
    return mix(c, sun, disc);
}

struct Ray { vec3 from, to; };

Ray camera(vec2 uv, vec4 s0, vec4 s1) {
    vec2 jitter = hash_3(vec2(mod(float(FRAMEINDEX), 64.0), 11.0)).xy - 0.5;
    vec2 screen = (uv * 2.0 - 1.0 + jitter * 1.6 / RENDERSIZE) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float sway = ease * (0.6 * s1.z + 0.8 * sin(TIME * 0.09));
    vec3 ro = vec3(0.55 * sway, 2.15 + 0.15 * sin(TIME * 0.13) * ease + 0.7 * s1.x - 0.3 * s1.y, -0.4);
    vec3 rd = normalize(vec3(screen, 1.15 + 0.25 * s1.y - 0.15 * s1.x));
    rd.xy *= rotation(0.05 * sway);
    rd.yz *= rotation(-0.14);
    rd.xz *= rotation(-0.05 * sway);
    return Ray(ro, rd);
}

vec3 render(vec2 uv) {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    Ray eye = camera(uv, s0, s1);
    vec3 ro = eye.from, rd = eye.to;
    float t = max(0.3, (ro.y - 4.5 * relief) / max(-rd.y, 1e-3) * step(rd.y, 0.0)), before = t, gap = 1.0, gap_before = 1.0;
    bool hit = false;
    for (int i = 0; i < MARCH_STEPS; i++) {
        vec3 p = ro + rd * t;
        if (p.z > DEPTH || p.y > 4.5) break;
        gap = p.y - land_at(p.xz);
        if (gap < 0.0) { hit = true; break; }
        before = t;
        gap_before = gap;
        t += clamp(0.26 * gap, 0.015 + 0.005 * t, 1.0);
    }
    vec3 above = sky(rd, s0, s1, s2);
    if (!hit && rd.y > -0.002) return above;
    if (hit) {
        for (int i = 0; i < 3; i++) {                             // secant
            float middle = mix(before, t, clamp(gap_before / max(gap_before - gap, 1e-4), 0.1, 0.9));
            float there = ro.y + rd.y * middle - smooth_land_at((ro + rd * middle).xz);
            if (there < 0.0) { t = middle; gap = there; } else { before = middle; gap_before = there; }
        }
        t = mix(before, t, clamp(gap_before / max(gap_before - gap, 1e-4), 0.0, 1.0));
    } else {
        t = (PLAIN - ro.y) / rd.y;                                // steps ran out far off, where it is flat
    }
    vec3 p = ro + rd * t;

    float e = 0.10, h = smooth_land_at(p.xz);
    vec2 slope = vec2(smooth_land_at(p.xz + vec2(e, 0)) - smooth_land_at(p.xz - vec2(e, 0)),
                      smooth_land_at(p.xz + vec2(0, e)) - smooth_land_at(p.xz - vec2(0, e))) / (2.0 * e);
    float steep = length(slope) + 0.02, density = lines * (1.0 + 0.6 * s1.y);
    float level = h * density - s2.w, k = floor(level), f = level - k;
    float sheet_h = (k + s2.w) / density;                         // the height of this sheet
    vec3 c = paper(0.30 * sheet_h / relief);
    float away = (1.0 - f) / density / steep;                     // metres to the next sheet above
    c *= 1.0 - 0.55 * exp(-away / 0.10);                          // which casts its shadow
    c *= 0.75 + 0.25 * clamp(1.0 - slope.x * 0.7 - slope.y * 0.3, 0.0, 2.0);

    // the lines
    float view = max(dot(normalize(vec3(-slope.x, 1.0, -slope.y)), -rd), 0.08);
    float pixel = 0.8 * t / RENDERSIZE.y / view * density * steep, off = min(f, 1.0 - f);
    float line = (1.0 - smoothstep(0.7 * pixel, 1.7 * pixel + 0.004, off)) / (1.0 + 1.5 * pixel);
    float nearest = floor(level + 0.5), fourth = 1.0 - step(0.5, abs(mod(nearest, 4.0)));
    float climb = past(FAMILY_KICK, QUANTITY_HITS, h / relief * 0.22), mist = exp(-0.035 * t);
    float lit = 0.16 + 0.22 * fourth + 1.3 * climb * climb + 1.6 * fourth * s2.y;
    vec3 ink = mix(vec3(0.55, 0.45, 0.95), vec3(1.0, 0.75, 0.45), smoothstep(0.3, 1.6, h / relief));
    c += shine * ink * line * lit * mist;

    // hats: survey lights in the plain
    vec2 place = vec2(p.x, p.z + state_at(3.0).x), cell = floor(place);
    vec3 r3 = hash_3(vec2(cell.x, mod(cell.y, LAP)));
    vec2 o = fract(place) - 0.5 - 0.5 * (r3.xy - 0.5);
    float spot = exp(-dot(o, o) * 600.0 / (1.0 + 0.3 * t));
    float chosen = smoothstep(0.5, 1.0, fract(r3.z * 7.0 + mod(hat_count, 512.0) * 0.381966));
    c += vec3(0.5, 0.9, 1.0) * spot * (0.06 + 3.0 * hat_hits * hat_hits * chosen) * shine;

    return mix(vec3(0.030, 0.012, 0.055) + vec3(0.10, 0.02, 0.05) * s0.z * s0.z, c, exp(-0.00016 * t * t * t));
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        gl_FragColor = reel_line(floor(gl_FragCoord.x), REEL_FROM_S + REEL_S * uv.y);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(height_of(vec2((uv.x * 2.0 - 1.0) * HALF_WIDTH, uv.y * DEPTH), state_at(0.0).x, state_at(3.0).x), 0.0, 0.0, 1.0);
    } else if (PASSINDEX == 3) {
        vec3 now = min(render(uv), 20.0), before = IMG_NORM_PIXEL(sheet, uv).rgb;
        float keep = FRAMEINDEX == 0 ? 0.0 : exp(-min(TIMEDELTA, 0.1) / 0.016);
        gl_FragColor = vec4(mix(now, before, keep), 1.0);
    } else if (PASSINDEX == 4) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += shining(IMG_NORM_PIXEL(sheet, uv + vec2(x * 1.6 / RENDERSIZE.x, 0.0)).rgb, 1.0) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == 5) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.6 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = IMG_NORM_PIXEL(sheet, uv).rgb + 0.25 * IMG_NORM_PIXEL(bloom, uv).rgb;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv) * light, hue)), 1.0);
    }
}
