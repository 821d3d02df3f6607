// What filters and transitions need of a picture that is already made for the eye.

// Display value to light and back: a square is as near to a screen's curve as hides in a blend, and exact at 0 and 1.
vec3 light_of(vec3 display) { return max(display, 0.0) * max(display, 0.0); }
vec3 display_of(vec3 light) { return sqrt(max(light, 0.0)); }

// Brightness of a display value, 0..1 for pictures in range.
float brightness_of(vec3 display) { return dot(display, vec3(0.2126, 0.7152, 0.0722)); }

// Folds a place outside of 0..1 back in, as if mirrors stood at the edges: no streaks at the border.
vec2 mirrored(vec2 uv) { return 1.0 - abs(mod(uv, 2.0) - 1.0); }

// uv to a square space about the middle (y from -1 to 1) and back, for pictures of `size` pixels.
vec2 centred(vec2 uv, vec2 size) { return (uv * 2.0 - 1.0) * vec2(size.x / size.y, 1.0); }
vec2 uv_of(vec2 p, vec2 size) { return p / vec2(size.x / size.y, 1.0) * 0.5 + 0.5; }
