"""Says of shader and preset files whether they draw, and how lively."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stemlight.analysis.feature_frame import HOP_S
from stemlight.errors import UserError
from stemlight.preset.library import load_preset
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer
from stemlight.stage.scene import Scene
from stemlight.stage.shader_error import ShaderError

FPS = 30.0
SUFFIXES = (".fs", ".toml")  # what is looked for in folders


@dataclass(frozen=True, slots=True)
class Check:
    """What one file did."""

    file: str
    kind: str  # "isf" or "preset"
    ok: bool
    error: str | None = None  # one line
    line: int | None = None  # in the author's file
    mean: float | None = None  # of the last picture, 0..1
    std: float | None = None  # over its pixels; 0 is one flat colour
    motion: float | None = None  # mean difference of a picture from the one before


def check_files(
    paths: Iterable[Path], n_frames: int = 30, size_px: tuple[int, int] = (320, 180)
) -> Iterator[dict[str, Any]]:
    """One result a file, in order; folders are searched. All in one GL context.

    Draws `n_frames` pictures of each to an imagined song, with test pictures where it wants some.
    UserError if a path does not exist.
    """
    files = [file for path in paths for file in _files(Path(path))]
    with OffscreenContext(size_px) as screen:
        renderer = Renderer(screen.context, size_px)
        for file in files:
            yield asdict(_check(file, renderer, screen, n_frames))
        renderer.release()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())
    if not path.exists():
        raise UserError(f"no file or folder {path}")
    return [path]


def _check(file: Path, renderer: Renderer, screen: OffscreenContext, n_frames: int) -> Check:
    kind = "preset" if file.suffix == ".toml" else "isf"
    try:
        if kind == "preset":
            preset = load_preset(str(file))
            renderer.load(Path(preset.layers[0].scene))
            for name, value in preset.layers[0].inputs.items():
                renderer.set_input(name, value)
        else:
            renderer.load(file)
    except ShaderError as error:
        return Check(str(file), kind, False, error.message, error.line)
    except UserError as error:
        return Check(str(file), kind, False, str(error))
    scene = renderer.scene
    assert scene is not None
    show_test_pictures(scene, screen.size_px)
    has_progress = scene.program.role == "transition"
    motion, before, picture = 0.0, None, np.zeros((1, 1, 3), np.float32)
    n_heard = 0
    for index in range(n_frames):
        moment = Moment.at_draw(index, FPS)
        if has_progress:
            scene.set_input("progress", index / max(n_frames - 1, 1))
        due = int(moment.time_s / HOP_S) + 1
        renderer.draw(rehearsal_frames(n_heard, due), moment, screen.framebuffer)
        n_heard = due
        picture = screen.read_rgba()[..., :3].astype(np.float32) / 255.0
        if before is not None:
            motion += float(np.abs(picture - before).mean()) / (n_frames - 1)
        before = picture
    problem = screen.context.error
    if problem != "GL_NO_ERROR":
        return Check(str(file), kind, False, f"OpenGL says {problem} while it is drawn")
    return Check(str(file), kind, True, mean=float(picture.mean()), std=float(picture.std()), motion=motion)


def show_test_pictures(scene: Scene, size_px: tuple[int, int]) -> None:
    """Gives every image input a picture with colours, edges and a middle, each a different one."""
    width, height = size_px
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = x / width, y / height
    for k, entry in enumerate(entry for entry in scene.program.inputs if entry.type == "image"):
        disc = np.hypot(x - width * (0.4 + 0.1 * k), y - height / 2.0) < height * 0.3
        checks = ((x // 20 + y // 20) % 2 == 0) * 0.25
        rgb = np.stack([u, v if k % 2 else 1.0 - v, 0.3 + 0.5 * disc], axis=-1) * (0.75 + checks[..., None])
        rgba = np.dstack([np.clip(rgb, 0.0, 1.0), np.ones_like(u)])
        scene.set_input(entry.name, np.round(rgba * 255.0).astype(np.uint8))
