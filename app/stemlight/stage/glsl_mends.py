"""Mends GLSL that one driver takes and another refuses. Tried only when a file does not compile as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from stemlight.stage.glsl_names import without_comments

# Built-in functions that files define again for other types, with the types they take: f a float, g any of
# float and the vectors, the same in all places.
_OF_ONE = """
abs acos acosh asin asinh atanh ceil cos cosh degrees exp exp2 floor fract inversesqrt log log2 normalize
radians round sign sin sinh sqrt tan tanh trunc
"""
_BUILT_IN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_OF_ONE.split(), ("g",)),
    "atan": ("g", "gg"),
    "min": ("gg", "gf"),
    "max": ("gg", "gf"),
    "mod": ("gg", "gf"),
    "pow": ("gg",),
    "step": ("gg", "fg"),
    "clamp": ("ggg", "gff"),
    "mix": ("ggg", "ggf"),
    "smoothstep": ("ggg", "ffg"),
    "reflect": ("gg",),
}
_VECTORS = ("float", "vec2", "vec3", "vec4")
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)")
_LINE = re.compile(r"^[ \t]*#[ \t]*line[ \t]+(\d+)")
_QUALIFIERS = {"in", "out", "inout", "const", "lowp", "mediump", "highp"}


def mended(text: str) -> str:
    """`text` with macros undefined before they are defined again, and built-ins beside its overloads.

    Line for line, by way of `#line`.
    """
    return _with_built_ins(_with_undefs(text))


def _with_undefs(text: str) -> str:
    bare = without_comments(text).split("\n")
    out: list[str] = []
    seen: set[str] = set()
    number = 1
    for line, code in zip(text.split("\n"), bare, strict=True):
        if match := _DEFINE.match(code):
            if match[1] in seen:
                out += [f"#undef {match[1]}", f"#line {number}"]
            seen.add(match[1])
        out.append(line)
        said = _LINE.match(code)
        number = int(said[1]) if said else number + 1
    return "\n".join(out)


def _with_built_ins(text: str) -> str:
    bare = without_comments(text)
    mends: list[str] = []
    for name in _BUILT_IN:
        own = {_types(match[1]) for match in re.finditer(rf"\b\w+\s+{name}\s*\(([^()]*)\)\s*\{{", bare)}
        if not own:
            continue
        mends += [_forward(name, types) for types in _built_in_types(name) if types not in own]
        text = re.sub(rf"(?<![\w.]){name}\b(?=\s*\()", f"isf_own_{name}", text)
    return "\n".join([*mends, "#line 1", text]) if mends else text


def _types(parameters: str) -> tuple[str, ...]:
    """Of `const in vec2 a, float b`: vec2, float."""
    words = [[w for w in entry.split() if w not in _QUALIFIERS] for entry in parameters.split(",")]
    return tuple(entry[0] for entry in words if entry)


def _built_in_types(name: str) -> Iterator[tuple[str, ...]]:
    found: dict[tuple[str, ...], None] = {}  # in order, each once
    for pattern, vector in product(_BUILT_IN[name], _VECTORS):
        found[tuple("float" if kind == "f" else vector for kind in pattern)] = None
    yield from found


def _forward(name: str, types: tuple[str, ...]) -> str:
    """An overload that calls the built-in; it returns the widest of what it takes."""
    parameters = ", ".join(f"{kind} {letter}" for kind, letter in zip(types, "abc", strict=False))
    arguments = ", ".join("abc"[: len(types)])
    return f"{max(types, key=_VECTORS.index)} isf_own_{name}({parameters}) {{ return {name}({arguments}); }}"
