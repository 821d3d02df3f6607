/*{"ISFVSN": "2", "DESCRIPTION": "Lists in braces, which GLSL 4.20 brought.", "INPUTS": []}*/
out vec4 color;
void main() {
    float steps[3] = { 0.25, 0.5, 0.75 };
    color = vec4(steps[0], steps[1], steps[2], 1.0);
}
