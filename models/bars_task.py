"""The bar network's task: what sounded in each beat in, its place in the bar out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, nll_loss

from models.features.bar_features import UNKNOWN, BarSegment, BarSegments, BarSong
from models.net.bar_net import BarNet
from models.net.step_net import StepNet, Tensors
from models.training import Task

SEGMENT_BEATS = 48  # twelve bars of four
WARM_UP_BEATS = 8  # two bars: until then nobody can know
VALIDATED_BEATS = 160


def bars_task(train: Sequence[BarSong], validation: Sequence[BarSong], net: BarNet, seed: int) -> Task:
    """Train on remixed stretches of the songs, validate on the others as they are."""
    return Task(
        net=net,
        segments=BarSegments(train, SEGMENT_BEATS, 10**9, seed),
        inputs_of=lambda segment: (segment.levels, segment.log_bands),
        loss=bar_loss,
        validate=_validation(validation) if validation else None,
    )


def bar_loss(outputs: Tensors, segment: BarSegment) -> tuple[Tensor, dict[str, float]]:
    """Cross-entropy of the positions that are known, of the first beats less."""
    (logits,) = outputs  # (batch, beats, positions)
    losses = cross_entropy(logits.transpose(1, 2), segment.positions.clamp(min=0), reduction="none")
    heard = torch.arange(logits.shape[1]).to(logits) / WARM_UP_BEATS
    weights = (segment.positions != UNKNOWN) * heard.clamp(max=1.0)
    loss = (losses * weights).sum() / weights.sum().clamp(min=1.0)
    return loss, {"bar_position": float(loss.detach())}


def _validation(songs: Sequence[BarSong]) -> Callable[[StepNet], dict[str, float]]:
    def validate(net: StepNet) -> dict[str, float]:
        """Of finished mixes and of the other songs: cross-entropy, and the share of beats that are right."""
        losses: dict[str, list[float]] = {}
        right: dict[str, list[float]] = {}
        for song in songs:
            said = _said(net, song)[WARM_UP_BEATS:]
            positions = torch.from_numpy(song.positions[WARM_UP_BEATS:VALIDATED_BEATS])
            known = positions != UNKNOWN
            if not known.any():
                continue
            kind = "finished" if song.finished else "made"
            losses.setdefault(kind, []).append(float(nll_loss(said[known].log(), positions[known])))
            right.setdefault(kind, []).append(
                float((said[known].argmax(dim=1) == positions[known]).float().mean())
            )
        scores = {f"loss_{kind}": float(np.mean(values)) for kind, values in losses.items()}
        return scores | {f"right_{kind}": float(np.mean(values)) for kind, values in right.items()}

    return validate


@torch.no_grad()
def _said(net: StepNet, song: BarSong) -> Tensor:
    """float32 (n_beats, N_POSITIONS) of the first VALIDATED_BEATS."""
    levels, log_bands = (
        torch.from_numpy(sound[:VALIDATED_BEATS].astype(np.float32))[None]
        for sound in (song.levels, song.log_bands)
    )
    return net.finish(net((levels, log_bands), net.initial_state()).outputs)[0][0]
