"""The stem network's task: mixtures in, masks and drum hits out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from stemlight.analysis.feature_frame import STEMS
from torch.utils.data import default_collate

from models.features.library import Library
from models.features.remix import ORIGINAL, StemSegment, StemSegments
from models.losses import stem_loss
from models.net.stem_net import StemNet, masks_of
from models.net.step_net import StepNet
from models.training import Task

SEGMENT_HOPS = 517  # 6 s: chunk-trained networks collapse when they are streamed (MODELS.md, section 2)
WARM_UP_HOPS = 43  # half a second from a standing start does not count
VALIDATION_HOPS = 1_034  # 12 s
HEARD = 1e-4  # share of the mix's energy below which a stem is not there at all and is not judged
ALONE = 1e-3  # share of a stem's energy below which all else is silent and nothing is to be gained
OVER_MIXES = replace(ORIGINAL, partly_known=1.0)  # real mixes without voices, voices laid over them


def stems_task(library: Library, net: StemNet, seed: int, n_validation: int = 48) -> Task:
    """Train on remixes of the training songs, validate on the others as they are."""
    return Task(
        net=net,
        segments=StemSegments(library.train, SEGMENT_HOPS, 10**9, seed),
        inputs_of=lambda segment: (segment.log_bands,),
        loss=lambda outputs, segment: stem_loss(outputs, segment, WARM_UP_HOPS),
        validate=_validation(library, n_validation),
    )


def _validation(library: Library, n_segments: int) -> Callable[[StepNet], dict[str, float]] | None:
    if not any(song.has_stems for song in library.validation):
        return None
    songs = tuple(replace(song, root=song.source) for song in library.validation)  # each source as often
    whole = StemSegments(songs, VALIDATION_HOPS, n_segments, seed=0, remix=ORIGINAL)
    partly = StemSegments(songs, VALIDATION_HOPS, n_segments, seed=0, remix=OVER_MIXES)
    cached: list[list[StemSegment]] = []

    def validate(net: StepNet) -> dict[str, float]:
        if not cached:
            cached.append([whole[number] for number in range(n_segments)])
            cached.append([partly[number] for number in range(n_segments // 2)] if partly.has_partly else [])
        scores = quick_scores(net, cached[0])
        scores["r"] = float(np.mean([scores.get(f"r_{stem}", 0.0) for stem in STEMS]))
        if cached[1]:
            over = quick_scores(net, cached[1])
            scores |= {f"over_{name}": over[name] for name in ("gain_vocals", "r_vocals") if name in over}
        return scores

    return validate


@torch.no_grad()
def quick_scores(net: StepNet, segments: list[StemSegment]) -> dict[str, float]:
    """Loss; of each stem, gain in SDR (dB) and r of envelopes. From bands alone: no sound is made."""
    losses: list[float] = []
    gains: dict[str, list[float]] = {stem: [] for stem in STEMS}
    correlations: dict[str, list[float]] = {stem: [] for stem in STEMS}
    for segment in segments:
        batch = default_collate([segment])
        outputs = net((batch.log_bands,), net.initial_state(1)).outputs
        losses.append(float(stem_loss(outputs, batch, WARM_UP_HOPS)[0]))
        masks = masks_of(outputs[0])[0, WARM_UP_HOPS:]
        mix = segment.mix[WARM_UP_HOPS:, None]
        stems, cross = segment.stems[WARM_UP_HOPS:], segment.cross[WARM_UP_HOPS:]
        error = (masks.square() * mix - 2 * masks * cross + stems).sum(dim=(0, 2))
        untouched = (mix - 2 * cross + stems).sum(dim=(0, 2))
        for row, stem in enumerate(STEMS):
            energy = float(stems[:, row].sum())
            if not segment.known[row] or energy <= HEARD * float(mix.sum()):
                continue
            if float(untouched[row]) > ALONE * energy:
                gains[stem].append(10 * float(torch.log10(untouched[row] / (error[row] + 1e-9))))
            heard = (masks[:, row].square() * mix[:, 0]).sum(dim=1).sqrt().numpy()
            true = stems[:, row].sum(dim=1).sqrt().numpy()
            if heard.std() > 0 and true.std() > 0:
                correlations[stem].append(float(np.corrcoef(heard, true)[0, 1]))
    scores = {"valid_loss": float(np.mean(losses))}
    for stem in STEMS:
        if gains[stem]:
            scores[f"gain_{stem}"] = float(np.mean(gains[stem]))
        if correlations[stem]:
            scores[f"r_{stem}"] = float(np.mean(correlations[stem]))
    return scores
