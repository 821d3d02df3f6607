"""A finished song, and its way to disk: a song folder that is there whole or not at all."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from stemlight.analysis.feature_frame import DRUM_PARTS, SAMPLE_RATE, STEMS

from models.data.songs import Beats, Hits


@dataclass(frozen=True, slots=True)
class Song:
    """What the composer and the sources hand out. The stems sum to the mix."""

    stems: np.ndarray  # float32 (4, n_samples), or (4, 2, n_samples) in stereo; order of STEMS
    beats: Beats
    hits: Hits | None  # None: nobody knows them
    meta: dict[str, Any]

    @property
    def mix(self) -> np.ndarray:
        """float32, a stem's shape."""
        return self.stems.sum(axis=0)

    @property
    def duration_s(self) -> float:
        """Of all stems."""
        return self.stems.shape[-1] / SAMPLE_RATE


def write_song(song: Song, folder: Path) -> None:
    """Make `folder` (16-bit FLAC stems, beats.txt, hits.txt, meta.json); it appears when it is complete."""
    sounds = {name: stem for name, stem in zip(STEMS, song.stems, strict=True) if stem.any()}
    _write(sounds, song.beats, song.hits, song.meta, folder)


def write_mix(mix: np.ndarray, beats: Beats, meta: dict[str, Any], folder: Path) -> None:
    """Make `folder` of a mix alone, float32 (n_samples,) or (2, n_samples); its hits are not known."""
    _write({"mix": mix}, beats, None, meta, folder)


def _write(
    sounds: dict[str, np.ndarray], beats: Beats, hits: Hits | None, meta: dict[str, Any], folder: Path
) -> None:
    import soundfile

    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, sound in sounds.items():
        soundfile.write(part / f"{name}.flac", sound.T, SAMPLE_RATE, subtype="PCM_16")
    write_beats(beats, part / "beats.txt")
    if hits is not None:
        write_hits(hits, part / "hits.txt")
    (part / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")
    if folder.exists():
        shutil.rmtree(folder)
    part.replace(folder)


def write_beats(beats: Beats, path: Path) -> None:
    """A `beats.txt`; none if there are no beats."""
    rows = zip(beats.times_s, beats.in_bar, strict=True)
    if len(beats.times_s):
        path.write_text("".join(f"{time:.6f}\t{beat}\n" for time, beat in rows))


def write_hits(hits: Hits, path: Path) -> None:
    """A `hits.txt`, also of no hits: then it is known that there are none."""
    rows = zip(hits.times_s, hits.parts, hits.velocities, strict=True)
    path.write_text(
        "".join(f"{time:.6f}\t{DRUM_PARTS[drum]}\t{velocity:.3f}\n" for time, drum, velocity in rows)
    )
