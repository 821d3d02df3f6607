// Hashes in [0, 1) from integers (no sin: the same on every GPU) and cheap smooth noise.

uint scramble(uint x) {
    x ^= x >> 16; x *= 0x7feb352du;
    x ^= x >> 15; x *= 0x846ca68bu;
    return x ^ (x >> 16);
}

float hash_1(float cell) {
    return float(scramble(uint(int(floor(cell)))) >> 8) / 16777216.0;
}

vec3 hash_3(vec2 cell) {
    ivec2 c = ivec2(floor(cell));
    uint x = scramble(uint(c.x) ^ scramble(uint(c.y)));
    uint y = scramble(x);
    return vec3(x >> 8, y >> 8, scramble(y) >> 8) / 16777216.0;
}

float hash_2(vec2 cell) {
    return hash_3(cell).x;
}

// Value noise, quintic: 0..1, smooth to the second derivative.
float noise_1(float x) {
    float i = floor(x), f = x - i;
    return mix(hash_1(i), hash_1(i + 1.0), f * f * f * (f * (f * 6.0 - 15.0) + 10.0));
}

float noise_2(vec2 p) {
    vec2 i = floor(p), f = p - i;
    f = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    return mix(mix(hash_2(i), hash_2(i + vec2(1, 0)), f.x),
               mix(hash_2(i + vec2(0, 1)), hash_2(i + vec2(1, 1)), f.x), f.y);
}

// Gyroid: a smooth field in -1.5..1.5 for the price of six sines; octaves of it make clouds.
float gyroid(vec3 p) {
    return dot(sin(p), cos(p.yzx));
}

// Below one step of 8 bits where it matters: dithers march starts without a texture.
float ordered_dither(vec2 pixel, float draw) {
    return fract(52.9829189 * fract(dot(pixel + 5.588238 * mod(draw, 64.0), vec2(0.06711056, 0.00583715))));
}
