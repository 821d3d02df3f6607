"""One picture of a shader under given conditions: thumbnails, tests, conformance.

The conditions: TIME is k / fps on draw k from 0, FRAMEINDEX k, TIMEDELTA 0 on the first draw and 1 / fps
after, DATE (2025, 6, 15, 43200 + TIME); inputs stay as set, an event is true on the draws named, audio inputs
read the rows given or silence, image inputs the pictures given or black, Shadertoy's noise channels the noise
given or one of our own. The last draw is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from stemlight.errors import UserError
from stemlight.preset.library import find_scene
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.picture_files import load_picture
from stemlight.stage.png import save_png
from stemlight.stage.renderer import Renderer
from stemlight.stage.scene import Scene
from stemlight.stage.shader_program import SOUND
from stemlight.stage.shadertoy import N_CHANNELS

# Input type -> arrays in the .npz that become its rows.
AUDIO_ROWS = {"audio": ("wave256",), "audioFFT": ("fft256",), SOUND: ("fft512", "wave512")}


@dataclass(frozen=True, slots=True)
class Still:
    """What to draw, and under which conditions."""

    shader: Path
    out: Path  # .png
    size_px: tuple[int, int] = (640, 360)
    draws: int = 1
    fps: float = 60.0
    inputs: Mapping[str, object] = field(default_factory=dict)
    images: Mapping[str, Path] = field(default_factory=dict)
    events: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # the draws on which each is true
    audio: Path | None = None
    noise: Path | None = None  # what Shadertoy's noise channels read


def draw_still(still: Still, renderer: Renderer, screen: OffscreenContext) -> dict[str, Any]:
    """Draws and writes one picture; UserError says what could not be had."""
    screen.resize(still.size_px)
    renderer.resize(still.size_px)
    renderer.load(still.shader)
    scene = renderer.scene
    assert scene is not None
    for name, value in still.inputs.items():
        scene.set_input(name, value)
    idle = [name for name in still.images if _is_idle(scene, name)]
    for name, path in still.images.items():
        if name not in idle:
            scene.set_input(name, load_picture(path))
    if still.audio is not None:
        _give_rows(scene, still.audio)
    if still.noise is not None:
        scene.set_noise(load_picture(still.noise))
    for name in still.events:
        scene.program.input(name)
    for index in range(still.draws):
        for name, on_draws in still.events.items():
            scene.set_input(name, index in on_draws)
        renderer.draw([], Moment.at_draw(index, still.fps), screen.framebuffer)
    picture = screen.read_rgba()
    save_png(still.out, picture)
    return {
        "shader": str(still.shader),
        "out": str(still.out),
        "ok": True,
        "error": None,
        "warnings": [*scene.warnings, *(f"nothing reads a picture for {name}" for name in idle)],
        "mean": float(picture[..., :3].mean() / 255.0),
    }


def _is_idle(scene: Scene, name: str) -> bool:
    """Whether `name` is a channel of Shadertoy's that reads a buffer, or that the shader does not use."""
    is_channel = scene.program.format == "shadertoy" and name in {f"iChannel{k}" for k in range(N_CHANNELS)}
    return is_channel and all(entry.name != name for entry in scene.program.inputs)


def still_batch(jobs: Path) -> Iterator[dict[str, Any]]:
    """One result a line of `jobs`, in order; a job that fails says so and the next goes on.

    UserError if the file cannot be read.
    """
    try:
        lines = jobs.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{jobs}: cannot be read: {error}") from None
    with OffscreenContext((16, 16)) as screen:
        renderer = Renderer(screen.context, screen.size_px)
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            job: Any = None
            try:
                job = json.loads(line)
                yield draw_still(still_from_job(job), renderer, screen)
            except (UserError, json.JSONDecodeError) as error:
                known = job if isinstance(job, dict) else {}
                message = str(error) if isinstance(error, UserError) else f"{jobs}:{number}: {error}"
                yield {"shader": known.get("shader"), "out": known.get("out"), "ok": False, "error": message}
        renderer.release()


