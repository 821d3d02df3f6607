/*{"ISFVSN": "2", "DESCRIPTION": "A vertex shader hands over a varying, behind the test that many files have.",
   "INPUTS": [{"NAME": "shift", "TYPE": "float", "DEFAULT": 0.25}]}*/
#if __VERSION__ <= 120
varying vec2 moved;
#else
in vec2 moved;
#endif
varying float third;
void main() { gl_FragColor = vec4(moved, third, 1.0); }
