"""Chords become parts: bass lines and the figures of keys, guitars, pads and arpeggios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.data.composer.harmony import Chart, voicing
from models.data.composer.score import Chord, Note, Section, Stroke

POWER_FIGURES = ("power8", "chug")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, as a bass player sees it."""

    beat: float  # where it begins
    n_beats: int
    chart: Chart
    kicks: list[Stroke]  # of the section
    low: int  # midi: roots lie in [low, low + 12)
    pattern: np.ndarray  # eighths (or sixteenths of half a bar) chosen once a section
    rng: np.random.Generator

    def chord(self, beat: float) -> Chord:
        """What sounds then."""
        return self.chart.at(beat)

    def root(self, beat: float) -> int:
        """The chord's bass note."""
        return self.low + (self.chord(beat).bass - self.low) % 12

    def fifth(self, beat: float) -> int:
        """Its fifth, altered as the chord has it."""
        chord = self.chord(beat)
        interval = next((i for i in chord.intervals if i in (6, 7, 8)), 7)
        return self.low + (chord.root + interval - self.low) % 12


def bass_line(
    line: str, chart: Chart, section: Section, kicks: list[Stroke], *, low: int, rng: np.random.Generator
) -> list[Note]:
    """The notes of `line` (a name in the table below) under the chords of `section`."""
    n_beats = chart.beats_per_bar
    first, end = section.first_bar * n_beats, section.end_bar * n_beats
    inside = [kick for kick in kicks if first <= kick.beat < end]
    pattern = rng.permutation(8)[:5]
    notes: list[Note] = []
    for bar in range(section.first_bar, section.end_bar):
        notes += _BASS[line](Bar(float(bar * n_beats), n_beats, chart, inside, low, pattern, rng))
    return [note for note in notes if first <= note.beat < end]


BassLine = Callable[[Bar], list[Note]]


def _evenly(
    step: float, length: float, accents: tuple[float, ...], skip: Callable[[int], bool] = lambda i: False
) -> BassLine:
    def line(bar: Bar) -> list[Note]:
        return [
            Note(bar.beat + i * step, length, bar.root(bar.beat + i * step), accents[i % len(accents)])
            for i in range(round(bar.n_beats / step))
            if not skip(i)
        ]

    return line


def _long(bar: Bar) -> list[Note]:
    inside = bar.chart.between(bar.beat, bar.beat + bar.n_beats)
    return [Note(c.beat, c.length * 0.97, bar.root(c.beat), 0.85) for c in inside]


def _kick_follow(bar: Bar) -> list[Note]:
    end = bar.beat + bar.n_beats
    onsets = sorted({round(k.beat * 12) / 12 for k in bar.kicks if bar.beat <= k.beat < end}) or [bar.beat]
    notes = []
    for onset, following in zip(onsets, [*onsets[1:], end], strict=True):
        midi = bar.root(onset) if bar.rng.random() < 0.85 else bar.fifth(onset)
        notes.append(Note(onset, max(0.2, min(following - onset, 2.0) * 0.92), midi, 0.85))
    return notes


def _kick_gaps(bar: Bar) -> list[Note]:
    struck = {round(k.beat * 4) for k in bar.kicks}
    steps = [
        i for i in range(4 * bar.n_beats) if round(bar.beat * 4) + i not in struck and (i % 8) in bar.pattern
    ]
    return [
        Note(bar.beat + i / 4, 0.22, bar.root(bar.beat + i / 4) + (12 if i % 8 == bar.pattern[0] else 0), 0.8)
        for i in steps
    ]


def _syncopated(bar: Bar) -> list[Note]:
    notes = [Note(bar.beat, 0.7, bar.root(bar.beat), 0.95)]
    for i in range(2, 4 * bar.n_beats):
        if (i % 8) in bar.pattern and bar.rng.random() < 0.6:
            at = bar.beat + i / 4
            root = bar.root(at)
            midi = bar.rng.choice(
                [root, root + 12, bar.fifth(at), root + 10, root - 2], p=[0.4, 0.25, 0.2, 0.1, 0.05]
            )
            notes.append(Note(at, 0.22, int(midi), float(bar.rng.uniform(0.55, 0.9))))
    return notes


def _octaves(bar: Bar) -> list[Note]:
    return [
        Note(bar.beat + i / 2, 0.4, bar.root(bar.beat + i / 2) + 12 * (i % 2), 0.85 - 0.1 * (i % 2))
        for i in range(2 * bar.n_beats)
    ]


