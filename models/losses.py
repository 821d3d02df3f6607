"""How wrong masks and activations are."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import torch
from stemlight.analysis.beats import EVIDENCE_LIMITS, EVIDENCE_SCALE, NEUTRAL
from stemlight.analysis.feature_frame import BAND_EDGES_HZ
from stemlight.analysis.frontend import band_frequencies_hz
from torch import Tensor
from torch.nn.functional import max_pool1d, softplus

from models.features.remix import StemSegment
from models.net.stem_net import masks_of
from models.net.step_net import Tensors

# An event may be shown in its own hop or in the two after it, within 35 ms: the front-end sees only the
# first samples of an attack in the hop that it begins in, and labels of real songs are not more exact.
LATEST_HOPS = 2
HIT_WEIGHT = 5.0  # of a hit against a hop without one; hats come 8 times a second at most, hops 86
LEVEL_WEIGHT = 0.15  # brings it to the size of the other terms: it sums some thirty bands before the root
UNLIKE_WEIGHT = 0.6  # against 0.2: r + 0.016, no dB lost
LEAST_VARIANCE = 0.05  # of a level, mean power of a band being 1: a stem that moves less is not there
STEM_WEIGHTS = (
    0.8,
    0.8,
    1.6,
    0.8,
)  # of compressed magnitudes: voices sit at the mix unless they are asked for
QUIETEST = 1e-6  # mean power a band, -60 dB: below it a segment counts as silence and is not scaled up

# Of `phase_loss`.
RIVALS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)  # beats after the beat: the phases that it is mistaken for
BLOCK_HOPS = 344  # 4 s: so much music decides
NEAR_HOPS = 1  # to either side of a beat, where its peak may be
DOUBT = 0.5  # of the evidence: neighbouring beats repeat one another
TRUNCATION = 0.5  # 0: cross-entropy; 1: the share of the wrong readings


def event_loss(logits: Tensor, targets: Tensor, weight: float | Tensor) -> Tensor:
    """Cross-entropy with forgiveness in time, per event and hop.

    `logits` and `targets` (batch, hops, kinds). The highest logit of an event's own hop and the
    LATEST_HOPS after it counts as found; one hop more on either side is nobody's. After Foscarin, Schlueter
    and Widmer, "Beat this! Accurate beat tracking without DBN postprocessing", ISMIR 2024 (there: centred).
    """
    by_kind, events = logits.transpose(1, 2), targets.transpose(1, 2)
    padded = torch.nn.functional.pad(by_kind, (0, LATEST_HOPS), value=-1e4)
    best = max_pool1d(padded, LATEST_HOPS + 1, stride=1)
    n_forgiven = LATEST_HOPS + 3
    near = max_pool1d(torch.nn.functional.pad(events, (n_forgiven - 2, 1)), n_forgiven, stride=1)
    found = weight * events * softplus(-best)
    false_alarm = (1.0 - near) * softplus(by_kind)
    return (found + false_alarm).transpose(1, 2)


def phase_loss(logits: Tensor, phase: Tensor, period: Tensor) -> Tensor:
    """How likely the decoder would read the beat elsewhere in it, for each block of BLOCK_HOPS hops.

    `logits` (batch, hops) of the beat; `phase` (batch, hops) beats since the last in [0, 1), `period` hops a
    beat, 0 where unknown. To (batch, blocks) in [0, 1 / TRUNCATION]; 0 where not all of a block is known.

    An off-beat that is played as loud as the beat costs the event loss little, and the song its phase: so the
    true phase and its RIVALS are weighed against each other by what `analysis/beats.py` makes of the
    logits. Truncated cross-entropy, (1 - p^q) / q, of which segments with wrong beats cannot make much: Zhang
    and Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy labels",
    NeurIPS 2018.
    """
    neutral = math.log(NEUTRAL / (1.0 - NEUTRAL))
    evidence = (EVIDENCE_SCALE * (logits - neutral)).clamp(*EVIDENCE_LIMITS)
    width = 2 * NEAR_HOPS + 1
    evidence = max_pool1d(evidence[:, None], width, stride=1, padding=NEAR_HOPS)[:, 0]
    hops_off = phase[..., None] - phase.new_tensor((0.0, *RIVALS))
    hops_off = ((hops_off + 0.5) % 1.0 - 0.5) * period[..., None]
    at_beat = (hops_off > 0.0) & (hops_off <= 1.0)  # in the middle of what `event_loss` takes for found
    n_blocks = logits.shape[1] // BLOCK_HOPS
    said = (evidence[..., None] * at_beat)[:, : n_blocks * BLOCK_HOPS]
    said = said.unflatten(1, (n_blocks, BLOCK_HOPS)).sum(dim=2)
    known = (period[:, : n_blocks * BLOCK_HOPS] > 0).unflatten(1, (n_blocks, BLOCK_HOPS)).all(dim=2)
    right = torch.softmax(DOUBT * said, dim=-1)[..., 0]
    return (1.0 - right**TRUNCATION) / TRUNCATION * known


def stem_loss(outputs: Tensors, segment: StemSegment, warm_up: int) -> tuple[Tensor, dict[str, float]]:
    """Loss of masks and drum hits, and its parts for the log. The first `warm_up` hops do not count.

    Per band, the energy of (mask * mix - stem) follows from the powers and the cross power alone:
    m^2 |X|^2 - 2 m Re(S X*) + |S|^2. Its root is an L1 norm of the spectrum that knows about phase; the
    second term compares compressed magnitudes, so that quiet stems count, too; the third the levels that
    the stage will move by, of the whole stem and of its four ranges; the fourth whether they move alike.
    Stems that are known as their sum alone are judged by the sum of their masks.
    """
    mask_logits, drum_logits = outputs
    masks = merged(masks_of(mask_logits[:, warm_up:]), segment.known)
    mix, stems, cross = (x[:, warm_up:] for x in (segment.mix, segment.stems, segment.cross))
    loudness = mix.mean(dim=(1, 2)).clamp(min=QUIETEST)[:, None, None, None]
    mix, stems, cross = mix[:, :, None] / loudness, stems / loudness, cross / loudness

    kept = masks.square() * mix
    energy = (kept - 2.0 * masks * cross + stems).clamp(min=0.0)
    error = (energy + 1e-6).sqrt().mean()
    compressed = ((kept + 1e-6).sqrt().sqrt() - (stems + 1e-6).sqrt().sqrt()).abs()
    compressed = (compressed.mean(dim=(0, 1, 3)) * compressed.new_tensor(STEM_WEIGHTS)).mean()

    ranges = _ranges().to(mix)
    heard, true = (kept @ ranges + 1e-6).sqrt(), (stems @ ranges + 1e-6).sqrt()
    level = (heard - true).abs().mean()
    unlike = _unlikeness(heard[..., -1], true[..., -1])

    known = segment.hits_known[:, None, None]
    hits = event_loss(drum_logits, segment.hits, HIT_WEIGHT)[:, warm_up:]
    hit = (hits * known).sum() / (known.sum() * hits[0].numel()).clamp(min=1.0)
    loss = error + compressed + LEVEL_WEIGHT * level + UNLIKE_WEIGHT * unlike + hit
    return loss, {
        "error": float(error.detach()),
        "compressed": float(compressed.detach()),
        "level": float(level.detach()),
        "unlike": float(unlike.detach()),
        "hits": float(hit.detach()),
    }


def merged(masks: Tensor, known: Tensor) -> Tensor:
    """Masks of stems that are not known go to the row of the last of them, where their sum's truth is.

    `masks` (batch, hops, stems, bands), `known` (batch, stems).
    """
    unknown = 1.0 - known
    last = unknown * (unknown.flip(-1).cumsum(-1).flip(-1) == 1.0)
    rest = (masks * unknown[:, None, :, None]).sum(dim=2, keepdim=True)
    return masks * known[:, None, :, None] + rest * last[:, None, :, None]


def _unlikeness(heard: Tensor, true: Tensor) -> Tensor:
    """Mean of 1 - r over the stems that sound; `heard` and `true` (batch, hops, stems)."""
    heard, true = heard - heard.mean(dim=1, keepdim=True), true - true.mean(dim=1, keepdim=True)
    varies = (true.square().mean(dim=1) > LEAST_VARIANCE).to(heard)
    scale = (heard.square().sum(dim=1) * true.square().sum(dim=1) + 1e-6).sqrt()
    r = (heard * true).sum(dim=1) / scale
    return ((1.0 - r) * varies).sum() / varies.sum().clamp(min=1.0)


@cache
def _ranges() -> Tensor:
    """float32 (N_BANDS, 5): which bands are in low, mid, midhigh, high and in all."""
    hz = torch.from_numpy(band_frequencies_hz().copy())
    pairs = pairwise(BAND_EDGES_HZ)
    return torch.stack(
        [((hz >= low) & (hz < high)).float() for low, high in pairs] + [torch.ones_like(hz)], dim=1
    )
