/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Three mirrors and the picture between them. The bass turns the tube, the kick pushes the glass, the folds stay sharp.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Filter", "Stemlight", "Geometry"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "LABEL": "Amount", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 1.0},
    {"NAME": "sectors", "LABEL": "Sectors", "TYPE": "float", "MIN": 2.0, "MAX": 16.0, "DEFAULT": 6.0},
    {"NAME": "size", "LABEL": "Size", "TYPE": "float", "MIN": 0.3, "MAX": 3.0, "DEFAULT": 1.0},
    {"NAME": "rings", "LABEL": "Rings", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "spin", "LABEL": "Spin", "TYPE": "float", "MIN": -2.0, "MAX": 2.0, "DEFAULT": 0.5},
    {"NAME": "hear", "LABEL": "Hear bass and kick", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6}
  ],
  "PASSES": [
    {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": 1, "HEIGHT": 1},
    {}
  ]
}*/

#include "picture.glsl"
#include "color.glsl"
#include "space.glsl"

void main() {
    vec4 s = IMG_PIXEL(state, vec2(0.5));                                // angle of the tube, its drift, kick
    if (PASSINDEX == 0) {
        float d = min(TIMEDELTA, 0.1);
        s.x = mod(s.x + d * spin * (0.25 + 1.3 * hear * bass_level), TAU);
        s.y = mod(s.y + d * 0.12 * (0.5 + hear * all_presence), TAU);
        s.z = follow(s.z, hear * kick_hits, d, 0.02, 0.2);
        gl_FragColor = s;
        return;
    }
    vec4 plain = IMG_THIS_NORM_PIXEL(inputImage);
    vec2 p = rotation(0.35 * s.x) * centred(isf_FragNormCoord, RENDERSIZE) / size;
    p *= 1.0 - 0.12 * s.z;
    float n = floor(sectors + 0.5), part = TAU / n;
    float turn = mod(atan(p.y, p.x), part), r = length(p);
    turn = abs(turn - 0.5 * part);                                       // fold the circle into half a sector
    float apart = cos(0.5 * part);
    vec2 q = r * vec2(cos(turn), sin(turn));
    // the third mirror: what lies beyond it comes back, so the star repeats in rings
    float beyond = q.x - mix(4.0, 0.62, rings) * apart;
    q.x -= 2.0 * max(beyond, 0.0);
    q = rotation(s.x) * (q + vec2(0.10 * sin(s.y), 0.08 * cos(2.0 * s.y)));
    vec4 seen = IMG_NORM_PIXEL(inputImage, mirrored(uv_of(q * 1.2, RENDERSIZE)));
    float facet = 1.0 - 0.25 * smoothstep(0.0, 0.6, beyond) - 0.18 * (0.5 * part - turn) / part;   // glass takes a little light
    seen.rgb *= facet;
    gl_FragColor = vec4(display_of(mix(light_of(plain.rgb), light_of(seen.rgb), amount)), mix(plain.a, seen.a, amount));
}
