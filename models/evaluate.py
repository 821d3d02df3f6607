"""A pair of models is scored on songs as the show runs it: streamed from sound, when events are known."""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, get_args

import numpy as np
import stemlight.analysis
from stemlight.analysis import networks
from stemlight.analysis.streaming_model import MANIFEST_NAME, Manifest
from stemlight.errors import UserError
from stemlight.model_folders import ModelFolders
from stemlight.whole_file import whole_file

from models import metrics
from models.data.held_out import Split, share_of
from models.features.library import SONGS, CachedSong, build_library, song_roots
from models.pictures import draw_reliability, draw_song
from models.scores import ORDER, score_song

Row = dict[str, float]
# Scores of the beat network and what follows it; all others are the stem network's.
BEAT_SCORES = (
    "f_beat", "f_downbeat", "f_raw_beat", "f_raw_downbeat", "cmlt", "amlt", "tempo", "late_beat", "lock",
    "breakdown", "jump", "calibration",
)  # fmt: skip
# What a row depends on besides the models and the song: the code that hears and the code that scores, as it
# was when this process began.
_CODE = (
    *sorted(Path(stemlight.analysis.__file__).parent.glob("*.py")),
    *(Path(__file__).with_name(name) for name in ("listen.py", "metrics.py", "scenarios.py", "scores.py")),
)
_CODE_SHA256 = hashlib.sha256(b"".join(path.read_bytes() for path in _CODE)).hexdigest()


@dataclass(frozen=True)
class Plan:
    """What is scored, and how much of each song."""

    stems: Path  # folder of the stem network
    beats: Path
    seconds: float = 60.0
    n_stress: int = 4  # songs of each source, also without drums for a while and with a jump of tempo
    n_pictures: int = 12  # in all, as many of each source as of the others
    jobs: int = 1  # processes
    bars: Path | None = None  # folder of the bar network; None: without

    @property
    def folders(self) -> dict[str, Path]:
        """Of each network that there is."""
        found = {"stems": self.stems, "beats": self.beats}
        return found | ({"bars": self.bars} if self.bars else {})


def plan_of(run: Path, seconds: float, jobs: int = 1) -> Plan:
    """To score the networks of a run, or what ships where it has no bar network."""
    bars = run / "bars"
    return Plan(
        run / "stems",
        run / "beats",
        seconds,
        jobs=jobs,
        bars=bars if bars.is_dir() else ModelFolders.shipped().bars,
    )


def evaluate(
    plan: Plan, songs: Sequence[CachedSong], folder: Path, tell: Callable[[str], None] = print
) -> dict[str, Any]:
    """Score `songs`; results.json, results.md, songs.csv and pictures go to `folder`. Returns the results.

    A song's row is kept in `folder`/rows until a model, the song or the code that scores it changes: stopped
    and started again, it goes on. The same songs give the same results, whatever the number of jobs.
    """
    rows_folder = folder / "rows"
    rows_folder.mkdir(parents=True, exist_ok=True)
    drawn = _drawn(songs, plan.n_pictures)
    stressed = {song.name for song in some_of_each_source(songs, plan.n_stress)}
    identity = _identity(plan)
    jobs = []
    for song in songs:
        stress = song.name in stressed
        picture = folder / f"{song.name}.png" if song.name in drawn else None
        key = f"{identity} {song.path.parent.name}{' stress' if stress else ''}"
        jobs.append(_Job(song, rows_folder / f"{song.name}.json", stress, key, picture))
    rows: dict[str, dict[str, Any]] = {}
    todo = []
    for job in jobs:
        kept = _kept(job)
        if kept is None:
            todo.append(job)
        else:
            rows[job.song.name] = kept
    if rows:
        tell(f"{len(rows)} of {len(jobs)} songs were scored before")
    with _workers(plan, min(plan.jobs, len(todo))) as score_all:
        for job, row in zip(todo, score_all(todo), strict=True):
            rows[job.song.name] = row
            words = "  ".join(f"{name} {value:.2f}" for name, value in row["scores"].items())
            tell(f"{len(rows)}/{len(jobs)} {job.song.name}: {words}")
    results = _results(plan, {song.name: rows[song.name] for song in songs})
    _write(folder / "results.json", json.dumps(results, indent=1) + "\n")
    _write(folder / "results.md", report(results))
    _write_songs(folder / "songs.csv", results["by_song"])
    calls = np.concatenate([np.zeros((0, 2)), *(np.reshape(row["calls"], (-1, 2)) for row in rows.values())])
    draw_reliability(metrics.reliability(*calls.T), folder / "reliability.png")
    return results


