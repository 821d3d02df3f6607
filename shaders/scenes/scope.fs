/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Four electron beams on one tube, each as bright as it is slow. The bass orbits in wide blue loops, the voice knots a rose figure in the middle, drums are a golden crown that the kick throws open, everything else is the sound itself, left against right.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Line art", "Feedback"],
  "INPUTS": [
    {"NAME": "gain", "LABEL": "Gain", "TYPE": "float", "MIN": 0.3, "MAX": 2.5, "DEFAULT": 1.0},
    {"NAME": "beam_power", "LABEL": "Beam", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "persistence", "LABEL": "Persistence", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "dive", "LABEL": "Dive", "TYPE": "float", "MIN": -1.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "grid", "LABEL": "Graticule", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 5, "HEIGHT": 1},
    {"TARGET": "path", "FLOAT": true, "WIDTH": 353, "HEIGHT": 4},
    {"TARGET": "reach", "FLOAT": true, "WIDTH": 22, "HEIGHT": 4},
    {"TARGET": "tiles", "FLOAT": true, "WIDTH": 64, "HEIGHT": 36},
    {"TARGET": "phosphor", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

// Space: y from -1 to 1 on the screen. path: xy on the screen, z width of the beam there, w power.
// A run is 16 strokes of a beam; tiles know which runs reach into them, one bit each, one channel a beam.
const int RUN = 16;
const int RUNS = 22;
const float POINTS = 353.0;
const int CROWN = 0, LOOPS = 1, KNOT = 2, SOUND = 3;            // drums, bass, vocals, other
const vec3 GOLD = vec3(1.00, 0.38, 0.04);
const vec3 DEEP = vec3(0.10, 0.26, 1.00);
const vec3 ROSE = vec3(1.00, 0.14, 0.30);
const vec3 SEA = vec3(0.10, 0.85, 0.68);

float aspect() { return RENDERSIZE.x / RENDERSIZE.y; }
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

// --- what moves slowly --------------------------------------------------------------------------
// state 0: sound's size, bass's size, how mono, idle;  state 1: yaw, roll, crown's turn, idle clock
// state 2: powers of the four beams;  state 3: kick, drop, build, sway;  state 4: voice's size, snare, presence

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0), s4 = state_at(4.0);
    if (column < 0.5) {
        float mid = 0.0, side = 0.0, low = 0.0;
        for (int i = 0; i < 48; i++) {
            vec2 x = sound_at(float(i) * 0.00083);
            mid += x.x * x.x;
            side += x.y * x.y;
        }
        for (int i = 0; i < 12; i++) {
            float sum = 0.0;
            for (int k = 0; k < 8; k++) sum += sound_at(float(i) * 0.005 + float(k) * 0.0006).x;
            low += sum * sum / 64.0;
        }
        mid = sqrt(mid / 48.0); side = sqrt(side / 48.0); low = sqrt(low / 12.0);
        float mono = clamp(1.0 - 2.5 * side / max(mid + side, 1e-4), 0.0, 1.0);
        return vec4(follow(s0.x, mid + side, d, 0.05, 0.8), follow(s0.y, low, d, 0.05, 0.8),
                    follow(s0.z, mono, d, 0.3, 0.3), FRAMEINDEX == 0 ? 1.0 : follow(s0.w, 1.0 - smoothstep(0.0, 0.15, all_level), d, 0.7, 0.15));
    }
    if (column < 1.5) return vec4(mod(s1.x + d * (0.06 + 0.28 * s2.y + 0.9 * s3.z), TAU), mod(s1.y + d * (0.05 + 0.20 * s2.y + 1.2 * s3.y), TAU),
                                  mod(s1.z + d * (0.15 + 1.1 * s2.x + 1.5 * s3.z), TAU), mod(s1.w + d * (0.10 + 0.5 * s2.z), 200.0 * TAU));
    if (column < 2.5) return vec4(follow(s2.x, drums_level, d, 0.01, 0.16), follow(s2.y, bass_level, d, 0.04, 0.25),
                                  follow(s2.z, vocals_level, d, 0.05, 0.25), follow(s2.w, other_level * other_presence, d, 0.1, 0.5));
    if (column < 3.5) return vec4(follow(s3.x, kick_hits * kick_hits, d, 0.005, 0.16), follow(s3.y, drop, d, 0.08, 0.9),
                                  follow(s3.z, build, d, 0.7, 0.25), follow(s3.w, sin(TAU * bar_phase) * all_presence, d, 0.5, 0.5));
    return vec4(0.0, follow(s4.y, snare_hits, d, 0.005, 0.18), follow(s4.z, all_presence, d, 1.0, 2.5), 0.0);
}

