"""Another song's drums play along, on the beat, and somebody sings: over any song, real mixes included.

Powers add up as if their phases knew nothing of each other. Where somebody found the song's beats wrongly the
drums make them true. Singers keep to no beat of the song's: real ones are in few songs whose beats are known,
and a voice is rarely what a beat is heard by.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from stemlight.analysis.feature_frame import STEMS
from stemlight.analysis.networks import N_COARSE

from models.features.beat_augment import interpolated, log_of, power_of
from models.features.beat_song import BeatSong

TRIES = 6  # drummers that are asked
STRETCH = (0.75, 1.34)  # of the drums' own tempo: beyond it they sound like none
GAIN_DB = {"drums": (-12.0, 4.0), "vocals": (-9.0, 6.0)}  # against the mean power of the song
OWN_TONE_DB = 6.0  # low against high, at most: another kit, another microphone
MOST_MISSED = 0.3  # of a voice's power: what the stem network would take for something else
PACE = (0.85, 1.18)  # of singers
SINGS = 0.2  # least share of a segment in which somebody sings
AUDIBLE = 1e-6  # mean power of a band


class Drummers:
    """Songs whose drums are known alone."""

    def __init__(self, songs: Sequence[BeatSong]) -> None:
        roots: dict[str, list[BeatSong]] = {}
        for song in songs:
            if song.drums_path is not None:
                roots.setdefault(song.root, []).append(song)
        self._roots = list(roots.values())

    def drums(self, song: BeatSong, time: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
        """float32 (n_hops, N_BANDS): power of drums at the hops of `song` in `time`, on its beats and bars.

        None if nobody who is asked plays this long at this tempo, in bars as long as the song's.
        """
        inside = (time >= song.beats[0]) & (time <= song.beats[-1])
        if not self._roots or inside.mean() < 0.5:
            return None
        beat = np.interp(time, song.beats, np.arange(len(song.beats)))  # stands still before and after
        n_beats = int(np.ceil(beat[-1])) - int(beat[0])
        if n_beats < 2:
            return None
        for _ in range(TRIES):
            root = self._roots[rng.integers(len(self._roots))]
            drummer = root[rng.integers(len(root))]
            first = _first_beat(song, drummer, int(beat[0]), n_beats, rng)
            if first is None:
                continue
            at = np.interp(beat - int(beat[0]) + first, np.arange(len(drummer.beats)), drummer.beats)
            pace = (at[-1] - at[0]) / max(inside.sum(), 1)  # hops of the drummer's in one of ours
            if STRETCH[0] <= pace <= STRETCH[1]:
                return _read(drummer, at, inside)
        return None


class Singers:
    """Voices that are known alone."""

    def __init__(self, voices: Sequence[Path]) -> None:
        """`voices`: npy, float16 (n, N_BANDS), log bands of one singer each."""
        self._voices = list(voices)

    def voice(self, n_hops: int, rng: np.random.Generator) -> np.ndarray | None:
        """float32 (n_hops, N_BANDS): power of somebody who sings. None if nobody who is asked does so."""
        for _ in range(TRIES if self._voices else 0):
            voice = np.load(self._voices[rng.integers(len(self._voices))], mmap_mode="r")
            at = np.arange(n_hops) * np.exp(rng.uniform(*np.log(PACE)))
            n_read = int(at[-1]) + 2
            first = int(rng.integers(max(1, len(voice) - n_read)))
            sung = power_of(interpolated(voice[first : first + n_read].astype(np.float32), at))
            sung[at > len(voice) - first] = 0.0
            if (sung.mean(axis=1) > AUDIBLE).mean() > SINGS:
                return sung
        return None


def with_stem(
    log_bands: np.ndarray, levels: np.ndarray, stem: str, added: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Log bands and stem levels of a song over which `added` (power) sounds, "drums" or "vocals"."""
    power, level = power_of(log_bands), power_of(levels)
    tone_db = np.linspace(0.0, rng.uniform(-OWN_TONE_DB, OWN_TONE_DB), added.shape[1])
    gain_db = rng.uniform(*GAIN_DB[stem]) + tone_db
    gain = power.mean() / max(float(added.mean()), 1e-12) * 10.0 ** (gain_db / 10)
    added = added * gain.astype(np.float32)
    power += added
    by_stem = level.reshape(len(level), len(STEMS), N_COARSE)
    coarse = added.reshape(len(added), N_COARSE, -1).sum(axis=-1)
    missed = np.float32(MOST_MISSED * rng.random() if stem == "vocals" else 0.0)
    by_stem[:, STEMS.index(stem)] += (1 - missed) * coarse
    by_stem[:, STEMS.index("other")] += missed * coarse
    return log_of(power), log_of(level)


def _first_beat(
    song: BeatSong, drummer: BeatSong, beat: int, n_beats: int, rng: np.random.Generator
) -> int | None:
    """The drummer's beat that falls on the song's `beat`: any where bars are unknown, else one alike."""
    choices = np.arange(len(drummer.beats) - n_beats)
    if len(song.downbeats):
        bar, drum_bar = _bar(song), _bar(drummer)
        if bar is None or drum_bar is None or bar[1] != drum_bar[1]:
            return None
        choices = choices[(choices - drum_bar[0] - (beat - bar[0])) % bar[1] == 0]
    return int(rng.choice(choices)) if len(choices) else None


def _bar(song: BeatSong) -> tuple[int, int] | None:
    """Which beat is the first downbeat, and how many beats a bar has; None if that changes or is unknown."""
    numbers = np.searchsorted(song.beats, song.downbeats - 1e-6)
    if len(numbers) < 2 or (np.diff(numbers) != numbers[1] - numbers[0]).any():
        return None
    return int(numbers[0]), int(numbers[1] - numbers[0])


def _read(drummer: BeatSong, at: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """float32 (n_hops, N_BANDS): power of the drums at their hops `at`; silent outside the song's beats."""
    assert drummer.drums_path is not None
    first, last = int(at.min()), int(np.ceil(at.max())) + 2
    drums = np.load(drummer.drums_path, mmap_mode="r")[first:last].astype(np.float32)
    return power_of(interpolated(drums, at - first)) * inside[:, None].astype(np.float32)
