/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A tunnel whose walls are a tape: the stems draw light at the rim, and it is carried inwards as far as five seconds. Gold rings are kicks, the floor is the bass, two rose strands are the voice, strings along the walls are everything else, snares are dashes of ice. A camera that sees its own screen leaves ghosts.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Feedback"],
  "INPUTS": [
    {"NAME": "speed", "LABEL": "Speed", "TYPE": "float", "MIN": 0.1, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "bends", "LABEL": "Bends", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "corners", "LABEL": "Corners", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45},
    {"NAME": "ghosts", "LABEL": "Ghosts", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 5, "HEIGHT": 1},
    {"TARGET": "tape", "PERSISTENT": true, "FLOAT": true, "WIDTH": 512, "HEIGHT": 320},
    {"TARGET": "tape_glow", "FLOAT": true, "WIDTH": 64, "HEIGHT": 80},
    {"TARGET": "tube", "PERSISTENT": true, "FLOAT": true},
    {"TARGET": "bloom_x", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "bloom", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

// The tape: x goes round the rim from the floor, y is where on it, a ring of rows; drums, bass, vocals, other.
const float ROWS = 320.0;
const float ROWS_A_UNIT = 12.0;               // of the tunnel's length
const float REACH = 24.0;                     // as far as the tape goes back, with some rows to spare
const float PI = 3.14159265;

const vec3 GOLD = vec3(1.00, 0.56, 0.18);     // drums
const vec3 ICE = vec3(0.70, 0.88, 1.00);      // snare, kept as negative drums
const vec3 DEEP = vec3(0.10, 0.16, 1.00);     // bass
const vec3 ROSE = vec3(1.00, 0.12, 0.36);     // vocals
const vec3 SEA = vec3(0.04, 0.80, 0.68);      // other

// state 0: way, way at the draw before, bass, build;  state 1: drop, presence, voice's angle, strings' angle
// state 2: kick, sway, turn, voice;  state 3: at the draw before: voice's angle, its level, the bass's;  state 4: kicks so far, way at the last, snares so far, way at the last
vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }

vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0);
    if (column < 0.5) {
        float pace = 0.24 + 2.6 * s1.y + 1.6 * s0.z + 2.5 * s0.w + 7.0 * s1.x;
        s0.y = s0.x;
        s0.x += d * speed * pace;
        if (s0.x > 2048.0) s0.xy -= vec2(ROWS / ROWS_A_UNIT * 64.0);     // whole turns of the tape: nothing shows
        return vec4(s0.xy, follow(s0.z, bass_level, d, 0.06, 0.35), follow(s0.w, build, d, 0.8, 0.25));
    }
    if (column < 1.5) {
        return vec4(follow(s1.x, drop, d, 0.08, 1.0), follow(s1.y, all_presence, d, 1.0, 3.0),
                    mod(s1.z + d * (0.25 + 1.1 * vocals_level), TAU * 16.0), mod(s1.w + d * (0.06 + 0.25 * other_level), TAU));
    }
    if (column > 3.5) {
        vec4 s4 = state_at(4.0);
        bool begun = FRAMEINDEX > 0;
        return vec4(kick_count, kick_count != s4.x && begun ? s0.x : (begun ? s4.y : -100.0), snare_count, snare_count != s4.z && begun ? s0.x : (begun ? s4.w : -100.0));
    }
    if (column > 2.5) return vec4(s1.z, s2.w, s0.z, 0.0);
    return vec4(follow(s2.x, kick_hits * kick_hits, d, 0.01, 0.22), follow(s2.y, sin(TAU * bar_phase) * all_presence, d, 0.6, 0.6),
                mod(s2.z + d * (0.02 + 0.13 * s1.y + 0.6 * s0.w), TAU), follow(s2.w, vocals_level, d, 0.05, 0.3));
}

float around(float a, float b) { return abs(fract(a - b + 0.5) - 0.5); }          // distance on the circle of length 1

