"""The beat network's task: bands of the mix and of the stems in, beat, downbeat, onset and tempo out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from stemlight.analysis.feature_frame import HOP_S
from torch import Tensor

from models.features.beat_augment import FLOOR
from models.features.beat_features import BeatSegment, BeatSegments
from models.features.beat_song import BeatSong
from models.losses import event_loss, phase_loss
from models.metrics import BEAT_TOLERANCE_S, f_measure, peaks
from models.net.beat_net import BEAT_OUTPUTS, EVENT_WEIGHTS, BeatNet, tempo_periods
from models.net.step_net import StepNet, Tensors
from models.training import Task

SEGMENT_HOPS = 2_068  # 24 s: twelve bars at 120 BPM
WARM_UP_HOPS = 86  # one second from a standing start does not count
TEMPO_WEIGHT = 0.1  # of the tempo's cross-entropy: brings it to the size of the other terms
PHASE_WEIGHT = 0.3  # likewise
TEMPO_WIDTH = 0.8  # of the target around the true tempo, in steps of `tempo_periods`
NEAREST_HOPS = 20  # 0.23 s between peaks: 258 BPM
VALIDATED_HOPS = 5_168  # a minute of each song
SIDE_BY_SIDE = 32  # songs in one call
THRESHOLDS = (0.84, 0.88)  # of beat and downbeat: where F is highest

# Beats that were found in a finished mix lie off the beat or at another level about once in seven. Of such
# segments the share that fits worst teaches nothing (trimmed loss: Shen and Sanghavi, "Learning with bad
# training data via iterative trimmed loss minimization", ICML 2019).
DOUBTED = 0.2


def beats_task(
    train: Sequence[BeatSong],
    validation: Sequence[BeatSong],
    net: BeatNet,
    seed: int,
    voices: Sequence[Path] = (),
) -> Task:
    """Train on the songs' features at many tempi and tones, sung over; validate on the others as they are."""
    return Task(
        net=net,
        segments=BeatSegments(train, SEGMENT_HOPS, 10**9, seed, voices),
        inputs_of=lambda segment: (segment.log_bands, segment.stem_levels),
        loss=beat_loss,
        validate=_validation(validation) if validation else None,
    )


def beat_loss(outputs: Tensors, segment: BeatSegment) -> tuple[Tensor, dict[str, float]]:
    """Event loss and cross-entropy of the tempo, where the truth is known."""
    logits, tempo_logits = outputs
    losses = event_loss(logits, segment.targets, logits.new_tensor(EVENT_WEIGHTS)[:, None])[:, WARM_UP_HOPS:]
    known = segment.known[:, WARM_UP_HOPS:]
    believed = _believed(losses.detach(), known, segment.found)
    known = known * believed[:, None, None]
    of_each = (losses * known).sum(dim=(0, 1)) / known.sum(dim=(0, 1)).clamp(min=1.0)
    period = segment.period[:, WARM_UP_HOPS:] * believed[:, None]
    tempo = _tempo_loss(tempo_logits[:, WARM_UP_HOPS:], period)
    misread = phase_loss(logits[:, WARM_UP_HOPS:, 0], segment.phase[:, WARM_UP_HOPS:], period)
    phase = misread.sum() / (misread > 0).sum().clamp(min=1.0)
    terms = [*of_each.detach().tolist(), float(tempo.detach()), float(phase.detach())]
    parts = dict(zip((*BEAT_OUTPUTS, "tempo", "phase"), terms, strict=True))
    return of_each.sum() + TEMPO_WEIGHT * tempo + PHASE_WEIGHT * phase, parts


def _believed(losses: Tensor, known: Tensor, found: Tensor) -> Tensor:
    """float32 (batch,): 0 for those of the `found` segments whose beats and downbeats cost most, else 1."""
    believed = torch.ones_like(losses[:, 0, 0])
    n_doubted = round(DOUBTED * int(found.sum()))
    if n_doubted:
        timed = known[..., :2]
        cost = (losses[..., :2] * timed).sum(dim=(1, 2)) / timed.sum(dim=(1, 2)).clamp(min=1.0)
        worst = torch.where(found, cost, -torch.inf).topk(n_doubted).indices
        believed[worst] = 0.0
    return believed


def _tempo_loss(logits: Tensor, period: Tensor) -> Tensor:
    """Cross-entropy against a bell around the true tempo; tempi out of range are nobody's."""
    steps = torch.from_numpy(np.log(tempo_periods())).to(logits)
    place = (period.clamp(min=1.0).log() - steps[0]) / (steps[1] - steps[0])
    known = ((place > -0.5) & (place < len(steps) - 0.5)).to(logits)
    distance = torch.arange(len(steps)).to(logits) - place[..., None]
    target = torch.softmax(-0.5 * (distance / TEMPO_WIDTH).square(), dim=-1)
    losses = -(target * torch.log_softmax(logits, dim=-1)).sum(dim=-1)
    return (losses * known).sum() / known.sum().clamp(min=1.0)


def _validation(songs: Sequence[BeatSong]) -> Callable[[StepNet], dict[str, float]]:
    def validate(net: StepNet) -> dict[str, float]:
        scores: dict[str, list[float]] = {"f_beat": [], "f_downbeat": []}
        for first in range(0, len(songs), SIDE_BY_SIDE):
            together = songs[first : first + SIDE_BY_SIDE]
            for song, activations in zip(together, activations_of(net, together), strict=True):
                for column, positions in enumerate((song.beats, song.downbeats)):
                    true = positions[positions < len(activations)]
                    if not len(true):
                        continue
                    found = peaks(activations[:, column], THRESHOLDS[column], NEAREST_HOPS)
                    found = found[(found > true[0] - 6) & (found < true[-1] + 12)]
                    score = f_measure((found + 1) * HOP_S, true * HOP_S, BEAT_TOLERANCE_S)
                    scores[f"f_{BEAT_OUTPUTS[column]}"].append(score)
        return {name: float(np.mean(values)) for name, values in scores.items() if values}

    return validate


@torch.no_grad()
def activations_of(net: StepNet, songs: Sequence[BeatSong]) -> list[np.ndarray]:
    """float32 (n_hops, 3) of the first VALIDATED_HOPS of each song, all of them in one call."""
    heard = [song.features(0, VALIDATED_HOPS) for song in songs]
    inputs = tuple(
        torch.nn.utils.rnn.pad_sequence(
            [torch.from_numpy(features[kind]) for features in heard], batch_first=True, padding_value=FLOOR
        )
        for kind in (0, 1)
    )
    activations, _ = net.finish(net(inputs, net.initial_state(len(songs))).outputs)
    return [
        all_hops[: len(features[0])].numpy() for all_hops, features in zip(activations, heard, strict=True)
    ]