@dataclass(frozen=True)
class _Job:
    song: CachedSong
    row: Path
    stress: bool
    key: str
    picture: Path | None


def _kept(job: _Job) -> dict[str, Any] | None:
    try:
        row: dict[str, Any] = json.loads(job.row.read_text())
    except (FileNotFoundError, ValueError):
        return None
    whole = row.get("key") == job.key and (job.picture is None or job.picture.is_file())
    return row if whole else None


_pair: tuple[Plan, networks.Models] | None = None  # of this process


def _begin(plan: Plan) -> None:
    global _pair  # noqa: PLW0603  # a process of a pool has no other place for what it loads once
    _pair = plan, networks.load(plan.stems, plan.beats, plan.bars)


def _begin_worker(plan: Plan) -> None:
    os.nice(5) if hasattr(os, "nice") else None
    _begin(plan)


def _score(job: _Job) -> dict[str, Any]:
    assert _pair is not None
    plan, models = _pair
    scored = score_song(models, job.song, plan.seconds, job.stress)
    row = {
        "key": job.key,
        "source": job.song.source,
        "scores": {name: round(value, 4) for name, value in scored.scores.items() if math.isfinite(value)},
        "calls": np.round(scored.calls, 4).tolist(),
    }
    if job.picture:
        draw_song(job.song, scored.heard, job.picture)
    _write(job.row, json.dumps(row) + "\n")
    return row


@contextmanager
def _workers(plan: Plan, count: int) -> Iterator[Callable[[Sequence[_Job]], Iterator[dict[str, Any]]]]:
    """Something that scores jobs in order: here, or in processes that step back for others."""
    if count <= 1:
        _begin(plan)
        yield lambda jobs: map(_score, jobs)
        return
    context = get_context("spawn")  # torch and onnxruntime have threads, which a fork does not take along
    with ProcessPoolExecutor(count, context, _begin_worker, (plan,)) as pool:
        yield lambda jobs: pool.map(_score, jobs)


def _identity(plan: Plan) -> str:
    models = [Manifest.read(folder).sha256[:16] for folder in plan.folders.values()]
    return " ".join([*models, _CODE_SHA256[:16], f"{plan.seconds:g}"])


