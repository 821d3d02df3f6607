"""Log bands and drum activations become hits: onset strength, its threshold, its envelope and a count.

Onset strength is the spectral flux over two hops against the strongest neighbour band then, which a vibrato
does not exceed (SuperFlux: Böck and Widmer, "Maximum filter vibrato suppression for onset detection", DAFx
2013). Kick, snare and hat have the network's activations instead. An onset is called in the hop in which the
strength passes its threshold: nothing is waited for.
"""

from __future__ import annotations

import math

import numpy as np

from stemlight.analysis.families import ALL, BAND_FAMILIES, N_LAYERS, PART_FAMILIES, bands_between
from stemlight.analysis.feature_frame import BAND_EDGES_HZ, BANDS, DRUM_PARTS, FAMILIES, HOP_S, STEMS
from stemlight.analysis.frontend import N_BANDS

FLUX_FLOOR = 0.3  # of log bands: what is 50 dB below the reference makes no onset
LAG = 2  # hops, 23 ms: the window's own rise

MEAN_S = 1.0  # what strength is usual
PEAK_S = 4.0  # how strong hits have been
HIT_DECAY_S = 0.15
REFRACTORY_HOPS = np.array((8,) * 9 + (6, 6, 4), np.int64)  # 93 ms; drums roll faster: 70, 70 and 46 ms

# Strength below which nothing is a hit, and the least that counts as a strong one: families, drum parts. A
# snare is claimed too readily: F on 30 validation songs rises from 0.54 to 0.63 from 0.25 to 0.7.
LEAST = np.array((0.02,) * 9 + (0.5, 0.7, 0.6), np.float32)
LEAST_PEAK = np.array((0.06,) * 9 + (0.6,) * len(DRUM_PARTS), np.float32)
THRESHOLD = np.float32(0.35)  # of the way from usual to the strongest of late
RISE = np.float32(0.1)  # in one hop, above the threshold: a hit that only rings on is not another
AUDIBLE = np.float32(0.05)  # level below which nothing hits: what leaks into a silent stem


class Onsets:
    """Hits and counts of every family. One thread."""

    def __init__(self) -> None:
        n = len(FAMILIES)
        self.hits = np.zeros(n, np.float32)  # in [0, 1]
        self.count = np.zeros(n, np.int64)
        self._weights = _flux_weights()
        self._before = np.zeros(
            (LAG, N_LAYERS, N_BANDS), np.float32
        )  # log bands, widened, oldest at `_oldest`
        self._strength = np.zeros(n, np.float32)
        self._mean = np.zeros(n, np.float32)
        self._peak = np.zeros(n, np.float32)
        self._height = np.zeros(n, np.float32)
        self._since = np.zeros(n, np.int64)
        self._mean_step = np.float32(1.0 - math.exp(-HOP_S / MEAN_S))
        self._peak_decay = np.float32(math.exp(-HOP_S / PEAK_S))
        self._hit_decay = np.float32(math.exp(-HOP_S / HIT_DECAY_S))
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard."""
        self.hits[:] = 0.0
        self.count[:] = 0
        self._before[:] = FLUX_FLOOR
        self._oldest = 0
        self._strength[:] = 0.0
        self._mean[:] = 0.0
        self._peak[:] = LEAST_PEAK
        self._height[:] = 0.0
        self._since[:] = REFRACTORY_HOPS

    def process(self, log_bands: np.ndarray, drum_activations: np.ndarray, level: np.ndarray) -> None:
        """Results are in `hits` and `count`.

        `log_bands` float32 (N_LAYERS, N_BANDS) of `Spectra`; `drum_activations` float32 (3,);
        `level` float32 (12,) of `Levels`.
        """
        strength = self._flux(log_bands)
        strength[PART_FAMILIES] = drum_activations
        mean, peak = self._mean, self._peak
        peak *= self._peak_decay
        np.maximum(peak, strength, out=peak)
        np.maximum(peak, LEAST_PEAK, out=peak)
        span = peak - mean
        height = strength - mean
        height /= span + np.float32(1e-3)  # 0 as usual, 1 as strong as any of late
        mean += self._mean_step * (strength - mean)

        hit = (height > THRESHOLD) & (strength > LEAST) & (level > AUDIBLE)
        onset = hit & ((self._height < THRESHOLD) | (height > self._height + RISE))
        onset &= self._since >= REFRACTORY_HOPS
        self._height[:] = height * hit
        self._since += 1
        self._since[onset] = 0
        self.count += onset

        self.hits *= self._hit_decay
        height *= hit
        np.maximum(self.hits, height, out=self.hits)
        np.minimum(self.hits, 1.0, out=self.hits)

    def _flux(self, log_bands: np.ndarray) -> np.ndarray:
        """float32 (12,): mean rise of each family's bands over `LAG` hops; drum parts are left at zero."""
        audible = np.maximum(log_bands, np.float32(FLUX_FLOOR))
        before = self._before[self._oldest]
        rise = audible - before
        np.maximum(rise, 0.0, out=rise)
        before[:] = audible  # this hop, widened by one band to either side
        np.maximum(before[:, 1:], audible[:, :-1], out=before[:, 1:])
        np.maximum(before[:, :-1], audible[:, 1:], out=before[:, :-1])
        self._oldest = (self._oldest + 1) % LAG
        return np.matmul(rise.ravel(), self._weights, out=self._strength)


def _flux_weights() -> np.ndarray:
    """float32 (N_LAYERS * N_BANDS, n_families): means over a family's bands."""
    weights = np.zeros((N_LAYERS, N_BANDS, len(FAMILIES)))
    weights[0, :, ALL] = 1.0
    for band in range(len(BANDS)):
        weights[0, :, BAND_FAMILIES.start + band] = bands_between(*BAND_EDGES_HZ[band : band + 2])
    for stem in range(len(STEMS)):
        weights[1 + stem, :, BAND_FAMILIES.stop + stem] = 1.0
    flat = weights.reshape(-1, len(FAMILIES))
    return (flat / np.maximum(flat.sum(axis=0), 1.0)).astype(np.float32)
