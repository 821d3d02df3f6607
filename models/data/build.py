"""Sources become song folders: what is missing is made, in one order, by as many processes as are wanted.

A source lists its jobs; a job makes one song folder, whole, from what is in its fields alone. So a seed gives
the same song on any machine, and shards of the list can be made anywhere.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from stemlight.errors import UserError

from models.data.progress import progress_bar


class NoSongError(Exception):
    """There is no song to learn from in this; says why."""


class Job(Protocol):
    """One song folder that can be made. Pickled to the process which makes it."""

    @property
    def name(self) -> str:
        """Of the folder; begins with the source's name."""
        ...

    def write(self, folder: Path) -> None:
        """Make `folder`; it appears when it is complete. NoSongError where nothing is worth keeping."""
        ...


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything."""

    downloads: Path  # where packages are fetched to and stay
    seed: int = 0
    songs: int | None = None  # of each source at most
    seconds: float = 150.0  # of each song at most, where that can be chosen


@dataclass(frozen=True, slots=True)
class Source:
    """Where songs come from."""

    name: str
    about: str
    licence: str
    jobs: Callable[[Amounts], Iterable[Job]]  # fetches what it needs; UserError if it cannot


def build(
    source: Source,
    out: Path,
    amounts: Amounts,
    shard: tuple[int, int] = (0, 1),
    n_workers: int = 1,
) -> int:
    """Make what is missing of `source` below `out`/its name; how many jobs that were.

    `shard` (i, n): jobs i, i + n, i + 2 n ... only. Stopped and started again it goes on where it was. A job
    without a song leaves an empty folder with the reason in meta.json, and is not tried again.
    """
    folder = out / source.name
    folder.mkdir(parents=True, exist_ok=True)
    jobs = list(source.jobs(amounts))[: amounts.songs]
    missing = [job for job in jobs[shard[0] :: shard[1]] if not (folder / job.name / "meta.json").is_file()]
    with progress_bar() as bar:
        task = bar.add_task(source.name, total=len(missing))
        for name in _made(missing, folder, n_workers):
            bar.update(task, advance=1, description=name)
        bar.update(task, description=source.name)
    return len(missing)


def parse_shard(text: str) -> tuple[int, int]:
    """'2/8' is the second of eight: (1, 8). UserError for what is none."""
    try:
        number, count = map(int, text.split("/"))
    except ValueError:
        number, count = 0, 0
    if not 1 <= number <= count:
        raise UserError(f"a shard is written like 2/8, the second of eight; got {text!r}")
    return number - 1, count


def _made(jobs: Sequence[Job], folder: Path, n_workers: int) -> Iterator[str]:
    make = partial(_make, folder)
    if n_workers <= 1 or len(jobs) <= 1:
        yield from map(make, jobs)
        return
    context = get_context("spawn")  # interrupted, it ends its workers; a song half written is no song folder
    with context.Pool(min(n_workers, len(jobs)), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from pool.imap_unordered(make, jobs)


def _make(folder: Path, job: Job) -> str:
    target = folder / job.name
    try:
        job.write(target)
    except NoSongError as reason:
        target.mkdir(exist_ok=True)
        (target / "meta.json").write_text(json.dumps({"no_song": str(reason)}) + "\n")
    return job.name
