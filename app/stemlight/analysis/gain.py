"""How loud each family has been becomes the level it is measured against: the slow automatic gain.

The reference is the 90th percentile of a minute of music, not its mean: a quiet verse stays quiet, because
the chorus before it is still in the percentile, and a feed that was turned down is found again when nothing
louder has been heard for the best part of a minute or two. Silence and hiss are not counted at all.
"""

from __future__ import annotations

import math

import numpy as np

from stemlight.analysis.families import ALL
from stemlight.analysis.feature_frame import DRUM_PARTS, FAMILIES, HOP_S, STEMS

LOWEST_DB, HIGHEST_DB = -90, 30  # of the histogram, in bins of 1 dB
PERCENTILE = 0.9
MEMORY_S = 30.0  # of sound, not of time: what is older than 2.3 times this cannot hold the percentile up

PEAK_FALL_DB_S = 8.0  # the peak holds from one kick to the next: a groove is as loud as its kicks

QUIETEST_DB = -42.0  # reference of the mix at the least: a quieter feed is hiss, not music
SILENCE_DB = -58.0  # and below this nothing is learnt
LOUDEST_OVER_DB = 4.0  # the limiter: the reference is never further below what is heard now

SETTLING_S = 10.0  # of sound, at the start: a low line-in is found within some seconds
SETTLING_DB_S = 12.0
RISE_DB_S = 3.0
FALL_DB_S = 1.5  # slow enough not to be seen

# The mix's own reference, typical of mastered music, and the other families' below it (all; low .. high;
# drums bass vocals other; kick snare hat): where they start before anything is heard.
FIRST_DB = -12.0
TYPICAL_DB = np.array([0, -1, -4, -12, -18, -4, -6, -4, -4, -6, -10, -18], np.float64)

# How far below the mix a family's reference may fall: parts that are truly there come within this, and what
# leaks into a silent stem is further below.
FARTHEST_DB = np.array([-math.inf, *(-30.0,) * 4, *(-12.0,) * len(STEMS), *(-24.0,) * len(DRUM_PARTS)])


class AutomaticGain:
    """The reference of each family. One thread.

    One family's reference is looked at each hop, in turn: every twelfth hop is soon enough for what is slow.
    """

    def __init__(self) -> None:
        self.locked = False  # True keeps the references where they are
        self.reference_db = np.zeros(len(FAMILIES), np.float32)
        self._histogram = np.zeros((len(FAMILIES), HIGHEST_DB - LOWEST_DB + 1))
        self._forget = math.exp(-len(FAMILIES) * HOP_S / MEMORY_S)
        self._peak_db = np.zeros(len(FAMILIES), np.float32)  # falling slowly
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard, and unlocked."""
        self.locked = False
        self.reference_db[:] = FIRST_DB + TYPICAL_DB
        self._histogram[:] = 0.0
        self._peak_db[:] = LOWEST_DB
        self._turn = 0
        self._heard_s = 0.0  # sound so far
        self._hearing = False

    def process(self, level_db: np.ndarray) -> np.ndarray:
        """`level_db` float32 (12,) of power to the references, float32 (12,), read-only for the caller."""
        np.maximum(self._peak_db, level_db, out=self._peak_db)
        family = self._turn
        self._turn = (family + 1) % len(FAMILIES)
        peak_db = float(self._peak_db[family])
        self._peak_db[family] = peak_db - PEAK_FALL_DB_S * len(FAMILIES) * HOP_S
        if not self.locked:
            self._look_at(family, peak_db)
        return self.reference_db

    def _look_at(self, family: int, peak_db: float) -> None:
        reference_db = float(self.reference_db[family])
        mix_db = float(self.reference_db[ALL])
        lowest_db = QUIETEST_DB if family == ALL else mix_db + float(FARTHEST_DB[family])
        if family == ALL:
            self._hearing = peak_db > SILENCE_DB
            self._heard_s += self._hearing * len(FAMILIES) * HOP_S
        if self._hearing and peak_db > lowest_db - 6.0:
            goal_db = self._percentile(family, peak_db)
            settling = self._heard_s < SETTLING_S
            step = len(FAMILIES) * HOP_S
            rise = (SETTLING_DB_S if settling else RISE_DB_S) * step
            fall = (SETTLING_DB_S if settling else FALL_DB_S) * step
            reference_db += min(max(goal_db - reference_db, -fall), rise)
            reference_db = max(reference_db, peak_db - LOUDEST_OVER_DB)
        self.reference_db[family] = min(max(reference_db, lowest_db), HIGHEST_DB)

    def _percentile(self, family: int, peak_db: float) -> float:
        """Of what this family's peaks have been, `peak_db` the newest."""
        counts = self._histogram[family]
        counts *= self._forget
        counts[min(max(round(peak_db) - LOWEST_DB, 0), len(counts) - 1)] += 1.0
        cumulated = counts.cumsum()
        return LOWEST_DB + float(cumulated.searchsorted(PERCENTILE * cumulated[-1]))
