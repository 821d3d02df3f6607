/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Time runs outwards: the middle is now, the rim is up to a second ago, so every movement becomes a wave. The kick skips a beat of it, the bass bends the order.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Time"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.8},
    {"NAME": "order", "LABEL": "Order", "TYPE": "long", "VALUES": [0, 1, 2, 3], "LABELS": ["Rings", "Rows", "Columns", "Light"], "DEFAULT": 0},
    {"NAME": "bend", "LABEL": "Bend", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "hear", "LABEL": "Hear bass and kick", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 1, "HEIGHT": 1},
    {"TARGET": "reel", "PERSISTENT": true, "WIDTH": "$WIDTH*2", "HEIGHT": "$HEIGHT*2"},
    {}
  ]
}*/

#include "picture.glsl"
#include "space.glsl"

// The reel: 16 pictures of half size, 4 by 4, one taken every FRAME_S. Its newest is still being taken.
const float FRAME_S = 0.066;
const float N_FRAMES = 16.0;

// state: which frame is being taken, how long it has been, bass, kick
vec3 taken(float frame, vec2 uv) {
    frame = mod(frame, N_FRAMES);
    vec2 half_pixel = 1.0 / RENDERSIZE;
    vec2 at = clamp(uv, half_pixel, 1.0 - half_pixel);
    return IMG_NORM_PIXEL(reel, (vec2(mod(frame, 4.0), floor(frame / 4.0)) + at) / 4.0).rgb;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    vec4 s = IMG_PIXEL(state, vec2(0.5));
    if (PASSINDEX == 0) {
        float d = min(TIMEDELTA, 0.1);
        s.y += d;
        float n = floor(s.y / FRAME_S);
        s.x = mod(s.x + n, N_FRAMES);
        s.y -= n * FRAME_S;
        s.z = follow(s.z, hear * bass_level, d, 0.08, 0.4);
        s.w = follow(s.w, hear * kick_hits, d, 0.02, 0.25);
        gl_FragColor = s;
    } else if (PASSINDEX == 1) {
        vec2 tile = floor(uv * 4.0);
        float frame = tile.x + 4.0 * tile.y;
        vec4 held = IMG_THIS_NORM_PIXEL(reel);
        bool fresh = abs(frame - s.x) < 0.5 || FRAMEINDEX == 0 || held.a == 0.0;
        gl_FragColor = fresh ? vec4(IMG_NORM_PIXEL(inputImage, fract(uv * 4.0)).rgb, 1.0) : held;
    } else {
        vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
        vec2 p = centred(uv, RENDERSIZE);
        float l = brightness_of(plain.rgb), away = order == 0 ? length(p) / length(vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0))
            : (order == 1 ? 1.0 - uv.y : (order == 2 ? uv.x : 1.0 - clamp(l, 0.0, 1.0)));
        away += bend * 0.25 * (0.4 + s.z) * sin(3.0 * atan(p.y, p.x) + 5.0 * away) * away;
        float ago = clamp(amount * (away * (1.0 - 0.5 * s.w)), 0.0, 1.0) * (N_FRAMES - 3.0);      // frames
        float at = ago + 1.0 - s.y / FRAME_S, older = floor(at);
        vec3 past_ = mix(taken(s.x - older, uv), taken(s.x - older - 1.0, uv), at - older);
        float now = 1.0 - smoothstep(0.0, 1.5, ago);                     // the newest is there in full size
        gl_FragColor = vec4(mix(past_, plain.rgb, now), plain.a);
    }
}
