/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A window of coloured glass that breaks on the bar and finds new seams. Behind it move the stems: the bass is a deep blue sun, the voice a rose flame that wanders, drums strike golden rings through the panes, everything else slides past as tall sea-green bars.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Generator", "Stemlight", "Geometry", "Light"],
  "INPUTS": [
    {"NAME": "panes", "LABEL": "Panes", "TYPE": "float", "MIN": 2.0, "MAX": 12.0, "DEFAULT": 6.0},
    {"NAME": "crackle", "LABEL": "Honeycomb to crackle", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.75},
    {"NAME": "shatter", "LABEL": "Break", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "rays", "LABEL": "Rays", "TYPE": "float", "MIN": 0.0, "MAX": 2.0, "DEFAULT": 1.0},
    {"NAME": "light", "LABEL": "Light", "TYPE": "float", "MIN": 0.2, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 5, "HEIGHT": 1},
    {"TARGET": "seams", "FLOAT": true, "WIDTH": 48, "HEIGHT": 32},
    {"TARGET": "lamps", "FLOAT": true, "WIDTH": "$WIDTH/4", "HEIGHT": "$HEIGHT/4"},
    {"TARGET": "window", "FLOAT": true},
    {"TARGET": "bright", "FLOAT": true, "WIDTH": "$WIDTH/3", "HEIGHT": "$HEIGHT/3"},
    {"TARGET": "shafts", "FLOAT": true, "WIDTH": "$WIDTH/3", "HEIGHT": "$HEIGHT/3"},
    {"TARGET": "beams", "FLOAT": true, "WIDTH": "$WIDTH/3", "HEIGHT": "$HEIGHT/3"},
    {}
  ]
}*/

#include "noise.glsl"
#include "color.glsl"
#include "space.glsl"
#include "glow.glsl"

// Space: y from -1 to 1, x as wide as the picture. seams: for each honeycomb cell, xy where its pane's
// middle is now, zw how the pane leans. Rows are shifted by half a cell, one after the other.
const vec2 CELLS = vec2(48.0, 32.0);
const vec2 MIDDLE = vec2(24.0, 16.0);
const float ROW = 0.8660254;
const vec3 GOLD = vec3(1.00, 0.50, 0.12);
const vec3 DEEP = vec3(0.07, 0.20, 1.00);
const vec3 ROSE = vec3(1.00, 0.10, 0.26);
const vec3 SEA = vec3(0.05, 0.80, 0.62);
const vec3 MOON = vec3(0.34, 0.44, 0.72);

vec4 state_at(float column) { return IMG_PIXEL(state, vec2(column + 0.5, 0.5)); }
vec2 screen_of(vec2 uv) { vec2 size = IMG_SIZE(window); return (uv * 2.0 - 1.0) * vec2(size.x / size.y, 1.0); }
vec2 uv_of(vec2 p) { vec2 size = IMG_SIZE(window); return p / vec2(size.x / size.y, 1.0) * 0.5 + 0.5; }

// state 0: bars so far, re-forming 0..1, break, drift clock;  state 1: bass, vocals, other, drums
// state 2: voice's clock, bass's clock, bars' clock, camera's clock;  state 3: drop, build, snare, sway
// state 4: presence, kick, turn of the glass
vec4 next_state() {
    float d = min(TIMEDELTA, 0.1), column = floor(gl_FragCoord.x);
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0), s4 = state_at(4.0);
    if (column < 0.5) {
        bool anew = FRAMEINDEX > 0 && bar_count != s0.x && s4.x > 0.05;
        float re_formed = FRAMEINDEX == 0 ? 1.0 : (anew ? 0.0 : min(s0.y + d / 1.1, 1.0));
        float broken = anew ? 1.0 : s0.z * exp(-d / 0.45);
        return vec4(bar_count, re_formed, max(broken, 0.9 * s3.x), mod(s0.w + d * (0.05 + 0.10 * s4.x), 200.0 * TAU));
    }
    if (column < 1.5) return vec4(follow(s1.x, bass_level, d, 0.06, 0.4), follow(s1.y, vocals_level, d, 0.06, 0.3),
                                  follow(s1.z, other_level, d, 0.15, 0.7), follow(s1.w, drums_level, d, 0.02, 0.25));
    if (column < 2.5) return vec4(mod(s2.x + d * (0.22 + 1.1 * s1.y), 200.0 * TAU), mod(s2.y + d * (0.10 + 0.4 * s1.x), 200.0 * TAU),
                                  mod(s2.z + d * (0.10 + 0.5 * s1.z), 200.0 * TAU), mod(s2.w + d * (0.06 + 0.10 * s4.x + 0.4 * s3.y), 200.0 * TAU));
    if (column < 3.5) return vec4(follow(s3.x, drop, d, 0.08, 0.9), follow(s3.y, build, d, 0.7, 0.3), follow(s3.z, snare_hits, d, 0.005, 0.22),
                                  follow(s3.w, sin(TAU * bar_phase) * all_presence, d, 0.5, 0.5));
    return vec4(follow(s4.x, all_presence, d, 1.0, 2.5), follow(s4.y, kick_hits * kick_hits, d, 0.005, 0.18), 0.0, 0.0);
}

