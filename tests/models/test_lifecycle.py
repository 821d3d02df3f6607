"""A model's whole life holds its laws, and the checks that say so can fail."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from stemlight.analysis import networks
from torch import nn

from models import lifecycle
from models.export import export
from models.net.beat_net import BeatNet
from models.net.stem_net import StemNet
from models.net.step_net import Step, Tensors

N_UNITS = 16


@pytest.mark.timeout(900)  # seconds of work, but CI machines are shared
def test_a_tiny_life_from_data_to_report(tmp_path):
    checks = lifecycle.live(lifecycle.TINY, tmp_path, tell=lambda line: None)
    assert {check.name: check.measured for check in checks if not check.ok} == {}
    assert len(checks) == 11
    for name in ("report.md", "heard.png", "curves.png", "samples/segments.png", "samples/mix.wav"):
        assert (tmp_path / name).stat().st_size > 0


class FutureReader(StemNet):
    """A mistake on purpose: a convolution over time padded on both sides."""

    def __init__(self) -> None:
        super().__init__(n_units=N_UNITS)
        self.blur = nn.Conv1d(128, 128, 3, padding=1)

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        blurred = self.blur(inputs[0].transpose(1, 2)).transpose(1, 2)
        return super().forward((blurred,), state)


class Averager(StemNet):
    """A mistake on purpose: what is heard is measured against the mean of the whole song."""

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        return super().forward((inputs[0] - inputs[0].mean(dim=1, keepdim=True),), state)


class BatchNormed(StemNet):
    """A mistake on purpose: BatchNorm."""

    def __init__(self) -> None:
        super().__init__(n_units=N_UNITS)
        self.norm = nn.BatchNorm1d(128)

    def forward(self, inputs: Tensors, state: Tensors) -> Step:
        return super().forward((self.norm(inputs[0].transpose(1, 2)).transpose(1, 2),), state)


@pytest.fixture
def mix() -> np.ndarray:
    return np.random.default_rng(5).normal(0.0, 0.1, 60 * 512).astype(np.float32)


def _pair(stems: StemNet, folder) -> tuple[BeatNet, networks.Models]:
    beats = BeatNet(n_units=N_UNITS)
    export(stems, folder / "stems", "stems", {})
    export(beats, folder / "beats", "beats", {})
    return beats, networks.load(folder / "stems", folder / "beats")


def _stems(kind: type[StemNet]) -> StemNet:
    torch.manual_seed(6)
    return kind() if kind in (FutureReader, BatchNormed) else kind(n_units=N_UNITS)


@pytest.mark.parametrize(("kind", "holds"), [(StemNet, True), (FutureReader, False), (Averager, False)])
def test_equivalence_and_causality_are_noticed_when_they_break(kind, holds, mix, tmp_path):
    stems = _stems(kind)
    beats, models = _pair(stems, tmp_path)
    assert lifecycle.stream_is_batch(stems, beats, models, mix).ok is holds
    assert lifecycle.causal(stems, beats, mix).ok is holds
    # Hop by hop there is no future to read; but a hop measured against its own mean leaves nothing to hear.
    assert lifecycle.causal_stream(models, mix).ok is (kind is not Averager)


@pytest.mark.parametrize(("kind", "holds"), [(StemNet, True), (BatchNormed, False)])
def test_batch_norm_is_noticed(kind, holds):
    assert lifecycle.says_the_same_while_trained("stems", _stems(kind)).ok is holds


def test_a_deaf_network_is_no_causal_network(mix, tmp_path):
    stems = _stems(StemNet)
    with torch.no_grad():
        for weight in stems.parameters():
            weight.zero_()
    beats, _ = _pair(stems, tmp_path)
    assert not lifecycle.causal(stems, beats, mix).ok
