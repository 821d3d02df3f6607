"""Songs, heard through a stem network and cut at their beats, become segments for the bar network.

The beats are the true ones; on the stage they are the decoder's. Loudness, tone and missing stems vary as
segments are read, and some stems are taken from another song, bar on bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from stemlight.analysis.bars import beat_sound
from stemlight.analysis.feature_frame import STEMS
from stemlight.analysis.frontend import N_BANDS
from stemlight.analysis.metre import METRES
from stemlight.analysis.networks import N_QUARTERS, N_STEM_LEVELS
from torch import Tensor
from torch.utils.data import Dataset

from models.features.beat_augment import FLOOR
from models.features.beat_features import readiness
from models.features.beat_song import BeatSong

UNKNOWN = -1
REMIXED = 0.8  # chance that stems of another song in four play along, where the song is in four
ONLY_DRUMS = 0.5  # chance that these are the drums alone
MUTED = 0.25  # chance that one stem is away
LOUDNESS, BALANCE, TILT = 0.15, 0.1, 0.15  # standard deviations; 1 is 20 dB


@dataclass(frozen=True)
class BarSong:
    """A song by its beats, from the second on; the first is the eve of the second."""

    root: str
    finished: bool  # a mix as it was published
    levels: np.ndarray  # float16 (n_beats, N_QUARTERS, N_STEM_LEVELS)
    log_bands: np.ndarray  # float16 (n_beats, N_BANDS)
    positions: np.ndarray  # int64 (n_beats,): as in `Metre`; UNKNOWN


class BarSegment(NamedTuple):
    """One training segment; batches have a leading axis."""

    levels: Tensor  # float32 (n_beats, N_QUARTERS, N_STEM_LEVELS)
    log_bands: Tensor  # float32 (n_beats, N_BANDS)
    positions: Tensor  # int64 (n_beats,)


def bar_songs(songs: Sequence[BeatSong]) -> list[BarSong]:
    """Those of `songs` whose bars are known."""
    cut = (_cut(song) for song in songs if len(song.downbeats) > 2)
    return [song for song in cut if (song.positions != UNKNOWN).any()]


def _cut(song: BeatSong) -> BarSong:
    log_bands, levels = song.features()
    beats = song.beats[song.beats < len(log_bands)]
    sounds = [beat_sound(log_bands, levels, before, beat) for before, beat in pairwise(beats)]
    return BarSong(
        song.root,
        song.finished,
        np.array([sound.levels for sound in sounds], np.float16).reshape(-1, N_QUARTERS, N_STEM_LEVELS),
        np.array([sound.log_bands for sound in sounds], np.float16).reshape(-1, N_BANDS),
        positions_of(song.beats, song.downbeats)[1 : len(beats)],
    )


def positions_of(beats: np.ndarray, downbeats: np.ndarray) -> np.ndarray:
    """int64 (n_beats,): where each stands, in the order of `Metre`; UNKNOWN in a bar of another length.

    Beats after the last downbeat are counted on in bars like the one before.
    """
    positions = np.full(len(beats), UNKNOWN)
    starts = [int(np.abs(beats - downbeat).argmin()) for downbeat in downbeats]
    length = 0
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        length = length if end is None else end - start
        if length not in METRES:
            continue
        bar = np.arange(length) + sum(METRES[: METRES.index(length)])
        positions[start : start + length] = bar[: len(beats) - start]
    return positions


class BarSegments(Dataset[BarSegment]):
    """Segment number i is the same for the same seed, in any order. Roots are drawn from as for the beats."""

    def __init__(self, songs: Sequence[BarSong], n_beats: int, length: int, seed: int) -> None:
        self._n_beats, self._length, self._seed = n_beats, length, seed
        roots: dict[str, list[BarSong]] = {}
        for song in songs:
            roots.setdefault(song.root, []).append(song)
        if not roots:
            raise ValueError("no song with bars among the songs")
        self._roots = list(roots.values())
        weights = np.array(
            [readiness([(len(s.positions), s.finished) for s in root]) for root in self._roots]
        )
        self._shares = weights / weights.sum()
        in_four = METRES[0]
        self._in_four = [song for song in songs if (song.positions >= in_four).all()]

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> BarSegment:
        rng = np.random.default_rng([self._seed, number])
        root = self._roots[rng.choice(len(self._roots), p=self._shares)]
        song = root[rng.integers(len(root))]
        part = self._somewhere(rng, len(song.positions))
        positions = song.positions[part]
        levels = self._varied(rng, song.levels[part])
        if rng.random() < REMIXED:
            self._remix(rng, levels, positions)
        if rng.random() < MUTED:
            stem = levels[:, :, rng.integers(len(STEMS))]
            np.minimum(stem, FLOOR, out=stem)
        tilt = rng.normal(0.0, TILT) * np.linspace(-1.0, 1.0, N_BANDS, dtype=np.float32)
        log_bands = song.log_bands[part] + tilt + np.float32(rng.normal(0.0, LOUDNESS))
        return BarSegment(
            _padded(levels.reshape(len(levels), N_QUARTERS, N_STEM_LEVELS), self._n_beats, 0.0),
            _padded(log_bands, self._n_beats, 0.0),
            _padded(positions, self._n_beats, UNKNOWN),
        )

    def _somewhere(self, rng: np.random.Generator, n_beats: int) -> slice:
        start = int(rng.integers(max(1, n_beats - self._n_beats + 1)))
        return slice(start, start + self._n_beats)

    @staticmethod
    def _varied(rng: np.random.Generator, levels: np.ndarray) -> np.ndarray:
        """float32 (n_beats, N_QUARTERS, stems, bands), louder or softer, stems against one another too."""
        by_stem = levels.astype(np.float32).reshape(len(levels), N_QUARTERS, len(STEMS), -1)
        gains = rng.normal(0.0, LOUDNESS) + rng.normal(0.0, BALANCE, (len(STEMS), 1))
        return by_stem + gains.astype(np.float32)

    def _remix(self, rng: np.random.Generator, levels: np.ndarray, positions: np.ndarray) -> None:
        """Some of the stems in `levels` become another song's, where that has the same bars somewhere."""
        if not self._in_four or not (positions >= METRES[0]).all():
            return
        other = self._in_four[rng.integers(len(self._in_four))]
        starts = np.flatnonzero(other.positions[: len(other.positions) - len(positions) + 1] == positions[0])
        if not len(starts):
            return
        start = rng.choice(starts)
        part = slice(start, start + len(positions))
        if not np.array_equal(other.positions[part], positions):
            return
        stems = [0] if rng.random() < ONLY_DRUMS else np.flatnonzero(rng.random(len(STEMS)) < 0.5)
        levels[:, :, stems] = self._varied(rng, other.levels[part])[:, :, stems]


def _padded(values: np.ndarray, n: int, filler: float) -> Tensor:
    kind = np.float32 if values.dtype.kind == "f" else values.dtype
    padded = np.full((n, *values.shape[1:]), filler, kind)
    padded[: len(values)] = values
    return torch.from_numpy(padded)
