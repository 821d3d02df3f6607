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

import math
from dataclasses import dataclass

import numpy as np

from stemlight.analysis.feature_frame import HOP_S

SHORTEST_RING = 48  # cells; two beats at 215 BPM, one at 108
LONGEST_RING = 94  # cells; two beats at 110 BPM, one at 55
SHORTEST_BEAT = SHORTEST_RING / 2  # hops
LONGEST_BEAT = float(LONGEST_RING)  # hops

TEMPO_STIFFNESS = 100.0  # transition ~ exp(-100 |ratio - 1|) at each turn: Krebs et al. 2015, section 4.2
RESTART = 1e-4  # chance a hop that the beat starts anew anywhere: once in two minutes, about a song
PREFERRED_BPM = 122.0  # median of popular music; the prior is log-normal ...
PREFERENCE_OCTAVES = 0.65  # ... and mild, so that 70 and 174 are found where they are meant
PREFERENCE_PER_S = 0.8  # nats a second at one such width: it goes on counting, or evidence would drown it

OPINION_PER_S = 2.5  # nats a second at one nat of the network's opinion on the tempo
LEAST_OPINION = 0.003  # of the likeliest: below it tempi are not told apart

OCTAVE_WIDTH = 0.2  # octaves: what counts as half or twice a tempo
LOCKED_WIDTH = 0.03  # log ratio: tempi that are read while one is locked; three rings at least

