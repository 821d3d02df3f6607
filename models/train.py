"""Songs become the networks: stems first, then beats and bars, which hear through the stems.

    python -m models train --run runs/first

One command from nothing: where `python -m models data` has made no songs it composes some, caches, trains,
exports and evaluates. Stopped and started again with --resume, it goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from pickle import UnpicklingError
from typing import Literal, TypeVar, get_args

import torch
from lightning_fabric import Fabric, seed_everything
from stemlight.analysis.streaming_model import MANIFEST_NAME
from stemlight.errors import UserError

from models.bars_task import bars_task
from models.beats_task import beats_task
from models.export import card, export
from models.features.bar_features import bar_songs
from models.features.beat_features import beat_songs, voice_bands
from models.features.beat_song import BeatSong
from models.features.library import SONGS, CachedSong, Library, build_library, song_roots
from models.net.bar_net import BarNet
from models.net.beat_net import BeatNet
from models.net.stem_net import StemNet
from models.net.step_net import StepNet
from models.restore import restore
from models.stems_task import stems_task
from models.training import Schedule, Task, fit, minutes_spent

Net = TypeVar("Net", bound=StepNet)
Precision = Literal["32-true", "bf16-mixed"]

CACHE = Path("runs/cache")
COMPOSED = SONGS / "composed"  # where there are no songs at all, some are composed
COMPOSED_SECONDS = 60.0

BAR_SEGMENTS = 4  # of the bar network, for each of the others: a step takes a tenth of a second all the same
BARS = Schedule(steps=450, batch=BAR_SEGMENTS * 16, average=0.995)


@dataclass(frozen=True)
class Recipe:
    """All that decides what a run learns."""

    run: Path
    songs: tuple[Path, ...] = (COMPOSED,)
    hold_out: tuple[str, ...] = ()
    cache: Path = CACHE
    seed: int = 0
    stems: Schedule = field(default_factory=lambda: Schedule(steps=900))
    beats: Schedule = field(default_factory=lambda: Schedule(steps=700))
    bars: Schedule = BARS
    twins: bool = True  # the beat network also reads each song with stems remixed
    stems_from: Path | None = None  # weights that the stem network starts with
    beats_from: Path | None = None  # the beat network
    bars_from: Path | None = None  # and the bar network
    accelerator: str = "auto"
    precision: Precision = "32-true"
    devices: int = 1
    threads: int = 1


@dataclass(frozen=True)
class Trained:
    """What a run ends with."""

    stems: StemNet
    beats: BeatNet | None  # where it has steps
    bars: BarNet | None  # likewise
    library: Library


def train(recipe: Recipe, resume: bool = False, command: str = "") -> Trained:
    """Train the networks and leave `run`/stems, `run`/beats and `run`/bars ready for the app."""
    torch.set_num_threads(recipe.threads)
    fabric = Fabric(accelerator=recipe.accelerator, devices=recipe.devices, precision=recipe.precision)
    fabric.launch()
    seed_everything(recipe.seed, verbose=False)
    if fabric.global_rank == 0:
        library = build_library(recipe.songs, recipe.cache, recipe.hold_out)
    fabric.barrier()
    if fabric.global_rank != 0:
        library = build_library(recipe.songs, recipe.cache, recipe.hold_out, tell=_silent)
    _tell(fabric, f"{_words(library.train)} to learn from, {_words(library.validation)} to be judged by")

    def learn(name: str, task: Task, schedule: Schedule, origin: Path | None) -> None:
        """Train, and leave what the app runs and what training can go on from."""
        log = recipe.run / f"{name}_log"
        scores = fit(task, schedule, log, fabric, resume)
        net = task.net.cpu()
        if fabric.is_global_zero:
            about = _about(recipe, library, command, schedule, minutes=minutes_spent(log), scores=scores)
            about["began_with"] = began_with(origin)
            export(net, recipe.run / name, name, about, card(about, name))
            save(net, recipe.run / f"{name}.pt")

    stems = load_net(StemNet, recipe.stems_from).train() if recipe.stems_from else StemNet()
    learn("stems", stems_task(library, stems, recipe.seed), recipe.stems, recipe.stems_from)
    if not (recipe.beats.steps or recipe.bars.steps):
        return Trained(stems, None, None, library)

    def heard(songs: Sequence[CachedSong], twins: bool, tell: Callable[[str], None]) -> list[BeatSong]:
        folder = recipe.run / "beat_features"
        return beat_songs(songs, stems, folder, twins=twins, tell=tell, autocast=fabric.autocast)

    def heard_songs(tell: Callable[[str], None]) -> tuple[list[BeatSong], list[BeatSong]]:
        twins = recipe.twins and recipe.beats.steps > 0
        return heard(library.train, twins, tell), heard(library.validation, False, tell)

    def voices(tell: Callable[[str], None]) -> list[Path]:
        return voice_bands(library.train, recipe.run / "beat_features", tell) if recipe.beats.steps else []

    if fabric.is_global_zero:  # it makes the features, the others read them
        train_songs, valid_songs = heard_songs(print)
        sung = voices(print)
    fabric.barrier()
    if not fabric.is_global_zero:
        train_songs, valid_songs = heard_songs(_silent)
        sung = voices(_silent)
    beats = None
    if recipe.beats.steps and not train_songs:
        _tell(fabric, "no song's beats are known: no beat network is trained")
    elif recipe.beats.steps:
        beats = load_net(BeatNet, recipe.beats_from).train() if recipe.beats_from else BeatNet()
        task = beats_task(train_songs, valid_songs, beats, recipe.seed, sung)
        learn("beats", task, recipe.beats, recipe.beats_from)
    bars = None
    if recipe.bars.steps:
        known, judged = bar_songs(train_songs), bar_songs(valid_songs)
        _tell(fabric, f"bars of {len(known)} songs to learn from, of {len(judged)} to be judged by")
        if known:
            bars = load_net(BarNet, recipe.bars_from).train() if recipe.bars_from else BarNet()
            learn("bars", bars_task(known, judged, bars, recipe.seed), recipe.bars, recipe.bars_from)
    return Trained(stems, beats, bars, library)


def save(net: StepNet, path: Path) -> None:
    """Weights and the shape they fit to a file, whole or not at all."""
    fresh = path.with_suffix(".part")
    torch.save({"shape": dict(net.shape), "weights": net.state_dict()}, fresh)
    fresh.replace(path)


def load_net(kind: type[Net], path: Path) -> Net:
    """The network that `save` wrote or that an exported folder holds. UserError where there is none."""
    if path.is_dir() or path.name == MANIFEST_NAME:
        return restore(kind, path if path.is_dir() else path.parent)
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        net = kind(**saved["shape"])
        net.load_state_dict(saved["weights"])
    except FileNotFoundError:
        raise UserError(f"no {path}: run `python -m models train --run {path.parent}` to its end") from None
    except (KeyError, TypeError, RuntimeError, EOFError, UnpicklingError) as problem:
        reason = " ".join(str(problem).split())[:200]
        raise UserError(f"{path} does not hold a {kind.__name__} of this version ({reason})") from None
    return net.eval()


def began_with(path: Path | None) -> list[dict[str, object]]:
    """What the weights at `path`, as `load_net` reads them, were made from: a run an entry, newest first."""
    if path is None:
        return []
    folder = path.with_suffix("") if path.suffix == ".pt" else path if path.is_dir() else path.parent
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    except OSError:
        return [{"trained": {"command": f"(nothing is known: {path} came without a manifest)"}}]
    last = {name: manifest[name] for name in ("trained", "data_licences") if name in manifest}
    return [last, *manifest.get("began_with", [])]


def _about(
    recipe: Recipe,
    library: Library,
    command: str,
    schedule: Schedule,
    *,
    minutes: float,
    scores: dict[str, float],
) -> dict[str, object]:
    """What the manifest tells of the making."""
    licences: dict[str, int] = {}
    for song in library.train:
        licences[song.licence] = licences.get(song.licence, 0) + 1
    return {
        "trained": {
            "command": command,
            "seed": recipe.seed,
            "steps": schedule.steps,
            "batch": schedule.batch,
            "minutes": round(minutes, 1),
            "songs": len(library.train),
            "hours": round(sum(song.n_samples for song in library.train) / 44_100 / 3_600, 2),
        },
        "data_licences": dict(sorted(licences.items())),
        "held_out": sorted(song.name for song in library.validation),
        "metrics": {"while_training": {name: round(value, 4) for name, value in scores.items()}},
    }


def _words(songs: Sequence[CachedSong]) -> str:
    hours = sum(song.n_samples for song in songs) / 44_100 / 3_600
    with_stems = sum(song.has_stems for song in songs)
    return f"{len(songs)} songs ({hours:.1f} h, {with_stems} with stems)"


def _tell(fabric: Fabric, line: str) -> None:
    if fabric.is_global_zero:
        print(line, flush=True)


def _silent(line: str) -> None:
    pass


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models train`."""
    default = Recipe(run=Path("runs/pair"))
    parser.add_argument("--run", type=Path, default=default.run, help="folder of this run (%(default)s)")
    parser.add_argument(
        "--songs", type=Path, nargs="+", default=None, metavar="DIR",
        help=f"folders of song folders, drawn from equally often (default: every folder in {SONGS})",
    )  # fmt: skip
    parser.add_argument(
        "--hold-out", nargs="+", default=[], metavar="PATTERN",
        help="songs for validation, by name ('mod_*'); default: after models/data/held_out.toml",
    )  # fmt: skip
    parser.add_argument(
        "--compose",
        type=int,
        default=120,
        metavar="N",
        help="songs to compose where there are none (%(default)s)",
    )
    parser.add_argument("--stem-steps", type=int, default=default.stems.steps, help="(%(default)s)")
    parser.add_argument(
        "--beat-steps", type=int, default=default.beats.steps, help="0: no beat network (%(default)s)"
    )
    parser.add_argument(
        "--bar-steps", type=int, default=default.bars.steps,
        help=f"each of {BAR_SEGMENTS} times as many segments; 0: no bar network (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--batch", type=int, default=16, help="segments a step and device (%(default)s)")
    parser.add_argument(
        "--rate", type=float, default=default.stems.rate, help="highest, of AdamW (%(default)s)"
    )
    parser.add_argument("--checkpoint-steps", type=int, default=100, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare batches (%(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="torch threads on a CPU (%(default)s)")
    parser.add_argument(
        "--precision", choices=get_args(Precision), default=default.precision,
        help="bf16-mixed is twice as fast where the processor has bfloat16 products (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--stems-from", type=Path, metavar="PATH",
        help="what to go on from: stems.pt of a run, or an exported folder, such as models/shipped/stems",
    )  # fmt: skip
    parser.add_argument("--beats-from", type=Path, metavar="PATH", help="beats.pt or a folder, likewise")
    parser.add_argument("--bars-from", type=Path, metavar="PATH", help="bars.pt or a folder, likewise")
    parser.add_argument("--accelerator", default="auto", help="auto, cpu, cuda, mps (%(default)s)")
    parser.add_argument("--devices", type=int, default=1, help="how many of them (%(default)s)")
    parser.add_argument("--cache", type=Path, default=CACHE, help="decoded songs (%(default)s)")
    parser.add_argument(
        "--no-twins", action="store_true",
        help="for the beat network, leave out the remixes of songs with stems: half the time to prepare them",
    )  # fmt: skip
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint of --run")
    parser.add_argument("--no-evaluate", action="store_true", help="leave evaluation for later")


def run(options: argparse.Namespace) -> int:
    """`python -m models train`."""
    if options.stems_from:  # what does not fit is said now, not when all songs are ready
        load_net(StemNet, options.stems_from)
    if options.beats_from:
        load_net(BeatNet, options.beats_from)
    if options.bars_from:
        load_net(BarNet, options.bars_from)
    roots = tuple(song_roots(options.songs) or [COMPOSED])
    if roots == (COMPOSED,):
        compose_missing(options.compose)
    common = {
        "batch": options.batch,
        "rate": options.rate,
        "checkpoint_steps": options.checkpoint_steps,
        "workers": options.workers,
    }
    recipe = Recipe(
        run=options.run,
        songs=roots,
        hold_out=tuple(options.hold_out),
        cache=options.cache,
        seed=options.seed,
        stems=Schedule(steps=options.stem_steps, **common),
        beats=Schedule(steps=options.beat_steps, **common),
        bars=replace(BARS, **{**common, "batch": BAR_SEGMENTS * options.batch}, steps=options.bar_steps),
        twins=not options.no_twins,
        stems_from=options.stems_from,
        beats_from=options.beats_from,
        bars_from=options.bars_from,
        accelerator=options.accelerator,
        precision=options.precision,
        devices=options.devices,
        threads=options.threads,
    )
    command = shlex.join(["python", "-m", "models", *sys.argv[1:]])
    recipe.run.mkdir(parents=True, exist_ok=True)
    (recipe.run / "command.json").write_text(json.dumps({"command": command, "started": time.ctime()}) + "\n")
    trained = train(recipe, options.resume, command)
    if not options.no_evaluate and trained.beats and trained.library.validation:
        from models.evaluate import evaluate_run

        evaluate_run(recipe.run, trained.library.validation)
    return 0


def compose_missing(n_songs: int) -> None:
    """Song folders in COMPOSED, as many as are wanted; those that are there stay."""
    from models.data.composer.batch import write_songs

    write_songs(COMPOSED, n_songs, COMPOSED_SECONDS, n_workers=os.cpu_count() or 1, report=print)
