"""Notes and syllables become a voice: glottal pulses and breath through a moving vocal tract, and consonants.

Source and filter after Klatt (1980, "Software for a cascade/parallel formant synthesizer"); vowels are the
means of Peterson and Barney (1952). A voice has its own tract length, tension, breath, vibrato and looseness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import (
    FRAME_HOP,
    band_pass,
    frame_centres,
    high_pass,
    moving_filter,
)
from models.data.composer.glottis import glottal_flow
from models.data.composer.phonemes import CONSONANTS, Consonant, Syllable, vowel_places
from models.data.composer.waves import decay, midi_hz, noise, samples

TRACT_LENGTH = 2048  # of its spectrum: formants ring for 30 ms
PAUSE_S = 0.25  # a longer one ends a phrase
SHORTEST_S = 0.06


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
    """Whose voice it is, and how it is used."""

    tract: float = 1.0  # formants relative to a man's: women 1.17, children 1.32
    low: int = 48  # midi range in which it is at ease
    high: int = 67
    tension: float = 1.0  # Rd at middle effort
    breath: float = 0.2  # turbulence beside the pulses
    vibrato_cents: float = 35.0
    vibrato_hz: float = 5.5
    portamento_s: float = 0.05
    looseness_s: float = 0.012  # standard deviation of its timing
    tuning_cents: float = 8.0
    ring: float = 0.5  # the singer's formant, 0 .. 1
    roughness: float = 0.0  # irregular pulses: rasp; near 1 a scream
    sibilance: float = 1.0  # level of its consonants
    spoken: bool = False  # talk and rap: no vibrato, falling pitch


@dataclass(slots=True)
class _Sung:
    """One note of a phrase, timed: seconds from the phrase's start."""

    note: SungNote
    onset_s: float  # its consonant begins
    vowel_s: float
    coda_s: float  # the vowel ends
    end_s: float
    joined: bool  # to the note before
    runs_on: bool  # into the next


@dataclass(slots=True)
class _Tracks:
    """What the tract does, one value a frame."""

    formants: np.ndarray  # (n_frames, 3) Hz
    voiced: np.ndarray  # (n_frames,)
    aspirated: np.ndarray
    nasal: np.ndarray


def draw_character(kind: str, rng: np.random.Generator) -> VoiceCharacter:
    """`kind`: male | female | child; everything else by chance."""
    tract = {
        "male": rng.uniform(0.95, 1.06),
        "female": rng.uniform(1.12, 1.22),
        "child": rng.uniform(1.25, 1.36),
    }
    low = {"male": 45, "female": 55, "child": 60}[kind] + int(rng.integers(-2, 5))
    tuned = rng.random() < 0.3  # by a machine, as much of today's pop
    return VoiceCharacter(
        tract=float(tract[kind]),
        low=low,
        high=low + 17,
        tension=float(rng.uniform(0.4, 1.1)),
        breath=float(rng.choice([rng.uniform(0.1, 0.35), rng.uniform(0.5, 1.3)], p=[0.6, 0.4])),
        vibrato_cents=float(rng.uniform(0, 15) if tuned else rng.uniform(10, 60)),
        vibrato_hz=float(rng.uniform(4.8, 6.5)),
        portamento_s=float(rng.uniform(0.012, 0.03) if tuned else rng.uniform(0.03, 0.09)),
        looseness_s=float(rng.uniform(0.004, 0.02)),
        tuning_cents=float(2.0 if tuned else rng.uniform(4, 16)),
        ring=float(rng.uniform(0.1, 0.9)),
        roughness=float(rng.choice([0.0, rng.uniform(0.1, 0.5)], p=[0.7, 0.3])),
        sibilance=float(rng.uniform(0.8, 2.0)),
    )


