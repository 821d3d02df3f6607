"""A key and a line of numerals become chords; chords become voicings that move as little as they can."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from models.data.composer.score import Chord

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "blues": (0, 3, 5, 6, 7, 10),
}
KEY_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_NUMERALS = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_NUMERAL = re.compile(r"(b|#)?([ivIV]+)(M7|m7b5|7|9|6|o|sus|5|M9)?(?:/(b|#)?([ivIV]+))?$")


def parse_chord(numeral: str, key: int, beat: float, length: float) -> Chord:
    """`bVI`, `ii7`, `I/iii`: upper case is major; degrees are of the major scale on `key`."""
    match = _NUMERAL.match(numeral)
    if match is None:
        raise ValueError(f"{numeral}: not a chord numeral such as i, bVII, ii7, IM7, V/vii")
    accidental, roman, suffix, bass_accidental, bass_roman = match.groups()
    root = (key + _degree(accidental, roman)) % 12
    third = 4 if roman.isupper() else 3
    intervals = {
        None: (0, third, 7),
        "7": (0, third, 7, 10),
        "M7": (0, third, 7, 11),
        "m7b5": (0, 3, 6, 10),
        "9": (0, third, 7, 10, 14),
        "M9": (0, third, 7, 11, 14),
        "6": (0, third, 7, 9),
        "o": (0, 3, 6),
        "sus": (0, 5, 7),
        "5": (0, 7),
    }[suffix]
    bass = (key + _degree(bass_accidental, bass_roman)) % 12 if bass_roman else root
    return Chord(beat, length, root, intervals, bass)


def chords_of(progression: str, key: int, first_bar: int, n_bars: int, beats_per_bar: int) -> list[Chord]:
    """`progression` (bars apart by spaces, chords within a bar by hyphens) over `n_bars`, repeated."""
    bars = progression.split()
    chords = []
    for bar in range(n_bars):
        numerals = bars[bar % len(bars)].split("-")
        length = beats_per_bar / len(numerals)
        for place, numeral in enumerate(numerals):
            beat = (first_bar + bar) * beats_per_bar + place * length
            chords.append(parse_chord(numeral, key, beat, length))
    return chords


@dataclass(frozen=True, slots=True)
class Chart:
    """What all players read: the chords of the whole song, in order."""

    chords: list[Chord]
    beats_per_bar: int
    key: int  # pitch class
    scale: str  # of SCALES

    def at(self, beat: float) -> Chord:
        """The chord that sounds at `beat`."""
        position = bisect_right(self.chords, beat + 1e-6, key=lambda chord: chord.beat)
        return self.chords[max(0, position - 1)]

    def between(self, first: float, end: float) -> list[Chord]:
        """The chords that begin in [first, end)."""
        return [chord for chord in self.chords if first - 1e-6 <= chord.beat < end - 1e-6]

    def ladder(self, low: int, high: int) -> list[int]:
        """Midi notes of the scale within [low, high]."""
        return [note for note in range(low, high + 1) if (note - self.key) % 12 in SCALES[self.scale]]


def voicing(chord: Chord, previous: list[int] | None, low: int, high: int, n_voices: int) -> list[int]:
    """Midi notes in [low, high], lowest first: the chord's tones, as near to `previous` as may be."""
    classes = list(dict.fromkeys(chord.pitch_classes))
    if len(classes) > n_voices:  # the fifth goes first, then the root: the bass has it
        for spare in ((chord.root + 7) % 12, chord.root):
            if len(classes) > n_voices and spare in classes:
                classes.remove(spare)
    classes = classes[:n_voices]
    best: tuple[float, list[int]] | None = None
    for order in itertools.permutations(classes):
        start = low + (order[0] - low) % 12
        for octave in (0, 12):
            notes = [start + octave]
            for pitch_class in order[1:]:
                notes.append(notes[-1] + ((pitch_class - notes[-1]) % 12 or 12))
            if notes[-1] > high or notes[-1] - notes[0] > 19:
                continue
            if previous:
                cost = float(sum(min(abs(note - old) for old in previous) for note in notes))
                cost += abs(float(np.mean(notes)) - float(np.mean(previous)))
            else:
                cost = abs(float(np.mean(notes)) - (low + high) / 2)
            if best is None or cost < best[0]:
                best = (cost, notes)
    if best is None:
        return [low + (pitch_class - low) % 12 for pitch_class in classes]
    return best[1]


def _degree(accidental: str | None, roman: str) -> int:
    return _NUMERALS[roman.lower()] + {"b": -1, "#": 1, None: 0}[accidental]