// --- what the beams write -----------------------------------------------------------------------

float low_at(float ago) {               // bass: the sound over 5 ms
    float sum = 0.0;
    for (int k = 0; k < 16; k++) {
        float w = 0.5 - 0.5 * cos(TAU * (float(k) + 0.5) / 16.0);
        sum += w * sound_at(ago + 0.00032 * float(k)).x;
    }
    return sum / 8.0;
}

vec2 smooth_at(float ago) {             // without what would only be fuzz on the tube: up to 900 Hz
    vec2 sum = vec2(0.0);
    for (int k = -5; k <= 5; k++) {
        float w = 0.5 + 0.5 * cos(TAU * float(k) / 12.0);
        sum += w * sound_at(max(ago + 0.00010 * float(k), 0.0));
    }
    return sum / 6.0;
}

float mid_at(float ago) {               // voice: between 200 Hz and 900 Hz
    float coarse = 0.0;
    for (int k = -3; k <= 3; k++) coarse += sound_at(max(ago + 0.0006 * float(k), 0.0)).x;
    return smooth_at(ago).x - coarse / 7.0;
}

vec4 drawn_point(int beam, float u) {   // xyz in the room, w power
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0), s4 = state_at(4.0);
    float ends = smoothstep(0.0, 0.06, u) * smoothstep(0.0, 0.06, 1.0 - u);
    if (beam == LOOPS) {
        float ago = 0.002 + 0.060 * u, scale = 0.78 * gain / (1.7 * s0.y + 0.02) * (0.25 + 0.85 * s2.y);
        vec3 p = scale * vec3(low_at(ago), low_at(ago + 0.0042), low_at(ago + 0.0084));
        return vec4(p.x * 1.25, p.y, 0.6 * p.z, ends * s2.y * s2.y);
    }
    if (beam == KNOT) {
        float ago = 0.002 + 0.020 * u, scale = 0.68 * gain / (s0.x + 0.02) * (0.3 + 0.9 * s2.z);
        float a = mid_at(ago), b = mid_at(ago + 0.00042), c = mid_at(ago + 0.00100);
        return vec4(scale * vec3(a, b, 1.2 * c), ends * s2.z * s2.z);
    }
    if (beam == CROWN) {
        float ago = 0.024 * (0.5 - abs(u - 0.5)) * 2.0, turn = TAU * u + s1.z;    // there and back: the ring closes
        float high = (sound_at(ago).x - sound_at(ago + 0.0003).x + sound_at(ago + 0.00005).x - sound_at(ago + 0.00035).x) / (s0.x + 0.03) * gain;
        float r = 0.50 + 0.42 * s3.x + 0.22 * s3.y - 0.15 * s3.z + 0.10 * clamp(high, -1.0, 1.5) * (0.3 + s4.y + 0.6 * hat_hits);
        r += 0.10 * s4.y * sin(12.0 * turn);
        return vec4(r * cos(turn), r * sin(turn), 0.25 * s4.y * cos(6.0 * turn), s2.x * s2.x * 0.8 + 0.3 * s3.x);
    }
    float ago = 0.024 * u, scale = 0.95 * gain / (s0.x + 0.02) * (0.45 + 0.65 * s2.w);
    vec2 x = smooth_at(ago), later = smooth_at(ago + 0.0031);
    vec3 p = vec3(mix(1.6 * x.y, 0.8 * later.x, s0.z), 0.8 * x.x, 0.7 * smooth_at(ago + 0.0011).x) * scale;
    // nothing to hear: the tube's own figure
    float t = TAU * u;
    vec3 idle = vec3(0.80 * sin(3.0 * t + 0.7 * s1.w), 0.55 * sin(2.0 * t), 0.5 * cos(4.0 * t + s1.w));
    idle *= 1.0 + 0.12 * sin(5.0 * t - 2.0 * s1.w);
    return vec4(mix(p, idle, s0.w), mix(ends * (0.05 + s2.w * s2.w), 0.13, s0.w));
}

