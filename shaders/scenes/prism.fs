/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A crystal among four orbits. Each orbit is a stem and carries the last six seconds of it round the glass; the kick burns in the core, the snare runs along the edges, the bass swells the facets.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Object"],
  "INPUTS": [
    {"NAME": "spin", "LABEL": "Spin", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "dispersion", "LABEL": "Dispersion", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "facets", "LABEL": "Facets", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "trail", "LABEL": "Trail", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 3, "HEIGHT": 1},
    {"TARGET": "room", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

const int BOUNCES = 4;
const int SLABS = 16;
const float HISTORY_S = 5.8;
const float GLASS = 1.46;

const vec3 GOLD = vec3(1.00, 0.60, 0.22);     // drums
const vec3 DEEP = vec3(0.10, 0.22, 1.00);     // bass
const vec3 ROSE = vec3(1.00, 0.14, 0.30);     // vocals
const vec3 SEA = vec3(0.10, 0.80, 0.70);      // other

// state 0: spin x, spin y, orbit clock, bass;  state 1: kick, snare, other, vocals;  state 2: sway, build, drop, presence
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    if (column < 0.5) {
        float speed = 0.10 + 0.25 * s2.w + 0.4 * s0.w + 1.6 * s2.y + 1.5 * s2.z * s2.z;
        s0.x = mod(s0.x + d * spin * speed * 0.71, TAU);
        s0.y = mod(s0.y + d * spin * speed, TAU);
        s0.z = mod(s0.z + d * (0.25 + 0.15 * s2.w), TAU);
        s0.w = follow(s0.w, bass_level, d, 0.06, 0.35);
        return s0;
    }
    if (column < 1.5) {
        return vec4(follow(s1.x, kick_hits * kick_hits, d, 0.01, 0.18), follow(s1.y, snare_hits, d, 0.01, 0.22),
                    follow(s1.z, other_level * other_presence, d, 0.2, 0.8), follow(s1.w, vocals_level, d, 0.06, 0.3));
    }
    return vec4(follow(s2.x, sin(TAU * bar_phase) * all_presence, d, 0.5, 0.5), follow(s2.y, build, d, 0.7, 0.25),
                follow(s2.z, drop, d, 0.08, 1.0), follow(s2.w, all_presence, d, 1.0, 2.5));
}

// --- the crystal: an icosahedron whose corners a dodecahedron cuts, 16 pairs of planes ---------

vec4 slab(int i, vec4 s0, vec4 s1, vec4 s2) {     // xyz normal, w half the distance of the pair
    float side = float(i & 1) * 2.0 - 1.0, tall = float((i >> 1) & 1) * 2.0 - 1.0;
    float body = 0.98 + 0.16 * s0.w - 0.10 * s2.y + 0.05 * s1.x;
    float corner = mix(1.24, 1.02, facets) + 0.10 * s0.w - 0.10 * s2.y + 0.30 * s2.z + 0.04 * s1.z;
    if (i < 4) return vec4(vec3(1.0, side, tall) * 0.57735027, body);
    if (i < 6) return vec4(0.0, 0.35682209, 0.93417236 * side, body);
    if (i < 8) return vec4(0.35682209, 0.93417236 * side, 0.0, body);
    if (i < 10) return vec4(0.93417236 * side, 0.0, 0.35682209, body);
    if (i < 12) return vec4(0.0, 0.85065081, 0.52573111 * side, corner);
    if (i < 14) return vec4(0.85065081, 0.52573111 * side, 0.0, corner);
    return vec4(0.52573111 * side, 0.0, 0.85065081, corner);
}

struct Crossing { float near, far; vec3 near_normal, far_normal; };

Crossing cross_crystal(vec3 ro, vec3 rd, vec4 planes[SLABS]) {
    Crossing c = Crossing(-1e5, 1e5, vec3(0), vec3(0));
    for (int i = 0; i < SLABS; i++) {
        vec3 n = planes[i].xyz;
        float along = dot(rd, n), at = dot(ro, n);
        float inverse = 1.0 / (abs(along) < 1e-6 ? 1e-6 : along);
        float a = (-planes[i].w - at) * inverse, b = (planes[i].w - at) * inverse;
        float enter = min(a, b), leave = max(a, b), side = sign(along);
        if (enter > c.near) { c.near = enter; c.near_normal = -side * n; }
        if (leave < c.far) { c.far = leave; c.far_normal = side * n; }
    }
    return c;
}

float edge_at(vec3 p, vec4 planes[SLABS]) {       // distance to the nearest edge of the facet p lies on
    float first = 1e5, second = 1e5;
    for (int i = 0; i < SLABS; i++) {
        float inside = planes[i].w - abs(dot(p, planes[i].xyz));
        second = min(second, max(first, inside));
        first = min(first, inside);
    }
    return second;
}

// --- the light around it ----------------------------------------------------------------------

// One orbit: a ring whose angle is time, now at its head, six seconds ago at its tail. Its edge is as far
// out as the stem was loud, its grooves shine where it struck.
vec3 orbit(vec3 ro, vec3 rd, mat3 lean, float radius, float head, int stem, vec3 tint, float far) {
    vec3 o = ro * lean, d = rd * lean;
    float t = -o.y / (abs(d.y) < 1e-4 ? 1e-4 : d.y);
    if (t < 0.02 || t > far) return vec3(0.0);
    vec3 p = o + d * t;
    float age = fract((head - atan(p.z, p.x)) / TAU);
    float level = past(FAMILY_DRUMS + stem, QUANTITY_LEVEL, age * HISTORY_S);
    float hits = past(FAMILY_DRUMS + stem, QUANTITY_HITS, age * HISTORY_S);
    float reach = 0.42 * level * level + 0.012, off = length(p.xz) - radius;
    float fade = (1.0 - age) * (1.0 - age) * smoothstep(0.0, 0.012, age) * stem_presence[stem];
    float grazing = abs(d.y) + 0.06, pixel = 0.6 * t / RENDERSIZE.y / grazing;
    float band = smoothstep(-pixel, pixel, off) * (1.0 - smoothstep(reach - pixel, reach + pixel, off));
    float groove = 0.5 + 0.5 * cos(off * 180.0), fine = exp(-3000.0 * pixel * pixel);
    float edge_off = off - reach, w = 0.006 + pixel;
    float edge = w * w / (w * w + edge_off * edge_off), foot = w * w / (w * w + off * off);
    float halo = 0.004 * level / (0.02 + off * off * 6.0);
    vec3 white = mix(tint, vec3(1.0, 0.95, 0.9), 0.6);
    float shine = 0.30 + 0.70 * mix(0.5, groove * groove, fine);
    return fade * (tint * band * shine * (0.25 + 0.9 * level + 2.5 * hits * hits) + white * edge * (0.15 + 1.6 * level)
                   + tint * foot * 0.8 + tint * halo);
}

mat3 lean_of(float k, float sway) {               // how orbit k is tilted
    float a = 0.22 + 0.14 * sway * (mod(k, 2.0) - 0.5) + 0.16 * sin(1.9 * k + 0.04 * TIME), b = 0.50 * (k - 1.5) + 0.10 * sin(0.07 * TIME + k);
    mat3 x = mat3(1, 0, 0, 0, cos(a), sin(a), 0, -sin(a), cos(a));
    mat3 z = mat3(cos(b), sin(b), 0, -sin(b), cos(b), 0, 0, 0, 1);
    return z * x;
}

vec3 orbits(vec3 ro, vec3 rd, mat3 leans[4], vec4 s0, float far) {
    return orbit(ro, rd, leans[0], 2.10, s0.z, 0, GOLD, far)
         + orbit(ro, rd, leans[1], 1.75, s0.z + 1.7, 1, DEEP, far)
         + orbit(ro, rd, leans[2], 1.50, s0.z + 3.3, 2, ROSE, far)
         + orbit(ro, rd, leans[3], 2.50, s0.z + 4.9, 3, SEA, far);
}

// The room: dark, with soft lights that only the crystal shows.
vec3 room_light(vec3 d, vec4 s0, vec4 s1, vec4 s2) {
    float turn = atan(d.z, d.x) / TAU;
    vec3 c = vec3(0.004, 0.006, 0.012);
    float lamp = dot(d, vec3(-0.40, 0.82, -0.41));
    c += vec3(0.55, 0.65, 0.85) * (1.1 * smoothstep(0.955, 0.965, lamp) + 0.05 * smoothstep(0.5, 1.0, lamp)) * (0.6 + 0.4 * s2.w);   // one lamp, always
    float line = d.y + 0.25;
    c += vec3(0.20, 0.26, 0.38) * 0.0012 / (0.0012 + line * line) * (0.7 - 0.3 * s2.w);             // a far horizon
    c += DEEP * s0.w * s0.w * 1.6 * (1.0 - smoothstep(-0.95, -0.35, d.y));   // bass: from below
    float strip = abs(fract(turn * 6.0 + s0.z / TAU * 3.0) - 0.5);
    float shape = 1.0 - smoothstep(0.05 + 0.05 * s1.z, 0.07 + 0.06 * s1.z, strip);
    c += SEA * s1.z * 2.6 * shape * (1.0 - smoothstep(0.35, 0.6, abs(d.y - 0.1)));                  // other: tall windows
    float band = d.y - 0.40 * sin(TAU * turn * 2.0 + 2.0 * s0.z) - 0.1;
    c += ROSE * s1.w * s1.w * 0.0045 / (0.0018 + band * band);                                      // voice: a band of light
    float cross_ = max(abs(d.x * 0.71 + d.y * 0.71), abs(d.z));
    c += GOLD * (s1.x * 1.4 + 1.2 * s2.z) * smoothstep(0.955, 0.975, cross_);                         // kick: flashes from the sides
    return c;
}

vec3 core_light(vec3 ro, vec3 rd, float len, vec4 s0, vec4 s1, vec4 s2) {   // what burns in the middle
    float t = clamp(-dot(ro, rd), 0.0, len);
    vec3 near = ro + rd * t;
    float d2 = dot(near, near);
    vec3 kick = GOLD * s1.x * 0.035 + vec3(1.0, 0.80, 0.6) * 0.05 * s2.z * s2.z;
    return kick / (0.008 + d2 * 1.6) + DEEP * s0.w * s0.w * 0.016 / (0.02 + d2) + vec3(0.30, 0.38, 0.55) * 0.0012 / (0.002 + d2);
}

vec3 schlick(float cosine) { return vec3(0.04 + 0.96 * pow(max(1.0 - cosine, 0.0), 5.0)); }

vec4 render(vec2 uv) {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    vec4 planes[SLABS];
    for (int i = 0; i < SLABS; i++) planes[i] = slab(i, s0, s1, s2);
    mat3 leans[4];
    for (int k = 0; k < 4; k++) leans[k] = lean_of(float(k), s2.x);

    vec2 jitter = hash_3(vec2(mod(float(FRAMEINDEX), 64.0), 3.0)).xy - 0.5;
    vec2 screen = (uv * 2.0 - 1.0 + jitter * 1.2 / RENDERSIZE) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    vec3 ro = vec3(0.0, 0.0, -4.6 + 0.35 * s2.y - 0.25 * s2.z);
    vec3 rd = normalize(vec3(screen, 2.35));
    mat2 pitch = rotation(0.28 + 0.06 * sin(TIME * 0.10)), yaw = rotation(0.5 * s2.x * 0.3 + 0.15 * sin(TIME * 0.07));
    ro.yz *= pitch; rd.yz *= pitch; ro.xz *= yaw; rd.xz *= yaw;

    // into the crystal's own frame and back
    mat2 a = rotation(s0.x), b = rotation(s0.y);
    vec3 o = ro, d = rd;
    o.xz *= b; d.xz *= b; o.xy *= a; d.xy *= a;
    Crossing c = cross_crystal(o, d, planes);
    bool hit = c.near < c.far && c.near > 0.0;

    vec3 col = orbits(ro, rd, leans, s0, hit ? c.near : 1e4);
    if (hit) {
        vec3 p = o + d * c.near, n = c.near_normal;
        float cosine = clamp(dot(-d, n), 0.0, 1.0), edge = edge_at(p, planes);
        float line = exp(-edge * 90.0) + 0.10 * exp(-edge * 14.0);
        col += vec3(0.75, 0.88, 1.0) * line * (0.08 + 1.5 * s1.y * s1.y + 0.4 * s2.z);
        vec3 r = reflect(d, n), world = r;
        world.xy = a * world.xy; world.xz = b * world.xz;
        vec3 fresnel = schlick(cosine);
        vec3 wp = p; wp.xy = a * wp.xy; wp.xz = b * wp.xz;
        col += fresnel * (room_light(world, s0, s1, s2) + orbits(wp, world, leans, s0, 1e4));

        vec3 through = 1.0 - fresnel;
        d = refract(d, n, 1.0 / GLASS);
        o = p;
        for (int i = 0; i < BOUNCES; i++) {
            c = cross_crystal(o, d, planes);
            vec3 q = o + d * c.far;
            col += through * core_light(o, d, c.far, s0, s1, s2);
            through *= exp(-c.far * vec3(0.16, 0.12, 0.08));
            n = -c.far_normal;
            edge = edge_at(q, planes);
            col += through * vec3(0.6, 0.8, 1.0) * exp(-edge * 90.0) * (0.05 + 0.7 * s1.y * s1.y + 0.25 * s2.z);
            vec3 out_r = refract(d, n, GLASS - 0.035 * dispersion), out_g = refract(d, n, GLASS), out_b = refract(d, n, GLASS + 0.045 * dispersion);
            vec3 pass = 1.0 - schlick(max(dot(-d, n), 0.0));
            out_r.xy = a * out_r.xy; out_r.xz = b * out_r.xz;
            out_g.xy = a * out_g.xy; out_g.xz = b * out_g.xz;
            out_b.xy = a * out_b.xy; out_b.xz = b * out_b.xz;
            wp = q; wp.xy = a * wp.xy; wp.xz = b * wp.xz;
            vec3 seen = vec3(0.0);
            if (dot(out_r, out_r) > 0.1) seen.r = room_light(out_r, s0, s1, s2).r;
            if (dot(out_b, out_b) > 0.1) seen.b = room_light(out_b, s0, s1, s2).b;
            bool leaves = dot(out_g, out_g) > 0.1;
            if (leaves) {
                seen.g = room_light(out_g, s0, s1, s2).g;
                if (i < 3) seen += orbits(wp, out_g, leans, s0, 1e4);
            }
            col += through * seen * (leaves ? pass : vec3(1.0));
            if (leaves) through *= 1.0 - pass;
            d = reflect(d, n);
            o = q + n * 1e-4;
        }
    } else {
        float r2 = dot(screen, screen);
        col += vec3(0.004, 0.006, 0.012) / (0.6 + r2);
        col += GOLD * (s1.x * 0.016 + 0.06 * s2.z) / (0.25 + r2) + DEEP * s0.w * s0.w * 0.018 / (0.3 + r2) + ROSE * s1.w * s1.w * 0.008 / (0.3 + r2) + SEA * s1.z * 0.008 / (0.5 + r2);
    }

    // hats: dust in the beam
    vec2 dust = rotation(0.6) * screen * 5.0 + 0.10 * TIME * vec2(0.3, 0.1);
    vec3 h = hash_3(floor(dust));
    vec2 off = fract(dust) - 0.5 - 0.8 * (h.xy - 0.5);
    float d2 = dot(off, off), size = 0.0003 * h.z * h.z;
    col += vec3(0.8, 0.9, 1.0) * size / (size + d2) * (1.0 - smoothstep(0.0, 0.01, d2)) * step(0.5, h.y)
        * (3.0 * hat_hits * hat_hits * smoothstep(0.6, 1.0, fract(h.z * 9.0 + mod(hat_count, 512.0) * 0.381966)) + 0.15);
    return vec4(col * light, 1.0);
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        vec3 now = min(render(uv).rgb, 60.0), before = IMG_NORM_PIXEL(room, uv).rgb;
        float keep = FRAMEINDEX == 0 ? 0.0 : exp(-min(TIMEDELTA, 0.1) / (0.015 + 0.10 * trail));
        gl_FragColor = vec4(mix(now, before, keep), 1.0);
    } else if (PASSINDEX == 2) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += shining(IMG_NORM_PIXEL(room, uv + vec2(x * 1.6 / RENDERSIZE.x, 0.0)).rgb, 1.2) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == 3) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.6 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = IMG_NORM_PIXEL(room, uv).rgb + 0.5 * IMG_NORM_PIXEL(bloom, uv).rgb;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
