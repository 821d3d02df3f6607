"""The sounds of a language: where the tract is for each vowel, how each consonant is made."""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[float, float, float]  # the first three formants, Hz

# F1 F2 F3 of men, Hz
VOWELS: dict[str, Place] = {
    "a": (730, 1090, 2440),
    "ae": (660, 1720, 2410),
    "e": (530, 1840, 2480),
    "i": (290, 2250, 2950),
    "I": (390, 1990, 2550),
    "o": (540, 860, 2410),
    "u": (310, 880, 2240),
    "U": (440, 1020, 2240),
    "uh": (640, 1190, 2390),
    "er": (490, 1350, 1690),
}
DIPHTHONGS = {"ai": ("a", "I"), "ei": ("e", "i"), "ou": ("o", "U"), "au": ("a", "U")}


@dataclass(frozen=True, slots=True)
class Consonant:
    """How a sound before or after a vowel is made. Seconds, Hz, linear gains."""

    length_s: float
    voiced: float  # level of the glottal source
    noise: float  # level of the frication
    low_hz: float = 0.0
    high_hz: float = 0.0
    tract: Place | None = None  # where the formants are
    stop: bool = False  # silence, then a burst at its end
    aspirated: float = 0.0


CONSONANTS: dict[str, Consonant] = {
    "": Consonant(0.0, 1.0, 0.0),
    "s": Consonant(0.11, 0.0, 0.20, 5000, 10500, (400, 1700, 2600)),
    "sh": Consonant(0.11, 0.0, 0.22, 2200, 6500, (400, 1800, 2500)),
    "f": Consonant(0.09, 0.0, 0.06, 1500, 12000, (400, 1100, 2200)),
    "th": Consonant(0.08, 0.0, 0.05, 2500, 12000, (400, 1400, 2500)),
    "h": Consonant(0.07, 0.0, 0.0, aspirated=0.5),
    "z": Consonant(0.08, 0.35, 0.10, 5000, 10500, (300, 1700, 2600)),
    "v": Consonant(0.06, 0.4, 0.03, 1500, 9000, (300, 1100, 2200)),
    "t": Consonant(0.08, 0.0, 0.35, 3000, 9000, (400, 1800, 2600), stop=True, aspirated=0.25),
    "k": Consonant(0.09, 0.0, 0.30, 1300, 3800, (400, 1900, 2200), stop=True, aspirated=0.3),
    "p": Consonant(0.08, 0.0, 0.20, 400, 2500, (400, 900, 2200), stop=True, aspirated=0.25),
    "ch": Consonant(0.12, 0.0, 0.30, 2200, 7500, (400, 1800, 2500), stop=True, aspirated=0.1),
    "d": Consonant(0.05, 0.25, 0.18, 2500, 7000, (300, 1800, 2600), stop=True),
    "g": Consonant(0.055, 0.25, 0.16, 1300, 3500, (300, 1900, 2200), stop=True),
    "b": Consonant(0.05, 0.25, 0.10, 400, 2000, (300, 900, 2200), stop=True),
    "m": Consonant(0.07, 0.55, 0.0, tract=(270, 1100, 2200)),
    "n": Consonant(0.06, 0.55, 0.0, tract=(270, 1700, 2600)),
    "l": Consonant(0.06, 0.65, 0.0, tract=(340, 1150, 2700)),
    "r": Consonant(0.06, 0.65, 0.0, tract=(330, 1150, 1550)),
    "w": Consonant(0.06, 0.6, 0.0, tract=(300, 650, 2200)),
    "y": Consonant(0.06, 0.6, 0.0, tract=(280, 2250, 3000)),
}


@dataclass(frozen=True, slots=True)
class Syllable:
    """What is sung on a note."""

    onset: str
    vowel: str  # of VOWELS or DIPHTHONGS
    coda: str = ""


def vowel_places(name: str) -> tuple[Place, Place]:
    """Where a vowel or diphthong begins and where it ends."""
    first, last = DIPHTHONGS.get(name, (name, name))
    return VOWELS[first], VOWELS[last]
