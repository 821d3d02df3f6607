"""Stereo hops become momentary loudness: K-weighting and 400 ms of mean square (ITU-R BS.1770-5, annex 1).

The standard gives the two filters at 48 kHz only. Their analog prototypes, found by Brecht De Man,
"Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018, give them at any rate.
"""

from __future__ import annotations

import math

import numpy as np

from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE

WINDOW_S = 0.4  # momentary, EBU Tech 3341
OFFSET_DB = -0.691  # BS.1770: so that a 997 Hz sine of full scale in one channel reads -3.01
FLOOR_DB = -120.0  # what digital silence is called
SILENCE = (
    1e-18  # energy of a hop below which the filters are emptied: numbers that fade to denormals are slow
)

SHELF_HZ, SHELF_GAIN_DB, SHELF_Q = 1_681.9744509555319, 3.99984385397, 0.7071752369554193  # the head
HIGH_PASS_HZ, HIGH_PASS_Q = 38.13547087613982, 0.5003270373253953  # the low end that counts for less


def k_weighting(sample_rate: float) -> np.ndarray:
    """float64 (2, 6): two second-order sections, b0 b1 b2 1 a1 a2 each."""
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
    z = np.exp(-2j * np.pi * np.asarray(frequencies_hz, np.float64) / SAMPLE_RATE)
    powers = np.stack([np.ones_like(z), z, z * z])
    sections = k_weighting(SAMPLE_RATE)
    response = (sections[:, :3] @ powers) / (sections[:, 3:] @ powers)
    return np.square(np.abs(response.prod(axis=0)))


class HopFilter:
    """Two second-order sections over whole hops, as four small products. One thread.

    A recursive filter goes sample by sample, which Python cannot. In state-space form a run of samples is a
    product, and so is the state from run to run; exact to float64 rounding. (scipy.signal would do it too,
    but takes a second to import, and an engine that was killed must be back within one.)
    """

    RUN = 32  # samples; sixteen runs a hop: products of about equal size

    def __init__(self, sections: np.ndarray, n_channels: int) -> None:
        a, b, c, d = _cascade(*(_section(section) for section in sections))
        n_runs, run = HOP_LENGTH // self.RUN, self.RUN
        powers = [np.eye(4)]
        for _ in range(HOP_LENGTH):
            powers.append(powers[-1] @ a)
        impulse = np.array([d, *(c @ powers[k] @ b for k in range(run - 1))])
        delay = np.arange(run)[:, None] - np.arange(run)
        self._through = np.where(delay >= 0, impulse[np.abs(delay)], 0.0).T  # samples of a run to samples
        self._into = np.stack([powers[run - 1 - k] @ b for k in range(run)])  # samples of a run to state
        self._out = np.stack([c @ powers[k] for k in range(run)]).T  # state before a run to samples
        # What the runs add, and the state before the hop, to the states before each run and after.
        self._along = np.zeros((n_runs * 4, (n_runs + 1) * 4))
        self._from = np.concatenate([powers[run * k] for k in range(n_runs + 1)]).T
        for end in range(1, n_runs + 1):
            for start in range(end):
                block = powers[run * (end - 1 - start)]
                self._along[4 * start : 4 * start + 4, 4 * end : 4 * end + 4] = block.T
        self._state = np.zeros((n_channels, 4))

    def reset(self) -> None:
        """As if nothing had been heard."""
        self._state[:] = 0.0

    def process(self, hop: np.ndarray) -> np.ndarray:
        """`hop` (n_channels, HOP_LENGTH) to float64 (n_channels, runs, samples)."""
        runs = hop.reshape(len(hop), -1, self.RUN).astype(np.float64)
        states = (runs @ self._into).reshape(len(hop), -1) @ self._along
        states += self._state @ self._from
        self._state[:] = states[:, -4:]
        out = runs @ self._through
        out += states[:, :-4].reshape(len(hop), -1, 4) @ self._out
        return out


StateSpace = tuple[np.ndarray, np.ndarray, np.ndarray, float]  # next = A s + B x, y = C s + D x


def _section(section: np.ndarray) -> StateSpace:
    b0, b1, b2, _, a1, a2 = section
    a = np.array([[-a1, 1.0], [-a2, 0.0]])
    return a, np.array([b1 - a1 * b0, b2 - a2 * b0]), np.array([1.0, 0.0]), float(b0)


def _cascade(first: StateSpace, second: StateSpace) -> StateSpace:
    (a1, b1, c1, d1), (a2, b2, c2, d2) = first, second
    a = np.block([[a1, np.zeros((2, 2))], [np.outer(b2, c1), a2]])
    return a, np.concatenate([b1, b2 * d1]), np.concatenate([d2 * c1, c2]), d1 * d2


class Loudness:
    """Momentary loudness hop by hop. One thread."""

    def __init__(self) -> None:
        self._filter = HopFilter(k_weighting(SAMPLE_RATE), n_channels=2)
        hops = WINDOW_S / HOP_S  # 34.45: the oldest hop counts for a part
        n = math.ceil(hops)
        self._weights = np.full(n, 1.0 / hops)
        self._weights[0] = (hops - (n - 1)) / hops
        self._mean_squares = np.zeros(2 * n)  # twice over, so that the newest n are always in a row
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard."""
        self._filter.reset()
        self._mean_squares[:] = 0.0
        self._newest = 0

    def process(self, stereo: np.ndarray) -> float:
        """`stereo` float32 (2, HOP_LENGTH) to LUFS of the last 400 ms, FLOOR_DB at the least."""
        flat = self._filter.process(stereo).ravel()
        n = len(self._weights)
        self._newest = (self._newest + 1) % n
        energy = float(flat @ flat)
        if energy < SILENCE:
            self._filter.reset()
        self._mean_squares[self._newest :: n] = energy / stereo.shape[1]
        first = self._newest + 1
        power = float(self._weights @ self._mean_squares[first : first + n])
        return max(OFFSET_DB + 10.0 * math.log10(power), FLOOR_DB) if power > 0.0 else FLOOR_DB
