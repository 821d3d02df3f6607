// From light to picture: cosine palettes, hue rotation, tone mapping.

const float TAU = 6.28318531;

// Cosine palette: bias + swing * cos(turns); `phase` shifts the three channels apart.
vec3 cosine_palette(float t, vec3 bias, vec3 swing, vec3 phase) {
    return bias + swing * cos(TAU * (t + phase));
}

float luminance(vec3 c) {
    return dot(c, vec3(0.2126, 0.7152, 0.0722));
}

// Turns the hue by `turns` of the circle about the grey axis, keeping brightness.
vec3 turn_hue(vec3 c, float turns) {
    float angle = TAU * turns;
    vec3 grey = vec3(0.57735027);
    vec3 turned = c * cos(angle) + cross(grey, c) * sin(angle) + grey * dot(grey, c) * (1.0 - cos(angle));
    return max(turned, 0.0);
}

// Linear light to display: a filmic shoulder (Narkowicz's fit of ACES) after a little crosstalk
// between the channels, so that strong coloured light burns towards white; then gamma.
vec3 tone_map(vec3 light) {
    vec3 x = vec3(dot(light, vec3(0.92, 0.06, 0.02)), dot(light, vec3(0.04, 0.92, 0.04)), dot(light, vec3(0.02, 0.06, 0.92)));
    x = x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14);
    return pow(clamp(x, 0.0, 1.0), vec3(1.0 / 2.2));
}

// Darkens the corners; `uv` in 0..1.
float vignette(vec2 uv) {
    vec2 q = uv * (1.0 - uv);
    return pow(clamp(16.0 * q.x * q.y, 0.0, 1.0), 0.22);
}
