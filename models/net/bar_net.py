"""What sounded in each beat becomes its place in the bar: a network that steps by beats."""

from __future__ import annotations

from typing import ClassVar

import torch
from stemlight.analysis.frontend import N_BANDS
from stemlight.analysis.networks import N_POSITIONS, N_QUARTERS, N_STEM_LEVELS
from torch import nn

from models.net.step_net import Gru, Shapes, Step, StepNet, Tensors

DROPPED_INPUTS, DROPOUT = 0.3, 0.5  # a thousand songs are soon learnt by heart


class BarNet(StepNet):
    """Dense, a GRU with a bypass, a softmax over the positions. About 0.14 M weights; a step is a beat.

    Sees what each stem did in the quarters of the beat, the mean spectrum, and how both differ from those of
    the beat before: a chord that changes, a bass drum where there was none.
    """

    INPUTS: ClassVar[Shapes] = {"levels": (N_QUARTERS, N_STEM_LEVELS), "log_bands": (N_BANDS,)}
    OUTPUTS: ClassVar[Shapes] = {"bar_position": (N_POSITIONS,)}

    def __init__(self, n_units: int = 96) -> None:
        super().__init__()
        n_seen = N_QUARTERS * N_STEM_LEVELS + N_BANDS
        self.STATES = {"previous": (n_seen,), "hidden": (n_units,)}
        self.shape = {"n_units": n_units}
        self.drop_inputs, self.drop = nn.Dropout(DROPPED_INPUTS), nn.Dropout(DROPOUT)
        self.encode = nn.Linear(2 * n_seen, n_units)
        self.memory = Gru(n_units, n_units)
        self.logits = nn.Linear(2 * n_units, N_POSITIONS)

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        """Outputs: logits (batch, beats, N_POSITIONS)."""
        levels, log_bands = inputs
        previous, hidden = state
        sound = torch.cat([levels.flatten(2), log_bands], dim=-1)
        before = torch.cat([previous[:, None], sound[:, :-1]], dim=1)
        seen = torch.cat([sound, sound - before], dim=-1)
        encoded = torch.relu(self.encode(self.drop_inputs(seen)))
        units, last = self.memory(self.drop(encoded), hidden)
        logits = self.logits(self.drop(torch.cat([units, encoded], dim=-1)))
        return Step((logits,), (sound[:, -1], last))

    def finish(self, outputs: Tensors) -> Tensors:
        """A distribution over the positions."""
        (logits,) = outputs
        return (torch.softmax(logits, dim=-1),)
