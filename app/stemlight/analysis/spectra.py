"""Bands of the mix and the stems become the pictures of them: decibels below the reference, 64 bands each."""

from __future__ import annotations

import math

import numpy as np

from stemlight.analysis.families import N_LAYERS
from stemlight.analysis.feature_frame import HOP_S, N_SPECTRUM
from stemlight.analysis.frontend import N_BANDS

RANGE_DB = 72.0  # shown as 0..1
RELEASE_S = 0.1  # falls no faster than a hand would draw it


class Spectra:
    """Log bands against the reference, and the smoothed picture of them. One thread."""

    def __init__(self) -> None:
        self.log_bands = np.zeros((N_LAYERS, N_BANDS), np.float32)  # 0 at -72 dB of the reference, 1 at it
        self.spectrum = np.zeros((N_LAYERS, N_SPECTRUM), np.float32)  # in [0, 1]: mix, stems
        self._release = np.float32(math.exp(-HOP_S / RELEASE_S))

    def reset(self) -> None:
        """As if nothing had been heard."""
        self.log_bands[:] = 0.0
        self.spectrum[:] = 0.0

    def process(self, layers: np.ndarray, reference_db: float) -> None:
        """`layers` float32 (N_LAYERS, N_BANDS), power; `reference_db` of the mix."""
        log = self.log_bands
        np.multiply(layers, np.float32(10.0 ** (-reference_db / 10.0)), out=log)
        log += np.float32(10.0 ** (-RANGE_DB / 10.0))
        np.log10(log, out=log)
        log *= np.float32(10.0 / RANGE_DB)
        log += np.float32(1.0)
        self.spectrum *= self._release
        np.maximum(self.spectrum, log[:, ::2], out=self.spectrum)
        np.maximum(self.spectrum, log[:, 1::2], out=self.spectrum)
        np.minimum(self.spectrum, 1.0, out=self.spectrum)
