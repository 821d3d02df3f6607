#if __VERSION__ <= 120
varying vec2 moved;
#else
out vec2 moved;
#endif
varying float third;
void main() {
    isf_vertShaderInit();
    moved = isf_FragNormCoord + shift;
    third = RENDERSIZE.x / 128.0 + float(PASSINDEX);
}
