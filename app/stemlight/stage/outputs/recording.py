"""Writes the live show into an .mp4: the process that encodes.

It is written in fragments under another name, `.part.mp4`, which players open as far as it goes if the
machine goes down; at the end it becomes an ordinary file and gets its name.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.bus.frame_ring import FrameRing
from stemlight.recordings import part_of
from stemlight.stage.outputs.frame_grid import FrameGrid
from stemlight.stage.outputs.picture_pipe import Counts, Picture, Pictures
from stemlight.stage.outputs.sound_track import SoundTrack
from stemlight.stage.video_writer import VideoWriter

FPS = 60
LOOK_S = 0.1  # for sound, where no pictures come
COUNT_S = 0.5  # between reports to the stage
ENTRY = f"{__name__}:record"


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """What the process is told."""

    path: Path  # .mp4, not there yet
    ring: str  # the frame ring's name: the sound


def record(pictures: Pictures, settings: RecordSettings) -> str:
    """Records until the stage ends; returns what came of it. The process's entry."""
    import av  # noqa: F401  (takes a while: before the first picture is waited for)

    with closing(FrameRing.attach(settings.ring)) as ring:
        come = pictures.come(LOOK_S)
        first = next((picture for picture in come if picture is not None), None)
        if first is None:
            return "nothing was recorded: no picture came"
        pictures.say(f"recording {settings.path}")
        height, width = first.rgba.shape[:2]
        size_px = (width - width % 2, height - height % 2)  # what can be encoded
        with VideoWriter(settings.path, size_px, FPS, SAMPLE_RATE, part=part_of(settings.path)) as video:
            film = Film(video, SoundTrack(ring, first.seen_s), pictures.count)
            film.add(first)
            for picture in come:
                film.add(picture)
            film.end()
    return f"recorded {settings.path}: {video.n_frames / FPS:.1f} s"


class Film:
    """Brings pictures and sound to the even steps of a video. One thread."""

    def __init__(self, video: VideoWriter, sound: SoundTrack, count: Callable[[Counts], None]) -> None:
        self._video = video
        self._sound = sound
        self._grid = FrameGrid(FPS)
        self._count = count
        self._counted_s = 0.0
        self._pictures = self._repeated = self._skipped = 0

    def add(self, picture: Picture | None) -> None:
        """One more picture, or none but what has sounded since."""
        if picture is not None:
            place = self._grid.place(self._sound.time_s(picture.seen_s))
            if place is None:
                self._skipped += 1
            else:
                missing = max(0, place - self._video.n_frames) if self._video.n_frames else 0
                self._video.repeat_frame(missing)
                self._video.write_frame(fitted(picture.rgba, self._video.size_px))
                self._repeated += missing
                self._pictures += 1
        self._video.write_audio(self._sound.up_to(picture.seen_s if picture else time.perf_counter()))
        if time.monotonic() - self._counted_s > COUNT_S:
            self._tell()

    def end(self) -> None:
        """The sound that came while the last picture was written."""
        self._video.write_audio(self._sound.up_to(time.perf_counter()))
        self._tell()

    def _tell(self) -> None:
        self._counted_s = time.monotonic()
        self._count(Counts(self._pictures, self._repeated, self._skipped))


def fitted(rgba: np.ndarray, size_px: tuple[int, int]) -> np.ndarray:
    """A picture in the middle of one of `size_px`: the window may change while it is recorded."""
    height, width = rgba.shape[:2]
    if (width, height) == size_px:
        return rgba
    import av

    share = min(size_px[0] / width, size_px[1] / height)
    inner = (max(2, round(width * share)), max(2, round(height * share)))
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgba), format="rgba")
    scaled = frame.reformat(width=inner[0], height=inner[1], format="rgba").to_ndarray()
    whole = np.zeros((size_px[1], size_px[0], 4), np.uint8)
    left, top = (size_px[0] - inner[0]) // 2, (size_px[1] - inner[1]) // 2
    whole[top : top + inner[1], left : left + inner[0]] = scaled
    return whole