def _walking(bar: Bar) -> list[Note]:
    notes = []
    for i in range(bar.n_beats):
        at = bar.beat + i
        chord = bar.chord(at)
        target = bar.root(at + 1)
        if abs(chord.beat - at) < 1e-6:
            midi = bar.root(at)
        elif bar.chord(at + 1) is not chord:
            midi = target + int(bar.rng.choice([-1, 1, 2, -2]))  # lead into the next root by step
        else:
            midi = bar.low + (int(bar.rng.choice(chord.pitch_classes)) - bar.low) % 12
        notes.append(Note(at, 0.9, midi, 0.85))
        if bar.rng.random() < 0.12:
            notes.append(Note(at + 2 / 3, 0.25, midi, 0.5))
    return notes


def _placed(places: tuple[tuple[float, float, int], ...]) -> BassLine:
    """(beat in bar, length, 0 root | 1 fifth | 2 octave)."""

    def line(bar: Bar) -> list[Note]:
        notes = []
        for at, length, degree in places:
            if at < bar.n_beats:
                where = bar.beat + at
                root = bar.root(where)
                midi = (root, bar.fifth(where), root + 12)[degree]
                notes.append(Note(where, length, midi, 0.9 if at == 0 else 0.8))
        return notes

    return line


def _reggae(bar: Bar) -> list[Note]:
    notes = []
    for i in range(2 * bar.n_beats):
        if i in bar.pattern and not (i == 0 and bar.pattern[0] % 2):
            at = bar.beat + i / 2
            chord = bar.chord(at)
            midi = (
                bar.low
                + (int(chord.pitch_classes[i % 3 if len(chord.pitch_classes) > 2 else 0]) - bar.low) % 12
            )
            notes.append(Note(at, 0.45 if bar.rng.random() < 0.7 else 0.9, midi, 0.9))
    return notes


def _shuffle(bar: Bar) -> list[Note]:
    notes = []
    steps = (0, 4, 7, 9) if bar.rng.random() < 0.7 else (0, 7, 9, 10)
    for i in range(bar.n_beats):
        root = bar.root(bar.beat + i)
        notes.append(Note(bar.beat + i, 0.6, root + steps[i % 4], 0.9))
        notes.append(Note(bar.beat + i + 2 / 3, 0.3, root + steps[i % 4], 0.65))
    return notes


_BASS: dict[str, BassLine] = {
    "eighths": _evenly(0.5, 0.45, (0.9, 0.75)),
    "pulse16": _evenly(0.25, 0.2, (0.9, 0.65, 0.75, 0.65), skip=lambda i: i % 4 == 0),
    "rolling": _evenly(0.25, 0.2, (0.6, 0.75, 0.9, 0.8), skip=lambda i: i % 4 == 0),
    "offbeat": _evenly(0.5, 0.35, (0.9,), skip=lambda i: i % 2 == 0),
    "chug": _evenly(0.25, 0.22, (0.9, 0.7, 0.8, 0.7)),
    "wobble": _evenly(1.0, 0.95, (0.9,)),
    "long": _long,
    "kick_follow": _kick_follow,
    "kick_gaps": _kick_gaps,
    "syncopated": _syncopated,
    "octaves": _octaves,
    "walking": _walking,
    "two_beat": _placed(((0, 1.6, 0), (2, 1.6, 1))),
    "waltz": _placed(((0, 1.8, 0), (2, 0.8, 1))),
    "bossa": _placed(((0, 1.3, 0), (1.5, 0.45, 1), (2, 1.3, 1), (3.5, 0.45, 0))),
    "tumbao": _placed(((1.5, 1.4, 1), (3, 1.0, 2))),
    "reggaeton": _placed(
        ((0, 0.7, 0), (0.75, 0.7, 0), (1.5, 0.45, 0), (2, 0.7, 0), (2.75, 0.7, 1), (3.5, 0.45, 0))
    ),
    "reggae": _reggae,
    "shuffle": _shuffle,
}


@dataclass(frozen=True, slots=True)
class Voiced:
    """One chord, laid out for the hands."""

    chord: Chord
    voices: list[int]  # midi, lowest first
    beats_per_bar: int
    same: np.random.Generator  # begins anew at each chord of a section: its rhythm
    rng: np.random.Generator  # moves on


