"""A singer's line: which syllable, when, how high, in phrases that come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.data.voices.singer import Sung

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
}
PHRASE_BEATS = 8


@dataclass(frozen=True, slots=True)
class Writing:
    """What kind of line it is."""

    tempo_bpm: float
    scale: tuple[int, ...]  # semitones of an octave
    tonic: int  # midi, low in the voice's range
    low: int  # midi
    high: int
    grid: float = 0.5  # beats: 0.25 are sixteenths
    density: float = 0.6  # of the grid's places that have a syllable
    leap: float = 0.15  # chance of more than a step
    hold: float = 0.3  # chance that a phrase's last note lasts
    melisma: float = 0.08  # chance that a syllable goes over several notes
    swing: float = 0.0  # 0 straight .. 0.33 triplets: how late the off-beats are, of a grid place
    legato: float = 0.92  # share of the time to the next note that is sung
    speech: float = 0.0  # semitones of spoken accent instead of notes of the scale: rap
    timing_s: float = 0.012  # how far off the beat
    rest: float = 0.05  # chance that a phrase is left out


@dataclass(frozen=True, slots=True)
class _Place:
    """A syllable of a motif."""

    beat: float
    beats: float
    degree: int  # of the scale, 0 is the tonic
    turns: tuple[int, ...] = ()  # degrees after it, on the same syllable


def write_line(writing: Writing, n_phrases: int, n_syllables: int, rng: np.random.Generator) -> list[Sung]:
    """`n_phrases` of PHRASE_BEATS each: motifs that come back a little changed, words in spoken order."""
    motifs = [_motif(writing, rng) for _ in range(2)]
    form = rng.choice(["AABA", "ABAB", "AABB", "ABAC", "AAAB"])
    line: list[Sung] = []
    word = int(rng.integers(n_syllables))
    for phrase in range(n_phrases):
        letter = form[phrase % len(form)]
        motif = _motif(writing, rng) if letter == "C" else motifs[letter == "B"]
        if phrase >= len(form) and rng.random() < 0.3:  # later verses vary
            motif = [replace(place, degree=place.degree + int(rng.integers(-1, 2))) for place in motif]
        if rng.random() < 0.15:
            word = int(rng.integers(n_syllables))
        if rng.random() >= writing.rest:
            line += _sung(motif, phrase * PHRASE_BEATS, word, n_syllables, writing, rng)
        word = (word + len(motif)) % n_syllables
    return _in_order(line)


def harmony(line: Sequence[Sung], steps: int, writing: Writing, rng: np.random.Generator) -> list[Sung]:
    """`line` that many steps of the scale higher (or lower), a little apart in time."""

    def moved(sung: Sung) -> Sung:
        late = float(rng.normal(0.0, 0.012))
        pitches = tuple((at + late, _stepped(midi, steps, writing)) for at, midi in sung.pitches)
        return _late(sung, late, pitches, sung.level_db - 2.0)

    return _in_order([moved(sung) for sung in line])


def double(
    line: Sequence[Sung], rng: np.random.Generator, cents: float = 12.0, late_s: float = 0.015
) -> list[Sung]:
    """The same again by the same singer: nearly the same."""

    def again(sung: Sung) -> Sung:
        late, off = float(abs(rng.normal(late_s, 0.008))), float(rng.normal(0.0, cents / 100))
        return _late(sung, late, tuple((at + late, midi + off) for at, midi in sung.pitches), sung.level_db)

    return _in_order([again(sung) for sung in line])


def write_pad(
    writing: Writing, n_phrases: int, syllables: Sequence[int], rng: np.random.Generator
) -> list[list[Sung]]:
    """Three voices that hold chords, two bars' halves each, on `syllables` that suit: oohs and aahs."""
    beat_s = 60.0 / writing.tempo_bpm
    voices: list[list[Sung]] = [[], [], []]
    for half in range(2 * n_phrases):
        if rng.random() < 0.25:
            continue
        root = int(rng.choice([0, 3, 4, 5, 1]))
        length = float(rng.choice([1.8, 3.6, 3.6]))
        for number, voice in enumerate(voices):
            start = half * 4 * beat_s + 0.1 + float(rng.normal(0, 0.02))
            midi = _folded(_midi(root + 2 * number, writing), writing)
            vowel = int(syllables[int(rng.integers(len(syllables)))])
            voice.append(Sung(max(start, 0.06), start + length * beat_s, ((start, midi),), vowel))
    return [_in_order(voice) for voice in voices]


