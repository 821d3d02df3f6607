"""Songs, heard through the trained stem network, become segments for the beat network.

Features are made once a song (twice where stems allow: as it is, and remixed with the drums often out)
and cached; gain, tone and tempo vary as segments are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import STEMS
from stemlight.analysis.networks import N_COARSE, N_STEM_LEVELS, stem_bands, stem_levels
from torch import Tensor
from torch.utils.data import Dataset

from models.features.events import beat_positions, onset_hops
from models.features.library import CachedSong
from models.net.stem_net import StemNet

N_OUTPUTS = 3  # beat, downbeat, onset
SLOWEST, FASTEST = 0.85, 1.18  # time stretch; further and 120 BPM rock sounds like no music that there is
EQ_DB, N_EQ = 5.0, 7  # an equalizer of seven sliders
PITCH_BANDS = 3  # up or down, about two semitones where bands are a constant ratio apart
NO_DRUMS = 0.5  # chance that the remixed twin is without drums


class BeatSegment(NamedTuple):
    """One training segment; batches have a leading axis."""

    log_bands: Tensor  # float32 (n_hops, N_BANDS)
    stem_levels: Tensor  # float32 (n_hops, N_STEM_LEVELS)
    targets: Tensor  # float32 (n_hops, 3): beat, downbeat, onset
    known: Tensor  # float32 (n_hops, 3): 1 where `targets` is the truth


@dataclass(frozen=True)
class BeatSong:
    """Features and truth of one song, or of its twin."""

    name: str
    root: str
    path: Path  # npz: log_bands float16 (n, N_BANDS), stem_levels float16 (n, N_STEM_LEVELS)
    n_hops: int
    beats: np.ndarray  # fractional hops
    downbeats: np.ndarray  # fractional hops; empty where bars are unknown
    onsets: np.ndarray | None  # hops; None where unknown

    def features(self, start: int = 0, stop: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """float32 log bands and stem levels of some hops."""
        both = np.load(self.path, mmap_mode="r")[start:stop].astype(np.float32)
        return both[:, : frontend.N_BANDS], both[:, frontend.N_BANDS :]


def beat_songs(
    songs: Sequence[CachedSong],
    stem_net: StemNet,
    folder: Path,
    twins: bool,
    tell: Callable[[str], None] = print,
) -> list[BeatSong]:
    """Those of `songs` that have beats, heard through `stem_net`; cached in `folder` by the net's weights."""
    weights = b"".join(weight.numpy().tobytes() for weight in stem_net.cpu().state_dict().values())
    folder = folder / hashlib.sha256(weights).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    with_beats = [song for song in songs if len(song.beats.times_s) > 1]
    for count, song in enumerate(with_beats, 1):
        found.append(_features(song, stem_net, folder, twin=False))
        if twins and song.has_stems:
            found.append(_features(song, stem_net, folder, twin=True))
        if count % 25 == 0 or count == len(with_beats):
            tell(f"beat features: {count} of {len(with_beats)} songs")
    return found


def _features(song: CachedSong, stem_net: StemNet, folder: Path, twin: bool) -> BeatSong:
    key = hashlib.sha256(str(song.path).encode()).hexdigest()[:24]
    path = folder / f"{key}{'_twin' if twin else ''}.npy"
    onset_path = path.with_suffix(".onsets.npy")
    if not path.is_file():
        mix, onsets = _sound(song, twin)
        spectrum = frontend.spectra(mix)
        masks = _masks(stem_net, spectrum.log_bands)
        levels = stem_levels(stem_bands(masks, spectrum.bands))
        if onsets is not None:
            np.save(onset_path, onsets)
        fresh = path.with_suffix(".part.npy")
        np.save(fresh, np.concatenate([spectrum.log_bands, levels], axis=1).astype(np.float16))
        fresh.replace(path)
    beats, downbeats = beat_positions(song.beats)
    return BeatSong(
        name=song.name,
        root=song.root,
        path=path,
        n_hops=song.n_hops,
        beats=beats,
        downbeats=downbeats,
        onsets=np.load(onset_path) if onset_path.is_file() else None,
    )


def _sound(song: CachedSong, twin: bool) -> tuple[np.ndarray, np.ndarray | None]:
    if not song.has_stems:
        return song.mix(), None
    stems = song.stems()
    if twin:
        rng = np.random.default_rng(int(hashlib.sha256(song.name.encode()).hexdigest()[:8], 16))
        gains = 10 ** (rng.uniform(-8.0, 8.0, len(STEMS)) / 20)
        gains[0] *= rng.random() >= NO_DRUMS
        stems *= gains.astype(np.float32)[:, None]
    heard = [onset_hops(frontend.spectra(stem).log_bands) for stem in stems if stem.any()]
    return stems.sum(axis=0), np.unique(np.concatenate(heard)) if heard else np.zeros(0, np.int64)


