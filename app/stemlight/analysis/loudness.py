"""Stereo hops become momentary loudness: K-weighting and 400 ms of mean square (ITU-R BS.1770-5, annex 1).

The standard gives the two filters at 48 kHz only. Their analog prototypes, found by Brecht De Man,
"Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018, give them at any rate.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.signal

from stemlight.analysis.feature_frame import HOP_S, SAMPLE_RATE

WINDOW_S = 0.4  # momentary, EBU Tech 3341
OFFSET_DB = -0.691  # BS.1770: so that a 997 Hz sine of full scale in one channel reads -3.01
FLOOR_DB = -120.0  # what digital silence is called
SILENCE = (
    1e-18  # energy of a hop below which the filters are emptied: numbers that fade to denormals are slow
)

SHELF_HZ, SHELF_GAIN_DB, SHELF_Q = 1_681.9744509555319, 3.99984385397, 0.7071752369554193  # the head
HIGH_PASS_HZ, HIGH_PASS_Q = 38.13547087613982, 0.5003270373253953  # the low end that counts for less


def k_weighting(sample_rate: float) -> np.ndarray:
    """float64 (2, 6): the two second-order sections for scipy.signal.sosfilt."""
    k = math.tan(math.pi * SHELF_HZ / sample_rate)
    high = 10.0 ** (SHELF_GAIN_DB / 20.0)
    band = high**0.499666774155
    a0 = 1.0 + k / SHELF_Q + k * k
    shelf = [
        (high + band * k / SHELF_Q + k * k) / a0,
        2.0 * (k * k - high) / a0,
        (high - band * k / SHELF_Q + k * k) / a0,
        1.0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / SHELF_Q + k * k) / a0,
    ]
    k = math.tan(math.pi * HIGH_PASS_HZ / sample_rate)
    a0 = 1.0 + k / HIGH_PASS_Q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / HIGH_PASS_Q + k * k) / a0]
    return np.array([shelf, high_pass])


def k_power(frequencies_hz: np.ndarray) -> np.ndarray:
    """float64, as `frequencies_hz`: what K-weighting does to power there."""
    _, response = scipy.signal.sosfreqz(k_weighting(SAMPLE_RATE), frequencies_hz, fs=SAMPLE_RATE)
    return np.square(np.abs(response))


class Loudness:
    """Momentary loudness hop by hop. One thread."""

    def __init__(self) -> None:
        # As one filter of fourth order: in float64 as exact as two sections, and half the time of sosfilt.
        self._filter = scipy.signal.sos2tf(k_weighting(SAMPLE_RATE))
        hops = WINDOW_S / HOP_S  # 34.45: the oldest hop counts for a part
        n = math.ceil(hops)
        self._weights = np.full(n, 1.0 / hops)
        self._weights[0] = (hops - (n - 1)) / hops
        self._mean_squares = np.zeros(2 * n)  # twice over, so that the newest n are always in a row
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard."""
        self._state = np.zeros((2, 4))  # channels, taps
        self._mean_squares[:] = 0.0
        self._newest = 0

    def process(self, stereo: np.ndarray) -> float:
        """`stereo` float32 (2, HOP_LENGTH) to LUFS of the last 400 ms, FLOOR_DB at the least."""
        weighted, self._state = scipy.signal.lfilter(*self._filter, stereo, axis=1, zi=self._state)
        flat = weighted.ravel()
        n = len(self._weights)
        self._newest = (self._newest + 1) % n
        energy = float(flat @ flat)
        if energy < SILENCE:
            self._state[:] = 0.0
        self._mean_squares[self._newest :: n] = energy / stereo.shape[1]
        first = self._newest + 1
        power = float(self._weights @ self._mean_squares[first : first + n])
        return max(OFFSET_DB + 10.0 * math.log10(power), FLOOR_DB) if power > 0.0 else FLOOR_DB
