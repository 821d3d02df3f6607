"""Carries the times of blocks from PortAudio's thread to the engine's, where they become a stream clock."""

from __future__ import annotations

import math
from collections import deque

from stemlight.audio.stream_clock import StreamClock

_MAX_NOTES = 8_192  # 2.7 s of the shortest blocks (64) at the highest rate (192 kHz)


class BlockClock:
    """Host times of a stream's samples, from what the callback noted of each block."""

    def __init__(self, rate_hz: float) -> None:
        self.last_block_s = math.nan  # host time of the newest block; nan before the first. Any thread
        self.arrival_s = math.nan  # host time of the block that completed the samples last followed to
        self._clock = StreamClock(rate_hz)
        # (samples so far, host time). A deque's append and popleft need no lock, and when full the oldest go.
        self._notes: deque[tuple[int, float]] = deque(maxlen=_MAX_NOTES)

    def note(self, n_samples: int, now_s: float) -> None:
        """A block came at `now_s`, with which the stream has `n_samples`. PortAudio's thread.

        Before the samples go where the engine sees them, so that their time is known when they are.
        """
        self._notes.append((n_samples, now_s))
        self.last_block_s = now_s

    def follow(self, n_samples: int) -> None:
        """Take in the notes up to the block that completed `n_samples`. Engine's thread."""
        while self._notes:
            n_so_far, self.arrival_s = self._notes[0]
            self._clock.update(n_so_far, self.arrival_s)
            if n_so_far >= n_samples:
                return
            self._notes.popleft()

    def host_at(self, n_samples: float) -> float:
        """Host time of sample number `n_samples`, without jitter. Engine's thread."""
        return self._clock.host_at(n_samples)

    @property
    def n_missing(self) -> int:
        """Samples that never came, by the host clock. Engine's thread."""
        return self._clock.n_missing

    @property
    def has_begun(self) -> bool:
        """Whether a block has come. Any thread."""
        return not math.isnan(self.last_block_s)
