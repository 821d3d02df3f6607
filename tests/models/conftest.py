"""Networks as they are born: right shapes, no sense."""

from __future__ import annotations

import pytest
import torch
from lightning_fabric import Fabric

from models.net.bar_net import BarNet
from models.net.beat_net import BeatNet
from models.net.stem_net import StemNet


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture
def stem_net() -> StemNet:
    torch.manual_seed(1)
    return StemNet().eval()


@pytest.fixture
def bar_net() -> BarNet:
    torch.manual_seed(3)
    return BarNet().eval()


@pytest.fixture
def beat_net() -> BeatNet:
    torch.manual_seed(2)
    return BeatNet().eval()


@pytest.fixture
def fabric() -> Fabric:
    return Fabric(accelerator="cpu", devices=1)
