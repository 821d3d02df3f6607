"""Shader files that went wrong in every way that an editor or a disk can: a few, or as many as asked."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 0.5, 1e308, -1e308, 10**30, 16_384, 1e9, "", " ", "0.5", "nan", "1e999",
    "\0", "$WIDTH", "$WIDTH / 0", "$WIDTH ^ $HEIGHT", "floor($WIDTH / 4.0)", "(" * 200, "-" * 100, "1 +",
    "$gone", "$spin * 1e30", [], {}, [[]], [1], [1, 2], [0.1, 0.2, 0.3, 0.4], ["a"], [None],
    {"PATH": "gone.png"}, {"PATH": ["a.png"] * 6}, "x" * 2_000, "float", "bool", "long", "event",
    "color", "point2D", "image", "audio", "audioFFT", "cube", "point3D",
)  # fmt: skip
_NAMES = (
    "gl_Position", "gl_x", "main", "texture", "int", "float", "vec4", "a b", "1a", "", "isf_FragColor",
    "TIME", "PASSINDEX", "RENDERSIZE", "sin", "filter", "sampler", "inputImage", "startImage",
    "endImage", "progress", "kick_level", "music_history", "syn_Spectrum", "iTime", "iChannel0", "__x__",
    "isf_corner", "e", "å",
)  # fmt: skip
_KEYS = (
    "ISFVSN", "INPUTS", "PASSES", "IMPORTED", "PERSISTENT_BUFFERS", "NAME", "TYPE", "DEFAULT", "MIN",
    "MAX", "VALUES", "LABELS", "TARGET", "PERSISTENT", "FLOAT", "WIDTH", "HEIGHT", "PATH", "DESCRIPTION",
    "CREDIT",
)  # fmt: skip
_LINES = (
    "#version 100", "#version 460", '#include "gone.glsl"', '#include "noise.glsl"', "#define main oops",
    "#if", "#if 0", "#endif", "#else", "#define TIME oops", "#define vec4", "#line 7",
    "#extension GL_x : require", "#pragma x", "#error stop", "#undef gl_FragColor", "/*", "*/", "//\\",
    '"', "}", "{", "void main() {}", "out vec4 other;", "uniform sampler3D s;", "uniform int TIME;",
    "uniform mat4 RENDERSIZE;", "discard;", "precision highp float;", "varying vec2 v;",
    "attribute vec2 a;", "struct S { S s; };", "float f[];", "float f() { return f(); }",
    "const int n = 1 / 0;", "layout(binding = 99) uniform sampler2D t;",
    "float smooth = texture2D(t, vec2(kick_level)).r;", "\0", "\ufeff", "ünïcode",
)  # fmt: skip
_HEADER = re.compile(r"/\*\s*(\{.*?\})\s*\*/", re.DOTALL)
_TOKEN = re.compile(r"\w+|[^\w\s]")


def originals() -> list[Path]:
    """Whole shaders of ours that draw fast: those of the tests, our filters and transitions."""
    found = sorted((ROOT / "tests" / "stage" / "shaders").glob("*.fs"))
    found += sorted((ROOT / "shaders" / "filters").glob("*.fs"))
    return found + sorted((ROOT / "shaders" / "transitions").glob("*.fs"))


SHADERTOY = """void mainImage(out vec4 fragColor, in vec2 fragCoord) {
    vec2 uv = fragCoord / iResolution.xy;
    float level = texture(iChannel0, vec2(uv.x, 0.25)).r + texelFetch(iChannel0, ivec2(3, 1), 0).r;
    for (int i = 0; i < 4; i++) uv = abs(uv) / dot(uv, uv) - 0.5 * iMouse.xy;
    fragColor = vec4(uv, level, 1.0) + texture(iChannel1, uv) * iTime;
}
"""
SYNESTHESIA = """vec4 renderMain() {
    if (PASSINDEX == 0) return texture(trail, _uv) * 0.9 + _loadMedia() + vec4(place, amount, lit);
    vec2 turned = _rotate(_uvc, syn_BassTime) * _nsin(x);
    return texture(trail, turned) + texture(syn_Spectrum, _uv.x) * syn_OnBeat + vec4(tint, mode);
}
"""
_ABOUT = {
    "CONTROLS": [
        {"NAME": "amount", "TYPE": "slider smooth", "MIN": 0, "MAX": 2, "DEFAULT": 0.5},
        {"NAME": "lit", "TYPE": "toggle", "MIN": 0, "MAX": 1, "DEFAULT": 1},
        {"NAME": "place", "TYPE": "xy", "MIN": [0, 0], "MAX": [1, 1], "DEFAULT": [0.25, 0.75]},
        {"NAME": "tint", "TYPE": "color", "DEFAULT": [1, 0.5, 0.2]},
        {"NAME": "mode", "TYPE": "dropdown", "VALUES": [0, 4, 9], "LABELS": ["a", "b"], "DEFAULT": 4},
    ],
    "PASSES": [{"TARGET": "trail", "WIDTH": 32, "HEIGHT": 18, "FLOAT": True, "WRAP": "repeat"}],
    "IMAGES": [{"NAME": "picture", "PATH": "gone.png"}],
}
_SIDECAR = {"image": {"iChannel0": "audio", "iChannel1": {"source": "noise", "filter": "mipmap"}}}


def fuzzed_shaders(count: int, seed: int) -> Iterator[dict[str, bytes]]:
    """Files by name, the first the shader itself; the same for the same seed."""
    texts = [path.read_text(encoding="utf-8") for path in originals()]
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.random()
        if kind < 0.1:
            shader = _damaged_text(chance, SYNESTHESIA, SHADERTOY).encode()
            about = json.dumps(_damaged_value(chance, _damaged_value(chance, _ABOUT))).encode()
            files = {"main.glsl": shader, "scene.json": about, "script.js": b"uniforms.x = 1"}
        elif kind < 0.3:
            shader = _damaged_text(chance, SHADERTOY, SHADERTOY).encode()
            sidecar = json.dumps(_damaged_value(chance, _SIDECAR)).encode()
            files = {"shader.glsl": shader, "shader.json": sidecar}
        else:
            text, other = chance.choice(texts), chance.choice(texts)
            if chance.random() < 0.6:
                text = _damaged_header(chance, text)
            if chance.random() < 0.5:
                text = _damaged_text(chance, text, other)
            files = {"shader.fs": text.encode("utf-8", "replace")}
        name = next(iter(files))
        if chance.random() < 0.15:
            files[name] = _damaged_bytes(chance, files[name])
        yield files


def _damaged_header(chance: random.Random, text: str) -> str:
    match = _HEADER.search(text)
    if match is None:
        return text
    try:
        header = json.loads(match[1])
    except json.JSONDecodeError:
        return text
    for _ in range(chance.randrange(1, 4)):
        header = _damaged_value(chance, header)
    return f"{text[: match.start()]}/*{json.dumps(header)}*/{text[match.end() :]}"


def _damaged_value(chance: random.Random, value: Any) -> Any:
    """A copy of a JSON value with one thing changed somewhere in it."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        way = chance.randrange(8)
        if way == 0:
            return {k: v for k, v in value.items() if k != key}
        if way == 1:
            return {chance.choice(_KEYS) if k == key else k: v for k, v in value.items()}
        if way == 2 and key in ("NAME", "TARGET"):
            return {**value, key: chance.choice(_NAMES)}
        if way == 3:
            return {**value, chance.choice(_KEYS): chance.choice(_VALUES)}
        return {**value, key: _damaged_value(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        way = chance.randrange(4)
        if way == 0:
            return value[:place] + value[place + 1 :]
        if way == 1:
            return value + [value[place]] * chance.choice((1, 2, 40))
        return [_damaged_value(chance, v) if k == place else v for k, v in enumerate(value)]
    return chance.choice(_NAMES if isinstance(value, str) and chance.random() < 0.5 else _VALUES)


def _damaged_text(chance: random.Random, text: str, other: str) -> str:
    """GLSL with words gone, doubled, swapped, or lines of another file or of nonsense in it."""
    for _ in range(chance.randrange(1, 4)):
        way = chance.randrange(6)
        tokens = list(_TOKEN.finditer(text))
        if not tokens:
            return text
        one, two = chance.choice(tokens), chance.choice(tokens)
        if way == 0:
            text = text[: one.start()] + text[one.end() :]
        elif way == 1:
            text = text[: one.end()] + " " + one[0] + text[one.end() :]
        elif way == 2:
            text = text[: one.start()] + two[0] + text[one.end() :]
        else:
            lines, others = text.split("\n"), other.split("\n")
            place = chance.randrange(len(lines))
            if way == 3:
                lines.insert(place, chance.choice(_LINES))
            elif way == 4:
                del lines[place : place + chance.choice((1, 1, 3))]
            else:
                start = chance.randrange(len(others))
                lines[place:place] = others[start : start + chance.randrange(1, 12)]
            text = "\n".join(lines)
    return text


def _damaged_bytes(chance: random.Random, data: bytes) -> bytes:
    way, place = chance.randrange(4), chance.randrange(len(data) + 1)
    if way == 0:
        return data[:place]  # the disk was full
    if way == 1:
        return data[:place] + chance.randbytes(chance.randrange(1, 30)) + data[place:]
    if way == 2:
        return data.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-8-sig", "utf-32")))
    return chance.randbytes(chance.randrange(400))
