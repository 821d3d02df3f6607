"""Stems of many songs become mixtures that never were: segments for the stem network, made as they are read.

Each segment is cut at random, mixed and worn at random, and turned into the app's own front-end's bands.
Since the transform is linear, stems are summed after it, and the products of stem and mix come for free:
with them the error of any mask is known exactly, without going back to sound.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import torch
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import DRUM_PARTS, HOP_LENGTH, SAMPLE_RATE, STEMS
from torch import Tensor
from torch.utils.data import Dataset

from models.data.songs import Hits
from models.features import augment
from models.features.band_powers import band_powers
from models.features.events import hit_targets
from models.features.library import CachedSong

DRUMS, _, VOCALS, OTHER = range(len(STEMS))
STEM_RMS_DB = (-22.0, -22.0, -21.0, -23.0)  # usual loudness of each stem where it sounds, in a mix at -18
MIX_RMS_DB = -18.0
STEM_OF = {**{name: row for row, name in enumerate(STEMS)}, "guitar": OTHER}
CANDIDATES = 6  # songs drawn for one that keeps the beat of the others
MATCH = 1.15  # highest ratio of tempi that is bridged by speed


class StemSegment(NamedTuple):
    """One training segment; batches have a leading axis.

    Stems that are not known (`known` 0) are known as their sum, which is in the row of the last of them.
    """

    log_bands: Tensor  # float32 (n_hops, N_BANDS) of the mix
    mix: Tensor  # float32 (n_hops, N_BANDS), power
    stems: Tensor  # float32 (n_hops, 4, N_BANDS), power
    cross: Tensor  # float32 (n_hops, 4, N_BANDS): real part of stem times conjugate mix
    known: Tensor  # float32 (4,): 1 where the stem's row is the stem
    hits: Tensor  # float32 (n_hops, 3)
    hits_known: Tensor  # float32 (): 1 where `hits` is the truth


@dataclass(frozen=True)
class Remix:
    """How far a mixture may stray from the songs as they are. Chances, unless a unit is given."""

    across_songs: float = 0.45  # that stems come from different songs
    matched: float = 0.5  # that these keep one beat, where beats are known
    partly_known: float = 0.2  # that a real mix is drawn, of which not all stems are known
    solo: float = 0.1  # that a song of one stem, a singer alone say, may be drawn as a whole
    stem_gain_db: float = 8.0  # each stem up or down by at most
    mute: float = 0.15  # that a stem is silent
    second_voice: float = 0.15  # that two voices sing
    speed: float = 0.3  # that a song is played at another speed, pitch and all
    speed_range: float = 0.15  # of that, at most
    room: float = 0.1  # that a stem is in a room; and that all are in one
    limiter: float = 0.4  # that the sum is pressed against a ceiling
    clip: float = 0.15  # that it is bent there
    tilt_db: float = 2.0  # per octave about 1 kHz, each stem on its own
    bell_db: float = 5.0  # of two bells a stem
    low_pass: float = 0.2  # that the mixture ends early: an old MP3, a PA, a cheap desk feed, a phone
    crowd: float = 0.12  # of noise, talk or applause, counted with `other`
    quiet_db: float = 30.0  # the whole at most this much below full
    silence: float = 0.02  # of nothing at all


ORIGINAL = Remix(**{field.name: 0.0 for field in fields(Remix)} | {"solo": 1.0})


@dataclass
class _Mixture:
    """A segment in the making."""

    sounds: np.ndarray  # float32 (4, n_samples)
    known: np.ndarray  # float32 (4,)
    hits: np.ndarray | None  # float32 (n_hops, 3); None: nobody knows


@dataclass(frozen=True)
class _Pulse:
    """The beat that matched stems share."""

    period_s: float
    first_beat_s: float  # from the start of the segment
    in_bar: int  # of that beat; 0: unknown


class StemSegments(Dataset[StemSegment]):
    """Segment number i is the same for the same seed, on any machine, in any order."""

    def __init__(
        self, songs: tuple[CachedSong, ...], n_hops: int, length: int, seed: int, remix: Remix | None = None
    ) -> None:
        """`songs`: whatever nothing is known of is left out. Each root folder is drawn from equally often."""
        self._n_hops, self._length, self._seed = n_hops, length, seed
        self._n_samples = n_hops * HOP_LENGTH
        self._remix = remix or Remix()
        self._whole = _by_root([song for song in songs if song.has_stems])
        self._bands = _by_root([song for song in songs if song.has_stems and len(song.rows) > 1])
        self._sources = [
            _by_root([song for song in songs if any(STEM_OF.get(row) == stem for row in song.rows)])
            for stem in range(len(STEMS))
        ]
        self._partly = _by_root([song for song in songs if not song.has_stems and _knows_something(song)])
        if not self._whole:
            raise ValueError("no song with stems among the songs")

    def __len__(self) -> int:
        return self._length

    @property
    def has_partly(self) -> bool:
        """Whether there is any mix of which not all stems are known."""
        return bool(self._partly)

    def __getitem__(self, number: int) -> StemSegment:
        rng = np.random.default_rng([self._seed, number])
        remix = self._remix
        if self._partly and rng.random() < remix.partly_known:
            mixture = self._partly_known(rng)
        elif rng.random() < remix.across_songs:
            mixture = self._across_songs(rng)
        else:
            mixture = self._one_song(rng)
        if rng.random() < remix.silence:
            mixture = _Mixture(np.zeros_like(mixture.sounds), np.ones(4), self._no_hits())
        return self._segment(mixture, self._worn(mixture.sounds, mixture.known, rng))

    def _one_song(self, rng: np.random.Generator) -> _Mixture:
        remix = self._remix
        song = _draw(self._bands if self._bands and rng.random() >= remix.solo else self._whole, rng)
        speed = self._speed(rng)
        start = self._start(song, speed, rng)
        gains = _amplitude(rng.uniform(-1, 1, len(STEMS)) * remix.stem_gain_db)
        gains[rng.random(len(STEMS)) < remix.mute] = 0.0
        sounds = np.zeros((len(STEMS), self._n_samples), np.float32)
        for row, name in enumerate(song.rows):
            stem = STEMS.index(name)
            if gains[stem]:
                sounds[stem] = np.float32(gains[stem]) * self._cut(song, row, start, speed)
        drums_sound = gains[DRUMS] > 0.0 and "drums" in song.rows
        hits = self._hits(song, start, speed) if drums_sound else self._no_hits()
        return _Mixture(sounds, np.ones(4), hits)

    def _across_songs(self, rng: np.random.Generator) -> _Mixture:
        mixture = _Mixture(np.zeros((4, self._n_samples), np.float32), np.ones(4), self._no_hits())
        pulse = None
        matched = rng.random() < self._remix.matched
        for stem in rng.permutation(len(STEMS)):
            if self._sources[stem] and rng.random() >= self._remix.mute:
                pulse = self._add(mixture, int(stem), pulse if matched else None, rng) or pulse
        return mixture

    def _partly_known(self, rng: np.random.Generator) -> _Mixture:
        """A real mix; where it is known to lack voices or drums, often with others' laid over it."""
        song = _draw(self._partly, rng)
        speed = self._speed(rng)
        start = self._start(song, speed, rng)
        known = np.array([name in song.silent or name in song.rows for name in STEMS], np.float32)
        if song.kind == "split":
            known[OTHER] = 1.0
        rest = int(np.flatnonzero(known == 0.0)[-1])
        hits = self._no_hits() if known[DRUMS] else None
        mixture = _Mixture(np.zeros((4, self._n_samples), np.float32), known, hits)
        loudest = max(song.rms)
        for row, name in enumerate(song.rows):
            level_db = MIX_RMS_DB + rng.uniform(-0.5, 0.5) * self._remix.stem_gain_db
            gain = np.float32(_amplitude(level_db) / max(loudest, 1e-4))
            mixture.sounds[STEM_OF.get(name, rest)] += gain * self._cut(song, row, start, speed)
        pulse = _pulse(song, start / SAMPLE_RATE, speed)
        for stem, chance in ((VOCALS, 0.7), (DRUMS, 0.5)):
            if STEMS[stem] in song.silent and self._sources[stem] and rng.random() < chance:
                self._add(mixture, stem, pulse if rng.random() < self._remix.matched else None, rng)
        return mixture

    def _add(
        self, mixture: _Mixture, stem: int, pulse: _Pulse | None, rng: np.random.Generator
    ) -> _Pulse | None:
        """Lay a stem of some song into `mixture`, on `pulse` if that can be; the pulse that it has."""
        song, speed, start = self._in_time(stem, pulse, rng)
        mixture.sounds[stem] = self._levelled(song, stem, start, speed, rng)
        if stem == DRUMS:
            mixture.hits = self._hits(song, start, speed)
        if stem == VOCALS and rng.random() < self._remix.second_voice:
            other, speed, start = self._in_time(stem, pulse, rng)
            mixture.sounds[stem] += np.float32(0.7) * self._levelled(other, stem, start, speed, rng)
        return _pulse(song, start / SAMPLE_RATE, speed)

    def _in_time(
        self, stem: int, pulse: _Pulse | None, rng: np.random.Generator
    ) -> tuple[CachedSong, float, int]:
        """A song with the stem, its speed and its start in samples."""
        songs = [_draw(self._sources[stem], rng) for _ in range(CANDIDATES if pulse else 1)]
        if pulse:
            for song in songs:
                aligned = self._aligned(song, pulse, rng)
                if aligned:
                    return song, *aligned
        speed = self._speed(rng)
        return songs[0], speed, self._start(songs[0], speed, rng)

    def _aligned(self, song: CachedSong, pulse: _Pulse, rng: np.random.Generator) -> tuple[float, int] | None:
        """Speed and start at which the song's beats fall on the pulse; None where it is too slow or fast."""
        beats = song.beats
        if len(beats.times_s) < 3:
            return None
        period_s = float(np.median(np.diff(beats.times_s)))
        speed = min((period_s / pulse.period_s * octave for octave in (0.5, 1.0, 2.0)), key=_from_one)
        if _from_one(speed) > np.log(MATCH):
            return None
        starts = beats.times_s - pulse.first_beat_s * speed
        length_s = self._n_samples / SAMPLE_RATE * speed
        fits = (starts >= 0.0) & (starts + length_s < song.n_samples / SAMPLE_RATE)
        in_bar = fits & (beats.in_bar == pulse.in_bar)
        choices = np.flatnonzero(in_bar if in_bar.any() else fits)
        if not len(choices):
            return None
        return speed, int(starts[rng.choice(choices)] * SAMPLE_RATE)

    def _levelled(
        self, song: CachedSong, stem: int, start: int, speed: float, rng: np.random.Generator
    ) -> np.ndarray:
        row = next(row for row, name in enumerate(song.rows) if STEM_OF.get(name) == stem)
        level_db = STEM_RMS_DB[stem] + rng.uniform(-1, 1) * self._remix.stem_gain_db
        gain = np.float32(_amplitude(level_db) / max(song.rms[row], 1e-4))
        return np.asarray(gain * self._cut(song, row, start, speed))

    def _cut(self, song: CachedSong, row: int, start: int, speed: float) -> np.ndarray:
        if speed == 1.0:
            return song.cut(row, start, self._n_samples)
        sound = song.cut(row, start, int(self._n_samples * speed) + 2)
        return augment.resampled(sound, speed, self._n_samples)

    def _hits(self, song: CachedSong, start: int, speed: float) -> np.ndarray | None:
        if not song.has_hits:
            return None
        times_s = (song.hits.times_s - start / SAMPLE_RATE) / speed
        return hit_targets(Hits(times_s, song.hits.parts, song.hits.velocities), 0, self._n_hops)

    def _no_hits(self) -> np.ndarray:
        return hit_targets(Hits.none(), 0, self._n_hops)

    def _speed(self, rng: np.random.Generator) -> float:
        remix = self._remix
        if rng.random() >= remix.speed:
            return 1.0
        return float((1.0 + remix.speed_range) ** rng.uniform(-1, 1))

    def _start(self, song: CachedSong, speed: float, rng: np.random.Generator) -> int:
        """In samples, on a hop."""
        room = song.n_hops - int(np.ceil(self._n_hops * speed))
        return int(rng.integers(max(1, room))) * HOP_LENGTH

    def _worn(self, sounds: np.ndarray, known: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Change `sounds` in place as the world does; the amplitudes (4, N_BINS) that it has yet to get."""
        remix = self._remix
        if rng.random() < remix.room:
            wet, state = rng.uniform(0.2, 1.0), int(rng.integers(2**32))
            for row in np.flatnonzero(sounds.any(axis=1)):  # one room for all
                sounds[row] = augment.reverberated(sounds[row], wet, np.random.default_rng(state))
        for stem in range(len(STEMS)):
            if rng.random() < remix.room and sounds[stem].any():
                sounds[stem] = augment.reverberated(sounds[stem], rng.uniform(0.1, 0.7), rng)
        if rng.random() < remix.crowd:
            bed = augment.crowd(self._n_samples, rng)
            sounds[OTHER if known[OTHER] else np.flatnonzero(known == 0.0)[-1]] += bed * np.float32(
                _amplitude(rng.uniform(-60, -32))
            )
        peak = float(np.abs(sounds.sum(axis=0)).max(initial=0.0))
        if peak and rng.random() < remix.limiter:
            peak *= float(_amplitude(-rng.uniform(2.0, 9.0)))
            augment.limit(sounds, peak)
        if peak and rng.random() < remix.clip:
            augment.clip(sounds, peak * float(_amplitude(rng.uniform(-4.0, 3.0))))
        gain = _amplitude(-remix.quiet_db * rng.random()) / max(1.0, peak)
        curves = np.stack([augment.equalizer(rng, remix.tilt_db, remix.bell_db) for _ in STEMS]) * gain
        if rng.random() < remix.low_pass:
            kind = rng.random()
            if kind < 0.5:
                curves *= augment.low_pass(rng.uniform(14_000, 16_500), order=20)
            else:
                curves *= augment.low_pass(rng.uniform(2_500, 10_000))
            if kind > 0.8:
                curves *= augment.high_pass(rng.uniform(80, 350))
        return curves

    def _segment(self, mixture: _Mixture, curves: np.ndarray) -> StemSegment:
        powers = band_powers(mixture.sounds, curves)
        log_bands = (np.log10(powers.mix + np.float32(frontend.POWER_FLOOR)) + np.float32(4.0)) * np.float32(
            0.5
        )
        hits = np.zeros((self._n_hops, len(DRUM_PARTS)), np.float32) if mixture.hits is None else mixture.hits
        known = np.float32(mixture.hits is not None)
        arrays = (log_bands, *powers, mixture.known.astype(np.float32), hits, known)
        return StemSegment(*(torch.as_tensor(array) for array in arrays))


def _knows_something(song: CachedSong) -> bool:
    """A mix of which at least one stem is known, if only that it is silent."""
    return bool(song.silent) or song.kind in ("split", "voice_and_rest")


def _pulse(song: CachedSong, start_s: float, speed: float) -> _Pulse | None:
    """Of `song` from `start_s` on, played `speed` times as fast."""
    later = np.flatnonzero(song.beats.times_s >= start_s)
    if len(later) < 3:
        return None
    times_s = song.beats.times_s[later]
    period_s = float(np.median(np.diff(times_s))) / speed
    return _Pulse(period_s, float(times_s[0] - start_s) / speed, int(song.beats.in_bar[later[0]]))


def _from_one(ratio: float) -> float:
    return abs(float(np.log(ratio)))


def _by_root(songs: list[CachedSong]) -> list[list[CachedSong]]:
    roots: dict[str, list[CachedSong]] = {}
    for song in songs:
        roots.setdefault(song.root, []).append(song)
    return list(roots.values())


def _draw(roots: list[list[CachedSong]], rng: np.random.Generator) -> CachedSong:
    root = roots[rng.integers(len(roots))]
    return root[rng.integers(len(root))]


def _amplitude(gain_db: np.ndarray | float) -> np.ndarray:
    return np.asarray(10.0 ** (np.asarray(gain_db) / 20.0))
