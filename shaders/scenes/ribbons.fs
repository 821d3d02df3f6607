/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Four silk ribbons, one a stem, that fly the last six seconds of themselves across the dark. A loud moment is wide and bright and travels with the cloth: drums are gold and kinked by every hit, the bass a broad blue sail, the voice a rose scarf that rises as it sings, everything else a sea-green veil.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Object", "Light"],
  "INPUTS": [
    {"NAME": "flight", "LABEL": "Flight", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "width", "LABEL": "Width", "TYPE": "float", "MIN": 0.3, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "twist", "LABEL": "Twist", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "depth", "LABEL": "Depth of field", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 5, "HEIGHT": 1},
    {"TARGET": "cloth", "FLOAT": true, "WIDTH": 97, "HEIGHT": 12},
    {"TARGET": "reach", "FLOAT": true, "WIDTH": 24, "HEIGHT": 4},
    {"TARGET": "tiles", "FLOAT": true, "WIDTH": 64, "HEIGHT": 36},
    {"TARGET": "silk", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

// cloth: a column is a cut across the four ribbons, age from now to 5.6 s ago. Row 3k: both edges on the
// screen (y from -1 to 1). Row 3k+1: blur, loudness then, how far along, hit then. Row 3k+2: where the cut
// faces (a unit vector in the room) and its distance. A run is 4 pieces of cloth; tiles know theirs by bits.
const int RUN = 4;
const int RUNS = 24;
const float CUTS = 97.0;
const float HISTORY_S = 5.6;
const float FOCAL = 2.1;
const float FOCUS = 3.0;
const vec3 GOLD = vec3(1.00, 0.48, 0.10);
const vec3 DEEP = vec3(0.08, 0.20, 1.00);
const vec3 ROSE = vec3(1.00, 0.11, 0.26);
const vec3 SEA = vec3(0.05, 0.78, 0.60);
const vec3 MOON = vec3(0.30, 0.38, 0.60);

vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

// state 0: clocks of the four flights;  state 1: smooth levels;  state 2: build, drop, sway, kick
// state 3: presence, camera's clock, snare, bass twist
vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0);
    if (column < 0.5) return mod(s0 + d * flight * (vec4(0.34, 0.24, 0.30, 0.20) + vec4(0.30, 0.25, 0.50, 0.30) * s1 + 0.9 * s2.y + 0.5 * s2.x), 200.0 * TAU);
    if (column < 1.5) return vec4(follow(s1.x, drums_level, d, 0.02, 0.3), follow(s1.y, bass_level, d, 0.06, 0.4),
                                  follow(s1.z, vocals_level, d, 0.06, 0.4), follow(s1.w, other_level, d, 0.15, 0.7));
    if (column < 2.5) return vec4(follow(s2.x, build, d, 0.7, 0.3), follow(s2.y, drop, d, 0.08, 1.0), follow(s2.z, sin(TAU * bar_phase) * all_presence, d, 0.5, 0.5),
                                  follow(s2.w, kick_hits * kick_hits, d, 0.005, 0.2));
    return vec4(follow(s3.x, all_presence, d, 1.0, 2.5), mod(s3.y + d * (0.07 + 0.06 * s3.x + 0.5 * s2.y), 200.0 * TAU), follow(s3.z, snare_hits, d, 0.005, 0.25), 0.0);
}

float heard(int stem, int quantity, float ago) {       // without steps: cloth has no corners
    float sum = 0.0;
    for (int k = -2; k <= 2; k++) sum += past(FAMILY_DRUMS + stem, quantity, max(ago + 0.055 * float(k), 0.0)) * (0.36 - 0.08 * abs(float(k)) - 0.03 * float(k * k));
    return sum / 1.02;
}

struct Cut { vec3 at, side; float level, hit; };

