"""Song folders become a cache of int16 sound that segments are cut from without decoding again."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from stemlight.analysis.feature_frame import HOP_LENGTH, STEMS
from stemlight.errors import UserError

from models.data.held_out import HeldOut, Split, held_out, share_of
from models.data.songs import Beats, Hits, SongEntry, index, read_song

SONGS = Path("runs/songs")  # where `python -m models data` puts them, a folder a source
CACHE_FORMAT = 3
SHARE_OF_UNLISTED = 1 / 8  # authors for validation in folders that no pattern knows
ACTIVE_LEVEL = 1e-3  # -60 dB: samples' blocks below it are pauses and do not count for a stem's loudness


@dataclass(frozen=True)
class CachedSong:
    """One song on disk. Rows that are silent throughout are left out."""

    name: str
    author: str  # whose songs stay in one split: the artist; where synthetic the work, or the song itself
    root: str  # the folder given by the user that it was found in
    kind: str  # "stems" | "mix" | "split" | "voice_and_rest" | "vocals", as in models.data.songs
    rows: tuple[str, ...]  # what each row is: stems, "mix", "guitar" and "rest", or "vocals" and "rest"
    rms: tuple[float, ...]  # of each row where it sounds
    scale: float  # int16 times this is the sound
    n_samples: int
    beats: Beats
    hits: Hits
    has_hits: bool
    silent: tuple[str, ...]  # stems that a mix is known not to have
    licence: str
    path: Path

    @property
    def source(self) -> str:
        """The first word of the name: songs of one kind are named alike, `mod_pachi_menu`."""
        return self.name.split("_")[0]

    @property
    def n_hops(self) -> int:
        """Whole hops."""
        return self.n_samples // HOP_LENGTH

    @property
    def has_stems(self) -> bool:
        """All four stems are known (a missing one is silent)."""
        return self.kind in ("stems", "vocals")

    def cut(self, row: int, start: int, n_samples: int) -> np.ndarray:
        """float32 (n_samples,) of one row; zeros beyond the end."""
        sound = np.load(self.path, mmap_mode="r")[row, start : start + n_samples]
        out = np.zeros(n_samples, np.float32)
        np.multiply(sound, np.float32(self.scale), out=out[: len(sound)])
        return out

    def stems(self, start: int = 0, n_samples: int | None = None) -> np.ndarray:
        """float32 (4, n_samples) in the order of STEMS; silent ones are zeros. Songs with stems only."""
        n_samples = self.n_samples - start if n_samples is None else n_samples
        out = np.zeros((len(STEMS), n_samples), np.float32)
        for row, name in enumerate(self.rows):
            out[STEMS.index(name)] = self.cut(row, start, n_samples)
        return out

    def mix(self, start: int = 0, n_samples: int | None = None) -> np.ndarray:
        """float32 (n_samples,): the sum of all rows."""
        n_samples = self.n_samples - start if n_samples is None else n_samples
        out = np.zeros(n_samples, np.float32)
        for row in range(len(self.rows)):
            out += self.cut(row, start, n_samples)
        return out


@dataclass(frozen=True)
class Library:
    """Songs by what they are for; no artist of real recordings and no work is in two splits."""

    train: tuple[CachedSong, ...]
    validation: tuple[CachedSong, ...]  # to choose by
    test: tuple[CachedSong, ...] = ()  # to be scored by, once


def song_roots(asked: Sequence[Path] | None = None) -> list[Path]:
    """Folders of song folders: those asked for, or every folder that `python -m models data` made."""
    return list(asked or sorted(path for path in SONGS.glob("*") if path.is_dir()))


def build_library(
    roots: Sequence[Path],
    cache: Path,
    hold_out: Sequence[str] = (),
    tell: Callable[[str], None] = print,
) -> Library:
    """Cache every song below `roots` that is not cached yet, then split.

    `hold_out`: patterns of song names (`mod_pachi*`) kept for validation, with all else by the same artists
    where they are real recordings (synthetic "artists" are one program). Without any, held_out.toml decides;
    of a root that it knows nothing of, one author in eight is kept, by a hash. UserError if no song is found.
    """
    songs: list[CachedSong] = []
    for root in roots:
        entries = index([root])
        for count, entry in enumerate(entries, 1):
            songs.append(_cached(entry, root, cache))
            if count % 25 == 0 or count == len(entries):
                tell(f"cache: {count} of {len(entries)} songs of {root}")
    if not songs:
        raise UserError(f"no songs in {', '.join(map(str, roots))}: make some with `python -m models data`")
    splits = _splits(songs, HeldOut(validation=tuple(hold_out)) if hold_out else held_out())
    if not hold_out:
        known = {song.root for song in songs if splits[song.author] != "train"}
        for song in songs:
            if song.root not in known and share_of(song.author) < SHARE_OF_UNLISTED:
                splits[song.author] = "validation"
    return Library(
        **{name: tuple(song for song in songs if splits[song.author] == name) for name in get_args(Split)}
    )


def _splits(songs: Sequence[CachedSong], held: HeldOut) -> dict[str, Split]:
    names: dict[str, list[str]] = {}
    for song in songs:
        names.setdefault(song.author, []).append(song.name)
    return {author: held.split(of_author, author) for author, of_author in names.items()}


def _cached(entry: SongEntry, root: Path, cache: Path) -> CachedSong:
    stamp = [
        (path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(entry.folder.iterdir())
    ]
    key = _hash(json.dumps([CACHE_FORMAT, str(entry.folder.resolve()), stamp]))[:24]
    folder = cache / key
    if not (folder / "song.json").is_file():
        _write(entry, folder)
    about = json.loads((folder / "song.json").read_text())
    events = np.load(folder / "events.npz")
    return CachedSong(
        name=entry.name,
        author=entry.artist if entry.meta.get("real") else str(entry.meta.get("work", entry.name)),
        root=str(root),
        kind=entry.kind,
        rows=tuple(about["rows"]),
        rms=tuple(about["rms"]),
        scale=about["scale"],
        n_samples=about["n_samples"],
        beats=Beats(events["beat_times"], events["in_bar"]),
        hits=Hits(events["hit_times"], events["parts"], events["velocities"]),
        has_hits=about["has_hits"],
        silent=entry.silent,
        licence=str(entry.meta.get("licence", entry.meta.get("license", "unknown"))),
        path=folder / "sound.npy",
    )


def _write(entry: SongEntry, folder: Path) -> None:
    song = read_song(entry.folder)
    if song.known.all():
        sounds = {name: song.stems[row] for row, name in enumerate(STEMS) if song.stems[row].any()}
    else:
        sounds = song.parts or {"mix": song.mix}
    rows = np.stack(list(sounds.values())) if sounds else np.zeros((0, len(song.mix)), np.float32)
    scale = max(1.0, float(np.abs(rows).max(initial=0.0))) / 32_767
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".song-", dir=folder.parent))
    try:
        np.save(fresh / "sound.npy", np.round(rows / scale).astype(np.int16))
        np.savez(
            fresh / "events.npz",
            beat_times=song.beats.times_s,
            in_bar=song.beats.in_bar,
            hit_times=song.hits.times_s,
            parts=song.hits.parts,
            velocities=song.hits.velocities,
        )
        about = {
            "rows": list(sounds),
            "rms": [_active_rms(sound) for sound in rows],
            "scale": scale,
            "n_samples": rows.shape[1],
            "has_hits": song.has_hits,
        }
        (fresh / "song.json").write_text(json.dumps(about))
        fresh.rename(folder)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not folder.exists():  # else another process was quicker
            raise


def _active_rms(sound: np.ndarray) -> float:
    n_blocks = len(sound) // HOP_LENGTH
    power = np.square(sound[: n_blocks * HOP_LENGTH]).reshape(n_blocks, HOP_LENGTH).mean(axis=1)
    active = power[power > ACTIVE_LEVEL**2]
    return float(np.sqrt(active.mean())) if len(active) else 0.0


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
