"""Drum activations become shares of the drum stem: which drum its sound is of, hop by hop."""

from __future__ import annotations

import math

import numpy as np

from stemlight.analysis.families import DRUM_RELEASE_S, PART_FAMILIES
from stemlight.analysis.feature_frame import DRUM_PARTS, HOP_S


class DrumParts:
    """Holds each drum's activation for as long as the drum sounds. One thread."""

    def __init__(self) -> None:
        self._decay = np.float32(math.exp(-HOP_S / DRUM_RELEASE_S))
        self._share = np.zeros(len(DRUM_PARTS), np.float32)

    def reset(self) -> None:
        """As if nothing had been heard."""
        self._share[:] = 0.0

    def process(self, drum_activations: np.ndarray, power: np.ndarray) -> None:
        """Leave of the parts' `power` float32 (12,), in place, what the activations say is theirs."""
        self._share *= self._decay
        np.maximum(self._share, drum_activations, out=self._share)
        power[PART_FAMILIES] *= np.square(self._share)
