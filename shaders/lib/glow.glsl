// Bloom in two cheap passes over a small buffer.

// Gaussian over 13 taps along `stride` (in uv).
vec3 blur_13(sampler2D image, vec2 uv, vec2 stride) {
    vec3 sum = vec3(0.0);
    for (int i = -6; i <= 6; i++) {
        float x = float(i);
        sum += texture(image, uv + stride * x).rgb * exp(-x * x / 14.0);
    }
    return sum / 6.56;
}

// What shines: everything well below `knee` is held back, sparks are capped.
vec3 shining(vec3 light, float knee) {
    float l = dot(light, vec3(0.2126, 0.7152, 0.0722));
    return min(light * smoothstep(0.15 * knee, knee, l), 8.0);
}