Cut cut_at(int stem, float age) {
    vec4 s0 = state_at(0.0), s2 = state_at(2.0), s3 = state_at(3.0);
    float k = float(stem), f = s0[stem] - 0.85 * age;
    Cut cut;
    cut.level = heard(stem, QUANTITY_LEVEL, age);
    cut.hit = past(FAMILY_DRUMS + stem, QUANTITY_HITS, age);
    float home = stem == 0 ? -0.05 : (stem == 1 ? -0.42 : (stem == 2 ? 0.12 : 0.42)), free = 1.0 - 0.6 * s2.x + 0.4 * s2.y;
    cut.at = vec3(2.95 - 1.06 * age + 0.40 * sin(1.9 * f + 1.7 * k),
                  home * (1.0 - 0.5 * s2.x) + free * (0.50 * sin(1.25 * f + 1.3 * k) + 0.22 * sin(2.6 * f + 2.1 * k)),
                  FOCUS + 0.15 + 0.95 * free * sin(1.05 * f + 2.4 * k + 1.0) + 0.10 * age);
    cut.at.y += stem == 2 ? 0.30 * cut.level * cut.level : (stem == 0 ? 0.22 * cut.hit * cut.hit * sin(9.0 * age) : 0.0);
    float wide = stem == 0 ? 0.20 : (stem == 1 ? 0.56 : (stem == 2 ? 0.36 : 0.48));
    float size = width * wide * (0.22 + 0.90 * cut.level + 0.35 * s2.y) * smoothstep(0.0, 0.7, age + 0.25);
    float turn = twist * (1.7 * f + 1.1 * sin(1.3 * f + k) + 2.0 * s2.x * sin(2.0 * f)) + 1.5 * k;
    cut.side = size * vec3(0.25 * sin(turn * 0.5), cos(turn), sin(turn));
    // the eye goes round a little
    mat2 yaw = rotation(0.34 * sin(s3.y) + 0.05 * s2.z), pitch = rotation(0.16 * sin(0.77 * s3.y + 1.0));
    cut.at.z -= FOCUS;
    cut.at.xz = yaw * cut.at.xz; cut.at.yz = pitch * cut.at.yz;
    cut.side.xz = yaw * cut.side.xz; cut.side.yz = pitch * cut.side.yz;
    cut.at.z += FOCUS - 0.35 * s2.y;
    return cut;
}

vec2 on_screen(vec3 p) { return p.xy * FOCAL / max(p.z, 0.5); }

vec4 woven() {
    int row = int(gl_FragCoord.y), stem = row / 3, part = row - 3 * stem;
    float along = floor(gl_FragCoord.x) / (CUTS - 1.0), age = along * HISTORY_S;
    Cut cut = cut_at(stem, age);
    if (part == 0) {
        vec2 a = on_screen(cut.at - cut.side), b = on_screen(cut.at + cut.side), along_it = on_screen(cut_at(stem, age + 0.03).at) - on_screen(cut.at);
        vec2 across = vec2(-along_it.y, along_it.x) / max(length(along_it), 1e-5);
        float half_ = 0.5 * dot(b - a, across), more = max(0.004 - abs(half_), 0.0) * (half_ < 0.0 ? -1.0 : 1.0);
        return vec4(a - across * more, b + across * more);          // edge-on, cloth is still a thread
    }
    if (part == 1) {
        float blur = 0.003 + 0.24 * depth * abs(1.0 - FOCUS / max(cut.at.z, 0.6)) / max(cut.at.z, 0.6);
        return vec4(max(blur, 1.3 / IMG_SIZE(silk).y), cut.level, along, cut.hit);
    }
    Cut next = cut_at(stem, age + 0.03);
    vec3 face = cross(next.at - cut.at, cut.side);
    return vec4(face / max(length(face), 1e-6), cut.at.z);
}

vec4 run_box() {
    vec2 low = vec2(1e4), high = vec2(-1e4);
    float first = floor(gl_FragCoord.x) * float(RUN), row = floor(gl_FragCoord.y) * 3.0;
    for (int i = 0; i <= RUN; i++) {
        vec4 edges = IMG_PIXEL(cloth, vec2(first + float(i) + 0.5, row + 0.5));
        float blur = IMG_PIXEL(cloth, vec2(first + float(i) + 0.5, row + 1.5)).x * 1.5;
        low = min(low, min(edges.xy, edges.zw) - blur);
        high = max(high, max(edges.xy, edges.zw) + blur);
    }
    return vec4(low, high);
}

vec4 tile_runs() {
    vec2 size = IMG_SIZE(silk), stretch = vec2(size.x / size.y, 1.0);
    vec2 low = (floor(gl_FragCoord.xy) / RENDERSIZE * 2.0 - 1.0) * stretch, high = ((floor(gl_FragCoord.xy) + 1.0) / RENDERSIZE * 2.0 - 1.0) * stretch;
    vec4 runs = vec4(0.0);
    float bit = 1.0;
    for (int i = 0; i < RUNS; i++) {
        for (int stem = 0; stem < 4; stem++) {
            vec4 box = IMG_PIXEL(reach, vec2(float(i) + 0.5, float(stem) + 0.5));
            if (all(lessThan(box.xy, high)) && all(greaterThan(box.zw, low))) runs[stem] += bit;
        }
        bit *= 2.0;
    }
    return runs;
}

float cross_2(vec2 a, vec2 b) { return a.x * b.y - a.y * b.x; }

