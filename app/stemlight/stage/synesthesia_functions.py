"""The functions that Synesthesia gives its scenes, in GLSL of our own.

https://app.synesthesia.live/docs/ssf/functions.html says what each takes and returns. `T` stands for float
and the three vectors in turn, `P` for those of a place, `C` for the two colours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from stemlight.stage.shader_program import Definition

_TEXT = r"""
float _scale(float x, float low, float high) { return mix(low, high, x); }

T _map(T x, T low, T high, T new_low, T new_high) {
    return new_low + (x - low) / (high - low) * (new_high - new_low);
}

float _smin(float a, float b, float k) { return -log(exp(-k * a) + exp(-k * b)) / k; }

float _rand(float x) { return fract(sin(x * 91.345) * 47453.5453); }
float _rand(vec2 x) { return fract(sin(dot(x, vec2(12.9898, 78.233))) * 43758.5453); }

float _pulse(float x, float center, float size) {
    return smoothstep(center - size, center, x) - smoothstep(center, center + size, x);
}

float _sqPulse(float x, float center, float size) { return step(abs(x - center), 0.5 * size); }

float _inRange(float x, float low, float high) { return float(low <= x && x <= high); }
float _inRange(vec2 x, float low, float high) { return _inRange(x.x, low, high) * _inRange(x.y, low, high); }
float _inRange(vec3 x, float low, float high) { return _inRange(x.xy, low, high) * _inRange(x.z, low, high); }
float _inRange(vec4 x, float low, float high) {
    return _inRange(x.xy, low, high) * _inRange(x.zw, low, high);
}
float _inRange(T x) { return _inRange(x, 0.0, 1.0); }

float _triWave(float x, float period) { return abs(fract(x / period) - 0.5) - 0.5; }

T _pixelate(T x, float n) { return floor(x * n) / n; }
vec2 _pixelate(vec2 x, vec2 n) { return floor(x * n) / n; }

T _mix3(T a, T b, T c, float x) {
    return mix(mix(a, b, clamp(2.0 * x, 0.0, 1.0)), c, clamp(2.0 * x - 1.0, 0.0, 1.0));
}

T _mix4(T a, T b, T c, T d, float x) {
    T start = mix(mix(a, b, clamp(3.0 * x, 0.0, 1.0)), c, clamp(3.0 * x - 1.0, 0.0, 1.0));
    return mix(start, d, clamp(3.0 * x - 2.0, 0.0, 1.0));
}

T _mix5(T a, T b, T c, T d, T e, float x) {
    T start = mix(mix(a, b, clamp(4.0 * x, 0.0, 1.0)), c, clamp(4.0 * x - 1.0, 0.0, 1.0));
    return mix(mix(start, d, clamp(4.0 * x - 2.0, 0.0, 1.0)), e, clamp(4.0 * x - 3.0, 0.0, 1.0));
}

float _nsin(float x) { return 0.5 + 0.5 * sin(x); }

float _ncos(float x) { return 0.5 + 0.5 * cos(x); }

T _nclamp(T x) { return clamp(x, 0.0, 1.0); }

float _noise(vec3 p) {
    vec3 cell = floor(p), f = smoothstep(0.0, 1.0, fract(p));
    float sum = 0.0;
    for (int k = 0; k < 8; k++) {
        vec3 corner = vec3(k & 1, (k >> 1) & 1, k >> 2);
        vec3 weight = mix(1.0 - f, f, corner);
        sum += _hash13(cell + corner) * weight.x * weight.y * weight.z;
    }
    return sum;
}
float _noise(vec2 p) {
    vec2 cell = floor(p), f = smoothstep(0.0, 1.0, fract(p));
    float low = mix(_hash12(cell), _hash12(cell + vec2(1.0, 0.0)), f.x);
    return mix(low, mix(_hash12(cell + vec2(0.0, 1.0)), _hash12(cell + 1.0), f.x), f.y);
}
float _noise(float p) {
    return mix(_hash11(floor(p)), _hash11(floor(p) + 1.0), smoothstep(0.0, 1.0, fract(p)));
}

float _fbm(P p, float octaves) {
    float sum = 0.0, weight = 0.5, all = 0.0;
    for (float k = 0.0; k < octaves; k++) {
        sum += weight * _noise(p);
        all += weight;
        weight *= 0.5;
        p = 2.0 * p + 17.3;
    }
    return sum / max(all, 1e-6);
}
float _fbm(P p) { return _fbm(p, 5.0); }

