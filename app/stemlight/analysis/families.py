"""Bands of the mix and of the stems become the power of every family, in one product.

The same powers in decibels are what the gain, the levels and the presence are made of.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from stemlight.analysis.feature_frame import BAND_EDGES_HZ, BANDS, DRUM_PARTS, FAMILIES, STEMS
from stemlight.analysis.frontend import N_BANDS, band_frequencies_hz
from stemlight.analysis.loudness import k_power

N_LAYERS = 1 + len(STEMS)  # the mix, then the stems
POWER_FLOOR = 1e-10  # -100 dB: only keeps the logarithm finite

# Where each drum sounds in the drum stem: the kick's body, the snare's body and wires, the hat's metal.
DRUM_PART_EDGES_HZ = ((30.0, 160.0), (160.0, 6_000.0), (5_000.0, 16_000.0))
DRUM_RELEASE_S = 0.12  # how long after its hit the drum stem's sound is still that drum's

ALL = 0
BAND_FAMILIES = slice(1, 1 + len(BANDS))
STEM_FAMILIES = slice(1 + len(BANDS), 1 + len(BANDS) + len(STEMS))
PART_FAMILIES = slice(len(FAMILIES) - len(DRUM_PARTS), len(FAMILIES))


def bands_between(low_hz: float, high_hz: float) -> np.ndarray:
    """float64 (N_BANDS,): one for bands whose centre lies there, zero elsewhere."""
    frequencies = band_frequencies_hz()
    return ((frequencies >= low_hz) & (frequencies < high_hz)).astype(np.float64)


@cache
def power_weights() -> np.ndarray:
    """float32 (N_LAYERS * N_BANDS, n_families): which layer's bands add up to which family.

    All, stems and drum parts are weighted as the ear does (BS.1770), or bass would be all there is.
    """
    weights = np.zeros((N_LAYERS, N_BANDS, len(FAMILIES)))
    ear = k_power(band_frequencies_hz())
    weights[0, :, ALL] = ear
    for band in range(len(BANDS)):
        weights[0, :, 1 + band] = bands_between(*BAND_EDGES_HZ[band : band + 2])
    for stem in range(len(STEMS)):
        weights[1 + stem, :, STEM_FAMILIES.start + stem] = ear
    for part, (low_hz, high_hz) in enumerate(DRUM_PART_EDGES_HZ):
        weights[1, :, PART_FAMILIES.start + part] = ear * bands_between(low_hz, high_hz)
    result = weights.reshape(-1, len(FAMILIES)).astype(np.float32)
    result.setflags(write=False)
    return result
