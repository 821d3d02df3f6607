/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A living skin that grows, divides and heals, lit as relief with light inside its flesh. Kicks seed golden rings, the snare cuts, the bass makes it swell and choose between spots and coils, the voice draws a rose line that grows by itself, everything else is the light that passes over.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Simulation", "Organic"],
  "INPUTS": [
    {"NAME": "growth_rate", "LABEL": "Growth", "TYPE": "float", "MIN": 0.2, "MAX": 1.0, "DEFAULT": 1.0},
    {"NAME": "habit", "LABEL": "Spots to coils", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "relief", "LABEL": "Relief", "TYPE": "float", "MIN": 0.2, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "flesh", "LABEL": "Light inside", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 4, "HEIGHT": 1},
    {"TARGET": "dish", "PERSISTENT": true, "FLOAT": true, "WIDTH": 352, "HEIGHT": 198},
    {"TARGET": "dish", "PERSISTENT": true, "FLOAT": true, "WIDTH": 352, "HEIGHT": 198},
    {"TARGET": "dish", "PERSISTENT": true, "FLOAT": true, "WIDTH": 352, "HEIGHT": 198},
    {"TARGET": "dish", "PERSISTENT": true, "FLOAT": true, "WIDTH": 352, "HEIGHT": 198},
    {"TARGET": "dish", "PERSISTENT": true, "FLOAT": true, "WIDTH": 352, "HEIGHT": 198},
    {"TARGET": "dish", "PERSISTENT": true, "FLOAT": true, "WIDTH": 352, "HEIGHT": 198},
    {"TARGET": "soft_x", "FLOAT": true, "WIDTH": 176, "HEIGHT": 99},
    {"TARGET": "soft", "FLOAT": true, "WIDTH": 176, "HEIGHT": 99},
    {"TARGET": "skin", "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

// Gray and Scott's two substances. dish: x food, y flesh, z gold dye (drums), w rose dye (vocals).
// Space: y from -1 to 1, x as wide as the picture.
const int FIRST = 1, LAST = 6;
const float STEPS_A_SECOND = 400.0;
const vec3 GOLD = vec3(1.00, 0.50, 0.12);
const vec3 DEEP = vec3(0.10, 0.24, 1.00);
const vec3 ROSE = vec3(1.00, 0.12, 0.26);
const vec3 SEA = vec3(0.10, 0.85, 0.70);

vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }
vec2 place(vec2 uv) { vec2 size = IMG_SIZE(skin); return (uv * 2.0 - 1.0) * vec2(size.x / size.y, 1.0); }

// state 0: drift clock, pen clock, bass, vocals;  state 1: pen xy now, before;  state 2: other, kick, drop, build
// state 3: lamp's angle, snare, presence, habit
vec2 pen_at(float clock) { return vec2(1.15 * sin(clock) + 0.35 * sin(2.37 * clock + 1.0), 0.58 * sin(1.31 * clock + 0.4) + 0.22 * cos(3.07 * clock)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0);
    if (column < 0.5) return vec4(mod(s0.x + d * (0.05 + 0.12 * s0.z), 200.0 * TAU), mod(s0.y + d * (0.10 + 1.6 * s0.w), 200.0 * TAU),
                                  follow(s0.z, bass_level, d, 0.06, 0.45), follow(s0.w, vocals_level, d, 0.05, 0.25));
    if (column < 1.5) return vec4(pen_at(s0.y), FRAMEINDEX == 0 ? pen_at(s0.y) : s1.xy);
    if (column < 2.5) return vec4(follow(s2.x, other_level, d, 0.15, 0.7), follow(s2.y, kick_hits * kick_hits, d, 0.005, 0.25),
                                  follow(s2.z, drop, d, 0.10, 1.0), follow(s2.w, build, d, 0.8, 0.3));
    return vec4(mod(s3.x + d * (0.10 + 0.9 * s2.x), TAU), follow(s3.y, snare_hits, d, 0.005, 0.25), follow(s3.z, all_presence, d, 1.0, 2.5),
                follow(s3.w, habit + 0.45 * (s0.z - 0.4) + 0.3 * s2.w, d, 1.5, 1.5));
}

// --- growth -----------------------------------------------------------------------------------------

vec2 seed_at(float count) {              // where a kick falls: golden angle, never twice the same way
    float r = 0.25 + 0.60 * sqrt(fract(count * 0.754877)), a = 2.399963 * count;
    return vec2(1.45 * r * cos(a), 0.9 * r * sin(a));
}

vec4 grown(vec2 uv) {
    vec2 cell = 1.0 / RENDERSIZE, p = place(uv);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0);
    if (FRAMEINDEX == 0 && PASSINDEX == FIRST) {
        float spot = smoothstep(0.55, 0.65, noise_2(p * 9.0 + 3.0)) * smoothstep(0.25, 0.5, noise_2(p * 1.6 + 9.0));
        return vec4(1.0 - 0.5 * spot, 0.35 * spot, 0.0, 0.0);
    }
    vec4 c = IMG_NORM_PIXEL(dish, uv);
    vec2 ex = vec2(cell.x, 0.0), ey = vec2(0.0, cell.y);
    vec4 cross_ = IMG_NORM_PIXEL(dish, uv + ex) + IMG_NORM_PIXEL(dish, uv - ex) + IMG_NORM_PIXEL(dish, uv + ey) + IMG_NORM_PIXEL(dish, uv - ey);
    vec4 corners = IMG_NORM_PIXEL(dish, uv + ex + ey) + IMG_NORM_PIXEL(dish, uv - ex + ey) + IMG_NORM_PIXEL(dish, uv + ex - ey) + IMG_NORM_PIXEL(dish, uv - ex - ey);
    vec4 spread = 0.2 * cross_ + 0.05 * corners - c;

    // from dividing spots to coils, a little different everywhere
    float grain = noise_2(p * 1.1 + 2.0 * vec2(cos(s0.x), sin(s0.x)));
    float coil = clamp(s3.w * 0.8 + 0.5 * (grain - 0.5) + 0.2, 0.0, 1.0);
    float feed = mix(0.0285, 0.0400, coil), kill = mix(0.0612, 0.0608, coil);
    float speed = clamp(min(TIMEDELTA, 0.05) * STEPS_A_SECOND / float(LAST - FIRST + 1), 0.05, 1.0) * growth_rate;
    speed *= 0.18 + 0.82 * max(s3.z, s2.z);
    float eaten = c.x * c.y * c.y;
    vec4 next = c;
    next.x += speed * (0.62 * spread.x - eaten + feed * (1.0 - c.x));
    next.y += speed * (0.31 * spread.y + eaten - (feed + kill) * c.y);
    next.zw += speed * (0.30 * spread.zw - 0.0030 * c.zw);                   // dyes fade in some seconds

    if (PASSINDEX == FIRST) {
        float d = min(TIMEDELTA, 0.05);
        // kick: a ring of seeds
        vec2 o = p - seed_at(kick_count);
        float r = length(o), ring = exp(-pow((r - 0.14) / 0.035, 2.0)) * smoothstep(0.0, 0.8, sin(atan(o.y, o.x) * 7.0) + 0.9);
        float seed = kick_hits * kick_hits * ring * d * 40.0;
        next.y = mix(next.y, 0.45, min(seed, 0.6));
        next.x = mix(next.x, 0.45, min(seed * 0.8, 0.6));
        next.z += kick_hits * kick_hits * d * 55.0 * exp(-pow((r - 0.12) / 0.12, 2.0));
        // drop: a wreath about the middle
        float a = mod(atan(p.y, p.x) + s3.x, TAU / 6.0) - TAU / 12.0, big = length(p);
        float star = exp(-pow((big - 0.62 - 0.1 * cos(6.0 * a)) / 0.05, 2.0)) * drop * drop * d * 11.0 * smoothstep(-0.3, 0.5, sin(4.0 * TAU * big + 24.0 * a));
        next.y = mix(next.y, 0.45, min(star, 0.6));
        next.z += 1.1 * star;
        // snare: a cut across
        float turn = 2.399963 * snare_count;
        vec2 along = vec2(cos(turn), sin(turn));
        float off = abs(dot(p, vec2(-along.y, along.x)) - 0.5 * sin(3.1 * snare_count) + 0.05 * sin(9.0 * dot(p, along) + turn));
        float cut = snare_hits * snare_hits * d * 30.0 * exp(-pow(off / 0.028, 2.0)) * smoothstep(0.9, 0.3, abs(dot(p, along)));
        next.y *= 1.0 - min(cut, 0.9);
        next.z += 0.5 * cut;
        // voice: the pen
        float voice = s0.w * s0.w, pen = exp(-segment_distance_2(p - s1.xy, p - s1.zw) / (0.0008 + 0.0012 * voice));
        next.y = mix(next.y, 0.42, min(voice * pen * d * 40.0, 0.5));
        next.w += voice * d * 30.0 * exp(-segment_distance_2(p - s1.xy, p - s1.zw) / 0.012);
        // it never dies out: where there is nothing, spores land
        vec3 dice = hash_3(floor(p * 9.0) + 31.0 * floor(mod(TIME, 4096.0) * 2.0));
        float spore = step(0.985, dice.x) * exp(-pow(length(fract(p * 9.0) - 0.5) / 0.25, 2.0));
        next.y += d * 2.5 * spore * smoothstep(0.9, 1.0, c.x);
    }
    next.zw = min(next.zw, 1.6);
    return vec4(clamp(next.xy, 0.0, 1.0), next.zw);
}

