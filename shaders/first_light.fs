/*{
    "ISFVSN": "2",
    "DESCRIPTION": "What the stage shows until its first look is ready: a faint glow that breathes with the sound",
    "CREDIT": "Stemlight, CC0 1.0",
    "CATEGORIES": ["Generator"]
}*/
void main() {
    vec2 from_middle = (isf_FragNormCoord - 0.5) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float breath = 0.5 + 0.3 * sin(0.8 * TIME) + 0.6 * all_level;
    float glow = exp(-5.0 * dot(from_middle, from_middle)) * breath * smoothstep(0.0, 1.5, TIME);
    gl_FragColor = vec4(vec3(0.1, 0.15, 0.27) * glow, 1.0);
}
