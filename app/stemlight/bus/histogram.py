"""Counts durations in memory that processes share, and says which share of them was how long."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

SHORTEST_MS = 0.005
STEP = 1.04  # each bin is 4 % wider than the one before: finer than a timing repeats
N_BINS = 320  # to 1.4 s
HISTOGRAM_DTYPE = np.dtype([("bins", "i8", (N_BINS,)), ("sum_ms", "f8"), ("max_ms", "f8")])

_LOG_STEP = math.log(STEP)


@dataclass(frozen=True, slots=True)
class Summary:
    """How long it took."""

    count: int
    mean: float  # ms, as all that follow
    p50: float
    p99: float
    p999: float
    max: float


class Histogram:
    """Durations so far. One process adds, any reads."""

    def __init__(self, memory: np.ndarray) -> None:
        """`memory`: one element of `HISTOGRAM_DTYPE`, shape (1,)."""
        self._bins = memory["bins"][0]
        self._sum_ms = memory["sum_ms"]
        self._max_ms = memory["max_ms"]

    def add(self, ms: float) -> None:
        """Counts one duration; what is below the first bin or above the last falls into it."""
        place = math.log(max(ms, SHORTEST_MS) / SHORTEST_MS) / _LOG_STEP
        self._bins[min(int(place), N_BINS - 1)] += 1
        self._sum_ms[0] += ms
        self._max_ms[0] = max(self._max_ms[0], ms)

    def quantile(self, share: float) -> float:
        """The duration in ms that `share` of all did not exceed, to within 2 %; 0 before the first."""
        bins = self._bins.copy()
        total = int(bins.sum())
        if not total:
            return 0.0
        at = int(np.searchsorted(np.cumsum(bins), share * total))
        middle = SHORTEST_MS * STEP ** (min(at, N_BINS - 1) + 0.5)
        return min(middle, float(self._max_ms[0]))

    def summary(self) -> Summary:
        """Everything in one value."""
        count = int(self._bins.sum())
        return Summary(
            count,
            float(self._sum_ms[0]) / max(count, 1),
            self.quantile(0.5),
            self.quantile(0.99),
            self.quantile(0.999),
            float(self._max_ms[0]),
        )
