"""A sound file becomes hops, decoded a chunk at a time: memory stays flat however long the file is.

libsndfile reads what it can (wav, flac, aiff, ogg, opus, mp3: faster, and to the sample); FFmpeg the rest.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE
from stemlight.audio.resample import FileResampler
from stemlight.audio.stereo import to_stereo, zero_nonfinite
from stemlight.audio.stream_format import StreamFormat
from stemlight.errors import UserError

CHUNK_S = 0.25  # decoded at a time: long enough to be quick, short enough to be nothing in memory
LEAST_RATE_HZ, GREATEST_RATE_HZ = 1_000, 768_000  # beyond, a header is wrong rather than a file unusual
_SEEK_MARGIN_S = 0.25  # lossy decoders need some packets before what they give is right
# Containers whose channels libsndfile gives in the order of WAVE files; in others FFmpeg knows the order.
_WAVE_ORDER = ("WAV", "WAVEX", "RF64", "W64", "AIFF", "FLAC", "CAF", "AU")


class Decoder(Protocol):
    """An open file: what it holds, and its samples from a given time on."""

    rate_hz: int
    n_channels: int
    length_s: float

    def blocks(self, start_s: float) -> Iterator[NDArray[np.float32]]:
        """Blocks (n_samples, n_channels) from `start_s` to the end."""

    def close(self) -> None:
        """Close the file."""


class FileSource:
    """The hops of a sound file, at 44.1 kHz in stereo, as fast as they are asked for.

    Any rate, any number of channels (see `to_stereo`). One thread.
    """

    def __init__(self, path: str | Path, start_s: float = 0.0, seconds: float | None = None) -> None:
        """`start_s`, `seconds`: the part to give; None is to the end.

        UserError where the file is not there, is no sound file, holds no sound or ends before `start_s`.
        """
        self.path = Path(path).expanduser()
        if not start_s >= 0.0:
            raise UserError(f"a start lies at 0 s or later, not at {start_s} s")
        if seconds is not None and not seconds > 0.0:
            raise UserError(f"a length is more than 0 s, not {seconds} s")
        self._start_s, self._seconds = start_s, seconds
        decoder = _open(self.path)
        decoder.close()
        self.format = StreamFormat(decoder.rate_hz, decoder.n_channels, 0)
        self.nonfinite = 0  # samples that were no numbers and became 0, of what was given so far
        self.n_samples = 0  # given so far at 44.1 kHz, padding not counted; at the end exactly the song's
        left_s = decoder.length_s - start_s
        if left_s <= 0.0:
            raise UserError(
                f"{self.path} is {decoder.length_s:.2f} s long: there is nothing from {start_s:g} s on"
            )
        self.duration_s = left_s if seconds is None else min(left_s, seconds)

    def hops(self) -> Iterator[NDArray[np.float32]]:
        """Hops, float32 (512, 2), from the start each time it is asked; the last one padded with zeros.

        Each hop is an array of its own. UserError where the file breaks off before any sound.
        """
        rest = np.zeros((0, 2), np.float32)
        for chunk in self.chunks():
            samples = np.concatenate((rest, chunk))
            n_whole = len(samples) // HOP_LENGTH * HOP_LENGTH
            for at in range(0, n_whole, HOP_LENGTH):
                yield samples[at : at + HOP_LENGTH].copy()
            rest = samples[n_whole:]
        if len(rest):
            hop = np.zeros((HOP_LENGTH, 2), np.float32)
            hop[: len(rest)] = rest
            yield hop

    def chunks(self) -> Iterator[NDArray[np.float32]]:
        """The same samples in pieces as they come, without padding: float32 (n_samples, 2)."""
        decoder = _open(self.path)
        resampler = FileResampler(decoder.rate_hz)
        n_left = sys.maxsize if self._seconds is None else round(self._seconds * SAMPLE_RATE)
        self.n_samples = 0
        try:
            for block in decoder.blocks(self._start_s):
                self.nonfinite += zero_nonfinite(block)
                chunk = resampler.process(to_stereo(block))[:n_left]
                n_left -= len(chunk)
                self.n_samples += len(chunk)
                if len(chunk):
                    yield chunk
                if n_left == 0:
                    return
            tail = resampler.process(np.zeros((0, 2), np.float32), last=True)[:n_left]
            self.n_samples += len(tail)
            if len(tail):
                yield tail
        finally:
            decoder.close()
        if self.n_samples == 0:
            raise UserError(f"{self.path} holds no sound that can be decoded; is the file whole?")


def _open(path: Path) -> Decoder:
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except IsADirectoryError:
        raise UserError(f"{path} is a folder; name a sound file in it") from None
    except FileNotFoundError:
        raise UserError(f"no such file: {path}") from None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    if empty:
        raise UserError(f"{path} is empty")
    decoder = _SndfileDecoder.open(path) or _FfmpegDecoder.open(path)
    if decoder is None:
        raise UserError(
            f"{path} is no sound file, or one of a kind not known; wav, flac, mp3, ogg, opus, m4a are"
        )
    if not LEAST_RATE_HZ <= decoder.rate_hz <= GREATEST_RATE_HZ:
        decoder.close()
        raise UserError(f"{path} says it has {decoder.rate_hz} samples a second; its header is broken")
    if decoder.length_s <= 0.0:
        decoder.close()
        raise UserError(f"{path} holds no sound")
    return decoder


class _SndfileDecoder:
    def __init__(self, file: Any) -> None:
        self._file = file
        self.rate_hz: int = file.samplerate
        self.n_channels: int = file.channels
        self.length_s: float = file.frames / file.samplerate if file.samplerate else 0.0

    @classmethod
    def open(cls, path: Path) -> Decoder | None:
        """None where libsndfile does not know the file, or not the order of its channels."""
        import soundfile

        try:
            file = soundfile.SoundFile(path)
        except (soundfile.LibsndfileError, TypeError):  # TypeError: .raw wants to be told what it holds
            return None
        if file.channels > 2 and file.format not in _WAVE_ORDER:
            file.close()
            return None
        return cls(file)

    def blocks(self, start_s: float) -> Iterator[NDArray[np.float32]]:
        import soundfile

        start = min(round(start_s * self.rate_hz), self._file.frames)
        at = self._file.seek(max(0, start - round(_SEEK_MARGIN_S * self.rate_hz)))
        n_to_skip = start - at
        n_samples = math.ceil(CHUNK_S * self.rate_hz)
        while True:
            try:
                block = self._file.read(n_samples, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError:  # the file breaks off: what came before was sound
                return
            if not len(block):
                return
            yield block[n_to_skip:]
            n_to_skip = max(0, n_to_skip - len(block))

    def close(self) -> None:
        self._file.close()


class _FfmpegDecoder:
    def __init__(self, container: Any, stream: Any) -> None:
        self._container, self._stream = container, stream
        self.rate_hz: int = stream.codec_context.sample_rate
        self.n_channels: int = stream.codec_context.channels
        self.length_s = self._find_length_s()

    @classmethod
    def open(cls, path: Path) -> Decoder | None:
        """None where FFmpeg finds no sound in the file."""
        import av

        try:
            container = av.open(f"file:{path.absolute()}")  # not a protocol, whatever its name
        except (av.FFmpegError, ValueError, OSError):
            return None
        if not container.streams.audio or not container.streams.audio[0].codec_context:
            container.close()
            return None
        return cls(container, container.streams.audio[0])

    def blocks(self, start_s: float) -> Iterator[NDArray[np.float32]]:
        import av

        if start_s > 0.0:
            self._container.seek(max(0, int((start_s - _SEEK_MARGIN_S) * 1e6)))  # microseconds
        to_float = av.AudioResampler("flt", self._stream.codec_context.layout, self.rate_hz)
        n_to_skip: int | None = None  # up to `start_s`, known with the first frame
        pending: list[NDArray[Any]] = []
        n_pending = 0
        for frame in self._frames():
            if n_to_skip is None:
                n_to_skip = max(0, round((start_s - self._time_s(frame)) * self.rate_hz))
            for converted in to_float.resample(frame):
                block = converted.to_ndarray().reshape(-1, self.n_channels)
                n_cut = min(n_to_skip, len(block))
                n_to_skip -= n_cut
                pending.append(block[n_cut:])
                n_pending += len(block) - n_cut
            if n_pending >= CHUNK_S * self.rate_hz:
                yield np.concatenate(pending)
                pending, n_pending = [], 0
        if n_pending:
            yield np.concatenate(pending)

    def _frames(self) -> Iterator[Any]:
        """What can be decoded; a damaged packet is passed over, for what follows may be whole."""
        import av

        packets = self._container.demux(self._stream)
        while True:
            try:
                yield from next(packets).decode()
            except StopIteration:
                return
            except av.error.InvalidDataError:
                continue
            except av.FFmpegError:  # the file breaks off
                return

    def _time_s(self, frame: Any) -> float:
        start_s = float((self._stream.start_time or 0) * self._stream.time_base)
        return (frame.time or 0.0) - start_s

    def close(self) -> None:
        self._container.close()

    def _find_length_s(self) -> float:
        if self._stream.duration:
            return float(self._stream.duration * self._stream.time_base)
        if self._container.duration:
            return float(self._container.duration / 1e6)  # microseconds
        last = 0.0  # a bare stream of packets: count them, which decodes nothing
        for packet in self._container.demux(self._stream):
            if packet.duration:
                last += float(packet.duration * packet.time_base)
        self._container.seek(0)
        return last
