"""Syllables are sung: any pitch, any length, any effort; a voice float32 (n,) at SAMPLE_RATE.

A train of pulses (and noise where there is breath) goes through the throat of each frame. Nothing of the
speech's pitch is left, so that one analysis serves any number of songs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.fft
import scipy.ndimage
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import moving_filter, n_frames
from models.data.voices.speech import HOP, N_BINS, WINDOW, Voice, point_hz

FRAMES_A_SECOND = SAMPLE_RATE / HOP
SINC_TAPS = 16  # of a pulse between two samples: flat to 17 kHz
SILENT_DB = -120.0


@dataclass(frozen=True, slots=True)
class Sung:
    """One syllable in a song."""

    start_s: float  # of the vowel; its consonant comes before
    end_s: float
    pitches: tuple[tuple[float, float], ...]  # (seconds, midi note), the first at start_s: more are a melisma
    syllable: int
    level_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody sings."""

    formant: float = 1.0  # the throat's frequencies times this: above 1 is a smaller body
    breath: float = 0.03  # share of noise in a vowel's power at the top
    breath_hz: float = 4_000.0  # above which it is heard
    tilt_db: float = 0.0  # per octave: effort is bright
    vibrato_semitones: float = 0.3
    vibrato_hz: float = 5.5
    vibrato_after_s: float = 0.3
    glide_s: float = 0.04  # from note to note
    scoop_semitones: float = 0.8  # a phrase's first notes come from below
    drift_semitones: float = 0.12
    growl: float = 0.0  # 0 .. 1: every other pulse weaker, none on time
    voicing: float = 1.0  # 0 is a whisper
    consonants_db: float = -3.0


def sing(
    voice: Voice, line: Sequence[Sung], seconds: float, manner: Manner, rng: np.random.Generator
) -> np.ndarray:
    """`line` in order of time, by `voice`; float32 (n,), RMS of the vowels about 0.1."""
    n = int(seconds * SAMPLE_RATE)
    track = _Track(voice, n_frames(n))
    for at, sung in enumerate(line):
        before = line[at - 1] if at else None
        track.add(sung, before, manner, rng)
    return _sound(voice, track, n, manner, rng)


class _Track:
    """What happens in each frame of a song."""

    def __init__(self, voice: Voice, count: int) -> None:
        self._voice = voice
        self.place = np.zeros(count, np.float32)  # frame of the voice, between two
        self.level_db = np.full(count, SILENT_DB, np.float32)
        self.midi = np.full(count, 60.0, np.float32)

    def add(self, sung: Sung, before: Sung | None, manner: Manner, rng: np.random.Generator) -> None:
        """Write the consonant up to the beat and the vowel from it; what was there ends."""
        voice, count = self._voice, len(self.place)
        first, vowel, end = (int(frame) for frame in voice.syllables[sung.syllable])
        start, stop = _frame(sung.start_s), min(_frame(sung.end_s), count - 1)
        n = stop - start
        if n < 4 or start < 1:
            return
        free = start - (_frame(before.end_s) if before else 0)
        n_consonant = min(vowel - first, max(free, 0) + 8, start)  # it may shorten the note before by 45 ms
        reference = float(np.percentile(voice.levels_db[vowel:end], 80))
        begin = start - n_consonant
        if n_consonant:
            frames = np.arange(vowel - n_consonant, vowel)
            self.place[begin:start] = frames
            loud = np.minimum(voice.levels_db[frames] - reference, 0.0) + manner.consonants_db
            self.level_db[begin:start] = loud + sung.level_db
        path = _path(voice.levels_db[vowel:end], n, rng)
        loud = np.clip(
            np.interp(path, np.arange(end - vowel), voice.levels_db[vowel:end]) - reference, -18, 2
        )
        self.place[start:stop] = vowel + path
        self.level_db[start:stop] = 0.5 * loud + sung.level_db + _swell_db(n, rng)
        legato = before is not None and sung.start_s - before.end_s < 0.12
        midi = _pitch(sung, before if legato else None, n, manner, rng)
        self.midi[start:stop] = midi
        self.midi[begin:start] = midi[0]