float _statelessContinuousChaotic(float t) {
    return 0.5 * sin(t) + 0.3 * sin(2.17 * t + 1.3) + 0.2 * sin(4.71 * t + 2.9 * sin(0.37 * t));
}

float _hash11(float p) { return fract(sin(p * 127.1) * 43758.5453); }

float _hash12(vec2 p) { return fract(sin(dot(p, vec2(127.1, 311.7))) * 43758.5453); }

float _hash13(vec3 p) { return fract(sin(dot(p, vec3(127.1, 311.7, 74.7))) * 43758.5453); }

vec2 _hash21(float p) { return fract(sin(p * vec2(127.1, 269.5)) * 43758.5453); }

vec2 _hash22(vec2 p) { return vec2(_hash12(p), _hash12(p + 19.19)); }

vec2 _hash23(vec3 p) { return vec2(_hash13(p), _hash13(p + 19.19)); }

vec3 _hash31(float p) { return fract(sin(p * vec3(127.1, 269.5, 419.2)) * 43758.5453); }

vec3 _hash32(vec2 p) { return vec3(_hash12(p), _hash12(p + 19.19), _hash12(p + 47.3)); }

vec3 _hash33(vec3 p) { return vec3(_hash13(p), _hash13(p + 19.19), _hash13(p + 47.3)); }

vec4 _hash41(float p) { return fract(sin(p * vec4(127.1, 269.5, 419.2, 371.9)) * 43758.5453); }

vec4 _hash42(vec2 p) { return vec4(_hash12(p), _hash12(p + 19.19), _hash12(p + 47.3), _hash12(p + 83.7)); }

vec4 _hash43(vec3 p) { return vec4(_hash13(p), _hash13(p + 19.19), _hash13(p + 47.3), _hash13(p + 83.7)); }

vec4 _hash44(vec4 p) { return _hash43(p.xyz + 31.7 * p.w); }

void _uv2uvc(inout vec2 p) { p = (p - 0.5) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0); }

void _uvc2uv(inout vec2 p) { p = p * vec2(RENDERSIZE.y / RENDERSIZE.x, 1.0) + 0.5; }

vec2 _rotate(vec2 p, float angle) { return mat2(cos(angle), sin(angle), -sin(angle), cos(angle)) * p; }

T _mirror(T x) { return 1.0 - abs(mod(x, 2.0) - 1.0); }

vec2 _toPolar(vec2 p) { return vec2(length(p), atan(p.y / p.x)); }

vec2 _toPolarTrue(vec2 p) { return vec2(length(p), atan(p.y, p.x)); }

vec2 _toRect(vec2 p) { return p.x * vec2(cos(p.y), sin(p.y)); }

vec3 _rgb2hsv(vec3 c) {
    float high = max(c.r, max(c.g, c.b)), range = high - min(c.r, min(c.g, c.b));
    float hue = 4.0 + (c.r - c.g) / range;
    if (high == c.g) hue = 2.0 + (c.b - c.r) / range;
    if (high == c.r) hue = (c.g - c.b) / range;
    return vec3(range > 0.0 ? fract(hue / 6.0) : 0.0, high > 0.0 ? range / high : 0.0, high);
}

vec3 _hsv2rgb(vec3 c) {
    vec3 rgb = clamp(abs(mod(6.0 * c.x + vec3(0.0, 4.0, 2.0), 6.0) - 3.0) - 1.0, 0.0, 1.0);
    return c.z * mix(vec3(1.0), rgb, c.y);
}

vec3 _normalizeRGB(float r, float g, float b) { return vec3(r, g, b) / 255.0; }

vec3 _palette(float x, vec3 bias, vec3 amplitude, vec3 frequency, vec3 phase) {
    return bias + amplitude * cos(6.2831853 * (frequency * x + phase));
}

vec3 _brightness(vec3 c, float x) { return c * x; }
vec4 _brightness(vec4 c, float x) { return vec4(c.rgb * x, c.a); }

vec3 _gamma(vec3 c, float x) { return pow(max(c, 0.0), vec3(1.0 / x)); }
vec4 _gamma(vec4 c, float x) { return vec4(_gamma(c.rgb, x), c.a); }

vec3 _contrast(vec3 c, float x) { return 0.5 + (c - 0.5) * x; }
vec4 _contrast(vec4 c, float x) { return vec4(_contrast(c.rgb, x), c.a); }