// --- seams ------------------------------------------------------------------------------------------

vec2 pane_of_bar(vec2 cell, float bar, float clock) {     // where the pane of a cell lies while this bar lasts
    vec3 dice = hash_3(cell + 101.0 * mod(bar, 509.0));
    // each bar is its own pattern: from nearly a honeycomb to crackle
    float wild = crackle * (0.35 + 0.65 * hash_1(mod(bar, 509.0) + 3.0));
    vec2 off = (dice.xy - 0.5) * 0.95 * wild;
    off += 0.05 * vec2(sin(clock * 3.0 + TAU * dice.z), cos(clock * 2.3 + TAU * dice.x));
    return off;
}

vec4 next_seam() {
    vec4 s0 = state_at(0.0), s3 = state_at(3.0), s4 = state_at(4.0);
    vec2 cell = floor(gl_FragCoord.xy);
    float late = hash_2(cell + 5.0) * 0.45, way = clamp(s0.y * 1.45 - late, 0.0, 1.0);
    way = way * way * (3.0 - 2.0 * way);
    vec2 off = mix(pane_of_bar(cell, s0.x - 1.0, s0.w), pane_of_bar(cell, s0.x, s0.w), way);
    vec3 dice = hash_3(cell + 31.0 * mod(s0.x, 509.0));
    vec2 lean = (hash_3(cell + 17.0).xy - 0.5) * 0.5 + 0.10 * vec2(sin(s0.w * 4.0 + TAU * dice.x), cos(s0.w * 3.1 + TAU * dice.y));
    lean += shatter * (dice.xy - 0.5) * (2.2 * s0.z + 0.5 * s4.y);
    return vec4(off, lean);
}

vec2 lattice_at(vec2 p) { return vec2(p.x - 0.5 * mod(floor(p.y / ROW), 2.0), p.y / ROW); }
vec4 pane_in(vec2 cell) { return IMG_PIXEL(seams, mod(cell, CELLS) + 0.5); }
vec2 middle_of(vec2 cell) { return vec2(cell.x + 0.5 + 0.5 * mod(cell.y, 2.0), (cell.y + 0.5) * ROW); }

struct Pane { vec2 cell, from; vec4 seam; float edge; };      // from: its middle to us; edge: distance to the nearest seam

Pane pane_at(vec2 q) {
    vec2 home = floor(lattice_at(q));
    Pane pane = Pane(home, vec2(0.0), vec4(0.0), 0.0);
    float nearest = 1e5;
    for (int k = 0; k < 15; k++) {
        vec2 cell = home + vec2(mod(float(k), 5.0) - 2.0, float(k / 5) - 1.0);
        vec4 seam = pane_in(cell);
        vec2 o = q - middle_of(cell) - seam.xy;
        float d2 = dot(o, o);
        if (d2 < nearest) {
            nearest = d2;
            pane.cell = cell;
            pane.from = o;
            pane.seam = seam;
        }
    }
    pane.edge = 1e5;
    for (int k = 0; k < 25; k++) {
        vec2 cell = pane.cell + vec2(mod(float(k), 5.0), float(k / 5)) - 2.0;
        vec2 apart = middle_of(cell) + pane_in(cell).xy - (q - pane.from);
        float size = length(apart);
        if (size > 1e-4) pane.edge = min(pane.edge, 0.5 * size - dot(pane.from, apart) / size);
    }
    return pane;
}

// --- what shines behind the glass ----------------------------------------------------------------------

