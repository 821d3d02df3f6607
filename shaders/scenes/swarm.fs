/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Ten thousand sparks in a slow wind, a quarter of them each stem's. The kick bursts the golden ones, the snare shears them; the bass gathers the blue into a turning ring; the voice leads the rose as a comet; everything else is the wind.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Particles", "Simulation"],
  "INPUTS": [
    {"NAME": "force", "LABEL": "Force", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "crowd", "LABEL": "Crowd", "TYPE": "float", "MIN": 0.2, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "spark_size", "LABEL": "Spark size", "TYPE": "float", "MIN": 0.5, "MAX": 2.5, "DEFAULT": 1.0},
    {"NAME": "trail", "LABEL": "Trail", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 5, "HEIGHT": 1},
    {"TARGET": "sparks", "PERSISTENT": true, "FLOAT": true, "WIDTH": 256, "HEIGHT": 144},
    {"TARGET": "sparks", "PERSISTENT": true, "FLOAT": true, "WIDTH": 256, "HEIGHT": 144},
    {"TARGET": "field", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

// Space: y from -1 to 1, x as wide as the picture, and what leaves on one side comes back on the other.
// sparks: a cell holds one spark or none. x: its number (0..1023, below 0 there is none) and, behind the
// point, where it is across the cell; y: the same along; zw: velocity, in space a second. A spark moves at
// most two cells a step, so that a cell finds all that come in among 25.
const vec2 CELLS = vec2(256.0, 144.0);
const float FASTEST = 1.9;                    // cells a step
const vec3 GOLD = vec3(1.00, 0.52, 0.14);     // drums
const vec3 DEEP = vec3(0.12, 0.30, 1.00);     // bass
const vec3 ROSE = vec3(1.00, 0.16, 0.34);     // vocals
const vec3 SEA = vec3(0.08, 0.85, 0.66);      // other
const vec3 STARLIGHT = vec3(0.55, 0.70, 1.00);

vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }
float aspect_of(vec2 size) { return size.x / size.y; }

// state 0: wind clock, ring's turn, comet's clock, wind;  state 1: bass, vocals, build, drop
// state 2: ring's middle xy, comet xy;  state 3: levels of the stems' own sparks;  state 4: sway, presence
vec2 comet_at(float clock) { return vec2(0.95 * sin(clock) + 0.20 * sin(2.7 * clock), 0.56 * sin(1.43 * clock + 0.8) + 0.16 * cos(3.3 * clock)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s3 = state_at(3.0), s4 = state_at(4.0);
    if (column < 0.5) return vec4(mod(s0.x + d * (0.10 + 0.45 * s0.w + 0.6 * s1.z), 200.0 * TAU), mod(s0.y + d * (0.13 + 0.3 * s1.x), 200.0 * TAU),
                                  mod(s0.z + d * (0.18 + 1.5 * s1.y), 200.0 * TAU), follow(s0.w, other_level * other_presence, d, 0.15, 0.6));
    if (column < 1.5) return vec4(follow(s1.x, bass_level, d, 0.05, 0.35), follow(s1.y, vocals_level, d, 0.05, 0.3),
                                  follow(s1.z, build, d, 0.7, 0.25), follow(s1.w, drop, d, 0.06, 0.9));
    if (column < 2.5) return vec4(0.30 * sin(s0.y * 0.61), 0.16 * sin(s0.y * 0.97 + 1.0), comet_at(s0.z));
    if (column < 3.5) return vec4(follow(s3.x, drums_level, d, 0.01, 0.22), follow(s3.y, bass_level, d, 0.04, 0.3),
                                  follow(s3.z, vocals_level, d, 0.04, 0.3), follow(s3.w, other_level, d, 0.1, 0.7));
    return vec4(follow(s4.x, sin(TAU * bar_phase) * all_presence, d, 0.5, 0.5), follow(s4.y, all_presence, d, 1.0, 2.5), 0.0, 0.0);
}

// --- the swarm ------------------------------------------------------------------------------------

vec2 wind_at(vec2 p, float clock) {           // free of sources: sparks neither pile up nor thin out
    vec2 v = vec2(0.0), q = p * 1.7;
    float size = 0.62;
    for (int k = 0; k < 3; k++) {
        q = rotation(0.95) * q + 1.7 * vec2(sin(0.7 * clock + float(k)), cos(0.53 * clock + 2.0 * float(k)));
        v += size * rotation(0.95 * float(k + 1)) * vec2(sin(q.x) * cos(q.y), -cos(q.x) * sin(q.y));
        q *= 2.03;
        size *= 0.62;
    }
    return v;
}

vec4 spark_in(vec2 cell) { return IMG_PIXEL(sparks, mod(cell, CELLS) + 0.5); }
vec2 place_of(vec4 spark) { return fract(spark.xy); }       // in its cell

// The velocity of spark `number` at `p` after `d` seconds.
vec2 driven(vec2 v, vec2 p, float number, float d) {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s4 = state_at(4.0);
    float stem = mod(number, 4.0), dice = floor(number / 4.0) / 256.0;
    float is_drums = float(stem < 0.5), is_bass = float(stem > 0.5 && stem < 1.5), is_voice = float(stem > 1.5 && stem < 2.5), is_other = float(stem > 2.5);

    vec2 to_wind = wind_at(p * (0.9 + 0.2 * is_other), s0.x + 0.4 * stem) * (0.10 + 0.10 * s4.y + (0.25 + 0.55 * is_other) * s0.w);
    v = mix(to_wind, v, exp(-d * (0.9 + 0.9 * dice)));

    // bass: a ring that turns about a slow middle
    vec2 arm = p - s2.xy;
    float r = length(arm) + 1e-3, ring = 0.34 + 0.26 * dice * dice + 0.10 * is_other - 0.18 * s1.z;
    float pull = s1.x * s1.x * (0.5 + 5.0 * is_bass) + 3.0 * s1.z * s1.z;
    vec2 out_ = arm / r, round_ = vec2(-out_.y, out_.x);
    v += d * force * pull * (2.8 * clamp(ring - r, -0.5, 0.5) * out_ + 0.85 * round_ * exp(-1.2 * r));
    v += d * force * s1.w * (5.0 * round_ * exp(-0.6 * r) + 2.5 * out_ * exp(-1.5 * r)) * (0.4 + dice);

    // voice: the comet draws its own after it, and a little of everything
    vec2 lead = s2.zw - p;
    float near = dot(lead, lead);
    v += d * force * s1.y * (0.25 + 5.5 * is_voice) * lead / (0.10 + near) * (0.4 + 0.6 * smoothstep(0.0, 0.02, near));
    v += d * force * s1.y * is_voice * 2.2 * vec2(-lead.y, lead.x) / (0.06 + near) * (dice - 0.3);

    // drums: kicks burst from the middle, snares shear, and in between the golden ones come home
    float r0 = length(p) + 1e-3;
    v += d * force * kick_hits * kick_hits * (7.0 + 34.0 * is_drums) * (0.35 + 0.9 * dice) * p / r0 * exp(-1.6 * r0);
    v.x += d * force * snare_hits * snare_hits * (3.0 + 15.0 * is_drums) * sign(sin(11.0 * p.y + 2.4 * snare_count)) * exp(-p.y * p.y);
    v -= d * force * is_drums * 2.2 * p * max(r0 - 0.12, 0.0) / r0 * (0.4 + 0.6 * s4.y);
    return v;
}

vec4 moved_sparks() {
    vec2 cell = floor(gl_FragCoord.xy);
    float wide = aspect_of(IMG_SIZE(field)), d = min(TIMEDELTA, 0.1) * 0.5;
    vec2 cells_a_unit = CELLS * 0.5 / vec2(wide, 1.0);
    float salt = mod(float(FRAMEINDEX), 4096.0) * 2.0 + float(PASSINDEX - 1);
    vec3 dice = hash_3(cell + vec2(0.0, 977.0) * salt);
    if (FRAMEINDEX == 0) return PASSINDEX == 1 && dice.x < 0.28 * crowd ? vec4(floor(hash_2(cell + 7.0) * 1023.99) + 0.1 + 0.8 * dice.y, 0.1 + 0.8 * dice.z, 0.0, 0.0) : (PASSINDEX == 1 ? vec4(-1.0) : spark_in(cell));

    vec4 found = vec4(-1.0);
    vec2 at = vec2(0.5);
    for (int y = -2; y <= 2; y++) {
        for (int x = -2; x <= 2; x++) {
            vec2 from = vec2(float(x), float(y));
            vec4 spark = spark_in(cell + from);
            vec2 step_ = clamp(spark.zw * d * cells_a_unit, -FASTEST, FASTEST);
            vec2 to = from + place_of(spark) + step_;
            bool comes = spark.x >= 0.0 && floor(to) == vec2(0.0);
            if (comes && spark.x > found.x) {       // two in one cell: the other goes out
                found = spark;
                at = to;
            }
        }
    }
    if (found.x < 0.0) {                            // an empty cell may light a spark
        vec4 s2 = state_at(2.0), s3 = state_at(3.0);
        vec2 p = ((cell + 0.5) / CELLS * 2.0 - 1.0) * vec2(wide, 1.0);
        vec2 lead = p - s2.zw;
        vec4 birth = vec4(0.012);
        birth.x += 6.0 * kick_hits * exp(-dot(p, p) / 0.03);
        birth.y += 0.7 * s3.y * exp(-dot(p - s2.xy, p - s2.xy) / 0.10);
        birth.z += 3.5 * s3.z * exp(-dot(lead, lead) / 0.004);
        birth.w += 0.05 * s3.w * smoothstep(0.35, 0.75, noise_2(p * 2.5 + 3.0 * vec2(cos(state_at(0.0).x), sin(state_at(0.0).x))));
        float sum = dot(birth, vec4(1.0)) * crowd;
        if (dice.x > 1.0 - exp(-d * sum)) return vec4(-1.0);
        float pick = dice.y * dot(birth, vec4(1.0));
        float stem = pick < birth.x ? 0.0 : (pick < birth.x + birth.y ? 1.0 : (pick < birth.x + birth.y + birth.z ? 2.0 : 3.0));
        return vec4(4.0 * floor(dice.z * 255.99) + stem + 0.5, 0.5, 0.0, 0.0);
    }
    float number = floor(found.x);
    if (dice.x < 1.0 - exp(-d * 0.24)) return vec4(-1.0);            // and none lives for ever
    vec2 v = found.zw;
    // a little room for each
    for (int k = 0; k < 8; k++) {
        vec2 from = vec2(mod(float(k < 4 ? k : k + 1), 3.0), float((k < 4 ? k : k + 1) / 3)) - 1.0;
        vec4 other = spark_in(cell + from);
        vec2 gap = at - from - place_of(other);
        if (other.x >= 0.0) v += d * 1.4 * gap * max(1.0 - 0.8 * dot(gap, gap), 0.0);
    }
    vec2 p = ((cell + at) / CELLS * 2.0 - 1.0) * vec2(wide, 1.0);
    v = driven(v, p, number, d);
    v = clamp(v, -3.5, 3.5);
    at = clamp(at, 0.001, 0.999);
    return vec4(number + at.x, at.y, v);
}

// --- the picture ------------------------------------------------------------------------------------

vec3 sparks_light(vec2 uv) {
    vec4 s3 = state_at(3.0), s1 = state_at(1.0), s4 = state_at(4.0);
    float wide = aspect_of(RENDERSIZE), pixel = 2.0 / RENDERSIZE.y;
    vec2 grid = uv * CELLS, cell = floor(grid), unit = 2.0 * vec2(wide, 1.0) / CELLS;
    float shutter = clamp(TIMEDELTA, 0.008, 0.042);
    vec4 shine = 0.11 + vec4(5.5, 2.8, 2.8, 2.8) * s3 * s3;
    vec3 sum = vec3(0.0);
    for (int k = 0; k < 21; k++) {                   // 5 by 5 without the corners
        int at = k + (k < 3 ? 1 : (k < 18 ? 2 : 3));
        vec2 from = vec2(mod(float(at), 5.0), float(at / 5)) - 2.0;
        vec4 spark = spark_in(cell + from);
        if (spark.x < 0.0) continue;
        float number = floor(spark.x), stem = mod(number, 4.0), dice = floor(number / 4.0) / 256.0;
        vec2 head = (cell + from + place_of(spark) - grid) * unit, way = spark.zw * shutter;
        vec2 tail = head - way * min(1.0, 2.2 * unit.y / max(length(way), 1e-5));
        float d2 = segment_distance_2(head, tail), speed = length(spark.zw);
        float big = pow(dice, 9.0), radius = (0.0016 + 0.0042 * big) * spark_size, seen = max(radius, 0.62 * pixel);
        float window = 1.0 - smoothstep(0.1 * unit.y * unit.y, 0.6 * unit.y * unit.y, d2);
        float point = (exp(-d2 / (seen * seen)) + 0.05 * radius * radius / (d2 + radius * radius)) * radius * radius / (seen * seen);
        point /= 1.0 + 0.25 * speed * shutter / seen;                          // a fast one is drawn out
        float own = stem < 0.5 ? shine.x : (stem < 1.5 ? shine.y : (stem < 2.5 ? shine.z : shine.w));
        vec3 tint = stem < 0.5 ? GOLD : (stem < 1.5 ? DEEP : (stem < 2.5 ? ROSE : SEA));
        tint = mix(STARLIGHT, tint, clamp(own * 1.2 + 0.25, 0.0, 1.0));
        float hat = step(0.93, fract(dice * 13.0 + stem * 0.37 + mod(hat_count, 512.0) * 0.381966)) * hat_hits * hat_hits;
        float power = own * (0.25 + 0.9 * dice + 3.0 * big) * (0.7 + 1.1 * min(speed, 1.5)) + 1.6 * hat + s1.w * dice;
        sum += mix(tint, vec3(1.0, 0.96, 0.9), 0.5 * hat) * power * point * window;
    }
    return sum * 1.7;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX <= 2) {
        gl_FragColor = moved_sparks();
    } else if (PASSINDEX == 3) {
        vec4 s1 = state_at(1.0);
        float d = min(TIMEDELTA, 0.1);
        vec3 now = min(sparks_light(uv), 30.0);
        vec2 from = (uv - 0.5) * (1.0 - d * (0.02 + 0.35 * s1.w)) + 0.5;
        vec3 before = FRAMEINDEX == 0 ? vec3(0.0) : IMG_NORM_PIXEL(field, from).rgb;
        float life = (0.04 + 1.3 * trail * trail) / (1.0 + 14.0 * luminance(before));
        before = max(before - 0.08 * d, 0.0) * exp(-d / life * vec3(0.95, 1.05, 0.90));
        gl_FragColor = vec4(before + now * (1.0 - exp(-max(d, 0.016) / 0.03)), 1.0);
    } else if (PASSINDEX == 4) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            vec2 at = uv + vec2(x * 1.25 / RENDERSIZE.x, 0.0), e = 0.25 / RENDERSIZE;       // sparks must not fall between taps
            sum += min(0.5 * IMG_NORM_PIXEL(field, at + e).rgb + 0.5 * IMG_NORM_PIXEL(field, at - e).rgb, 6.0) * exp(-x * x / 9.0);
        }
        gl_FragColor = vec4(sum / 5.31, 1.0);
    } else if (PASSINDEX == 5) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float y = float(i);
            sum += IMG_NORM_PIXEL(bloom_x, uv + vec2(0.0, y * 1.25 / RENDERSIZE.y)).rgb * exp(-y * y / 9.0);
        }
        gl_FragColor = vec4(sum / 5.31, 1.0);
    } else {
        vec3 c = IMG_NORM_PIXEL(field, uv).rgb + 0.55 * IMG_NORM_PIXEL(bloom, uv).rgb;
        vec2 p = uv * 2.0 - 1.0;
        c += vec3(0.0014, 0.0022, 0.0048) / (0.5 + dot(p, p));
        gl_FragColor = vec4(tone_map(turn_hue(c * light * vignette(uv), hue)), 1.0);
    }
}
