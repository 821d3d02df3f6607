"""A song folder becomes arrays: stems, mix, beats and hits, whoever made it.

A folder holds `{drums,bass,vocals,other}.flac|wav|opus|ogg|mp3` (a missing one is silent), or `mix.*` alone,
or `vocals.*` and `rest.*`, or `guitar.*` and `rest.*`; beside them `beats.txt` (seconds TAB beat in bar; 0 =
unknown), `hits.txt` (seconds TAB kick|snare|hat TAB velocity) and `meta.json`. All but sound may be missing.

In meta.json: `artist`, `source`, `licence`, `real` (a recording of people: its artist is in one split only),
`work` (what this renders: other renderings go with it), `silent` (stems that are known not to be in a mix).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from stemlight.analysis.feature_frame import DRUM_PARTS, SAMPLE_RATE, STEMS
from stemlight.errors import UserError

SUFFIXES = (".flac", ".wav", ".opus", ".ogg", ".mp3")
MIX_NAMES = ("mix", "mixture")  # ours and MUSDB18-HQ's
SPLIT_NAMES = ("guitar", "rest")  # sum to the mix, but cut across our four stems
VOICE_NAMES = ("vocals", "rest")  # sum to the mix: one stem is known, the other three are known as their sum


@dataclass(frozen=True, slots=True)
class Beats:
    """When the beats are, in order."""

    times_s: np.ndarray  # float64 (n_beats,), increasing
    in_bar: np.ndarray  # int64 (n_beats,), 1 is the downbeat, 0 is unknown

    @classmethod
    def none(cls) -> Beats:
        """Of a song whose beats nobody knows."""
        return cls(np.zeros(0), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Hits:
    """When the drum parts were struck, in order of time."""

    times_s: np.ndarray  # float64 (n_hits,)
    parts: np.ndarray  # int64 (n_hits,), index into DRUM_PARTS
    velocities: np.ndarray  # float64 (n_hits,) in (0, 1]

    @classmethod
    def none(cls) -> Hits:
        """Of a song whose hits nobody knows, or which has none."""
        return cls(np.zeros(0), np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True, slots=True)
class SongAudio:
    """One song, whole, mono at SAMPLE_RATE."""

    stems: np.ndarray  # float32 (4, n_samples), order of STEMS; zeros where unknown
    mix: np.ndarray  # float32 (n_samples,)
    known: np.ndarray  # bool (4,): the stem is true (silence too); all False for a mix of whatever
    parts: dict[str, np.ndarray]  # of a split or voice and rest, what sums to the mix: float32 (n_samples,)
    beats: Beats
    hits: Hits
    has_hits: bool  # False: nobody wrote them down (not: there are none)
    meta: dict[str, Any]

    @property
    def duration_s(self) -> float:
        """Length of the mix."""
        return len(self.mix) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class SongEntry:
    """A song folder as the index lists it; nothing but meta.json was read."""

    folder: Path
    artist: str  # splits go by this: one artist is in one split only
    source: str
    kind: str  # "stems" | "mix" | "split" (guitar and rest) | "voice_and_rest" | "vocals"
    has_beats: bool
    has_hits: bool
    silent: tuple[str, ...]  # stems that a mix is known not to have
    meta: dict[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name


def index(folders: Iterable[str | Path]) -> list[SongEntry]:
    """Every song folder in or below `folders`, sorted by path; unfinished ones (`.part`) are left out."""
    found: dict[Path, SongEntry] = {}
    for root in map(Path, folders):
        if not root.is_dir():
            raise UserError(f"{root}: no such folder; give folders which hold songs")
        for folder in [root, *sorted(path for path in root.rglob("*") if path.is_dir())]:
            if folder.suffix == ".part":
                continue
            kind = _kind(sound_files(folder))
            if kind is None:
                continue
            meta = _read_meta(folder)
            found[folder.resolve()] = SongEntry(
                folder=folder,
                artist=str(meta.get("artist", folder.name)),
                source=str(meta.get("source", folder.parent.name)),
                kind=kind,
                has_beats=(folder / "beats.txt").is_file(),
                has_hits=(folder / "hits.txt").is_file(),
                silent=_silent(meta, folder),
                meta=meta,
            )
    return [found[path] for path in sorted(found)]


def read_song(folder: str | Path) -> SongAudio:
    """All of one song. UserError if the folder holds no sound or something unreadable."""
    folder = Path(folder)
    files = sound_files(folder)
    kind = _kind(files)
    if kind is None:
        raise UserError(
            f"{folder}: no {'/'.join(STEMS)}, mix or guitar/rest sound file; see models/data/songs.py"
        )
    sounds = {name: read_mono(path) for name, path in files.items()}
    n_samples = max(map(len, sounds.values()))
    sounds = {name: _fitted(sound, n_samples) for name, sound in sounds.items()}

    meta = _read_meta(folder)
    stems = np.zeros((len(STEMS), n_samples), np.float32)
    known = np.zeros(len(STEMS), bool)
    parts: dict[str, np.ndarray] = {}
    if kind in ("stems", "vocals"):
        known[:] = True
        for row, name in enumerate(STEMS):
            if name in sounds:
                stems[row] = sounds[name]
        mix = stems.sum(axis=0)
    elif kind == "split":
        parts = {name: sounds[name] for name in SPLIT_NAMES}
    elif kind == "voice_and_rest":
        parts = {name: sounds[name] for name in VOICE_NAMES}
        stems[STEMS.index("vocals")] = sounds["vocals"]
        known[STEMS.index("vocals")] = True
    else:
        mix = next(sounds[name] for name in MIX_NAMES if name in sounds)
        known[[STEMS.index(name) for name in _silent(meta, folder)]] = True
    if parts:
        mix = np.sum(list(parts.values()), axis=0, dtype=np.float32)
    return SongAudio(
        stems=stems,
        mix=mix,
        known=known,
        parts=parts,
        beats=read_beats(folder / "beats.txt"),
        hits=read_hits(folder / "hits.txt"),
        has_hits=(folder / "hits.txt").is_file(),
        meta=meta,
    )


def read_mono(path: Path) -> np.ndarray:
    """float32 (n_samples,) at SAMPLE_RATE: the mean of the channels. UserError if unreadable."""
    import soundfile

    try:
        sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (RuntimeError, OSError) as error:
        raise UserError(f"{path}: cannot be read as sound ({error})") from error
    mono = sound.mean(axis=1) if sound.shape[1] > 1 else sound[:, 0]
    if rate_hz != SAMPLE_RATE:
        import soxr

        mono = soxr.resample(mono, rate_hz, SAMPLE_RATE)
    return np.ascontiguousarray(mono, np.float32)


def read_beats(path: Path) -> Beats:
    """The beats in a `beats.txt`; none if there is no such file."""
    rows = _rows(path, n_columns=2)
    try:
        return Beats(
            np.array([float(time) for time, _ in rows]), np.array([int(beat) for _, beat in rows], np.int64)
        )
    except ValueError as error:
        raise UserError(f"{path}: expected seconds TAB beat in bar on each line ({error})") from error


def read_hits(path: Path) -> Hits:
    """The hits in a `hits.txt`; none if there is no such file."""
    rows = _rows(path, n_columns=3)
    try:
        return Hits(
            np.array([float(time) for time, _, _ in rows]),
            np.array([DRUM_PARTS.index(part) for _, part, _ in rows], np.int64),
            np.array([float(velocity) for _, _, velocity in rows]),
        )
    except ValueError as error:
        raise UserError(
            f"{path}: expected seconds TAB kick|snare|hat TAB velocity on each line ({error})"
        ) from error


def _rows(path: Path, n_columns: int) -> list[list[str]]:
    if not path.is_file():
        return []
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    if any(len(row) != n_columns for row in rows):
        raise UserError(f"{path}: every line needs {n_columns} columns; mend or delete the file")
    return rows


def sound_files(folder: Path) -> dict[str, Path]:
    """What sounds in a song folder, by the name of the stem or the mix."""
    names = {*STEMS, *MIX_NAMES, *SPLIT_NAMES}
    files = {}
    for name in names:
        for suffix in SUFFIXES:
            path = folder / (name + suffix)
            if path.is_file():
                files[name] = path
                break
    return files


def _kind(files: dict[str, Path]) -> str | None:
    stems = [name for name in STEMS if name in files]
    if stems == ["vocals"] and not any(name in files for name in MIX_NAMES):
        return "voice_and_rest" if "rest" in files else "vocals"
    if stems and stems != ["vocals"]:
        return "stems"
    if all(name in files for name in SPLIT_NAMES):
        return "split"
    if any(name in files for name in MIX_NAMES):
        return "mix"
    return None


def _read_meta(folder: Path) -> dict[str, Any]:
    path = folder / "meta.json"
    if not path.is_file():
        return {}
    try:
        meta = json.loads(path.read_text())
    except ValueError as error:
        raise UserError(f"{path}: not JSON ({error})") from error
    if not isinstance(meta, dict):
        raise UserError(f"{path}: expected an object with artist, source, licence; got {type(meta).__name__}")
    return meta


def _silent(meta: dict[str, Any], folder: Path) -> tuple[str, ...]:
    names = meta.get("silent", [])
    if not isinstance(names, list) or not set(names) <= set(STEMS):
        raise UserError(f"{folder / 'meta.json'}: silent must list some of {', '.join(STEMS)}; got {names!r}")
    return tuple(name for name in STEMS if name in names)


def _fitted(sound: np.ndarray, n_samples: int) -> np.ndarray:
    return np.pad(sound, (0, n_samples - len(sound)))
