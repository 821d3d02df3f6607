"""A beat that could as well be elsewhere costs something, and the logits are pulled to where it is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from models.losses import BLOCK_HOPS, RIVALS, TRUNCATION, phase_loss

PERIOD = 43.0
FIRST = 5.3  # hops
N_HOPS = 2 * BLOCK_HOPS


def _phase() -> Tensor:
    return torch.from_numpy(((np.arange(N_HOPS) - FIRST) / PERIOD % 1.0).astype(np.float32))[None]


def _logits(*shifts: float, late: float = 1.0) -> Tensor:
    """Peaks `shifts` beats after each beat, and a floor between."""
    logits = torch.full((1, N_HOPS), -4.0)
    for shift in shifts:
        beats = np.floor(FIRST + PERIOD * (np.arange(-1, N_HOPS) + shift) + late)
        logits[0, beats[(beats >= 0) & (beats < N_HOPS)]] = 3.0
    return logits


def _loss(logits: Tensor, period: float = PERIOD) -> Tensor:
    return phase_loss(logits, _phase(), torch.full((1, N_HOPS), period))


@pytest.mark.parametrize("late", [0.0, 1.0, 2.0])
def test_peaks_on_the_beat_cost_nothing(late):
    assert _loss(_logits(0.0, late=late)).max() < 1e-3


@pytest.mark.parametrize("rival", RIVALS)
def test_peaks_elsewhere_cost_all_and_peaks_at_both_something(rival):
    wrong, undecided = _loss(_logits(rival)), _loss(_logits(0.0, rival))
    assert wrong.min() > 0.9 / TRUNCATION
    assert (undecided > 0.1).all()
    assert (undecided < wrong - 0.5).all()


def test_undecided_logits_are_pulled_apart():
    logits = _logits(0.0, 0.5).requires_grad_()
    _loss(logits).sum().backward()
    at_beat, at_rival = (logits.grad[_logits(shift) > 0] for shift in (0.0, 0.5))
    assert at_beat.sum() < 0 < at_rival.sum()


def test_what_is_not_known_costs_nothing():
    period = torch.full((1, N_HOPS), PERIOD)
    period[:, :10] = 0.0
    first, second = phase_loss(_logits(0.5), _phase(), period)[0]
    assert first == 0.0
    assert second > 1.0
