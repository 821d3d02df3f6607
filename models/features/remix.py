"""Stems of many songs become mixtures that never were: segments for the stem network, made as they are read.

Each segment is cut at random, mixed at random and turned into the app's own front-end's bands. Since the
transform is linear, stems are summed after it, and the products of stem and mix come for free: with them
the error of any mask is known exactly, without going back to sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE, STEMS
from torch import Tensor
from torch.utils.data import Dataset

from models.features.events import hit_targets
from models.features.library import CachedSong

STEM_RMS_DB = (-22.0, -22.0, -21.0, -23.0)  # usual loudness of each stem where it sounds, in a mix at -18
STEM_OF = {**{name: row for row, name in enumerate(STEMS)}, "guitar": STEMS.index("other")}


class StemSegment(NamedTuple):
    """One training segment; batches have a leading axis."""

    log_bands: Tensor  # float32 (n_hops, N_BANDS) of the mix
    mix: Tensor  # float32 (n_hops, N_BANDS), power
    stems: Tensor  # float32 (n_hops, 4, N_BANDS), power
    cross: Tensor  # float32 (n_hops, 4, N_BANDS): real part of stem times conjugate mix
    hits: Tensor  # float32 (n_hops, 3)
    hits_known: Tensor  # float32 (): 1 where `hits` is the truth


@dataclass(frozen=True)
class Remix:
    """How far a mixture may stray from the songs as they are."""

    across_songs: float = 0.5  # share of segments whose stems come from different songs
    stem_gain_db: float = 8.0  # each stem up or down by at most
    mute: float = 0.12  # chance that a stem is silent
    tilt_db: float = 2.0  # per octave about 1 kHz, each stem on its own
    quiet_db: float = 30.0  # the whole at most this much below full
    low_pass: float = (
        0.08  # chance that the mixture ends between 2 and 10 kHz: a phone, a PA, a cheap desk feed
    )
    noise: float = 0.1  # chance of pink noise, counted with `other`
    silence: float = 0.02  # chance of nothing at all


ORIGINAL = Remix(
    across_songs=0.0,
    stem_gain_db=0.0,
    mute=0.0,
    tilt_db=0.0,
    quiet_db=0.0,
    low_pass=0.0,
    noise=0.0,
    silence=0.0,
)


class StemSegments(Dataset[StemSegment]):
    """Segment number i is the same for the same seed, on any machine, in any order."""

    def __init__(
        self, songs: tuple[CachedSong, ...], n_hops: int, length: int, seed: int, remix: Remix | None = None
    ) -> None:
        """`songs`: those without stems are left out. Each root folder is drawn from equally often."""
        self._n_hops, self._length, self._seed = n_hops, length, seed
        self._remix = remix or Remix()
        self._whole = _by_root([song for song in songs if song.has_stems])
        self._sources = [
            _by_root([song for song in songs if any(STEM_OF.get(row) == stem for row in song.rows)])
            for stem in range(len(STEMS))
        ]
        if not self._whole:
            raise ValueError("no song with stems among the songs")

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> StemSegment:
        rng = np.random.default_rng([self._seed, number])
        remix = self._remix
        if rng.random() < remix.across_songs:
            sounds, hits, known = self._across_songs(rng)
        else:
            sounds, hits, known = self._one_song(rng)
        n_samples = self._n_hops * HOP_LENGTH
        if rng.random() < remix.silence:
            sounds[:] = 0.0
        elif rng.random() < remix.noise:
            sounds[STEMS.index("other")] += _pink_noise(rng, n_samples) * 10 ** (rng.uniform(-60, -35) / 20)
        return self._segment(sounds, hits, known, rng)

    def _one_song(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, bool]:
        song = _draw(self._whole, rng)
        start_hop = _start(song, self._n_hops, rng)
        sounds = song.stems(start_hop * HOP_LENGTH, self._n_hops * HOP_LENGTH)
        gains = _amplitude(rng.uniform(-1, 1, len(STEMS)) * self._remix.stem_gain_db)
        gains[rng.random(len(STEMS)) < self._remix.mute] = 0.0
        sounds *= gains[:, None]
        drums_sound = gains[0] > 0.0 and "drums" in song.rows
        hits = hit_targets(song.hits, start_hop, self._n_hops) if drums_sound else self._no_hits()
        return sounds, hits, song.has_hits or not drums_sound

    def _across_songs(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, bool]:
        sounds = np.zeros((len(STEMS), self._n_hops * HOP_LENGTH), np.float32)
        hits, known = self._no_hits(), True
        for stem, sources in enumerate(self._sources):
            if not sources or rng.random() < self._remix.mute:
                continue
            song = _draw(sources, rng)
            row = next(row for row, name in enumerate(song.rows) if STEM_OF.get(name) == stem)
            start_hop = _start(song, self._n_hops, rng)
            level_db = STEM_RMS_DB[stem] + rng.uniform(-1, 1) * self._remix.stem_gain_db
            gain = _amplitude(level_db) / max(song.rms[row], 1e-4)
            sounds[stem] = song.cut(row, start_hop * HOP_LENGTH, sounds.shape[1]) * np.float32(gain)
            if stem == 0:
                hits, known = hit_targets(song.hits, start_hop, self._n_hops), song.has_hits
        return sounds, hits, known

    def _no_hits(self) -> np.ndarray:
        return hit_targets_none(self._n_hops)

    def _segment(
        self, sounds: np.ndarray, hits: np.ndarray, known: bool, rng: np.random.Generator
    ) -> StemSegment:
        remix = self._remix
        peak = float(np.abs(sounds.sum(axis=0)).max(initial=0.0))
        gain = _amplitude(-remix.quiet_db * rng.random()) / max(1.0, peak)
        tilts = rng.uniform(-1, 1, len(STEMS)) * remix.tilt_db
        cutoff_hz = rng.uniform(2_000, 10_000) if rng.random() < remix.low_pass else None
        weights = gain * _amplitude(tilts[:, None] * _octaves_from_1_khz())
        if cutoff_hz is not None:
            weights = weights * _low_pass(cutoff_hz)
        weights = weights.astype(np.float32)

        bands = frontend.band_matrix().T
        stfts = [frontend.spectra(sound).stft * weight for sound, weight in zip(sounds, weights, strict=True)]
        mixed = stfts[0] + stfts[1] + stfts[2] + stfts[3]
        mix = (np.square(mixed.real) + np.square(mixed.imag)) @ bands
        stems = np.stack([(np.square(s.real) + np.square(s.imag)) @ bands for s in stfts], axis=1)
        cross = np.stack([(s.real * mixed.real + s.imag * mixed.imag) @ bands for s in stfts], axis=1)
        log_bands = (np.log10(mix + np.float32(frontend.POWER_FLOOR)) + np.float32(4.0)) * np.float32(0.5)
        arrays = (log_bands, mix, stems, cross, hits, np.float32(known))
        return StemSegment(*(torch.as_tensor(array) for array in arrays))


def hit_targets_none(n_hops: int) -> np.ndarray:
    """float32 (n_hops, 3): nothing is struck."""
    return np.zeros((n_hops, 3), np.float32)


def _by_root(songs: list[CachedSong]) -> list[list[CachedSong]]:
    roots: dict[str, list[CachedSong]] = {}
    for song in songs:
        roots.setdefault(song.root, []).append(song)
    return list(roots.values())


def _draw(roots: list[list[CachedSong]], rng: np.random.Generator) -> CachedSong:
    root = roots[rng.integers(len(roots))]
    return root[rng.integers(len(root))]


def _start(song: CachedSong, n_hops: int, rng: np.random.Generator) -> int:
    return int(rng.integers(max(1, song.n_hops - n_hops)))


def _amplitude(gain_db: np.ndarray | float) -> np.ndarray:
    return np.asarray(10.0 ** (np.asarray(gain_db) / 20.0))


def _octaves_from_1_khz() -> np.ndarray:
    hz = np.arange(frontend.N_BINS) * SAMPLE_RATE / frontend.WINDOW_LENGTH
    return np.clip(np.log2(np.maximum(hz, 20.0) / 1_000.0), -4.0, 4.0)


def _low_pass(cutoff_hz: float) -> np.ndarray:
    """Amplitude of a fourth-order low-pass."""
    hz = np.arange(frontend.N_BINS) * SAMPLE_RATE / frontend.WINDOW_LENGTH
    return 1.0 / np.sqrt(1.0 + (hz / cutoff_hz) ** 8)


def _pink_noise(rng: np.random.Generator, n_samples: int) -> np.ndarray:
    """float32 (n_samples,), rms 1."""
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1.0))
    noise = np.fft.irfft(spectrum, n_samples)
    return (noise / noise.std()).astype(np.float32)
