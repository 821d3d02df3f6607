"""Which songs have no voice in them: the teacher listened to excerpts, and only near silence counts.

    python -m models.data.voices.instrumental runs/songs/debian

adds the mixes below a folder to instrumental.tsv. It hears voices in lead synthesizers and guitars, so what
it leaves out is not thereby a song with singing; what it calls empty may hold a voice between the excerpts.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import scipy.ndimage
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.errors import UserError

from models.data.held_out import held_out
from models.data.songs import index

if TYPE_CHECKING:
    from models.data.voices.teacher import Teacher

TABLE = Path(__file__).with_name("instrumental.tsv")
COLUMNS = ("song", "mean_db", "loudest_db", "share")
EXCERPTS = (0.3, 0.65)  # of the song, 12 s each: a verse and a chorus, mostly
BLOCK = SAMPLE_RATE // 10
EMPTY_DB = -12.0  # the loudest second of voice; real songs with singing in the excerpts are at -2 .. +3


@dataclass(frozen=True, slots=True)
class Heard:
    """How much voice there is in a song's excerpts, after the teacher."""

    mean_db: float  # its power against the mix's
    loudest_db: float  # the same in the loudest second, against the mix's mean
    share: float  # of tenths of seconds in which it is within 10 dB of the mix


@cache
def instrumental_songs() -> frozenset[str]:
    """Names of the songs in the table that have no voice."""
    with TABLE.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return frozenset(row["song"] for row in rows if float(row["loudest_db"]) < EMPTY_DB)


def heard_in(sound: np.ndarray, voice: np.ndarray) -> Heard:
    """Of a mix and the voice found in it, both float32 (2, n) at SAMPLE_RATE."""
    mixed, found = _powers(sound), _powers(voice)
    loud = mixed > 1e-7
    return Heard(
        mean_db=_db(found.mean() / mixed.mean()),
        loudest_db=_db(scipy.ndimage.uniform_filter1d(found, 10).max() / mixed.mean()),
        share=round(float((found > 0.1 * mixed)[loud].mean()), 3) if loud.any() else 0.0,
    )


def listen(teacher: Teacher, path: Path) -> Heard:
    """To the excerpts of a sound file. UserError if it cannot be read."""
    from models.data.voices.teacher import PIECE

    pieces = list(_excerpts(path, PIECE))
    sound = np.ascontiguousarray(np.concatenate(pieces, axis=1))
    return heard_in(sound, teacher.vocals(sound))


def _excerpts(path: Path, piece: int) -> Iterator[np.ndarray]:
    import soundfile
    import soxr

    try:
        about = soundfile.info(path)
        length = int(piece * about.samplerate / SAMPLE_RATE)
        for place in EXCERPTS if about.frames > 2 * length else (0.0,):
            start = int(place * max(0, about.frames - length))
            sound, rate_hz = soundfile.read(path, length, start, dtype="float32", always_2d=True)
            sound = np.repeat(sound, 2, axis=1)[:, :2] if sound.shape[1] == 1 else sound[:, :2]
            yield (soxr.resample(sound, rate_hz, SAMPLE_RATE) if rate_hz != SAMPLE_RATE else sound)[:piece].T
    except (RuntimeError, OSError) as error:
        raise UserError(f"{path}: cannot be read as sound ({error})") from error


def _powers(sound: np.ndarray) -> np.ndarray:
    mono = np.square(sound).mean(axis=0)
    return np.asarray(mono[: len(mono) // BLOCK * BLOCK].reshape(-1, BLOCK).mean(axis=1) + 1e-10)


def _db(ratio: float) -> float:
    return round(float(10 * np.log10(ratio + 1e-9)), 1)


def extend(table: Path, roots: Sequence[Path]) -> int:
    """Hear the mixes below `roots` which are not in `table` yet, except those of the test; how many."""
    from models.data.voices.teacher import Teacher

    teacher = Teacher()
    known = set()
    if table.is_file():
        known = {line.split("\t")[0] for line in table.read_text(encoding="utf-8").splitlines()}
    else:
        table.write_text("\t".join(COLUMNS) + "\n", encoding="utf-8")
    count = 0
    with table.open("a", encoding="utf-8") as out:
        for entry in index(roots):
            if entry.kind != "mix" or entry.name in known:
                continue
            if held_out().split([entry.name], entry.name) == "test":
                continue
            (path,) = entry.folder.glob("mix.*")
            heard = listen(teacher, path)
            print(entry.name, heard.mean_db, heard.loudest_db, heard.share, sep="\t", file=out, flush=True)
            count += 1
    return count


def main() -> None:
    """`python -m models.data.voices.instrumental FOLDER...`"""
    parser = argparse.ArgumentParser(prog="python -m models.data.voices.instrumental", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    print(f"{extend(TABLE, parser.parse_args().folders)} songs heard")


if __name__ == "__main__":
    main()