def _drawn(songs: Sequence[CachedSong], n_pictures: int) -> set[str]:
    """Names of the songs of which there is a picture: the first of each source."""
    by_source: dict[str, list[str]] = {}
    for song in songs:
        by_source.setdefault(song.source, []).append(song.name)
    each = -(-n_pictures // max(1, len(by_source)))
    return {name for names in by_source.values() for name in names[:each]}


def _results(plan: Plan, rows: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    sources = sorted({row["source"] for row in rows.values()})
    return {
        "seconds": plan.seconds,
        "models": {name: Manifest.read(folder).sha256 for name, folder in plan.folders.items()},
        "by_source": {
            source: _means([row for row in rows.values() if row["source"] == source]) for source in sources
        },
        "all": _means(list(rows.values())),
        "by_song": {name: row["scores"] for name, row in rows.items()},
    }


def _means(rows: list[dict[str, Any]]) -> Row:
    """Means over the songs that have the score, medians of times to lock; then means over the stems."""
    means: Row = {"songs": float(len(rows))}
    names = {name for row in rows for name in row["scores"]}
    for name in sorted(names, key=_place):
        values = [row["scores"][name] for row in rows if name in row["scores"]]
        means[name] = float(np.median(values) if name.endswith("_s") else np.mean(values))
    for name in ("csdr", "si_sdr_gain", "r"):
        of_stems = [means[f"{name}_{stem}"] for stem in networks.STEMS if f"{name}_{stem}" in means]
        if of_stems:
            means[name] = float(np.mean(of_stems))
    calls = np.concatenate([np.zeros((0, 2)), *(np.reshape(row["calls"], (-1, 2)) for row in rows)])
    if len(calls):
        means["calibration_error"] = metrics.reliability(*calls.T).error
    return {name: round(value, 4) for name, value in means.items()}


def _place(name: str) -> tuple[int, str]:
    """Where a score stands in a table."""
    found = [place for place, beginning in enumerate(ORDER) if name.startswith(beginning)]
    return (found[0] if found else len(ORDER)), name


def report(results: Mapping[str, Any]) -> str:
    """Markdown: scores by source, then the songs that were heard worst."""
    lines = [table(results["by_source"], results["all"])]
    for name, title in (("f_beat", "beats"), ("f_downbeat", "downbeats"), ("lock_s", "time to lock")):
        songs = {song: row[name] for song, row in results["by_song"].items() if name in row}
        worst = sorted(songs, key=lambda song: songs[song], reverse=name.endswith("_s"))[:8]
        if worst:
            lines.append(
                f"Worst by {title}: " + ", ".join(f"{song} {songs[song]:.2f}" for song in worst) + "\n"
            )
    for stem in networks.STEMS:
        name = f"si_sdr_gain_{stem}"
        songs = {song: row[name] for song, row in results["by_song"].items() if name in row}
        if songs:
            worst = sorted(songs, key=songs.__getitem__)[:6]
            lines.append(
                f"Worst by {stem}: " + ", ".join(f"{song} {songs[song]:.1f} dB" for song in worst) + "\n"
            )
    return "\n".join(lines)


def table(by_source: Mapping[str, Row], overall: Row) -> str:
    """Markdown: a score a row, a source a column."""
    columns = {**by_source, "all": overall}
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name in sorted({name for scores in columns.values() for name in scores} - {"songs"}, key=_place):
        cells = [f"{scores[name]:.2f}" if name in scores else "-" for scores in columns.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    counts = [str(int(scores["songs"])) for scores in columns.values()]
    lines.append("| songs | " + " | ".join(counts) + " |")
    return "\n".join(lines) + "\n"


def _write_songs(path: Path, by_song: Mapping[str, Row]) -> None:
    names = sorted({name for row in by_song.values() for name in row}, key=_place)
    with whole_file(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["song", *names], restval="")
        writer.writeheader()
        writer.writerows({"song": song, **row} for song, row in by_song.items())


def _write(path: Path, text: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def note(plan: Plan, split: str, results: Mapping[str, Any]) -> None:
    """Write the means of a split into the manifests and cards of the models."""
    from models.export import card

    for name, folder in plan.folders.items():
        path = folder / MANIFEST_NAME
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest["metrics"][split] = {
            source: {key: value for key, value in scores.items() if key == "songs" or _is_of(name, key)}
            for source, scores in {"all": results["all"], **results["by_source"]}.items()
        }
        _write(path, json.dumps(manifest, indent=1) + "\n")
        _write(folder / "CARD.md", card(manifest, name))


def _is_of(name: str, score: str) -> bool:
    """Whether a score tells of this network."""
    if name == "bars":
        return score.startswith("f_downbeat")
    return score.startswith(BEAT_SCORES) == (name == "beats")


def evaluate_run(run: Path, songs: Sequence[CachedSong], seconds: float = 60.0) -> dict[str, Any]:
    """Score a run's exported pair on its validation songs and write the means into manifests and cards."""
    plan = plan_of(run, seconds)
    results = evaluate(plan, songs, run / "evaluation")
    note(plan, "validation", results)
    return results


def some_of_each_source(songs: Sequence[CachedSong], per_source: int | None) -> list[CachedSong]:
    """At most `per_source` of each source, always the same ones; in the order of `songs`."""
    if per_source is None:
        return list(songs)
    kept: dict[str, list[CachedSong]] = {}
    for song in sorted(songs, key=lambda song: share_of(song.name)):
        kept.setdefault(song.source, []).append(song)
    names = {song.name for of_source in kept.values() for song in of_source[:per_source]}
    return [song for song in songs if song.name in names]


def add_song_arguments(parser: argparse.ArgumentParser) -> None:
    """Options that choose songs: shared by the commands that listen."""
    parser.add_argument(
        "--songs", type=Path, nargs="+", metavar="DIR",
        help=f"folders of song folders (default: every folder in {SONGS})",
    )  # fmt: skip
    parser.add_argument(
        "--split", choices=(*get_args(Split), "all"), default="validation",
        help="which of the songs, after models/data/held_out.toml (%(default)s); test is for the end",
    )  # fmt: skip
    parser.add_argument(
        "--hold-out", nargs="+", default=[], metavar="PATTERN", help="or those of these names ('mod_*')"
    )
    parser.add_argument("--per-source", type=int, metavar="N", help="at most so many of each source")
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"), help="decoded songs (%(default)s)")


def chosen_songs(options: argparse.Namespace) -> list[CachedSong]:
    """What `add_song_arguments` asked for. UserError where that is nothing."""
    roots = song_roots(options.songs)
    if not roots:
        raise UserError(f"no songs in {SONGS}: make some with `python -m models data`, or give --songs DIR")
    library = build_library(roots, options.cache, options.hold_out)
    if options.split == "all":
        songs = sorted([*library.train, *library.validation, *library.test], key=lambda song: song.name)
    else:
        songs = list(getattr(library, "validation" if options.hold_out else options.split))
    if not songs:
        asked = " or ".join(options.hold_out) or options.split
        raise UserError(f"none of the songs is {asked}: choose others with --split or --hold-out")
    knowing = {song.name: song for song in sorted(songs, key=lambda song: len(song.silent))}
    songs = [song for song in songs if knowing[song.name] is song]  # in two roots: the one that knows more
    return some_of_each_source(songs, options.per_source)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models evaluate`."""
    parser.add_argument("--run", type=Path, help="a run: its pair is scored")
    parser.add_argument("--stems", type=Path, help="or a stem model's folder (default: the shipped one)")
    parser.add_argument("--beats", type=Path, help="and a beat model's folder (default: the shipped one)")
    parser.add_argument("--bars", type=Path, help="and a bar model's folder (default: the shipped one)")
    add_song_arguments(parser)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each song (%(default)s)")
    parser.add_argument(
        "--stress", type=int, default=Plan.n_stress, metavar="N",
        help="breakdowns and jumps of tempo of N songs of each source: thrice the time (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--jobs", type=int, default=1, help="processes, each of one thread (%(default)s)")
    parser.add_argument("--out", type=Path, help="for tables and pictures (default: runs/evaluation/SPLIT)")
    parser.add_argument(
        "--note", action="store_true", help="write the means into the models' manifests and cards"
    )


def run(options: argparse.Namespace) -> int:
    """`python -m models evaluate`."""
    songs = chosen_songs(options)
    shipped = ModelFolders.shipped()
    asked = plan_of(options.run, options.seconds) if options.run else shipped
    plan = Plan(
        options.stems or asked.stems,
        options.beats or asked.beats,
        options.seconds,
        options.stress,
        jobs=options.jobs,
        bars=options.bars or asked.bars,
    )
    out = (
        options.out
        or (options.run / "evaluation" if options.run else Path("runs/evaluation")) / options.split
    )
    results = evaluate(plan, songs, out)
    if options.note:
        note(plan, options.split, results)
    print(report(results))
    print(f"{out}: results.json, results.md, songs.csv, reliability.png")
    return 0
