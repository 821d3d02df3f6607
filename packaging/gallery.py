"""Makes shaders/GALLERY.md, its pictures and the README's from the built-in song.

.venv/bin/python packaging/gallery.py [--all] [--only WORD] [--heard FILE.npy] [--sheet FILE.jpg]

The pictures lie beside what they show (presets/NAME.jpg, shaders/scenes/NAME.jpg ...), where the panel and
the remote find them. Each bears a mark of what it was drawn from (preset/picture.py), and one whose mark is
today's is left alone unless --all asks for it. --only makes the pictures whose name has WORD in it; --heard
keeps what the song's analysis said, so that the next run need not listen again; --sheet makes nothing but one
sheet of all presets: while the drums play alone, with the voice, and on a drop. Needs Pillow.
"""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from stemlight.analysis.feature_frame import HOP_S, FeatureFrame
from stemlight.audio.file_source import FileSource
from stemlight.offline.frames import heard_hops
from stemlight.preset.library import PRESETS_VARIABLE, SHADERS_VARIABLE, load_preset, preset_paths
from stemlight.preset.picture import files_of_preset, files_of_shader, mark_of, read_mark, with_mark
from stemlight.preset.preset import Effect, Layer, Preset
from stemlight.resources import demo_song, shaders_dir
from stemlight.stage.isf import read_isf
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.renderer import Renderer
from stemlight.whole_file import whole_file

SIZE_PX = (480, 270)
SHEET_SIZE_PX = (256, 144)
JPEG_QUALITY = 82  # 20 to 45 KB a picture
FPS = 12.0
HISTORY_S = 6.0  # as far back as shaders can ask
WARM_S = 2.5  # drawn before the picture is taken: trails and levels settle
WARMS_S = {"ink": 7.0, "growth": 8.0, "tunnel": 5.0}  # what grows needs longer
USUAL_S = 34.3  # of the song: all four play, a kick is just past
MOMENTS_S = {"aurora": 21.3, "ink": 21.0, "offing": 19.0}
SHEET_S = (11.3, 19.0, 29.2)  # the drums alone, the voice, a drop
BELOW_FILTERS = "prism"  # what filters are shown on ...
FROM, TO = "nave", "prism"  # ... and what transitions go between
STEPS = (0.25, 0.5, 0.75)  # of a transition, side by side
README_PICTURE = Path(__file__).parent / "screenshots" / "scenes.jpg"
README_COLUMNS = 3
README_CELL_PX = (320, 180)

Picture = np.ndarray  # uint8 (h, w, 3)


def heard_song(kept: Path | None) -> list[FeatureFrame]:
    """Every frame of the song; from `kept` if it is there, else kept there."""
    if kept and kept.is_file():
        return [FeatureFrame(record) for record in np.load(kept)]
    frames = [hop.frame for hop in heard_hops(FileSource(demo_song()))]
    if kept:
        np.save(kept, np.stack([np.asarray(frame.record) for frame in frames]))
    return frames


class Photographer:
    """Takes pictures of looks at moments of the song."""

    def __init__(self, frames: Sequence[FeatureFrame], size_px: tuple[int, int]) -> None:
        self._frames = frames
        self._size_px = size_px

    def pictures(self, preset: Preset, moments_s: Iterable[float], warm_s: float) -> list[Picture]:
        """What `preset` shows at each moment, after `warm_s` of the song."""
        taken = []
        with OffscreenContext(self._size_px) as screen:
            renderer = Renderer(screen.context, self._size_px, tone_map=True)
            look = renderer.load_preset(preset)
            if look.errors:
                raise look.errors[0]
            for moment_s in moments_s:
                start_s = max(moment_s - warm_s, 0.0)
                n_given = max(0, int((start_s - HISTORY_S) / HOP_S))
                for index in range(int((moment_s - start_s) * FPS) + 1):
                    moment = Moment.at_draw(index, FPS, start_s)
                    n_heard = int(moment.on_stream_s / HOP_S) + 1
                    renderer.draw(self._frames[n_given:n_heard], moment, screen.framebuffer)
                    n_given = n_heard
                taken.append(screen.read_rgba()[..., :3].copy())
            renderer.release()
        return taken

    def picture(self, preset: Preset) -> Picture:
        """What stands for it in the gallery."""
        scene = Path(preset.layers[0].scene).stem
        (taken,) = self.pictures(preset, [MOMENTS_S.get(scene, USUAL_S)], WARMS_S.get(scene, WARM_S))
        return taken

    def transition(self, path: Path, start: Picture, end: Picture) -> Picture:
        """Three steps of it, side by side."""
        with OffscreenContext(self._size_px) as screen:
            renderer = Renderer(screen.context, self._size_px)
            renderer.load(path)
            renderer.set_input("startImage", start)
            renderer.set_input("endImage", end)
            steps = []
            for progress in STEPS:
                renderer.set_input("progress", progress)
                renderer.draw([], Moment(USUAL_S, 0.0, 0, USUAL_S), screen.framebuffer)
                steps.append(screen.read_rgba()[..., :3].copy())
            renderer.release()
        return np.concatenate(steps, axis=1)


def look_of(scene: Path, *filters: Path) -> Preset:
    return Preset(scene.stem, (Layer(str(scene)),), filters=tuple(Effect(str(path)) for path in filters))


def scene_of(name: str) -> Path:
    return shaders_dir() / "scenes" / f"{name}.fs"


def shaders(role: str) -> list[Path]:
    return sorted((shaders_dir() / role).glob("*.fs"))


