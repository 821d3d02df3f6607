"""An output whose work is done in a process of its own."""

from __future__ import annotations

from typing import Any

from stemlight.stage.outputs.frame_grid import FrameGrid
from stemlight.stage.outputs.output import Shown
from stemlight.stage.outputs.picture_pipe import Counts, PicturePipe
from stemlight.stage.outputs.pixel_reader import Pixels


class ProcessOutput:
    """Sends pictures that have come from the GPU to `entry`, `fps` a second at most. GL thread only."""

    needs_pixels = True

    def __init__(self, entry: str, settings: Any, fps: float) -> None:
        self._pipe = PicturePipe(entry, settings)
        self._grid = FrameGrid(fps)

    @property
    def words(self) -> str:
        return self._pipe.words

    @property
    def is_over(self) -> bool:
        return self._pipe.is_over

    @property
    def counts(self) -> Counts:
        return self._pipe.counts

    @property
    def dropped(self) -> int:
        """Pictures for which there was no room: the process was too slow."""
        return self._pipe.dropped

    def send(self, shown: Shown, pixels: Pixels | None) -> None:
        """Passes the picture on unless there are enough already; drops it where the process is too slow."""
        if pixels is not None and self._grid.place(pixels.seen_s) is not None:
            self._pipe.put(pixels)

    def close(self) -> None:
        """Ends the process, which finishes what it has begun."""
        self._pipe.close()