// What the stems write on the rim at `a` (0..1 round it), `share` of the way from the draw before to this one.
vec4 written(float a, float share, vec4 s0, vec4 s1, vec4 s2, vec4 s3, vec4 s4) {
    float angle = s1.z < s3.x ? s1.z : mix(s3.x, s1.z, share), voice = mix(s3.y, s2.w, share), bass = mix(s3.z, s0.z, share);
    vec4 ink = vec4(0.0);
    // kick: the whole ring, narrow;  snare: dashes, kept as negative numbers;  hats: sparks
    float way = mix(s0.y, s0.x, share), from_kick = way - s4.y, from_snare = way - s4.w;
    float kick = step(-0.3, from_kick) * (1.0 - smoothstep(0.05, 0.25, from_kick));
    float dash = step(0.62, fract(a * 24.0)) * step(-0.3, from_snare) * (1.0 - smoothstep(0.35, 0.45, from_snare));
    float hat = step(0.86, hash_2(vec2(floor(a * 96.0), mod(hat_count, 4096.0)))) * smoothstep(0.40, 0.8, hat_hits);
    ink.x = kick > 0.05 ? 1.4 * kick : -max(dash, 0.5 * hat);
    // bass: lanes along the floor, as far apart as it is loud
    float floor_ = around(a, 0.0), width = 0.02 + 0.15 * bass;
    float lane = abs(fract(3.0 * floor_ / width) - 0.5), inside = smoothstep(width * 1.1, width * 0.9, floor_);
    float lane_wide = 0.06 + 0.08 * bass;
    ink.y = bass * inside * (0.10 + smoothstep(lane_wide, 0.5 * lane_wide, abs(lane - 0.25)) * (0.5 + 0.5 * floor_ / width) + 0.8 * bass_hits * bass_hits);
    // voice: two strands that wind about the wall
    float at = 0.5 + 0.22 * sin(angle) + 0.06 * sin(2.7 * angle), apart = 0.02 + 0.05 * voice;
    float thin = 0.0022 + 0.004 * voice;
    float one = around(a, at + apart * sin(1.9 * angle)), two = around(a, at - apart * sin(1.9 * angle));
    ink.z = voice * (smoothstep(thin * 2.0, thin, one) + 0.8 * smoothstep(thin * 2.0, thin, two)) + 0.1 * voice * voice * exp(-70.0 * around(a, at));
    // everything else: twelve strings along the tube, each a part of its spectrum
    float string = fract(a * 12.0 + 0.5 + s1.w * 0.4), k = floor(a * 12.0 + 0.5 + s1.w * 0.4);
    float loud = stem_spectrum_at(3, 0.15 + 0.7 * fract(k * 0.381966));
    ink.w = 1.4 * loud * loud * other_presence * smoothstep(0.05, 0.02, abs(string - 0.5));
    return ink;
}

vec4 tape_at(float a, float way) {
    return IMG_NORM_PIXEL(tape, vec2(a, fract(way * ROWS_A_UNIT / ROWS)));
}

// The rims of the tape: x runs round, so what is read across the join is read twice.
vec4 tape_round(float a, float way) {
    float x = fract(a), edge = 1.0 / 512.0, near = min(x, 1.0 - x);
    vec4 here = tape_at(clamp(x, 0.5 * edge, 1.0 - 0.5 * edge), way);
    return near < 0.5 * edge ? 0.5 * (tape_at(0.5 * edge, way) + tape_at(1.0 - 0.5 * edge, way)) : here;
}

vec2 curve(float z, float way, vec4 s0, vec4 s2) {                       // how the tube winds away from the straight
    vec2 bend_ = vec2(sin(0.11 * (way + z)) + 0.5 * sin(0.23 * (way + z) + 1.0), 0.7 * cos(0.09 * (way + z)) + 0.4 * sin(0.19 * (way + z)));
    vec2 here = vec2(sin(0.11 * way) + 0.5 * sin(0.23 * way + 1.0), 0.7 * cos(0.09 * way) + 0.4 * sin(0.19 * way));
    return bends * (bend_ - here) * smoothstep(0.0, 14.0, z) * 1.3;
}

