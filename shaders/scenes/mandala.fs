/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A window of jewels without end: wheel behind wheel, growing out of the heart. Kicks run outwards through the rubies and the gold, the bass lights the sapphires and the depth, the voice opens rose petals, everything else burns in the emeralds; the snare strikes glints from every facet.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Geometry"],
  "INPUTS": [
    {"NAME": "sectors", "LABEL": "Sectors", "TYPE": "float", "MIN": 5.0, "MAX": 14.0, "DEFAULT": 8.0},
    {"NAME": "travel", "LABEL": "Travel", "TYPE": "float", "MIN": 0.1, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "spin", "LABEL": "Spin", "TYPE": "float", "MIN": 0.1, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "gold", "LABEL": "Gold", "TYPE": "float", "MIN": 0.1, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 3, "HEIGHT": 1},
    {"TARGET": "window", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

const int WHEELS = 7;
const float GROWTH = 0.54;                    // log of the ratio of one wheel to the next
const float SECONDS_A_RADIUS = 0.75;          // a kick needs so long from the heart to the upper edge
const float PI = 3.14159265;

const vec3 RUBY = vec3(1.00, 0.05, 0.09);     // drums
const vec3 GILT = vec3(1.00, 0.58, 0.22);
const vec3 SAPPHIRE = vec3(0.05, 0.12, 1.00); // bass
const vec3 ROSE = vec3(1.00, 0.22, 0.42);     // vocals
const vec3 EMERALD = vec3(0.02, 0.85, 0.42);  // other
const vec3 ICE = vec3(0.85, 0.93, 1.00);      // snare

// state 0: turn, way, bass, build;  state 1: drop, presence, voice, other;  state 2: kick, snare, lamps' clock, sway
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    if (column < 0.5) {
        s0.x = mod(s0.x + d * spin * (0.016 + 0.084 * s1.y + 0.10 * s1.w + 0.5 * s0.w), TAU);
        s0.y = mod(s0.y + d * travel * (0.02 + 0.105 * s1.y + 0.28 * s0.z + 0.10 * s2.x + 0.5 * s0.w + 1.4 * s1.x), 1024.0);
        return vec4(s0.xy, follow(s0.z, bass_level, d, 0.05, 0.35), follow(s0.w, build, d, 0.8, 0.3));
    }
    if (column < 1.5) {
        return vec4(follow(s1.x, drop, d, 0.08, 1.2), follow(s1.y, all_presence, d, 1.0, 3.0),
                    follow(s1.z, vocals_level, d, 0.08, 0.45), follow(s1.w, other_level, d, 0.12, 0.6));
    }
    return vec4(follow(s2.x, kick_hits * kick_hits, d, 0.01, 0.2), follow(s2.y, snare_hits, d, 0.01, 0.25),
                mod(s2.z + d * (0.35 + 0.5 * s1.y), TAU), follow(s2.w, sin(TAU * bar_phase) * all_presence, d, 0.7, 0.7));
}

// Lens shape, `half_size` along and across.
float vesica(vec2 p, vec2 half_size) {
    float r = dot(half_size, half_size) / (2.0 * half_size.y);
    return length(vec2(p.x, abs(p.y) + r - half_size.y)) - r;
}

// What a facet shows of the lamps in the room; its normal leans as far as the facet is from the table.
float facet_light(vec2 v, float cut, float clock, float id) {
    if (dot(v, v) > 2.2) return 0.0;          // far from the stone
    float r = length(v), ring = step(0.48, r) + step(0.86, r), part = TAU / (cut * (ring > 0.5 ? 1.0 : 0.5));
    float a = (floor(atan(v.y, v.x) / part + 0.5 * ring) + 0.5 - 0.5 * ring) * part;
    vec2 lean = vec2(cos(a), sin(a)) * (0.25 + 0.45 * ring);
    float one = sin(lean.x * 5.0 + clock + id), two = sin(lean.y * 6.0 - lean.x * 3.0 - 2.0 * clock + 2.1 * id);
    float lamp = max(one * two, 0.0) + 0.35 * max(sin(lean.y * 11.0 + 2.0 * clock + id), 0.0);
    return 0.05 + 0.13 * (1.0 - 0.4 * ring) + lamp * lamp * 1.5;
}

struct Layer { vec3 light; float cover; };
struct Heard { float kick, snare, voice, other; };          // what has come as far as this place

float thread(float off, float w) {            // a lit thread: sharp, with next to no haze
    float x = off * off / (w * w);
    return 1.0 / (1.0 + x * (0.6 + 0.4 * x));
}

// Sets a stone: dark at its girdle, a gilt bezel about it.
void set_stone(inout Layer layer, float d, float pixel, vec3 stone, vec3 bezel) {
    float inside = smoothstep(pixel, -pixel, d);
    layer.light = mix(layer.light, stone * (0.35 + 0.65 * smoothstep(0.0, -0.012, d)), inside);
    layer.cover = max(layer.cover, inside);
    layer.light += 1.6 * bezel * thread(d - 0.004, 0.004 + 0.6 * pixel);
}

// One wheel; q in its own measure, its rim at radius 1.
Layer wheel(vec2 q, float id, float pixel, Heard heard, vec4 s0, vec4 s1, vec4 s2) {
    float n = floor(sectors + 0.5), part = TAU / n, odd = mod(id, 2.0), r = length(q);
    Layer layer = Layer(vec3(0.0), 0.0);
    if (r > 1.25 || r < 0.22) return layer;
    float a = mod(atan(q.y, q.x) + (odd * 2.0 - 1.0) * s0.x + 0.5 * part * odd, part) - 0.5 * part;
    float b = 0.5 * part - abs(a);
    vec2 u = r * vec2(cos(a), sin(a)), v = r * vec2(cos(b), sin(b));      // about a spoke, and between two
    float clock = s2.z + 0.7 * id, wide = 8.0 / n;
    vec3 gilt = gold * GILT * (0.10 + 0.06 * s1.y + 0.95 * heard.kick);

    // voice: petals about the emeralds, opening line by line
    float open = 0.6 + 0.5 * s1.z, petal = vesica(u - vec2(0.70, 0.0), vec2(0.30, 0.15 * wide * open));
    float fine = 0.0035 + pixel;
    for (int k = 0; k < 3; k++) {
        float off = petal - 0.030 * float(k) * open;
        layer.light += ROSE * thread(off, fine) * (0.025 + 1.0 * heard.voice * heard.voice * (1.0 - 0.28 * float(k)));
    }
    layer.light += ROSE * heard.voice * heard.voice * 0.10 * smoothstep(-0.14, 0.0, petal) * smoothstep(pixel, -pixel, petal);
    layer.cover = 0.55 * smoothstep(pixel, -pixel, petal);

    // gold: two rings, an arcade of small arches between the spokes, beads on the rim
    float ring = min(abs(r - 0.985), abs(r - 0.40)), arch = abs(length(v - vec2(0.985, 0.0)) - 0.19 * wide);
    layer.light += gilt * thread(min(ring, r < 0.985 ? arch : 1.0), fine) * 1.2;
    float bead_part = part / 6.0, c = mod(a, bead_part) - 0.5 * bead_part;
    float bead = length(r * vec2(cos(c), sin(c)) - vec2(1.035, 0.0)) - 0.017;
    float hat = hat_hits * hat_hits * step(0.6, fract(hash_2(vec2(floor(a / bead_part) + 40.0, id)) + mod(hat_count, 512.0) * 0.381966));
    layer.light += (GILT * 0.12 + ICE * 1.6 * hat + gilt * 0.5) * smoothstep(pixel, -pixel, bead) * (0.4 + 0.6 * smoothstep(0.0, -0.017, bead));

    // bass: sapphires near the hub
    vec2 at = v - vec2(0.535, 0.0);
    float size = 0.056 * wide * (0.85 + 0.35 * s0.z), facets = facet_light(at / size, 8.0, clock, 3.0);
    vec3 deep = SAPPHIRE * facets * (0.20 + 3.6 * s0.z * s0.z) + ICE * 0.6 * facets * facets * (0.03 + heard.snare);
    set_stone(layer, length(at) - size, pixel, deep, gilt);

    // everything else: emeralds on the spokes
    at = u - vec2(0.70, 0.0);
    vec2 half_size = vec2(0.155, 0.072 * wide) * (0.92 + 0.14 * s1.w);
    facets = facet_light(at / half_size, 10.0, clock, 1.0);
    vec3 green = EMERALD * facets * (0.14 + 2.6 * heard.other * heard.other) + ICE * facets * facets * (0.05 + 0.7 * heard.snare);
    set_stone(layer, vesica(at, half_size), pixel, green, gilt);

    // drums: rubies, kite-shaped, pointing out
    at = v - vec2(0.82, 0.0);
    vec2 kite = abs(at) / vec2(at.x > 0.0 ? 0.13 : 0.085, 0.058 * wide);
    float ruby = (kite.x + kite.y - 1.0) * 0.05;
    facets = facet_light(at / vec2(0.105, 0.05), 8.0, clock, 2.0);
    vec3 red = RUBY * facets * (0.16 + 6.0 * heard.kick) + ICE * facets * facets * (0.04 + 0.7 * heard.snare);
    set_stone(layer, ruby, pixel, red, gilt);
    return layer;
}

vec3 view(vec2 uv, vec4 s0, vec4 s1, vec4 s2) {
    vec2 p = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    p *= rotation(0.05 * s2.w);
    p *= 1.0 + 0.10 * s0.w - 0.05 * s2.x;
    float r = length(p), ago = r * SECONDS_A_RADIUS, way = fract(s0.y);
    Heard heard = Heard(past(FAMILY_KICK, QUANTITY_HITS, ago), past(FAMILY_SNARE, QUANTITY_HITS, 0.5 * ago),
                        past(FAMILY_VOCALS, QUANTITY_LEVEL, 0.6 * ago), past(FAMILY_OTHER, QUANTITY_LEVEL, 0.6 * ago));
    heard.kick *= heard.kick;
    vec3 sum = vec3(0.0);
    float clear = 1.0;
    for (int k = WHEELS - 1; k >= 0; k--) {       // the nearest first
        float grown = float(k) + way, size = 0.085 * exp(GROWTH * grown);
        float id = mod(floor(s0.y) - float(k) + 1024.0, 1024.0);
        vec2 slide = 0.10 * vec2(sin(0.11 * TIME), cos(0.13 * TIME)) * (0.6 - 1.0 / (1.0 + 0.6 * grown));   // the near ones shift more
        vec2 q = (p - slide) / size;
        float pixel = 1.5 / (RENDERSIZE.y * size);
        Layer layer = wheel(q, id, pixel, heard, s0, s1, s2);
        float near = 1.0 - smoothstep(float(WHEELS) - 1.5, float(WHEELS) - 0.2, grown), far = smoothstep(0.0, 2.0, grown);
        sum += clear * near * far * layer.light * (0.20 + 0.80 * smoothstep(0.0, 4.0, grown));
        clear *= 1.0 - 0.96 * near * layer.cover;
    }
    // the heart, and the depth behind
    float heart = 0.004 + 0.012 * s2.x + 0.008 * s1.z * s1.z + 0.11 * s1.x;
    sum += clear * (mix(GILT, vec3(1.0), 0.4) * heart / (0.012 + r * r * 2.2) + ROSE * s1.z * s1.z * 0.012 / (0.03 + r * r * (1.0 + 2.0 * r)));
    float petals = 0.6 + 0.4 * cos(floor(sectors + 0.5) * (atan(p.y, p.x) + s0.x));
    sum += clear * SAPPHIRE * (0.006 + 0.12 * s0.z * s0.z * petals) / (0.25 + 1.1 * r * r);
    sum += clear * vec3(0.003, 0.002, 0.007) * (1.0 + gyroid(vec3(p * 3.0, 0.1 * TIME)));
    return sum;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
        vec3 now = min(view(uv, s0, s1, s2), 40.0);
        vec2 from = (uv - 0.5) * (1.0 - min(TIMEDELTA, 0.05) * (0.3 + 1.2 * s2.x + 2.5 * s1.x)) + 0.5;
        vec3 before = IMG_NORM_PIXEL(window, from).rgb;
        before *= exp(-min(TIMEDELTA, 0.1) / (0.02 + 0.13 * smoothstep(0.3, 2.0, luminance(before))));
        gl_FragColor = vec4(TIMEDELTA <= 0.0 ? now : max(now, before), 1.0);
    } else if (PASSINDEX == 2) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += shining(IMG_NORM_PIXEL(window, uv + vec2(x * 1.5 / RENDERSIZE.x, 0.0)).rgb, 0.9) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == 3) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.5 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = (IMG_NORM_PIXEL(window, uv).rgb + 0.45 * IMG_NORM_PIXEL(bloom, uv).rgb) * light;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
