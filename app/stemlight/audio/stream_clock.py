"""Turns arrival times of blocks into the host time of every sample.

Blocks arrive late by whatever servers, schedulers and bursts add, and never early: delays lie on and above a
line whose slope is the difference of the two clocks. So the clock is the line under the delays that hugs them
closest (the skew estimate of Moon, Skelly and Towsley, INFOCOM 1999): late blocks, however many, do not move
it as they would a mean.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

BIN_S = 0.5  # one least delay is kept a bin: several bursts of any server seen (23 ms) fall into it
N_BINS = 40  # 20 s of memory: long against jitter, short against the drift of a warming crystal
MIN_SPAN_S = 5.0  # below this, 1 ms of leftover jitter would pass for 200 ppm
MAX_SKEW = 500e-6  # crystals differ by 100 ppm at most; servers that resample on the fly by a little more
STEP_S = 0.004  # a lasting shift larger than this is lost samples, not jitter of the least delay
N_STEP_BINS = 4  # "lasting": 2 s


@dataclass(frozen=True, slots=True)
class _Delay:
    stream_s: float  # samples over the nominal rate
    delay_s: float  # arrival on the host clock minus `stream_s`


class StreamClock:
    """Host time of the samples of one stream, from its nominal rate and when its blocks arrived.

    One thread. Reads no clock: times are given. Good to about the least delay's own jitter (well under
    1 ms on the servers measured) once it has seen half a second.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._bins: deque[_Delay] = deque(maxlen=N_BINS)
        self._open: _Delay | None = None  # least delay of the bin being filled
        self._open_until_s = -math.inf
        self._skew = 0.0
        self._delay_s = math.nan  # of the line, at stream time 0
        self._missing_s = 0.0

    def update(self, n_samples: float, arrival_s: float) -> None:
        """Take note that the block which completed `n_samples` of the stream arrived at `arrival_s`."""
        stream_s = n_samples / self._rate_hz
        seen = _Delay(stream_s, arrival_s - stream_s)
        if stream_s >= self._open_until_s:
            if self._open is not None:
                self._bins.append(self._open)
                self._fit()
            self._open = seen
            self._open_until_s = (math.floor(stream_s / BIN_S) + 1) * BIN_S
        elif self._open is None or seen.delay_s < self._open.delay_s:
            self._open = seen
        if not seen.delay_s >= self._delay_s + self._skew * stream_s:  # below the line, or the first ever
            self._delay_s = seen.delay_s - self._skew * stream_s

    def host_at(self, n_samples: float) -> float:
        """Host time at which sample number `n_samples` was due to arrive; nan before the first block."""
        stream_s = n_samples / self._rate_hz
        return stream_s + self._delay_s + self._skew * stream_s

    @property
    def rate_hz(self) -> float:
        """Samples a second of the host clock."""
        return self._rate_hz / (1.0 + self._skew)

    @property
    def n_missing(self) -> int:
        """Samples that never came, by the host clock: every lasting shift to later times, in samples.

        A server that begins to hold sound back longer than before looks the same from here.
        """
        return round(self._missing_s * self._rate_hz)

    def _fit(self) -> None:
        step_s = self._step()
        if step_s > STEP_S:
            self._missing_s += step_s
            recent = list(self._bins)[-N_STEP_BINS:]
            self._bins.clear()
            self._bins.extend(recent)
        bins = self._bins
        if bins[-1].stream_s - bins[0].stream_s >= MIN_SPAN_S:
            self._skew = max(-MAX_SKEW, min(MAX_SKEW, _slope_under(list(bins))))
        self._delay_s = min(each.delay_s - self._skew * each.stream_s for each in bins)

    def _step(self) -> float:
        """How far all of the last bins lie above the line that the bins before them gave."""
        if len(self._bins) <= N_STEP_BINS:
            return 0.0
        recent = list(self._bins)[-N_STEP_BINS:]
        return min(each.delay_s - self._skew * each.stream_s for each in recent) - self._delay_s


def _slope_under(delays: list[_Delay]) -> float:
    """Slope of the lower hull's edge below the middle: of all lines under the points, the closest to them."""
    hull: list[_Delay] = []
    for point in delays:
        while len(hull) >= 2 and _rise(hull[-2], hull[-1]) >= _rise(hull[-2], point):
            hull.pop()
        hull.append(point)
    middle_s = sum(point.stream_s for point in delays) / len(delays)
    right = next(i for i, point in enumerate(hull) if i > 0 and point.stream_s >= middle_s)
    return _rise(hull[right - 1], hull[right])


def _rise(a: _Delay, b: _Delay) -> float:
    return (b.delay_s - a.delay_s) / (b.stream_s - a.stream_s)
