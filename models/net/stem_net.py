"""Log bands become four masks a band, and kick, snare and hat."""

from __future__ import annotations

from typing import ClassVar

import torch
from stemlight.analysis.feature_frame import DRUM_PARTS, STEMS
from stemlight.analysis.frontend import N_BANDS
from torch import Tensor, nn

from models.net.step_net import Gru, Shapes, Step, StepNet, Tensors


class StemNet(StepNet):
    """Dense, two GRUs with a bypass, masks that sum to one over the stems. About 1.1 M weights.

    The bypass carries this hop's spectrum around the memory, so that the memory need not copy it.
    """

    INPUTS: ClassVar[Shapes] = {"log_bands": (N_BANDS,)}
    OUTPUTS: ClassVar[Shapes] = {"masks": (len(STEMS), N_BANDS), "drum_activations": (len(DRUM_PARTS),)}

    def __init__(self, n_units: int = 256, n_layers: int = 2) -> None:
        super().__init__()
        self.STATES = {"hidden": (n_layers, n_units)}
        self.shape = {"n_units": n_units, "n_layers": n_layers}
        self.encode = nn.Linear(N_BANDS, n_units)
        self.memory = nn.ModuleList(Gru(n_units, n_units) for _ in range(n_layers))
        self.mask_logits = nn.Linear(2 * n_units, len(STEMS) * N_BANDS)
        self.drum_logits = nn.Linear(2 * n_units, len(DRUM_PARTS))

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        """Outputs: mask logits (batch, hops, stems, bands), drum logits (batch, hops, parts)."""
        (log_bands,) = inputs
        (hidden,) = state
        encoded = torch.relu(self.encode(log_bands))
        units, last = encoded, []
        for layer, memory in enumerate(self.memory):
            heard, after = memory(units, hidden[:, layer])
            units = heard if layer == 0 else units + heard
            last.append(after)
        units = torch.cat([units, encoded], dim=-1)
        masks = self.mask_logits(units).unflatten(-1, (len(STEMS), N_BANDS))
        return Step((masks, self.drum_logits(units)), (torch.stack(last, dim=1),))

    def finish(self, outputs: Tensors) -> Tensors:
        """Masks in [0, 1] that sum to one over the stems; activations in [0, 1]."""
        mask_logits, drum_logits = outputs
        return torch.softmax(mask_logits, dim=-2), torch.sigmoid(drum_logits)


def masks_of(mask_logits: Tensor) -> Tensor:
    """(..., stems, bands) in [0, 1], one in all over the stems."""
    return torch.softmax(mask_logits, dim=-2)
