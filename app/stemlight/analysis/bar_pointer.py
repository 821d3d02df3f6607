"""Beat activations become a distribution over tempo and phase: the bar pointer model, forward only.

Whiteley, Cemgil and Godsill, "Bayesian modelling of temporal structure in musical audio", ISMIR 2006, on the
integer state space of Krebs, Böck and Widmer, "An efficient state-space model for joint tempo and meter
tracking", ISMIR 2015: a state is a whole number of hops into a beat that lasts a whole number of hops, every
state moves on by one a hop, and the tempo changes only where a beat begins. Metre and bar are factored out
(`metre.py`): they change once a beat, not once a hop.

Each tempo is a ring of 48 to 94 cells. Below 110 BPM the ring is one beat; above, it is two, so that the
tempo grid is no coarser than 2 % where beats are short. A ring turns by moving its head: no mass moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stemlight.analysis.feature_frame import HOP_S

SHORTEST_RING = 48  # cells; two beats at 215 BPM, one at 108
LONGEST_RING = 94  # cells; two beats at 110 BPM, one at 55
SHORTEST_BEAT = SHORTEST_RING / 2  # hops
LONGEST_BEAT = float(LONGEST_RING)  # hops

TEMPO_STIFFNESS = 100.0  # transition ~ exp(-100 |ratio - 1|) at each turn: Krebs et al. 2015, section 4.2
RESTART = 1e-4  # chance a hop that the beat starts anew anywhere: once in two minutes, about a song
PREFERRED_BPM = 122.0  # median of popular music; the prior falls to half an octave away ...
PREFERENCE_OCTAVES = 0.65  # ... by exp(-1/2): mild, so that 70 and 174 are found where they are meant

OCTAVE_WIDTH = 0.2  # octaves: what counts as half or twice a tempo

# How far around a beat an activation still speaks for it, by hops off.
BEAT_KERNEL = (0.35, 1.0, 0.35)

NEAR_PHASE = 0.1  # beats: what counts as the same beat when mass is summed
NEAR_TEMPO = 0.05  # log ratio: what counts as the same tempo


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of the beat, and how much of the distribution lies near it."""

    period: float  # hops a beat
    phase: float  # beats since the last, in [0, 1)
    mass: float  # within NEAR_PHASE and NEAR_TEMPO; 0..1