vec3 wall_light(vec4 ink) {
    return GOLD * 2.4 * max(ink.x, 0.0) + ICE * 2.6 * max(-ink.x, 0.0) + DEEP * 2.0 * ink.y + ROSE * 2.2 * ink.z + SEA * 1.2 * ink.w;
}

vec3 glow_light(vec4 ink) {                                              // the same where ice and gold are parted already
    return GOLD * 2.8 * ink.x + DEEP * 2.0 * ink.y + ROSE * 2.2 * ink.z + SEA * 1.2 * ink.w;
}

vec3 view(vec2 uv, vec4 s0, vec4 s1, vec4 s2) {
    vec2 p = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    p *= rotation(0.10 * s2.y + 0.5 * sin(s2.z));
    float wide = 1.40 - 0.35 * s0.w + 0.06 * s2.x, z = 1.0;
    vec2 q = p;
    // where the ray meets the wall: the tube is round to square, and it winds
    for (int k = 0; k < 8; k++) {
        q = p - curve(z, s0.x, s0, s2) / (z + 1.0);
        vec2 m = abs(q * rotation(0.045 * z + 0.3 * sin(0.05 * s0.x)));
        float round_ = length(m), square = max(m.x, m.y) + 0.25 * min(m.x, m.y);
        z = mix(z, clamp(wide / max(mix(round_, square, corners), 0.05) - 0.6, 0.0, 34.0), 0.7);
    }
    vec2 m = q * rotation(0.045 * z + 0.3 * sin(0.05 * s0.x));
    float a = atan(m.x, -m.y) / TAU, back = min(z, REACH);
    a = fract(a + 1.0);
    float way = s0.x - back * 1.0;
    float pixel = 2.0 * (z + 0.6) * (z + 0.6) / (wide * RENDERSIZE.y), fog = exp(-0.075 * z) * smoothstep(20.0, 11.0, z);

    // the wall itself: panels of dark steel with lit joints
    float along = way * 0.75, joint_z = abs(fract(along) - 0.5), joint_a = abs(fract(a * 12.0) - 0.5);
    float fine = clamp(pixel * 0.75 + 0.012, 0.0, 0.5);
    float seam = max(smoothstep(0.5 - fine, 0.5, joint_z) * clamp(0.03 / fine, 0.0, 1.0), 0.6 * smoothstep(0.46, 0.5, joint_a));
    float panel = hash_2(vec2(floor(along), floor(a * 12.0)));
    vec4 ink = tape_round(a, way), near = IMG_NORM_PIXEL(tape_glow, vec2(a, fract(way * ROWS_A_UNIT / ROWS)));
    float gloss = 0.10 + 0.90 * panel * panel * panel;
    float ahead = smoothstep(0.0, 2.5, z);                               // at the rim light is only kindled
    ink.x *= ahead;
    near.x *= ahead;
    vec3 lit = glow_light(max(near, 0.0)) * (0.05 + 0.40 * gloss) * (1.0 - 0.8 * seam);
    vec4 across = IMG_NORM_PIXEL(tape_glow, vec2(fract(0.5 - a + 1.0), fract((way + 0.6) * ROWS_A_UNIT / ROWS)));
    across.x *= ahead;
    lit += glow_light(max(across, 0.0)) * 0.5 * panel * panel * (1.0 - seam);                             // steel mirrors what is over the way
    float lamp = fract(way / 3.5) - 0.5, breath = 0.6 + 0.4 * sin(0.7 * TIME + 0.9 * floor(way / 3.5));
    float thin = 0.012 + 0.2 * pixel;
    lit += vec3(0.11, 0.22, 0.46) * (0.9 * thin * thin / (thin * thin + lamp * lamp) + 0.010 / (0.03 + lamp * lamp)) * breath * (1.0 - 0.55 * s1.y) * smoothstep(0.0, 3.0, z);
    vec3 c = wall_light(ink) * (1.0 - 0.7 * seam) + lit + vec3(0.0025, 0.0035, 0.008) * (0.2 + gloss) * (1.0 - 0.8 * seam);
    c += vec3(0.06, 0.09, 0.17) * seam * (0.25 + 0.75 * exp(-0.3 * abs(z - mod(TIME * 2.0, 40.0))));          // a light runs along the joints, always
    c *= fog;

    // the end of it
    vec2 e = p - curve(22.0, s0.x, s0, s2) / 23.0;
    float r2 = dot(e, e);
    c += (mix(GOLD, vec3(1.0), 0.4) * (0.004 + 0.04 * s2.x + 0.12 * s1.x) + DEEP * 0.03 * s0.z + ROSE * 0.02 * s2.w) / (0.008 + 8.0 * r2 + 60.0 * r2 * r2);
    return c;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0), s4 = state_at(4.0);
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        // rows that the tape has run past since the last draw are written, the others stay
        float row = floor(gl_FragCoord.y), first = floor(s0.y * ROWS_A_UNIT), last = floor(s0.x * ROWS_A_UNIT);
        float since = mod(last - row, ROWS);
        bool fresh = since < last - first || since < 0.5;
        vec4 ink = written(uv.x, 1.0 - since / max(last - first, 1.0), s0, s1, s2, s3, s4), before = IMG_THIS_NORM_PIXEL(tape);
        if (fresh && since < 0.5 && last == first) ink = mix(ink, before, step(abs(ink), abs(before)));   // the row under the pen keeps the brighter
        bool ahead = since > ROWS - 12.0;                               // and the pen finds it empty
        gl_FragColor = fresh ? ink : (ahead ? vec4(0.0) : before);
    } else if (PASSINDEX == 2) {
        vec4 sum = vec4(0.0);
        for (int y = -5; y <= 5; y++) {
            for (int x = -3; x <= 3; x++) {
                vec2 at = uv + vec2(float(x) * 0.012, float(y) * 0.004);
                vec4 ink = texture(tape, fract(at));
                ink.x = max(ink.x, 0.0);
                sum += ink * exp(-float(x * x) / 4.0 - float(y * y) / 10.0);
            }
        }
        gl_FragColor = sum / 19.0;
    } else if (PASSINDEX == 3) {
        vec3 now = min(view(uv, s0, s1, s2), 30.0);
        vec2 p = uv - 0.5;
        p = rotation(0.06 + 0.05 * s2.y) * p * (1.085 + 0.03 * s0.z);
        vec2 inside = smoothstep(0.5, 0.46, abs(p));
        vec3 before = IMG_NORM_PIXEL(tube, p + 0.5).rgb * inside.x * inside.y;
        before = turn_hue(before, 0.012) * ghosts * smoothstep(0.10, 0.9, luminance(before));
        vec3 here = IMG_NORM_PIXEL(tube, uv).rgb;
        here *= exp(-min(TIMEDELTA, 0.1) / 0.03) * smoothstep(0.4, 2.0, luminance(here));
        gl_FragColor = vec4(TIMEDELTA <= 0.0 ? now : max(max(now, here), now * 0.9 + before * 0.75), 1.0);
    } else if (PASSINDEX == 4) {
        vec3 sum = vec3(0.0);
        for (int i = -6; i <= 6; i++) {
            float x = float(i);
            sum += shining(IMG_NORM_PIXEL(tube, uv + vec2(x * 1.6 / RENDERSIZE.x, 0.0)).rgb, 0.8) * exp(-x * x / 14.0);
        }
        gl_FragColor = vec4(sum / 6.56, 1.0);
    } else if (PASSINDEX == 5) {
        gl_FragColor = vec4(blur_13(bloom_x, uv, vec2(0.0, 1.6 / RENDERSIZE.y)), 1.0);
    } else {
        vec3 c = (IMG_NORM_PIXEL(tube, uv).rgb + 0.6 * IMG_NORM_PIXEL(bloom, uv).rgb) * light;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
