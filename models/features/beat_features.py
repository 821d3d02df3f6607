"""Songs, heard through a stem network, become segments for the beat network.

Bands are made once a song (twice where stems allow: as it is, and remixed with the drums often out) and what
a stem network says of them once a network, from the bands alone; both are cached. Gain, tone, tempo, room and
drummer vary as segments are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import STEMS
from stemlight.analysis.networks import N_STEM_LEVELS, stem_bands, stem_levels
from torch import Tensor
from torch.utils.data import Dataset

from models.features.beat_augment import FLOOR, disturb, interpolated, mute, power_of, toned, worn
from models.features.beat_song import BeatSong
from models.features.events import beat_positions, onset_hops
from models.features.library import CachedSong
from models.features.mashup import Drummers, Singers, with_stem
from models.net.stem_net import StemNet

N_OUTPUTS = 3  # beat, downbeat, onset
SLOWEST, FASTEST = 0.85, 1.18  # time stretch; further and 120 BPM rock sounds like no music that there is
NO_DRUMS = 0.5  # chance that the remixed twin is without drums
TWIN = 0.35  # chance that the twin is read where there is one

FROM_THE_START = 0.25  # chance of the first bars of a song: they are few, and a show begins with them

MASHED = 0.35  # chance that another song's drums play along, where a drummer finds the beat

SUNG = 0.3  # chance that somebody sings along

OTHER_LEVELS = 0.3  # chance that another stem network is listened through, where there is one

FINISHED = 2.0  # how much readier finished mixes are drawn from than what we mixed
BLOCK_HOPS, BLOCK_SONGS = 1_024, 16  # how much the stem network hears in one call


Autocast = Callable[[], AbstractContextManager[Any]]


class BeatSegment(NamedTuple):
    """One training segment; batches have a leading axis."""

    log_bands: Tensor  # float32 (n_hops, N_BANDS)
    stem_levels: Tensor  # float32 (n_hops, N_STEM_LEVELS)
    targets: Tensor  # float32 (n_hops, 3): beat, downbeat, onset
    known: Tensor  # float32 (n_hops, 3): 1 where `targets` is the truth
    period: Tensor  # float32 (n_hops,): hops a beat; 0 where unknown
    phase: Tensor  # float32 (n_hops,): beats since the last, in [0, 1)
    found: Tensor  # bool (): somebody found these beats in a finished mix; else they made the music


def beat_songs(
    songs: Sequence[CachedSong],
    stem_net: StemNet,
    folder: Path,
    twins: bool,
    tell: Callable[[str], None] = print,
    *,
    others: Sequence[StemNet] = (),
    autocast: Autocast = nullcontext,
) -> list[BeatSong]:
    """Those of `songs` that have beats, heard through `stem_net`, and through `others`; cached in `folder`.

    With `twins`, each song with stems is followed by its remix. `autocast`: the stem networks run inside it.
    """
    wanted = [
        (song, twin)
        for song in songs
        if len(song.beats.times_s) > 2
        for twin in ((False, True) if twins and song.has_stems else (False,))
    ]
    keys = [f"{song.name}-{song.n_samples}{'-twin' * twin}" for song, twin in wanted]
    bands = folder / "bands"
    bands.mkdir(parents=True, exist_ok=True)
    for count, ((song, twin), key) in enumerate(zip(wanted, keys, strict=True), 1):
        make_bands(song, twin, bands / f"{key}.npy")
        if count % 50 == 0 or count == len(wanted):
            tell(f"bands: {count} of {len(wanted)} songs and twins")
    ears = [listened(bands, keys, net, folder, tell, autocast=autocast) for net in (stem_net, *others)]
    found = []
    for (song, twin), key in zip(wanted, keys, strict=True):
        beats, downbeats = beat_positions(song.beats)
        onsets, drums = bands / f"{key}.onsets.npy", bands / f"{key}.drums.npy"
        found.append(
            BeatSong(
                name=song.name + "-twin" * twin,
                root=song.root,
                bands_path=bands / f"{key}.npy",
                levels_paths=tuple(ear / f"{key}.npy" for ear in ears),
                n_hops=song.n_hops,
                finished=not song.has_stems,
                beats=beats,
                downbeats=downbeats,
                onsets=np.load(onsets) if onsets.is_file() else None,
                drums_path=drums if drums.is_file() else None,
            )
        )
    return found


def make_bands(song: CachedSong, twin: bool, path: Path) -> None:
    """Write the log bands of a song to `path`, if missing; beside it its stems' onsets, and its drums."""
    if path.is_file():
        return
    if song.has_stems:
        stems = song.stems()
        if twin:
            rng = np.random.default_rng(int(hashlib.sha256(song.name.encode()).hexdigest()[:8], 16))
            gains = 10 ** (rng.uniform(-8.0, 8.0, len(STEMS)) / 20)
            gains[0] *= rng.random() >= NO_DRUMS
            stems *= gains.astype(np.float32)[:, None]
        heard = {n: frontend.spectra(stem).log_bands for n, stem in enumerate(stems) if stem.any()}
        onsets = np.unique(np.concatenate([np.zeros(0, np.int64), *map(onset_hops, heard.values())]))
        np.save(path.with_suffix(".onsets.npy"), onsets)
        if 0 in heard and not twin:
            _save(path.with_suffix(".drums.npy"), heard[0])
        mix = stems.sum(axis=0)
    else:
        mix = song.mix()
    _save(path, frontend.spectra(mix).log_bands)


