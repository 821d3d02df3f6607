"""Segments of the tests' own, gone when the test is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from stemlight.bus.segment import segment_name

_count = itertools.count()


@pytest.fixture
def new_name() -> Callable[[], str]:
    """Names that no other test uses; checks that nothing is left in shared memory under them."""
    return lambda: segment_name(f"t{next(_count)}")


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    shm = Path("/dev/shm")
    if shm.is_dir():
        assert not list(shm.glob(segment_name("t*")))
