"""The ring: what is read is what was written, in order, whole; what is lost is counted."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stemlight.audio.ring_buffer import RingBuffer, Underrun

N_SAMPLES = 10_000_000  # below 2**24: every count is a float32


def ramp(start: int, end: int) -> np.ndarray:
    """Values that show tearing: the position going up in one channel, down in the other."""
    count = np.arange(start, end, dtype=np.float32)
    return np.stack((count, -count), axis=1)


def test_capacity_is_a_power_of_two():
    with pytest.raises(ValueError, match="power of two"):
        RingBuffer(1_000)


def test_reads_come_in_order_across_the_wrap():
    ring = RingBuffer(8)
    out = np.zeros((5, 2), np.float32)
    for start in range(0, 500, 5):
        assert ring.write(ramp(start, start + 5)) == 5
        assert ring.read(out) == 5
        np.testing.assert_array_equal(out, ramp(start, start + 5))
    assert ring.overflows == 0


def test_a_short_read_says_how_many_and_leaves_the_rest_of_out_alone():
    ring = RingBuffer(8)
    ring.write(ramp(0, 3))
    out = np.full((5, 2), 99.0, np.float32)
    assert ring.read(out) == 3
    np.testing.assert_array_equal(out[:3], ramp(0, 3))
    assert (out[3:] == 99.0).all()
    assert ring.read(out) == 0


def test_peek_leaves_what_it_shows():
    ring = RingBuffer(8)
    ring.write(ramp(0, 6))
    first, second = np.zeros((4, 2), np.float32), np.zeros((4, 2), np.float32)
    assert ring.peek(first) == ring.peek(second) == 4
    np.testing.assert_array_equal(first, second)
    ring.advance_read(4)
    assert ring.available_read == 2
    assert ring.read(second) == 2
    np.testing.assert_array_equal(second[:2], ramp(4, 6))


def test_passing_over_more_than_there_is_is_an_underrun():
    ring = RingBuffer(8)
    ring.write(ramp(0, 3))
    with pytest.raises(Underrun, match="4 samples, the ring holds 3"):
        ring.advance_read(4)
    assert ring.available_read == 3


def test_overflow_drops_the_oldest_and_counts_them():
    ring = RingBuffer(8)
    ring.write(ramp(0, 6))
    ring.write(ramp(6, 13))
    assert ring.available_read == 8
    assert ring.available_write == 0
    out = np.zeros((20, 2), np.float32)
    assert ring.read(out) == 8
    np.testing.assert_array_equal(out[:8], ramp(5, 13))
    assert ring.overflows == 5
    assert ring.n_read == 13


def test_a_block_longer_than_the_ring_leaves_its_end():
    ring = RingBuffer(8)
    ring.write(ramp(0, 3))
    assert ring.write(ramp(3, 30)) == 27
    out = np.zeros((8, 2), np.float32)
    assert ring.read(out) == 8
    np.testing.assert_array_equal(out, ramp(22, 30))
    assert ring.overflows == 22


def test_clear_lets_go_without_counting_a_loss():
    ring = RingBuffer(8)
    ring.write(ramp(0, 12))
    ring.clear()
    assert ring.available_read == 0
    assert ring.available_write == 8
    assert ring.overflows == 0
    ring.write(ramp(12, 14))
    out = np.zeros((8, 2), np.float32)
    assert ring.read(out) == 2
    np.testing.assert_array_equal(out[:2], ramp(12, 14))


def test_mono_goes_to_every_channel():
    ring = RingBuffer(8)
    ring.write(np.array([[1.0], [2.0]], np.float32))
    out = np.zeros((2, 2), np.float32)
    ring.read(out)
    np.testing.assert_array_equal(out, [[1.0, 1.0], [2.0, 2.0]])


@given(st.lists(st.tuples(st.sampled_from(["write", "read", "peek", "pass"]), st.integers(0, 40))))
def test_it_behaves_like_a_list_that_forgets(steps):
    ring = RingBuffer(16)
    kept: list[float] = []
    n_written = n_lost = 0
    for step, n_samples in steps:
        if step == "write":
            ring.write(ramp(n_written, n_written + n_samples))
            kept += range(n_written, n_written + n_samples)
            n_written += n_samples
        elif step == "pass" and n_samples <= min(len(kept), 16):
            n_lost += max(0, len(kept) - 16)
            kept = kept[-16:]
            ring.peek(np.zeros((1, 2), np.float32))  # a reader looks before it passes over
            ring.advance_read(n_samples)
            kept = kept[n_samples:]
        elif step in ("read", "peek"):
            n_lost += max(0, len(kept) - 16)
            kept = kept[-16:]
            out = np.zeros((n_samples, 2), np.float32)
            n_read = ring.read(out) if step == "read" else ring.peek(out)
            assert out[:n_read, 0].tolist() == kept[:n_samples]
            kept = kept[n_read:] if step == "read" else kept
            assert ring.overflows == n_lost
        assert ring.available_read == min(16, len(kept))
        assert ring.available_read + ring.available_write == 16


@pytest.fixture(scope="module")
def source() -> np.ndarray:
    return ramp(0, N_SAMPLES)


def write_all(ring: RingBuffer, source: np.ndarray, lengths: np.ndarray, may_overflow: bool) -> None:
    """Write all of `source`; `sleep(0)` is no pause, it hands the interpreter to the other thread."""
    start = i = 0
    while start < len(source):
        length = int(lengths[i % len(lengths)])
        if not may_overflow:
            length = min(length, ring.available_write)
        start += ring.write(source[start : start + length])
        i += 1
        if i % 2 or not length:
            time.sleep(0)


def read_all(ring: RingBuffer, source: np.ndarray, lengths: np.ndarray, writer: threading.Thread) -> int:
    """Read until the writer is done, checking every sample against its position; how many were read."""
    out = np.zeros((int(lengths.max()), 2), np.float32)
    n_read = i = 0
    while True:
        done = not writer.is_alive()
        part = out[: lengths[i % len(lengths)]]
        i += 1
        n_samples = ring.read(part)
        start = ring.n_read - n_samples
        assert np.array_equal(part[:n_samples], source[start : start + n_samples]), f"torn near {start}"
        n_read += n_samples
        if not n_samples:
            if done:
                return n_read
            time.sleep(0)


def through_two_threads(ring: RingBuffer, source: np.ndarray, seed: int, may_overflow: bool) -> int:
    lengths = np.random.default_rng(seed).integers(1, 2_000, 997)
    writer = threading.Thread(target=write_all, args=(ring, source, lengths, may_overflow))
    writer.start()
    try:
        return read_all(ring, source, lengths[::-1], writer)
    finally:
        writer.join()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_threads_overflowing_never_tear(source, seed):
    # Without the look after copying, or with the claim after writing, most of these runs fail.
    ring = RingBuffer(4_096)
    n_read = through_two_threads(ring, source, seed, may_overflow=True)
    assert ring.overflows > 0
    assert n_read > N_SAMPLES // 4
    assert n_read + ring.overflows == N_SAMPLES


def test_two_threads_that_wait_for_room_lose_nothing(source):
    ring = RingBuffer(8_192)
    assert through_two_threads(ring, source, 4, may_overflow=False) == N_SAMPLES
    assert ring.overflows == 0