def voice_bands(songs: Sequence[CachedSong], folder: Path, tell: Callable[[str], None] = print) -> list[Path]:
    """Log bands of the voice alone, of each of `songs` in which it is known: npy, float16 (n, N_BANDS)."""
    singing = [song for song in songs if "vocals" in song.rows]
    bands = folder / "bands"
    bands.mkdir(parents=True, exist_ok=True)
    paths = []
    for song in singing:
        path = bands / f"{song.name}-{song.n_samples}.vocals.npy"
        if not path.is_file():
            _save(path, frontend.spectra(song.cut(song.rows.index("vocals"), 0, song.n_samples)).log_bands)
        paths.append(path)
    tell(f"voices: {len(paths)}")
    return paths


def listened(
    bands: Path,
    keys: Sequence[str],
    stem_net: StemNet,
    folder: Path,
    tell: Callable[[str], None] = print,
    *,
    autocast: Autocast = nullcontext,
) -> Path:
    """The folder with the stem levels of all `keys`, by the network's weights; what is missing is made."""
    weights = b"".join(weight.numpy().tobytes() for weight in stem_net.cpu().state_dict().values())
    ear = folder / "levels" / hashlib.sha256(weights).hexdigest()[:16]
    ear.mkdir(parents=True, exist_ok=True)
    missing = [key for key in keys if not (ear / f"{key}.npy").is_file()]
    lengths = {key: len(np.load(bands / f"{key}.npy", mmap_mode="r")) for key in missing}
    missing.sort(key=lengths.__getitem__)
    for first in range(0, len(missing), BLOCK_SONGS):
        together = missing[first : first + BLOCK_SONGS]
        with autocast():
            heard = _levels(bands, together, lengths, stem_net)
        for key, levels in zip(together, heard, strict=True):
            _save(ear / f"{key}.npy", levels)
        tell(f"stems: {first + len(together)} of {len(missing)} songs and twins")
    return ear


@torch.no_grad()
def _levels(bands: Path, keys: Sequence[str], lengths: dict[str, int], stem_net: StemNet) -> list[np.ndarray]:
    """float16 (n, N_STEM_LEVELS) of each of `keys`: many songs side by side, block after block."""
    sounds = [np.load(bands / f"{key}.npy", mmap_mode="r") for key in keys]
    levels = [np.empty((lengths[key], N_STEM_LEVELS), np.float16) for key in keys]
    state = stem_net.initial_state(len(keys))
    for start in range(0, max(lengths[key] for key in keys), BLOCK_HOPS):
        log_bands = np.full((len(keys), BLOCK_HOPS, frontend.N_BANDS), FLOOR, np.float32)
        for heard, sound in zip(log_bands, sounds, strict=True):
            part = sound[start : start + BLOCK_HOPS]
            heard[: len(part)] = part
        outputs, state = stem_net((torch.from_numpy(log_bands),), state)
        masks = stem_net.finish(outputs)[0].float().numpy()
        for heard, mask, out in zip(log_bands, masks, levels, strict=True):
            part = out[start : start + BLOCK_HOPS]
            n_hops = len(part)
            part[:] = stem_levels(stem_bands(mask[:n_hops], power_of(heard[:n_hops])))
    return levels


def _save(path: Path, values: np.ndarray) -> None:
    fresh = path.with_suffix(".part.npy")
    np.save(fresh, values.astype(np.float16))
    fresh.replace(path)


