"""One opened stream of a device: PortAudio's callback on one side, 44.1 kHz samples on the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE
from stemlight.audio.block_clock import BlockClock
from stemlight.audio.hop_input import Counters
from stemlight.audio.resample import LiveResampler
from stemlight.audio.ring_buffer import RingBuffer
from stemlight.audio.stereo import zero_nonfinite
from stemlight.audio.stream_format import StreamFormat
from stemlight.audio.wakeup import Wakeup

RING_S = 2.0  # outlasts the longest stall seen of a loaded machine (0.5 s) four times
MIN_BLOCK_LENGTH, MAX_BLOCK_LENGTH = 64, 2_048


class Capture:
    """Carries a stream's chosen channels from PortAudio's thread to the engine's. One for each opening."""

    def __init__(
        self,
        stream_format: StreamFormat,
        channels: tuple[int, int],
        counters: Counters,
        wakeup: Wakeup,
        now: Callable[[], float],
    ) -> None:
        """`channels`: left <= right, counted from 1; twice the same is mono. `now`: the host clock."""
        left, right = channels
        rate_hz = stream_format.sample_rate_hz
        self.wanted = True  # False deafens the callback, for drivers that go on calling
        self.opened_s = now()
        self.clock = BlockClock(rate_hz)
        self._rate_hz = rate_hz
        self._pick = slice(left - 1, right, max(1, right - left))
        self._counters, self._wakeup, self._now = counters, wakeup, now
        n_picked = 2 if left < right else 1
        self._ring = RingBuffer(_power_of_two(RING_S * rate_hz), n_picked)
        self._scratch = np.zeros((math.ceil(HOP_LENGTH * rate_hz / SAMPLE_RATE), n_picked), np.float32)
        self._resampler = LiveResampler(rate_hz, n_picked) if rate_hz != SAMPLE_RATE else None
        self._n_zeros = 0  # exact zeros at the end of what was pulled
        self._n_lost = 0  # of what the ring and the clock say, this much is in the counters
        self._n_missing = 0

    def on_block(self, block: Any, n_samples: int, times: Any, flags: Any) -> None:
        """Copy the chosen channels into the ring, and count. PortAudio's thread."""
        if not self.wanted:
            return
        self.clock.note(self._ring.n_written + n_samples, self._now())
        self._ring.write(block[:, self._pick])
        self._counters.blocks += 1
        if flags:
            self._counters.xruns += 1
        self._wakeup.set()

    def pull(self, fifo: RingBuffer, n_wanted: int) -> bool:
        """Bring `fifo` up to `n_wanted` stereo samples at 44.1 kHz if they are there; whether it is.

        Engine's thread. A resampled block may bring a few more.
        """
        while (n_missing := n_wanted - fifo.available_read) > 0:
            n_samples = math.ceil(n_missing * self._rate_hz / SAMPLE_RATE)
            if self._ring.available_read < n_samples:
                return False
            block = self._scratch[:n_samples]
            self._ring.read(block)
            self._counters.nonfinite += zero_nonfinite(block)
            self._n_zeros = 0 if block.any() else self._n_zeros + n_samples
            fifo.write(self._resampler.process(block) if self._resampler else block)
            self.clock.follow(self._ring.n_read)
            self._count_losses()
        return True

    @property
    def pulled_host_s(self) -> float:
        """Host time of the last sample pulled, by the regressed clock. Engine's thread.

        The resampler's half a millisecond is not in it.
        """
        return self.clock.host_at(self._ring.n_read)

    @property
    def available_s(self) -> float:
        """Sound waiting in the ring. Any thread."""
        return self._ring.available_read / self._rate_hz

    @property
    def zeros_s(self) -> float:
        """How long nothing but exact zeros has come. Any thread."""
        return self._n_zeros / self._rate_hz

    def _count_losses(self) -> None:
        self._counters.overflows += self._ring.overflows - self._n_lost
        self._n_lost = self._ring.overflows
        self._counters.drops += self.clock.n_missing - self._n_missing
        self._n_missing = self.clock.n_missing


def _power_of_two(at_least: float) -> int:
    return 1 << math.ceil(math.log2(at_least))
