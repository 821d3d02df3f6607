/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A crossfade as a double exposure makes it: light adds to light, so the middle is neither grey nor dim, and what shines comes first and leaves last.",
  "CREDIT": "Stemlight",
  "LICENSE": "CC0-1.0",
  "CATEGORIES": ["Transition", "Stemlight", "Dissolve"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "LABEL": "Progress", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "lights_first", "LABEL": "Lights first", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.45}
  ]
}*/

#include "picture.glsl"

// How far a pixel is on its way: `lead` -1..1 is how early it starts.
float own_progress(float lead) {
    float late = lights_first * 0.5 * (1.0 - lead);
    return smoothstep(0.0, 1.0, clamp(progress * (1.0 + lights_first) - late, 0.0, 1.0));
}

void main() {
    vec4 from = IMG_THIS_NORM_PIXEL(startImage), to = IMG_THIS_NORM_PIXEL(endImage);
    float lead = clamp(brightness_of(to.rgb) - brightness_of(from.rgb), -1.0, 1.0);
    float p = own_progress(lead);
    vec4 mixed = vec4(display_of(mix(light_of(from.rgb), light_of(to.rgb), p)), mix(from.a, to.a, p));
    gl_FragColor = progress <= 0.0 ? from : (progress >= 1.0 ? to : mixed);
}
