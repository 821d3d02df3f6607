"""Reads picture files of any kind that FFmpeg knows. RGBA, uint8 (height, width, 4), top row first."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stemlight.errors import UserError


def load_picture(path: Path) -> np.ndarray:
    """The first picture in `path`; UserError if there is none."""
    import av

    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                return frame.to_ndarray(format="rgba")
    except (av.error.FFmpegError, OSError, IndexError) as error:
        raise UserError(f"cannot read the picture {path}: {error}") from None
    raise UserError(f"no picture in {path}")
