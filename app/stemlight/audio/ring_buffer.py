"""Turns blocks written by one thread into reads of any length by another, without a lock."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Underrun(Exception):  # noqa: N818 - what audio people call it
    """More samples were asked for than there are."""


class RingBuffer:
    """Holds the newest `capacity` samples; when full, the oldest make room and are counted.

    One writer thread, one reader thread, never a lock: the writer overwrites without asking, the reader
    finds out and moves on. Positions count samples since the beginning and never wrap, so `written - read`
    is always what is left and a lapped reader sees it. The writer claims a stretch before it touches it and
    publishes it after; the reader copies first and then looks whether its stretch was claimed meanwhile. What
    it returns is therefore never half old and half new.
    """

    def __init__(self, capacity: int, n_channels: int = 2, dtype: DTypeLike = np.float32) -> None:
        """`capacity`: samples per channel, a power of two (ValueError). Allocates all it will ever need."""
        if capacity < 1 or capacity & (capacity - 1):
            raise ValueError(f"the capacity of a ring is a power of two, not {capacity}")
        self.capacity = capacity
        self.n_channels = n_channels
        self._samples: NDArray[Any] = np.zeros((capacity, n_channels), dtype)
        self._claimed = 0  # writer's: everything older than this by `capacity` may be gone
        self._written = 0  # writer's: everything before this is whole
        self._read = 0  # reader's
        self._overflows = 0  # reader's

    def write(self, block: NDArray[Any]) -> int:
        """Append `block` (n_samples, n_channels), or (n_samples, 1) for all channels; return n_samples.

        Writer thread only. Never blocks, allocates no array. Of a block longer than the ring the end stays.
        """
        n_samples = len(block)
        end = self._written + n_samples
        self._claimed = end
        kept = block[-self.capacity :]
        at = (end - len(kept)) & (self.capacity - 1)
        n_first = min(len(kept), self.capacity - at)
        self._samples[at : at + n_first] = kept[:n_first]
        self._samples[: len(kept) - n_first] = kept[n_first:]
        self._written = end
        return n_samples

    def read(self, out: NDArray[Any]) -> int:
        """Fill `out` (n_samples, n_channels) with the oldest samples; return how many.

        Reader thread only. Never blocks, allocates no array. A short count means nothing more yet.
        """
        n_samples = self.peek(out)
        self._read += n_samples
        return n_samples

    def peek(self, out: NDArray[Any]) -> int:
        """As `read`, but the samples stay. Reader thread only."""
        margin = 0
        while True:
            self._skip_overwritten(margin)
            n_samples = max(0, min(len(out), self._written - self._read))
            at = self._read & (self.capacity - 1)
            n_first = min(n_samples, self.capacity - at)
            out[:n_first] = self._samples[at : at + n_first]
            out[n_first:n_samples] = self._samples[: n_samples - n_first]
            if self._claimed - self._read <= self.capacity:
                return n_samples
            margin = self.capacity // 2  # lapped while copying: this writer is fast, leave it room

    def advance_read(self, n_samples: int) -> None:
        """Let the oldest `n_samples` go. Underrun if there are not as many. Reader thread only."""
        n_available = self._written - self._read
        if n_samples > n_available:
            raise Underrun(f"asked to pass over {n_samples} samples, the ring holds {n_available}")
        self._read += n_samples

    def clear(self) -> None:
        """Let everything go that was written so far; not counted as overflow. Reader thread only."""
        self._read = self._written

    @property
    def available_read(self) -> int:
        """Samples that a read would find. Any thread; the reader can rely on at least these."""
        return max(0, min(self.capacity, self._written - self._read))

    @property
    def available_write(self) -> int:
        """Samples that can be written before the oldest go. Any thread; the writer can rely on them."""
        return self.capacity - self.available_read

    @property
    def overflows(self) -> int:
        """Samples lost because the reader came too late; counted when it comes. Any thread."""
        return self._overflows

    @property
    def n_written(self) -> int:
        """Samples ever written: the position of the next one to write. Any thread."""
        return self._written

    @property
    def n_read(self) -> int:
        """Samples ever read, passed over or lost: the position of the next one to read. Any thread."""
        return self._read

    def _skip_overwritten(self, margin: int) -> None:
        n_lost = self._claimed - self.capacity - self._read
        if n_lost > 0:
            self._read += n_lost + margin
            self._overflows += n_lost + margin