def sing(notes: list[SungNote], character: VoiceCharacter, n: int, rng: np.random.Generator) -> np.ndarray:
    """float32 (n,), RMS of a loud vowel about 0.2. Notes in order; overlapping ones cut each other off.

    A note that begins within SHORTEST_S of the one before is left out: nobody could sing it.
    """
    out = np.zeros(n, np.float32)
    phrases: list[list[SungNote]] = []
    for note in notes:
        if phrases and note.start_s - phrases[-1][-1].start_s < SHORTEST_S:
            continue
        if phrases and note.start_s - (phrases[-1][-1].start_s + phrases[-1][-1].length_s) <= PAUSE_S:
            phrases[-1].append(note)
        else:
            phrases.append([note])
    free_s = 0.0
    for phrase in phrases:
        start_s = max(0.0, phrase[0].start_s - 0.7)
        sound = _sing_phrase(phrase, start_s, character, rng)
        _breathe_in(sound, phrase[0].start_s - start_s, phrase[0].start_s - free_s, character, rng)
        free_s = phrase[-1].start_s + phrase[-1].length_s
        first = round(start_s * SAMPLE_RATE)
        length = min(len(sound), n - first)
        if length > 0:
            out[first : first + length] += sound[:length]
    return out


def _sing_phrase(
    notes: list[SungNote], start_s: float, who: VoiceCharacter, rng: np.random.Generator
) -> np.ndarray:
    n = samples(max(note.start_s + note.length_s for note in notes) + 0.35 - start_s)
    sung = _timed(notes, start_s, who, rng)
    tracks = _tracks(sung, n, who, rng)
    pitch_hz = _pitch(sung, n, who, rng)
    positions = np.arange(n)

    def per_sample(track: np.ndarray) -> np.ndarray:
        return np.interp(positions, frame_centres(n), track).astype(np.float32)

    voiced, aspirated = per_sample(tracks.voiced), per_sample(tracks.aspirated)
    phase = np.cumsum(pitch_hz) / SAMPLE_RATE
    effort = np.interp(positions, *_effort(sung))
    tension = np.clip(who.tension * (1.75 - effort) + 0.4 * (1 - np.minimum(voiced, 1.0)), 0.4, 2.7)
    source = glottal_flow(phase, pitch_hz, tension) * _pulse_gains(phase, who, rng)
    # turbulence comes in puffs, with the opening of the glottis; its spectrum rises against the pulses'
    puffs = (0.55 + 0.45 * np.cos(2 * np.pi * (phase - 0.4))).astype(np.float32)
    hiss = noise(n, rng)
    hiss = 0.15 * hiss + 0.85 * high_pass(hiss, 3500, 1)
    breath = who.breath * (0.5 + 0.5 * effort.astype(np.float32)) * voiced * puffs + 0.3 * aspirated
    excitation = 0.15 * (source * voiced + 0.9 * hiss * breath)
    sound = moving_filter(excitation, _tract(tracks, pitch_hz, who, rng))
    sound = high_pass(sound, 0.6 * float(midi_hz(min(note.midi for note in notes))), 2)
    for one in sung:
        loud = 0.4 + 0.6 * one.note.velocity
        _add_frication(
            sound,
            CONSONANTS[one.note.syllable.onset],
            (one.onset_s, one.vowel_s),
            loud=loud,
            who=who,
            rng=rng,
        )
        _add_frication(
            sound,
            CONSONANTS[one.note.syllable.coda],
            (one.coda_s, one.end_s),
            loud=0.8 * loud,
            who=who,
            rng=rng,
        )
    return sound


def _timed(
    notes: list[SungNote], start_s: float, who: VoiceCharacter, rng: np.random.Generator
) -> list[_Sung]:
    """A vowel lasts until the next consonant begins: consonants take their time from the note before."""
    vowels_s = [max(0.1, note.start_s + float(rng.normal(0, who.looseness_s)) - start_s) for note in notes]
    sung: list[_Sung] = []
    for i, note in enumerate(notes):
        onset = CONSONANTS[note.syllable.onset]
        lead_s = onset.length_s * float(rng.uniform(0.8, 1.3))
        if i:  # at most half of the way from the vowel before
            lead_s = min(lead_s, 0.5 * max(0.02, vowels_s[i] - sung[-1].vowel_s))
        end_s = vowels_s[i] + note.length_s
        sung.append(_Sung(note, vowels_s[i] - lead_s, vowels_s[i], end_s, end_s, False, False))
        if i:
            before = sung[-2]
            before.end_s = min(before.end_s, sung[-1].onset_s)
            sung[-1].joined = before.runs_on = sung[-1].onset_s - before.end_s < 0.06
            if before.runs_on:
                before.end_s = sung[-1].onset_s
    for one in sung:
        coda_s = CONSONANTS[one.note.syllable.coda].length_s * float(rng.uniform(0.8, 1.2))
        one.coda_s = max(one.vowel_s + 0.4 * (one.end_s - one.vowel_s), one.end_s - coda_s)
    return sung