# How far around a beat an activation still speaks for it, by hops off.
KERNEL = (0.35, 1.0, 0.35)

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
        self._mass = np.zeros(len(self._length) * LONGEST_RING, np.float32)  # sums to `_total`
        self._head = self._row.copy()  # where each ring's phase zero is, in the flat array
        self._kernel = _Kernel(self._length, self._beats, self._row)
        self._surroundings: dict[int, _Surroundings] = {}
        self._opinion_at = np.zeros(0)  # where each ring's period is among the tempi of `lean`
        self._free_transition = self._transition = _transition(self._period) * _liking(
            self._period, self._length
        )
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard: every phase alike, tempi by the prior."""
        self.favour(self.tempo_prior())
        self._opinion: np.ndarray | None = None
        self._head[:] = self._row
        self._kernel.reset()
        mass = np.repeat((self._prior / self._length)[:, None], LONGEST_RING, axis=1)
        mass[np.arange(LONGEST_RING) >= self._length[:, None]] = 0.0
        self._mass[:] = mass.ravel()
        self._total = 1.0

    def process(self, evidence: float, trust: float) -> None:
        """One hop later. `evidence`: log-odds of this hop's activation at a beat against elsewhere.

        `trust` in [0, 1]: 0 where nothing is heard; then nothing is learnt and nothing forgotten.
        """
        mass, head = self._mass, self._head
        _turn(head, self._row, self._length)
        self._kernel.turn()
        if trust <= 0.0:
            return
        leaving = mass.take(head)
        entering = leaving @ self._transition
        if self._opinion is not None:
            entering *= self._opinion
        entering += np.float32(RESTART * self._total) * self._prior
        if trust < 1.0:
            entering *= np.float32(trust)
            leaving *= np.float32(1.0 - trust)
            entering += leaving
        mass[head] = entering
        self._kernel.weigh(mass, evidence)
        self._total = float(np.add.reduce(mass))
        if not 1e-6 < self._total < 1e6:
            mass *= np.float32(1.0 / self._total)
            self._total = 1.0

    def best(self) -> Hypothesis:
        """The most likely state and its surroundings."""
        ring, cell = divmod(int(self._mass.argmax()), LONGEST_RING)
        length = int(self._length[ring])
        position = (cell + ring * LONGEST_RING - int(self._head[ring])) % length
        return self._mean_near(float(self._period[ring]), position * int(self._beats[ring]) / length % 1.0)

    def mass_near(self, period: float, phase: float) -> float:
        """How much of the distribution lies near a tempo and phase, 0..1."""
        around = self._around(period)
        position = (phase * around.period + 0.5).astype(np.intp)
        return min(float(np.add.reduce(self._gather(around, position), axis=None)) / self._total, 1.0)

    def lean(self, tempo: np.ndarray | None) -> None:
        """From now on each beat costs what a listener thinks of its tempo; nothing if None.

        `tempo` float32 (n_tempi,): a distribution over periods from SHORTEST_BEAT to LONGEST_BEAT, a constant
        ratio apart.
        """
        if tempo is None:
            self._opinion = None
            return
        if len(self._opinion_at) != len(tempo):
            self._opinion_at = np.log(self._period / SHORTEST_BEAT)
            self._opinion_at *= (len(tempo) - 1) / math.log(LONGEST_BEAT / SHORTEST_BEAT)
        nats = np.log(np.maximum(tempo / tempo.max(), LEAST_OPINION))
        nats = np.interp(self._opinion_at, np.arange(len(nats)), nats)
        self._opinion = np.exp(OPINION_PER_S * HOP_S * self._length * nats).astype(np.float32)

    def favour(self, prior: np.ndarray) -> None:
        """From now on new beats start with tempi by `prior` float32 (n_rings,), summing to 1.

        Tempi of prior zero are shut: nor may the tempo drift there.
        """
        self._prior = prior
        self._transition = self._free_transition * (prior > 0.0)

    def tempo_prior(
        self, centre_bpm: float = PREFERRED_BPM, octaves: float = PREFERENCE_OCTAVES
    ) -> np.ndarray:
        """float32 (n_rings,) for `favour`: log-normal around `centre_bpm`."""
        distance = np.log2(60.0 / (self._period * HOP_S) / centre_bpm) / octaves
        weight = np.exp(-0.5 * np.square(distance)) * np.gradient(self._log_period)
        return (weight / weight.sum()).astype(np.float32)

    def prior_without_octaves_of(self, period: float) -> np.ndarray:
        """float32 (n_rings,) for `favour`: every tempo but half and twice that of `period`, in hops."""
        octaves = np.log2(self._period / period)
        shut = np.abs(np.abs(octaves) - 1.0) < OCTAVE_WIDTH
        prior = np.where(shut, np.float32(0.0), self.tempo_prior())
        return prior / prior.sum()

    def prior_near(self, period: float) -> np.ndarray:
        """float32 (n_rings,) for `favour`: tempi near that of `period`, in hops, all alike, and no other."""
        prior = (np.abs(self._log_period - math.log(period)) <= LOCKED_WIDTH).astype(np.float32)
        return prior / prior.sum()

    def place(self, period: float, phase: float, tempo_spread: float, phase_spread: float) -> None:
        """Believe this and little else: a person said so. Spreads: log ratio, beats."""
        tempo = np.exp(-0.5 * np.square((self._log_period - np.log(period)) / tempo_spread))
        cell = np.arange(LONGEST_RING)
        position = (cell - (self._head - self._row)[:, None]) % self._length[:, None]
        phases = position * (self._beats / self._length)[:, None]
        error = (phases - phase + 0.5) % 1.0 - 0.5
        mass = tempo[:, None] * np.exp(-0.5 * np.square(error / phase_spread))
        mass[cell >= self._length[:, None]] = 0.0
        self._mass[:] = (mass / mass.sum()).ravel()
        self._total = 1.0

    def _mean_near(self, period: float, phase: float) -> Hypothesis:
        """The mean of what lies near a tempo and phase."""
        around = self._around(period)
        centre = phase * around.period
        position = (centre + 0.5).astype(np.intp)
        mass = self._gather(around, position).astype(np.float64)
        total = float(mass.sum()) + 1e-300
        by_ring = mass.sum(axis=1)
        hops_off = mass @ around.offset + by_ring * (position - centre)
        mean_phase = (phase + float((hops_off / around.period).sum()) / total) % 1.0
        return Hypothesis(float(by_ring @ around.period) / total, mean_phase, min(total / self._total, 1.0))

    def _gather(self, around: _Surroundings, position: np.ndarray) -> np.ndarray:
        """float32 (rings, cells): the mass around `position`, hops since the beat, in each ring."""
        middle = position + self._head[around.rings]
        middle -= around.row
        cell = middle[:, None] + around.reach
        cell %= around.length
        cell += around.row[:, None]
        mass = self._mass.take(cell)
        if around.share is not None:
            mass *= around.share
        return mass

    def _around(self, period: float) -> _Surroundings:
        ring = int(self._period.searchsorted(period))
        if ring not in self._surroundings:
            self._surroundings[ring] = _Surroundings.make(self, min(ring, len(self._period) - 1))
        return self._surroundings[ring]


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """Which cells are near a tempo: made once for each, looked up each hop."""

    rings: slice
    period: np.ndarray  # float64 (rings,)
    row: np.ndarray  # int (rings,)
    length: np.ndarray  # int (rings, 1)
    reach: np.ndarray  # int (rings, cells): hops from the middle; of both beats where rings hold two
    offset: np.ndarray  # float64 (cells,): hops from the beat
    share: np.ndarray | None  # float32 (rings, cells): 0 for the second beat of a ring of one

    @classmethod
    def make(cls, pointer: BarPointer, ring: int) -> _Surroundings:
        near = np.abs(pointer._log_period - pointer._log_period[ring]) < NEAR_TEMPO
        rings = slice(int(near.argmax()), len(near) - int(near[::-1].argmax()))
        length, beats = pointer._length[rings, None], pointer._beats[rings, None]
        half = int(NEAR_PHASE * pointer._period[ring])
        offset = np.arange(-half, half + 1)
        first = np.broadcast_to(offset, (len(length), len(offset)))
        single = bool((beats == 1).all())
        reach = first if single else np.concatenate([first, first + length // 2], axis=1)
        share = np.ones(reach.shape, np.float32)
        share[:, len(offset) :] = beats == 2
        return cls(
            rings,
            pointer._period[rings],
            pointer._row[rings],
            length,
            np.ascontiguousarray(reach),
            np.tile(offset, 1 if single else 2).astype(np.float64),
            None if share.all() else share,
        )


class _Kernel:
    """Multiplies the cells around every beat by what an activation says of them."""

    def __init__(self, length: np.ndarray, beats: np.ndarray, row: np.ndarray) -> None:
        cells: list[tuple[int, int, float]] = []  # ring, position, height
        for index, n in enumerate(length):
            heights = np.zeros(n)
            for beat in range(beats[index]):
                _add_kernel(heights, beat * n / beats[index])
            cells += [
                (index, int(position), float(heights[position])) for position in np.flatnonzero(heights)
            ]
        ring, position, height = (np.array(column) for column in zip(*cells, strict=True))
        self._row = row[ring]
        self._length = length[ring]
        self._first = self._row + position
        self._cell = self._first.copy()
        # Few heights are different: the exponential is taken of those, and looked up.
        self._heights, self._height_of = np.unique(height.astype(np.float32), return_inverse=True)

    def reset(self) -> None:
        self._cell[:] = self._first

    def turn(self) -> None:
        """All rings have turned by one cell."""
        _turn(self._cell, self._row, self._length)

    def weigh(self, mass: np.ndarray, evidence: float) -> None:
        """A cell at height h is multiplied by exp(h * evidence)."""
        factor = np.exp(self._heights * np.float32(evidence)).take(self._height_of)
        factor *= mass.take(self._cell)
        mass[self._cell] = factor


def _add_kernel(heights: np.ndarray, centre: float) -> None:
    """Around a position that may lie between two cells: then each gets its share."""
    for offset, height in enumerate(KERNEL, start=-(len(KERNEL) // 2)):
        below = math.floor(centre + offset)
        share = centre + offset - below
        heights[below % len(heights)] += height * (1.0 - share)
        heights[(below + 1) % len(heights)] += height * share


def _turn(cell: np.ndarray, row: np.ndarray, length: np.ndarray) -> None:
    """One cell back, in place, around each ring. All in the flat array."""
    cell -= 1
    np.add(cell, length, out=cell, where=cell < row)


def _liking(period: np.ndarray, length: np.ndarray) -> np.ndarray:
    """float32 (n_rings,): what a turn of a ring of `length` hops at `period` costs for its tempo alone."""
    distance = np.log2(60.0 / (period * HOP_S) / PREFERRED_BPM) / PREFERENCE_OCTAVES
    nats = -0.5 * PREFERENCE_PER_S * length * HOP_S * np.square(distance)
    return np.exp(nats).astype(np.float32)


def _transition(period: np.ndarray) -> np.ndarray:
    """float32 (n_rings, n_rings), from row to column; rows sum to 1."""
    weight = np.exp(-TEMPO_STIFFNESS * np.abs(period[None, :] / period[:, None] - 1.0))
    weight *= np.gradient(np.log(period))[None, :]
    return (weight / weight.sum(axis=1, keepdims=True)).astype(np.float32)
