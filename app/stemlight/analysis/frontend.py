"""Hops of samples become spectra: the one front-end that training, the app and `split` share.

The window is long where resolution is wanted (2,048 samples, 21.5 Hz bins) and falls within its last hop,
so that an attack is seen at once. Analysis and synthesis windows multiply to a Hann window of 1,024 samples,
which overlaps at one hop to exactly one: sound that went through masks is late by those 1,024 samples
(23.2 ms), not by the whole window. Design after Mauler and Martin, "A low delay, variable resolution,
perfect reconstruction spectral analysis-synthesis system", EUSIPCO 2007.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE

WINDOW_LENGTH = 2_048  # samples
N_BINS = WINDOW_LENGTH // 2 + 1
N_BANDS = 128  # what the networks see; the displayed spectrum is these in pairs
TOP_BIN = 800  # 17.2 kHz: above it MP3s and most speakers have nothing
LATENCY_SAMPLES = 2 * HOP_LENGTH  # of sound through analysis, masks and synthesis
POWER_FLOOR = 1e-7  # -70 dB re a full-scale sine: under a quiet desk's noise


def _sqrt_hann(length: int) -> np.ndarray:
    """Square root of the periodic Hann window."""
    return np.sin(np.pi * np.arange(length) / length)


@cache
def analysis_window() -> np.ndarray:
    """float32 (WINDOW_LENGTH,): rises over all but the last hop, falls over that."""
    rise = WINDOW_LENGTH - HOP_LENGTH
    window = np.empty(WINDOW_LENGTH)
    window[:rise] = _sqrt_hann(2 * rise)[:rise]
    window[rise:] = _sqrt_hann(2 * HOP_LENGTH)[HOP_LENGTH:]
    return _frozen(window.astype(np.float32))


@cache
def synthesis_window() -> np.ndarray:
    """float32 (2 * HOP_LENGTH,): what the last two hops of a frame are multiplied by on the way back."""
    rise = WINDOW_LENGTH - HOP_LENGTH
    hann = _sqrt_hann(2 * HOP_LENGTH) ** 2
    window = np.empty(2 * HOP_LENGTH)
    window[:HOP_LENGTH] = hann[:HOP_LENGTH] / _sqrt_hann(2 * rise)[rise - HOP_LENGTH : rise]
    window[HOP_LENGTH:] = _sqrt_hann(2 * HOP_LENGTH)[HOP_LENGTH:]
    return _frozen(window.astype(np.float32))


@cache
def band_centres() -> np.ndarray:
    """float64 (N_BANDS,), in bins: one bin apart at the bottom, a constant ratio apart above."""

    def centres(ratio: float) -> np.ndarray:
        positions = [1.0]
        for _ in range(N_BANDS - 1):
            positions.append(positions[-1] + max(1.0, positions[-1] * (ratio - 1.0)))
        return np.array(positions)

    low, high = 1.0, 1.5
    for _ in range(60):  # bisection to the last bit
        middle = (low + high) / 2
        low, high = (middle, high) if centres(middle)[-1] < TOP_BIN else (low, middle)
    return _frozen(centres(low))


@cache
def band_matrix() -> np.ndarray:
    """float32 (N_BANDS, N_BINS): overlapping triangles, each bin shared out to exactly one in all.

    Power goes in by `power @ band_matrix().T`, a mask comes back by `mask @ band_matrix()`.
    """
    weights = np.empty((N_BANDS, N_BINS))
    bins = np.arange(N_BINS)
    for band in range(N_BANDS):
        weights[band] = np.interp(bins, band_centres(), np.eye(N_BANDS)[band])
    return _frozen(weights.astype(np.float32))


@cache
def band_frequencies_hz() -> np.ndarray:
    """float32 (N_BANDS,): the centre of each band."""
    return _frozen((band_centres() * SAMPLE_RATE / WINDOW_LENGTH).astype(np.float32))


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True)
class Spectrum:
    """What the front-end says of one hop, or of n hops with a leading axis of n."""

    stft: np.ndarray  # complex64 (..., N_BINS); a full-scale sine is 1 at its bin
    power: np.ndarray  # float32 (..., N_BINS)
    bands: np.ndarray  # float32 (..., N_BANDS), power
    log_bands: np.ndarray  # float32 (..., N_BANDS), what the networks are given: about -1.5 .. 2


@cache
def scaled_window() -> np.ndarray:
    """float32 (WINDOW_LENGTH,): the analysis window at which a full-scale sine is 1 at its bin."""
    window = analysis_window().astype(np.float64)
    return _frozen((window * 2.0 / window.sum()).astype(np.float32))


def _spectrum(windows: np.ndarray) -> Spectrum:
    """`windows` float32 (..., WINDOW_LENGTH), not yet weighted."""
    stft = np.fft.rfft(windows * scaled_window())
    power = np.square(stft.real) + np.square(stft.imag)
    bands = power @ _band_matrix_transposed()
    log_bands = (np.log10(bands + np.float32(POWER_FLOOR)) + np.float32(4.0)) * np.float32(0.5)
    return Spectrum(stft, power, bands, log_bands)


@cache
def _band_matrix_transposed() -> np.ndarray:
    return _frozen(np.ascontiguousarray(band_matrix().T))


class Frontend:
    """Hops one by one, the streaming form. One thread."""

    def __init__(self) -> None:
        self._window = np.zeros(WINDOW_LENGTH, np.float32)

    def process(self, mono: np.ndarray) -> Spectrum:
        """`mono` float32 (HOP_LENGTH,): the newest samples."""
        self._window[:-HOP_LENGTH] = self._window[HOP_LENGTH:]
        self._window[-HOP_LENGTH:] = mono
        return _spectrum(self._window)

    def reset(self) -> None:
        """As if nothing had been heard."""
        self._window[:] = 0.0


def spectra(mono: np.ndarray) -> Spectrum:
    """The whole of `mono` float32 (n_samples,) at once: the batch form of `Frontend`, for training.

    n = n_samples // HOP_LENGTH hops; equal to the streaming form to float32 rounding.
    """
    n_hops = len(mono) // HOP_LENGTH
    padded = np.concatenate([np.zeros(WINDOW_LENGTH - HOP_LENGTH, np.float32), mono[: n_hops * HOP_LENGTH]])
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_LENGTH)[::HOP_LENGTH]
    return _spectrum(windows.astype(np.float32, copy=False))


class Resynthesis:
    """Masked spectra become samples again, `LATENCY_SAMPLES` later than they went in. One thread.

    Masks of one give the input back, delayed, to float32 rounding.
    """

    def __init__(self, n_channels: int) -> None:
        self._overlap = np.zeros((n_channels, HOP_LENGTH), np.float32)
        gain = analysis_window().astype(np.float64).sum() / 2.0
        self._window = (synthesis_window() * gain).astype(np.float32)

    def process(self, stft: np.ndarray) -> np.ndarray:
        """`stft` complex64 (n_channels, N_BINS) to float32 (n_channels, HOP_LENGTH): the hop before."""
        frames = np.fft.irfft(stft, WINDOW_LENGTH)[:, -2 * HOP_LENGTH :] * self._window
        out = self._overlap + frames[:, :HOP_LENGTH]
        self._overlap = frames[:, HOP_LENGTH:]
        return out

    def reset(self) -> None:
        """As if nothing had been heard."""
        self._overlap = np.zeros_like(self._overlap)
