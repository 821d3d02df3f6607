"""Pictures and sound become an .mp4: H.264 and AAC, through PyAV."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from stemlight.errors import UserError
from stemlight.whole_file import whole_file

CRF = 18  # x264's scale: from here on a viewer sees no loss
LIVE_THREADS = max(1, (os.cpu_count() or 2) // 2)  # the show needs the rest
AUDIO_BIT_RATE = 192_000  # AAC, stereo
_BT709 = 1  # FFmpeg's number for the colours of HD video, in space, primaries and transfer alike
_LIMITED_RANGE = 1


class VideoWriter:
    """Writes one video. A context manager: the file is there when the block ends well, else nothing is.

    The same pictures and sound give the same bytes. One thread.
    """

    def __init__(
        self,
        path: Path,
        size_px: tuple[int, int],
        fps: int | float | Fraction,
        sample_rate_hz: int,
        part: Path | None = None,
    ) -> None:
        """UserError where the size cannot be encoded.

        `part`: what the file is called while it is written. Then it can be played whatever happens, up to a
        second ago, and is kept; and encoding leaves cores to others.
        """
        if size_px[0] % 2 or size_px[1] % 2:
            raise UserError(f"a video of {size_px[0]}x{size_px[1]} cannot be made: both sides must be even")
        self._path = path
        self._part = part
        self._last: Any = None  # the frame that was encoded last
        self._size_px = size_px
        self._fps = Fraction(fps).limit_denominator(100_000)
        self._sample_rate_hz = sample_rate_hz
        self._n_frames = 0
        self._n_samples = 0
        self._stack = ExitStack()
        self._container: Any = None
        self._video: Any = None
        self._audio: Any = None

    @property
    def size_px(self) -> tuple[int, int]:
        return self._size_px

    @property
    def n_frames(self) -> int:
        """Pictures written."""
        return self._n_frames

    @property
    def n_samples(self) -> int:
        """Samples written, per channel."""
        return self._n_samples

    def __enter__(self) -> VideoWriter:
        import av

        with ExitStack() as stack:
            options = {"movflags": "+faststart", "fflags": "+bitexact"}
            coding = {"crf": str(CRF), "preset": "veryfast"}
            if self._part:
                # Fragments, one a second, each at once on the disk; an ordinary file when it is closed.
                flags = "+hybrid_fragmented+frag_keyframe+empty_moov+default_base_moof"
                options |= {"movflags": flags, "flush_packets": "1"}
                coding |= {"g": str(round(self._fps)), "threads": str(LIVE_THREADS)}
                temporary = stack.enter_context(_kept_file(self._part, self._path))
            else:
                temporary = stack.enter_context(whole_file(self._path))
            self._container = stack.enter_context(av.open(str(temporary), "w", options=options))
            video = self._container.add_stream("libx264", rate=self._fps, options=coding)
            video.width, video.height = self._size_px
            video.pix_fmt = "yuv420p"
            video.time_base = video.codec_context.time_base = 1 / self._fps
            context = video.codec_context
            context.colorspace = context.color_primaries = context.color_trc = _BT709
            context.color_range = _LIMITED_RANGE
            self._video = video
            self._audio = self._container.add_stream("aac", rate=self._sample_rate_hz, layout="stereo")
            self._audio.bit_rate = AUDIO_BIT_RATE
            self._stack = stack.pop_all()
        return self

    def write_frame(self, rgba: np.ndarray) -> None:
        """The next picture: uint8 (h, w, 4), top row first; alpha is not kept."""
        import av

        if rgba.shape != (self._size_px[1], self._size_px[0], 4):
            raise ValueError(f"a picture of shape {rgba.shape} in a video of {self._size_px}")
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgba), format="rgba")
        frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
        self._encode(frame)

    def repeat_frame(self, n: int = 1) -> None:
        """The picture before, `n` times more."""
        for _ in range(n):
            self._encode(self._last)

    def _encode(self, frame: Any) -> None:
        frame.pts, frame.time_base = self._n_frames, 1 / self._fps
        self._n_frames += 1
        self._last = frame
        self._container.mux(self._video.encode(frame))

    def write_audio(self, samples: np.ndarray) -> None:
        """The next samples: float32 (n, 2) in [-1, 1]; may be none."""
        import av

        if not len(samples):
            return
        planes = np.ascontiguousarray(np.clip(samples, -1.0, 1.0).T, np.float32)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
        frame.sample_rate = self._sample_rate_hz
        frame.pts, frame.time_base = self._n_samples, Fraction(1, self._sample_rate_hz)
        self._n_samples += len(samples)
        self._container.mux(self._audio.encode(frame))

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if kind is None:
            try:
                for stream in (self._video, self._audio):
                    self._container.mux(stream.encode(None))
            except BaseException as failure:
                self._stack.__exit__(type(failure), failure, failure.__traceback__)
                raise
        self._stack.__exit__(kind, error, traceback)


@contextmanager
def _kept_file(part: Path, path: Path) -> Iterator[Path]:
    """`part`, which becomes `path` if the block ends well, and else stays. UserError if it cannot be made."""
    try:
        part.touch()
    except OSError as error:
        raise UserError(f"cannot write {part}: {error.strerror or error}") from None
    yield part
    part.replace(path)