vec4 path_point() {
    int beam = int(gl_FragCoord.y);
    float u = floor(gl_FragCoord.x) / (POINTS - 1.0);
    vec4 s1 = state_at(1.0), s3 = state_at(3.0);
    vec4 p = drawn_point(beam, u);
    // the figures hang in a shallow room
    float yaw = (beam == CROWN ? 0.5 : 0.75) * sin(s1.x + 1.3 * float(beam)) + 0.25 * s3.w, pitch = 0.35 * sin(0.7 * s1.x + 2.0 + float(beam));
    p.xz = rotation(yaw) * p.xz;
    p.yz = rotation(pitch) * p.yz;
    if (beam != SOUND) p.xy = rotation((beam == LOOPS ? 1.0 : -0.6) * sin(s1.y)) * p.xy;
    float away = 2.6 + p.z;
    p.xy *= 2.6 / max(away, 0.6) * (1.0 - 0.22 * s3.z);
    float blur = 0.0026 + 0.0060 * abs(p.z) * abs(p.z);
    return vec4(p.xy, max(blur, 1.5 / IMG_SIZE(phosphor).y), p.w / (POINTS - 1.0));
}

// --- who must look at which run -------------------------------------------------------------------

vec4 run_box() {
    vec2 low = vec2(1e4), high = vec2(-1e4);
    float first = floor(gl_FragCoord.x) * float(RUN), power = 0.0;
    for (int i = 0; i <= RUN; i++) {
        vec4 p = IMG_PIXEL(path, vec2(first + float(i) + 0.5, gl_FragCoord.y));
        low = min(low, p.xy - 3.0 * p.z);
        high = max(high, p.xy + 3.0 * p.z);
        power += p.w;
    }
    return power > 1e-6 ? vec4(low, high) : vec4(1e4, 1e4, -1e4, -1e4);
}

vec4 tile_runs() {
    vec2 wide = IMG_SIZE(phosphor), size = RENDERSIZE, stretch = vec2(wide.x / wide.y, 1.0);
    vec2 low = (floor(gl_FragCoord.xy) / size * 2.0 - 1.0) * stretch, high = ((floor(gl_FragCoord.xy) + 1.0) / size * 2.0 - 1.0) * stretch;
    vec4 runs = vec4(0.0);
    float bit = 1.0;
    for (int i = 0; i < RUNS; i++) {
        for (int beam = 0; beam < 4; beam++) {
            vec4 box = IMG_PIXEL(reach, vec2(float(i) + 0.5, float(beam) + 0.5));
            if (all(lessThan(box.xy, high)) && all(greaterThan(box.zw, low))) runs[beam] += bit;
        }
        bit *= 2.0;
    }
    return runs;
}

// --- the light ----------------------------------------------------------------------------------

// Gauss' integral, within 0.0005: Winitzki's form is smooth, which is all a beam needs.
float erf_(float x) {
    float x2 = min(x * x, 16.0);
    return sign(x) * sqrt(1.0 - exp(-x2 * (1.2732395 + 0.14 * x2) / (1.0 + 0.14 * x2)));
}

// Light of a beam that goes from a to b at constant speed, power 1: a Gaussian spot swept along.
float stroke(vec2 p, vec4 a, vec4 b) {
    vec2 along = b.xy - a.xy;
    float size = max(length(along), 1e-4), width = 0.5 * (a.z + b.z);
    along /= size;
    vec2 off = p - a.xy;
    float x = dot(off, along), y = (off.x * along.y - off.y * along.x) / width;
    float g = exp(-0.5 * y * y) * 0.3989 / width;
    return g * 0.5 * (erf_(0.70711 * x / width) - erf_(0.70711 * (x - size) / width)) / size;
}

vec3 beams(vec2 p, vec2 uv, float wanted) {
    vec4 runs = wanted * IMG_PIXEL(tiles, (floor(uv * IMG_SIZE(tiles)) + 0.5));
    vec4 light = vec4(0.0);
    for (int beam = 0; beam < 4; beam++) {
        int bits = int(runs[beam] + 0.5);
        float sum = 0.0;
        while (bits != 0) {                          // one run after the other, no look at those that are elsewhere
            int lowest = bits & -bits;
            bits ^= lowest;
            float first = floor(log2(float(lowest)) + 0.5) * float(RUN) + 0.5;
            vec4 a = IMG_PIXEL(path, vec2(first, float(beam) + 0.5));
            for (int k = 1; k <= RUN; k++) {
                vec4 b = IMG_PIXEL(path, vec2(first + float(k), float(beam) + 0.5));
                sum += 0.5 * (a.w + b.w) * stroke(p, a, b);
                a = b;
            }
        }
        light[beam] = sum;
    }
    return GOLD * light[CROWN] * 1.5 + DEEP * light[LOOPS] * 2.4 + ROSE * light[KNOT] * 1.1 + SEA * light[SOUND] * 1.2;
}

