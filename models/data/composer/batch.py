"""Many seeds become many song folders, on several cores; what is there is not made again."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from stemlight.errors import UserError

from models.data.composer.compose import compose
from models.data.composer.genres import GENRES
from models.data.composer.song import write_song


@dataclass(frozen=True, slots=True)
class _Job:
    folder: Path
    seed: int
    genre: str
    seconds: float


def write_songs(  # noqa: PLR0917 - the order of the command line
    out: Path,
    n_songs: int,
    seconds: float,
    first_seed: int = 0,
    genre: str | None = None,
    n_workers: int = 1,
    *,
    report: Callable[[str], None] = lambda line: None,
) -> int:
    """Write what is missing of `n_songs` song folders under `out`; how many that were.

    The genre goes round with the seed, so that few songs already hold many kinds. Stopped and started again
    it goes on where it was. UserError for a length that is no song.
    """
    if seconds < 5:
        raise UserError(f"{seconds:g} seconds are no song; ask for 5 at least")
    out.mkdir(parents=True, exist_ok=True)
    names = list(GENRES)
    jobs = []
    for seed in range(first_seed, first_seed + n_songs):
        name = genre or names[seed % len(names)]
        folder = out / f"composed_{seed:05d}_{name}"
        if not (folder / "meta.json").is_file():
            jobs.append(_Job(folder, seed, name, seconds))
    started_s = time.perf_counter()
    for done, name in enumerate(_written(jobs, n_workers), start=1):
        report(f"[{done}/{len(jobs)}] {name}  {(time.perf_counter() - started_s) / done:.2f} s a song")
    return len(jobs)


def _written(jobs: list[_Job], n_workers: int) -> Iterator[str]:
    if n_workers <= 1 or len(jobs) <= 1:
        yield from map(_write, jobs)
        return
    context = get_context("spawn")  # interrupted, it ends its workers; a song half written is no song folder
    with context.Pool(min(n_workers, len(jobs)), _leave_interrupts_to_the_parent) as pool:
        yield from pool.imap_unordered(_write, jobs)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write(job: _Job) -> str:
    write_song(compose(job.seed, job.genre, job.seconds), job.folder)
    return job.folder.name
