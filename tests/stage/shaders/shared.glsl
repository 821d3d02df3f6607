vec4 shared_color(vec2 uv) { return vec4(uv, 0.25, 1.0); }