vec3 lamps_at(vec2 p) {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0), s4 = state_at(4.0);
    vec3 c = vec3(0.0);
    // nothing: the moon, low and slow
    vec2 o = p - vec2(0.55 * sin(s0.w * 0.9), 0.25 + 0.1 * sin(s0.w * 1.3));
    c += MOON * (1.1 / (1.0 + 8.0 * dot(o, o)) + 0.03) * (1.0 - 0.55 * s4.x);
    // bass: a great blue sun
    o = p - vec2(0.55 * sin(s2.y), -0.35 + 0.18 * cos(1.3 * s2.y));
    float r = length(o), size = 0.34 + 0.34 * s1.x;
    c += DEEP * s1.x * s1.x * 1.7 * (1.7 * (1.0 - smoothstep(size * 0.75, size, r)) + 0.45 / (0.3 + 6.0 * r * r));
    // voice: a flame that wanders and leaves a wake
    for (int k = 0; k < 5; k++) {
        float clock = s2.x - 0.20 * float(k), fade = 1.0 - 0.17 * float(k);
        o = p - vec2(1.05 * sin(clock) + 0.2 * sin(2.7 * clock), 0.50 * sin(1.37 * clock + 0.7) + 0.15 * cos(3.1 * clock));
        float voice = past(FAMILY_VOCALS, QUANTITY_LEVEL, 0.10 * float(k));
        c += ROSE * voice * voice * fade * 0.085 / (0.028 + dot(o, o));
    }
    // everything else: tall bars that slide past
    float tilt = p.x + 0.35 * p.y;
    for (int k = 0; k < 3; k++) {
        float x = tilt * (1.0 + 0.35 * float(k)) + (k == 1 ? -1.0 : 1.0) * s2.z * (0.7 + 0.3 * float(k)) + 1.7 * float(k);
        float bar = pow(0.5 + 0.5 * cos(x * 2.3), 22.0 - 5.0 * float(k));
        c += mix(SEA, vec3(0.10, 0.55, 0.30), 0.4 * float(k)) * bar * s1.z * s1.z * 0.62;
    }
    // drums: rings through the panes, a core that burns; the snare flares at the rim
    r = length(p);
    float kick = 0.0, snare = 0.0;
    for (int k = 0; k < 4; k++) {                          // a front that is no edge
        kick += 0.25 * past(FAMILY_KICK, QUANTITY_HITS, r / 2.4 + 0.022 * float(k));
        snare += 0.25 * past(FAMILY_SNARE, QUANTITY_HITS, max(1.9 - r, 0.0) / 4.5 + 0.018 * float(k));
    }
    c += GOLD * (kick * kick * 1.8 * exp(-0.7 * r) + s4.y * 0.5 / (0.15 + 3.0 * r * r) + s1.w * s1.w * 0.10);
    c += vec3(1.0, 0.80, 0.55) * snare * snare * smoothstep(0.5, 1.7, r) * 0.9;
    c += vec3(1.0, 0.72, 0.50) * s3.x * 1.2 / (0.35 + 5.0 * r * r);
    return c * vec3(0.50, 0.50, 0.56) * (1.0 - 0.35 * s3.x);
}

vec3 tint_of(vec2 cell, float bar) {             // what a pane lets through: jewel colours that agree
    vec3 dice = hash_3(cell + 211.0), bright = vec3(0.72 + 0.28 * dice.y);
    vec3 tint = dice.x < 0.30 ? vec3(0.30, 0.42, 1.00) : (dice.x < 0.52 ? vec3(1.00, 0.34, 0.38) : (dice.x < 0.72 ? vec3(1.00, 0.74, 0.32) : (dice.x < 0.88 ? vec3(0.30, 0.92, 0.74) : vec3(0.92, 0.90, 1.00))));
    return tint * tint * bright;
}

