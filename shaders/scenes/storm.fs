/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A flight through a canyon of thunderclouds. The harmony colours the light at its end, which everything else makes bright; kicks are sheet lightning deep below, each snare a bolt out of one tower, the voice an ember that glows within the clouds ahead, the bass glows from under the deck and swells it, hats are rain that catches the light.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Landscape"],
  "INPUTS": [
    {"NAME": "speed", "LABEL": "Speed", "TYPE": "float", "MIN": 0.0, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "cover", "LABEL": "Cover", "TYPE": "float", "MIN": 0.5, "MAX": 1.5, "DEFAULT": 1.0},
    {"NAME": "lightning", "LABEL": "Lightning", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "rain", "LABEL": "Rain", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue of the harmony", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 6, "HEIGHT": 1},
    {"TARGET": "cloud", "PERSISTENT": true, "FLOAT": true, "WIDTH": "$WIDTH/2", "HEIGHT": "$HEIGHT/2"},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/8", "HEIGHT": "$HEIGHT/8"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/8", "HEIGHT": "$HEIGHT/8"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

const int MARCH_STEPS = 52;
const float REACH = 15.0;
const float LAP = 4096.0;                     // metres; an hour and more

const vec3 SLATE = vec3(0.055, 0.085, 0.15);  // the night above
const vec3 FLASH = vec3(0.55, 0.68, 1.00);    // snare
const vec3 SHEET = vec3(0.34, 0.22, 1.00);    // kick
const vec3 EMBER = vec3(1.00, 0.30, 0.10);    // voice

// state 0: way, bass, voice, other;  state 1: drop, build, presence, sway;  state 2: sheet, bolt, afterglow, harmony's strength
// state 3: where the last kick struck, its count;  state 4: the same of the snare;  state 5: harmony (two), voice clock, bass under the deck
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec2 harmony_now() {                          // on the circle of fifths
    vec2 sum = vec2(0.0);
    for (int i = 0; i < 12; i++) {
        float angle = TAU * 7.0 * float(i) / 12.0;
        sum += chroma[i] * chroma[i] * vec2(cos(angle), sin(angle));
    }
    return sum / 2.0;
}

float lane(float z) { return 0.9 * sin(0.23 * z) + 0.5 * sin(0.11 * z + 2.0); }   // where the canyon winds

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0), s4 = state_at(4.0), s5 = state_at(5.0);
    if (column < 0.5) return vec4(mod(s0.x + d * speed * (0.16 + 0.22 * s1.z + 0.30 * s0.y + 0.5 * s1.y + 2.4 * s1.x), LAP), follow(s0.y, bass_level, d, 0.06, 0.5),
                                  follow(s0.z, vocals_level, d, 0.08, 0.6), follow(s0.w, other_level, d, 0.25, 1.2));
    if (column < 1.5) return vec4(follow(s1.x, drop, d, 0.12, 1.2), follow(s1.y, build, d, 0.8, 0.4), follow(s1.z, all_presence, d, 1.0, 3.0),
                                  follow(s1.w, sin(TAU * bar_phase) * all_presence, d, 0.8, 0.8));
    if (column < 2.5) return vec4(follow(s2.x, kick_hits * kick_hits, d, 0.02, 0.22), follow(s2.y, snare_hits * snare_hits, d, 0.01, 0.10),
                                  follow(s2.z, snare_hits * snare_hits, d, 0.02, 0.28), follow(s2.w, min(length(harmony_now()), 1.0), d, 1.0, 1.0));
    if (column < 3.5) {
        vec3 h = hash_3(vec2(mod(kick_count, 4096.0), 3.0));
        float k = mod(kick_count, 4096.0);
        return k == s3.w ? s3 : vec4(lane(s0.x + 2.6 + 3.5 * h.z) + (h.x - 0.5) * 2.6, -0.75 - 0.3 * h.y, s0.x + 2.6 + 3.5 * h.z, k);
    }
    if (column < 4.5) {
        float k = mod(snare_count, 4096.0), side = mod(k, 2.0) * 2.0 - 1.0;
        vec3 h = hash_3(vec2(k, 11.0));
        return k == s4.w ? s4 : vec4(lane(s0.x + 2.7 + 1.6 * h.z) + side * (1.0 + 0.5 * h.x), 1.0 + 0.6 * h.y, s0.x + 2.7 + 1.6 * h.z, k);
    }
    vec2 harmony = harmony_now();
    return vec4(mix(harmony, s5.xy, exp(-d / 1.2)), mod(s5.z + d * (0.3 + 0.9 * s0.z), 1000.0 * TAU), follow(s5.w, bass_level * bass_level, d, 0.05, 0.35));
}

