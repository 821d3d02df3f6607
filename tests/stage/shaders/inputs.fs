/*
// a comment before the JSON is not JSON
*/
/*{
  "ISFVSN": "2", "DESCRIPTION": "Every kind of value, with the liberties that people take.",
  "INPUTS": [
    {"NAME": "now", "TYPE": "event"},
    {"NAME": "on", "TYPE": "bool", "DEFAULT": 1.0},
    {"NAME": "off", "TYPE": "bool", "DEFAULT": "false"},
    {"NAME": "unsaid", "TYPE": "bool"},
    {"NAME": "choice", "TYPE": "long", "VALUES": [10, 20, 40], "LABELS": ["ten", "twenty"], "DEFAULT": 20},
    {"NAME": "amount", "TYPE": "float", "MIN": 2.0, "MAX": 4.0,},
    {"NAME": "too_much", "TYPE": "float", "DEFAULT": 7.0,},
    {"NAME": "place", "TYPE": "point2D", "DEFAULT": [.25, 1.],},
    {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.1, 0.2, 0.3]},
    {"NAME": "depth", "TYPE": "point3D"},
  ],
}*/
#version 120
#extension GL_OES_standard_derivatives : enable
#ifdef GL_ES
precision mediump float;
#endif
void main() {
    float x = floor(isf_FragNormCoord.x * 4.0);
    if (x < 1.0) gl_FragColor = vec4(now, on, off, 1.0);
    else if (x < 2.0) gl_FragColor = vec4(unsaid, float(choice) / 100.0, amount / 10.0, 1.0);
    else if (x < 3.0) gl_FragColor = vec4(place, too_much, 1.0);
    else gl_FragColor = tint;
}