def figure(
    name: str, chart: Chart, section: Section, *, low: int, high: int, rng: np.random.Generator
) -> list[Note]:
    """The notes of the figure `name` (a name in the table below) over the chords of `section`.

    Chords lie in [low, high] (midi); those of `power8` and `chug` are root, fifth and octave from `low` up.
    """
    first, end = float(section.first_bar * chart.beats_per_bar), float(section.end_bar * chart.beats_per_bar)
    previous: list[int] | None = None
    notes: list[Note] = []
    rhythm = int(rng.integers(0, 1 << 30))
    for chord in chart.between(first, end):
        if name in POWER_FIGURES:
            root = low + (chord.root - low) % 12
            voices = [root, root + 7, root + 12]
        else:
            voices = voicing(chord, previous, low, high, 4 if len(chord.intervals) > 3 else 3)
            previous = voices
        same = np.random.default_rng(rhythm)
        notes += _FIGURES[name](Voiced(chord, voices, chart.beats_per_bar, same, rng))
    return [note for note in notes if note.beat < end]


Figure = Callable[[Voiced], list[Note]]


def _struck(
    beat: float, length: float, voices: list[int], velocity: float, spread: float = 0.0
) -> list[Note]:
    return [Note(beat + i * spread, length, midi, velocity) for i, midi in enumerate(voices)]


def _hold(on: Voiced) -> list[Note]:
    return _struck(on.chord.beat, on.chord.length * 0.98, on.voices, 0.75)


def _every(step: float, length: float, accents: tuple[float, ...]) -> Figure:
    """`accents` of 0 are silent."""

    def play(on: Voiced) -> list[Note]:
        notes = []
        for i in range(round(on.chord.length / step)):
            at = on.chord.beat + i * step
            velocity = accents[round((at % on.beats_per_bar) / step) % len(accents)]
            if velocity:
                notes += _struck(at, length, on.voices, velocity)
        return notes

    return play


