/*{"ISFVSN": "2", "DESCRIPTION": "Sound as pictures.",
   "INPUTS": [
     {"NAME": "wave", "TYPE": "audio"},
     {"NAME": "volume", "TYPE": "audio", "MAX": 1},
     {"NAME": "bins", "TYPE": "audioFFT"},
     {"NAME": "four", "TYPE": "audioFFT", "MAX": 4}
   ]}*/
void main() {
    float x = isf_FragNormCoord.x;
    gl_FragColor = vec4(
        IMG_NORM_PIXEL(wave, vec2(x, 0.5)).g,
        IMG_NORM_PIXEL(bins, vec2(x, 0.5)).b,
        IMG_SIZE(four).x / 8.0,
        1.0);
    if (isf_FragNormCoord.y > 0.5) gl_FragColor = vec4(IMG_NORM_PIXEL(volume, vec2(0.5)).rgb, 1.0);
}
