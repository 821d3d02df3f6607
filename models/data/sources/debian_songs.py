"""Debian's games become mixes with beats: real music, its constant tempo and phase fitted and checked before.

debian_songs.tsv has a line a track. Its grids were fitted to onset strength, snapped to the tempo of the
sequencer where they land on one, and checked in eight parts of the track. Uncertain bars are 0.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.data.build import Amounts, NoSongError, Source
from models.data.composer.song import write_beats
from models.data.songs import Beats
from models.data.sources.debian_packages import unpacked
from models.data.voices.instrumental import instrumental_songs

TABLE = Path(__file__).with_name("debian_songs.tsv")


@dataclass(frozen=True, slots=True)
class DebianTrack:
    """One line of the table."""

    package: str
    path: str  # in the package
    n_bytes: int  # another size is another version, to which the grid may not belong
    duration_s: float
    tempo_bpm: float
    first_beat_s: float
    beats_per_bar: int
    downbeat: int | None  # index of the first; None: not sure enough
    licence: str
    downloads: Path

    @property
    def name(self) -> str:
        """debian_naev_terminal"""
        track = re.sub(r"[^A-Za-z0-9]+", "_", Path(self.path).stem).strip("_").lower()
        return f"debian_{self.artist}_{track}"

    @property
    def artist(self) -> str:
        """The package stands for its artists: they are often the same few."""
        return re.sub(r"-(data|music)$", "", self.package)

    def beats(self) -> Beats:
        """The grid."""
        times_s = np.arange(self.first_beat_s, self.duration_s, 60.0 / self.tempo_bpm)
        number = np.arange(len(times_s))
        in_bar = 0 * number if self.downbeat is None else (number - self.downbeat) % self.beats_per_bar + 1
        return Beats(times_s, in_bar)

    def write(self, folder: Path) -> None:
        """The file as it is, its beats and where it is from."""
        sound = unpacked(self.package, self.downloads) / self.path
        if not sound.is_file() or sound.stat().st_size != self.n_bytes:
            raise NoSongError(
                f"another version of {self.package}: {self.path} is not the file that was fitted"
            )
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            os.link(sound, part / f"mix{sound.suffix}")
        except OSError:  # another file system
            shutil.copyfile(sound, part / f"mix{sound.suffix}")
        write_beats(self.beats(), part / "beats.txt")
        meta = {
            "title": Path(self.path).stem,
            "artist": self.artist,
            "source": f"Debian package {self.package}",
            "licence": self.licence,
            "real": True,
            "tempo": self.tempo_bpm,
            "duration": self.duration_s,
        }
        if self.name in instrumental_songs():
            meta["silent"] = ["vocals"]
        (part / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")
        part.replace(folder)


def tracks(amounts: Amounts) -> Iterator[DebianTrack]:
    """Of all packages in the table; each package is fetched when its first track is made."""
    with TABLE.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            yield DebianTrack(
                package=row["package"],
                path=row["path"],
                n_bytes=int(row["size_bytes"]),
                duration_s=float(row["dur_s"]),
                tempo_bpm=float(row["bpm"]),
                first_beat_s=float(row["first_beat_s"]),
                beats_per_bar=int(row["meter"]),
                downbeat=None if row["downbeat_conf"] == "low" else int(row["downbeat_index"]),
                licence=row["licence"],
                downloads=amounts.downloads,
            )


debian_songs = Source(
    name="debian",
    about="music of Debian's games: mixes with beat grids, 390 tracks of 54 packages, 3 GB to fetch",
    licence="free, one a track (meta.json)",
    jobs=tracks,
)