struct Sky { vec4 s0, s1, s2, kick, snare, s5; vec3 dawn; };

Sky sky_now() {
    Sky s = Sky(state_at(0.0), state_at(1.0), state_at(2.0), state_at(3.0), state_at(4.0), state_at(5.0), vec3(0.0));
    float turn = atan(s.s5.y, s.s5.x) / TAU + hue;
    vec3 pure = cosine_palette(turn, vec3(0.52, 0.34, 0.42), vec3(0.48, 0.28, 0.40), vec3(0.02, 0.52, 0.68));
    s.dawn = mix(vec3(0.20, 0.34, 0.50), pure, smoothstep(0.02, 0.30, length(s.s5.xy)));
    return s;
}

// --- cloud ----------------------------------------------------------------------------------------------

const mat3 TURN = mat3(0.00, 0.80, 0.60, -0.80, 0.36, -0.48, -0.60, -0.48, 0.64);

float shape_of(vec3 p, Sky s) {                // what is cloud, roughly: two walls, a deck, towers
    float x = abs(p.x - lane(p.z)) , open = 0.35 * s.s1.x - 0.12 * s.s1.y;
    float side = p.x > lane(p.z) ? 1.0 : -1.0, tower = 0.5 + 0.5 * sin(0.83 * p.z + 1.9 * side) * sin(0.31 * p.z - 0.6 * x + side);
    float wall = smoothstep(1.2 + open, 2.9 + open, x + 0.5 * tower) * 1.05 - smoothstep(0.0, 1.5, p.y + 0.5 - 0.22 * x - 2.3 * tower * tower) * 1.25;
    float deck = smoothstep(-0.65, -1.5, p.y - 0.10 * s.s5.w);
    return max(wall, deck) * cover - 0.50;
}

float density(vec3 p, Sky s, int octaves) {
    float d = shape_of(p, s), size = 0.55;
    if (d < -0.55) return 0.0;
    vec3 q = p * 1.0 + vec3(0.0, -0.06 * TIME, 0.04 * TIME);
    float sum = 0.0;
    for (int i = 0; i < 6; i++) {
        if (i >= octaves) break;
        float n = gyroid(q) * 0.66;
        sum += size * (i == 0 ? n : 1.7 * abs(n) - 0.52);
        q = TURN * q * 2.07 + 1.7 + 0.3 * n;
        size *= 0.62;
    }
    return clamp((d + sum * smoothstep(-0.60, -0.30, d) + 0.05 * s.s5.w) * 3.0, 0.0, 1.0);
}

vec3 ember_at(Sky s) {
    float z = s.s0.x + 5.2;
    return vec3(lane(z) + 0.5 * sin(0.7 * s.s5.z), 0.15 + 0.25 * sin(0.93 * s.s5.z + 1.0), z);
}

float gyroid_mask(vec3 p) {                     // where the bass glows: patches that drift
    float n = 0.5 + 0.33 * gyroid(p * 1.4 + vec3(0.0, 0.1 * TIME, 0.0));
    return n * n * n * 1.6;
}

float lamp(vec3 to, float dimming) {           // light that has wandered through cloud
    float d2 = dot(to, to);
    return exp(-dimming * sqrt(d2)) / (0.14 + d2);
}

struct Ray { vec3 from, to; };

Ray camera(vec2 screen, Sky s) {
    float z = s.s0.x;
    vec3 ro = vec3(lane(z) + 0.15 * s.s1.w, 0.30 + 0.10 * sin(TIME * 0.11) + 0.25 * s.s1.x, z);
    vec3 rd = normalize(vec3(screen, 1.05 + 0.25 * s.s1.y - 0.25 * s.s1.x));
    rd.xy *= rotation(0.10 * (lane(z + 3.0) - lane(z)) + 0.03 * s.s1.w);
    rd.yz *= rotation(0.06);
    rd.xz *= rotation(atan(lane(z + 3.5) - lane(z), 3.5));
    return Ray(ro, rd);
}

vec2 screen_of(vec2 uv) { return (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0); }

vec3 behind(vec3 d, Sky s) {                   // the end of the canyon
    float up = d.y;
    float power = 0.10 + 0.9 * s.s0.w * s.s0.w + 1.0 * s.s1.x;
    vec2 high = d.xz / (max(up, 0.0) + 0.15) * vec2(0.9, 0.35) + vec2(lane(s.s0.x), 0.25 * s.s0.x);
    float veil = noise_2(high * 1.3 + 9.0) * (0.5 + noise_2(high * vec2(3.1, 5.0)));
    veil *= veil * smoothstep(0.02, 0.25, up) * exp(-up * 1.8);
    vec3 c = SLATE * (0.25 * veil) + SLATE * 0.12 * smoothstep(-0.2, 0.6, up) + SLATE * 0.05;
    c += s.dawn * power * (0.55 * exp(-abs(up - 0.02) * 7.0) + 0.10 * exp(-abs(up) * 2.2) + 0.22 * veil) * smoothstep(-0.2, 0.9, d.z);
    return c;
}

