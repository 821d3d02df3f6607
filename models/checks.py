"""The laws that a model must hold to be let on stage, each with what was measured."""

from __future__ import annotations

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
from stemlight.analysis.bars import beat_sound
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE
from stemlight.analysis.networks import BarNetwork, BeatNetwork, BeatResult, Models, StemNetwork, StemResult
from stemlight.analysis.streaming_model import StreamingModel
from torch.utils.data import Dataset

from models.listen import STEADY_BEAT, Heard, listen, steady_beats
from models.net.step_net import StepNet, Tensors
from models.training import Schedule, Task, fit

# Of the largest output; float32 through tens of thousands of steps, in another order, gives 1e-6 to 1e-5.
TOLERANCE = 1e-4
GROWTH = 1.5  # of the state's peak, from an early minute to the last: it breathes with the music, no more
LIVELINESS = 0.5  # of the movement of the outputs that must be left at the end of a long stream


Nets = tuple[StepNet, StepNet, StepNet | None]  # stems, beats, and bars where there are any


@dataclass(frozen=True)
class Check:
    """One law and what was measured."""

    name: str
    ok: bool
    measured: str


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
    measured = f"{n_weights / 1e6:.2f} M weights, {1e3 * min(times) / n_hops:.3f} ms a step, {n_hops} at once"
    return Check(f"latency {name}", True, measured)


def resumes(
    name: str, make_task: Callable[[], Task], schedule: Schedule, folder: Path, fabric: Fabric
) -> Check:
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
    return Check(f"resume {name}", apart == 0.0 and unfinished > 0.0, measured)


def trained(name: str, net: StepNet, log: Path, steps: int) -> Check:
    """It learnt for as long as it should, its weights are numbers, and what it ends with are averages."""
    checkpoint = torch.load(log / "last.pt", weights_only=True)
    moved = _apart(net.state_dict().values(), checkpoint["net"].values())
    finite = all(bool(weight.isfinite().all()) for weight in net.state_dict().values())
    measured = f"{checkpoint['step']} steps, averaged weights {moved:.1e} from the last"
    return Check(f"training {name}", finite and moved > 0.0 and checkpoint["step"] == steps, measured)


def says_the_same_while_trained(name: str, net: StepNet) -> Check:
    """In training as in running, dropout aside: BatchNorm would make this differ."""
    inputs = tuple(torch.randn(2, 40, *shape) for shape in net.INPUTS.values())
    with torch.no_grad():
        running = net.eval()(inputs, net.initial_state(2)).outputs
        net.train()
        for module in net.modules():
            if isinstance(module, torch.nn.Dropout):
                module.eval()
        training = net(inputs, net.initial_state(2)).outputs
    net.eval()
    apart = _relative(running, training)
    return Check(f"training is running, {name}", apart < TOLERANCE, f"{apart:.1e} apart")


@torch.no_grad()
def batch_outputs(nets: Nets, mix: np.ndarray) -> Tensors:
    """Masks, drum and beat activations, and bar positions of `steady_beats`, each network called once."""
    stems, beats, bars = nets
    spectrum = frontend.spectra(mix)
    log_bands = torch.from_numpy(spectrum.log_bands)[None]
    masks, drums = stems.eval().finish(stems((log_bands,), stems.initial_state()).outputs)
    levels = networks.stem_levels(networks.stem_bands(masks[0].numpy(), spectrum.bands))
    inputs = (log_bands, torch.from_numpy(levels)[None])
    activations = beats.eval().finish(beats(inputs, beats.initial_state()).outputs)[0]
    if not bars:
        return masks[0], drums[0], activations[0]
    sounds = [
        beat_sound(spectrum.log_bands[: hop + 1], levels[: hop + 1], beat - STEADY_BEAT, beat)
        for hop, beat in steady_beats(len(levels))
    ]
    told = tuple(torch.from_numpy(np.stack(kind))[None] for kind in zip(*sounds, strict=True))
    positions = bars.eval().finish(bars(told, bars.initial_state()).outputs)[0]
    return masks[0], drums[0], activations[0], positions[0]


def stream_is_batch(nets: Nets, heard: Heard, mix: np.ndarray) -> Check:
    """`heard` from sound to activations, hop by hop in the app's way, against each network called once."""
    apart = _relative(batch_outputs(nets, mix), _tensors(heard))
    seconds = len(mix) / SAMPLE_RATE
    return Check("stream is batch", apart < TOLERANCE, f"{apart:.1e} apart over {seconds:.0f} s from sound")


@dataclass(frozen=True)
class LongStream:
    """What was heard of a stream, and how large the states were."""

    heard: Heard
    state_peaks: dict[str, np.ndarray]  # of each network: float32 (n_steps, n_states), largest number in each


def listen_to_states(models: Models, mix: np.ndarray) -> LongStream:
    """`listen`, and the largest numbers in the states of each network after each hop, or steady beat."""
    stems, beats = _WatchedStems(models.stems), _WatchedBeats(models.beats)
    bars = _WatchedBars(models.bars) if models.bars else None
    heard = listen(_Watched(stems, beats, bars, models.reset), mix)
    watched = {"stems": stems.peaks, "beats": beats.peaks} | ({"bars": bars.peaks} if bars else {})
    return LongStream(heard, {name: np.array(peaks, np.float32) for name, peaks in watched.items()})


