"""What is to be played, before it sounds: beats, chords, notes, strokes, sections. Times are in beats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """One pitch held."""

    beat: float
    length: float  # beats
    midi: float
    velocity: float  # (0, 1]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One drum part struck."""

    beat: float
    part: str  # a part of drum_sounds.Kit
    velocity: float  # (0, 1]


@dataclass(frozen=True, slots=True)
class Chord:
    """Harmony from `beat` on, for `length` beats."""

    beat: float
    length: float
    root: int  # pitch class 0 .. 11
    intervals: tuple[int, ...]  # semitones over the root, the first 0
    bass: int  # pitch class of the lowest voice

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """Of all its tones, root first."""
        return tuple((self.root + interval) % 12 for interval in self.intervals)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the form and who plays in it."""

    kind: str  # intro verse pre chorus build drop breakdown bridge solo outro
    first_bar: int
    n_bars: int
    energy: float  # 0 .. 1
    drums: str  # none | kick | sparse | light | full
    bass: bool
    vocals: bool
    layers: frozenset[str]  # of chords, pad, arp, lead, riser

    @property
    def end_bar(self) -> int:
        """The bar after its last."""
        return self.first_bar + self.n_bars
