/*{"ISFVSN": "2", "DESCRIPTION": "Names of ours that are its own.",
   "INPUTS": [{"NAME": "intensity", "TYPE": "float", "DEFAULT": 0.25}]}*/
#define build 0.5
struct Thing { float drop; };
uniform float loudness_db;
const float centre = 1.0, tempo_bpm = 0.125;
float past(float x) { return x * 2.0; }
float wave_at(int kick_hits) { return float(kick_hits); }
void main() {
    Thing thing = Thing(0.75);
    float beat = past(0.125);
    for (int i = 0, bar_count = 3; i < bar_count; ++i) beat += 0.0;
    gl_FragColor = vec4(intensity, beat + tempo_bpm + loudness_db, thing.drop, build + wave_at(0));
}