def _frame(time_s: float) -> int:
    return round(time_s * FRAMES_A_SECOND)


def _path(levels_db: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """float (n,): which frame of a vowel is heard when it lasts `n`.

    Its beginning and end keep their time; what is between dwells about the loudest frame, never quite still.
    """
    length = len(levels_db)
    if n <= length:
        return np.linspace(0, length - 1, n)
    head, tail = min(10, length // 3), min(10, length // 3)
    core = scipy.ndimage.gaussian_filter1d(levels_db, 2.0)[head : length - tail]
    loudest = head + int(np.argmax(core))
    middle = n - head - tail
    share = np.linspace(0, 1, middle)
    dwell = np.interp(share, [0, 0.2, 0.8, 1], [head, loudest, loudest, length - tail - 1])
    wander = scipy.ndimage.gaussian_filter1d(rng.standard_normal(middle), 12.0, mode="wrap") * 6.0
    dwell += 2.0 * np.clip(wander, -2, 2) * np.sin(np.pi * share)
    return np.clip(np.r_[np.arange(head), dwell, length - tail + np.arange(tail)], 0, length - 1)


def _swell_db(n: int, rng: np.random.Generator) -> np.ndarray:
    """The loudness of a note: attack, a slope up or down, and a release."""
    time = np.arange(n)
    slope = rng.uniform(-4, 3) * (time / n) * min(1.0, n / 80)
    attack = -15.0 * np.exp(-time / 2.5)
    release = -24.0 * np.exp(-(n - 1 - time) / rng.uniform(3.0, 8.0))
    return np.asarray(slope + attack + release)


def _pitch(sung: Sung, before: Sung | None, n: int, manner: Manner, rng: np.random.Generator) -> np.ndarray:
    """float (n,), midi: targets, glides between them, vibrato that grows, and drift."""
    time_s = np.arange(n) / FRAMES_A_SECOND
    midi = np.full(n, sung.pitches[0][1])
    came_from = (
        before.pitches[-1][1] if before else sung.pitches[0][1] - manner.scoop_semitones * rng.random()
    )
    moves = [(0.0, came_from), *((at - sung.start_s, note) for at, note in sung.pitches)]
    settled_s = 0.0
    for (_, old), (at, new) in pairwise(moves):
        late = np.maximum(time_s - at, 0.0)
        here = time_s >= at
        glide = np.exp(-late / max(manner.glide_s, 1e-3)) * np.cos(1.2 * late / max(manner.glide_s, 1e-3))
        midi[here] = (new + (old - new) * glide)[here]  # a little over the mark, as muscles do
        settled_s = at
    grown = np.clip((time_s - settled_s - manner.vibrato_after_s) / 0.25, 0, 1)
    rate = manner.vibrato_hz * (1 + 0.04 * rng.standard_normal())
    wave = np.sin(2 * np.pi * rate * time_s + rng.uniform(0, 6.28))
    drift = scipy.ndimage.gaussian_filter1d(rng.standard_normal(n + 40), 8.0)[20 : 20 + n] * 5.0
    return midi + manner.vibrato_semitones * grown * wave + manner.drift_semitones * drift


def _sound(voice: Voice, track: _Track, n: int, manner: Manner, rng: np.random.Generator) -> np.ndarray:
    low = np.minimum(track.place.astype(int), len(voice.levels_db) - 2)
    part = (track.place - low)[:, None]
    throat = voice.envelopes[low] * (1 - part) + voice.envelopes[low + 1] * part
    throat = scipy.ndimage.gaussian_filter1d(throat, 0.8, axis=0)  # no joint is heard
    logs = throat @ _to_bins(manner.formant)
    hz = np.arange(N_BINS) * SAMPLE_RATE / WINDOW
    logs += (manner.tilt_db * np.log2(np.clip(hz, 150, 16_000) / 1_000) * np.log(10) / 20).astype(np.float32)
    gain = scipy.ndimage.gaussian_filter1d(0.1 * 10 ** (track.level_db / 20), 1.0)
    voiced = scipy.ndimage.gaussian_filter1d(voice.voiced[low].astype(np.float32), 0.7) * manner.voicing
    share = manner.breath / (1 + (manner.breath_hz / np.maximum(hz, 50.0)) ** 2)
    share = (share + 0.3 * manner.growl).clip(0, 0.9)
    tone_gain = (gain * np.sqrt(voiced))[:, None] * np.sqrt(1 - share)[None]
    air_gain = gain[:, None] * np.sqrt((1 - voiced)[:, None] + voiced[:, None] * share[None])
    tone = moving_filter(_pulses(track, n, manner, rng), _minimum_phase(logs) * tone_gain.astype(np.float32))
    air = rng.standard_normal(n, np.float32)
    return tone + moving_filter(air, np.exp(logs) * air_gain.astype(np.float32))


def _to_bins(formant: float) -> np.ndarray:
    """float32 (N_POINTS, N_BINS): envelope points to bins, `formant` times higher."""
    wanted = np.arange(N_BINS) * SAMPLE_RATE / WINDOW / formant
    points = point_hz()
    place = np.interp(wanted, points, np.arange(len(points)))
    low = np.minimum(place.astype(int), len(points) - 2)
    matrix = np.zeros((len(points), N_BINS), np.float32)
    matrix[low, np.arange(N_BINS)] = 1 - (place - low)
    matrix[low + 1, np.arange(N_BINS)] += place - low
    return matrix


def _minimum_phase(logs: np.ndarray) -> np.ndarray:
    """complex64 (n, N_BINS) of log amplitudes: a throat answers after the pulse, not before."""
    cepstra = scipy.fft.irfft(logs.astype(np.complex64))
    cepstra[:, 1 : N_BINS - 1] *= 2.0
    cepstra[:, N_BINS:] = 0.0
    return np.asarray(np.exp(scipy.fft.rfft(cepstra)), np.complex64)


def _pulses(track: _Track, n: int, manner: Manner, rng: np.random.Generator) -> np.ndarray:
    """float32 (n,), power 1: one pulse a period, between samples where it falls there."""
    at = np.arange(len(track.midi)) * HOP
    hz = np.interp(np.arange(n), at, 440.0 * 2.0 ** ((track.midi - 69.0) / 12.0))
    phase = np.cumsum(hz / SAMPLE_RATE)
    times = np.interp(np.arange(1, int(phase[-1])), phase, np.arange(n))
    heard = track.level_db[np.minimum((times / HOP).astype(int), len(at) - 1)] > SILENT_DB + 1
    times, odd = times[heard], (np.arange(len(times)) % 2)[heard]
    period = SAMPLE_RATE / hz[np.minimum(times.astype(int), n - 1)]
    times += rng.standard_normal(len(times)) * period * (0.003 + 0.06 * manner.growl)
    heights = np.sqrt(period) * (1 + (0.02 + 0.2 * manner.growl) * rng.standard_normal(len(times)))
    heights *= 1 - 0.75 * manner.growl * odd
    first = np.floor(times).astype(int)
    taps = np.arange(-SINC_TAPS // 2 + 1, SINC_TAPS // 2 + 1)
    late = taps[None] - (times - first)[:, None]
    shape = np.sinc(late) * np.cos(np.pi * late / (SINC_TAPS + 2)) ** 2
    out = np.zeros(n + 2 * SINC_TAPS, np.float32)
    np.add.at(out, np.clip(first[:, None] + taps + SINC_TAPS, 0, len(out) - 1), heights[:, None] * shape)
    return out[SINC_TAPS : SINC_TAPS + n]
