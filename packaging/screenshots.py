"""Makes the README's picture and the scenes' thumbnails from the built-in song. Needs Pillow.

.venv/bin/python packaging/screenshots.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image
from stemlight.offline.render import RenderSettings, render_song
from stemlight.preset.library import scene_paths
from stemlight.resources import demo_song

OUT = Path(__file__).parent / "screenshots" / "scenes.jpg"
SIZE_PX = (640, 360)
THUMBNAIL_PX = (320, 180)
COLUMNS = 2
FPS = 15
# Begin, and how long after it the picture is taken: feedback and six seconds of history have to grow first.
MOMENTS = {
    "aurora": (12.0, 9.0),
    "galaxy": (28.0, 9.5),
    "ink": (12.0, 9.0),
    "nave": (26.0, 7.3),
    "prism": (27.0, 8.0),
}
USUAL_MOMENT = (26.0, 8.0)
WIDE = "nave"  # the first row: one scene over both columns


def picture_of(scene: Path) -> Image.Image:
    """What the scene shows at its moment of the song."""
    start_s, seconds = MOMENTS.get(scene.stem, USUAL_MOMENT)
    scale = COLUMNS if scene.stem == WIDE else 1
    with tempfile.TemporaryDirectory() as folder:
        settings = RenderSettings(
            song=demo_song(),
            out=Path(folder) / "scene.mp4",
            shader=str(scene),
            size_px=(SIZE_PX[0] * scale, SIZE_PX[1] * scale),
            fps=FPS,
            start_s=start_s,
            seconds=seconds,
            frames_dir=Path(folder),
        )
        render_song(settings, lambda done_s, total_s: None)
        last = max(Path(folder).glob("*.png"))
        return Image.open(last).convert("RGB")


def main() -> None:
    """Render, lay out and save."""
    scenes = sorted(scene_paths(), key=lambda path: (path.stem != WIDE, path.stem))
    pictures = [picture_of(scene) for scene in scenes]
    for scene, picture in zip(scenes, pictures, strict=True):
        picture.resize(THUMBNAIL_PX, Image.Resampling.LANCZOS).save(scene.with_suffix(".jpg"), quality=88)
    wide, *rest = pictures
    rows = -(-len(rest) // COLUMNS)
    sheet = Image.new("RGB", (SIZE_PX[0] * COLUMNS, SIZE_PX[1] * (COLUMNS + rows)))
    sheet.paste(wide, (0, 0))
    for index, picture in enumerate(rest):
        row, column = divmod(index, COLUMNS)
        sheet.paste(picture, (column * SIZE_PX[0], (COLUMNS + row) * SIZE_PX[1]))
    sheet.save(OUT, quality=88)
    print(OUT)


if __name__ == "__main__":
    main()