vec4 march(vec2 uv) {                          // rgb: light; a: how much of what is behind the bolt's depth is seen
    Sky s = sky_now();
    Ray eye = camera(screen_of(uv), s);
    vec3 ro = eye.from, rd = eye.to, ember = ember_at(s), sun = normalize(vec3(0.0, 0.25, 1.0));
    float through = 1.0, at_bolt = -1.0, t = 0.10 + 0.30 * fract(hash_2(gl_FragCoord.xy) + 0.61803399 * mod(float(FRAMEINDEX), 512.0)), bolt_away = max(s.snare.z - s.s0.x, 0.5);
    vec3 c = vec3(0.0);
    float voice = s.s0.z * s.s0.z + 0.01, power = 0.10 + 0.9 * s.s0.w * s.s0.w + 1.0 * s.s1.x;
    for (int i = 0; i < MARCH_STEPS; i++) {
        vec3 p = ro + rd * t;
        float stride = 0.075 + 0.040 * t;
        if (at_bolt < 0.0 && t * rd.z > bolt_away) at_bolt = through;
        float there = density(p, s, t < 6.0 ? 6 : 5);
        if (there > 0.01) {
            // one look towards whatever is brightest here, one upwards: the relief
            float sheet = s.s2.x * 4.5 * lightning * lamp(s.kick.xyz - p, 0.5), strike = (s.s2.y * 1.2 + s.s2.z * 1.6) * lightning * lamp(s.snare.xyz - p, 0.5);
            float warm = voice * 3.2 * lamp(ember - p, 0.9), far = power * (0.12 + 1.3 * smoothstep(1.0, REACH, t));
            vec3 towards = normalize(sun * far + normalize(s.kick.xyz - p) * sheet + normalize(s.snare.xyz - p) * strike + normalize(ember - p) * warm);
            float lit = clamp(0.22 + (there - density(p + towards * 0.20, s, 4)) * 1.2, 0.0, 1.2);
            float high = clamp(0.22 + (there - density(p + vec3(-0.08, 0.18, -0.05), s, 4)) * 1.0, 0.0, 1.0);
            vec3 glow = SLATE * (0.02 + 0.95 * high * high * smoothstep(-1.6, 1.8, p.y));
            glow += s.dawn * far * lit * lit * exp(-0.25 * abs(p.y - 0.2));
            glow += vec3(0.10, 0.20, 0.95) * s.s5.w * 1.1 * smoothstep(0.3, 4.0, t) * (0.10 + 0.85 * gyroid_mask(p)) * exp(-1.7 * max(p.y + 1.3, 0.0)) * (0.12 + 0.88 * high);                // bass
            glow += (SHEET * sheet + FLASH * strike + EMBER * warm) * (0.10 + lit);
            float taken = 1.0 - exp(-there * stride * 5.5);
            c += through * taken * glow * exp(-0.03 * t);
            through *= 1.0 - taken;
        }
        // light in the clear air
        c += through * stride * 0.016 * (EMBER * voice * 3.0 * lamp(ember - p, 0.9) + FLASH * s.s2.z * lightning * lamp(s.snare.xyz - p, 0.5));
        t += stride * (there > 0.01 ? 0.75 : 1.0 + 0.6 * (1.0 - smoothstep(-0.9, -0.3, shape_of(p, s))));
        if (through < 0.02 || t > REACH) break;
    }
    c += through * behind(rd, s);
    return vec4(c, at_bolt < 0.0 ? through : at_bolt);
}

// --- bolt and rain ------------------------------------------------------------------------------------

vec2 seen_at(vec3 p, Sky s) {                  // where on the screen a place is
    Ray a = camera(vec2(0.0), s), x = camera(vec2(1.0, 0.0), s), y = camera(vec2(0.0, 1.0), s);
    vec3 to = p - a.from, f = a.to, ox = x.to / dot(x.to, f) - f, oy = y.to / dot(y.to, f) - f;
    float depth = max(dot(to, f), 0.1);
    return vec2(dot(to, ox) / dot(ox, ox), dot(to, oy) / dot(oy, oy)) / depth;
}

