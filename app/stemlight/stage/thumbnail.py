"""Draws a preset small to an imagined song and keeps the picture: what a grid of looks shows.

python -m stemlight.stage.thumbnail PRESET OUT.png WIDTHxHEIGHT      a process of its own, in no hurry
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from stemlight.errors import UserError

SECONDS = 6.0  # feedback and history have grown by then; the voice of the rehearsal sings
FPS = 10.0
NICE = 15


def draw_thumbnail(preset: str, out: Path, size_px: tuple[int, int]) -> None:
    """Writes `out`, PNG. UserError where the preset does not draw or the file cannot be written."""
    from stemlight.analysis.feature_frame import HOP_S
    from stemlight.preset.library import load_preset
    from stemlight.stage.moment import Moment
    from stemlight.stage.offscreen import OffscreenContext
    from stemlight.stage.png import save_png
    from stemlight.stage.rehearsal import rehearsal_frames
    from stemlight.stage.renderer import Renderer
    from stemlight.whole_file import whole_file

    asked_by = os.getppid()
    with OffscreenContext(size_px) as screen:
        renderer = Renderer(screen.context, size_px, tone_map=True)
        look = renderer.load_preset(load_preset(preset))
        if look.errors:
            raise UserError(str(look.errors[0]))
        heard = 0
        for index in range(round(SECONDS * FPS)):
            if os.getppid() != asked_by:
                raise UserError("nobody waits for the picture any more")
            moment = Moment.at_draw(index, FPS)
            due = int(moment.time_s / HOP_S) + 1
            renderer.draw(rehearsal_frames(heard, due), moment, screen.framebuffer)
            heard = due
        rgba = screen.read_rgba()
        renderer.release()
    with whole_file(out) as temporary:
        save_png(temporary, rgba)


def main(arguments: list[str]) -> int:
    """Exit code 0, or 2 and a line that says why."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICE)
    preset, out, size = arguments
    width, height = map(int, size.split("x"))
    try:
        draw_thumbnail(preset, Path(out), (width, height))
    except UserError as error:
        print(f"stemlight: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
