/*{
  "ISFVSN": "2",
  "DESCRIPTION": "The open sea at night under a low moon. The bass is the swell and the light inside the crests, the voice the lighthouse and the glow along the horizon, kicks run down the moon's path as bands of light, the snare breaks as foam, hats glitter, everything else lights the clouds.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Landscape"],
  "INPUTS": [
    {"NAME": "swell", "LABEL": "Swell", "TYPE": "float", "MIN": 0.2, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.2, "MAX": 2.5, "DEFAULT": 1.0},
    {"NAME": "moon", "LABEL": "Height of the moon", "TYPE": "float", "MIN": 0.05, "MAX": 0.60, "DEFAULT": 0.24},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 4, "HEIGHT": 1},
    {"TARGET": "sky", "FLOAT": true, "WIDTH": "$WIDTH/2", "HEIGHT": "$HEIGHT/2"},
    {"TARGET": "sea", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

const int MARCH_STEPS = 22;
const float FOCAL = 1.25;
const vec3 NIGHT = vec3(0.010, 0.022, 0.060);
const vec3 MOONLIGHT = vec3(1.00, 0.86, 0.66);
const vec3 DEEP = vec3(0.02, 0.42, 0.46);     // bass: the light inside the water
const vec3 LAMP = vec3(1.00, 0.30, 0.12);     // voice
const vec3 CLOUD = vec3(0.30, 0.36, 0.85);    // everything else

// state 0: sea clock, bass, voice, other;  state 1: drop, build, beam, presence;  state 2: kick, snare, hat, drift;  state 3: sway, swell
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0);
    if (column < 0.5) return vec4(mod(s0.x + d * wind * (0.08 + 0.44 * s1.w + 0.25 * s0.y + 0.3 * s1.y), 1000.0 * TAU), follow(s0.y, bass_level, d, 0.06, 0.5),
                                  follow(s0.z, vocals_level, d, 0.06, 0.5), follow(s0.w, other_level, d, 0.3, 1.5));
    if (column < 1.5) return vec4(follow(s1.x, drop, d, 0.15, 1.2), follow(s1.y, build, d, 0.8, 0.4),
                                  mod(s1.z + d * (0.35 + 0.9 * s0.z), TAU), follow(s1.w, all_presence, d, 1.0, 3.0));
    if (column < 2.5) return vec4(follow(s2.x, kick_hits * kick_hits, d, 0.01, 0.25), follow(s2.y, snare_hits * snare_hits, d, 0.01, 0.35),
                                  follow(s2.z, hat_hits * hat_hits, d, 0.01, 0.12), mod(s2.w + d * (0.015 + 0.04 * s0.w), 1000.0));
    return vec4(follow(s3.x, sin(TAU * bar_phase) * all_presence, d, 0.8, 0.8), follow(s3.y, bass_level * bass_level, d, 0.5, 1.4), 0.0, 0.0);
}

struct Night { vec4 s0, s1, s2, s3; };

// --- the sky --------------------------------------------------------------------------------------

vec3 moon_at(Night s) {                        // towards the moon
    return normalize(vec3(0.16, moon + 0.07 * s.s1.x + 0.02 * sin(TIME * 0.05), 1.0));
}

const vec3 LIGHTHOUSE = vec3(-0.62, 0.052, 1.0);   // its lamp, in directions with z = 1

float clouds(vec2 p, float clock) {            // long bands of cirrus
    float sum = 0.0, size = 0.5;
    for (int i = 0; i < 5; i++) {
        sum += size * noise_2(p);
        p = rotation(0.5) * p * vec2(1.9, 2.3) + vec2(1.7, clock);
        size *= 0.52;
    }
    return sum;
}

vec3 sky_light(vec3 d, Night s, float sharp) {
    vec3 m = moon_at(s);
    float up = max(d.y, 0.0), near = max(dot(d, m), 0.0), away = acos(min(near, 1.0));
    float full = 0.55 + 0.20 * s.s1.w + 0.60 * s.s2.x + 0.9 * s.s1.x;
    vec3 c = mix(vec3(0.010, 0.022, 0.055), vec3(0.0015, 0.003, 0.011), smoothstep(0.0, 0.50, up));
    c += MOONLIGHT * full * (0.020 / (0.03 + away * away * 1.6) * 0.28 + 0.30 * pow(near, 700.0));

    // clouds, lit by the moon and by what else plays
    vec2 p = d.xz / (up + 0.10) * vec2(0.55, 1.3) + vec2(s.s2.w * 3.0, s.s2.w);
    float cover = smoothstep(0.42, 0.78, clouds(p, s.s2.w)) * smoothstep(0.0, 0.10, up) * (1.0 - smoothstep(0.45, 0.9, up));
    float silver = exp(-away * 3.2);
    c = mix(c, c * 0.45 + MOONLIGHT * full * silver * 0.16 + vec3(0.006, 0.010, 0.022), cover * 0.8);
    c += CLOUD * s.s0.w * s.s0.w * cover * (0.16 + 0.55 * silver) * (0.5 + 1.2 * stem_spectrum_at(3, clamp(0.2 + up, 0.0, 1.0)));

    // the voice along the horizon
    float low = exp(-up * 9.0), side = d.x / max(d.z, 0.2) - LIGHTHOUSE.x;
    c += LAMP * s.s0.z * s.s0.z * (0.060 * low / (0.16 + side * side) + 0.012 * exp(-up * 3.0) / (0.25 + side * side)) * (0.5 + 0.5 * haze);
    c += vec3(0.04, 0.08, 0.16) * 0.14 * low * haze + MOONLIGHT * s.s1.x * 0.10 * low;

    // the moon itself: a disc with its seas
    float radius = 0.080 + 0.130 * s.s1.x, disc = 1.0 - smoothstep(radius - sharp, radius + sharp, away);
    vec2 face = (d.xy - m.xy) / radius;
    float seas = 0.45 + 0.55 * smoothstep(0.35, 0.65, noise_2(face * 1.6 + 4.0) * 0.7 + 0.3 * noise_2(face * 4.0 + 9.0));
    c = mix(c, MOONLIGHT * 1.05 * full * seas, disc * (1.0 - 0.75 * cover));
    return c;
}

vec3 stars(vec3 d, Night s) {
    vec2 q = d.xy / max(d.z, 0.2) * 26.0 + vec2(0.02 * s.s2.w, 0.0);
    vec3 h = hash_3(floor(q) + 300.0);
    vec2 o = fract(q) - 0.5 - 0.7 * (h.xy - 0.5);
    float size = 0.0014 * pow(h.z, 14.0), d2 = dot(o, o), twinkle = 0.65 + 0.35 * sin(TIME * (1.0 + 2.0 * h.x) + TAU * h.y);
    return mix(vec3(0.6, 0.75, 1.0), vec3(1.0, 0.85, 0.7), h.x) * size / (size * 0.5 + d2) * (1.0 - smoothstep(0.0, 0.04, d2)) * twinkle * smoothstep(0.03, 0.2, d.y) * 0.9;
}

// The lamp, its beam in the haze and the rock it stands on, against `behind`.
vec3 lighthouse(vec3 d, vec3 behind, Night s, float pixel) {
    vec2 p = d.xy / max(d.z, 0.05) - LIGHTHOUSE.xy;
    float voice = s.s0.z * s.s0.z + 0.012, turn = s.s1.z;
    float rock = 0.016 * (1.0 - pow(abs(p.x + 0.02) / 0.11, 1.5)) + 0.006 * noise_1(p.x * 90.0 + 40.0) - 0.052 - p.y;
    float tower = min(0.0048 - 0.05 * p.y - abs(p.x), min(-p.y + 0.006, p.y + 0.052));
    float solid = smoothstep(-pixel, pixel, max(tower, rock));
    vec3 c = behind;
    float r2 = dot(p, p), facing = pow(max(cos(turn), 0.0), 12.0);
    // two beams that sweep; seen from the side they are long, seen from ahead they are a flash in the lens
    for (int k = 0; k < 2; k++) {
        float angle = turn + 3.14159265 * float(k), out_ = sin(angle), reach = abs(out_) + 0.05;
        float along = p.x * sign(out_), width = 0.006 + 0.075 * max(along, 0.0) / (reach + 0.1);
        float beam = exp(-(p.y - 0.02 * along) * (p.y - 0.02 * along) / (width * width)) * smoothstep(0.0, 0.01, along) * exp(-along * 1.6 / reach) * 0.010 / width;
        c += LAMP * beam * voice * 2.6 * (0.4 + 0.6 * haze);
    }
    c = mix(c, vec3(0.003, 0.004, 0.008) + LAMP * voice * 0.05 * exp(-r2 * 400.0), solid);
    c += mix(LAMP, vec3(1.0, 0.8, 0.55), 0.5) * voice * (0.00030 / (0.00012 + r2) * (1.0 + 2.0 * facing)) + LAMP * voice * 0.004 / (0.012 + r2);
    return c;
}

// --- the sea ------------------------------------------------------------------------------------------

// Waves with sharp crests, each bending the next; x: height 0..1, yz: slope.
vec3 waves(vec2 p, float clock, float heave, int octaves) {
    float sum = 0.0, weight = 0.0, size = 1.0, f = 0.34, speed = 1.0, turn = 0.0;
    vec2 slope = vec2(0.0);
    for (int i = 0; i < 9; i++) {
        if (i >= octaves) break;
        vec2 direction = vec2(sin(turn), -cos(turn) * (i == 0 ? 1.0 : 0.85));
        float strength = i < 2 ? size * heave : size, x = dot(direction, p) * f + clock * speed;
        float crest = exp(sin(x) - 1.0), steep = crest * cos(x);
        p -= direction * steep * strength * 0.30 / f * 0.35;
        sum += crest * strength;
        slope += direction * steep * strength * f;
        weight += size;
        size *= 0.76;
        f *= 1.43;
        speed *= 1.12;
        turn += 2.3999632;
    }
    return vec3(sum, slope) / weight;
}

vec3 heavens(vec3 d, vec2 size_px) {            // the half-size picture of the sky, by direction; z > 0
    vec2 p = vec2(d.x, d.y) / max(d.z, 0.2);
    return IMG_NORM_PIXEL(sky, clamp(vec2(p.x / 3.2 * 0.5 + 0.5, p.y / 1.6), 0.002, 0.998)).rgb;
}

struct Ray { vec3 from, to; };

Ray camera(vec2 uv, Night s) {
    vec2 jitter = hash_3(vec2(mod(float(FRAMEINDEX), 64.0), 3.0)).xy - 0.5;
    vec2 screen = (uv * 2.0 - 1.0 + jitter * 1.1 / RENDERSIZE) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float heave = s.s3.y * swell;
    vec3 ro = vec3(0.0, 2.1 + (0.10 + 0.25 * heave) * sin(0.8 * s.s0.x) + 0.8 * s.s1.x, 0.0);
    vec3 rd = normalize(vec3(screen, FOCAL - 0.25 * s.s1.x + 0.3 * s.s1.y));
    rd.xy *= rotation(0.012 * sin(0.6 * s.s0.x) + 0.020 * heave * sin(0.8 * s.s0.x + 1.0) + 0.02 * s.s3.x);
    rd.yz *= rotation(-0.030 + (0.008 + 0.03 * heave) * cos(0.8 * s.s0.x));
    return Ray(ro, rd);
}

vec3 render(vec2 uv) {
    Night s = Night(state_at(0.0), state_at(1.0), state_at(2.0), state_at(3.0));
    Ray eye = camera(uv, s);
    vec3 ro = eye.from, rd = eye.to, m = moon_at(s);
    float pixel = 1.2 / RENDERSIZE.y;
    vec3 above = lighthouse(rd, heavens(rd, RENDERSIZE) + stars(rd, s), s, pixel);
    float deep = -rd.y;
    if (deep <= 0.0005) return above;

    float bass = s.s0.y, heave = swell * (0.40 + 1.8 * s.s3.y + 0.6 * s.s1.x), clock = s.s0.x * 2.2, tall = 1.55;
    vec2 start = vec2(0.0, 0.0);
    float t = max(ro.y - tall * (0.35 + 0.5 * heave), 0.1) / deep, end = ro.y / deep;
    float step_ = (end - t) / float(MARCH_STEPS), before = t;
    bool close = t < 70.0;
    float gap_before = 1.0, gap = 1.0;
    if (close) {
        for (int i = 0; i < MARCH_STEPS; i++) {
            vec3 p = ro + rd * t;
            gap = p.y - tall * waves(p.xz, clock, heave, 5).x;
            if (gap < 0.004 * t) break;
            before = t;
            gap_before = gap;
            t += max(step_ * 0.35, min(gap / deep * 0.55, step_ * 3.0));
            if (t > end) { t = end; break; }
        }
        if (gap < 0.0) t = mix(before, t, clamp(gap_before / max(gap_before - gap, 1e-4), 0.0, 1.0));
    } else {
        t = (ro.y - 0.5 * tall) / deep;
    }
    vec3 p = ro + rd * t;
    vec3 w = waves(p.xz, clock, heave, 9);
    float ripple = 0.55 + 0.45 * wind;
    vec2 fine = vec2(noise_2(p.xz * 5.0 + vec2(0.0, 0.9 * clock)) - noise_2(p.xz * 5.0 + vec2(0.35, 0.9 * clock)),
                     noise_2(p.xz * 5.3 + vec2(7.0, 1.1 * clock)) - noise_2(p.xz * 5.3 + vec2(7.0, 1.1 * clock + 0.35))) * 0.42 * exp(-0.06 * t);
    float calm = 1.0 / (1.0 + 0.035 * t);                                      // far waves are seen flatter than they are
    vec3 n = normalize(vec3(-w.y * tall * 1.25 * calm + fine.x * ripple, 1.0, -w.z * tall * 1.25 * calm + fine.y * ripple));
    if (dot(n, rd) > -0.02) n = normalize(n - rd * (dot(n, rd) + 0.02));
    vec3 r = reflect(rd, n);
    r.y = abs(r.y) + 0.004;
    r = normalize(r);
    float fresnel = 0.025 + 0.975 * pow(1.0 - clamp(dot(-rd, n), 0.0, 1.0), 5.0);
    vec3 c = heavens(r, RENDERSIZE) * fresnel;

    // the lamp's own road on the water
    vec2 side = r.xy / max(r.z, 0.1) - LIGHTHOUSE.xy;
    float voice = s.s0.z * s.s0.z + 0.012;
    c += LAMP * voice * fresnel * 0.011 / (0.004 + side.x * side.x * 2.5 + 0.15 * side.y * side.y);
    // the moon's road; kicks are bands of light that run down it towards us
    float glint = max(dot(r, m), 0.0), run = p.z / 26.0, toward = pow(max(dot(rd, normalize(vec3(m.x, 0.0, m.z))), 0.0), 4.0);
    float kick = past(FAMILY_KICK, QUANTITY_HITS, clamp(1.0 - run, 0.0, 1.0) * 1.1);
    kick *= kick * smoothstep(0.0, 0.1, 1.0 - run);
    float road = pow(glint, 90.0) * 0.35 + pow(glint, 900.0) * 5.0;
    c += MOONLIGHT * road * fresnel * (0.7 + 0.4 * s.s1.w + 6.0 * kick + 2.0 * s.s1.x);
    c += (c * 1.5 + MOONLIGHT * (0.02 + 0.25 * fresnel)) * kick * (0.25 + 0.75 * toward);
    // within the water: the bass in the crests, the moon through them
    float height = clamp(w.x * 1.25, 0.0, 1.5);
    c += (vec3(0.002, 0.006, 0.012) + DEEP * (0.012 * toward + 0.50 * bass * bass * (0.25 + 0.75 * toward)) * height * height * height * height * (0.35 + 0.65 * (1.0 - fresnel))) * (1.0 - fresnel) * exp(-0.020 * t);
    // snare: foam, in threads along the crests; the bass makes it glow
    vec2 drawn = p.xz * vec2(1.1, 1.7) + 0.6 * vec2(noise_2(p.xz * 0.9 + 0.1 * clock), noise_2(p.xz * 1.1 - 0.1 * clock));
    float thread = abs(noise_2(drawn) - 0.5) + 0.5 * abs(noise_2(drawn * 2.7 + 5.0) - 0.5), wide = 0.035 + 0.0012 * t;
    float foam = smoothstep(0.38, 0.85, height) * wide * wide / (wide * wide + thread * thread) * (0.4 + 0.9 * noise_2(p.xz * 7.0));
    c += (vec3(0.62, 0.82, 1.0) * (0.010 + 0.75 * s.s2.y) + vec3(0.02, 0.75, 0.80) * 0.55 * bass * bass) * foam * exp(-0.045 * t);
    // hats: glitter
    vec2 cell = p.xz * 3.0;
    vec3 h = hash_3(floor(cell) + floor(hat_count) * 17.0);
    vec2 o = fract(cell) - 0.5 - 0.6 * (h.xy - 0.5);
    float spark = smoothstep(0.84, 1.0, h.z) * exp(-dot(o, o) * (60.0 + 1500.0 / (1.0 + t)) / (1.0 + 0.02 * t * t)) * smoothstep(60.0, 10.0, t);
    c += vec3(0.9, 0.95, 1.0) * spark * s.s2.z * (1.2 + 6.0 * pow(glint, 8.0));

    // far off the water is horizon
    float mist = 1.0 - exp(-t * t * 0.00010 * (0.3 + 0.7 * haze));
    vec3 edge = heavens(normalize(vec3(rd.x, 0.012, rd.z)), RENDERSIZE) * 0.75;
    c = mix(c, edge, mist);
    vec2 at = rd.xy / rd.z - LIGHTHOUSE.xy;
    if (at.y > -0.08) c = mix(c, lighthouse(rd, c, s, pixel), smoothstep(-0.08, -0.05, at.y));
    return c;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        Night s = Night(state_at(0.0), state_at(1.0), state_at(2.0), state_at(3.0));
        vec3 d = normalize(vec3((uv.x * 2.0 - 1.0) * 3.2, uv.y * 1.6, 1.0));
        gl_FragColor = vec4(sky_light(d, s, 2.0 / RENDERSIZE.y), 1.0);
    } else if (PASSINDEX == 2) {
        vec3 now = min(render(uv), 30.0), before = IMG_NORM_PIXEL(sea, uv).rgb;
        float keep = FRAMEINDEX == 0 ? 0.0 : exp(-min(TIMEDELTA, 0.1) / 0.025);
        gl_FragColor = vec4(mix(now, before, keep), 1.0);
    } else if (PASSINDEX == 3) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += shining(IMG_NORM_PIXEL(sea, uv + vec2(x * 1.6 / RENDERSIZE.x, 0.0)).rgb, 0.8) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == 4) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.6 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = IMG_NORM_PIXEL(sea, uv).rgb + 0.5 * IMG_NORM_PIXEL(bloom, uv).rgb;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv) * 1.6 * light, hue)), 1.0);
    }
}
