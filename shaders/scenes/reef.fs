/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A living cave under the sea, flown through. The voice is a light that swims ahead and shines through the walls, the bass makes them swell and glow from behind, each kick is a wave of pressure that runs away down the cave, the snare wakes the polyps, hats are plankton, everything else runs in the veins.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Organic"],
  "INPUTS": [
    {"NAME": "speed", "LABEL": "Speed", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "breath", "LABEL": "Breath of the walls", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "growth", "LABEL": "Growth", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "trail", "LABEL": "Trail", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 3, "HEIGHT": 1},
    {"TARGET": "echo", "FLOAT": true, "WIDTH": 96, "HEIGHT": 1},
    {"TARGET": "cave", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

const int MARCH_STEPS = 56;
const float REACH = 30.0;
const float LAP = TAU * 40.0;                 // every frequency below times 40 is whole: the way repeats unseen
const vec2 AXIS = vec2(1.57079633, 0.0);      // along it the gyroid is 1: open water as far as one sees

const vec3 VIOLET = vec3(0.16, 0.10, 1.00);   // bass
const vec3 CORAL = vec3(1.00, 0.30, 0.13);    // voice
const vec3 AQUA = vec3(0.04, 0.78, 0.62);     // everything else
const vec3 PEARL = vec3(0.62, 0.85, 1.00);    // kick
const vec3 NIGHT = vec3(0.05, 0.15, 0.34);    // nothing plays

// state 0: way, bass, voice, other;  state 1: drop, build, sway, voice clock;  state 2: breath clock, lift, kick, presence
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    if (column < 0.5) return vec4(mod(s0.x + d * speed * (0.45 + 0.8 * s0.y + 0.5 * s2.w + 0.9 * s1.y + 4.0 * s1.x), LAP), follow(s0.y, bass_level, d, 0.05, 0.4),
                                  follow(s0.z, vocals_level, d, 0.06, 0.45), follow(s0.w, other_level, d, 0.25, 1.2));
    if (column < 1.5) return vec4(follow(s1.x, drop, d, 0.12, 1.2), follow(s1.y, build, d, 0.8, 0.3),
                                  follow(s1.z, sin(TAU * bar_phase) * all_presence, d, 0.6, 0.6), mod(s1.w + d * (0.5 + 1.2 * s0.z), 1000.0 * TAU));
    return vec4(mod(s2.x + d * (0.5 + 1.5 * s0.y), 1000.0 * TAU), follow(s2.y, sin(TAU * fract(bar_count / 8.0)) * all_presence, d, 3.0, 3.0),
                follow(s2.z, kick_hits * kick_hits, d, 0.01, 0.2), follow(s2.w, all_presence, d, 1.0, 3.0));
}

// What was heard, by how far ahead of the eye it is seen: kick, bass, snare, voice.
vec4 heard_ahead(float ahead) {
    float kick = past(FAMILY_KICK, QUANTITY_HITS, ahead / 8.0), bass = past(FAMILY_BASS, QUANTITY_LEVEL, ahead / 14.0);
    float snare = past(FAMILY_SNARE, QUANTITY_HITS, ahead / 22.0), voice = past(FAMILY_VOCALS, QUANTITY_LEVEL, ahead / 12.0);
    return vec4(kick * kick, bass * bass, snare * snare, voice * voice);
}

vec4 echo_at(float ahead) { return IMG_NORM_PIXEL(echo, vec2(clamp(ahead / REACH, 0.0, 1.0), 0.5)); }

// --- the cave -----------------------------------------------------------------------------------

vec2 bend(float z) { return vec2(0.75 * sin(0.20 * z) + 0.2 * sin(0.45 * z), 0.6 * sin(0.175 * z + 1.0)); }

vec3 grown(vec3 p) { return vec3(p.xy - bend(p.z), p.z); }

float thickness(vec3 q, float bass) {         // of the walls; below 0 they have holes
    return 0.10 + 0.21 * gyroid(q * 0.75 + 0.7) + 0.05 * breath * bass;
}

float map(vec3 p, float way, float breathing) {
    vec3 q = grown(p);
    float bass = echo_at(p.z - way).y;
    float wall = gyroid(q) + breath * (0.10 * sin(1.25 * q.z - breathing) * (0.3 + bass) - 0.10 * bass);
    wall += growth * (0.13 * gyroid(q * 3.1) + 0.040 * gyroid(q * 8.3));
    float shell = (abs(wall) - thickness(q, bass)) * 0.55, tunnel = (1.75 + 0.45 * gyroid(q * 0.75)) - length(q.xy - AXIS);
    return -smooth_min(-shell, -tunnel, 0.7);
}

vec3 normal_at(vec3 p, float way, float breathing, float e_) {
    vec2 e = vec2(1, -1) * e_;
    return normalize(e.xyy * map(p + e.xyy, way, breathing) + e.yyx * map(p + e.yyx, way, breathing)
                     + e.yxy * map(p + e.yxy, way, breathing) + e.xxx * map(p + e.xxx, way, breathing));
}

float behind_2(vec3 q) {                      // to the nearest axis of the caves behind the walls, squared
    vec2 a = mod(q.xy - vec2(1.5, 0.0) * 3.14159265 + 3.14159265, TAU) - 3.14159265;
    vec2 b = mod(q.xy - vec2(0.5, 1.0) * 3.14159265 + 3.14159265, TAU) - 3.14159265;
    return min(dot(a, a), dot(b, b));
}

// --- light --------------------------------------------------------------------------------------

vec3 swimmer(float way, vec4 s1, float ahead) {   // where the voice is
    float z = way + ahead;
    return vec3(AXIS + bend(z) + vec2(0.42 * sin(0.9 * s1.w), 0.30 * sin(1.3 * s1.w + 1.0)), z);
}

vec3 skin(vec3 p, vec3 rd, float t, vec4 s0, vec4 s1, vec4 s2, vec3 lamp) {
    float way = s0.x, ahead = p.z - way;
    vec4 heard = echo_at(ahead);
    vec3 n = normal_at(p, way, s2.x, 0.004 + 0.002 * t), q = grown(p);
    float facing = abs(dot(n, rd)), rim = pow(1.0 - facing, 3.0);
    float relief = clamp(0.5 + 0.45 * gyroid(q * 8.3) * sign(gyroid(q)), 0.0, 1.0), grain = 0.15 + 0.85 * relief * relief;
    float thin = exp(-8.0 * max(thickness(q, heard.y), 0.0) / (0.30 + facing)) * (0.35 + 0.65 * relief);

    float glow = 1.0 / (0.35 + 1.3 * behind_2(q));
    vec3 c = NIGHT * (0.55 * max(n.y, 0.0) + 0.35 * thin * glow + 0.55 * rim) * grain;
    // bass: lamps in the caves next to this one
    c += VIOLET * heard.y * (1.0 + s1.x) * (2.6 * thin + 0.25 * grain + 0.6 * rim) * glow;
    // voice: from the swimmer, on the walls and through them
    vec3 l = lamp - p, h = normalize(normalize(l) - rd);
    float d2 = dot(l, l), toward = dot(n, l) * inversesqrt(d2 + 1e-4);
    float voice = (0.03 + s0.z * s0.z) * (1.0 + 3.0 * s1.x), wet = pow(max(dot(n, h), 0.0), 40.0);
    c += (CORAL * grain * (0.75 * max(toward, 0.0) + 0.9 * wet) + vec3(1.0, 0.10, 0.08) * thin * (0.15 + max(-toward, 0.0)))
        * voice * 22.0 / (0.5 + d2 + 0.05 * d2 * d2);
    // kick: a wave of pressure
    c += PEARL * heard.x * (0.10 * grain + 1.5 * rim) * smoothstep(0.0, 2.0, ahead);
    // other: veins
    float v = gyroid(q * 2.3 + 0.35 * sin(q.yzx * 4.6));
    float vein = 0.0022 / (0.0022 + v * v) + 0.05 / (0.10 + v * v);
    float pulse = 0.5 + 0.5 * sin(6.0 * q.z * 0.35 - 1.6 * s2.x + 2.0 * gyroid(q));
    c += AQUA * vein * (0.02 + 0.75 * s0.w * s0.w) * (0.35 + 0.65 * pulse);
    // snare: polyps
    vec3 w = q * 5.5, s = sin(w) * sin(w.yzx * 1.0 + 1.3);
    float polyp = smoothstep(0.62, 0.95, abs(s.x * s.y * s.z) * 2.4);
    c += mix(CORAL, vec3(1.0, 0.85, 0.7), 0.5) * polyp * (heard.z * 2.2 + 0.04);
    return c;
}

vec3 water(float t) { return exp(-t * vec3(0.22, 0.17, 0.15)); }      // red goes first

struct Ray { vec3 from, to; };

Ray camera(vec2 uv, vec4 s0, vec4 s1, vec4 s2) {
    vec2 jitter = hash_3(vec2(mod(float(FRAMEINDEX), 64.0), 7.0)).xy - 0.5;
    vec2 screen = (uv * 2.0 - 1.0 + jitter * 1.6 / RENDERSIZE) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float z = s0.x;
    vec3 ro = vec3(AXIS + bend(z) + vec2(0.22 * s1.z + 0.15 * sin(TIME * 0.11), 0.18 * sin(TIME * 0.13) + 0.15 * s2.y), z);
    vec3 at = vec3(AXIS + bend(z + 2.5), z + 2.5), forward = normalize(at - ro);
    vec3 right = normalize(cross(vec3(0, 1, 0), forward)), up = cross(forward, right);
    screen *= rotation(0.35 * sin(0.1 * z) + 0.10 * s1.z);
    return Ray(ro, normalize(right * screen.x + up * screen.y + forward * (0.80 + 0.5 * s1.y - 0.22 * s1.x)));
}

vec3 render(vec2 uv) {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    float way = s0.x;
    Ray eye = camera(uv, s0, s1, s2);
    vec3 ro = eye.from, rd = eye.to, lamp = swimmer(way, s1, 3.6 + 0.8 * sin(0.37 * s1.w));
    float t = 0.05 + 0.05 * ordered_dither(gl_FragCoord.xy, float(FRAMEINDEX)), d = 1.0;
    vec3 veil = vec3(0.0);
    for (int i = 0; i < MARCH_STEPS; i++) {
        vec3 p = ro + rd * t;
        d = map(p, way, s2.x);
        if (d < 0.0008 * (1.0 + 2.0 * t) || t > REACH) break;
        vec4 heard = echo_at(p.z - way);
        float near = 0.004 / (0.008 + d * d);
        veil += (VIOLET * heard.y * 0.12 + PEARL * heard.x * 0.25 * smoothstep(0.0, 2.5, p.z - way)) * near * min(d, 0.3) * exp(-0.14 * t);
        t += d;
    }
    vec3 c = veil;
    if (t < REACH) {
        vec3 p = ro + rd * t;
        c += skin(p, rd, t, s0, s1, s2, lamp) * water(t) * (1.0 - smoothstep(0.01, 0.05, d / t));
    }
    vec4 far = echo_at(REACH * 0.6);
    c += (NIGHT * 0.07 + VIOLET * (0.08 + 0.25 * s1.x) * far.y + AQUA * 0.03 * s0.w * s0.w) * pow(1.0 - water(min(t, REACH)).g, 2.0);

    // the swimmer: light scattered in the water between the eye and the wall
    vec3 o = lamp - ro;
    float along = dot(o, rd), off2 = max(dot(o, o) - along * along, 0.0), h = sqrt(off2 + 0.004);
    float scattered = (atan((t - along) / h) + atan(along / h)) / h;
    float voice = (s0.z * s0.z + 0.02) * (1.0 + 2.0 * s1.x), seen = smoothstep(-0.05, 0.15, t - along);
    c += CORAL * voice * 0.055 * scattered + vec3(1.0, 0.75, 0.5) * voice * 0.020 / (0.0016 + off2) * seen;
        float bright = luminance(c);
    return c * 2.3 * light * bright / (bright + 0.045);         // the dark stays dark
}

vec3 plankton(vec2 uv, vec4 s0, vec4 s1) {
    vec2 screen = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    vec3 sum = vec3(0.0);
    for (int layer = 0; layer < 3; layer++) {
        float approach = fract(s0.x / 9.0 + float(layer) / 3.0);
        vec2 p = screen * mix(9.0, 1.6, approach) + 17.0 * float(layer) + 0.2 * vec2(sin(TIME * 0.3), cos(TIME * 0.23));
        vec3 h = hash_3(floor(p) + 57.0 * float(layer));
        vec2 off = fract(p) - 0.5 - 0.6 * (h.xy - 0.5);
        float size = 0.0011 * h.z * h.z, d2 = dot(off, off), fade = sin(3.14159 * approach);
        float chosen = smoothstep(0.55, 1.0, fract(h.z * 13.0 + mod(hat_count, 512.0) * 0.381966));
        sum += mix(AQUA, PEARL, h.x) * fade * size / (size + d2) * (1.0 - smoothstep(0.0, 0.05, d2)) * (0.10 + 2.6 * hat_hits * hat_hits * chosen);
    }
    return sum;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        gl_FragColor = heard_ahead(uv.x * REACH);
    } else if (PASSINDEX == 2) {
        vec3 now = min(render(uv), 40.0), before = IMG_NORM_PIXEL(cave, uv).rgb;
        float keep = FRAMEINDEX == 0 ? 0.0 : exp(-min(TIMEDELTA, 0.1) / (0.015 + 0.12 * trail * (1.0 - 0.8 * state_at(1.0).x)));
        gl_FragColor = vec4(mix(now, before, keep), 1.0);
    } else if (PASSINDEX == 3) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += shining(IMG_NORM_PIXEL(cave, uv + vec2(x * 1.6 / RENDERSIZE.x, 0.0)).rgb, 1.0) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == 4) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.6 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = IMG_NORM_PIXEL(cave, uv).rgb + 0.45 * IMG_NORM_PIXEL(bloom, uv).rgb + plankton(uv, state_at(0.0), state_at(1.0)) * light;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
