"""A model's whole life in miniature, as a test that runs anywhere.

Latency of the batch networks, a tiny data set to look at and listen to, training with checkpoints, resume,
export, the stream against the batch from sound to activation, the state over a long stream, causality by
changing the future, a report.

    python -m models lifecycle                    # minutes; --full: larger, with ten minutes of stream
    python -m models lifecycle --run runs/pair    # a pair that was trained already, ten minutes of stream

Each check says what it measured. The folder has a report with pictures and sounds to look at and listen to.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from stemlight.analysis import frontend, networks
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE, STEMS
from stemlight.errors import UserError
from stemlight.model_folders import KINDS, ModelFolders

from models import checks
from models.bars_task import bars_task
from models.beats_task import beats_task
from models.checks import Check, Nets
from models.export import export
from models.features.bar_features import bar_songs
from models.features.beat_features import beat_songs
from models.features.library import CachedSong, Library, build_library
from models.features.remix import StemSegments
from models.listen import Heard, separate, steady_beats
from models.net.bar_net import BarNet
from models.net.beat_net import BeatNet
from models.net.stem_net import StemNet
from models.pictures import draw_curves, draw_song, draw_states
from models.stems_task import SEGMENT_HOPS, stems_task
from models.train import load_net
from models.training import Schedule, Task, fit

SHORT_S = 10.0  # of sound, for what shows within seconds


@dataclass(frozen=True)
class Size:
    """How large a life."""

    n_songs: int
    song_seconds: float
    n_units: int
    steps: int
    batch: int
    stream_seconds: float
    period_seconds: float  # of the stream's music, which repeats


TINY = Size(
    n_songs=2, song_seconds=12.0, n_units=24, steps=4, batch=2, stream_seconds=30.0, period_seconds=10.0
)
FULL = Size(
    n_songs=16, song_seconds=60.0, n_units=192, steps=60, batch=8, stream_seconds=600.0, period_seconds=60.0
)


class Diary:
    """Checks as they come, and what they were made of; a report at the end. `folder` is made if missing."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.checks: list[Check] = []
        self._tell = tell

    def add(self, *found: Check) -> None:
        """Next checks, in order."""
        for check in found:
            self.checks.append(check)
            self._tell(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.measured}")

    def write_report(self, of: str, pictures: Sequence[str]) -> None:
        """report.md: a row a check, then the pictures."""
        lines = ["# A model's life", "", of, "", "| check | | measured |", "|---|---|---|"]
        lines += [f"| {c.name} | {'ok' if c.ok else 'FAIL'} | {c.measured} |" for c in self.checks]
        lines += ["", *(f"![{Path(name).stem}]({name})" for name in pictures), ""]
        (self.folder / "report.md").write_text("\n".join(lines), encoding="utf-8")


