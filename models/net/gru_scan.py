"""A GRU layer's recurrence with its gradient written out: a third of the time of torch's kernel on a CPU.

torch's kernel forms the gradient of the recurrent weights anew at each hop; here it is one matrix product at
the end. Inside torch.autocast the products are of its type, the state and the gates stay float32.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def gru_scan(from_input: Tensor, state: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """`from_input` (hops, batch, 3 n), `state` (batch, n) to the units of each hop (hops, batch, n).

    `from_input` holds what the inputs give to the reset gate, the update gate and the candidate, biases
    included; `weight` (3 n, n) and `bias` (3 n) are the recurrent ones, in the order of torch.nn.GRU.
    """
    kind = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else torch.float32
    units: Tensor = _Scan.apply(from_input.float(), state.float(), weight, bias, kind)
    return units


class _Scan(torch.autograd.Function):
    @staticmethod
    def forward(  # noqa: PLR0917 -- torch calls it by position
        ctx: Any, from_input: Tensor, state: Tensor, weight: Tensor, bias: Tensor, kind: torch.dtype
    ) -> Tensor:
        n_hops, batch, n = *from_input.shape[:2], state.shape[1]
        turned = weight.to(kind).t()
        gates = torch.empty_like(from_input)  # reset, update, candidate
        recurrent = from_input.new_empty(n_hops, batch, n)  # what the state gives to the candidate
        units = from_input.new_empty(n_hops + 1, batch, n)
        units[0] = state
        for hop in range(n_hops):
            before = units[hop]
            products = (before.to(kind) @ turned).float().add_(bias)
            gate = torch.add(from_input[hop, :, : 2 * n], products[:, : 2 * n], out=gates[hop, :, : 2 * n])
            gate.sigmoid_()
            recurrent[hop] = products[:, 2 * n :]
            candidate = gates[hop, :, 2 * n :]
            torch.addcmul(from_input[hop, :, 2 * n :], gate[:, :n], recurrent[hop], out=candidate)
            candidate.tanh_()
            torch.lerp(candidate, before, gate[:, n:], out=units[hop + 1])
        ctx.save_for_backward(weight, gates, recurrent, units)
        ctx.kind = kind
        return units[1:]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, None]:
        weight, gates, recurrent, units = ctx.saved_tensors
        (of_units,) = gradients
        n = units.shape[2]
        reset, update, candidate = gates.split(n, dim=-1)
        # Each factor is of all hops at once; the loop below only multiplies.
        of_candidate = (1.0 - update) * (1.0 - candidate.square())
        factors = torch.cat(
            [of_candidate * recurrent * reset * (1.0 - reset),
             (units[:-1] - candidate) * update * (1.0 - update),
             of_candidate],
            dim=-1,
        )  # fmt: skip
        straight = weight.to(ctx.kind)
        products = torch.empty_like(gates)
        flowing = torch.zeros_like(units[0])
        for hop in range(len(gates) - 1, -1, -1):
            flowing += of_units[hop]
            of_products = products[hop]
            torch.mul(
                flowing.repeat(1, 3), factors[hop], out=of_products
            )  # the candidate's reset comes below
            factors[hop, :, 2 * n :] = of_products[:, 2 * n :]
            of_products[:, 2 * n :].mul_(reset[hop])
            flowing = (of_products.to(ctx.kind) @ straight).float().addcmul_(flowing, update[hop])
        of_input = torch.cat([products[..., : 2 * n], factors[..., 2 * n :]], dim=-1)
        flat = products.flatten(0, 1)
        of_weight = (flat.to(ctx.kind).t() @ units[:-1].flatten(0, 1).to(ctx.kind)).to(weight.dtype)
        return of_input, flowing, of_weight, flat.sum(dim=0), None