vec3 window_light(vec2 uv) {
    vec4 s0 = state_at(0.0), s1 = state_at(1.0), s2 = state_at(2.0), s3 = state_at(3.0), s4 = state_at(4.0);
    vec2 p = screen_of(uv);
    // the glass leans a little, as if we walked past it; a drop pulls us close
    float size = panes * (1.0 + 0.05 * sin(s2.w) - 0.28 * s3.x + 0.20 * s3.y);
    mat2 turn = rotation(0.22 * sin(s2.w * 0.7) + 0.05 * s3.w);
    float near = 1.0 / (1.0 + 0.12 * dot(p, vec2(sin(s2.w), cos(0.8 * s2.w))));
    vec2 q = turn * p * near * size * 0.5 + MIDDLE * vec2(1.0, ROW);
    Pane pane = pane_at(q);
    float unit = 2.0 / size;                                        // of the screen in one of the lattice
    float gap = 0.018 + 0.014 * hash_2(pane.cell) + shatter * 0.08 * s0.z * s0.z;
    float pixel = 1.3 / (RENDERSIZE.y * 0.5 * unit), edge = pane.edge - gap;

    // each pane bends the light its own way, thicker and wavy towards the rim
    vec2 w = q * 5.0 + 9.0 * hash_3(pane.cell + 3.0).xy;
    vec2 wave = vec2(noise_2(w) - noise_2(w + 0.35 * vec2(1, 0)), noise_2(w + 7.0) - noise_2(w + 7.0 + 0.35 * vec2(0, 1)));
    float bevel = exp(-max(edge, 0.0) * 16.0);
    vec2 outward = pane.from / (length(pane.from) + 1e-3);
    vec2 bend = pane.seam.zw * 0.42 + wave * 0.13 - outward * bevel * 0.20 + pane.from * unit * 0.35;
    vec3 tint = tint_of(pane.cell, s0.x);
    vec3 through = vec3(IMG_NORM_PIXEL(lamps, uv_of(p + bend * 0.94)).r, IMG_NORM_PIXEL(lamps, uv_of(p + bend)).g, IMG_NORM_PIXEL(lamps, uv_of(p + bend * 1.07)).b);
    float streak = 0.82 + 0.36 * noise_2(rotation(TAU * hash_2(pane.cell + 9.0)) * q * vec2(2.0, 13.0));
    vec3 col = through * mix(tint, vec3(1.0), 0.16) * streak * (1.0 - 0.45 * bevel);
    col += tint * MOON * 0.016;

    // a line of light in the bevel, on the side that leans to it; the break shows in it
    vec2 lean = pane.seam.zw * 0.9 - outward * bevel + wave * 0.4;
    float spec = pow(clamp(dot(normalize(vec3(lean, 0.85)), normalize(vec3(sin(s2.w * 1.3), 0.7, 0.8))), 0.0, 1.0), 22.0);
    col += (MOON * 0.10 + through * 0.55 + vec3(1.0, 0.9, 0.8) * 0.30 * s0.z) * spec * (0.35 + bevel * 1.4);
    float glint = step(0.90, fract(hash_2(pane.cell + 77.0) + mod(hat_count, 512.0) * 0.381966)) * hat_hits * hat_hits;
    col += vec3(1.0, 0.95, 0.85) * glint * (0.12 + 0.8 * bevel) * tint;

    // lead: dark, rounded, with what leaks past when it opens
    float inside = smoothstep(-pixel, pixel, edge), across = clamp(pane.edge / gap, 0.0, 1.0);
    vec3 behind = IMG_NORM_PIXEL(lamps, uv_of(p)).rgb;
    vec3 lead = vec3(0.006, 0.007, 0.010) + MOON * 0.035 * pow(1.0 - abs(2.0 * across - 1.0), 2.0);
    lead += shatter * s0.z * s0.z * (behind * 1.1 + GOLD * 0.22 * s4.x) * (1.0 - across) * (1.0 - across);
    lead += vec3(0.9, 0.95, 1.0) * 0.20 * s3.z * s3.z * pow(1.0 - across, 3.0);
    return mix(lead, col, inside) * light;
}

// --- shafts: what the glass throws towards us -----------------------------------------------------------

vec3 smeared(sampler2D image, vec2 uv, float reach) {
    vec2 centre = vec2(0.5) + 0.06 * vec2(sin(state_at(2.0).w), 0.6 * cos(1.3 * state_at(2.0).w));
    vec2 step_ = (centre - uv) * reach / 10.0;
    float start = ordered_dither(gl_FragCoord.xy, float(FRAMEINDEX)), weight = 1.0, total = 0.0;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 10; i++) {
        sum += weight * texture(image, uv + step_ * (float(i) + start)).rgb;
        total += weight;
        weight *= 0.92;
    }
    return sum / total;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        gl_FragColor = next_state();
    } else if (PASSINDEX == 1) {
        gl_FragColor = next_seam();
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(min(lamps_at(screen_of(uv)), 12.0), 1.0);
    } else if (PASSINDEX == 3) {
        gl_FragColor = vec4(min(window_light(uv), 20.0), 1.0);
    } else if (PASSINDEX == 4) {
        vec2 e = 0.75 / IMG_SIZE(window);
        vec3 c = IMG_NORM_PIXEL(window, uv + e).rgb + IMG_NORM_PIXEL(window, uv - e).rgb
               + IMG_NORM_PIXEL(window, uv + vec2(e.x, -e.y)).rgb + IMG_NORM_PIXEL(window, uv + vec2(-e.x, e.y)).rgb;
        gl_FragColor = vec4(shining(0.25 * c, 0.8), 1.0);
    } else if (PASSINDEX == 5) {
        gl_FragColor = vec4(smeared(bright, uv, 0.16), 1.0);
    } else if (PASSINDEX == 6) {
        gl_FragColor = vec4(smeared(shafts, uv, 0.55), 1.0);
    } else {
        vec4 s3 = state_at(3.0);
        vec3 c = IMG_NORM_PIXEL(window, uv).rgb;
        c += rays * (0.55 + 0.8 * s3.x) * IMG_NORM_PIXEL(beams, uv).rgb + 0.10 * IMG_NORM_PIXEL(shafts, uv).rgb;
        gl_FragColor = vec4(tone_map(turn_hue(c * vignette(uv), hue)), 1.0);
    }
}