// Where p lies in the piece of cloth between two cuts: x along, y across, 0..1 each; far outside if not in it.
vec2 place_in_cloth(vec2 p, vec4 first, vec4 last) {
    vec2 e = last.xy - first.xy, f = first.zw - first.xy, g = first.xy - last.xy + last.zw - first.zw, h = p - first.xy;
    float k2 = cross_2(g, f), k1 = cross_2(e, f) + cross_2(h, g), k0 = cross_2(h, e), v;
    if (abs(k2) < 1e-3 * abs(k1)) {
        v = -k0 / (abs(k1) < 1e-7 ? 1e-7 : k1);
    } else {
        float w = k1 * k1 - 4.0 * k0 * k2;
        if (w < 0.0) return vec2(9.0);
        w = sqrt(w);
        float v1 = (-k1 - w) / (2.0 * k2), v2 = (-k1 + w) / (2.0 * k2);
        v = abs(v1 - 0.5) < abs(v2 - 0.5) ? v1 : v2;
    }
    vec2 across = e + g * v;
    float u = abs(across.x) > abs(across.y) ? (h.x - f.x * v) / across.x : (h.y - f.y * v) / (abs(across.y) < 1e-7 ? 1e-7 : across.y);
    return vec2(u, v);
}

struct Sheet { vec3 light; float clear; };

Sheet silk_at(vec2 p, vec2 uv) {
    vec4 runs = IMG_PIXEL(tiles, floor(uv * IMG_SIZE(tiles)) + 0.5), s2 = state_at(2.0), s0 = state_at(0.0), s3 = state_at(3.0);
    vec3 sun = normalize(vec3(-0.5 + 0.4 * s2.z, 0.75, -0.55));
    Sheet sheet = Sheet(vec3(0.0), 1.0);
    for (int stem = 0; stem < 4; stem++) {
        int bits = int(runs[stem] + 0.5);
        vec3 tint = stem == 0 ? GOLD : (stem == 1 ? DEEP : (stem == 2 ? ROSE : SEA));
        float row = 3.0 * float(stem);
        while (bits != 0) {                        // one run after the other, no look at those that are elsewhere
            int lowest = bits & -bits;
            bits ^= lowest;
            float column = floor(log2(float(lowest)) + 0.5) * float(RUN) + 0.5;
            vec4 first = IMG_PIXEL(cloth, vec2(column, row + 0.5));
            float before = cross_2(first.zw - first.xy, p - first.xy);
            for (int k = 0; k < RUN; k++) {
                vec4 last = IMG_PIXEL(cloth, vec2(column + float(k) + 1.0, row + 0.5));
                float after = cross_2(last.zw - last.xy, p - last.xy);
                bool between = before * after * dot(first.zw - first.xy, last.zw - last.xy) <= 0.0;
                vec2 at = vec2(9.0);
                if (between) at = place_in_cloth(p, first, last);
                before = after;
                if (at.x >= 0.0 && at.x < 1.0 && at.y > -2.0 && at.y < 3.0) {
                    vec4 data = mix(IMG_PIXEL(cloth, vec2(column + float(k), row + 1.5)), IMG_PIXEL(cloth, vec2(column + float(k) + 1.0, row + 1.5)), at.x);
                    vec4 face = mix(IMG_PIXEL(cloth, vec2(column + float(k), row + 2.5)), IMG_PIXEL(cloth, vec2(column + float(k) + 1.0, row + 2.5)), at.x);
                    float size = length(mix(first.zw - first.xy, last.zw - last.xy, at.x)) + 1e-4, soft = data.x / size;
                    float cover = smoothstep(-soft, soft, at.y) * smoothstep(-soft, soft, 1.0 - at.y);
                    if (cover > 0.001) {
                        float v = at.y * 2.0 - 1.0, age = data.z, level = data.y;
                        float fine = smoothstep(1.5, 5.0, 0.035 * size / data.x);
                        // the cloth is pleated: it faces us differently across its width
                        float pleat = sin(7.0 * v + 3.0 * sin(9.0 * age + s0[stem] * 0.7) + 2.0 * float(stem));
                        vec3 n = normalize(face.xyz + vec3(0.10, 0.45, 0.25) * pleat * 0.8);
                        n *= sign(-n.z + 1e-4);
                        float facing = abs(n.z), thin = 1.0 - facing;
                        float diffuse = clamp(dot(n, sun), 0.0, 1.0), back = clamp(-dot(n, sun), 0.0, 1.0);
                        float sheen = pow(clamp(dot(n, normalize(sun + vec3(0.0, 0.0, -1.0))), 0.0, 1.0), 24.0);
                        float threads = 1.0 + 0.22 * fine * cos(v * 90.0 + 5.0 * pleat);
                        float life = smoothstep(1.0, 0.55, age), edge = exp(-pow((1.0 - abs(v)) * size / (0.006 + data.x), 2.0));
                        float power = 0.20 - 0.12 * s3.x + 1.5 * level * level + 0.5 * s2.y;
                        vec3 body = mix(MOON * 0.5, tint, clamp(level * 2.2, 0.25, 1.0));
                        vec3 lit = body * (0.10 + 0.55 * diffuse + 0.75 * back * back + 0.9 * thin * thin * thin) * power * threads;
                        lit += mix(body, vec3(1.0, 0.95, 0.9), 0.55) * sheen * (0.10 + 1.3 * level) * 0.8 * threads;
                        lit += mix(body, vec3(1.0), 0.3) * edge * (0.05 + 0.7 * level * level);
                        lit += GOLD * (stem == 0 ? 2.2 * data.w * data.w : 0.0) * (0.4 + edge);
                        float alpha = cover * (0.20 + 0.35 * thin + 0.25 * level) * life;
                        float dim = 1.0 / (1.0 + 9.0 * max(data.x - 0.01, 0.0));           // light spread wide is faint
                        sheet.light += lit * cover * life * dim;
                        sheet.clear *= 1.0 - 0.7 * alpha;
                    }
                }
                first = last;
            }
        }
    }
    return sheet;
}

