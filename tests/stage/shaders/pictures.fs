/*{"ISFVSN": "2", "DESCRIPTION": "Pictures given and brought along.",
   "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}],
   "IMPORTED": [{"NAME": "brought", "PATH": "two_by_two.png"}, {"NAME": "gone", "PATH": "missing.png"}]}*/
vec4 half_of(sampler2D s) { return 0.5 * IMG_PIXEL(s, vec2(0.5)); }
void main() {
    vec2 uv = isf_FragNormCoord;
    if (uv.y > 0.5) gl_FragColor = uv.x < 0.5 ? IMG_THIS_PIXEL(inputImage) : IMG_NORM_THIS_PIXEL(brought);
    else if (uv.x < 0.25) gl_FragColor = vec4(IMG_SIZE(brought) / 4.0, _brought_imgSize.x / 4.0, 1.0);
    else if (uv.x < 0.5) gl_FragColor = IMG_NORM_PIXEL(brought, vec2(0.25, 0.25), 0.0);
    else if (uv.x < 0.75) gl_FragColor = vec4(half_of(brought).rgb + _brought_imgRect.xyx, 1.0);
    else gl_FragColor = vec4(IMG_THIS_NORM_PIXEL(gone).rgb, 1.0);
}
