"""The source of the voice: Liljencrants-Fant pulses, from pressed to breathy, as band-limited tables."""

from __future__ import annotations

from functools import cache

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE

TABLE_LENGTH = 1024
TENSIONS = np.array([0.4, 0.7, 1.0, 1.5, 2.1, 2.7])  # Fant's Rd: pressed .. breathy
TOP_HARMONICS = np.array([8, 16, 32, 64, 128, 256])


def glottal_flow(phase: np.ndarray, frequency_hz: np.ndarray, tension: np.ndarray) -> np.ndarray:
    """The derivative of the flow through the glottis, RMS about 1 at Rd 1. All float (n,).

    `phase` in cycles; `tension` is Rd in [0.4, 2.7]. No harmonic above 20 kHz.
    """
    tables = _tables()
    column = ((phase - np.floor(phase)) * TABLE_LENGTH).astype(np.float32)
    left = column.astype(np.int32)
    part = column - left
    left %= TABLE_LENGTH
    wanted = 0.45 * SAMPLE_RATE / np.maximum(frequency_hz, 40.0)
    band = np.clip(np.searchsorted(TOP_HARMONICS, wanted, side="right") - 1, 0, len(TOP_HARMONICS) - 1)
    position = np.interp(tension, TENSIONS, np.arange(len(TENSIONS)))
    low = np.minimum(position.astype(np.int32), len(TENSIONS) - 2)
    mix = (position - low).astype(np.float32)
    right = left + 1  # the table has one column more

    def read(row: np.ndarray) -> np.ndarray:
        return tables[row, band, left] * (1 - part) + tables[row, band, right] * part

    return read(low) * (1 - mix) + read(low + 1) * mix


@cache
def _tables() -> np.ndarray:
    """float32 (n_tensions, n_bands, TABLE_LENGTH + 1)."""
    tables = np.empty((len(TENSIONS), len(TOP_HARMONICS), TABLE_LENGTH + 1), np.float32)
    reference = None
    for row, tension in enumerate(TENSIONS):
        oversampled = _lf_pulse(float(tension), 8 * TABLE_LENGTH)
        spectrum = np.fft.rfft(oversampled - oversampled.mean())
        if reference is None or tension == 1.0:
            reference = np.sqrt(2 * np.square(np.abs(spectrum)).sum()) / len(oversampled)
        for band, top in enumerate(TOP_HARMONICS):
            kept = np.zeros(TABLE_LENGTH // 2 + 1, complex)
            kept[: top + 1] = spectrum[: top + 1]
            tables[row, band, :-1] = np.fft.irfft(kept, TABLE_LENGTH) / 8
    tables[:, :, -1] = tables[:, :, 0]
    return tables / np.float32(reference)


def _lf_pulse(tension: float, n: int) -> np.ndarray:
    """One period of the LF model from Rd alone (Fant 1995, "The LF-model revisited"), closure at -1."""
    ra = (-1 + 4.8 * tension) / 100
    rk = (22.4 + 11.8 * tension) / 100
    rg = 1 / (4 * (0.11 * tension / (0.5 + 1.2 * rk) - ra) / rk)
    tp = 1 / (2 * rg)
    te = tp * (1 + rk)
    ta = max(ra, 1e-3)
    t = np.arange(n) / n
    epsilon = 1 / ta
    for _ in range(60):  # epsilon ta = 1 - exp(-epsilon (1 - te))
        epsilon = (1 - np.exp(-epsilon * (1 - te))) / ta
    omega = np.pi / tp
    returned = -(1 / (epsilon * ta)) * (np.exp(-epsilon * (t - te)) - np.exp(-epsilon * (1 - te)))

    def pulse(alpha: float) -> np.ndarray:
        opening = -np.exp(alpha * (t - te)) * np.sin(omega * t) / np.sin(omega * te)
        return np.where(t <= te, opening, returned)

    low, high = -50.0, 300.0  # the flow must come back to zero: its derivative sums to nothing
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if pulse(middle).sum() > 0 else (low, middle)
    return pulse((low + high) / 2)