vec3 air_at(vec2 p) {                                  // the dark they fly in
    vec4 s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0);
    vec3 c = vec3(0.003, 0.004, 0.010) + MOON * 0.022 / (0.5 + dot(p - vec2(-0.9, 0.6), p - vec2(-0.9, 0.6)));
    c += (DEEP * s1.y * s1.y * 0.030 + ROSE * s1.z * s1.z * 0.014 + SEA * s1.w * s1.w * 0.012) / (0.5 + dot(p, p));
    c += GOLD * (0.03 * s2.w + 0.05 * s2.y) / (0.15 + dot(p, p));
    // dust out of focus; hats light it
    for (int layer = 0; layer < 2; layer++) {
        vec2 q = p * (2.6 + 2.2 * float(layer)) + vec2(0.09 * TIME * (1.0 + float(layer)) + 0.5 * sin(s3.y), 0.03 * TIME + 5.0 * float(layer));
        vec3 dice = hash_3(floor(q) + 19.0 * float(layer));
        vec2 off = fract(q) - 0.5 - 0.5 * (dice.xy - 0.5);
        float r = 0.05 + 0.12 * dice.z * dice.z, disc = 1.0 - smoothstep(r * 0.85, r, length(off));
        disc *= 0.6 + 0.4 * smoothstep(0.4 * r, r, length(off));
        float hat = hat_hits * hat_hits * step(0.6, fract(dice.z * 9.0 + mod(hat_count, 512.0) * 0.381966));
        c += mix(MOON, vec3(0.9, 0.8, 0.7), dice.x) * disc * step(0.62, dice.y) * (0.014 + 0.16 * hat);
    }
    return c;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        gl_FragColor = woven();
    } else if (PASSINDEX == 2) {
        gl_FragColor = run_box();
    } else if (PASSINDEX == 3) {
        gl_FragColor = tile_runs();
    } else if (PASSINDEX == 4) {
        vec2 p = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
        Sheet sheet = silk_at(p, uv);
        vec3 now = sheet.light * 0.85 + air_at(p) * sheet.clear;
        vec3 before = IMG_NORM_PIXEL(silk, uv).rgb;
        float keep = FRAMEINDEX == 0 ? 0.0 : exp(-min(TIMEDELTA, 0.1) / 0.035);
        gl_FragColor = vec4(mix(min(now, 20.0), before, keep), 1.0);
    } else if (PASSINDEX == 5) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            vec2 at = uv + vec2(x * 1.25 / RENDERSIZE.x, 0.0), e = 0.25 / RENDERSIZE;
            sum += shining(0.5 * IMG_NORM_PIXEL(silk, at + e).rgb + 0.5 * IMG_NORM_PIXEL(silk, at - e).rgb, 0.9) * exp(-x * x / 9.0);
        }
        gl_FragColor = vec4(sum / 5.31, 1.0);
    } else if (PASSINDEX == 6) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float y = float(i);
            sum += IMG_NORM_PIXEL(bloom_x, uv + vec2(0.0, y * 1.25 / RENDERSIZE.y)).rgb * exp(-y * y / 9.0);
        }
        gl_FragColor = vec4(sum / 5.31, 1.0);
    } else {
        vec3 c = IMG_NORM_PIXEL(silk, uv).rgb + 0.45 * IMG_NORM_PIXEL(bloom, uv).rgb;
        gl_FragColor = vec4(tone_map(turn_hue(c * light * vignette(uv), hue)), 1.0);
    }
}
