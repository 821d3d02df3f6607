"""Sound becomes darker, brighter, narrower: fixed filters, and filters that move in time.

All work along the last axis, on float32 at SAMPLE_RATE, and return float32.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.fft
import scipy.signal
from stemlight.analysis.feature_frame import SAMPLE_RATE

TOP_HZ = 0.47 * SAMPLE_RATE
FRAME_LENGTH = 512  # samples: 11.6 ms, faster than any filter sweep or vowel
FRAME_HOP = FRAME_LENGTH // 2


def low_pass(sound: np.ndarray, hz: float, order: int = 2) -> np.ndarray:
    """Butterworth."""
    return _butterworth(sound, "lowpass", min(hz, TOP_HZ), order)


def high_pass(sound: np.ndarray, hz: float, order: int = 2) -> np.ndarray:
    """Butterworth."""
    return _butterworth(sound, "highpass", min(hz, TOP_HZ), order)


def band_pass(sound: np.ndarray, low_hz: float, high_hz: float, order: int = 1) -> np.ndarray:
    """Butterworth."""
    return low_pass(high_pass(sound, low_hz, order), high_hz, order)


def bell(sound: np.ndarray, hz: float, gain_db: float, q: float = 0.9) -> np.ndarray:
    """A peaking equaliser (Bristow-Johnson's cookbook)."""
    return _sos(sound, _bell(round(hz, 1), round(gain_db, 2), round(q, 2)))


def low_shelf(sound: np.ndarray, hz: float, gain_db: float) -> np.ndarray:
    """All below `hz` by `gain_db`."""
    return _sos(sound, _shelf(round(hz, 1), round(gain_db, 2), False))


def high_shelf(sound: np.ndarray, hz: float, gain_db: float) -> np.ndarray:
    """All above `hz` by `gain_db`."""
    return _sos(sound, _shelf(round(hz, 1), round(gain_db, 2), True))


def swept_low_pass(sound: np.ndarray, cutoff_hz: np.ndarray, resonance: float = 0.7) -> np.ndarray:
    """A 4-pole low-pass whose cutoff moves. `cutoff_hz` (n_frames(len(sound)),), one each FRAME_HOP."""
    hz = np.fft.rfftfreq(2 * FRAME_LENGTH, 1 / SAMPLE_RATE)
    s = 1j * hz / np.maximum(np.asarray(cutoff_hz), 20.0)[:, None]
    response = 1.0 / ((1.0 + s * s + s / max(resonance, 0.3)) * (1.0 + s * s + s * 1.8))
    return moving_filter(sound, response.astype(np.complex64))


def n_frames(n: int) -> int:
    """How many responses `moving_filter` wants for `n` samples."""
    return n // FRAME_HOP + 2


def frame_centres(n: int) -> np.ndarray:
    """int (n_frames,): the sample each response belongs to, the first at 0."""
    return np.arange(n_frames(n)) * FRAME_HOP


def moving_filter(sound: np.ndarray, responses: np.ndarray) -> np.ndarray:
    """`sound` (n,) in Hann frames, each through its own response, overlapped.

    `responses` complex (n_frames(n), n_bins) at the bins of a spectrum of length 2 (n_bins - 1), a multiple
    of FRAME_LENGTH and longer than it; a causal response that fits into the rest is kept exactly.
    """
    n = len(sound)
    count, length = n_frames(n), 2 * (responses.shape[1] - 1)
    padded = np.zeros((count + 1) * FRAME_HOP, np.float32)
    padded[FRAME_HOP : FRAME_HOP + n] = sound
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME_LENGTH) / FRAME_LENGTH)).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME_LENGTH)[::FRAME_HOP][:count] * window
    spectra = scipy.fft.rfft(frames, length)
    spectra *= responses
    n_parts = length // FRAME_HOP
    filtered = scipy.fft.irfft(spectra, length).reshape(count, n_parts, FRAME_HOP)
    out = np.zeros((count + n_parts - 1, FRAME_HOP), np.float32)
    for part in range(n_parts):
        out[part : part + count] += filtered[:, part]
    return out.reshape(-1)[FRAME_HOP : FRAME_HOP + n]


def _butterworth(sound: np.ndarray, kind: str, hz: float, order: int) -> np.ndarray:
    return _sos(sound, _butterworth_sos(kind, round(hz, 1), order))


@lru_cache(maxsize=512)
def _butterworth_sos(kind: str, hz: float, order: int) -> np.ndarray:
    return scipy.signal.butter(order, hz, kind, fs=SAMPLE_RATE, output="sos")


def _sos(sound: np.ndarray, sos: np.ndarray) -> np.ndarray:
    # float64 inside: a float32 biquad at 30 Hz loses its bass to rounding
    return scipy.signal.sosfilt(sos, sound.astype(np.float64)).astype(np.float32)


@lru_cache(maxsize=512)
def _bell(hz: float, gain_db: float, q: float) -> np.ndarray:
    a = 10 ** (gain_db / 40)
    omega = 2 * np.pi * min(hz, TOP_HZ) / SAMPLE_RATE
    alpha = np.sin(omega) / (2 * q)
    cos = -2 * np.cos(omega)
    row = np.array([1 + alpha * a, cos, 1 - alpha * a, 1 + alpha / a, cos, 1 - alpha / a])
    return (row / row[3])[None]


@lru_cache(maxsize=512)
def _shelf(hz: float, gain_db: float, high: bool) -> np.ndarray:
    a = 10 ** (gain_db / 40)
    omega = 2 * np.pi * min(hz, TOP_HZ) / SAMPLE_RATE
    sign = -1.0 if high else 1.0
    cos = np.cos(omega)
    beta = np.sin(omega) * np.sqrt(2 * a)  # slope 1
    row = np.array(
        [
            a * ((a + 1) - sign * (a - 1) * cos + beta),
            sign * 2 * a * ((a - 1) - sign * (a + 1) * cos),
            a * ((a + 1) - sign * (a - 1) * cos - beta),
            (a + 1) + sign * (a - 1) * cos + beta,
            sign * -2 * ((a - 1) + sign * (a + 1) * cos),
            (a + 1) + sign * (a - 1) * cos - beta,
        ]
    )
    return (row / row[3])[None]
