"""Carries the times of blocks from PortAudio's thread to the engine's, where they become a stream clock."""

from __future__ import annotations

import math

import numpy as np

from stemlight.audio.ring_buffer import RingBuffer
from stemlight.audio.stream_clock import StreamClock

_LENGTH = 8_192  # blocks; 2.7 s of the shortest blocks (64) at the highest rate (192 kHz)


class BlockClock:
    """Host times of a stream's samples, from what the callback noted of each block."""

    def __init__(self, rate_hz: float) -> None:
        self.last_block_s = math.nan  # host time of the newest block; nan before the first. Any thread
        self.arrival_s = math.nan  # host time of the block that completed the samples last followed to
        self._clock = StreamClock(rate_hz)
        self._notes = RingBuffer(_LENGTH, 2, np.float64)  # samples so far, host time
        self._new_note = np.zeros((1, 2))
        self._note = np.zeros((1, 2))

    def note(self, n_samples: int, now_s: float) -> None:
        """A block came at `now_s`, with which the stream has `n_samples`. PortAudio's thread.

        Before the samples go where the engine sees them, so that their time is known when they are.
        """
        self._new_note[0, 0] = n_samples
        self._new_note[0, 1] = now_s
        self._notes.write(self._new_note)
        self.last_block_s = now_s

    def follow(self, n_samples: int) -> None:
        """Take in the notes up to the block that completed `n_samples`. Engine's thread."""
        note = self._note
        while self._notes.peek(note):
            n_so_far, arrival_s = note[0].tolist()
            self._clock.update(n_so_far, arrival_s)
            self.arrival_s = arrival_s
            if n_so_far >= n_samples:
                return
            self._notes.advance_read(1)

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
