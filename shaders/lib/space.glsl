// Rotations and distances.

mat2 rotation(float angle) {
    float c = cos(angle), s = sin(angle);
    return mat2(c, s, -s, c);
}

// Distance from the origin to the segment a..b, squared.
float segment_distance_2(vec2 a, vec2 b) {
    vec2 d = b - a;
    vec2 nearest = a + d * clamp(-dot(a, d) / max(dot(d, d), 1e-9), 0.0, 1.0);
    return dot(nearest, nearest);
}

float smooth_min(float a, float b, float k) {
    float h = max(k - abs(a - b), 0.0) / k;
    return min(a, b) - h * h * k * 0.25;
}

// How far a value has moved towards its target after `delta_s`, with separate rise and fall times.
float follow(float value, float target, float delta_s, float rise_s, float fall_s) {
    return mix(target, value, exp(-delta_s / (target > value ? rise_s : fall_s)));
}