def save(picture: Picture, path: Path, mark: str = "") -> None:
    """Writes `path`, with the mark of what it was drawn from."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=JPEG_QUALITY, optimize=True)
    jpeg = file.getvalue()
    with whole_file(path) as temporary:
        temporary.write_bytes(with_mark(jpeg, mark) if mark else jpeg)
    print(path, f"{path.stat().st_size // 1024} KB", flush=True)


def stale(paths: Iterable[Path], options: argparse.Namespace) -> list[tuple[Path, str]]:
    """Those that are to be drawn, each with its mark of today."""
    found = []
    for path in paths:
        if options.only in path.stem:
            of_preset = path.suffix == ".toml"
            files = files_of_preset(path, load_preset(str(path))) if of_preset else files_of_shader(path)
            mark = mark_of(files)
            if options.all or not is_marked(path.with_suffix(".jpg"), mark):
                found.append((path, mark))
    return found


def is_marked(picture: Path, mark: str) -> bool:
    """Whether there is such a picture, drawn from what `mark` stands for."""
    return picture.is_file() and read_mark(picture.read_bytes()) == mark


def take_all(options: argparse.Namespace) -> None:
    """Every picture that is wanted. The song is heard if there is one."""
    of_shaders = (stale(shaders(role), options) for role in ("scenes", "filters", "transitions"))
    scenes, filters, transitions = of_shaders
    presets = stale(preset_paths(), options)
    if not (scenes or filters or transitions or presets):
        return
    frames = heard_song(options.heard)
    photographer = Photographer(frames, SIZE_PX)
    for path, mark in scenes:
        save(photographer.picture(look_of(path)), path.with_suffix(".jpg"), mark)
    for path, mark in presets:
        preset = load_preset(str(path))
        (first, *rest) = preset.layers
        of_scene = Path(first.scene).with_suffix(".jpg")
        if not rest and not preset.filters and first == Layer(first.scene) and of_scene.is_file():
            with whole_file(path.with_suffix(".jpg")) as temporary:
                temporary.write_bytes(with_mark(of_scene.read_bytes(), mark))
        else:
            save(photographer.picture(preset), path.with_suffix(".jpg"), mark)
    for path, mark in filters:
        save(photographer.picture(look_of(scene_of(BELOW_FILTERS), path)), path.with_suffix(".jpg"), mark)
    if transitions:
        smaller = Photographer(frames, SHEET_SIZE_PX)
        start, end = (smaller.picture(look_of(scene_of(name))) for name in (FROM, TO))
        for path, mark in transitions:
            save(smaller.transition(path, start, end), path.with_suffix(".jpg"), mark)


def readme_picture() -> None:
    """All scenes on one sheet, from the pictures that lie beside them."""
    pictures = [Image.open(path.with_suffix(".jpg")) for path in shaders("scenes")]
    width, height = README_CELL_PX
    rows = -(-len(pictures) // README_COLUMNS)
    sheet = Image.new("RGB", (width * README_COLUMNS, height * rows))
    for index, picture in enumerate(pictures):
        row, column = divmod(index, README_COLUMNS)
        cell = picture.resize(README_CELL_PX, Image.Resampling.LANCZOS)
        sheet.paste(cell, (column * width, row * height))
    save(np.asarray(sheet), README_PICTURE)


def preset_sheet(frames: Sequence[FeatureFrame], out: Path) -> None:
    """Every preset in a row of its own, at the three moments."""
    photographer = Photographer(frames, SHEET_SIZE_PX)
    rows = []
    for path in preset_paths():
        row = photographer.pictures(load_preset(str(path)), SHEET_S, WARM_S)
        rows.append(np.concatenate(row, axis=1))
        print(path.stem, *(f"{part.mean() / 255:.2f}" for part in np.split(rows[-1], len(SHEET_S), axis=1)))
    save(np.concatenate(rows), out)


def entries(role: str) -> Iterable[str]:
    for path in shaders(role):
        program = read_isf(path)
        inputs = ", ".join(
            f"`{entry.name}`"
            for entry in program.inputs
            if entry.type != "image" and entry.name != "progress"
        )
        picture = f"![{path.stem}]({role}/{path.stem}.jpg)"
        yield f"### {path.stem}\n\n{picture}\n\n{program.description}\n\n{inputs}\n"


def write_text(out: Path) -> None:
    """The words are the shaders' and presets' own."""
    parts = [
        "# Gallery\n",
        "Made by `python packaging/gallery.py` from the built-in song; the words are those in the files.\n",
        "## Scenes\n\nWhat each stem drives is in the description. In silence all go on, calmly.\n",
        *entries("scenes"),
        f"## Filters\n\nShown at their defaults on `{BELOW_FILTERS}`. `amount` 0 leaves the picture as it "
        "is; `hear` 0 makes a filter deaf to the music.\n",
        *entries("filters"),
        f"## Transitions\n\nFrom `{FROM}` to `{TO}`, at a quarter, half and three quarters of the way.\n",
        *entries("transitions"),
        "## Presets\n",
    ]
    for path in preset_paths():
        preset = load_preset(str(path))
        tags = f"\n\n{', '.join(preset.tags)}" if preset.tags else ""
        picture = f"![{preset.name}](../presets/{path.stem}.jpg)"
        parts.append(f"### {preset.name}\n\n{picture}\n\n{preset.description}{tags}\n")
    out.write_text("\n".join(parts), encoding="utf-8")
    print(out)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--heard", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    os.environ[PRESETS_VARIABLE] = os.environ[SHADERS_VARIABLE] = "nobody's"  # what ships, by itself
    if options.sheet:
        preset_sheet(heard_song(options.heard), options.sheet)
        return
    take_all(options)
    readme_picture()
    write_text(shaders_dir() / "GALLERY.md")


if __name__ == "__main__":
    main()
