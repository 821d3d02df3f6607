"""A model's whole life in miniature, as a test that runs anywhere.

Latency of the batch networks, a tiny data set to look at and listen to, training with checkpoints, resume,
export, the stream against the batch from sound to activation, causality by changing the future, a report.

    python -m models lifecycle            # minutes; --full: larger, with ten minutes of stream

Each check says what it measured. The folder has a report with pictures and sounds to look at and listen to.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from stemlight.analysis import frontend, networks
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE, STEMS
from torch.utils.data import Dataset

from models.beats_task import beats_task
from models.export import export
from models.features.beat_features import beat_songs
from models.features.library import Library, build_library
from models.features.remix import StemSegments
from models.listen import listen
from models.net.beat_net import BeatNet
from models.net.stem_net import StemNet
from models.net.step_net import StepNet, Tensors
from models.pictures import draw_curves, draw_song
from models.stems_task import SEGMENT_HOPS, stems_task
from models.training import Schedule, fit

TOLERANCE = (
    1e-4  # of activations and masks in [0, 1]; float32 through some thousand recurrent steps gives 1e-6
)


@dataclass(frozen=True)
class Size:
    """How large a life."""

    n_songs: int
    song_seconds: float
    n_units: int
    steps: int
    batch: int
    stream_seconds: float


TINY = Size(n_songs=2, song_seconds=12.0, n_units=24, steps=4, batch=2, stream_seconds=10.0)
FULL = Size(n_songs=16, song_seconds=60.0, n_units=192, steps=60, batch=8, stream_seconds=600.0)


@dataclass(frozen=True)
class Check:
    """One law and what was measured."""

    name: str
    ok: bool
    measured: str


def live(size: Size, folder: Path, tell: Callable[[str], None] = print) -> list[Check]:
    """The life, in order. `folder` gets data, runs, models and report.md. One thread of torch."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    checks: list[Check] = []

    def add(check: Check) -> None:
        checks.append(check)
        tell(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.measured}")

    # 1. Latency of the batch networks, one song at a time.
    stems, beats = StemNet(n_units=size.n_units), BeatNet(n_units=size.n_units)
    for name, net in (("stems", stems), ("beats", beats)):
        add(batch_latency(name, net))

    # 2. A tiny data set, with pictures and sounds.
    library = _data(size, folder, tell)
    _samples(library, folder / "samples")
    n_train, n_valid = len(library.train), len(library.validation)
    add(
        Check(
            "data", n_train > 0 and n_valid > 0, f"{n_train} songs to learn from, {n_valid} to be judged by"
        )
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
    add(resumes(lambda: _stem_task(library, size), schedule, folder / "resume", fabric))
    fit(replace(_stem_task(library, size), net=stems), schedule, folder / "stems_log", fabric)
    train_songs = beat_songs(library.train, stems, folder / "beat_features", twins=True, tell=_silent)
    valid_songs = beat_songs(library.validation, stems, folder / "beat_features", twins=False, tell=_silent)
    fit(beats_task(train_songs, valid_songs, beats, seed=0), schedule, folder / "beats_log", fabric)
    for name, net in (("stems", stems), ("beats", beats)):
        checkpoint = torch.load(folder / f"{name}_log" / "last.pt", weights_only=True)
        moved = max(
            float((weight - checkpoint["net"][key]).abs().max()) for key, weight in net.state_dict().items()
        )
        finite = all(bool(weight.isfinite().all()) for weight in net.state_dict().values())
        measured = f"{checkpoint['step']} steps, averaged weights {moved:.1e} from the last"
        add(Check(f"training {name}", finite and checkpoint["step"] == size.steps, measured))

    # 5. Export. 6. The stream is the batch.
    for name, net in (("stems", stems), ("beats", beats)):
        export(net, folder / name, name, {})
        add(says_the_same_while_trained(name, net))
    models = networks.load(folder / "stems", folder / "beats")
    song = library.validation[0]
    mix = np.tile(song.mix(), int(np.ceil(size.stream_seconds / song.n_hops / HOP_S)) + 1)
    mix = mix[: int(size.stream_seconds / HOP_S) * HOP_LENGTH]
    add(stream_is_batch(stems, beats, models, mix))

    # 7. The future changes nothing.
    short = mix[: int(min(10.0, size.stream_seconds) / HOP_S) * HOP_LENGTH]
    add(causal(stems, beats, short))
    add(causal_stream(models, short))

    # 8. A report.
    heard = listen(models, short)
    draw_song(song, heard, folder / "heard.png", start_s=0.0)
    draw_curves({n: folder / f"{n}_log" / "log.txt" for n in ("stems", "beats")}, folder / "curves.png")
    (folder / "report.md").write_text(_report(size, checks), encoding="utf-8")
    return checks


def batch_latency(name: str, net: StepNet, seconds: float = 6.0) -> Check:
    """Time of a network over a stretch of song, batch 1. Measured, not judged."""
    net = net.eval()
    n_hops = int(seconds / HOP_S)
    inputs = tuple(torch.randn(1, n_hops, *shape) for shape in net.INPUTS.values())
    times = []
    with torch.no_grad():
        for _ in range(3):
            start = time.perf_counter()
            net(inputs, net.initial_state())
            times.append(time.perf_counter() - start)
    n_weights = sum(weight.numel() for weight in net.parameters())
    measured = (
        f"{n_weights / 1e6:.2f} M weights, {1e3 * min(times) / n_hops:.3f} ms a hop, {seconds:g} s at once"
    )
    return Check(f"latency {name}", True, measured)


def resumes(make_task: Callable[[], Any], schedule: Schedule, folder: Path, fabric: Fabric) -> Check:
    """A run that was killed and resumed ends with the same weights, to the bit, as one that was not."""
    whole = make_task()
    fit(whole, schedule, folder / "whole", fabric)
    killed = make_task()
    until = (schedule.checkpoint_steps + 1) * schedule.batch
    with contextlib.suppress(_PowerCutError):
        fit(replace(killed, segments=_Killed(killed.segments, until)), schedule, folder / "killed", fabric)
    again = make_task()
    fit(again, schedule, folder / "killed", fabric, resume=True)
    apart = _apart(whole.net.state_dict().values(), again.net.state_dict().values())
    unfinished = _apart(whole.net.state_dict().values(), killed.net.state_dict().values())
    measured = f"killed after step {schedule.checkpoint_steps}: {apart:g} apart (unresumed: {unfinished:.1e})"
    return Check("resume", apart == 0.0 and unfinished > 0.0, measured)


def says_the_same_while_trained(name: str, net: StepNet) -> Check:
    """In training as in running: BatchNorm and dropout would make this differ."""
    inputs = tuple(torch.randn(2, 40, *shape) for shape in net.INPUTS.values())
    with torch.no_grad():
        running = net.eval()(inputs, net.initial_state(2)).outputs
        training = net.train()(inputs, net.initial_state(2)).outputs
    net.eval()
    apart = _apart(running, training)
    return Check(f"training is running, {name}", apart == 0.0, f"{apart:g} apart")


@torch.no_grad()
def batch_outputs(stems: StepNet, beats: StepNet, mix: np.ndarray) -> Tensors:
    """Masks, drum and beat activations of a whole song from sound, each network called once."""
    spectrum = frontend.spectra(mix)
    log_bands = torch.from_numpy(spectrum.log_bands)[None]
    masks, drums = stems.eval().finish(stems((log_bands,), stems.initial_state()).outputs)
    levels = networks.stem_levels(networks.stem_bands(masks[0].numpy(), spectrum.bands))
    inputs = (log_bands, torch.from_numpy(levels)[None])
    (activations,) = beats.eval().finish(beats(inputs, beats.initial_state()).outputs)
    return masks[0], drums[0], activations[0]


def stream_is_batch(stems: StepNet, beats: StepNet, models: networks.Models, mix: np.ndarray) -> Check:
    """From sound to activations, hop by hop in the app's way, against each network called once."""
    heard = listen(models, mix)
    batch = batch_outputs(stems, beats, mix)
    streamed = (heard.masks, heard.drums, heard.beats)
    apart = _apart(batch, [torch.from_numpy(array) for array in streamed])
    seconds = len(mix) / SAMPLE_RATE
    return Check("stream is batch", apart < TOLERANCE, f"{apart:.1e} apart over {seconds:.0f} s from sound")


def causal(stems: StepNet, beats: StepNet, mix: np.ndarray) -> Check:
    """Sound changed after a moment changes no output of the batch networks before it, to the bit."""
    cut, changed = _changed(mix)
    before, after = batch_outputs(stems, beats, mix), batch_outputs(stems, beats, changed)
    return _causal("causal in batch", before, after, cut)


def causal_stream(models: networks.Models, mix: np.ndarray) -> Check:
    """The same of the stream that the app runs."""
    cut, changed = _changed(mix)
    one, other = listen(models, mix), listen(models, changed)
    before = [torch.from_numpy(x) for x in (one.masks, one.drums, one.beats)]
    after = [torch.from_numpy(x) for x in (other.masks, other.drums, other.beats)]
    return _causal("causal in the stream", before, after, cut)


def _causal(name: str, before: Sequence[torch.Tensor], after: Sequence[torch.Tensor], cut: int) -> Check:
    same = all(torch.equal(one[:cut], other[:cut]) for one, other in zip(before, after, strict=True))
    heard = all(not torch.equal(one[cut:], other[cut:]) for one, other in zip(before, after, strict=True))
    past = "the same to the bit" if same else "DIFFER"
    measured = f"first {cut} hops {past}, later ones {'differ' if heard else 'ARE DEAF'}"
    return Check(name, same and heard, measured)


def _changed(mix: np.ndarray) -> tuple[int, np.ndarray]:
    """A hop, and the sound with everything from that hop on replaced by noise."""
    cut = len(mix) // HOP_LENGTH // 2
    changed = mix.copy()
    rest = len(mix) - cut * HOP_LENGTH
    changed[cut * HOP_LENGTH :] = np.random.default_rng(0).normal(0.0, 0.1, rest)
    return cut, changed


def _apart(ones: Any, others: Any) -> float:
    return max(float((one - other).abs().max()) for one, other in zip(ones, others, strict=True))


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
    n_samples = min(song.n_samples, 10 * SAMPLE_RATE)
    soundfile.write(folder / "mix.wav", song.mix(0, n_samples), SAMPLE_RATE)
    for name, sound in zip(STEMS, song.stems(0, n_samples), strict=True):
        soundfile.write(folder / f"{name}.wav", sound, SAMPLE_RATE)


def _stem_task(library: Library, size: Size) -> Any:
    torch.manual_seed(0)
    return stems_task(library, StemNet(n_units=size.n_units), seed=0, n_validation=1)


def _report(size: Size, checks: Sequence[Check]) -> str:
    lines = ["# A model's life", "", f"{size}", "", "| check | | measured |", "|---|---|---|"]
    lines += [f"| {check.name} | {'ok' if check.ok else 'FAIL'} | {check.measured} |" for check in checks]
    lines += ["", "![data](samples/segments.png)", "![curves](curves.png)", "![heard](heard.png)", ""]
    return "\n".join(lines)


class _PowerCutError(Exception):
    """The lights went out."""


class _Killed(Dataset[Any]):
    """Segments up to a number, then a power cut."""

    def __init__(self, segments: Dataset[Any], until: int) -> None:
        self._segments, self._until = segments, until

    def __len__(self) -> int:
        return self._until

    def __getitem__(self, number: int) -> Any:
        if number >= self._until:
            raise _PowerCutError
        return self._segments[number]


def _silent(line: str) -> None:
    pass


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `python -m models lifecycle`."""
    parser.add_argument("--full", action="store_true", help="16 songs, larger networks, 10 minutes of stream")
    parser.add_argument(
        "--out", type=Path, default=Path("runs/lifecycle"), help="for the report (%(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """`python -m models lifecycle`: 0 if every check held."""
    started = time.perf_counter()
    checks = live(FULL if options.full else TINY, options.out)
    failed = [check.name for check in checks if not check.ok]
    seconds = time.perf_counter() - started
    print(f"{len(checks)} checks, {len(failed)} failed, {seconds:.0f} s: {options.out}/report.md")
    return 1 if failed else 0
