"""Songs become trials for the beat: the drums leave for eight bars, or the tempo jumps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE, STEMS

from models.features.library import CachedSong

BREAKDOWN_BARS = 8
BEFORE_S, AFTER_S = 15.0, 12.0  # of the song that a trial needs around the change
FADE_S = 0.01
JUMP = 1.15  # faster or slower: further than a drummer drifts, nearer than another song
AUDIBLE = 1e-3  # of the mix's energy: quieter drums do not leave a gap


@dataclass(frozen=True)
class Trial:
    """A song with something done to it, and when the decoder could begin to recover."""

    name: str  # "breakdown" | "jump"
    mix: np.ndarray  # float32 (n_samples,)
    beats_s: np.ndarray  # float64 (n_beats,)
    begins_s: float
    change_s: float  # the drums are back, the new tempo begins


def trials(song: CachedSong, seconds: float) -> list[Trial]:
    """Those that the first `seconds` of a song allow: bars must be known, the drums for a breakdown too."""
    n_samples = min(song.n_samples, int(seconds * SAMPLE_RATE))
    beats_s = song.beats.times_s[song.beats.times_s < n_samples / SAMPLE_RATE]
    bars_s = song.beats.times_s[(song.beats.in_bar == 1) & (song.beats.times_s < n_samples / SAMPLE_RATE)]
    made = (_breakdown(song, n_samples, beats_s, bars_s), _jump(song, n_samples, beats_s, bars_s))
    return [trial for trial in made if trial]


def _breakdown(song: CachedSong, n_samples: int, beats_s: np.ndarray, bars_s: np.ndarray) -> Trial | None:
    """No drums from the first bar line after BEFORE_S on, for eight bars."""
    first = int(np.searchsorted(bars_s, BEFORE_S))
    back = first + BREAKDOWN_BARS
    if not song.has_stems or back >= len(bars_s) or bars_s[back] + AFTER_S > n_samples / SAMPLE_RATE:
        return None
    stems = song.stems(0, n_samples)
    drums = stems[STEMS.index("drums")]
    around = np.interp(
        np.arange(n_samples) / SAMPLE_RATE,
        [bars_s[first] - FADE_S, bars_s[first], bars_s[back] - FADE_S, bars_s[back]],
        [1.0, 0.0, 0.0, 1.0],
    ).astype(np.float32)
    if np.square(drums).sum() < AUDIBLE * np.square(stems).sum():
        return None
    drums *= around
    return Trial("breakdown", stems.sum(axis=0), beats_s, float(bars_s[first]), float(bars_s[back]))


def _jump(song: CachedSong, n_samples: int, beats_s: np.ndarray, bars_s: np.ndarray) -> Trial | None:
    """From the first bar line after BEFORE_S on, the same song played faster or slower, and so in pitch."""
    import soxr

    first = int(np.searchsorted(bars_s, BEFORE_S))
    if first >= len(bars_s) or bars_s[first] + AFTER_S * JUMP > n_samples / SAMPLE_RATE:
        return None
    faster = int(hashlib.sha256(song.name.encode()).hexdigest()[:8], 16) % 2 == 0
    speed = JUMP if faster else 1.0 / JUMP
    at = round(bars_s[first] * SAMPLE_RATE)
    at_s = at / SAMPLE_RATE
    mix = song.mix(0, n_samples)
    later = soxr.resample(mix[at:], SAMPLE_RATE * speed, SAMPLE_RATE).astype(np.float32)
    fade = np.linspace(0.0, 1.0, int(FADE_S * SAMPLE_RATE), dtype=np.float32)
    later[: len(fade)] = later[: len(fade)] * fade + mix[at : at + len(fade)] * (1.0 - fade)
    beats_s = np.where(beats_s < at_s, beats_s, at_s + (beats_s - at_s) / speed)
    return Trial("jump", np.concatenate([mix[:at], later]), beats_s, at_s, at_s)
