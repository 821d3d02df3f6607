"""Stems as recorded become stems as heard: other speeds, rooms, limiters, equalizers, crowds.

Whatever is not linear acts on all stems by one gain, sample by sample, so that they still sum to the mix.
All draw from a given generator and nothing else.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy.ndimage
import scipy.signal
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import SAMPLE_RATE

N_ROOMS = 24
DECAYS_S = (0.15, 1.6)  # to -60 dB: a booth .. a hall
LIMITER_BLOCK = 64  # samples, 1.5 ms
LIMITER_RELEASE_BLOCKS = 69  # 0.1 s


def resampled(sound: np.ndarray, speed: float, n_samples: int) -> np.ndarray:
    """float32 (n_samples,): `sound` played `speed` times as fast, from its start; pitch goes along.

    Linear between samples: 3 dB less at 15 kHz at worst, a tenth of the time of a polyphase filter.
    """
    position = np.arange(n_samples) * speed
    before = position.astype(np.int32)
    share = (position - before).astype(np.float32)
    sound = np.pad(sound, (0, max(0, int(before[-1]) + 2 - len(sound))))
    left, right = sound[before], sound[before + 1]
    right -= left
    right *= share
    left += right
    return left


def reverberated(sound: np.ndarray, wet: float, rng: np.random.Generator) -> np.ndarray:
    """`sound` with one of N_ROOMS rooms, whose tail has `wet` times the direct sound's amplitude."""
    room = _rooms()[rng.integers(N_ROOMS)]
    tail = scipy.signal.oaconvolve(sound, room)[: len(sound)]
    return np.asarray(sound + np.float32(wet) * tail, np.float32)


@cache
def _rooms() -> tuple[np.ndarray, ...]:
    """Impulse responses without the direct sound, energy 1: noise that decays, the highs sooner."""
    rng = np.random.default_rng(20)
    rooms = []
    for number in range(N_ROOMS):
        decay_s = DECAYS_S[0] * (DECAYS_S[1] / DECAYS_S[0]) ** (number / (N_ROOMS - 1))
        time_s = np.arange(int(0.7 * decay_s * SAMPLE_RATE)) / SAMPLE_RATE
        low, high = rng.standard_normal((2, len(time_s)))
        low = scipy.signal.lfilter(*scipy.signal.butter(1, 2_500, fs=SAMPLE_RATE), low)
        tail = low * 10 ** (-3 * time_s / decay_s) + 0.3 * high * 10 ** (-3 * time_s / (0.4 * decay_s))
        before = np.zeros(int(rng.uniform(0.001, 0.03) * SAMPLE_RATE))
        rooms.append(np.concatenate([before, tail / np.linalg.norm(tail)]).astype(np.float32))
    return tuple(rooms)


def limit(sounds: np.ndarray, ceiling: float) -> None:
    """Turn all of `sounds` (n_stems, n_samples) down, in place, wherever their sum would pass `ceiling`.

    As a mastering limiter does: in time for the peak, back within a tenth of a second.
    """
    n_samples = sounds.shape[1] // LIMITER_BLOCK * LIMITER_BLOCK
    peaks = np.abs(sounds[:, :n_samples].sum(axis=0)).reshape(-1, LIMITER_BLOCK).max(axis=1)
    gain = ceiling / np.maximum(peaks, ceiling)
    gain = scipy.ndimage.minimum_filter1d(gain, LIMITER_RELEASE_BLOCKS, mode="nearest")
    gain = scipy.ndimage.uniform_filter1d(gain, LIMITER_RELEASE_BLOCKS, mode="nearest").astype(np.float32)
    sounds[:, :n_samples].reshape(len(sounds), -1, LIMITER_BLOCK)[...] *= gain[:, None]
    sounds[:, n_samples:] *= gain[-1]


def clip(sounds: np.ndarray, ceiling: float) -> None:
    """Bend the sum of `sounds` (n_stems, n_samples) softly at `ceiling`, in place, all stems alike."""
    drive = sounds.sum(axis=0)
    drive *= np.float32(1.0 / ceiling)
    np.abs(drive, out=drive)
    drive += np.float32(1e-6)
    sounds *= np.tanh(drive) / drive


def equalizer(rng: np.random.Generator, tilt_db: float, bell_db: float) -> np.ndarray:
    """float64 (N_BINS,), amplitudes: a tilt about 1 kHz of at most `tilt_db` an octave, and two bells."""
    octaves = _octaves()
    curve_db = rng.uniform(-tilt_db, tilt_db) * octaves
    for _ in range(2):
        centre, width = rng.uniform(-4.0, 4.0), rng.uniform(0.4, 1.5)
        curve_db = curve_db + rng.uniform(-bell_db, bell_db) * np.exp(-(((octaves - centre) / width) ** 2))
    return np.asarray(10.0 ** (curve_db / 20.0))


def low_pass(cutoff_hz: float, order: int = 4) -> np.ndarray:
    """float64 (N_BINS,), amplitudes of a Butterworth filter."""
    return np.asarray(1.0 / np.sqrt(1.0 + (_hz() / cutoff_hz) ** (2 * order)))


def high_pass(cutoff_hz: float, order: int = 2) -> np.ndarray:
    """float64 (N_BINS,), amplitudes of a Butterworth filter."""
    return np.asarray(1.0 / np.sqrt(1.0 + (cutoff_hz / np.maximum(_hz(), 1.0)) ** (2 * order)))


def crowd(n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """float32 (n_samples,), rms about 1: a place between noise and an audience."""
    bed = _crowds()[rng.integers(len(_crowds()))]
    start = rng.integers(len(bed))
    return np.take(bed, np.arange(start, start + n_samples), mode="wrap")


@cache
def _crowds() -> tuple[np.ndarray, ...]:
    """Pink noise; a room full of talk; an audience that claps."""
    rng = np.random.default_rng(21)
    n_samples = 12 * SAMPLE_RATE
    pink = np.fft.rfft(rng.standard_normal(n_samples))
    pink /= np.sqrt(np.maximum(np.arange(len(pink)), 1.0))
    talk = np.zeros(n_samples)
    for _ in range(12):  # talkers: bands of noise that come and go by the syllable
        centre_hz = 10 ** rng.uniform(2.5, 3.5)
        band = scipy.signal.butter(
            2, (0.7 * centre_hz, 1.4 * centre_hz), btype="bandpass", fs=SAMPLE_RATE, output="sos"
        )
        voice = scipy.signal.sosfilt(band, rng.standard_normal(n_samples))
        syllables = np.interp(
            np.arange(n_samples), np.arange(0, n_samples, SAMPLE_RATE // 5), rng.random(60) ** 3
        )
        talk += voice / voice.std() * syllables
    claps = np.zeros(n_samples)
    claps[rng.integers(0, n_samples, 12 * 60)] = rng.normal(0.0, 1.0, 12 * 60)
    hands = rng.standard_normal(400) * np.exp(-np.arange(400) / 60)
    claps = scipy.signal.oaconvolve(claps, hands)[:n_samples]
    beds = (np.fft.irfft(pink, n_samples), talk, claps)
    return tuple((bed / bed.std()).astype(np.float32) for bed in beds)


@cache
def _hz() -> np.ndarray:
    return np.arange(frontend.N_BINS) * SAMPLE_RATE / frontend.WINDOW_LENGTH


@cache
def _octaves() -> np.ndarray:
    """Of each bin from 1 kHz, in -4 .. 4."""
    return np.clip(np.log2(np.maximum(_hz(), 20.0) / 1_000.0), -4.0, 4.0)
