/*{"ISFVSN": "2", "DESCRIPTION": "Half of it lies in another file.", "INPUTS": []}*/
#include "shared.glsl"
void main() { gl_FragColor = shared_color(isf_FragNormCoord); }
