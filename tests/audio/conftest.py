"""What the tests of sound are given."""

from __future__ import annotations

import numpy as np
import pytest
from fake_sound import BUILT_IN, PULSE, USB, FakeSound, Host


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def sound(host: Host) -> FakeSound:
    return FakeSound(host, [BUILT_IN, USB, PULSE])


@pytest.fixture
def noise() -> np.ndarray:
    """float32 (44100, 8): a second of eight channels that have nothing in common."""
    return np.random.default_rng(1).uniform(-0.5, 0.5, (44_100, 8)).astype(np.float32)