vec2 to_uv(vec2 p) { return p / vec2(aspect(), 1.0) * 0.5 + 0.5; }

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        gl_FragColor = path_point();
    } else if (PASSINDEX == 2) {
        gl_FragColor = run_box();
    } else if (PASSINDEX == 3) {
        gl_FragColor = tile_runs();
    } else if (PASSINDEX == 4) {
        vec4 s1 = state_at(1.0), s3 = state_at(3.0);
        vec2 p = (uv * 2.0 - 1.0) * vec2(aspect(), 1.0);
        float d = FRAMEINDEX == 0 ? 1.0 / 60.0 : min(TIMEDELTA, 0.1);
        vec3 now = beams(p, uv, 1.0);
        // a drop: the tube becomes a kaleidoscope
        float sector = TAU / 6.0, a = mod(atan(p.y, p.x) + s1.y, sector);
        vec2 folded = length(p) * vec2(cos(min(a, sector - a)), sin(min(a, sector - a)));
        now += s3.y * beams(folded, clamp(to_uv(folded), 0.0, 0.999), step(0.02, s3.y));
        // what was written drifts past us
        float zoom = 1.0 - d * dive * (0.22 + 0.9 * s3.x + 1.4 * s3.y), turn = d * 0.10 * sin(s1.y) * dive;
        vec3 before = FRAMEINDEX == 0 ? vec3(0.0) : IMG_NORM_PIXEL(phosphor, to_uv(rotation(turn) * p * zoom)).rgb;
        float level = luminance(before);
        float life = (0.08 + 1.2 * persistence * persistence) / (1.0 + 16.0 * level);    // what is bright fades fast
        vec3 keep = exp(-d / life * vec3(1.25, 1.08, 0.85));
        now *= beam_power * 1.0 * (1.0 - exp(-d / 0.05)) / (1.0 + 1.5 * s3.y + 0.5 * max(dot(state_at(2.0), vec4(1.0)) - 1.0, 0.0));
        gl_FragColor = vec4(min(max(before - 0.22 * d, 0.0) * keep + now, 40.0), 1.0);
    } else if (PASSINDEX == 5) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            vec2 at = uv + vec2(x * 1.25 / RENDERSIZE.x, 0.0), e = 0.25 / RENDERSIZE;       // thin lines must not fall between taps
            sum += min(0.5 * IMG_NORM_PIXEL(phosphor, at + e).rgb + 0.5 * IMG_NORM_PIXEL(phosphor, at - e).rgb, 8.0) * exp(-x * x / 9.0);
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
        vec4 s3 = state_at(3.0), s4 = state_at(4.0);
        vec3 halo = IMG_NORM_PIXEL(bloom, uv).rgb;
        vec3 c = IMG_NORM_PIXEL(phosphor, uv).rgb + 0.45 * halo;
        // the graticule is etched into the glass and lit by what is behind it
        vec2 p = (uv * 2.0 - 1.0) * vec2(aspect(), 1.0) * (1.0 + 0.04 * dot(uv - 0.5, uv - 0.5));
        vec2 cell = abs(fract(p * 4.0 + 0.5) - 0.5) / 4.0, tick = abs(fract(p * 20.0 + 0.5) - 0.5) / 20.0;
        float w = max(0.0022, 1.2 / RENDERSIZE.y);
        float lines = exp(-pow(min(cell.x, cell.y) / w, 2.0));
        lines += exp(-pow(min(tick.x + 8.0 * max(abs(p.y) - 0.015, 0.0), tick.y + 8.0 * max(abs(p.x) - 0.015, 0.0)) / w, 2.0));
        c += grid * lines * (vec3(0.010, 0.022, 0.024) + 0.35 * halo + GOLD * 0.02 * s3.x);
        c += vec3(0.0022, 0.0040, 0.0050) * (1.6 - dot(p, p) * 0.35);
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