def live(size: Size, folder: Path, tell: Callable[[str], None] = print) -> list[Check]:
    """The whole life, in order. `folder` gets data, runs, models and report.md. One thread of torch."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    diary = Diary(folder, tell)

    # 1. Latency of the batch networks, one song at a time.
    stems, beats = StemNet(n_units=size.n_units), BeatNet(n_units=size.n_units)
    bars = BarNet(n_units=size.n_units)
    diary.add(*_latencies((stems, beats, bars)))

    # 2. A tiny data set, with pictures and sounds.
    library = _data(size, folder, tell)
    _samples(library, folder / "samples")
    learnt, judged = len(library.train), len(library.validation)
    diary.add(
        Check("data", learnt > 0 and judged > 0, f"{learnt} songs to learn from, {judged} to be judged by")
    )

    # 3. Training with checkpoints. 4. Resume.
    schedule = Schedule(
        steps=size.steps,
        batch=size.batch,
        checkpoint_steps=max(1, size.steps // 2),
        workers=0,
        warm_up_steps=2,
    )
    fabric = Fabric(accelerator="cpu", devices=1)

    def stem_task(net: StemNet | None = None) -> Task:
        torch.manual_seed(0)
        return stems_task(library, net or StemNet(n_units=size.n_units), seed=0, n_validation=1)

    fit(stem_task(stems), schedule, folder / "stems_log", fabric)
    features = folder / "beat_features"
    train_songs = beat_songs(library.train, stems, features, twins=True, tell=_silent)
    valid_songs = beat_songs(library.validation, stems, features, twins=False, tell=_silent)

    def beat_task(net: BeatNet | None = None) -> Task:
        torch.manual_seed(0)
        return beats_task(train_songs, valid_songs, net or BeatNet(n_units=size.n_units), seed=0)

    fit(beat_task(beats), schedule, folder / "beats_log", fabric)

    known, judged_bars = bar_songs(train_songs), bar_songs(valid_songs)

    def bar_task(net: BarNet | None = None) -> Task:
        torch.manual_seed(0)
        return bars_task(known, judged_bars, net or BarNet(n_units=size.n_units), seed=0)

    fit(bar_task(bars), schedule, folder / "bars_log", fabric)
    diary.add(
        checks.trained("stems", stems, folder / "stems_log", size.steps),
        checks.trained("beats", beats, folder / "beats_log", size.steps),
        checks.trained("bars", bars, folder / "bars_log", size.steps),
        checks.resumes("stems", stem_task, schedule, folder / "resume_stems", fabric),
        checks.resumes("beats", beat_task, schedule, folder / "resume_beats", fabric),
        checks.resumes("bars", bar_task, schedule, folder / "resume_bars", fabric),
    )

    # 5. Export, and on to what the app runs.
    export(stems, folder / "stems", "stems", {})
    export(beats, folder / "beats", "beats", {})
    export(bars, folder / "bars", "bars", {})
    song = library.validation[0]
    folders = ModelFolders(folder / "stems", folder / "beats", folder / "bars")
    pair = Pair(folders, (stems, beats, bars))
    heard = _on_stage(diary, pair, song, size)

    # 9. A report.
    draw_curves({n: folder / f"{n}_log" / "log.txt" for n in KINDS}, folder / "curves.png")
    _show(song, heard, folder)
    diary.write_report(f"{size}", ["samples/segments.png", "curves.png", "heard.png", "states.png"])
    return diary.checks


@dataclass(frozen=True)
class Pair:
    """Exported networks, and the torch ones that they were made from where those are at hand."""

    folders: ModelFolders
    nets: Nets | None = None


def live_on(
    pair: Pair, songs: Sequence[CachedSong], size: Size, folder: Path, tell: Callable[[str], None] = print
) -> list[Check]:
    """The later life of a pair that was trained before: from its latency on, training left out."""
    torch.set_num_threads(1)
    diary = Diary(folder, tell)
    if pair.nets:
        diary.add(*_latencies(pair.nets))
    heard = _on_stage(diary, pair, songs[0], size)
    _show(songs[0], heard, folder)
    diary.write_report(f"{pair.folders}", ["heard.png", "states.png"])
    return diary.checks


def _latencies(nets: Nets) -> list[Check]:
    return [checks.batch_latency(name, net) for name, net in zip(KINDS, nets, strict=True) if net]


def _on_stage(diary: Diary, pair: Pair, song: CachedSong, size: Size) -> Heard:
    """The checks of what the app runs; what it heard of the stream's beginning."""
    models = networks.load_chosen(pair.folders)
    period = min(int(size.period_seconds / HOP_S), song.n_hops)
    repeats = max(3, int(size.stream_seconds / HOP_S) // period)
    mix = np.tile(song.mix(0, period * HOP_LENGTH), repeats)
    short = mix[: int(SHORT_S / HOP_S) * HOP_LENGTH]

    # 6. The stream is the batch. 7. It can go on for long.
    stream = checks.listen_to_states(models, mix)
    if pair.nets:
        for name, net in zip(KINDS, pair.nets, strict=True):
            if net:
                diary.add(checks.says_the_same_while_trained(name, net))
        diary.add(checks.stream_is_batch(pair.nets, stream.heard, mix))
    diary.add(*checks.stays_alive(stream, period))
    draw_states(stream.state_peaks, diary.folder / "states.png")

    # 8. The future changes nothing.
    if pair.nets:
        diary.add(checks.causal(pair.nets, short))
    diary.add(checks.causal_stream(models, short), checks.repeatable(models, short))
    n_hops = len(short) // HOP_LENGTH
    return Heard(
        stream.heard.log_bands[:n_hops],
        stream.heard.masks[:n_hops],
        stream.heard.drums[:n_hops],
        stream.heard.beats[:n_hops],
        stream.heard.bars[: len(steady_beats(n_hops))],
    )


def _data(size: Size, folder: Path, tell: Callable[[str], None]) -> Library:
    from models.data.composer import GENRES, compose, write_song

    songs = folder / "songs"
    for seed in range(size.n_songs):
        genre = list(GENRES)[seed % len(GENRES)]
        if not (songs / f"{genre}_{seed}").exists():
            write_song(compose(seed, genre, size.song_seconds), songs / f"{genre}_{seed}")
    return build_library([songs], folder / "cache", hold_out=[f"*_{size.n_songs - 1}"], tell=tell)


def _samples(library: Library, folder: Path) -> None:
    """What training sees and hears: two remixed segments as pictures, one song as sound."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import soundfile

    folder.mkdir(parents=True, exist_ok=True)
    segments = StemSegments(library.train, SEGMENT_HOPS, 2, seed=0)
    figure, axes = plt.subplots(1 + len(STEMS), 2, figsize=(14, 11))
    for column in range(2):
        segment = segments[column]
        floor = frontend.POWER_FLOOR
        pictures = [segment.log_bands] + [
            (torch.log10(segment.stems[:, row] + floor) + 4.0) * 0.5 for row in range(len(STEMS))
        ]
        for axis, picture, title in zip(axes[:, column], pictures, ("mix", *STEMS), strict=True):
            axis.imshow(picture.T.numpy(), origin="lower", aspect="auto", vmin=-1.0, vmax=1.5, cmap="magma")
            axis.set_title(title, fontsize=8)
    figure.tight_layout()
    figure.savefig(folder / "segments.png", dpi=60)
    plt.close(figure)
    song = library.train[0]
    n_samples = min(song.n_samples, int(SHORT_S * SAMPLE_RATE))
    soundfile.write(folder / "mix.wav", song.mix(0, n_samples), SAMPLE_RATE)
    for name, sound in zip(STEMS, song.stems(0, n_samples), strict=True):
        soundfile.write(folder / f"{name}.wav", sound, SAMPLE_RATE)


def _show(song: CachedSong, heard: Heard, folder: Path) -> None:
    """What was heard of a song's beginning, as a picture and as sound."""
    import soundfile

    draw_song(song, heard, folder / "heard.png", start_s=0.0)
    (folder / "heard").mkdir(exist_ok=True)
    sound = separate(song.mix(0, len(heard.masks) * HOP_LENGTH), heard.masks)
    for name, stem in zip(STEMS, sound, strict=True):
        soundfile.write(folder / "heard" / f"{name}.wav", stem, SAMPLE_RATE)


def _silent(line: str) -> None:
    pass


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models lifecycle`."""
    from models.evaluate import add_song_arguments

    parser.add_argument("--full", action="store_true", help="16 songs, larger networks, 10 minutes of stream")
    parser.add_argument("--run", type=Path, help="a finished run: its pair instead of a new one")
    parser.add_argument(
        "--models", type=Path, metavar="DIR", help="or a pair without its weights in torch, as it ships"
    )
    parser.add_argument("--seconds", type=float, default=600.0, help="of stream for --run and --models")
    add_song_arguments(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("runs/lifecycle"), help="for the report (%(default)s)"
    )


def _pair(options: argparse.Namespace) -> Pair:
    at = options.models or options.run
    bars = at / "bars" if (at / "bars").is_dir() else None
    folders = ModelFolders(at / "stems", at / "beats", bars)
    if options.models:
        return Pair(folders)
    stems, beats = load_net(StemNet, at / "stems.pt"), load_net(BeatNet, at / "beats.pt")
    return Pair(folders, (stems, beats, load_net(BarNet, at / "bars.pt") if bars else None))


def run(options: argparse.Namespace) -> int:
    """`python -m models lifecycle`: 0 if every check held."""
    from models.evaluate import chosen_songs

    started = time.perf_counter()
    if options.run and options.models:
        raise UserError("--run or --models, not both")
    if options.run or options.models:
        size = Size(0, 0.0, 0, 0, 0, options.seconds, period_seconds=60.0)
        found = live_on(_pair(options), chosen_songs(options), size, options.out)
    else:
        found = live(FULL if options.full else TINY, options.out)
    failed = [check.name for check in found if not check.ok]
    seconds = time.perf_counter() - started
    print(f"{len(found)} checks, {len(failed)} failed, {seconds:.0f} s: {options.out}/report.md")
    return 1 if failed else 0