def _stabs(on: Voiced) -> list[Note]:
    steps = np.flatnonzero(
        on.same.random(4 * on.beats_per_bar) < np.tile([0.3, 0.15, 0.45, 0.3], on.beats_per_bar)
    )
    notes = []
    for step in steps:
        at = (on.chord.beat // on.beats_per_bar) * on.beats_per_bar + step / 4
        if on.chord.beat <= at < on.chord.beat + on.chord.length:
            notes += _struck(at, 0.22 if on.same.random() < 0.7 else 0.6, on.voices, 0.8)
    return notes or _struck(on.chord.beat, 0.5, on.voices, 0.8)


def _strum(on: Voiced) -> list[Note]:
    pattern = [1, 0, 1, 1, 0, 1, 1, 1] if on.same.random() < 0.5 else [1, 0, 1, 0, 1, 1, 0, 1]
    six = sorted([*on.voices, *(v + 12 for v in on.voices[:2]), on.voices[0] - 12])[:6]
    notes = []
    for i in range(round(on.chord.length * 2)):
        if pattern[i % 8]:
            down = i % 2 == 0
            strings = six if down else six[::-1][:4]
            notes += _struck(
                on.chord.beat + i / 2, 0.48, strings, (0.85 if down else 0.65) + on.rng.normal(0, 0.04), 0.012
            )
    return notes


def _arpeggio(step: float, length: float) -> Figure:
    def play(on: Voiced) -> list[Note]:
        ladder = [*on.voices, *(v + 12 for v in on.voices)][: int(on.same.integers(3, 7))]
        order = list(range(len(ladder)))
        kind = int(on.same.integers(4))
        if kind == 1:
            order = order[::-1]
        elif kind == 2:
            order = order + order[-2:0:-1]
        elif kind == 3:
            order = list(on.same.permutation(len(ladder)))
        return [
            Note(on.chord.beat + i * step, length, ladder[order[i % len(order)]], 0.8 if i % 4 == 0 else 0.62)
            for i in range(round(on.chord.length / step))
        ]

    return play


def _pick(on: Voiced) -> list[Note]:
    """Thumb on the bass, fingers on the rest, let ring."""
    order = [0, 2, 1, 2, 0, 2, 1, 2] if on.same.random() < 0.5 else [0, 1, 2, 1, 2, 1, 2, 1]
    notes = []
    for i in range(round(on.chord.length * 2)):
        voice = order[i % 8] % len(on.voices)
        midi = on.voices[voice] - (12 if voice == 0 and i % 4 == 0 else 0)
        notes.append(Note(on.chord.beat + i / 2, 1.2, midi, 0.8 if i % 4 == 0 else 0.65))
    return notes


def _scratch(on: Voiced) -> list[Note]:
    notes = []
    hits = on.same.random(16) < 0.55
    for i in range(round(on.chord.length * 4)):
        if hits[i % 16]:
            ring = on.same.random() < 0.3
            notes += _struck(
                on.chord.beat + i / 4,
                0.2 if ring else 0.07,
                [v + 12 for v in on.voices],
                0.8 if ring else 0.5,
            )
    return notes


def _chug(on: Voiced) -> list[Note]:
    accents = on.same.random(16) < 0.2
    gaps = on.same.random(16) < 0.2
    notes = []
    for i in range(round(on.chord.length * 4)):
        if i == 0 or accents[i % 16]:
            notes += _struck(on.chord.beat + i / 4, 0.6, on.voices, 0.95)
        elif not gaps[i % 16]:
            notes += _struck(on.chord.beat + i / 4, 0.2, on.voices[:2], 0.7)
    return notes


def _montuno(on: Voiced) -> list[Note]:
    steps = (0, 2, 3, 5, 6, 8, 10, 11, 13, 14)
    notes = []
    for i, step in enumerate(steps):
        at = on.chord.beat + step / 4
        if at < on.chord.beat + on.chord.length:
            midi = on.voices[(0, 2, 1)[i % 3] % len(on.voices)]
            notes += [Note(at, 0.3, midi, 0.8), Note(at, 0.3, midi + 12, 0.8)]
    return notes


FigurePlaces = tuple[tuple[float, float, float], ...]  # (beat in bar, length, velocity)


def _comped(places: FigurePlaces) -> Figure:
    def play(on: Voiced) -> list[Note]:
        bar = (on.chord.beat // on.beats_per_bar) * on.beats_per_bar
        notes = []
        for at, length, velocity in places:
            if on.chord.beat - 1e-6 <= bar + at < on.chord.beat + on.chord.length - 1e-6:
                notes += _struck(bar + at, length, on.voices, velocity)
        return notes

    return play


def _charleston(on: Voiced) -> list[Note]:
    options: tuple[FigurePlaces, ...] = (
        ((0, 1.2, 0.75), (5 / 3, 0.3, 0.8)),
        ((2 / 3, 0.3, 0.7), (8 / 3, 1.0, 0.8)),
        ((0, 0.3, 0.7), (2, 0.3, 0.7), (11 / 3, 0.4, 0.8)),
    )
    return _comped(options[int(on.rng.integers(3))])(on)


_FIGURES: dict[str, Figure] = {
    "hold": _hold,
    "eighths": _every(0.5, 0.42, (0.8, 0.62)),
    "power8": _every(0.5, 0.46, (0.9, 0.75)),
    "offbeat_stabs": _every(0.5, 0.3, (0.0, 0.85)),
    "gated": _every(0.25, 0.16, (0.8, 0.0, 0.7, 0.75, 0.0, 0.7, 0.8, 0.0)),
    "skank": _every(1.0, 0.18, (0.0, 0.85, 0.0, 0.85)),
    "bubble": _every(0.25, 0.12, (0.0, 0.6, 0.85, 0.5)),
    "four_beats": _every(1.0, 0.35, (0.7, 0.8)),
    "triplets": _every(1 / 3, 0.3, (0.8, 0.6, 0.6)),
    "waltz": _every(1.0, 0.6, (0.0, 0.75, 0.7)),
    "stabs": _stabs,
    "strum": _strum,
    "arp8": _arpeggio(0.5, 0.55),
    "arp16": _arpeggio(0.25, 0.22),
    "pick": _pick,
    "scratch": _scratch,
    "chug": _chug,
    "montuno": _montuno,
    "bossa": _comped(((0, 0.7, 0.7), (1.5, 0.4, 0.75), (3, 0.6, 0.7))),
    "shuffle": _comped(tuple((i + o, 0.3, 0.8 - 0.2 * (o > 0)) for i in range(4) for o in (0, 2 / 3))),
    "charleston": _charleston,
}