class BeatSegments(Dataset[BeatSegment]):
    """Segment number i is the same for the same seed, in any order.

    Roots are drawn from by the root of their length, so that a small one is neither lost nor learnt by heart,
    and FINISHED times as often where they hold finished mixes.
    """

    def __init__(
        self, songs: Sequence[BeatSong], n_hops: int, length: int, seed: int, voices: Sequence[Path] = ()
    ) -> None:
        """`voices`: as `voice_bands` leaves them; they sing along."""
        self._n_hops, self._length, self._seed = n_hops, length, seed
        self._drummers, self._singers = Drummers(songs), Singers(voices)
        roots: dict[str, dict[str, list[BeatSong]]] = {}
        for song in songs:
            of_root = roots.setdefault(song.root, {})
            of_root.setdefault(song.name.removesuffix("-twin"), []).append(song)
        if not roots:
            raise ValueError("no song with beats among the songs")
        self._roots = [list(of_root.values()) for of_root in roots.values()]
        weights = np.array(
            [readiness([(pair[0].n_hops, pair[0].finished) for pair in r]) for r in self._roots]
        )
        self._shares = weights / weights.sum()

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> BeatSegment:
        rng = np.random.default_rng([self._seed, number])
        root = self._roots[rng.choice(len(self._roots), p=self._shares)]
        pair = root[rng.integers(len(root))]
        song = pair[-1] if rng.random() < TWIN else pair[0]
        speed = np.exp(rng.uniform(np.log(SLOWEST), np.log(FASTEST)))
        n_read = int(np.ceil(self._n_hops * speed)) + 1
        start = 0
        if rng.random() >= FROM_THE_START:
            start = int(rng.integers(max(1, song.n_hops - n_read)))
        ear = 0
        if len(song.levels_paths) > 1 and rng.random() < OTHER_LEVELS:
            ear = int(rng.integers(1, len(song.levels_paths)))
        log_bands, levels = song.features(start, start + n_read, ear)
        at = np.arange(self._n_hops) * speed
        log_bands, levels = interpolated(log_bands, at), interpolated(levels, at)
        targets, known = truth(song, start, speed, self._n_hops)
        if rng.random() < MASHED and (drums := self._drummers.drums(song, start + at, rng)) is not None:
            log_bands, levels = with_stem(log_bands, levels, "drums", drums, rng)
            known[:, 2] = 0.0  # nobody wrote the new onsets down
        if rng.random() < SUNG and (voice := self._singers.voice(self._n_hops, rng)) is not None:
            log_bands, levels = with_stem(log_bands, levels, "vocals", voice, rng)
            known[:, 2] = 0.0
        log_bands, levels = worn(log_bands, levels, rng)
        log_bands, levels = toned(log_bands, levels, rng)
        disturb(log_bands, levels, rng)
        mute(log_bands, levels, known, rng)
        period = _period(song, start, speed, self._n_hops)
        phase = _phase(song, start + at)
        found = np.array(song.finished)
        return BeatSegment(*map(torch.from_numpy, (log_bands, levels, targets, known, period, phase, found)))


def readiness(songs: Sequence[tuple[int, bool]]) -> float:
    """How readily a root is drawn from: of each of its songs the length, and whether it is a finished mix."""
    length = sum(n for n, _ in songs)
    finished = sum(n for n, is_finished in songs if is_finished) / length
    return float(np.sqrt(length) * (1.0 + (FINISHED - 1.0) * finished))


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
    known[~_inside(song, start + np.arange(n_hops) * speed), :2] = 0.0
    return targets, known


def _inside(song: BeatSong, time: np.ndarray) -> np.ndarray:
    """bool: nobody wrote down whether a beat is felt before the first or after the last."""
    half_beat = 0.5 * float(np.median(np.diff(song.beats)))
    return (time > song.beats[0] - half_beat) & (time < song.beats[-1] + half_beat)


def _phase(song: BeatSong, time: np.ndarray) -> np.ndarray:
    """`phase` of a `BeatSegment`."""
    return (np.interp(time, song.beats, np.arange(len(song.beats))) % 1.0).astype(np.float32)


def _period(song: BeatSong, start: float, speed: float, n_hops: int) -> np.ndarray:
    """`period` of a `BeatSegment`: smooth over four beats, so that jitter is no tempo."""
    time = start + np.arange(n_hops) * speed
    reach = min(4, len(song.beats) - 1)
    periods = (song.beats[reach:] - song.beats[:-reach]) / reach
    middles = 0.5 * (song.beats[reach:] + song.beats[:-reach])
    period = np.interp(time, middles, periods) / speed
    period[~_inside(song, time)] = 0.0
    return period.astype(np.float32)