def _tracks(sung: list[_Sung], n: int, who: VoiceCharacter, rng: np.random.Generator) -> _Tracks:
    """Key frames of every syllable, joined by straight lines and a little smoothing."""
    keys: list[tuple[float, tuple[float, float, float], float, float, float]] = []

    def key(
        time_s: float, place: tuple[float, float, float], voiced: float, aspirated: float, nasal: float
    ) -> None:
        keys.append((max(time_s, keys[-1][0] + 1e-4 if keys else 0.0), place, voiced, aspirated, nasal))

    key(0.0, vowel_places(sung[0].note.syllable.vowel)[0], 0.0, 0.0, 0.0)
    for one in sung:
        syllable = one.note.syllable
        begin, finish = vowel_places(syllable.vowel)
        onset, coda = CONSONANTS[syllable.onset], CONSONANTS[syllable.coda]
        loud = (0.3 + 0.7 * one.note.velocity) * float(rng.uniform(0.9, 1.1))
        nasal = float(syllable.onset in ("m", "n"))
        if onset.length_s:
            place = onset.tract or begin
            middle = 0.5 * (one.onset_s + one.vowel_s)
            if not one.joined:
                key(one.onset_s - 0.012, place, 0.0, 0.0, nasal)
            key(
                one.onset_s + 0.012, place, onset.voiced * loud, 0.0 if onset.stop else onset.aspirated, nasal
            )
            key(
                max(middle, one.vowel_s - 0.03),
                place,
                onset.voiced * loud,
                0.0 if onset.stop else onset.aspirated,
                nasal,
            )
            key(one.vowel_s - 0.008, place, onset.voiced * loud, onset.aspirated, nasal)
            key(
                one.vowel_s + (0.035 if onset.stop and not onset.voiced else 0.015),
                begin,
                0.9 * loud,
                0.3 * onset.aspirated,
                0.0,
            )
        else:
            key(one.vowel_s - 0.02, begin, 0.75 * loud if one.joined else 0.0, 0.0, 0.0)
            key(one.vowel_s + 0.025, begin, 0.9 * loud, 0.0, 0.0)
        held_s = one.coda_s - one.vowel_s
        key(one.vowel_s + 0.3 * held_s, begin, loud, 0.0, 0.0)
        key(one.vowel_s + 0.6 * held_s, begin, loud * float(rng.uniform(0.85, 1.1)), 0.0, 0.0)
        key(one.coda_s - 0.02, finish, loud * float(rng.uniform(0.7, 0.95)), 0.0, 0.0)
        if coda.length_s:
            nasal = float(syllable.coda in ("m", "n"))
            place = coda.tract or finish
            key(one.coda_s + 0.015, place, coda.voiced * loud, 0.0, nasal)
            key(one.end_s - 0.005, place, coda.voiced * loud * 0.7, 0.0, nasal)
        if not one.runs_on:  # fades into breath
            key(one.end_s + float(rng.uniform(0.03, 0.12)), finish, 0.0, float(rng.uniform(0.0, 0.06)), 0.0)
            key(keys[-1][0] + 0.08, finish, 0.0, 0.0, 0.0)
    at = frame_centres(n) / SAMPLE_RATE
    times = np.array([row[0] for row in keys])

    def line(values: list[float]) -> np.ndarray:
        return np.interp(at, times, values, right=0.0)

    formants = np.stack([np.interp(at, times, [row[1][i] for row in keys]) for i in range(3)], axis=1)
    formants = gaussian_filter1d(formants, 1.6, axis=0) * who.tract
    formants *= 1 + 0.06 * gaussian_filter1d(rng.standard_normal(formants.shape), 12, axis=0)
    return _Tracks(
        formants,
        voiced=gaussian_filter1d(line([row[2] for row in keys]), 0.7),
        aspirated=line([row[3] for row in keys]),
        nasal=line([row[4] for row in keys]),
    )


