"""Notes and syllables become a voice: glottal pulses and breath through a moving vocal tract, and consonants.

Source and filter after Klatt (1980, "Software for a cascade/parallel formant synthesizer"); vowels are the
means of Peterson and Barney (1952). A voice has its own tract length, tension, breath, vibrato and looseness.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.ndimage
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import (
    FRAME_HOP,
    band_pass,
    frame_centres,
    high_pass,
    low_pass,
    moving_filter,
)
from models.data.composer.glottis import glottal_flow
from models.data.composer.waves import decay, midi_hz, noise, samples

TRACT_LENGTH = 2048  # of its spectrum: formants ring for 30 ms

# F1 F2 F3 of men, Hz
VOWELS: dict[str, tuple[float, float, float]] = {
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
    tract: tuple[float, float, float] | None = None  # where the formants are
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


@dataclass(frozen=True, slots=True)
class SungNote:
    """One syllable on one pitch, in seconds: the vowel begins at `start_s`, its consonant before."""

    start_s: float
    length_s: float
    midi: float
    velocity: float
    syllable: Syllable


@dataclass(frozen=True, slots=True)
class VoiceCharacter:
    """Whose voice it is."""

    tract: float = 1.0  # formants relative to a man's: women 1.17, children 1.32
    low: int = 48  # midi range in which it is at ease
    high: int = 67
    tension: float = 1.0  # Rd at middle effort
    breath: float = 0.05  # aspiration beside the voice
    vibrato_cents: float = 35.0
    vibrato_hz: float = 5.5
    portamento_s: float = 0.05
    looseness_s: float = 0.012  # standard deviation of its timing
    tuning_cents: float = 8.0
    ring: float = 0.5  # the singer's formant, 0 .. 1
    roughness: float = 0.0  # irregular pulses: growl, rasp
    spoken: bool = False  # talk and rap: no vibrato, falling pitch


@dataclass(slots=True)
class _Tracks:
    """What the tract does, one value a frame."""

    formants: np.ndarray  # (n_frames, 5) Hz
    voiced: np.ndarray  # (n_frames,)
    aspirated: np.ndarray
    nasal: np.ndarray
    sounds: list[tuple[float, np.ndarray]] = field(default_factory=list)  # frication: (start_s, float32)


def draw_character(kind: str, rng: np.random.Generator) -> VoiceCharacter:
    """`kind`: male | female | child; everything else by chance."""
    tract = {
        "male": rng.uniform(0.95, 1.06),
        "female": rng.uniform(1.12, 1.22),
        "child": rng.uniform(1.25, 1.36),
    }[kind]
    low = {"male": 45, "female": 55, "child": 60}[kind] + int(rng.integers(-2, 5))
    return VoiceCharacter(
        tract=float(tract),
        low=low,
        high=low + 17,
        tension=float(rng.uniform(0.6, 1.3)),
        breath=float(rng.choice([rng.uniform(0.02, 0.06), rng.uniform(0.08, 0.25)], p=[0.65, 0.35])),
        vibrato_cents=float(rng.uniform(10, 60)),
        vibrato_hz=float(rng.uniform(4.8, 6.5)),
        portamento_s=float(rng.uniform(0.025, 0.08)),
        looseness_s=float(rng.uniform(0.004, 0.02)),
        tuning_cents=float(rng.choice([2.0, rng.uniform(4, 14)])),
        ring=float(rng.uniform(0.1, 0.9)),
        roughness=float(rng.choice([0.0, rng.uniform(0.1, 0.6)], p=[0.7, 0.3])),
    )


def sing(notes: list[SungNote], character: VoiceCharacter, n: int, rng: np.random.Generator) -> np.ndarray:
    """float32 (n,), RMS of a loud vowel about 0.2. Notes in order; overlapping ones cut each other off."""
    out = np.zeros(n, np.float32)
    phrase: list[SungNote] = []
    for note in [*notes, None]:
        if phrase and (note is None or note.start_s - (phrase[-1].start_s + phrase[-1].length_s) > 0.3):
            start_s = max(0.0, phrase[0].start_s - 0.6)
            sound = _sing_phrase(phrase, start_s, character, rng)
            first = round(start_s * SAMPLE_RATE)
            length = min(len(sound), n - first)
            if length > 0:
                out[first : first + length] += sound[:length]
            phrase = []
        if note is not None:
            phrase.append(note)
    return out


def _sing_phrase(
    notes: list[SungNote], start_s: float, who: VoiceCharacter, rng: np.random.Generator
) -> np.ndarray:
    end_s = max(note.start_s + note.length_s for note in notes) + 0.35
    n = samples(end_s - start_s)
    moved = []
    for note in notes:
        late = float(rng.normal(0, who.looseness_s))
        moved.append((max(0.05, note.start_s + late - start_s), note.length_s, note))
    tracks = _tracks(moved, n, who, rng)
    pitch_hz = _pitch(moved, n, who, rng)
    positions = np.arange(n)

    def per_sample(track: np.ndarray) -> np.ndarray:
        return np.interp(positions, frame_centres(n), track).astype(np.float32)

    voiced, aspirated = per_sample(tracks.voiced), per_sample(tracks.aspirated)
    phase = np.cumsum(pitch_hz) / SAMPLE_RATE
    effort = np.interp(positions, *_effort(moved))
    tension = np.clip(who.tension * (1.75 - effort) + 0.5 * (1 - np.minimum(voiced, 1.0)), 0.4, 2.7)
    source = glottal_flow(phase, pitch_hz, tension)
    # shimmer: each pulse a little louder or softer; roughness also drops every other one
    pulses = np.floor(phase).astype(np.int64)
    pulses -= pulses[0]
    shimmer = 1 + 0.03 * rng.standard_normal(pulses[-1] + 2)
    if who.roughness:
        shimmer *= 1 - who.roughness * 0.5 * (np.arange(len(shimmer)) % 2) * (effort.mean() > 0.5)
        shimmer += who.roughness * 0.15 * rng.standard_normal(len(shimmer))
    source *= shimmer[pulses].astype(np.float32)
    # breath comes in puffs, with the opening of the glottis
    puffs = (0.6 + 0.4 * np.cos(2 * np.pi * (phase - 0.4))).astype(np.float32)
    breath = low_pass(high_pass(noise(n, rng), 500, 1), 9000, 1)
    excitation = source * voiced + breath * (0.35 * aspirated + who.breath * voiced * puffs * 0.35)
    sound = moving_filter(excitation, _tract(tracks, who))
    sound = high_pass(sound, 0.6 * float(midi_hz(min(note.midi for _, _, note in moved))), 2)
    for at_s, consonant in tracks.sounds:
        first = round(at_s * SAMPLE_RATE)
        length = min(len(consonant), n - first)
        if first >= 0 and length > 0:
            sound[first : first + length] += consonant[:length]
    return sound


def _tracks(
    moved: list[tuple[float, float, SungNote]], n: int, who: VoiceCharacter, rng: np.random.Generator
) -> _Tracks:
    """Key frames of every syllable, joined by straight lines and a little smoothing."""
    keys: list[
        tuple[float, tuple[float, float, float], float, float, float]
    ] = []  # t, F123, voiced, aspirated, nasal
    sounds: list[tuple[float, np.ndarray]] = []
    first_vowel = _vowel(moved[0][2].syllable.vowel)[0]
    keys.append((0.0, first_vowel, 0.0, 0.0, 0.0))
    previous_end = 0.0
    for i, (start, length, note) in enumerate(moved):
        following = moved[i + 1][0] if i + 1 < len(moved) else 1e9
        begin, finish = _vowel(note.syllable.vowel)
        onset, coda = CONSONANTS[note.syllable.onset], CONSONANTS[note.syllable.coda]
        loud = 0.35 + 0.65 * note.velocity
        joined = start - previous_end < 0.08 and i > 0
        lead = min(onset.length_s * rng.uniform(0.8, 1.25), 0.6 * (start - previous_end) + 0.06)
        place = onset.tract or begin
        nasal = 1.0 if note.syllable.onset in ("m", "n") else 0.0
        t0 = max(previous_end * 0 + start - lead, keys[-1][0] + 0.004)
        if onset.length_s:
            if not joined:
                keys.append((max(t0 - 0.01, keys[-1][0] + 0.001), place, 0.0, 0.0, nasal))
            closing = onset.voiced * loud
            keys.append((t0 + 0.008, place, closing, onset.aspirated if not onset.stop else 0.0, nasal))
            keys.append((max(t0 + 0.010, start - 0.012), place, closing, onset.aspirated, nasal))
            sounds += _frication(onset, (t0, start), loud, who, rng)
        else:
            keys.append(
                (
                    max(start - (0.03 if not joined else 0.01), keys[-1][0] + 0.001),
                    begin,
                    0.0 if not joined else loud * 0.8,
                    0.0,
                    0.0,
                )
            )
        end = min(start + length, following - 0.02)
        closing_s = coda.length_s if coda.length_s else 0.0
        vowel_end = max(start + 0.05, end - closing_s)
        keys.append((start + 0.02, begin, loud, 0.0, 0.0))
        keys.append((start + 0.35 * (vowel_end - start), begin, loud * rng.uniform(0.9, 1.05), 0.0, 0.0))
        keys.append((vowel_end - 0.015, finish, loud * 0.85, 0.0, 0.0))
        runs_on = following - end < 0.08
        if closing_s:
            shape = coda.tract or finish
            nasal = 1.0 if note.syllable.coda in ("m", "n") else 0.0
            keys.append((vowel_end + 0.015, shape, coda.voiced * loud, 0.0, nasal))
            keys.append((end, shape, coda.voiced * loud * 0.7, 0.0, nasal))
            sounds += _frication(coda, (vowel_end, end + 0.02), 0.8 * loud, who, rng)
        if not runs_on:
            keys.append((end + rng.uniform(0.03, 0.09), finish, 0.0, 0.02, 0.0))
        previous_end = end
    keys.append((1e6, keys[-1][1], 0.0, 0.0, 0.0))
    times = np.maximum.accumulate(np.array([key[0] for key in keys]))
    at = frame_centres(n) / SAMPLE_RATE
    low = np.array([key[1] for key in keys])
    formants = np.empty((len(at), 5))
    for i in range(3):
        formants[:, i] = scipy.ndimage.gaussian_filter1d(np.interp(at, times, low[:, i]), 2.0)
    formants[:, 3] = 3450
    formants[:, 4] = 4400
    formants *= who.tract * (
        1 + 0.012 * scipy.ndimage.gaussian_filter1d(rng.standard_normal((len(at), 5)), 12, axis=0) * 5
    )

    def line(column: int) -> np.ndarray:
        return np.interp(at, times, [key[column] for key in keys])

    return _Tracks(formants, scipy.ndimage.gaussian_filter1d(line(2), 0.7), line(3), line(4), sounds)


def _frication(
    consonant: Consonant,
    span: tuple[float, float],
    loud: float,
    who: VoiceCharacter,
    rng: np.random.Generator,
) -> list[tuple[float, np.ndarray]]:
    """The noise of one consonant: hissed over all of `span`, or a burst just before its end."""
    start, end = span
    if not consonant.noise:
        return []
    scale = 1 + 0.35 * (who.tract - 1)
    if consonant.stop:
        length_s = 0.03 if consonant.voiced else rng.uniform(0.035, 0.06)
        length_s = 0.09 if consonant.length_s > 0.1 else length_s
        n = samples(length_s)
        envelope = decay(n, length_s * 0.9)
        at = max(start, end - length_s * 0.8)
    else:
        n = samples(max(0.03, end - start + 0.015))
        envelope = np.sin(np.pi * np.linspace(0.0, 1.0, n) ** 0.8) ** 0.7
        at = start
    hiss = band_pass(noise(n + 200, rng), consonant.low_hz * scale, min(consonant.high_hz * scale, 18000), 2)[
        200:
    ]
    hiss *= consonant.noise * loud * float(rng.uniform(0.6, 1.3)) / (np.std(hiss) + 1e-6) * 0.35
    return [(at, (hiss * envelope).astype(np.float32))]


def _pitch(
    moved: list[tuple[float, float, SungNote]], n: int, who: VoiceCharacter, rng: np.random.Generator
) -> np.ndarray:
    """float64 (n,) Hz: steps smoothed by portamento, scooped into, with vibrato, drift and jitter."""
    at = frame_centres(n) / SAMPLE_RATE
    midi = np.full(len(at), moved[0][2].midi, float)
    wobble = np.zeros(len(at))
    rate = who.vibrato_hz * (1 + 0.05 * scipy.ndimage.gaussian_filter1d(rng.standard_normal(len(at)), 20) * 8)
    vibrato = np.sin(2 * np.pi * np.cumsum(rate) * FRAME_HOP / SAMPLE_RATE + 6 * rng.random())
    for i, (start, length, note) in enumerate(moved):
        from_here = at >= start - 0.6 * who.portamento_s
        tuned = note.midi + rng.normal(0, who.tuning_cents) / 100
        midi[from_here] = tuned
        since = at - start
        inside = (since > -0.1) & (since < length + 0.1)
        if who.spoken:
            midi[inside] += (1.5 - 4.0 * np.clip(since[inside] / max(length, 0.12), 0, 1)) * rng.uniform(
                0.2, 1.0
            )
        else:
            if i == 0 or rng.random() < 0.25:
                midi[inside] -= rng.uniform(0.3, 1.5) * np.exp(-np.clip(since[inside], 0, None) / 0.045)
            grow = np.clip((since[inside] - 0.22) / 0.35, 0, 1) * (length > 0.35)
            wobble[inside] = grow * who.vibrato_cents / 100 * vibrato[inside] * rng.uniform(0.5, 1.2)
    midi = scipy.ndimage.gaussian_filter1d(midi, who.portamento_s * SAMPLE_RATE / FRAME_HOP / 2.0)
    drift = scipy.ndimage.gaussian_filter1d(rng.standard_normal(len(at)), 8) * 0.35
    jitter = scipy.ndimage.gaussian_filter1d(rng.standard_normal(len(at)), 1) * 0.06 * (1 + 3 * who.roughness)
    return np.asarray(midi_hz(np.interp(np.arange(n), frame_centres(n), midi + wobble + drift + jitter)))


def _effort(moved: list[tuple[float, float, SungNote]]) -> tuple[list[float], list[float]]:
    positions, values = [], []
    for start, length, note in moved:
        positions += [start * SAMPLE_RATE, (start + 0.8 * length) * SAMPLE_RATE]
        values += [note.velocity, note.velocity * 0.9]
    return positions, values


def _tract(tracks: _Tracks, who: VoiceCharacter) -> np.ndarray:
    """The complex response of the tract, one a frame: five resonances in a row, a nasal zero, the lips."""
    hz = np.fft.rfftfreq(TRACT_LENGTH, 1 / SAMPLE_RATE)
    s = (1j * hz).astype(np.complex64)[None]
    response = np.ones((len(tracks.voiced), len(hz)), np.complex64)
    bandwidths = np.array([70.0, 95.0, 130.0, 190.0, 260.0]) * who.tract
    bandwidths[2:4] *= 1.25 - 0.5 * who.ring
    for i in range(5):
        centre = tracks.formants[:, i : i + 1].astype(np.float32)
        width = np.float32(bandwidths[i]) * (
            1 + 0.6 * tracks.nasal[:, None] + 0.5 * np.minimum(tracks.aspirated[:, None], 1)
        )
        response *= centre**2 / (s * s + s * width.astype(np.float32) + centre**2)
    nasal = tracks.nasal[:, None].astype(np.float32)
    zero_hz = np.float32(900.0)
    response *= (1 - nasal) + nasal * (s * s + s * 200 + zero_hz**2) / (s * s + s * 600 + zero_hz**2)
    # higher resonances, in sum: the tract does not end at the fifth (Fant's higher-pole correction)
    lift = np.sqrt(1 + np.square(hz / (3600.0 * who.tract)) ** 2).astype(np.float32)
    return response * np.minimum(lift, 30.0)[None]


def _vowel(name: str) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    first, last = DIPHTHONGS.get(name, (name, name))
    return VOWELS[first], VOWELS[last]
