"""Beats become seconds: a tempo that is steady, breathes as people's does, or changes on purpose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEPS = 4  # tempo is decided four times a beat
LEAD_BEATS = 4  # a pickup may sound before the first downbeat


@dataclass(frozen=True, slots=True)
class BeatClock:
    """An increasing map from beats to seconds; beat 0 is the first downbeat."""

    times_s: np.ndarray  # float64: of beat -LEAD_BEATS, and every 1/STEPS beat after
    tempo_bpm: float  # the nominal one

    def seconds(self, beat: float) -> float:
        """When `beat` is."""
        return float(self.times(np.array([beat]))[0])

    def times(self, beats: np.ndarray) -> np.ndarray:
        """When each of `beats` is, float64 seconds."""
        position = (np.asarray(beats, np.float64) + LEAD_BEATS) * STEPS
        return np.interp(position, np.arange(len(self.times_s)), self.times_s)


def make_clock(
    tempo_bpm: float,
    n_beats: int,
    *,
    start_s: float,
    drift: float,
    changes: list[tuple[float, float]],
    slowing_beats: float,
    rng: np.random.Generator,
) -> BeatClock:
    """A clock whose beat 0 is at `start_s`.

    `drift` is the standard deviation of a person's slow wandering, as a share of the tempo; `changes` are
    (beat, factor) from that beat on; the last `slowing_beats` slow down by a third.
    """
    n = (n_beats + LEAD_BEATS + 4) * STEPS + 1
    beats = np.arange(n) / STEPS - LEAD_BEATS
    # an Ornstein-Uhlenbeck walk that forgets in about 16 beats
    forget = np.exp(-1 / (16 * STEPS))
    walk = np.zeros(n)
    pushes = rng.normal(0, drift * np.sqrt(1 - forget**2), n)
    for i in range(1, n):
        walk[i] = forget * walk[i - 1] + pushes[i]
    factor = np.exp(np.clip(walk, -2.5 * drift, 2.5 * drift))
    for beat, change in changes:
        factor[beats >= beat] *= change
    if slowing_beats:
        factor *= 1 - 0.33 * np.clip((beats - (n_beats - slowing_beats)) / slowing_beats, 0, 1)
    steps_s = 60.0 / (tempo_bpm * factor) / STEPS
    times_s = np.concatenate([[0.0], np.cumsum(steps_s[:-1])])
    return BeatClock(times_s - times_s[LEAD_BEATS * STEPS] + start_s, tempo_bpm)
