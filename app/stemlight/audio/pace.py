"""The host clock as a pace: says when each sample is due where no device does."""

from __future__ import annotations

import time
from collections.abc import Callable

from stemlight.analysis.feature_frame import SAMPLE_RATE

MAX_STALL_S = 2.0  # the ring of a device holds as much; who was away for longer goes on from there


class HostPace:
    """A straight line from samples to host time. Engine's thread."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._origin_s = now()

    def start(self, n_samples: int = 0) -> None:
        """Let the sample after the first `n_samples` begin now."""
        self._origin_s = self._now() - n_samples / SAMPLE_RATE

    def due_s(self, n_samples: int) -> float:
        """Host time at which `n_samples` have gone by.

        Asked for samples that were due more than `MAX_STALL_S` ago it moves the line and says now: after a
        short stall the reader catches up, but a machine that slept does not race through what it missed.
        """
        due_s = self._origin_s + n_samples / SAMPLE_RATE
        if self._now() - due_s <= MAX_STALL_S:
            return due_s
        self.start(n_samples)
        return self._origin_s + n_samples / SAMPLE_RATE


def sleep_until(
    due_s: float,
    deadline_s: float,
    now: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Sleep until `due_s`, or only until `deadline_s`; whether it is due."""
    wait_s = min(due_s, deadline_s) - now()
    if wait_s > 0.0:
        sleep(wait_s)
    return due_s <= deadline_s or due_s <= now()
