/*
{
    "CREDIT": "Stemlight",
    "DESCRIPTION": "ISF v1: no ISFVSN, a list of persistent buffers, vv_ names, GLSL 1.20. Red grows by 1/8 a draw.",
    "INPUTS": [],
    "PERSISTENT_BUFFERS": ["before"],
    "PASSES": [{"TARGET": "before"}]
}
*/
void main() {
    vec4 old = texture2D(before, vv_FragNormCoord);
    gl_FragColor = vec4(old.r + 0.125, vv_FragNormCoord, 1.0);
}