class BarPointer:
    """The distribution over tempo and phase, one hop after the other. One thread."""

    def __init__(self) -> None:
        lengths = np.arange(SHORTEST_RING, LONGEST_RING + 1)
        self._length = np.concatenate([lengths, lengths])  # int (n_rings,), cells
        self._beats = np.repeat([2, 1], len(lengths))  # beats a ring
        self._period = self._length / self._beats  # hops a beat, ascending: 24 .. 94
        self._log_period = np.log(self._period)
        self._row = np.arange(len(self._length)) * LONGEST_RING  # where each ring starts in the flat array
        self._free_transition = self._transition = _transition(self._period)
        self._kernel = _Kernel(self._length, self._beats, self._row)
        self._mass = np.zeros(len(self._length) * LONGEST_RING, np.float32)
        self._head = np.zeros(len(self._length), np.intp)  # cell of phase zero
        self._begin = np.zeros(len(self._length), np.intp)  # the same in the flat array
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard: every phase alike, tempi by the prior."""
        self._head[:] = 0
        self.favour(tempo_prior(self._period))
        self._spread(self._prior)

    def process(self, evidence: float, trust: float) -> None:
        """One hop later. `evidence`: log-odds that a beat falls into this hop.

        `trust` in [0, 1]: 0 where nothing is heard; then nothing is learnt and nothing forgotten.
        """
        mass, head, begin = self._mass, self._head, self._begin
        head -= 1
        np.add(head, self._length, out=head, where=head < 0)
        np.add(self._row, head, out=begin)
        if trust > 0.0:
            leaving = mass.take(begin)
            entering = leaving @ self._transition
            entering += np.float32(RESTART) * self._prior
            entering *= np.float32(trust)
            leaving *= np.float32(1.0 - trust)
            entering += leaving
            mass[begin] = entering
            self._kernel.weigh(mass, head, evidence)
            mass *= np.float32(1.0) / mass.sum()

    def best(self) -> Hypothesis:
        """The most likely state and its surroundings."""
        ring, cell = divmod(int(self._mass.argmax()), LONGEST_RING)
        length = int(self._length[ring])
        phase = (cell - int(self._head[ring])) % length * int(self._beats[ring]) / length % 1.0
        return self.near(float(self._period[ring]), phase)

    def near(self, period: float, phase: float) -> Hypothesis:
        """The mean of what lies near a tempo and phase."""
        log_period = np.log(period)
        first, last = self._log_period.searchsorted((log_period - NEAR_TEMPO, log_period + NEAR_TEMPO))
        rings = slice(max(0, min(first, len(self._period) - 1)), max(1, last))
        periods = self._period[rings]
        length = self._length[rings][:, None]
        reach = int(NEAR_PHASE * period)
        offset = np.arange(-reach, reach + 1)
        centre = phase * periods
        position = (centre + 0.5).astype(np.intp)[:, None] + offset
        error = (position - centre[:, None]) / periods[:, None]  # beats from `phase`
        cell = self._head[rings][:, None] + position
        other = cell + (0.5 * length).astype(np.intp)  # the other beat of a ring of two
        row = self._row[rings][:, None]
        mass = self._mass.take(row + cell % length)
        mass += self._mass.take(row + other % length) * (self._beats[rings] == 2)[:, None]
        total = float(mass.sum()) + 1e-30
        mean_phase = (phase + float((mass * error).sum()) / total) % 1.0
        mean_period = float(mass.sum(axis=1) @ periods) / total
        return Hypothesis(mean_period, mean_phase, min(total, 1.0))

    def favour(self, prior: np.ndarray) -> None:
        """From now on new beats start with tempi by `prior` float32 (n_rings,), summing to 1.

        Tempi of prior zero are shut: nor may the tempo drift there.
        """
        self._prior = prior
        self._transition = self._free_transition * (prior > 0.0)

    def tempo_prior(
        self, centre_bpm: float = PREFERRED_BPM, octaves: float = PREFERENCE_OCTAVES
    ) -> np.ndarray:
        """float32 (n_rings,) for `favour`."""
        return tempo_prior(self._period, centre_bpm, octaves)

    def prior_without_octaves_of(self, period: float) -> np.ndarray:
        """float32 (n_rings,) for `favour`: every tempo but half and twice that of `period`, in hops."""
        octaves = np.log2(self._period / period)
        shut = np.abs(np.abs(octaves) - 1.0) < OCTAVE_WIDTH
        prior = np.where(shut, np.float32(0.0), tempo_prior(self._period))
        return prior / prior.sum()

    def place(self, period: float, phase: float, tempo_spread: float, phase_spread: float) -> None:
        """Believe this and little else: a person said so. Spreads: log ratio, beats."""
        tempo = np.exp(-0.5 * np.square((self._log_period - np.log(period)) / tempo_spread))
        cell = np.arange(LONGEST_RING)
        position = (cell - self._head[:, None]) % self._length[:, None]
        phases = position * (self._beats / self._length)[:, None]
        error = (phases - phase + 0.5) % 1.0 - 0.5
        mass = tempo[:, None] * np.exp(-0.5 * np.square(error / phase_spread))
        mass[cell >= self._length[:, None]] = 0.0
        self._mass[:] = (mass / mass.sum()).ravel()

    def _spread(self, tempi: np.ndarray) -> None:
        mass = np.repeat((tempi / self._length)[:, None], LONGEST_RING, axis=1)
        mass[np.arange(LONGEST_RING) >= self._length[:, None]] = 0.0
        self._mass[:] = mass.ravel()


class _Kernel:
    """Multiplies the cells around every beat by what an activation says of them."""

    def __init__(self, length: np.ndarray, beats: np.ndarray, row: np.ndarray) -> None:
        half = len(BEAT_KERNEL) // 2
        ring: list[int] = []
        position: list[int] = []
        weight: list[float] = []
        for index, cells in enumerate(length):
            weights = np.zeros(cells)
            for beat in range(beats[index]):
                centre = beat * cells / 2
                for offset, height in zip(range(-half, half + 1), BEAT_KERNEL, strict=True):
                    below = int(np.floor(centre + offset))
                    share = centre + offset - below  # a half where the second beat falls between two cells
                    weights[below % cells] += height * (1.0 - share)
                    weights[(below + 1) % cells] += height * share
            for cell in np.flatnonzero(weights):
                ring.append(index)
                position.append(int(cell))
                weight.append(float(weights[cell]))
        self._ring = np.array(ring, np.intp)
        self._position = np.array(position, np.intp)
        self._weight = np.array(weight, np.float32)
        self._length = length[self._ring]
        self._row = row[self._ring]
        self._cell = np.empty_like(self._ring)
        self._factor = np.empty_like(self._weight)

    def weigh(self, mass: np.ndarray, head: np.ndarray, evidence: float) -> None:
        cell, factor = self._cell, self._factor
        head.take(self._ring, out=cell, mode="clip")
        cell += self._position
        np.subtract(cell, self._length, out=cell, where=cell >= self._length)
        cell += self._row
        np.multiply(self._weight, np.float32(evidence), out=factor)
        np.exp(factor, out=factor)
        factor *= mass.take(cell)
        mass[cell] = factor


def tempo_prior(
    period: np.ndarray, centre_bpm: float = PREFERRED_BPM, octaves: float = PREFERENCE_OCTAVES
) -> np.ndarray:
    """float32, summing to 1, over `period` in hops a beat, ascending: log-normal."""
    distance = np.log2(60.0 / (period * HOP_S) / centre_bpm) / octaves
    weight = np.exp(-0.5 * np.square(distance)) * np.gradient(np.log(period))
    return (weight / weight.sum()).astype(np.float32)


def _transition(period: np.ndarray) -> np.ndarray:
    """float32 (n_rings, n_rings), from row to column; rows sum to 1."""
    weight = np.exp(-TEMPO_STIFFNESS * np.abs(period[None, :] / period[:, None] - 1.0))
    weight *= np.gradient(np.log(period))[None, :]
    return (weight / weight.sum(axis=1, keepdims=True)).astype(np.float32)