def _motif(writing: Writing, rng: np.random.Generator) -> list[_Place]:
    n_places = int(PHRASE_BEATS / writing.grid)
    last = int(n_places * rng.uniform(0.65, 0.95))
    weights = np.array([1.6 if i * writing.grid % 1 == 0 else 1.0 for i in range(last)])
    taken = np.flatnonzero(rng.random(last) < np.clip(writing.density * weights / weights.mean(), 0, 0.97))
    if len(taken) < 2:
        taken = np.array([0, last // 2])
    degree = int(rng.integers(0, 5))
    direction = 1
    places = []
    for i, place in enumerate(taken):
        beat = place * writing.grid
        gap = (taken[i + 1] - place) * writing.grid if i + 1 < len(taken) else writing.grid
        if i + 1 == len(taken):
            gap = min(PHRASE_BEATS - beat - 0.25, 3.0) if rng.random() < writing.hold else max(gap, 1.0)
        beats = min(gap, 4.0) if rng.random() < 0.8 else min(gap, writing.grid)
        turns: tuple[int, ...] = ()
        if beats >= 2 * writing.grid and rng.random() < writing.melisma:
            steps = np.cumsum(rng.choice([-1, 1, -1, 2], rng.integers(1, 4))) + degree
            turns = tuple(int(step) for step in steps)
        places.append(_Place(beat, beats, degree, turns))
        if rng.random() < 0.3:
            direction = -direction
        degree += (
            int(rng.choice([-3, 3, 4, -2]))
            if rng.random() < writing.leap
            else direction * int(rng.integers(0, 2))
        )
        degree = int(np.clip(degree, -4, 10))
    if rng.random() < 0.6:
        places[-1] = replace(places[-1], degree=int(rng.choice([0, 0, 2, 4])))
    return places


def _sung(  # noqa: PLR0917 - a phrase, its words, and how
    motif: Sequence[_Place],
    first_beat: float,
    word: int,
    n_syllables: int,
    writing: Writing,
    rng: np.random.Generator,
) -> list[Sung]:
    beat_s = 60.0 / writing.tempo_bpm
    found = []
    accent = rng.uniform(-1, 1)
    pitches: tuple[tuple[float, float], ...]
    for number, place in enumerate(motif):
        off_beat = place.beat / writing.grid % 2 == 1
        beat = first_beat + place.beat + (writing.swing * writing.grid if off_beat else 0.0)
        start = max(0.06, beat * beat_s + float(rng.normal(0.01, writing.timing_s)) + 0.1)
        end = start + max(0.06, place.beats * beat_s * writing.legato * rng.uniform(0.9, 1.0))
        if writing.speech:
            falling = -writing.speech * 0.5 * number / len(motif)
            accent = 0.5 * accent + rng.normal(0, 0.5)
            base = writing.tonic + falling + writing.speech * accent
            pitches = ((start, base), (start + 0.4 * (end - start), base + float(rng.normal(-0.5, 1.0))))
        else:
            steps = (place.degree, *place.turns)
            each = (end - start) / (len(steps) + 1) if place.turns else 0.0
            pitches = tuple(
                (start + each * i, _folded(_midi(step, writing), writing)) for i, step in enumerate(steps)
            )
        stress = 0.0 if off_beat else 1.5
        found.append(
            Sung(start, end, pitches, (word + number) % n_syllables, stress + float(rng.normal(0, 1.5)))
        )
    return found


def _late(sung: Sung, late_s: float, pitches: tuple[tuple[float, float], ...], level_db: float) -> Sung:
    start = max(0.05, sung.start_s + late_s)
    return replace(sung, start_s=start, end_s=sung.end_s + late_s, pitches=pitches, level_db=level_db)


def _midi(degree: int, writing: Writing) -> float:
    octave, step = divmod(degree, len(writing.scale))
    return float(writing.tonic + 12 * octave + writing.scale[step])


def _stepped(midi: float, steps: int, writing: Writing) -> float:
    degrees = range(-14, 28)
    nearest = min(degrees, key=lambda degree: abs(_midi(degree, writing) - midi))
    return _midi(nearest + steps, writing) + midi - _midi(nearest, writing)


def _folded(midi: float, writing: Writing) -> float:
    while midi > writing.high:
        midi -= 12
    while midi < writing.low:
        midi += 12
    return midi


def _in_order(line: list[Sung]) -> list[Sung]:
    """Sorted; a syllable ends where the next begins."""
    line = sorted(line, key=lambda sung: sung.start_s)
    ends = [after.start_s - 0.005 for after in line[1:]] + [np.inf]
    return [
        replace(sung, end_s=min(sung.end_s, end)) for sung, end in zip(line, ends[: len(line)], strict=True)
    ]
