"""The stream clock: late blocks do not move it, another crystal does, lost samples are found."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.audio.block_clock import BlockClock
from stemlight.audio.stream_clock import StreamClock

RATE_HZ = 44_100.0
BLOCK = 128
START_S = 5_000.0


def arrivals(seconds: float, skew: float, delays_s: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Samples so far and arrival of each block, from a device whose clock is slow by `skew`."""
    n_samples = np.arange(1, int(seconds * RATE_HZ / BLOCK) + 1) * BLOCK
    return n_samples, START_S + n_samples / RATE_HZ * (1.0 + skew) + delays_s


def run(clock: StreamClock, n_samples: np.ndarray, arrival_s: np.ndarray) -> np.ndarray:
    """What the clock says of each block's last sample, the moment it came."""
    said_s = []
    for n, time_s in zip(n_samples.tolist(), arrival_s.tolist(), strict=True):
        clock.update(n, time_s)
        said_s.append(clock.host_at(n))
    return np.array(said_s)


def bursts(n_blocks: int, per_burst: int) -> np.ndarray:
    """Blocks held back until the last of their burst is there, as servers do: the first waits longest."""
    return (per_burst - 1 - np.arange(n_blocks) % per_burst) * BLOCK / RATE_HZ


def test_knows_nothing_before_the_first_block():
    assert np.isnan(StreamClock(RATE_HZ).host_at(0))


@pytest.mark.parametrize("per_burst", [1, 2, 8])
@pytest.mark.parametrize("skew", [0.0, 80e-6, -200e-6])
def test_bursts_and_another_crystal_leave_a_tenth_of_a_millisecond(per_burst, skew):
    n_samples, arrival_s = arrivals(60.0, skew, 0.0)
    said_s = run(StreamClock(RATE_HZ), n_samples, arrival_s + bursts(len(n_samples), per_burst))
    settled = n_samples > 10.0 * RATE_HZ
    assert np.abs(said_s - arrival_s)[settled].max() < 1e-4


def test_jitter_and_stalls_are_not_believed():
    rng = np.random.default_rng(4)
    n_samples, arrival_s = arrivals(120.0, 60e-6, 0.0)
    late_s = rng.exponential(0.004, len(n_samples))
    for at in rng.integers(0, len(n_samples), 20):
        late_s[at : at + 30] += 0.3  # a machine that stands still
    said_s = run(StreamClock(RATE_HZ), n_samples, arrival_s + late_s)
    error_s = (said_s - arrival_s)[n_samples > 10.0 * RATE_HZ]
    assert np.abs(error_s).max() < 1e-3
    assert np.abs(late_s).max() > 0.3


def test_finds_the_rate():
    n_samples, arrival_s = arrivals(30.0, 150e-6, 0.0)
    clock = StreamClock(RATE_HZ)
    run(clock, n_samples, arrival_s + bursts(len(n_samples), 4))
    assert clock.rate_hz == pytest.approx(RATE_HZ / (1.0 + 150e-6), rel=2e-6)


def test_samples_that_never_came_are_counted_and_the_clock_moves_on():
    n_samples, arrival_s = arrivals(60.0, 0.0, 0.0)
    n_lost = 1_139  # what PulseAudio lost at latency=0.1, without a flag
    arrival_s = arrival_s + (n_samples > 30.0 * RATE_HZ) * n_lost / RATE_HZ
    clock = StreamClock(RATE_HZ)
    said_s = run(clock, n_samples, arrival_s + bursts(len(n_samples), 4))
    assert clock.n_missing == pytest.approx(n_lost, abs=5)
    assert np.abs(said_s - arrival_s)[n_samples > 33.0 * RATE_HZ].max() < 1e-3


def test_a_stall_that_is_caught_up_with_is_no_loss():
    n_samples, arrival_s = arrivals(30.0, 0.0, 0.0)
    stall = (n_samples > 20.0 * RATE_HZ) & (n_samples < 21.0 * RATE_HZ)
    arrival_s[stall] = arrival_s[stall].max()  # a second of blocks, all at once
    clock = StreamClock(RATE_HZ)
    run(clock, n_samples, arrival_s)
    assert clock.n_missing == 0


def test_time_goes_forward():
    rng = np.random.default_rng(5)
    n_samples, arrival_s = arrivals(60.0, -120e-6, 0.0)
    said_s = run(StreamClock(RATE_HZ), n_samples, arrival_s + rng.exponential(0.003, len(n_samples)))
    settled = said_s[n_samples > RATE_HZ]
    assert (np.diff(settled[::4]) > 0.0).all()  # from hop to hop


def test_block_clock_tells_when_the_block_with_a_sample_came():
    clock = BlockClock(RATE_HZ)
    assert not clock.has_begun
    for n_samples, now_s in ((128, 1.0), (256, 1.1), (384, 1.2), (512, 1.3)):
        clock.note(n_samples, now_s)
    assert clock.has_begun
    clock.follow(200)
    assert clock.arrival_s == 1.1
    clock.follow(256)
    assert clock.arrival_s == 1.1
    clock.follow(257)
    assert clock.arrival_s == 1.2
    assert clock.last_block_s == 1.3
