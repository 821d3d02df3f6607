/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A nave without end. Each kick is light that runs down the ribs, the bass lights the vault from below, the snare draws the arches, the voice is a ribbon flying ahead, everything else shines in through the windows.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Space"],
  "INPUTS": [
    {"NAME": "speed", "LABEL": "Speed", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "haze", "LABEL": "Haze", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "trail", "LABEL": "Trail", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 2, "HEIGHT": 1},
    {"TARGET": "hall", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "air", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"

const float BAY = 2.0;             // from rib to rib
const float LAP = BAY * 64.0;      // the way repeats here, so that float32 stays sharp all night
const float SPRING = 2.4;          // height at which the vault begins
const float WALL = 2.0;            // half the width of the nave
const float PANE = 2.35;           // the glass of the clerestory
const float AISLE = 4.0;           // the outer wall
const float REACH = 44.0;
const int MARCH_STEPS = 52;
const int RIBS = 16;
const int RIBBON_STEPS = 30;
const int HAZE_STEPS = 14;

const vec3 DEEP = vec3(0.10, 0.16, 0.95);     // bass
const vec3 GOLD = vec3(1.00, 0.62, 0.22);     // kick
const vec3 ICE = vec3(0.62, 0.86, 1.00);      // snare
const vec3 ROSE = vec3(1.00, 0.16, 0.34);     // voice
const vec3 DAWN = vec3(0.10, 0.75, 0.62);     // everything else
const vec3 MOON = vec3(0.16, 0.22, 0.36);     // nothing plays

// state 0: way, bass, openness (drop), tightness (build);  state 1: voice, other, sway, voice clock
vec4 state_at(float column) {
    return IMG_PIXEL(state, vec2(column + 0.5, 0.5));
}

vec4 next_state() {
    float dt = min(TIMEDELTA, 0.1);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0);
    if (gl_FragCoord.x < 1.0) {
        s0.y = follow(s0.y, bass_level, dt, 0.05, 0.35);
        s0.z = follow(s0.z, drop, dt, 0.12, 1.2);
        s0.w = follow(s0.w, build, dt, 0.8, 0.25);
        s0.x = mod(s0.x + dt * speed * (0.40 + 0.9 * s0.y + 0.7 * all_presence + 3.0 * s0.z), LAP);
        return s0;
    }
    s1.x = follow(s1.x, vocals_level, dt, 0.06, 0.5);
    s1.y = follow(s1.y, other_level * other_presence, dt, 0.3, 1.5);
    s1.z = follow(s1.z, sin(TAU * bar_phase) * all_presence, dt, 0.5, 0.5);
    s1.w = mod(s1.w + dt * (0.35 + 0.9 * s1.x), 1000.0 * TAU);
    return s1;
}

// --- architecture ---------------------------------------------------------------------------

float profile(vec3 p) {             // inside of the pointed vault, positive in the air
    return 2.7 - length(vec2(abs(p.x) + 0.7, max(p.y - SPRING, 0.0)));
}

vec2 bay_of(float z) {              // x: position in the bay, 0 in its middle; y: distance to the nearest rib
    float q = mod(z, BAY) - 0.5 * BAY;
    return vec2(q, 0.5 * BAY - abs(q));
}

float arcade(vec3 p, float q) {     // the openings between the columns
    return 1.32 - length(vec2(abs(q) + 0.46, max(p.y - 1.15, 0.0)));
}

float clerestory(vec3 p, float q) { // the windows above them
    return 0.75 - length(vec2(abs(q) + 0.30, max(abs(p.y - 3.15) - 0.35, 0.0)));
}

float map(vec3 p) {
    vec2 bay = bay_of(p.z);
    float x = abs(p.x);
    float vault = profile(p);
    float aisle = min(min(x - PANE, AISLE - x), 2.6 - p.y);
    float air = max(max(vault, aisle), min(AISLE - x, arcade(p, bay.x)));
    air = max(air, min(clerestory(p, bay.x), PANE - x));
    vec2 c = abs(vec2(x - WALL - 0.12, bay.y));
    float column = p.y < SPRING ? min(length(c - vec2(0.10, 0.05)) - 0.085, length(c) - 0.15) : 1.0;
    float rib = min(length(vec2(vault, bay.y)) - 0.08, length(vec2(vault - 0.09, bay.y)) - 0.04);
    float groin = abs(x - abs(bay.x) * (WALL / (0.5 * BAY))) * 0.45;
    groin = p.y > SPRING ? length(vec2(vault, groin)) - 0.035 : 1.0;
    return min(min(air, min(rib, groin)), min(column, p.y));
}

vec3 normal_at(vec3 p) {
    vec2 e = vec2(1, -1) * 0.004;
    return normalize(e.xyy * map(p + e.xyy) + e.yyx * map(p + e.yyx)
                     + e.yxy * map(p + e.yxy) + e.xxx * map(p + e.xxx));
}

// --- light ----------------------------------------------------------------------------------

vec3 kick_light(float ahead) {      // a kick runs away from us at 9 m/s
    float kick = past(FAMILY_KICK, QUANTITY_HITS, max(ahead, 0.0) / 9.0);
    return GOLD * kick * kick;
}

float bass_light(float ahead) {
    float bass = past(FAMILY_BASS, QUANTITY_LEVEL, max(ahead, 0.0) / 14.0);
    return bass * bass;
}

float snare_light(float ahead) {
    float snare = past(FAMILY_SNARE, QUANTITY_HITS, max(ahead, 0.0) / 30.0);
    return snare * snare;
}

float voice_light(float ahead) {
    float voice = past(FAMILY_VOCALS, QUANTITY_LEVEL, max(ahead - 1.6, 0.0) / 6.0);
    return voice * voice;
}

vec2 ribbon(float z, float ahead, float clock) {   // where the voice flies, in the cross-section
    float free = smoothstep(0.0, 3.5, ahead);
    return vec2(1.00 * sin(0.31 * z - clock) * free + 0.22 * sin(0.83 * z + clock * 1.4),
                1.75 + 0.75 * sin(0.27 * z + clock * 0.7) * free + 0.16 * sin(0.97 * z - clock * 1.7));
}

vec3 through_clerestory(vec3 p) {   // where the sunbeam through p crossed the glass on the right
    return p + (PANE - p.x) * vec3(0.0, 0.80, -0.55);
}

float window(vec3 p) {              // how much of the sun reaches p
    vec3 from = through_clerestory(p);
    return smoothstep(-0.02, 0.06, clerestory(from, bay_of(from.z).x));
}

vec3 glass(vec3 p) {                // stained: what white light becomes in the pane at p
    vec2 pane = vec2(bay_of(p.z).x * 6.0, p.y * 4.0), lead = abs(fract(pane) - 0.5);
    float tint = hash_2(floor(pane) + 7.0 * mod(floor(p.z / BAY), 64.0));
    return mix(mix(DAWN, DEEP, tint), GOLD * 0.8, step(0.88, tint)) * (1.0 - smoothstep(0.38, 0.45, max(lead.x, lead.y)))
        * (0.45 + 1.2 * stem_spectrum_at(3, 0.2 + 0.6 * tint));
}

// Light that leaves the stone at p towards the eye.
vec3 shade(vec3 p, vec3 n, vec3 rd, float way, vec4 s0, vec4 s1) {
    float ahead = p.z - way;
    vec2 bay = bay_of(p.z);
    float rib_z = p.z + (bay.x > 0.0 ? bay.y : -bay.y);
    float albedo = p.y < 0.02 ? 0.25 : 0.42 + 0.10 * noise_2(p.zy * 2.5 + p.x);

    // bass: lamps at the foot of every pier
    vec3 lamp = vec3(sign(p.x) * (WALL - 0.25), 0.04, rib_z) - p;
    float d2 = dot(lamp, lamp);
    float facing = 0.25 + 0.75 * clamp(dot(n, lamp * inversesqrt(d2 + 1e-4)), 0.0, 1.0);
    vec3 light_in = (DEEP * 5.0 * facing / (0.25 + 2.0 * d2)
                     + vec3(0.20, 0.06, 0.75) * 0.35 * smoothstep(0.8, 3.6, p.y)) * bass_light(ahead) * (0.3 + 0.7 * smoothstep(0.0, 5.0, ahead));

    // kick: every rib lights its neighbourhood
    float outside = max(-profile(p), 0.0);
    light_in += kick_light(rib_z - way) * 2.0 * exp(-0.02 * ahead) / (0.15 + 3.0 * bay.y * bay.y + 6.0 * outside * outside) * smoothstep(0.0, 6.0, ahead) * (p.y < 0.02 ? 0.3 : 1.0);

    // voice: the ribbon is a lamp as well
    vec2 r = ribbon(p.z, ahead, s1.w) - p.xy;
    float voice = voice_light(ahead) * smoothstep(0.0, 1.5, ahead);
    light_in += ROSE * voice * 2.6 * exp(-0.06 * ahead) * (0.1 + 0.9 * clamp(dot(n.xy, normalize(r)), 0.0, 1.0)) / (0.15 + dot(r, r) * dot(r, r));

    // everything else: sun through the windows and the glass of the outer wall; the moon when nothing plays
    float sun = window(p) * clamp(dot(n, normalize(vec3(0.8, 0.5, 0.4))) + 0.1, 0.0, 1.0);
    light_in += (glass(through_clerestory(p)) * 8.0 * s1.y + MOON) * sun + DAWN * 0.035 * s1.y + MOON * 0.05;
    float x = abs(p.x);
    bool high = p.y > 2.5 && abs(x - PANE) < 0.03, low = x > AISLE - 0.03;
    if (high || low) {                            // glass
        float lancet = 0.62 - length(vec2(abs(bay.x) + 0.25, max(abs(p.y - 1.2) - 0.6, 0.0)));
        light_in += glass(p) * (s1.y + 0.03) * (high ? 5.0 : 4.5 * smoothstep(0.0, 0.03, lancet));
    }
    vec3 seen = albedo * light_in;

    // snare: rim light
    float edge = pow(max(1.0 - abs(dot(n, rd)), 0.0), 4.0);
    seen += ICE * snare_light(ahead) * edge * 0.8 + MOON * edge * 0.05;
    return seen;
}

// Lines of light in planes the ray crosses: ribs (kick, bass) and the outlines of the arcade (snare).
vec3 lines(vec3 ro, vec3 rd, float way, float reach, float fine) {
    vec3 sum = vec3(0.0);
    float first = ceil(ro.z / BAY);
    if (rd.z > 0.05) {
        for (int k = 0; k < RIBS; k++) {
            float z = (first + float(k)) * BAY;
            float t = (z - ro.z) / rd.z;
            if (t > reach + 1.0) break;
            vec3 p = ro + rd * t;
            float d = profile(p) - 0.15;
            float thin = (0.00008 + 0.0000035 * t * t) * fine;
            float lit = thin / (thin + d * d) + 0.012 / (0.06 + d * d) * 0.35;
            float mist = exp(-0.045 * t) * smoothstep(-1.0, -0.05, reach - t);
            sum += (kick_light(z - way) * 1.8 * smoothstep(0.0, 5.0, z - way) + DEEP * 0.55 * bass_light(z - way) + MOON * 0.03) * lit * mist;
        }
    }
    float side = sign(rd.x);
    float t = (side * (WALL + 0.02) - ro.x) / (abs(rd.x) < 1e-4 ? 1e-4 : rd.x);
    if (t > 0.0 && t < reach + 0.2 && t < 40.0) {
        vec3 p = ro + rd * t;
        float d = arcade(p, bay_of(p.z).x) + 0.03;
        float thin = (0.0002 + 0.00001 * t * t) * fine;
        sum += ICE * snare_light(p.z - way) * (2.0 * thin / (thin + d * d) + 0.004 / (0.02 + d * d)) * exp(-0.06 * t) * step(0.0, p.y);
    }
    return sum;
}

float march(vec3 ro, vec3 rd, float t, int steps) {
    for (int i = 0; i < MARCH_STEPS; i++) {
        float d = map(ro + rd * t);
        if (i >= steps || d < 0.001 * t || t > REACH) break;
        t += d * 0.9;
    }
    return t;
}

vec3 stone(vec3 ro, vec3 rd, float t, float way, vec4 s0, vec4 s1) {
    if (t > REACH) return vec3(0.0);
    vec3 p = ro + rd * t;
    return shade(p, normal_at(p), rd, way, s0, s1) * exp(-0.05 * t);
}

// The rose window at the end of the way: the only thing that never comes nearer.
vec3 rose_window(vec2 at, vec4 s0, vec4 s1) {
    float size = 0.12 + 0.012 * kick_hits + 0.22 * s0.z;
    float r = length(at) / size, turn = atan(at.y, at.x) / TAU + 0.01 * s1.w;
    float petal = abs(fract(turn * 12.0) - 0.5);
    float tracery = smoothstep(0.06, 0.10, abs(r - 0.36)) * smoothstep(0.05, 0.09, abs(r - 0.95))
        * smoothstep(0.05, 0.10, petal * r) * smoothstep(0.10, 0.14, r);
    float inside = 1.0 - smoothstep(0.97, 1.03, r);
    vec3 glass = mix(mix(GOLD, ROSE, smoothstep(0.2, 0.9, r)), DAWN, 0.35 * s1.y);
    float power = 0.10 + 1.2 * s1.y + 0.5 * s1.x + 2.5 * kick_hits * kick_hits + 5.0 * s0.z;
    return glass * inside * tracery * power + glass * power * 0.05 / (0.5 + r * r) + GOLD * s0.z * 1.5 / (1.0 + r * r);
}

struct Ray { vec3 from, to; };

Ray camera(vec2 uv, vec4 s0, vec4 s1) {
    vec2 screen = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float sway = s1.z;
    vec3 ro = vec3(0.40 * sway + 0.20 * sin(TIME * 0.13), 1.15 + 0.15 * sin(TIME * 0.17) + 0.5 * s0.z, s0.x);
    vec3 rd = normalize(vec3(screen, 0.95 + 0.60 * s0.w - 0.25 * s0.z));
    rd.yz *= rotation(-0.20 - 0.03 * sin(TIME * 0.11) - 0.10 * s0.z);
    rd.xz *= rotation(0.10 * sin(TIME * 0.07) - 0.05 * sway);
    rd.xy *= rotation(0.05 * sway + 0.04 * sin(TIME * 0.09));
    return Ray(ro, rd);
}

// Sun and moon in the haze between the eye and the stone.
vec3 haze_light(vec2 uv, vec4 s0, vec4 s1) {
    Ray eye = camera(uv, s0, s1);
    float reach = min(IMG_NORM_PIXEL(hall, uv).a, 18.0), sum = 0.0;
    float dither = ordered_dither(gl_FragCoord.xy, float(FRAMEINDEX));
    for (int i = 0; i < HAZE_STEPS; i++) {
        float s = reach * (float(i) + dither) / float(HAZE_STEPS);
        sum += window(eye.from + eye.to * s) * exp(-0.05 * s);
    }
    return (DAWN * s1.y + MOON * 0.4) * haze * light * sum * reach * 0.075 / float(HAZE_STEPS);
}

vec4 render(vec2 uv, vec4 s0, vec4 s1) {
    float way = s0.x;
    Ray eye = camera(uv, s0, s1);
    vec3 ro = eye.from, rd = eye.to;
    float t = march(ro, rd, 0.05, MARCH_STEPS);
    vec3 hit = ro + rd * t;
    vec3 col = stone(ro, rd, t, way, s0, s1) + lines(ro, rd, way, t, 1.0);
    if (hit.y < 0.03 && t < 26.0) {               // wet floor
        vec2 tile = abs(fract(hit.xz * 1.25) - 0.5);
        float groove = 1.0 - smoothstep(0.46, 0.485, max(tile.x, tile.y));
        vec2 wave = vec2(noise_2(hit.xz * 4.0), noise_2(hit.xz * 4.0 + 31.0)) - 0.5;
        vec3 n = normalize(vec3(wave.x * 0.05, 1.0, wave.y * 0.05));
        vec3 rr = reflect(rd, n), from = hit + vec3(0, 0.02, 0);
        float fresnel = 0.12 + 0.80 * pow(1.0 - clamp(dot(-rd, n), 0.0, 1.0), 3.0);
        float tm = march(from, rr, 0.05, 24);
        vec3 mirror = stone(from, rr, tm, way, s0, s1) + lines(from, rr, way, tm, 3.0);
        col = col * 0.55 + mirror * fresnel * mix(0.3, 1.0, groove) * exp(-0.03 * t);
    }
    float far = smoothstep(10.0, REACH, t);
    if (t > REACH * 0.9) col += rose_window(rd.xy / rd.z - vec2(0.0, 0.05), s0, s1);
    col += haze * far * (DEEP * 0.4 * bass_light(20.0) + MOON * 0.12 + GOLD * 1.2 * s0.z);

    // the ribbon: two strands twisted about each other, exact distance to a polyline through planes ahead
    vec3 voice = vec3(0.0);
    vec2 slope = rd.xy / max(rd.z, 0.1), last_a = vec2(9.0), last_b = vec2(9.0);
    for (int i = 0; i <= RIBBON_STEPS; i++) {
        float u = float(i) / float(RIBBON_STEPS), ahead = 1.4 + 9.0 * u + 14.0 * u * u;
        float twist = 1.3 * (way + ahead) - 2.0 * s1.w;
        vec2 at = ro.xy + slope * ahead - ribbon(way + ahead, ahead, s1.w), apart = 0.09 * vec2(cos(twist), sin(twist));
        float lit = voice_light(ahead) * smoothstep(0.0, 0.25, u) * exp(-0.04 * ahead) * smoothstep(-0.1, 0.3, t * rd.z - ahead);
        float width = 0.00015 + 0.0008 * lit, a2 = segment_distance_2(last_a, at - apart), b2 = segment_distance_2(last_b, at + apart);
        voice += lit * (vec3(1.0, 0.55, 0.40) * width / (width + a2) + ROSE * width / (width + b2) + ROSE * 0.006 / (0.05 + min(a2, b2)));
        last_a = at - apart;
        last_b = at + apart;
    }
    col += voice * 2.8;

    // hats: dust that catches the light
    for (int layer = 0; layer < 3; layer++) {
        float approach = fract(way / 12.0 + float(layer) / 3.0);
        vec2 p = slope * mix(14.0, 3.0, approach) + 13.0 * float(layer) + 0.05 * TIME;
        vec3 h = hash_3(floor(p) + 17.0 * float(layer));
        vec2 o = fract(p) - 0.5 - 0.7 * (h.xy - 0.5);
        float d2 = dot(o, o), size = 0.0004 + 0.0012 * h.z * h.z * h.z;
        float spark = step(0.78, h.y) * size / (size + d2) * (1.0 - smoothstep(0.0, 0.04, d2)) * smoothstep(0.0, 0.3, approach) * (1.0 - approach);
        float turn = fract(h.z * 7.0 + mod(hat_count, 512.0) * 0.381966);
        col += ICE * spark * (smoothstep(0.5, 1.0, turn) * 7.0 * hat_hits * hat_hits + 0.12 * h.x);
    }
    return vec4(col * light, t);
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        vec4 s0 = state_at(0.0), s1 = state_at(1.0);
        vec4 now = render(uv, s0, s1);
        vec2 back = (uv - 0.5) * (1.0 - 0.9 * min(TIMEDELTA, 0.05)) + 0.5;
        vec3 before = IMG_NORM_PIXEL(hall, back).rgb;
        float keep = exp(-min(TIMEDELTA, 0.1) / (0.02 + 0.18 * trail));
        before *= keep * smoothstep(0.5, 2.0, luminance(before));
        gl_FragColor = vec4(FRAMEINDEX == 0 ? now.rgb : max(now.rgb, before), now.a);
    } else if (PASSINDEX == 2) {
        vec3 c = IMG_NORM_PIXEL(hall, uv).rgb;
        vec3 glow = min(c * smoothstep(0.2, 1.5, luminance(c)), 8.0);
        gl_FragColor = vec4(0.5 * glow + haze_light(uv, state_at(0.0), state_at(1.0)), 1.0);
    } else if (PASSINDEX == 3) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += IMG_NORM_PIXEL(air, uv + vec2(x * 1.5 / RENDERSIZE.x, 0.0)).rgb * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.6, 1.0);
    } else if (PASSINDEX == 4) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float y = float(i);
            sum += IMG_NORM_PIXEL(bloom_x, uv + vec2(0.0, y * 1.5 / RENDERSIZE.y)).rgb * exp(-y * y / 14.0);
        }
        gl_FragColor = vec4(sum / 6.6, 1.0);
    } else {
        vec3 c = IMG_NORM_PIXEL(hall, uv).rgb + IMG_NORM_PIXEL(bloom, uv).rgb;
        c *= vignette(uv);
        gl_FragColor = vec4(tone_map(turn_hue(c, hue)), 1.0);
    }
}
