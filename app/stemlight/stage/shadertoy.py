"""Turns the files of a Shadertoy shader into what they declare: passes, what their channels read, inputs.

One file with `mainImage`; files beside it (`name.bufA.glsl`, `name.common.glsl`); or a folder with
`image.glsl`, `buffer_a.glsl` .. `buffer_d.glsl` and `common.glsl`. What the channels read stands in
`name.json` beside the file or `channels.json` in the folder:

    {"image": {"iChannel0": "audio", "iChannel1": "buffer_a", "iChannel2": "noise", "iChannel3": "a.png"}}

A source is `audio`, `noise`, `noise3d`, `keyboard`, a buffer, a picture file, a list of six of them (a cube),
an image input of a filter or transition (`inputImage`), or null; `{"source": "buffer_a", "filter": "linear",
"wrap": "repeat", "vflip": false}` also says how it is read. Without that file, what the GLSL says of itself
counts (`#iChannel0 "file://a.png"`); without that too, iChannel0 is `audio` and the rest black.

Each channel that is no buffer is an image input too: a picture given to `iChannel1` takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from stemlight.preset.shader_paths import SHADERTOY_SUFFIXES, part_name, shadertoy_parts
from stemlight.stage.glsl_names import without_comments
from stemlight.stage.loose_json import list_of, parse_object, text_of, truth_of
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.shader_program import (
    FULL_HEIGHT,
    FULL_WIDTH,
    SOUND,
    Channel,
    Import,
    Input,
    Pass,
    SamplerFilter,
    SamplerWrap,
    ShaderProgram,
    Source,
    read_source,
)
from stemlight.stage.shadertoy_directives import Directives, read_directives

N_CHANNELS = 4
MAX_REFERRED = 8  # files that others name as their buffers
BUFFERS = ("buffer_a", "buffer_b", "buffer_c", "buffer_d")  # drawn in this order, then the image

# Textures of the host that channels can read.
NOISE, NOISE_3D, KEYBOARD = "noise", "noise3d", "keyboard"

# What people and Shadertoy's own exports call the same things.
_SPELLINGS = {
    "audio": SOUND, "sound": SOUND, "music": SOUND, "musicstream": SOUND, "soundcloud": SOUND,
    "mic": SOUND, "microphone": SOUND, "noise": NOISE, "noise3d": NOISE_3D, "volume": NOISE_3D,
    "keyboard": KEYBOARD,
}  # fmt: skip
_SOUND_SUFFIXES = (".mp3", ".wav", ".ogg", ".flac", ".opus", ".m4a")  # the music is heard instead
_IMAGE_INPUTS = ("inputImage", "startImage", "endImage")
_HOW: Mapping[str, tuple[SamplerFilter, SamplerWrap]] = {
    SOUND: ("linear", "clamp"),
    NOISE: ("linear", "repeat"),
    NOISE_3D: ("linear", "repeat"),
    KEYBOARD: ("nearest", "clamp"),
    **dict.fromkeys(_IMAGE_INPUTS, ("linear", "clamp")),
}

# Its colour comes in as opaque black and often only in part goes out as something else.
_MAIN_IMAGE = re.compile(r"(\bmainImage\s*\(\s*)out\b")


def is_shadertoy(text: str) -> bool:
    """Whether `text` has the entry point."""
    return "mainImage" in text and re.search(r"\bmainImage\b", without_comments(text)) is not None


def read_shadertoy(path: Path) -> ShaderProgram:
    """The program in the file or folder `path`; ShaderError if it cannot be read."""
    parts = shadertoy_parts(path)
    if "image" not in parts:
        raise ShaderError(path, None, "no image.glsl in the folder")
    if "cube_a" in parts:
        raise ShaderError(parts["cube_a"], None, "cube buffers are not supported; buffers A to D are")
    sidecar = path / "channels.json" if path.is_dir() else path.with_suffix(".json")
    code = {part: read_directives(read_source(file)) for part, file in parts.items()}
    others = [] if sidecar.is_file() else _referred(parts, code)
    buffers = (*(part for part in BUFFERS if part in parts), *reversed(others))
    said = [keys.get("source") for part in code.values() for keys in part.channels.values()]
    reader = _Reader(sidecar, code, (*buffers, "image") if "image" in said else buffers)
    common = [Source(parts["common"], code["common"].text)] if "common" in parts else []
    passes = []
    for part in (*buffers, "image"):
        own = Source(parts[part], _MAIN_IMAGE.sub(r"\1inout", code[part].text))
        if not any(is_shadertoy(source.text) for source in (*common, own)):
            raise ShaderError(own.path, None, "no mainImage(out vec4, in vec2)")
        target = part if part in reader.buffers else None
        is_buffer = target is not None
        channels = tuple(reader.channel(part, k) for k in range(N_CHANNELS))
        passes.append(Pass(target, is_buffer, is_buffer, FULL_WIDTH, FULL_HEIGHT, (*common, own), channels))
    if "sound" in parts:
        reader.warnings.append("the sound that the shader makes is not heard")
    about = reader.about
    declared = {entry.name: entry for part in code.values() for entry in part.inputs}
    return ShaderProgram(
        path=path,
        format="shadertoy",
        description=text_of(about.get("description") or about.get("name")),
        credit=text_of(about.get("credit") or about.get("author")),
        categories=tuple(tag for tag in list_of(about.get("tags")) if isinstance(tag, str)),
        inputs=(*declared.values(), *_inputs(passes)),
        passes=tuple(passes),
        imports=tuple(reader.imports.values()),
        buffers=frozenset(reader.buffers),
        vertex=None,
        warnings=tuple(reader.warnings),
        files=(sidecar,),
    )


def _referred(parts: dict[str, Path], code: dict[str, Directives]) -> list[str]:
    """Names of the buffers in files that others name, each before what it names; read into both."""
    found: list[str] = []
    waiting = list(code)
    while waiting:
        part = waiting.pop(0)
        for keys in code[part].channels.values():
            source = str(keys.get("source", ""))
            if source == "self":
                keys["source"] = part
            elif source.endswith(SHADERTOY_SUFFIXES):
                file = parts[part].parent / source
                known = next((name for name in parts if parts[name].resolve() == file.resolve()), None)
                if known is None:
                    if len(found) == MAX_REFERRED:
                        raise ShaderError(parts[part], None, f"more than {MAX_REFERRED} files are buffers")
                    known = f"buffer_{len(found) + 1}"
                    parts[known], code[known] = file, read_directives(read_source(file))
                    found.append(known)
                    waiting.append(known)
                keys["source"] = known
    return found


def _inputs(passes: list[Pass]) -> Iterator[Input]:
    """The mouse, the sound and the pictures that the passes ask for."""
    words = [
        set(re.findall(r"\w+", without_comments(" ".join(source.text for source in step.code))))
        for step in passes
    ]
    if any("iMouse" in used for used in words):
        yield Input("iMouse", "point2D", "Mouse", (0.0, 0.0), (0.0, 0.0), (1.0, 1.0))
    targets = {step.target for step in passes} - {None}
    sources = {channel.source for step in passes for channel in step.channels}
    if SOUND in sources:
        yield Input(SOUND, SOUND, "Sound", None, None, None)
    for name in _IMAGE_INPUTS:
        if name in sources:
            yield Input(name, "image", name, None, None, None)
    for k in range(N_CHANNELS):
        if any(
            {f"iChannel{k}", f"iCh{k}"} & used
            and step.channels[k].source not in targets
            and step.channels[k].kind == "2D"
            for step, used in zip(passes, words, strict=True)
        ):
            yield Input(f"iChannel{k}", "image", f"Channel {k}", None, None, None)


@dataclass(slots=True)
class _Reader:
    """Reads what a sidecar says of channels."""

    sidecar: Path
    code: Mapping[str, Directives]
    buffers: tuple[str, ...]
    about: dict[str, Any] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    _said: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.sidecar.is_file() and any(said.channels for said in self.code.values()):
            self._said = {part: said.channels for part, said in self.code.items()}
            return
        if not self.sidecar.is_file():
            default = {"iChannel0": "audio"}
            self._said = {part: default for part in (*self.buffers, "image")}
            if self.buffers:
                self.warnings.append(f"no {self.sidecar.name} says which channels read the buffers")
            return
        self.about = parse_object(read_source(self.sidecar), self.sidecar, "channels")
        if any(key.startswith("iChannel") for key in self.about):  # of one pass, not wrapped
            self._said["image"] = self.about
        for key, value in self.about.items():
            part = part_name(key)
            if part is None or not isinstance(value, Mapping):
                continue
            if part in (*self.buffers, "image"):
                self._said[part] = value
            else:
                self.warnings.append(f"{self.sidecar.name} tells of {key}, which has no file")

    def channel(self, part: str, k: int) -> Channel:
        """What channel `k` of `part` reads; ShaderError if that is none of what there is."""
        said = self._said.get(part, {}).get(f"iChannel{k}")
        keys = said if isinstance(said, Mapping) else {"source": said}
        source = keys.get("source", keys.get("src"))
        if source is None or source in ("", "black", "none"):
            return Channel(None)
        where = f"{part}.iChannel{k}"
        upside_down = "vflip" in keys and not truth_of(keys["vflip"])
        name, kind = self._source(source, where, upside_down)
        usual_filter, usual_wrap = _HOW.get(name or "", ("linear", "clamp" if kind == "Cube" else "repeat"))
        if name in self.buffers:
            usual_filter, usual_wrap = "nearest", "clamp"
        filtered = self._one_of(SamplerFilter, keys.get("filter", usual_filter), f"{where}.filter")
        wrapped = self._one_of(SamplerWrap, keys.get("wrap", usual_wrap), f"{where}.wrap")
        return Channel(name, filtered, wrapped, kind)

    def _source(self, source: object, where: str, upside_down: bool) -> tuple[str | None, Any]:
        if isinstance(source, list) and len(source) == 6 and all(isinstance(one, str) for one in source):
            name = "|".join(source)
            self.imports[name] = Import(name, tuple(self.sidecar.parent / one for one in source))
            return name, "Cube"
        if not isinstance(source, str):
            raise self._error(f"{where} is {source!r:.60}; it must be a text or a list of six pictures")
        plain = source.strip()
        if plain in _IMAGE_INPUTS:
            return plain, "2D"
        if plain in self.buffers:
            return plain, "2D"
        part = part_name(plain)
        if part in BUFFERS:
            if part not in self.buffers:
                self.warnings.append(f"{where} reads {part}, which has no file; it stays black")
                return None, "2D"
            return part, "2D"
        if part == "cube_a":
            raise self._error(f"{where} reads a cube buffer; those are not supported")
        if plain.lower() in ("cube", "cubemap"):
            self.warnings.append(f"{where} reads a cube without six pictures; it stays black")
            return None, "Cube"
        if plain.lower() in ("video", "webcam", "camera"):
            self.warnings.append(f"{where} reads a {plain.lower()}, which there is not; it stays black")
            return None, "2D"
        known = _SPELLINGS.get(plain.lower())
        if known is not None:
            return known, "3D" if known == NOISE_3D else "2D"
        if Path(plain).suffix.lower() in _SOUND_SUFFIXES:
            return SOUND, "2D"
        if not Path(plain).suffix:
            raise self._error(
                f"{where} is {plain!r}; it must be audio, noise, noise3d, keyboard, "
                "buffer_a to buffer_d, inputImage, a picture file or null"
            )
        name = f"{plain} upside down" if upside_down else plain
        self.imports[name] = Import(name, (self.sidecar.parent / plain,), upside_down)
        return name, "2D"

    def _one_of(self, choice: Any, value: object, where: str) -> Any:
        allowed = get_args(choice)
        if value not in allowed:
            raise self._error(f"{where} is {value!r:.60}; it must be {' or '.join(allowed)}")
        return value

    def _error(self, message: str) -> ShaderError:
        return ShaderError(self.sidecar, None, message)
