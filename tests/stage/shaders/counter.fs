/*{"ISFVSN": "2", "DESCRIPTION": "Counts draws in one float pixel, and the seconds they took in another.",
   "INPUTS": [],
   "PASSES": [
     {"TARGET": "state", "PERSISTENT": true, "FLOAT": true, "WIDTH": "1", "HEIGHT": 1},
     {}
   ]}*/
void main() {
    vec4 old = IMG_NORM_PIXEL(state, vec2(0.5));
    if (PASSINDEX == 0) gl_FragColor = old + vec4(1.0, TIMEDELTA, 0.1, float(FRAMEINDEX));
    else gl_FragColor = vec4(fract(old.r / 256.0));
}
