/*{"ISFVSN": "2", "DESCRIPTION": "Words that later GLSL keeps for itself, and an input named for a function.",
   "INPUTS": [{"NAME": "length", "TYPE": "float", "DEFAULT": 0.5}, {"NAME": "filter", "TYPE": "bool", "DEFAULT": true}]}*/
float sample(vec2 input) { float half = 0.5; return input.x * half; }
void main() {
    float smooth = sample(vec2(1.0, 0.0)), common = length(vec2(3.0, 4.0)) / 10.0;
    gl_FragColor = vec4(filter ? smooth : 0.0, common, length, 1.0);
}
