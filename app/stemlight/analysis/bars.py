"""What sounded in each beat becomes where that beat stands in its bar.

The beat network steps by hops, of which a bar has two hundred; a network that steps by beats has four to look
back on. Beat-synchronous features for bars: Krebs, Böck, Dorfer and Widmer, "Downbeat tracking using
beat-synchronous features and recurrent neural networks", ISMIR 2016.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from stemlight.analysis.bar_pointer import LONGEST_BEAT
from stemlight.analysis.frontend import N_BANDS
from stemlight.analysis.networks import N_QUARTERS, N_STEM_LEVELS
from stemlight.analysis.phase_lock import MAX_GATE, gate_of

ATTACK_HOPS = 2  # after a beat its own attack sounds; what is held from then on is its harmony
HELD_HOPS = 2 ** int(np.ceil(np.log2(LONGEST_BEAT + 2 * MAX_GATE)))


class BeatSound(NamedTuple):
    """One beat and its eve, as `BarNetwork` takes it."""

    levels: np.ndarray  # float32 (N_QUARTERS, N_STEM_LEVELS): the highest near each quarter of the beat
    log_bands: np.ndarray  # float32 (N_BANDS,): mean from the last beat to this one


class BarListener(Protocol):
    """What the bars ask of the bar network."""

    def process(self, levels: np.ndarray, log_bands: np.ndarray) -> np.ndarray: ...
    def reset(self) -> None: ...


class Bars:
    """Keeps the sound of the last beat, and asks the network when the beat is over. One thread."""

    def __init__(self, network: BarListener) -> None:
        self._network = network
        # Each hop is written twice, so that the last HELD_HOPS always stand in one piece.
        self._levels = np.zeros((2 * HELD_HOPS, N_STEM_LEVELS), np.float32)
        self._log_bands = np.zeros((2 * HELD_HOPS, N_BANDS), np.float32)
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard."""
        self._network.reset()
        self._n_hops = 0

    def hear(self, log_bands: np.ndarray, levels: np.ndarray) -> None:
        """The next hop: `log_bands` float32 (N_BANDS,); `levels` float32 (N_STEM_LEVELS,)."""
        at = self._n_hops % HELD_HOPS
        self._levels[at] = self._levels[at + HELD_HOPS] = levels
        self._log_bands[at] = self._log_bands[at + HELD_HOPS] = log_bands
        self._n_hops += 1

    def position(self, beat: float, period: float) -> np.ndarray | None:
        """How likely the beat at `beat`, which is over, stands where in its bar: float32 (7,), as `Metre`.

        `beat` and `period` in hops; the last hop that was heard is a little later. None where the beat
        before lies further back than what is kept.
        """
        kept = min(self._n_hops, HELD_HOPS)
        first = self._n_hops - kept
        if beat - period < first:
            return None
        end = self._n_hops % HELD_HOPS + HELD_HOPS
        held = slice(end - kept, end)
        sound = beat_sound(self._log_bands[held], self._levels[held], beat - period - first, beat - first)
        return self._network.process(*sound)


def beat_sound(log_bands: np.ndarray, levels: np.ndarray, before: float, beat: float) -> BeatSound:
    """The beat at `beat`, the one before being at `before`, both in hops of the features.

    `log_bands` (n_hops, N_BANDS), `levels` (n_hops, N_STEM_LEVELS): all that has been heard, or a whole song.
    A hop later than the gate of `phase_lock` after the beat is not looked at.
    """
    period = beat - before
    quarters = []
    for quarter in range(1, N_QUARTERS + 1):
        centre = before + 1.0 + quarter * period / N_QUARTERS
        reach = period / (2 * N_QUARTERS)
        last = centre + reach if quarter < N_QUARTERS else beat + gate_of(period) + 1
        quarters.append(_some(levels, centre - reach, last).max(axis=0))
    held = _some(log_bands, before + ATTACK_HOPS, beat - 1)
    return BeatSound(np.stack(quarters), held.mean(axis=0))


def _some(features: np.ndarray, first: float, last: float) -> np.ndarray:
    """Hops from `first` to before `last`, rounded; at least one."""
    start = min(max(round(first), 0), len(features) - 1)
    return features[start : max(round(last), start + 1)]
