"""Frames become the sound texture of Shadertoy, byte for byte as a browser's AnalyserNode makes it.

Web Audio's defaults: an FFT of 2048 samples, Blackman window, magnitudes smoothed over time, -100 to -30 dB
over 0 to 255 (https://www.w3.org/TR/webaudio/, "FFT Windowing and Smoothing over Time").
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, FeatureFrame

N_FFT = 2048
N_COLUMNS = 512  # of the texture: the lower half of the bins, 0 to 11 kHz, and the newest samples
MIN_DB, MAX_DB = -100.0, -30.0
SMOOTHING = 0.8  # of the magnitudes, a displayed frame of 1/60 s
# Only samples of so many hops can still be heard in the smoothed magnitudes: 0.8 ** 60 is -116 dB.
MEMORY_HOPS = round(1.0 / HOP_S)

_N = np.arange(N_FFT) / N_FFT
_WINDOW = (0.42 - 0.5 * np.cos(2.0 * np.pi * _N) + 0.08 * np.cos(4.0 * np.pi * _N)) / N_FFT


class AnalyserNode:
    """Spectrum and waveform of the newest samples. One thread."""

    def __init__(self) -> None:
        self._samples = np.zeros(N_FFT, np.float32)  # oldest first
        self._magnitudes = np.zeros(N_COLUMNS)
        self._heard_s = 0.0

    def hear(self, frames: Iterable[FeatureFrame]) -> None:
        """Takes `frames`, oldest first; those that were lost count as time that passed."""
        for frame in frames:
            elapsed_s = frame.time_s - self._heard_s
            if not 0.0 < elapsed_s < 1.0:
                elapsed_s = HOP_S
            self._heard_s = frame.time_s
            self._samples[:-HOP_LENGTH] = self._samples[HOP_LENGTH:]
            self._samples[-HOP_LENGTH:] = frame.waveform
            keep = SMOOTHING ** (60.0 * elapsed_s)
            spectrum = np.abs(np.fft.rfft(self._samples * _WINDOW)[:N_COLUMNS])
            self._magnitudes = keep * self._magnitudes + (1.0 - keep) * spectrum

    def rows(self) -> np.ndarray:
        """uint8 (2, 512): the spectrum, then the waveform, 128 at rest."""
        with np.errstate(divide="ignore"):
            level_db = 20.0 * np.log10(self._magnitudes)
        spectrum = np.floor(255.0 / (MAX_DB - MIN_DB) * (level_db - MIN_DB))
        wave = np.floor(128.0 * (1.0 + self._samples[-N_COLUMNS:]))
        return np.clip(np.stack([spectrum, wave]), 0.0, 255.0).astype(np.uint8)
