"""Syllables for a song: a made-up language, lines that rhyme, a chorus that says the same again."""

from __future__ import annotations

import numpy as np

from models.data.composer.phonemes import Syllable

_ONSETS = [
    "",
    "h",
    "l",
    "m",
    "n",
    "r",
    "w",
    "y",
    "d",
    "b",
    "g",
    "t",
    "k",
    "p",
    "s",
    "sh",
    "f",
    "v",
    "z",
    "th",
    "ch",
]
_ONSET_WEIGHTS = np.array([10, 4, 7, 7, 7, 5, 5, 3, 6, 5, 3, 8, 6, 4, 8, 3, 3, 3, 2, 5, 1], float)
_VOWELS = ["a", "ae", "e", "i", "I", "o", "u", "U", "uh", "er", "ai", "ei", "ou", "au"]
_VOWEL_WEIGHTS = np.array([8, 5, 8, 9, 8, 6, 6, 3, 8, 3, 7, 6, 7, 2], float)
_CODAS = ["", "n", "m", "l", "t", "d", "s", "z", "k", "r"]
_CODA_WEIGHTS = np.array([24, 5, 3, 3, 4, 3, 4, 3, 2, 3], float)


def draw_syllables(n: int, style: str, rng: np.random.Generator) -> list[Syllable]:
    """`n` syllables. `style`: words | la (one syllable again and again) | ooh (vowels alone)."""
    if style == "ooh":
        vowel = str(rng.choice(["u", "o", "a"]))
        return [Syllable("", vowel)] * n
    if style == "la":
        onset, vowel = (
            str(rng.choice(["l", "n", "d", "y", "h", "w"])),
            str(rng.choice(["a", "ei", "ou", "o"])),
        )
        return [Syllable(onset, vowel)] * n
    onsets = rng.choice(_ONSETS, n, p=_ONSET_WEIGHTS / _ONSET_WEIGHTS.sum())
    vowels = rng.choice(_VOWELS, n, p=_VOWEL_WEIGHTS / _VOWEL_WEIGHTS.sum())
    codas = rng.choice(_CODAS, n, p=_CODA_WEIGHTS / _CODA_WEIGHTS.sum())
    rhyme = str(rng.choice(_VOWELS, p=_VOWEL_WEIGHTS / _VOWEL_WEIGHTS.sum()))
    vowels[3::4] = rhyme
    return [Syllable(str(o), str(v), str(c)) for o, v, c in zip(onsets, vowels, codas, strict=True)]
