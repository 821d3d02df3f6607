"""Recordings of one speaker become syllables: what the throat did in each, without its pitch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.ndimage
import scipy.signal
from stemlight.analysis.feature_frame import SAMPLE_RATE

HOP = 256  # samples, 5.8 ms: the composer's moving_filter takes one response each
WINDOW = 1024  # samples, 23 ms: two periods of a low voice
N_BINS = WINDOW // 2 + 1
N_POINTS = 128  # of an envelope, evenly spaced in mel: 30 Hz apart at the bottom, 100 Hz at 1 kHz
LOWEST_HZ, HIGHEST_HZ = 65.0, 600.0  # speech
PERIODIC = 0.5  # autocorrelation above which a frame is voiced; unvoiced speech stays below 0.4
QUIET_DB = -42.0  # below the loud frames: a pause
SHORTEST = 12  # frames, 70 ms, that a vowel must last to be sung
LONGEST_CONSONANT = 26  # frames, 150 ms
DIP_DB = 3.0  # a fall between two vowels of one voiced run


@dataclass(frozen=True)
class Voice:
    """All that was kept of one speaker."""

    envelopes: np.ndarray  # float32 (n_frames, N_POINTS): log amplitude, power 1 over the linear spectrum
    levels_db: np.ndarray  # float32 (n_frames,): RMS of the frame
    voiced: np.ndarray  # bool (n_frames,)
    syllables: np.ndarray  # int32 (n_syllables, 3): first frame, first of the vowel, end; in spoken order
    usual_hz: float  # median pitch of the speech

    def save(self, path: Path) -> None:
        """Half precision: 45 KB a second of speech."""
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            np.savez(
                file,
                envelopes=self.envelopes.astype(np.float16),
                levels_db=self.levels_db.astype(np.float16),
                voiced=self.voiced,
                syllables=self.syllables,
                usual_hz=self.usual_hz,
            )
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Voice:
        """What `save` wrote."""
        with np.load(path) as stored:
            return cls(
                stored["envelopes"].astype(np.float32),
                stored["levels_db"].astype(np.float32),
                stored["voiced"],
                stored["syllables"],
                float(stored["usual_hz"]),
            )


def point_hz() -> np.ndarray:
    """float64 (N_POINTS,): where an envelope's points lie."""
    top = 2595.0 * np.log10(1.0 + SAMPLE_RATE / 2 / 700.0)
    return np.asarray(700.0 * (10.0 ** (np.linspace(0, top, N_POINTS) / 2595.0) - 1.0))


def analyse(sounds: Iterable[tuple[np.ndarray, float]]) -> Voice:
    """The voice in `sounds`: each float32 (n,) at SAMPLE_RATE, and the highest frequency (Hz) it holds."""
    envelopes, levels, voiced, syllables, pitches = [], [], [], [], []
    n_frames = 0
    for sound, top_hz in sounds:
        if len(sound) < 4 * WINDOW:
            continue
        level_db, vowel_db = _levels(sound)
        hz, periodicity = _pitch(sound)
        loud = level_db > np.percentile(level_db, 95) + QUIET_DB
        is_voiced = scipy.ndimage.median_filter((periodicity > PERIODIC) & loud, 5)
        found = _syllables(is_voiced, loud, vowel_db)
        if not len(found):
            continue
        envelopes.append(_envelopes(sound, hz, is_voiced, top_hz))
        levels.append(level_db)
        voiced.append(is_voiced)
        syllables.append(found + n_frames)
        pitches.append(hz[is_voiced])
        n_frames += len(level_db)
    if not syllables:
        empty = np.zeros(0, np.float32)
        none = np.zeros((0, 3), np.int32)
        return Voice(np.zeros((0, N_POINTS), np.float32), empty, empty.astype(bool), none, 0.0)
    return Voice(
        np.concatenate(envelopes),
        np.concatenate(levels),
        np.concatenate(voiced),
        np.concatenate(syllables).astype(np.int32),
        float(np.median(np.concatenate(pitches))),
    )


def _frames(sound: np.ndarray, length: int, hop: int) -> np.ndarray:
    """(n_frames, length), frame i centred on sample i * hop."""
    padded = np.pad(sound, length // 2)
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]