vec3 _saturation(vec3 c, float x) { return mix(vec3(_luminance(c)), c, x); }
vec4 _saturation(vec4 c, float x) { return vec4(_saturation(c.rgb, x), c.a); }

vec3 _hueRotate(vec3 c, float degrees_) {
    vec3 hsv = _rgb2hsv(c);
    return _hsv2rgb(vec3(hsv.x + degrees_ / 360.0, hsv.yz));
}
vec4 _hueRotate(vec4 c, float degrees_) { return vec4(_hueRotate(c.rgb, degrees_), c.a); }

vec3 _invert(vec3 c, float x) { return mix(c, 1.0 - c, x); }
vec4 _invert(vec4 c, float x) { return vec4(_invert(c.rgb, x), c.a); }

float _luminance(vec3 c) { return dot(c, vec3(0.2126, 0.7152, 0.0722)); }
float _luminance(vec4 c) { return _luminance(c.rgb); }

vec3 _grayscale(vec3 c, float x) { return mix(c, vec3(_luminance(c)), x); }
vec4 _grayscale(vec4 c, float x) { return vec4(_grayscale(c.rgb, x), c.a); }
C _grayscale(C c) { return _grayscale(c, 1.0); }

vec3 _dichrome(vec3 c, vec3 dark, vec3 light) { return mix(dark, light, _luminance(c)); }
vec4 _dichrome(vec4 c, vec3 dark, vec3 light) { return vec4(_dichrome(c.rgb, dark, light), c.a); }

vec3 _diChrome(vec3 c, vec3 dark, vec3 light) { return _dichrome(c, dark, light); }
vec4 _diChrome(vec4 c, vec3 dark, vec3 light) { return _dichrome(c, dark, light); }

bool _isMediaActive() { return syn_MediaType > 0.5; }

vec2 _correctMediaCoords(vec2 uv) {
    vec2 size = vec2(textureSize(syn_Media, 0));
    float ratio = RENDERSIZE.x * size.y / (RENDERSIZE.y * size.x);
    return (uv - 0.5) * (ratio > 1.0 ? vec2(ratio, 1.0) : vec2(1.0, 1.0 / ratio)) + 0.5;
}
vec2 _correctMediaCoords() { return _correctMediaCoords(gl_FragCoord.xy / RENDERSIZE); }

vec4 _textureMedia(vec2 uv, float lod) { return textureLod(syn_Media, _correctMediaCoords(uv), lod); }
vec4 _textureMedia(vec2 uv) { return texture(syn_Media, _correctMediaCoords(uv)); }

vec4 _loadMedia(vec2 offset, float lod) { return _textureMedia(gl_FragCoord.xy / RENDERSIZE + offset, lod); }
vec4 _loadMedia(vec2 offset) { return _textureMedia(gl_FragCoord.xy / RENDERSIZE + offset); }
vec4 _loadMedia(float lod) { return _loadMedia(vec2(0.0), lod); }
vec4 _loadMedia() { return _loadMedia(vec2(0.0)); }

vec4 _loadUserImage() { return _loadMedia(); }
vec4 _loadUserImage(vec2 offset) { return _loadMedia(offset); }

vec4 _textureMediaAsMask(vec2 uv) { return vec4(step(0.5, _luminance(_textureMedia(uv)))); }

vec4 _loadMediaAsMask(vec2 offset) { return _textureMediaAsMask(gl_FragCoord.xy / RENDERSIZE + offset); }
vec4 _loadMediaAsMask() { return _loadMediaAsMask(vec2(0.0)); }

vec4 _loadUserImageAsMask() { return _loadMediaAsMask(); }

vec4 _edgeDetect(sampler2D s, vec2 uv) {
    vec2 step_ = 1.0 / RENDERSIZE;
    vec4 around = texture(s, uv + vec2(step_.x, 0.0)) + texture(s, uv - vec2(step_.x, 0.0))
        + texture(s, uv + vec2(0.0, step_.y)) + texture(s, uv - vec2(0.0, step_.y));
    return abs(texture(s, uv) - 0.25 * around);
}
vec4 _edgeDetect(sampler2D s) { return _edgeDetect(s, gl_FragCoord.xy / RENDERSIZE); }