def still_from_options(options: Any) -> dict[str, Any]:
    """The `still` command without --batch. UserError for whatever is wrong."""
    if options.output is None:
        raise UserError("name the picture to write: -o OUT.png")
    if options.shader.suffix == ".toml":
        raise UserError(f"{options.shader} is a preset; `stemlight render --preset` draws those")
    still = Still(
        shader=options.shader if options.shader.exists() else find_scene(str(options.shader)),
        out=options.output,
        size_px=options.size,
        draws=options.draws,
        fps=options.fps,
        inputs=dict(_pair(text, "=", "--set") for text in options.set),
        images={name: Path(file) for name, file in (_pair(text, "=", "--image") for text in options.image)},
        events=_events(_pair(text, "@", "--event") for text in options.event),
        audio=options.audio,
        noise=options.noise,
    )
    with OffscreenContext(still.size_px) as screen:
        renderer = Renderer(screen.context, still.size_px)
        result = draw_still(still, renderer, screen)
        renderer.release()
    return result


def still_from_job(job: object) -> Still:
    """A line of a batch: the keys of `Still`, the size as "WxH" or [w, h]. UserError names the key."""
    if not isinstance(job, dict):
        raise UserError(f"a job is a JSON object, not {job!r:.60}")
    known = {"shader", "out", "size", "draws", "fps", "inputs", "images", "events", "audio", "noise"}
    unknown = sorted(set(job) - known)
    if unknown:
        raise UserError(f"unknown key {unknown[0]!r} in a job; it has {', '.join(sorted(known))}")
    for key in ("shader", "out"):
        if not isinstance(job.get(key), str):
            raise UserError(f"a job needs {key!r}, a file")
    for key in ("inputs", "images", "events"):
        if not isinstance(job.get(key) or {}, dict):
            raise UserError(f"{key} is {job[key]!r:.60}; it must be an object")
    draws, fps = job.get("draws", 1), job.get("fps", 60.0)
    if not isinstance(draws, int) or draws < 1:
        raise UserError(f"draws is {draws!r}; it must be a whole number from 1")
    if not isinstance(fps, int | float) or not fps > 0:
        raise UserError(f"fps is {fps!r}; it must be a number above 0")
    events = job.get("events") or {}
    return Still(
        shader=Path(job["shader"]),
        out=Path(job["out"]),
        size_px=_size(job.get("size", "640x360")),
        draws=draws,
        fps=float(fps),
        inputs=job.get("inputs") or {},
        images={name: Path(str(file)) for name, file in (job.get("images") or {}).items()},
        events=_events(
            (name, k) for name, ks in events.items() for k in (ks if isinstance(ks, list) else [ks])
        ),
        audio=Path(job["audio"]) if job.get("audio") else None,
        noise=Path(job["noise"]) if job.get("noise") else None,
    )


def _size(size: object) -> tuple[int, int]:
    sides: Any = size.lower().split("x") if isinstance(size, str) else size
    try:
        width, height = (int(side) for side in sides)
    except (TypeError, ValueError):
        raise UserError(f'size is {size!r:.60}; it must be "WxH" or [w, h]') from None
    if not (1 <= width <= 16_384 and 1 <= height <= 16_384):
        raise UserError(f"size is {size!r}; each side is 1 to 16384 pixels")
    return width, height


def _pair(text: str, separator: str, option: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not (name and found and value):
        raise UserError(f"{option} {text!r}: write NAME{separator}VALUE")
    return name, value


def _events(pairs: Any) -> dict[str, tuple[int, ...]]:
    events: dict[str, tuple[int, ...]] = {}
    for name, draw in pairs:
        try:
            events[name] = (*events.get(name, ()), int(draw))
        except (TypeError, ValueError):
            raise UserError(f"event {name} on draw {draw!r}: draws are numbered from 0") from None
    return events


def _give_rows(scene: Scene, path: Path) -> None:
    try:
        with np.load(path) as rows:
            arrays = {name: np.asarray(rows[name], np.float32) for name in rows.files}
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: not an .npz with audio rows: {error}") from None
    for entry in scene.program.inputs:
        if entry.type not in AUDIO_ROWS:
            continue
        keys = AUDIO_ROWS[entry.type]
        for key in keys:
            if key not in arrays:
                raise UserError(f"{path}: has no {key!r}; it has {', '.join(sorted(arrays)) or 'nothing'}")
        if len({arrays[key].shape for key in keys}) != 1:
            raise UserError(f"{path}: {' and '.join(keys)} differ in length")
        rows = arrays[keys[0]] if len(keys) == 1 else np.stack([arrays[key] for key in keys])
        scene.set_input(entry.name, rows)
