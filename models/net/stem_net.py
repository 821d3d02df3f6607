"""Log bands become four masks a band, and kick, snare and hat."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from stemlight.analysis.feature_frame import DRUM_PARTS, HOP_S, STEMS
from stemlight.analysis.frontend import N_BANDS
from torch import Tensor, nn

from models.net.step_net import Gru, Shapes, Step, StepNet, Tensors

MEAN_S = 2.0  # time constant of each band's running mean: some beats, so that it holds no rhythm
N_CHANNELS, N_NEIGHBOURS = 16, 5
MEAN_SHARE = 1.0 - math.exp(-HOP_S / MEAN_S)


class StemNet(StepNet):
    """Dense, two GRUs with a bypass, masks that sum to one over the stems. About 2.3 M weights.

    It sees the bands, how far each is from its running mean, and how far from the hop before: what
    changes, at any loudness and through any equalizer. The bypass carries this hop's spectrum around
    the memory, so that the memory need not copy it. Last, each band looks at its neighbours: their masks
    and what they sound like, by the same weights all over the spectrum.
    """

    INPUTS: ClassVar[Shapes] = {"log_bands": (N_BANDS,)}
    OUTPUTS: ClassVar[Shapes] = {"masks": (len(STEMS), N_BANDS), "drum_activations": (len(DRUM_PARTS),)}

    def __init__(self, n_units: int = 384, n_layers: int = 2) -> None:
        super().__init__()
        self.STATES = {
            "hidden": (n_layers, n_units),
            "sum": (N_BANDS,),
            "share": (1,),
            "previous": (N_BANDS,),
        }
        self.shape = {"n_units": n_units, "n_layers": n_layers}
        self.encode = nn.Linear(3 * N_BANDS, n_units)
        self.memory = nn.ModuleList(Gru(n_units, n_units) for _ in range(n_layers))
        self.mask_logits = nn.Linear(2 * n_units, len(STEMS) * N_BANDS)
        self.neighbours = nn.Conv1d(3 + len(STEMS), N_CHANNELS, N_NEIGHBOURS, padding="same")
        self.correction = nn.Conv1d(N_CHANNELS, len(STEMS), N_NEIGHBOURS, padding="same")
        nn.init.zeros_(self.correction.weight)
        self.drum_logits = nn.Linear(2 * n_units, len(DRUM_PARTS))

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        """Outputs: mask logits (batch, hops, stems, bands), drum logits (batch, hops, parts)."""
        (log_bands,) = inputs
        hidden, total, share, previous = state
        means, total, share = running_means(log_bands, total, share)
        before = torch.cat([previous[:, None], log_bands[:, :-1]], dim=1)
        seen = torch.stack([log_bands, log_bands - means, log_bands - before], dim=2)
        encoded = torch.relu(self.encode(seen.flatten(2)))
        units, last = encoded, []
        for layer, memory in enumerate(self.memory):
            heard, after = memory(units, hidden[:, layer])
            units = heard if layer == 0 else units + heard
            last.append(after)
        units = torch.cat([units, encoded], dim=-1)
        masks = self.mask_logits(units).unflatten(-1, (len(STEMS), N_BANDS))
        around = torch.cat([seen.to(masks), masks], dim=2).flatten(0, 1)
        corrections = self.correction(torch.relu(self.neighbours(around)))
        masks = masks + corrections.unflatten(0, masks.shape[:2])
        after = (torch.stack(last, dim=1), total, share, log_bands[:, -1])
        return Step((masks, self.drum_logits(units)), after)

    def finish(self, outputs: Tensors) -> Tensors:
        """Masks in [0, 1] that sum to one over the stems; activations in [0, 1]."""
        mask_logits, drum_logits = outputs
        return torch.softmax(mask_logits, dim=-2), torch.sigmoid(drum_logits)


def masks_of(mask_logits: Tensor) -> Tensor:
    """(..., stems, bands) in [0, 1], one in all over the stems."""
    return torch.softmax(mask_logits, dim=-2)


def running_means(x: Tensor, total: Tensor, share: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Exponential means of `x` (batch, hops, n) up to each hop, and the two states.

    `total` (batch, n) is the weighted sum of what was heard, `share` (batch, 1) the sum of the weights: with
    both, the mean is right from the first hop on.
    """
    means = []
    for hop in range(x.shape[1]):
        total = total + MEAN_SHARE * (x[:, hop] - total)
        share = share + MEAN_SHARE * (1.0 - share)
        means.append(total / share)
    return torch.stack(means, dim=1), total, share
