"""Log bands and the stems' levels become activations of beat, downbeat and onset, and a tempo."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import ClassVar

import numpy as np
import torch
from stemlight.analysis.bar_pointer import LONGEST_BEAT, SHORTEST_BEAT
from stemlight.analysis.feature_frame import HOP_S
from stemlight.analysis.frontend import N_BANDS
from stemlight.analysis.networks import N_STEM_LEVELS
from torch import Tensor, nn

from models.net.step_net import Gru, Shapes, Step, StepNet, Tensors

BEAT_OUTPUTS = ("beat", "downbeat", "onset")
DROPOUT = 0.2  # of what each layer is given, in training: real mixes are few, and not to be learnt by heart
N_TEMPI = 40  # a semitone of tempo is 1.7 of these

# How much an event weighs in training against a hop without one: the rarer, the more. Activations are that
# much readier than probabilities: their log-odds are too high by the logarithm. The decoder knows (NEUTRAL in
# analysis/beats.py was chosen with them).
EVENT_WEIGHTS = (12.0, 30.0, 5.0)

SETTLING_S = 1.0  # what has sounded on average: a chord that changes stands out from it
SETTLING_KEEP = float(np.exp(-HOP_S / SETTLING_S))
SETTLING_BLOCK = 64  # hops in one matrix product


def tempo_periods() -> np.ndarray:
    """float64 (N_TEMPI,): hops a beat, from the fastest to the slowest, a constant ratio apart."""
    return np.geomspace(SHORTEST_BEAT, LONGEST_BEAT, N_TEMPI)


class BeatNet(StepNet):
    """Dense, then GRUs of growing dilation, then four heads. About 0.8 M weights.

    Sees the spectrum, what rose in it since the hop before, how it differs from the last second's mean, and
    what each stem does in coarse bands: the stems tell a downbeat from a beat better than their sum does
    (MODELS.md, section 1). A GRU of dilation d goes on from its own units d hops ago (Chang et al., "Dilated
    recurrent neural networks", NeurIPS 2017): bars are as few steps away from it as beats are from the first.
    """

    INPUTS: ClassVar[Shapes] = {"log_bands": (N_BANDS,), "stem_levels": (N_STEM_LEVELS,)}
    OUTPUTS: ClassVar[Shapes] = {"activations": (len(BEAT_OUTPUTS),), "tempo": (N_TEMPI,)}

    def __init__(self, n_units: int = 192, dilations: Sequence[int] = (1, 4, 16)) -> None:
        super().__init__()
        self.STATES = {
            "previous": (N_BANDS,),
            "settled": (N_BANDS,),
            **{f"hidden_{layer}": (dilation, n_units) for layer, dilation in enumerate(dilations)},
        }
        self.shape = {"n_units": n_units, "dilations": tuple(dilations)}
        self.encode = nn.Linear(3 * N_BANDS + N_STEM_LEVELS, n_units)
        self.drop = nn.Dropout(DROPOUT)
        self.memory = nn.ModuleList(DilatedGru(n_units, dilation) for dilation in dilations)
        self.logits = nn.Linear(2 * n_units, len(BEAT_OUTPUTS))
        self.tempo_logits = nn.Linear(n_units, N_TEMPI)

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        """Outputs: logits (batch, hops, 3) and of tempi (batch, hops, N_TEMPI).

        A downbeat is a beat: its evidence counts for both.
        """
        log_bands, stem_levels = inputs
        previous, settled, *hidden = state
        before = torch.cat([previous[:, None], log_bands[:, :-1]], dim=1)
        rise = torch.relu(log_bands - before)
        mean = _settle(log_bands, settled)
        seen = torch.cat([log_bands, 2.0 * rise, log_bands - mean, stem_levels], dim=-1)
        encoded = torch.relu(self.encode(seen))
        units, after = encoded, []
        for layer, (memory, units_before) in enumerate(zip(self.memory, hidden, strict=True)):
            heard, last = memory(self.drop(units), units_before)
            units = heard if layer == 0 else units + heard
            after.append(last)
        units = self.drop(units)
        logits = self.logits(torch.cat([units, self.drop(encoded)], dim=-1))
        beat = logits[..., 0:1] + logits[..., 1:2]
        logits = torch.cat([beat, logits[..., 1:]], dim=-1)
        return Step((logits, self.tempo_logits(units)), (log_bands[:, -1], mean[:, -1], *after))

    def finish(self, outputs: Tensors) -> Tensors:
        """Activations in [0, 1], and a distribution over the tempi."""
        logits, tempo_logits = outputs
        return torch.sigmoid(logits), torch.softmax(tempo_logits, dim=-1)


class DilatedGru(nn.Module):
    """One GRU that takes turns: hop n goes on from hop n - dilation. As many units in as out."""

    def __init__(self, n_units: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.gru = Gru(n_units, n_units)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """`x` (batch, hops, n_units), `state` (batch, dilation, n_units), oldest first, to the same two."""
        if self.dilation == 1:
            units, last = self.gru(x, state[:, 0])
            return units, last[:, None]
        if x.shape[1] == 1:
            units, _ = self.gru(x, state[:, 0])
            return units, torch.cat([state[:, 1:], units], dim=1)
        n_hops = x.shape[1]
        x = torch.nn.functional.pad(x, (0, 0, 0, -n_hops % self.dilation))
        turns = x.unflatten(1, (-1, self.dilation)).transpose(1, 2).flatten(0, 1)
        units, _ = self.gru(turns, state.flatten(0, 1))
        units = units.unflatten(0, (-1, self.dilation)).transpose(1, 2).flatten(1, 2)[:, :n_hops]
        return units, torch.cat([state, units], dim=1)[:, -self.dilation :]


def _settle(x: Tensor, mean: Tensor) -> Tensor:
    """The leaky mean of `x` (batch, hops, bands) at each hop; `mean` (batch, bands) is that before."""
    if x.shape[1] == 1:
        return (x[:, 0] + SETTLING_KEEP * (mean - x[:, 0]))[:, None]
    means = []
    for block in x.split(SETTLING_BLOCK, dim=1):
        gains, keeps = (part[: block.shape[1]].to(x) for part in _settling())
        means.append(gains[:, : block.shape[1]] @ block + keeps[:, None] * mean[:, None])
        mean = means[-1][:, -1]
    return torch.cat(means, dim=1)


@cache
def _settling() -> tuple[Tensor, Tensor]:
    """float32 (block, block): what each hop adds to the mean at each; (block,): what is kept of the old."""
    age = np.arange(SETTLING_BLOCK)[:, None] - np.arange(SETTLING_BLOCK)
    gains = np.where(age >= 0, (1.0 - SETTLING_KEEP) * SETTLING_KEEP ** np.maximum(age, 0.0), 0.0)
    keeps = SETTLING_KEEP ** np.arange(1, SETTLING_BLOCK + 1)
    return torch.from_numpy(gains).float(), torch.from_numpy(keeps).float()