def stays_alive(stream: LongStream, period_hops: int) -> list[Check]:
    """Over a stream that repeats every `period_hops`, states do not grow and outputs do not go still.

    The last whole repetition is held against the second. A collapse shows in seconds to minutes (MODELS.md,
    section 2: nets trained on chunks went silent in 2 s; LSTM states grow for minutes).
    """
    n_hops = len(stream.heard.masks)
    last = n_hops // period_hops - 1
    early, late = slice(period_hops, 2 * period_hops), slice(last * period_hops, (last + 1) * period_hops)
    if last < 2:
        raise ValueError(f"{n_hops} hops are no long stream of {period_hops}: three repetitions at least")
    checks = []
    minutes = n_hops * HOP_S / 60
    for name, peaks in stream.state_peaks.items():
        begun, ended = (peaks[_steps(part, len(peaks), n_hops)].max(axis=0) for part in (early, late))
        growth = float((ended / np.maximum(begun, 1e-9)).max())
        measured = (
            f"at most {peaks.max():.3f}; the peak is {growth:.3f} times that of {minutes:.1f} min before"
        )
        checks.append(Check(f"state stays, {name}", bool(np.isfinite(growth)) and growth < GROWTH, measured))
    for name, outputs in (
        ("masks", stream.heard.masks),
        ("drums", stream.heard.drums),
        ("beats", stream.heard.beats),
        ("bars", stream.heard.bars),
    ):
        if not len(outputs):
            continue
        begun, ended = (outputs[_steps(part, len(outputs), n_hops)] for part in (early, late))
        moved, moves = (float(part.std(axis=0).mean()) for part in (begun, ended))
        n_both = min(len(begun), len(ended))
        apart = float(np.abs(ended[:n_both] - begun[:n_both]).max())
        ratio = moves / max(moved, 1e-9)
        measured = f"moves {ratio:.3f} times as much at the end; the same music {apart:.1e} apart at most"
        ok = moved > 0.0 and LIVELINESS < ratio < 1.0 / LIVELINESS
        checks.append(Check(f"outputs stay, {name}", ok, measured))
    return checks


def _steps(hops: slice, n_steps: int, n_hops: int) -> slice:
    """Which of a network's steps fall in these hops of the stream."""
    return slice(hops.start * n_steps // n_hops, hops.stop * n_steps // n_hops)


def causal(nets: Nets, mix: np.ndarray) -> Check:
    """Sound changed after a moment changes no output of the batch networks before it, to the bit."""
    cut, changed = _changed(mix)
    return _causal("causal in batch", batch_outputs(nets, mix), batch_outputs(nets, changed), cut)


def causal_stream(models: Models, mix: np.ndarray) -> Check:
    """The same of the stream that the app runs."""
    cut, changed = _changed(mix)
    before, after = _tensors(listen(models, mix)), _tensors(listen(models, changed))
    return _causal("causal in the stream", before, after, cut)


def repeatable(models: Models, mix: np.ndarray) -> Check:
    """After a reset the same sound gives the same outputs, to the bit."""
    once, again = _tensors(listen(models, mix)), _tensors(listen(models, mix))
    same = all(torch.equal(one, other) for one, other in zip(once, again, strict=True))
    return Check("the same again after a reset", same, "the same to the bit" if same else "DIFFERS")


def _causal(name: str, before: Sequence[torch.Tensor], after: Sequence[torch.Tensor], cut: int) -> Check:
    n_hops = len(before[0])
    same, heard = True, True
    for one, other in zip(before, after, strict=True):
        n_steps = sum(hop < cut for hop, _ in steady_beats(n_hops)) if len(one) < n_hops else cut
        same = same and torch.equal(one[:n_steps], other[:n_steps])
        heard = heard and not torch.equal(one[n_steps:], other[n_steps:])
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


def _tensors(heard: Heard) -> Tensors:
    said = (heard.masks, heard.drums, heard.beats, *([heard.bars] if len(heard.bars) else []))
    return tuple(torch.from_numpy(array) for array in said)


def _apart(ones: Any, others: Any) -> float:
    return max(float((one - other).abs().max()) for one, other in zip(ones, others, strict=True))


def _relative(true: Any, found: Any) -> float:
    """Largest difference, each output against the largest of its true values."""
    pairs = zip(true, found, strict=True)
    return max(float((one - other).abs().max() / one.abs().max().clamp(min=1e-9)) for one, other in pairs)


def _peaks(model: StreamingModel) -> list[float]:
    return [float(np.abs(state).max()) for state in model.state.values()]


class _WatchedStems:
    def __init__(self, network: StemNetwork) -> None:
        self._network = network
        self.peaks: list[list[float]] = []

    def process(self, log_bands: np.ndarray) -> StemResult:
        result = self._network.process(log_bands)
        self.peaks.append(_peaks(self._network.model))
        return result


class _WatchedBeats:
    def __init__(self, network: BeatNetwork) -> None:
        self._network = network
        self.peaks: list[list[float]] = []

    def process(self, log_bands: np.ndarray, levels: np.ndarray) -> BeatResult:
        result = self._network.process(log_bands, levels)
        self.peaks.append(_peaks(self._network.model))
        return result


class _WatchedBars:
    def __init__(self, network: BarNetwork) -> None:
        self._network = network
        self.peaks: list[list[float]] = []
        self.reset = network.reset

    def process(self, levels: np.ndarray, log_bands: np.ndarray) -> np.ndarray:
        result = self._network.process(levels, log_bands)
        self.peaks.append(_peaks(self._network.model))
        return result


@dataclass(frozen=True)
class _Watched:
    stems: _WatchedStems
    beats: _WatchedBeats
    bars: _WatchedBars | None
    reset: Callable[[], None]


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