@torch.no_grad()
def _masks(stem_net: StemNet, log_bands: np.ndarray) -> np.ndarray:
    inputs = (torch.from_numpy(log_bands)[None],)
    masks = stem_net.finish(stem_net(inputs, stem_net.initial_state()).outputs)[0]
    return masks[0].numpy()


class BeatSegments(Dataset[BeatSegment]):
    """Segment number i is the same for the same seed, in any order. Roots are drawn from equally often."""

    def __init__(self, songs: Sequence[BeatSong], n_hops: int, length: int, seed: int) -> None:
        self._n_hops, self._length, self._seed = n_hops, length, seed
        roots: dict[str, list[BeatSong]] = {}
        for song in songs:
            roots.setdefault(song.root, []).append(song)
        self._roots = list(roots.values())
        if not self._roots:
            raise ValueError("no song with beats among the songs")

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> BeatSegment:
        rng = np.random.default_rng([self._seed, number])
        root = self._roots[rng.integers(len(self._roots))]
        song = root[rng.integers(len(root))]
        speed = np.exp(rng.uniform(np.log(SLOWEST), np.log(FASTEST)))
        n_read = int(np.ceil(self._n_hops * speed)) + 1
        start = int(rng.integers(max(1, song.n_hops - n_read)))
        log_bands, levels = song.features(start, start + n_read)
        at = np.arange(self._n_hops) * speed
        log_bands, levels = _at(log_bands, at), _at(levels, at)
        log_bands, levels = _toned(log_bands, levels, rng)
        targets, known = truth(song, start, speed, self._n_hops)
        return BeatSegment(*(torch.from_numpy(array) for array in (log_bands, levels, targets, known)))


def truth(song: BeatSong, start: float, speed: float, n_hops: int) -> tuple[np.ndarray, np.ndarray]:
    """`targets` and `known` of a `BeatSegment` that begins at hop `start` and runs at `speed`."""
    targets = np.zeros((n_hops, N_OUTPUTS), np.float32)
    known = np.zeros((n_hops, N_OUTPUTS), np.float32)
    events = (song.beats, song.downbeats, song.onsets)
    for column, positions in enumerate(events):
        if positions is None or (column == 1 and not len(positions)):
            continue
        hops = np.floor((positions - start) / speed).astype(np.int64)
        targets[hops[(hops >= 0) & (hops < n_hops)], column] = 1.0
        known[:, column] = 1.0
    half_beat = 0.5 * float(np.median(np.diff(song.beats)))
    time = start + np.arange(n_hops) * speed
    inside = (time > song.beats[0] - half_beat) & (time < song.beats[-1] + half_beat)
    known[~inside, :2] = 0.0  # nobody wrote down whether a beat is felt before the first or after the last
    return targets, known


def _at(features: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Rows at fractional positions; the last row stands for what lies beyond."""
    at = np.minimum(at, len(features) - 1)
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, len(features) - 1)
    share = (at - low).astype(np.float32)[:, None]
    return features[low] * (1 - share) + features[high] * share


def _toned(
    log_bands: np.ndarray, levels: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """At another gain, through another equalizer, a little higher or lower, the top at times cut off."""
    octaves = np.log2(frontend.band_frequencies_hz() / 1_000.0)
    gain_db = -30.0 * rng.random() + rng.uniform(-2, 2) * octaves
    gain_db = gain_db + np.interp(octaves, np.linspace(-5.5, 4.1, N_EQ), rng.uniform(-EQ_DB, EQ_DB, N_EQ))
    shift = int(rng.integers(-PITCH_BANDS, PITCH_BANDS + 1))
    log_bands = log_bands[:, np.clip(np.arange(frontend.N_BANDS) + shift, 0, frontend.N_BANDS - 1)]
    if rng.random() < 0.1:
        gain_db = gain_db - 24.0 * np.maximum(octaves - np.log2(rng.uniform(2.0, 10.0)), 0.0)
    coarse_db = np.tile(gain_db.reshape(N_COARSE, -1).mean(axis=1), N_STEM_LEVELS // N_COARSE)
    return _amplified(log_bands, gain_db), _amplified(levels, coarse_db)


def _amplified(log_power: np.ndarray, gain_db: np.ndarray) -> np.ndarray:
    """What the same bands would be after a gain: the floor stays where it is."""
    power = np.maximum(10.0 ** (2.0 * log_power - 4.0) - frontend.POWER_FLOOR, 0.0) * 10.0 ** (gain_db / 10)
    return ((np.log10(power + frontend.POWER_FLOOR) + 4.0) * 0.5).astype(np.float32)
