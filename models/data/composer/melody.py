"""Motifs become melodies: a rhythm and a contour, stated, repeated, varied and closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.data.composer.harmony import Chart
from models.data.composer.score import Note, Section

# how likely a tune goes down four steps .. up four: mostly by step
STEP_WEIGHTS = (0.03, 0.05, 0.12, 0.22, 0.16, 0.22, 0.12, 0.05, 0.03)


@dataclass(frozen=True, slots=True)
class Motif:
    """Two bars of a tune, without harmony."""

    onsets: tuple[float, ...]  # beats from the motif's start
    steps: tuple[int, ...]  # scale steps from the note before; the first from the phrase's height
    length: float  # beats; silence follows the last note


def make_motif(n_beats: float, density: float, grid: float, rng: np.random.Generator) -> Motif:
    """`density` 0 .. 1 fills the `grid` (beats); the motif leaves room at its end to breathe."""
    slots = np.arange(0.0, n_beats - (1.0 if n_beats > 4 else 0.5), grid)
    weight = np.where(slots % 1 == 0, 1.0, np.where(slots % 0.5 == 0, 0.7, 0.35)) * (0.25 + density)
    chosen = slots[rng.random(len(slots)) < weight]
    if len(chosen) < 3:
        chosen = slots[:: max(1, len(slots) // 4)]
    if rng.random() < 0.35:  # an upbeat start: the downbeat stays empty
        chosen = chosen[chosen >= grid]
    leaps = rng.choice(np.arange(-4, 5), len(chosen), p=STEP_WEIGHTS)
    return Motif(tuple(map(float, chosen)), tuple(map(int, leaps)), n_beats)


def varied(motif: Motif, rng: np.random.Generator) -> Motif:
    """The same rhythm with another ending, or one onset more or less."""
    steps = list(motif.steps)
    for i in range(max(0, len(steps) - 3), len(steps)):
        steps[i] = int(rng.integers(-2, 3))
    onsets = list(motif.onsets)
    if len(onsets) > 4 and rng.random() < 0.4:
        gone = int(rng.integers(1, len(onsets)))
        del onsets[gone], steps[gone]
    return Motif(tuple(onsets), tuple(steps), motif.length)


def melody(
    motif: Motif,
    chart: Chart,
    section: Section,
    *,
    low: int,
    high: int,
    legato: float,
    rng: np.random.Generator,
) -> list[Note]:
    """Fills `section` with the motif in the form A A' B A': on beats chord tones, between them the scale."""
    first_beat = float(section.first_bar * chart.beats_per_bar)
    n_beats = section.n_bars * chart.beats_per_bar
    other = varied(Motif(motif.onsets, tuple(-s for s in motif.steps), motif.length), rng)
    phrases = [motif, varied(motif, rng), other, varied(motif, rng)]
    ladder = chart.ladder(low, high)
    home = len(ladder) // 2 + int(rng.integers(-1, 2))
    notes: list[Note] = []
    n_phrases = max(1, round(n_beats / motif.length))
    for turn in range(n_phrases):
        phrase = phrases[turn % 4]
        start = first_beat + turn * motif.length
        height = home + (2 if turn % 4 == 2 else 0)
        for i, (onset, step) in enumerate(zip(phrase.onsets, phrase.steps, strict=True)):
            if onset + start >= first_beat + n_beats - 0.25:
                break
            height = int(np.clip(height + step, 0, len(ladder) - 1))
            midi = ladder[height]
            chord = chart.at(start + onset)
            if onset % 1 == 0 or i == len(phrase.onsets) - 1:
                midi = _nearest(midi, chord.pitch_classes, low, high)
                height = int(np.argmin([abs(rung - midi) for rung in ladder]))
            following = (
                phrase.onsets[i + 1] if i + 1 < len(phrase.onsets) else min(onset + 1.5, motif.length - 0.25)
            )
            length = max(0.2, (following - onset) * legato)
            accent = 0.85 if onset % 1 == 0 else 0.7
            notes.append(
                Note(start + onset, length, midi, float(np.clip(accent + rng.normal(0, 0.06), 0.4, 1.0)))
            )
    return notes


def _nearest(midi: int, pitch_classes: tuple[int, ...], low: int, high: int) -> int:
    near = [note for note in range(low, high + 1) if note % 12 in pitch_classes]
    return min(near, key=lambda note: abs(note - midi)) if near else midi
