"""One speaker sings a minute of a song: lead, doubles, harmonies, choir, shouts, in one of many styles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.data.voices.effects import chopped, record
from models.data.voices.lines import PHRASE_BEATS, SCALES, Writing, double, harmony, write_line, write_pad
from models.data.voices.singer import Manner, Sung, sing
from models.data.voices.speech import Voice, point_hz


@dataclass(frozen=True, slots=True)
class Style:
    """What singers of a kind do; ranges are drawn from evenly."""

    tempo_bpm: tuple[float, float]
    height: tuple[float, float]  # semitones of the line's middle above the speaker's usual pitch
    density: tuple[float, float]
    grids: tuple[float, ...] = (0.5,)
    scales: tuple[str, ...] = ("major", "minor", "mixolydian")
    vibrato: tuple[float, float] = (0.1, 0.45)
    effort_db: tuple[float, float] = (-1.0, 2.0)  # per octave
    breath: tuple[float, float] = (0.05, 0.35)
    growl: tuple[float, float] = (0.0, 0.0)
    voicing: float = 1.0
    speech: tuple[float, float] = (0.0, 0.0)
    melisma: tuple[float, float] = (0.03, 0.15)
    tuned: bool = False
    doubled: float = 0.4  # chance
    harmonies: float = 0.4
    pads: float = 0.25
    dirt: tuple[float, float] = (0.0, 0.15)
    chops: float = 0.0


STYLES: dict[str, Style] = {
    "pop": Style((80, 130), (3, 10), (0.4, 0.75)),
    "ballad": Style((55, 85), (2, 9), (0.25, 0.5), vibrato=(0.2, 0.6), breath=(0.15, 0.5), harmonies=0.3),
    "rock": Style((95, 170), (5, 13), (0.3, 0.6), scales=("minor pentatonic", "mixolydian", "minor"),
                  effort_db=(1, 4), growl=(0.0, 0.35), dirt=(0.0, 0.5), doubled=0.5),
    "metal": Style((95, 200), (-4, 6), (0.3, 0.6), scales=("minor", "harmonic minor"), vibrato=(0, 0.1),
                   effort_db=(1, 5), growl=(0.5, 1.0), breath=(0.4, 0.9), speech=(0.5, 2.0), dirt=(0.5, 1.0),
                   pads=0.05, harmonies=0.05),
    "rap": Style((75, 150), (-1, 4), (0.55, 0.85), grids=(0.25,), vibrato=(0, 0.05), speech=(1.0, 4.0),
                 melisma=(0, 0.02), doubled=0.5, harmonies=0.05, pads=0.15),
    "soul": Style((60, 115), (3, 11), (0.35, 0.65), grids=(0.5, 0.25), scales=("minor pentatonic", "dorian"),
                  vibrato=(0.2, 0.6), melisma=(0.2, 0.45)),
    "electronic": Style((110, 150), (3, 12), (0.35, 0.65), tuned=True, vibrato=(0, 0.05), chops=0.5,
                        pads=0.4),
    "latin": Style((85, 130), (3, 11), (0.5, 0.8), grids=(0.5, 0.25),
                   scales=("minor", "harmonic minor", "major"), vibrato=(0.1, 0.4), harmonies=0.5),
    "opera": Style((55, 95), (8, 16), (0.2, 0.45), vibrato=(0.5, 1.0), effort_db=(0, 3), breath=(0.01, 0.1)),
    "whisper": Style((70, 130), (-2, 3), (0.4, 0.7), voicing=0.25, breath=(0.5, 0.9), speech=(0.5, 2.0),
                     effort_db=(-3, 0)),
    "choir": Style((60, 120), (2, 9), (0.2, 0.4), doubled=1.0, harmonies=1.0, pads=0.8),
}  # fmt: skip
SHARES = {"pop": 5, "ballad": 3, "rock": 5, "metal": 2, "rap": 3, "soul": 3, "electronic": 3, "latin": 3,
          "opera": 1, "whisper": 1, "choir": 1}  # fmt: skip


@dataclass(frozen=True)
class Performance:
    """What was sung."""

    sound: np.ndarray  # float32 (n,) at SAMPLE_RATE
    style: str
    tempo_bpm: float
    lead: tuple[Sung, ...]


def perform(voice: Voice, seconds: float, rng: np.random.Generator, style: str | None = None) -> Performance:
    """About `seconds` of singing in `style`, or in one by SHARES."""
    names = list(SHARES)
    weights = np.array([SHARES[name] for name in names], float)
    name = style or str(rng.choice(names, p=weights / weights.sum()))
    of = STYLES[name]
    manner, writing = _lead(voice, of, rng)
    beat_s = 60.0 / writing.tempo_bpm
    n_phrases = max(2, round(seconds / (PHRASE_BEATS * beat_s)))
    seconds = n_phrases * PHRASE_BEATS * beat_s + 2.0  # the last tail rings out
    dirt = float(rng.uniform(*of.dirt))

    def heard(line: list[Sung], how: Manner, gain_db: float) -> np.ndarray:
        return np.float32(10 ** (gain_db / 20)) * sing(voice, line, seconds, how, rng)[None]

    lead = write_line(writing, n_phrases, len(voice.syllables), rng)
    front = heard(lead, manner, 0.0)
    sections = np.array([rng.random(n_phrases // 4 + 1) for _ in range(3)])  # of four phrases: verse, chorus

    def some(row: int, chance: float, line: list[Sung]) -> list[Sung]:
        """Of `line`, the sections which have this layer."""
        at = [min(int(sung.start_s / (4 * PHRASE_BEATS * beat_s)), n_phrases // 4) for sung in line]
        return [sung for sung, section in zip(line, at, strict=True) if sections[row, section] < chance]

    if doubles := some(0, of.doubled, lead):
        front += heard(double(doubles, rng), manner, float(rng.uniform(-8, -2)))
    track = record(front, beat_s, rng, dirt)
    behind = np.zeros_like(track)
    if sung := some(1, of.harmonies, lead):
        for steps in rng.choice([2, -2, 4, -3, 2], int(rng.integers(1, 3)), replace=False):
            other = _another(manner, rng)
            behind += heard(harmony(sung, int(steps), writing, rng), other, float(rng.uniform(-9, -3)))
    if (sections[2] < of.pads).any():
        for line in write_pad(writing, n_phrases, _steady(voice), rng):
            for _ in range(int(rng.integers(1, 3))):  # more than one throat in each part
                behind += heard(double(some(2, of.pads, line), rng, 15, 0.03), _another(manner, rng), -7.0)
    if behind.any():
        track = track + record(behind, beat_s, rng) * np.float32(10 ** (rng.uniform(-10, -3) / 20))
    if rng.random() < of.chops:
        track = chopped(track, beat_s, rng)
    return Performance(track[0], name, writing.tempo_bpm, tuple(lead))


def _lead(voice: Voice, of: Style, rng: np.random.Generator) -> tuple[Manner, Writing]:
    draw: Callable[[tuple[float, float]], float] = lambda span: float(rng.uniform(*span))  # noqa: E731
    usual = 69 + 12 * np.log2(max(voice.usual_hz, 80.0) / 440)
    formant = float(np.exp(rng.normal(0.0, 0.06)))
    if rng.random() < 0.2:  # another body altogether: a man's words in a woman's throat
        formant *= 1.17 if usual < 54 else 0.85
        usual += 8 if usual < 54 else -8
    middle = usual + draw(of.height)
    speech = draw(of.speech)
    manner = Manner(
        formant=formant,
        breath=draw(of.breath),
        breath_hz=draw((1_500, 5_000)),
        tilt_db=draw(of.effort_db) + draw((-2.5, 0.0)),
        vibrato_semitones=0.0 if of.tuned else draw(of.vibrato),
        vibrato_hz=draw((4.6, 6.8)),
        vibrato_after_s=draw((0.1, 0.5)),
        glide_s=0.002 if of.tuned else draw((0.02, 0.07)),
        scoop_semitones=0.0 if of.tuned else draw((0.0, 2.0)),
        drift_semitones=0.01 if of.tuned else draw((0.05, 0.2)),
        growl=draw(of.growl),
        voicing=of.voicing,
        consonants_db=draw((-6.0, 1.0)),
    )
    scale = SCALES[str(rng.choice(of.scales))]
    tempo_bpm = draw(of.tempo_bpm)
    writing = Writing(
        tempo_bpm=tempo_bpm,
        scale=scale,
        tonic=round(middle) if speech else int(round(middle) - rng.integers(2, 8)),
        low=round(middle) - 9,
        high=round(middle) + 8,
        grid=float(rng.choice(of.grids)) if tempo_bpm < 130 else 0.5,
        density=draw(of.density),
        leap=draw((0.08, 0.3)),
        hold=draw((0.2, 0.7)),
        melisma=draw(of.melisma),
        swing=draw((0.0, 0.33)) if rng.random() < 0.25 else 0.0,
        legato=draw((0.7, 1.0)),
        speech=speech,
    )
    return manner, writing


def _another(manner: Manner, rng: np.random.Generator) -> Manner:
    """A different singer behind the first."""
    return Manner(
        formant=manner.formant * float(np.exp(rng.normal(0, 0.05))),
        breath=min(0.6, manner.breath + 0.1),
        tilt_db=manner.tilt_db - 1.0,
        vibrato_semitones=manner.vibrato_semitones * float(rng.uniform(0.3, 1)),
        vibrato_hz=float(rng.uniform(4.6, 6.5)),
        glide_s=manner.glide_s,
        drift_semitones=manner.drift_semitones,
        consonants_db=-6.0,
    )


def _steady(voice: Voice) -> list[int]:
    """Syllables whose vowel is dark and lasts: what oohs are made of."""
    first, _, end = voice.syllables.T
    middles = (voice.syllables[:, 1] + end) // 2
    power = np.exp(2 * voice.envelopes[middles])
    hz = point_hz()
    spacing = np.gradient(hz)
    centroid = (power * hz * spacing).sum(axis=1) / (power * spacing).sum(axis=1)
    order = np.argsort(centroid)
    few = max(2, len(order) // 12)
    longest = sorted(order[: 2 * few], key=lambda number: -(end[number] - first[number]))[:few]
    return [int(number) for number in longest]