// --- the picture --------------------------------------------------------------------------------------

// Cubic B-spline in four taps: a coarse dish without corners at any size.
vec4 smooth_dish(vec2 uv) {
    vec2 size = IMG_SIZE(dish), at = uv * size - 0.5, i = floor(at), f = at - i;
    vec2 f2 = f * f, f3 = f2 * f;
    vec2 w0 = (1.0 - f) * (1.0 - f) * (1.0 - f) / 6.0, w1 = (4.0 - 6.0 * f2 + 3.0 * f3) / 6.0, w3 = f3 / 6.0, w2 = 1.0 - w0 - w1 - w3;
    vec2 g0 = w0 + w1, g1 = w2 + w3;
    vec2 a = (i - 0.5 + w1 / g0) / size, b = (i + 1.5 + w3 / g1) / size;
    return g0.y * (g0.x * IMG_NORM_PIXEL(dish, a) + g1.x * IMG_NORM_PIXEL(dish, vec2(b.x, a.y)))
         + g1.y * (g0.x * IMG_NORM_PIXEL(dish, vec2(a.x, b.y)) + g1.x * IMG_NORM_PIXEL(dish, b));
}

float height_of(vec4 c) { return smoothstep(0.02, 0.42, c.y); }

vec3 picture(vec2 uv) {
    vec4 s0 = state_at(0.0), s2 = state_at(2.0), s3 = state_at(3.0);
    vec2 p = place(uv), step_ = 0.6 / IMG_SIZE(dish);
    // the skin breathes with the bass
    vec2 centre = 0.3 * vec2(cos(s0.x), sin(1.3 * s0.x));
    float swell = s0.z * s0.z * 0.05 * exp(-dot(p - centre, p - centre) * 1.2) + 0.03 * s2.z;
    vec2 from = uv - (p - centre) * swell * vec2(RENDERSIZE.y / RENDERSIZE.x, 1.0) * 0.5;
    vec4 c = smooth_dish(from);
    float h = height_of(c);
    float dx = height_of(smooth_dish(from + vec2(step_.x, 0.0))) - height_of(smooth_dish(from - vec2(step_.x, 0.0)));
    float dy = height_of(smooth_dish(from + vec2(0.0, step_.y))) - height_of(smooth_dish(from - vec2(0.0, step_.y)));
    vec4 wide = IMG_NORM_PIXEL(soft, from);                    // what lies around: flesh, dyes
    vec2 mound = vec2(IMG_NORM_PIXEL(soft, from + vec2(0.02, 0.0)).y - IMG_NORM_PIXEL(soft, from - vec2(0.02, 0.0)).y,
                      IMG_NORM_PIXEL(soft, from + vec2(0.0, 0.035)).y - IMG_NORM_PIXEL(soft, from - vec2(0.0, 0.035)).y);
    vec3 n = normalize(vec3(-(vec2(dx, dy) * 1.5 + mound * 3.0 * (0.5 + s0.z)) * relief, 0.55));
    float shade = smoothstep(-0.10, 0.16, c.y - wide.y + 0.10);   // valleys between neighbours are dark
    vec3 eye = normalize(vec3(-p * 0.35, 1.6));

    // one lamp always, low from the side
    vec3 sun = normalize(vec3(0.75 * cos(0.11 * TIME), 0.55 + 0.2 * sin(0.07 * TIME), 0.42));
    float facing = dot(n, sun), diffuse = clamp(facing, 0.0, 1.0);
    float gloss = pow(clamp(dot(n, normalize(sun + eye)), 0.0, 1.0), 90.0), rim = pow(clamp(1.0 - dot(n, eye), 0.0, 1.0), 2.5);

    // flesh: dark wine, violet where it is thick; the bass lights it from inside
    vec3 body = mix(vec3(0.016, 0.006, 0.034), vec3(0.22, 0.07, 0.17), h);
    vec3 col = body * (0.10 + 1.1 * diffuse) * mix(0.35, 1.0, shade);
    float inside = h * exp(-2.2 * (1.0 - c.y * 2.2));
    float deep_light = s0.z * s0.z * (0.35 + 1.9 * exp(-dot(p - centre, p - centre) * 1.6));
    col += flesh * DEEP * deep_light * (0.25 * h + 1.3 * wide.y * h + 0.25 * wide.y) * mix(0.3, 1.0, shade) * (0.5 + 0.8 * diffuse) * 1.3;
    col += flesh * vec3(0.10, 0.16, 0.42) * 0.10 * (h + wide.y) * (1.0 - 0.6 * s3.z);

    // dyes glow where they are fresh
    float gold = 1.0 - exp(-1.6 * c.z), rose = 1.0 - exp(-1.8 * c.w);
    col += flesh * (GOLD * gold * (1.5 * h + 0.10) + ROSE * rose * (1.5 * h + 0.12)) * (0.16 + 0.75 * diffuse) * mix(0.25, 1.0, shade);
    col += flesh * (GOLD * wide.z * wide.z + ROSE * wide.w * wide.w) * (0.03 + 0.3 * wide.y);

    // everything else: a lamp that goes round above
    vec2 way = vec2(1.25 * cos(s3.x), 0.72 * sin(s3.x));
    vec3 lamp = vec3(way - p, 0.38);
    float far = dot(lamp, lamp);
    lamp *= inversesqrt(far);
    float power = s2.x * s2.x * 1.5;
    col += SEA * power / (0.25 + far * 1.3) * (clamp(dot(n, lamp), 0.0, 1.0) * (0.06 + 0.55 * h) + 0.9 * pow(clamp(dot(n, normalize(lamp + eye)), 0.0, 1.0), 50.0));

    // wet
    vec3 film = cosine_palette(0.35 * rim + 0.6 * h + 0.1 * s0.x, vec3(0.5), vec3(0.5), vec3(0.0, 0.33, 0.60));
    col += gloss * vec3(0.95, 0.88, 1.0) * (0.30 + 0.5 * h) + rim * film * 0.12 * (0.3 + diffuse) * (0.5 + s2.x);
    float edge = pow(clamp(length(vec2(dx, dy)) * 1.6, 0.0, 1.0), 3.0);
    col += edge * (GOLD * (0.7 * s2.y * (0.3 + wide.z) + 0.6 * s2.z) + vec3(0.8, 0.9, 1.0) * 0.22 * s3.y * s3.y);
    // hats: pollen
    vec2 q = p * 16.0;
    vec3 dice = hash_3(floor(q));
    vec2 off = fract(q) - 0.5 - 0.7 * (dice.xy - 0.5);
    float d2 = dot(off, off);
    col += vec3(1.0, 0.9, 0.7) * hat_hits * hat_hits * step(0.86, fract(dice.z * 7.0 + mod(hat_count, 512.0) * 0.381966)) * (0.0012 / (0.0012 + d2)) * (1.0 - smoothstep(0.0, 0.05, d2)) * h * 2.0;
    return col * light;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX <= LAST) {
        gl_FragColor = grown(uv);
    } else if (PASSINDEX == LAST + 1) {
        vec4 sum = vec4(0.0);
        for (int i = -5; i <= 5; i++) sum += IMG_NORM_PIXEL(dish, uv + vec2(float(i) * 0.9 / RENDERSIZE.x, 0.0)) * exp(-float(i * i) / 9.0);
        gl_FragColor = sum / 5.24;
    } else if (PASSINDEX == LAST + 2) {
        vec4 sum = vec4(0.0);
        for (int i = -5; i <= 5; i++) sum += IMG_NORM_PIXEL(soft_x, uv + vec2(0.0, float(i) * 0.9 / RENDERSIZE.y)) * exp(-float(i * i) / 9.0);
        gl_FragColor = sum / 5.24;
    } else if (PASSINDEX == LAST + 3) {
        gl_FragColor = vec4(min(picture(uv), 20.0), 1.0);
    } else if (PASSINDEX == LAST + 4) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            vec2 at = uv + vec2(x * 1.25 / RENDERSIZE.x, 0.0), e = 0.25 / RENDERSIZE;
            sum += shining(0.5 * IMG_NORM_PIXEL(skin, at + e).rgb + 0.5 * IMG_NORM_PIXEL(skin, at - e).rgb, 0.7) * exp(-x * x / 9.0);
        }
        gl_FragColor = vec4(sum / 5.31, 1.0);
    } else if (PASSINDEX == LAST + 5) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float y = float(i);
            sum += IMG_NORM_PIXEL(bloom_x, uv + vec2(0.0, y * 1.25 / RENDERSIZE.y)).rgb * exp(-y * y / 9.0);
        }
        gl_FragColor = vec4(sum / 5.31, 1.0);
    } else {
        vec3 c = IMG_NORM_PIXEL(skin, uv).rgb + 0.32 * IMG_NORM_PIXEL(bloom, uv).rgb;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