def _add_frication(
    sound: np.ndarray,
    consonant: Consonant,
    span: tuple[float, float],
    *,
    loud: float,
    who: VoiceCharacter,
    rng: np.random.Generator,
) -> None:
    """The noise of one consonant into `sound`: hissed over all of `span`, or a burst just before its end."""
    if not consonant.noise:
        return
    start, end = span
    scale = 1 + 0.35 * (who.tract - 1)
    if consonant.stop:
        length_s = (
            0.08 if consonant.length_s > 0.1 else 0.02 if consonant.voiced else float(rng.uniform(0.03, 0.05))
        )
        n = samples(length_s)
        envelope = decay(n, length_s)
        start = max(start, end - 0.8 * length_s)
    else:
        n = samples(max(0.03, end - start + 0.015))
        envelope = np.abs(np.sin(np.pi * np.linspace(0.0, 1.0, n, dtype=np.float32) ** 0.8)) ** 0.7
    hiss = band_pass(noise(n + 200, rng), consonant.low_hz * scale, min(consonant.high_hz * scale, 18000), 2)[
        200:
    ]
    level = 0.14 * who.sibilance * consonant.noise * loud * float(rng.uniform(0.6, 1.4))
    hiss *= envelope * np.float32(level / (np.std(hiss) + 1e-6))
    first = round(start * SAMPLE_RATE)
    length = min(n, len(sound) - first)
    if first >= 0 and length > 0:
        sound[first : first + length] += hiss[:length]


def _breathe_in(
    sound: np.ndarray, before_s: float, pause_s: float, who: VoiceCharacter, rng: np.random.Generator
) -> None:
    """A breath into `sound`, ending a moment before the first note at `before_s`, if there is time."""
    if pause_s < 0.45 or rng.random() < 0.25:
        return
    length_s = float(rng.uniform(0.18, min(0.5, pause_s - 0.15)))
    n = samples(length_s)
    air = noise(n, rng)
    air = band_pass(air, 700 * who.tract, 2200 * who.tract) + 0.5 * band_pass(air, 3500, 9000)
    envelope = np.sin(np.pi * np.linspace(0, 1, n, dtype=np.float32) ** 1.5) ** 2
    first = round((before_s - length_s - float(rng.uniform(0.06, 0.12))) * SAMPLE_RATE)
    if first >= 0:
        sound[first : first + n] += np.float32(rng.uniform(0.002, 0.012)) * air * envelope


def _pitch(sung: list[_Sung], n: int, who: VoiceCharacter, rng: np.random.Generator) -> np.ndarray:
    """float64 (n,) Hz: steps smoothed by portamento, scooped into, with vibrato, drift and jitter."""
    at = frame_centres(n) / SAMPLE_RATE
    midi = np.full(len(at), sung[0].note.midi, float)
    wobble = np.zeros(len(at))
    rate = who.vibrato_hz * (1 + 0.4 * gaussian_filter1d(rng.standard_normal(len(at)), 20))
    vibrato = np.sin(2 * np.pi * np.cumsum(rate) * FRAME_HOP / SAMPLE_RATE + 6 * rng.random())
    for i, one in enumerate(sung):
        length_s = one.end_s - one.vowel_s
        midi[at >= one.vowel_s - 0.6 * who.portamento_s] = (
            one.note.midi + rng.normal(0, who.tuning_cents) / 100
        )
        since = at - one.vowel_s
        inside = (since > -0.1) & (since < length_s + 0.1)
        if who.spoken:
            fall = np.clip(since[inside] / max(length_s, 0.12), 0, 1)
            midi[inside] += (1.5 - 4.0 * fall) * rng.uniform(0.2, 1.0)
            continue
        if i == 0 or rng.random() < 0.25:  # scooped into from below
            midi[inside] -= rng.uniform(0.3, 1.8) * np.exp(-np.clip(since[inside], 0, None) / 0.045)
        if not one.runs_on and rng.random() < 0.3:  # let fall at its end
            midi[inside] -= rng.uniform(0.5, 3.0) * np.clip((since[inside] - length_s + 0.08) / 0.15, 0, 1)
        if length_s > 0.3:
            grow = np.clip((since[inside] - 0.2) / 0.35, 0, 1)
            wobble[inside] = grow * who.vibrato_cents / 100 * vibrato[inside] * rng.uniform(0.5, 1.2)
    midi = gaussian_filter1d(midi, who.portamento_s * SAMPLE_RATE / FRAME_HOP / 2.0)
    drift = 0.6 * gaussian_filter1d(rng.standard_normal(len(at)), 6)
    drift += 0.15 * who.tuning_cents * gaussian_filter1d(rng.standard_normal(len(at)), 25)
    jitter = gaussian_filter1d(rng.standard_normal(len(at)), 1) * 0.06 * (1 + 8 * who.roughness**2)
    return np.asarray(midi_hz(np.interp(np.arange(n), frame_centres(n), midi + wobble + drift + jitter)))


