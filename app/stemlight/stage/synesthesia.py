"""Turns a scene of Synesthesia (`name.synScene/`, its `main.glsl` and `scene.json`) into what it declares.

https://app.synesthesia.live/docs/ssf/ssf.html. Controls become inputs, PASSES buffers that keep what they
hold, the user's media the image input `syn_Media`. `script.js` is not run: what it would set stays 0, or runs
with TIME where its name says that it is a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from stemlight.stage.glsl_names import without_comments
from stemlight.stage.loose_json import list_of, numbers_of, parse_object, text_of, truth_of, upper_keys
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.shader_program import (
    FULL_HEIGHT,
    FULL_WIDTH,
    Channel,
    Definition,
    Import,
    Input,
    Pass,
    SamplerFilter,
    ShaderProgram,
    Source,
    read_source,
)
from stemlight.stage.size_expression import SizeExpression

MEDIA = "syn_Media"
FINAL_PASS = "syn_FinalPass"  # what the last draw left
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_SET_UNIFORM = re.compile(r"\bsetUniform\s*\(\s*['\"](\w+)['\"]\s*,([^;\n]*)\)|\buniforms\.(\w+)\s*=(?!=)")


def is_synesthesia(text: str) -> bool:
    """Whether `text` has the entry point."""
    found = "renderMain" in text and re.search(r"\bvec4\s+renderMain\s*\(", without_comments(text))
    return bool(found)


def read_synesthesia(path: Path) -> ShaderProgram:
    """The program in the folder or `.glsl` `path`; ShaderError if it cannot be read.

    A file alone is a scene without controls.
    """
    main = path / "main.glsl" if path.is_dir() else path
    own = Source(main, read_source(main))
    if not is_synesthesia(own.text):
        raise ShaderError(main, None, "no vec4 renderMain()")
    about_path = main.with_name("scene.json")
    about: dict[str, Any] = {}
    if main.name == "main.glsl" and about_path.is_file():
        about = upper_keys(parse_object(read_source(about_path), about_path, "scene"))
    warnings: list[str] = []
    controls = [upper_keys(entry) for entry in list_of(about.get("CONTROLS"))]
    buffers = [upper_keys(entry) for entry in list_of(about.get("PASSES"))]
    passes, sampling = [], {}
    for keys in buffers:
        target = text_of(keys.get("TARGET")).strip()
        if not _NAME.match(target):
            warnings.append(f"pass with an unusable TARGET {target!r} left out")
            continue
        size = _size(keys, about)
        passes.append(Pass(target, True, truth_of(keys.get("FLOAT")), *size, (own,)))
        sampling[target] = _channel(target, keys)
    final = FINAL_PASS if re.search(rf"\b{FINAL_PASS}\b", own.text) else None
    passes.append(Pass(final, final is not None, final is not None, FULL_WIDTH, FULL_HEIGHT, (own,)))
    imports = []
    for keys in map(upper_keys, list_of(about.get("IMAGES"))):
        name, file = text_of(keys.get("NAME")).strip(), keys.get("PATH")
        if not _NAME.match(name) or not isinstance(file, str):
            warnings.append(f"image {name!r} without a PATH left out")
            continue
        imports.append(Import(name, (main.parent / file,)))
        sampling[name] = _channel(name, keys)
    for keys in map(upper_keys, list_of(about.get("MEDIA"))[:1]):
        sampling[MEDIA] = _channel(MEDIA, keys)
    inputs = list(_inputs(controls, warnings))
    if "media" in own.text.lower() or "_loadUserImage" in own.text:
        inputs.append(Input(MEDIA, "image", "Media", None, None, None))
    stand_ins = _stand_ins(main.with_name("script.js"), warnings) if path.is_dir() else {}
    return ShaderProgram(
        path=path,
        format="synesthesia",
        description=text_of(about.get("DESCRIPTION") or about.get("TITLE")),
        credit=text_of(about.get("CREDIT")),
        categories=tuple(tag for tag in list_of(about.get("TAGS")) if isinstance(tag, str)),
        inputs=tuple(inputs),
        passes=tuple(passes),
        imports=tuple(imports),
        buffers=frozenset(step.target for step in passes if step.target),
        vertex=None,
        warnings=tuple(warnings),
        files=(about_path,) if path.is_dir() else (),
        sampling=sampling,
        clocks=frozenset(
            text_of(keys.get("NAME")).strip()
            for keys in controls
            if text_of(keys.get("TYPE")).endswith("speed")
        ),
        stand_ins=stand_ins,
    )


def _size(keys: Mapping[str, Any], about: Mapping[str, Any]) -> tuple[SizeExpression, SizeExpression]:
    """A pass as large as the scene is as large as the output; others have the pixels they say."""
    width, height = (numbers_of(keys.get(key)) for key in ("WIDTH", "HEIGHT"))
    scene = [numbers_of(about.get(key)) or (side,) for key, side in (("WIDTH", 1920.0), ("HEIGHT", 1080.0))]
    if not width or not height or min(width[0], height[0]) < 1.0 or [width, height] == scene:
        return FULL_WIDTH, FULL_HEIGHT
    return SizeExpression.parse(str(int(width[0]))), SizeExpression.parse(str(int(height[0])))


def _channel(source: str, keys: Mapping[str, Any]) -> Channel:
    wanted = text_of(keys.get("FILTER")).strip()
    filtered = cast(SamplerFilter, wanted if wanted in ("nearest", "mipmap") else "linear")
    return Channel(source, filtered, "repeat" if "repeat" in text_of(keys.get("WRAP")) else "clamp")


def _inputs(controls: list[dict[str, Any]], warnings: list[str]) -> Iterator[Input]:
    """Numbers all of them in the GLSL, also those that are on or off."""
    taken: set[str] = set()
    for keys in controls:
        name, kind = text_of(keys.get("NAME")).strip(), text_of(keys.get("TYPE")).partition(" ")[0].lower()
        if not _NAME.match(name) or name in taken:
            warnings.append(f"control {name!r} left out: it has no name of its own")
            continue
        taken.add(name)
        label = text_of(keys.get("LABEL")) or name.replace("_", " ")
        low, high, default = (numbers_of(keys.get(key)) for key in ("MIN", "MAX", "DEFAULT"))
        if kind == "bang":
            yield Input(name, "event", label, False, None, None)
        elif kind == "dropdown" and (values := _whole_numbers(keys.get("VALUES"))):
            labels = [text_of(entry) for entry in list_of(keys.get("LABELS"))][: len(values)]
            labels += [str(value) for value in values[len(labels) :]]
            first = int(default[0]) if default else values[0]
            bounds = (float(min(values)),), (float(max(values)),)
            yield Input(name, "long", label, first, *bounds, values, tuple(labels))
        elif kind in ("xy", "color"):
            n, nothing = (2, 0.0) if kind == "xy" else (4, 1.0)
            parts = [(part or ())[:n] for part in (low, high, default)]
            bounded = len(parts[0]) == n and len(parts[1]) == n and all(map(float.__le__, *parts[:2]))
            value = (*parts[2], *(nothing,) * n)[:n]
            yield Input(
                name,
                "point2D" if kind == "xy" else "color",
                label,
                value,
                parts[0] if bounded else None,
                parts[1] if bounded else None,
            )
        else:
            if low is None or high is None or low[0] > high[0]:
                low, high = (0.0,), (1.0,)
            value_ = min(max(default[0] if default else low[0], low[0]), high[0])
            if kind == "toggle" and (low[0], high[0]) == (0.0, 1.0):
                yield Input(name, "bool", label, value_ > 0.5, None, None)
            else:
                yield Input(name, "float", label, value_, low[:1], high[:1])


def _whole_numbers(value: object) -> tuple[int, ...]:
    numbers = [numbers_of(entry) for entry in list_of(value)]
    return tuple(int(entry[0]) for entry in numbers if entry)


def _stand_ins(script: Path, warnings: list[str]) -> dict[str, Definition]:
    """For the uniforms that a script would set and the GLSL does not declare."""
    if not script.is_file():
        return {}
    found: dict[str, Definition] = {}
    for called, values, assigned in _SET_UNIFORM.findall(without_comments(read_source(script))):
        n = min(values.count(",") + 1, 4) if called else 1
        name = called or assigned
        if "time" in name.lower() and n == 1:
            found[name] = Definition(f"#define {name} TIME", ("TIME",))
        else:
            found[name] = Definition(f"uniform {'float' if n == 1 else f'vec{n}'} {name};")
    if found:
        warnings.append(f"script.js is not run; it would set {', '.join(sorted(found))}")
    return found
