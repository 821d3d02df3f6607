"""Log bands and the stems' levels become activations of beat, downbeat and onset."""

from __future__ import annotations

from typing import ClassVar

import torch
from stemlight.analysis.frontend import N_BANDS
from stemlight.analysis.networks import N_STEM_LEVELS
from torch import nn

from models.net.step_net import Gru, Shapes, Step, StepNet, Tensors

BEAT_OUTPUTS = ("beat", "downbeat", "onset")

# How much an event weighs in training against a hop without one: the rarer, the more. Activations are that
# much readier than probabilities: their log-odds are too high by the logarithm. The decoder knows (NEUTRAL in
# analysis/beats.py was chosen with them).
EVENT_WEIGHTS = (12.0, 30.0, 5.0)


class BeatNet(StepNet):
    """Dense, two GRUs, three logits. About 0.5 M weights.

    Sees the spectrum, what rose in it since the hop before, and what each stem does in coarse bands:
    the stems tell a downbeat from a beat better than their sum does (MODELS.md, section 1).
    """

    INPUTS: ClassVar[Shapes] = {"log_bands": (N_BANDS,), "stem_levels": (N_STEM_LEVELS,)}
    OUTPUTS: ClassVar[Shapes] = {"activations": (len(BEAT_OUTPUTS),)}

    def __init__(self, n_units: int = 192, n_layers: int = 2) -> None:
        super().__init__()
        self.STATES = {"hidden": (n_layers, n_units), "previous": (N_BANDS,)}
        self.shape = {"n_units": n_units, "n_layers": n_layers}
        self.encode = nn.Linear(2 * N_BANDS + N_STEM_LEVELS, n_units)
        self.memory = nn.ModuleList(Gru(n_units, n_units) for _ in range(n_layers))
        self.logits = nn.Linear(2 * n_units, len(BEAT_OUTPUTS))

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        """Outputs: logits (batch, hops, 3). A downbeat is a beat: its evidence counts for both."""
        log_bands, stem_levels = inputs
        hidden, previous = state
        before = torch.cat([previous[:, None], log_bands[:, :-1]], dim=1)
        rise = torch.relu(log_bands - before)
        encoded = torch.relu(self.encode(torch.cat([log_bands, 2.0 * rise, stem_levels], dim=-1)))
        units, last = encoded, []
        for layer, memory in enumerate(self.memory):
            heard, after = memory(units, hidden[:, layer])
            units = heard if layer == 0 else units + heard
            last.append(after)
        logits = self.logits(torch.cat([units, encoded], dim=-1))
        beat = logits[..., 0:1] + logits[..., 1:2]
        logits = torch.cat([beat, logits[..., 1:]], dim=-1)
        return Step((logits,), (torch.stack(last, dim=1), log_bands[:, -1]))

    def finish(self, outputs: Tensors) -> Tensors:
        """Activations in [0, 1]."""
        return (torch.sigmoid(outputs[0]),)