float jagged(float y, float seed) {
    return 0.50 * (noise_1(y * 2.3 + seed) - 0.5) + 0.22 * (noise_1(y * 7.1 + seed * 1.7) - 0.5) + 0.09 * (noise_1(y * 19.0 + seed * 2.3) - 0.5) + 0.04 * (noise_1(y * 47.0 + seed) - 0.5);
}

float bolt(vec2 p, Sky s) {
    float seed = s.snare.w * 17.31;
    vec2 top = seen_at(s.snare.xyz, s), foot = seen_at(vec3(mix(s.snare.x, lane(s.snare.z), 0.4), -0.9, s.snare.z), s);
    float size = max(top.y - foot.y, 0.1), pixel = 1.3 / RENDERSIZE.y, sum = 0.0;
    for (int k = 0; k < 3; k++) {              // the stroke and two branches
        float own = seed + 31.0 * float(k), from = k == 0 ? 1.0 : 0.75 - 0.28 * float(k - 1), to = k == 0 ? 0.0 : from - 0.30;
        float y = (p.y - foot.y) / size, lean = k == 0 ? 0.0 : (k == 1 ? 0.55 : -0.5);
        float x = mix(foot.x, top.x, y) + size * (jagged(y, seed) - jagged(1.0, seed) * smoothstep(0.8, 1.0, y));
        float yb = clamp(from - y, 0.0, 1.0);
        if (k > 0) x += size * (lean * yb + jagged(y, own) * smoothstep(0.0, 0.15, yb));
        float inside = smoothstep(to, to + 0.05, y) * smoothstep(from + 0.01, from - 0.01, y);
        float d = abs(p.x - x) * 0.8, w = pixel * (k == 0 ? 1.1 : 0.6) * (0.5 + 0.6 * y);
        sum += inside * (w * w / (w * w + d * d) * (k == 0 ? 1.0 : 0.4) + (k == 0 ? 0.0009 / (0.004 + d * d) * 0.35 * smoothstep(0.0, 0.5, y) * smoothstep(1.0, 0.6, y) : 0.0));
    }
    return sum;
}

float rain_at(vec2 p, Sky s) {
    float sum = 0.0;
    for (int k = 0; k < 2; k++) {
        float far = 1.0 + 0.9 * float(k);
        vec2 q = rotation(0.12 - 0.05 * s.s1.w) * p * vec2(16.0, 1.5) * far;
        q.y += TIME * (5.0 - float(k));
        float column = floor(q.x);
        q.y += 7.0 * hash_1(column + 100.0 * float(k));
        vec3 h = hash_3(vec2(column, mod(floor(q.y), 512.0)) + 40.0 * float(k));
        vec2 o = fract(q) - vec2(0.2 + 0.6 * h.x, 0.5);
        float w = 0.05 + 16.0 * far * 0.7 / RENDERSIZE.y;
        sum += step(0.55, h.y) * exp(-o.x * o.x / (w * w)) * smoothstep(0.35, 0.0, abs(o.y)) / far;
    }
    return sum;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        vec4 now = march(uv), before = IMG_NORM_PIXEL(cloud, uv);
        float keep = FRAMEINDEX == 0 ? 0.0 : exp(-min(TIMEDELTA, 0.1) / (0.07 - 0.04 * state_at(1.0).x));
        gl_FragColor = mix(vec4(min(now.rgb, 30.0), now.a), before, keep);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(blur_13(cloud, uv, vec2(1.6 / RENDERSIZE.x, 0.0)), 1.0);
    } else if (PASSINDEX == 3) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.6 / RENDERSIZE.y)), 1.0);
    } else {
        Sky s = sky_now();
        vec2 p = screen_of(uv);
        vec2 e = 1.0 / RENDERSIZE;                                              // half a texel of the cloud: its grain melts
        vec4 there = 0.25 * (IMG_NORM_PIXEL(cloud, uv + e) + IMG_NORM_PIXEL(cloud, uv - e)
                             + IMG_NORM_PIXEL(cloud, uv + vec2(e.x, -e.y)) + IMG_NORM_PIXEL(cloud, uv - vec2(e.x, -e.y)));
        vec3 air = IMG_NORM_PIXEL(bloom, uv).rgb;
        vec3 c = there.rgb + 0.20 * air;
        c += FLASH * bolt(p, s) * s.s2.y * lightning * (0.15 + 0.85 * there.a) * 3.5;
        c += (air * 0.6 + FLASH * 0.03) * rain_at(p, s) * rain * (0.08 + 1.3 * hat_hits * hat_hits) * (0.4 + 0.6 * s.s1.z);
        float bright = luminance(c);
        c *= 2.1 * light * bright / (bright + 0.03);                          // the dark stays dark
        gl_FragColor = vec4(tone_map(c * vignette(uv)), 1.0);
    }
}