def _levels(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """RMS of each frame in dB, and that of the vowels' range alone, smoothed over 30 ms."""
    sos = scipy.signal.butter(2, [200.0, 3000.0], "bandpass", fs=SAMPLE_RATE, output="sos")
    result = []
    for heard in (sound, scipy.signal.sosfiltfilt(sos, sound)):
        power = np.square(_frames(heard, 512, HOP)).mean(axis=1)
        result.append((10.0 * np.log10(power + 1e-10)).astype(np.float32))
    return result[0], scipy.ndimage.gaussian_filter1d(result[1], 2.5)


def _pitch(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitch (Hz) and periodicity (0..1) of each frame: the first strong peak of the autocorrelation."""
    rate = SAMPLE_RATE / 4
    low = scipy.signal.decimate(sound, 4, ftype="fir").astype(np.float32)
    length = 512  # 46 ms: three periods at 65 Hz
    window = np.hanning(length).astype(np.float32)
    frames = _frames(low, length, HOP // 4)[: len(sound) // HOP + 1] * window
    powers = np.square(np.abs(scipy.fft.rfft(frames, 2 * length)))
    of_window = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * length)) ** 2)
    correlation = scipy.fft.irfft(powers)
    first, last = int(rate / HIGHEST_HZ), int(rate / LOWEST_HZ)
    correlation = correlation[:, : last + 2] / np.maximum(correlation[:, :1], 1e-9)
    correlation *= (of_window[0] / of_window[: last + 2]).astype(np.float32)
    inner = correlation[:, first : last + 1]
    peaks = (inner >= correlation[:, first - 1 : last]) & (inner >= correlation[:, first + 1 : last + 2])
    heights = np.where(peaks, inner, 0.0)
    best = heights.max(axis=1)
    lag = first + np.argmax(heights >= 0.85 * best[:, None], axis=1)  # the first: an octave too low is later
    return rate / lag, np.clip(best, 0.0, 1.0)


def _syllables(voiced: np.ndarray, loud: np.ndarray, vowel_db: np.ndarray) -> np.ndarray:
    """int (n, 3). A vowel is a voiced run, cut at its dips; what is heard just before is its consonant."""
    edges = np.flatnonzero(np.diff(np.r_[0, voiced.astype(np.int8), 0]))
    found, end_before = [], 0
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        dips, _ = scipy.signal.find_peaks(-vowel_db[start:end], prominence=DIP_DB, distance=SHORTEST)
        cuts = [start, *(start + dips), end]
        for vowel, stop in pairwise(cuts):
            if stop - vowel < SHORTEST:
                continue
            first = vowel
            while first > max(end_before, vowel - LONGEST_CONSONANT) and loud[first - 1]:
                first -= 1
            found.append((first, vowel, stop))
            end_before = stop
    return np.array(found, np.int64).reshape(-1, 3)


def _envelopes(sound: np.ndarray, hz: np.ndarray, voiced: np.ndarray, top_hz: float) -> np.ndarray:
    """float32 (n_frames, N_POINTS). Voiced: the true envelope (Röbel and Rodet 2005), over the harmonics'
    tops; unvoiced: the cepstrum's first 1.4 ms."""
    window = np.hanning(WINDOW).astype(np.float32)
    spectra = scipy.fft.rfft(_frames(sound, WINDOW, HOP)[: len(hz)] * window)
    logs = np.log(np.abs(spectra) + 1e-6).astype(np.float32)
    quefrency = np.minimum(np.arange(WINDOW), WINDOW - np.arange(WINDOW))
    cut = np.where(voiced, 0.5 * SAMPLE_RATE / hz, 60.0)
    lifter = (quefrency[None, :] <= cut[:, None])[:, :N_BINS].astype(np.float32)

    def smooth(rows: np.ndarray, keep: np.ndarray) -> np.ndarray:
        cepstra = scipy.fft.irfft(rows.astype(np.complex64))[:, :N_BINS]  # real and even
        both = np.concatenate([cepstra * keep, (cepstra * keep)[:, -2:0:-1]], axis=1)
        return np.asarray(scipy.fft.rfft(both).real, np.float32)

    result = smooth(logs, lifter)
    tops, keep = logs[voiced], lifter[voiced]
    over = result[voiced]
    for _ in range(6):  # more changes less than 1 dB
        tops = np.maximum(tops, over)
        over = smooth(tops, keep)
    result[voiced] = over
    hz_of_bin = np.arange(N_BINS) * SAMPLE_RATE / WINDOW
    beyond = hz_of_bin > 0.92 * top_hz
    if beyond.any():  # a narrow recording: goes on falling, 12 dB an octave
        last = int(np.argmax(beyond)) - 1
        falling = -2.0 * np.log(hz_of_bin[beyond] / hz_of_bin[last])
        result[:, beyond] = result[:, last - 8 : last].mean(axis=1, keepdims=True) + falling
    result -= 0.5 * np.log(np.exp(2.0 * result).mean(axis=1, keepdims=True) + 1e-12)
    points = np.interp(point_hz(), hz_of_bin, np.arange(N_BINS))
    low = np.minimum(points.astype(int), N_BINS - 2)
    part = (points - low).astype(np.float32)
    return np.asarray(result[:, low] * (1 - part) + result[:, low + 1] * part, np.float32)
