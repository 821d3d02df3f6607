/*{"ISFVSN": "2", "DESCRIPTION": "Each pass writes its number and size into its target.",
   "INPUTS": [{"NAME": "part", "TYPE": "float", "MIN": 1.0, "MAX": 8.0, "DEFAULT": 4.0}],
   "PASSES": [
     {"TARGET": "quarter", "FLOAT": true, "WIDTH": "$WIDTH / $part", "HEIGHT": "max(floor($HEIGHT / 4.0), 2.0)"},
     {"TARGET": "whole", "FLOAT": true},
     {"TARGET": "again", "FLOAT": true, "WIDTH": "3", "HEIGHT": "3"},
     {"TARGET": "again", "FLOAT": true, "WIDTH": "3", "HEIGHT": "3"},
     {"TARGET": "last", "FLOAT": true, "WIDTH": "5", "HEIGHT": "5", "PERSISTENT": true}
   ]}*/
void main() {
    vec4 said = vec4(float(PASSINDEX), RENDERSIZE, 1.0);
    if (PASSINDEX == 3) said.a = IMG_NORM_PIXEL(again, vec2(0.5)).r;
    if (PASSINDEX == 4) said = vec4(0.25, 0.5, 0.75, 1.0);
    gl_FragColor = said;
}
