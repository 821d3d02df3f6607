"""The tracks of the album "Everything is Free" (Software-Entwicklungskit, CC0) become songs of four stems."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from stemlight.analysis.feature_frame import STEMS
from stemlight.errors import UserError

from models.data.build import Amounts, NoSongError, Source
from models.data.voices.folders import read_sound, write_voice

REPOSITORY = "https://github.com/ichbinsoftware/everythingisfree"
# By the names of the tracks, checked against their spectra; the first that matches. All else is `other`.
STEM_OF = (
    ("vocals", r"VOX"),
    ("bass", r"\bBASS"),
    ("drums", r"KICK|HAT|\bHH\b|DRUM|BEAT|SNARE|CLAP|CRASH|TOM|CYMBAL|P(E)?RC\b|K & SN|TOPS|SCRATCH BEAT"),
    ("drums", r"^(CRUSH )?BREAK$|^TRANSISTION$"),
)


@dataclass(frozen=True, slots=True)
class OpenStems:
    """One song of the album."""

    name: str
    title: str
    tracks: tuple[Path, ...]

    def write(self, folder: Path) -> None:
        """All tracks of a stem, summed. A track that is missing is missing from the mix, too."""
        sums: dict[str, np.ndarray] = {}
        for path in self.tracks:
            stem = stem_of(path)
            sound = read_sound(path)
            n = max(len(sound), len(sums.get(stem, ())))
            total = np.zeros(n, np.float32)
            total[: len(sound)] = sound
            total[: len(sums.get(stem, ()))] += sums.get(stem, 0)
            sums[stem] = total
        if "vocals" not in sums:
            raise NoSongError("no track with a voice")
        about = {
            "title": self.title,
            "artist": "Software-Entwicklungskit",
            "source": f"{REPOSITORY}, album Everything is Free",
            "licence": "CC0-1.0",
            "real": True,
        }
        write_voice(folder, {name: sums[name] for name in STEMS if name in sums}, about)


def stem_of(track: Path) -> str:
    """Which of the four stems a track belongs to."""
    part = track.stem.split("_Stem_")[-1].upper()
    return next((stem for stem, pattern in STEM_OF if re.search(pattern, part)), "other")


def jobs(amounts: Amounts) -> Iterator[OpenStems]:
    """The songs in the clone of the repository, which is made if it is not there."""
    clone = amounts.downloads / "everythingisfree"
    if not clone.is_dir():
        _clone(clone)
    songs: dict[str, list[Path]] = {}
    for path in sorted(clone.rglob("*_Stem_*.m4a")):
        songs.setdefault(path.name.split("_Stem_")[0], []).append(path)
    for song, tracks in songs.items():
        title = song.split(".")[-1]
        yield OpenStems(f"voices_sdek_{title.lower()}", title, tuple(tracks))


def _clone(folder: Path) -> None:
    if not shutil.which("git"):
        raise UserError(f"no git here; put {REPOSITORY} into {folder} by hand, or leave its source out")
    done = subprocess.run(
        ["git", "clone", "-q", "--depth", "1", REPOSITORY, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UserError(f"{REPOSITORY} cannot be cloned: {done.stderr.strip()[-200:]}")


voices_open = Source("voices_open", "one real album in tracks, with its singer", "CC0-1.0", jobs)