vec4 _edgeDetectSobel(sampler2D s, vec2 uv) {
    vec4 across = vec4(0.0), up = vec4(0.0);
    for (int k = -1; k <= 1; k++) {
        float weight = k == 0 ? 2.0 : 1.0;
        vec2 beside = vec2(1, k) / RENDERSIZE, above = vec2(k, 1) / RENDERSIZE;
        across += weight * (texture(s, uv + beside) - texture(s, uv - beside));
        up += weight * (texture(s, uv + above) - texture(s, uv - above));
    }
    return sqrt(across * across + up * up);
}
vec4 _edgeDetectSobel(sampler2D s) { return _edgeDetectSobel(s, gl_FragCoord.xy / RENDERSIZE); }

vec4 _edgeDetectMedia() { return _edgeDetect(syn_Media, _correctMediaCoords()); }

vec4 _edgeDetectSobelMedia() { return _edgeDetectSobel(syn_Media, _correctMediaCoords()); }

vec4 isf_tiltShift(sampler2D s, vec2 uv, float amount, float place, vec2 direction) {
    vec4 sum = vec4(0.0);
    float reach = abs(uv.y - place) * amount, all = 0.0;
    for (float k = -8.0; k <= 8.0; k++) {
        float weight = exp(-k * k / 24.0);
        sum += weight * texture(s, uv + 0.25 * k * reach * direction / RENDERSIZE);
        all += weight;
    }
    return sum / all;
}

vec4 _hBlurTiltShift(sampler2D s, vec2 uv, float amount, float place) {
    return isf_tiltShift(s, uv, amount, place, vec2(1, 0));
}
vec4 _hBlurTiltShift(sampler2D s, vec2 uv, float amount) { return _hBlurTiltShift(s, uv, amount, 0.5); }
vec4 _hBlurTiltShift(sampler2D s, vec2 uv) { return _hBlurTiltShift(s, uv, 5.0); }
vec4 _hBlurTiltShift(sampler2D s, float amount, float place) {
    return _hBlurTiltShift(s, gl_FragCoord.xy / RENDERSIZE, amount, place);
}
vec4 _hBlurTiltShift(sampler2D s) { return _hBlurTiltShift(s, gl_FragCoord.xy / RENDERSIZE); }

vec4 _vBlurTiltShift(sampler2D s, vec2 uv, float amount, float place) {
    return isf_tiltShift(s, uv, amount, place, vec2(0, 1));
}
vec4 _vBlurTiltShift(sampler2D s, vec2 uv, float amount) { return _vBlurTiltShift(s, uv, amount, 0.5); }
vec4 _vBlurTiltShift(sampler2D s, vec2 uv) { return _vBlurTiltShift(s, uv, 5.0); }
vec4 _vBlurTiltShift(sampler2D s, float amount, float place) {
    return _vBlurTiltShift(s, gl_FragCoord.xy / RENDERSIZE, amount, place);
}
vec4 _vBlurTiltShift(sampler2D s) { return _vBlurTiltShift(s, gl_FragCoord.xy / RENDERSIZE); }
"""
_NAME = re.compile(r"\b(_[A-Za-z]\w*|isf_tiltShift)\s*\(")
_OVERLOADS = {
    "T": ("float", "vec2", "vec3", "vec4"),
    "C": ("vec3", "vec4"),
    "P": ("float", "vec2", "vec3"),
}


def _definitions() -> dict[str, Definition]:
    names: dict[str, Definition] = {}
    for paragraph in _TEXT.strip().split("\n\n"):
        first = _NAME.search(paragraph)
        assert first is not None
        needs = {need for need in _NAME.findall(paragraph) if need != first[1]}
        needs |= {name for name in ("RENDERSIZE", "syn_Media", "syn_MediaType") if name in paragraph}
        names[first[1]] = Definition(_overloaded(paragraph), tuple(sorted(needs)))
    return names


def _overloaded(paragraph: str) -> str:
    """Every function of `paragraph` once for each type that its letter stands for."""
    out: list[str] = []
    for function in re.split(r"\n(?=\w)", paragraph):
        letter = next((letter for letter in _OVERLOADS if re.search(rf"\b{letter} ", function)), None)
        types = _OVERLOADS[letter] if letter else ("",)
        out += [re.sub(rf"\b{letter}\b", kind, function) if letter else function for kind in types]
    return "\n".join(out)


SYNESTHESIA_FUNCTIONS: Mapping[str, Definition] = MappingProxyType(_definitions())
