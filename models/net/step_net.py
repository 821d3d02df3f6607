"""What every network of ours is: a function of (inputs, state) that gives (outputs, next state).

A whole song is one call with many hops, a live stream is many calls with one hop each, and both give
the same numbers, because nothing in a network may look at a later hop or pool over time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from models.net.gru_scan import gru_scan

Tensors = tuple[Tensor, ...]
Shapes = Mapping[str, tuple[int, ...]]


class Step(NamedTuple):
    """What one call gives: the outputs and the state for the next call."""

    outputs: Tensors  # (batch, hops, *shape) each, in the order of OUTPUTS
    state: Tensors  # (batch, *shape) each, in the order of STATES


class StepNet(nn.Module, ABC):
    """A causal network with explicit state. Shapes below are of one hop of one stream."""

    INPUTS: ClassVar[Shapes]
    OUTPUTS: ClassVar[Shapes]
    STATES: Shapes
    shape: Mapping[str, Any]  # arguments of `__init__` that make it again
    LOOKAHEAD_HOPS = 0  # how many hops the outputs lag behind what they speak of

    @abstractmethod
    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        """`inputs` (batch, hops, *shape) each; `state` from `initial_state` or the call before.

        The outputs are logits where a squashing function follows; `finish` applies it.
        """

    @abstractmethod
    def finish(self, outputs: Tensors) -> Tensors:
        """Logits become what the app is given: masks and activations in [0, 1]."""

    def initial_state(self, batch: int = 1) -> Tensors:
        """Zeros: nothing has been heard."""
        like = next(self.parameters())
        return tuple(like.new_zeros(batch, *shape) for shape in self.STATES.values())


class Gru(nn.Module):
    """One GRU layer: a kernel over a sequence, matrix products and gates for a single hop.

    The single-hop form is what is exported, because quantization reaches matrix products but not the
    GRU operator (PLATFORM.md, section 4). On a CPU a sequence goes through a kernel of our own in training,
    with a gradient that is cheaper than torch's. All are equal to float32 rounding.
    """

    def __init__(self, n_inputs: int, n_units: int) -> None:
        super().__init__()
        self.kernel = nn.GRU(n_inputs, n_units, batch_first=True)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """`x` (batch, hops, n_inputs), `state` (batch, n_units) to the units of each hop and the last."""
        if x.shape[1] == 1:
            state = self._cell(x[:, 0], state)
            return state[:, None], state
        if self.training and x.device.type == "cpu":
            w_input, w_state, b_input, b_state = self.kernel.all_weights[0]
            from_input = nn.functional.linear(x.transpose(0, 1), w_input, b_input)
            scanned = gru_scan(from_input, state, w_state, b_state)
            return scanned.transpose(0, 1), scanned[-1]
        units, last = self.kernel(x, state[None].contiguous())
        return units, last[0]

    def _cell(self, x: Tensor, state: Tensor) -> Tensor:
        w_input, w_state, b_input, b_state = self.kernel.all_weights[0]
        from_input = nn.functional.linear(x, w_input, b_input).chunk(3, dim=-1)
        from_state = nn.functional.linear(state, w_state, b_state).chunk(3, dim=-1)
        reset = torch.sigmoid(from_input[0] + from_state[0])
        keep = torch.sigmoid(from_input[1] + from_state[1])
        candidate = torch.tanh(from_input[2] + reset * from_state[2])
        return candidate + keep * (state - candidate)