def _pulse_gains(phase: np.ndarray, who: VoiceCharacter, rng: np.random.Generator) -> np.ndarray:
    """Shimmer: each pulse a little louder or softer; a rough voice drops every other one by much."""
    pulses = np.floor(phase).astype(np.int64)
    pulses -= pulses[0]
    gains = 1 + (0.04 + 0.35 * who.roughness) * rng.standard_normal(pulses[-1] + 2)
    if who.roughness:
        alternates = np.clip(
            gaussian_filter1d(rng.standard_normal(len(gains)), 15) * 4, 0, 1
        )  # comes and goes
        gains *= 1 - who.roughness * alternates * (np.arange(len(gains)) % 2)
    return gains.astype(np.float32)[pulses]


def _effort(sung: list[_Sung]) -> tuple[list[float], list[float]]:
    positions, values = [], []
    for one in sung:
        positions += [one.vowel_s * SAMPLE_RATE, (0.2 * one.vowel_s + 0.8 * one.end_s) * SAMPLE_RATE]
        values += [one.note.velocity, one.note.velocity * 0.9]
    return positions, values


def _tract(
    tracks: _Tracks, pitch_hz: np.ndarray, who: VoiceCharacter, rng: np.random.Generator
) -> np.ndarray:
    """The complex response of the tract, one a frame: resonances in a row and a nasal zero.

    The first three move; those above stand still for the phrase, one about every 1,100 Hz as a tube of 16 cm
    has them, or the voice would be dull.
    """
    hz = np.fft.rfftfreq(TRACT_LENGTH, 1 / SAMPLE_RATE)
    s = (1j * hz).astype(np.complex64)[None]

    def resonance(centre_hz: np.ndarray | np.float32, width_hz: np.ndarray | np.float32) -> np.ndarray:
        return centre_hz**2 / (s * s + s * width_hz + centre_hz**2)

    higher = (
        np.array([3400, 4300, 5400, 6500, 7600, 8700, 9900, 11200]) * who.tract * rng.uniform(0.96, 1.04, 8)
    )
    widths = np.array([240, 330, 450, 600, 750, 900, 1100, 1300]) * np.array(
        [1.3 - 0.7 * who.ring] * 2 + [1.0] * 6
    )
    response = np.ones((1, len(hz)), np.complex64)
    for centre, width in zip(higher, widths, strict=True):
        response = response * resonance(np.float32(centre), np.float32(width))
    response = np.repeat(response * _poles_beyond(hz, who), len(tracks.voiced), axis=0)
    formants = tracks.formants.astype(np.float32)
    # sopranos open the mouth as they rise: the first formant does not fall below the pitch
    frame_pitch = pitch_hz[np.minimum(frame_centres(len(pitch_hz)), len(pitch_hz) - 1)].astype(np.float32)
    formants[:, 0] = np.maximum(formants[:, 0], 1.02 * frame_pitch)
    nasal = tracks.nasal[:, None].astype(np.float32)
    open_throat = 1 + 0.6 * nasal + 0.5 * np.minimum(tracks.aspirated[:, None], 1.0).astype(np.float32)
    for i, width in enumerate((75.0, 100.0, 150.0)):
        response *= resonance(formants[:, i : i + 1], np.float32(width * who.tract) * open_throat)
    murmur = (s * s + s * 200 + np.float32(900.0**2)) / (s * s + s * 600 + np.float32(900.0**2))
    response *= 1 + nasal * (murmur - 1)
    return response


def _poles_beyond(hz: np.ndarray, who: VoiceCharacter) -> np.ndarray:
    """What the resonances above the spelt-out ones give to the sound below them (Fant's correction)."""
    poles = np.arange(12300.0, 80000.0, 1100.0) * who.tract
    below = np.minimum(hz, 11000.0)[:, None]
    return (1 / np.prod(1 - np.square(below / poles), axis=1)).astype(np.float32)
