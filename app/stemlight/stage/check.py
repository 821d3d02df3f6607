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
from stemlight.preset.shader_paths import SHADERTOY_SUFFIXES, is_shader, is_synesthesia_scene, shaders_in
from stemlight.stage.contact_sheet import ContactSheet
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer
from stemlight.stage.scene import Scene
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.synesthesia import MEDIA

FPS = 30.0


@dataclass(frozen=True, slots=True)
class Check:
    """What one file did."""

    file: str
    kind: str  # "isf", "shadertoy", "synesthesia" or "preset"
    ok: bool
    error: str | None = None  # one line
    line: int | None = None  # in the author's file
    mean: float | None = None  # of the last picture, 0..1
    std: float | None = None  # over its pixels; 0 is one flat colour
    motion: float | None = None  # mean difference of a picture from the one before


def check_files(
    paths: Iterable[Path],
    n_frames: int = 30,
    size_px: tuple[int, int] = (320, 180),
    sheet: Path | None = None,
) -> Iterator[dict[str, Any]]:
    """One result a file, in order; folders are searched. All in one GL context.

    Draws `n_frames` pictures of each to an imagined song, with test pictures where it wants some; one of
    each also on a contact sheet. UserError if a path does not exist.
    """
    files = [file for path in paths for file in _files(Path(path))]
    pictures = ContactSheet(len(files))
    with OffscreenContext(size_px) as screen:
        renderer = Renderer(screen.context, size_px)
        for file in files:
            result, picture = _checked(file, renderer, screen, n_frames)
            if sheet is not None:
                pictures.add(file.stem, picture, result.error)
            yield asdict(result)
        renderer.release()
    if sheet is not None and files:
        pictures.save(sheet)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise UserError(f"no file or folder {path}")
    if not path.is_dir() or is_shader(path):
        return [path]
    return sorted([*shaders_in(path), *(file for file in path.rglob("*.toml") if file.is_file())])


def _kind(file: Path) -> str:
    """What `file` is by its name, for one that cannot be read."""
    if file.suffix == ".toml":
        return "preset"
    if file.is_dir() and is_synesthesia_scene(file):
        return "synesthesia"
    return "shadertoy" if file.is_dir() or file.suffix in SHADERTOY_SUFFIXES else "isf"


def _checked(
    file: Path, renderer: Renderer, screen: OffscreenContext, n_frames: int
) -> tuple[Check, np.ndarray | None]:
    """What `file` did, and its last picture, a transition's middle one, uint8 (h, w, 4)."""
    kind = _kind(file)
    try:
        if kind == "preset":
            look = renderer.load_preset(load_preset(str(file)))
            wrong = [str(error) for error in look.errors] + look.warnings
            if wrong:
                return Check(str(file), kind, False, wrong[0].removeprefix(f"{file}: ")), None
        else:
            renderer.load(file)
    except ShaderError as error:
        where = "" if error.file == file else f"in {error.file.name}: "
        return Check(str(file), kind, False, where + error.message, error.line), None
    except UserError as error:
        return Check(str(file), kind, False, str(error).removeprefix(f"{file}: ")), None
    scene = renderer.scene
    assert scene is not None
    if kind != "preset":
        kind = scene.program.format
        show_test_pictures(scene, screen.size_px)
    has_progress = kind != "preset" and scene.program.role == "transition"
    motion, before, shown = 0.0, None, None
    n_heard = 0
    for index in range(n_frames):
        moment = Moment.at_draw(index, FPS)
        if has_progress:
            scene.set_input("progress", index / max(n_frames - 1, 1))
        due = int(moment.time_s / HOP_S) + 1
        renderer.draw(rehearsal_frames(n_heard, due), moment, screen.framebuffer)
        n_heard = due
        rgba = screen.read_rgba()
        if not has_progress or index <= n_frames // 2:
            shown = rgba
        picture = rgba[..., :3].astype(np.float32) / 255.0
        if before is not None:
            motion += float(np.abs(picture - before).mean()) / (n_frames - 1)
        before = picture
    problem = screen.context.error
    if problem != "GL_NO_ERROR":
        return Check(str(file), kind, False, f"OpenGL says {problem} while it is drawn"), shown
    mean, std = float(picture.mean()), float(picture.std())
    return Check(str(file), kind, True, mean=mean, std=std, motion=motion), shown


def _wanted_pictures(scene: Scene) -> list[str]:
    """Image inputs that are nothing without a picture.

    Not Shadertoy's channels of other things, nor Synesthesia's media, which are mostly none.
    """
    program = scene.program
    taken = {MEDIA} | {
        f"iChannel{k}"
        for step in program.passes
        for k, channel in enumerate(step.channels)
        if channel.source is not None
    }
    return [entry.name for entry in program.inputs if entry.type == "image" and entry.name not in taken]


def show_test_pictures(scene: Scene, size_px: tuple[int, int]) -> None:
    """Gives every image input a picture with colours, edges and a middle, each a different one."""
    width, height = size_px
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = x / width, y / height
    for k, name in enumerate(_wanted_pictures(scene)):
        disc = np.hypot(x - width * (0.4 + 0.1 * k), y - height / 2.0) < height * 0.3
        checks = ((x // 20 + y // 20) % 2 == 0) * 0.25
        rgb = np.stack([u, v if k % 2 else 1.0 - v, 0.3 + 0.5 * disc], axis=-1) * (0.75 + checks[..., None])
        rgba = np.dstack([np.clip(rgb, 0.0, 1.0), np.ones_like(u)])
        scene.set_input(name, np.round(rgba * 255.0).astype(np.uint8))
