"""A capture: the samples of the chosen channels, at 44.1 kHz, with the times they came."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE
from stemlight.audio.capture import RING_S, Capture
from stemlight.audio.hop_input import Counters
from stemlight.audio.ring_buffer import RingBuffer
from stemlight.audio.stream_format import StreamFormat
from stemlight.audio.wakeup import Wakeup


def make(
    host, rate_hz=SAMPLE_RATE, n_channels=2, channels=(1, 2), block_length=128
) -> tuple[Capture, Counters]:
    counters = Counters()
    stream_format = StreamFormat(rate_hz, n_channels, block_length)
    return Capture(stream_format, channels, counters, Wakeup(), host.now), counters


def send(capture: Capture, host, sound: np.ndarray, rate_hz=SAMPLE_RATE, block_length=128) -> None:
    for at in range(0, len(sound), block_length):
        block = sound[at : at + block_length]
        host.time_s += len(block) / rate_hz
        capture.on_block(block, len(block), None, 0)


def pull_hops(capture: Capture) -> np.ndarray:
    fifo, hops = RingBuffer(2_048), []
    while capture.pull(fifo, HOP_LENGTH):
        hop = np.zeros((HOP_LENGTH, 2), np.float32)
        fifo.read(hop)
        hops.append(hop)
    return np.concatenate(hops) if hops else np.zeros((0, 2), np.float32)


@pytest.mark.parametrize("block_length", [64, 128, 333, 512, 2_048])
def test_hops_do_not_depend_on_the_block_length(host, noise, block_length):
    capture, counters = make(host, block_length=block_length)
    send(capture, host, noise[:, :2], block_length=block_length)
    heard = pull_hops(capture)
    assert len(heard) == len(noise) // HOP_LENGTH * HOP_LENGTH
    np.testing.assert_array_equal(heard, noise[: len(heard), :2])
    assert counters.blocks == -(-len(noise) // block_length)
    assert counters.overflows == counters.drops == counters.nonfinite == 0


@pytest.mark.parametrize(("left", "right"), [(1, 2), (3, 4), (7, 8), (2, 5), (1, 8)])
def test_a_pair_of_a_larger_interface(host, noise, left, right):
    capture, _ = make(host, n_channels=8, channels=(left, right))
    send(capture, host, noise)
    heard = pull_hops(capture)
    np.testing.assert_array_equal(heard, noise[: len(heard), [left - 1, right - 1]])


@pytest.mark.parametrize("channel", [1, 5])
def test_one_channel_goes_to_both_sides(host, noise, channel):
    capture, _ = make(host, n_channels=8, channels=(channel, channel))
    send(capture, host, noise)
    heard = pull_hops(capture)
    np.testing.assert_array_equal(heard, noise[: len(heard), [channel - 1, channel - 1]])


@pytest.mark.parametrize("rate_hz", [8_000, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("channels", [(1, 2), (1, 1)])
def test_any_rate_arrives_at_44100(host, rate_hz, channels):
    capture, _ = make(host, rate_hz, channels=channels)
    time_s = np.arange(rate_hz) / rate_hz
    tone = np.sin(2 * np.pi * np.stack((440.0 * time_s, 550.0 * time_s), axis=1)).astype(np.float32)
    send(capture, host, tone, rate_hz)
    heard = pull_hops(capture)
    assert len(heard) > 0.97 * SAMPLE_RATE
    time_s = np.arange(len(heard)) / SAMPLE_RATE
    for side, hz in enumerate((440.0, 550.0 if channels == (1, 2) else 440.0)):
        np.testing.assert_allclose(
            heard[1_000:-1_000, side], np.sin(2 * np.pi * hz * time_s)[1_000:-1_000], atol=2e-3
        )


def test_a_reader_too_late_loses_the_oldest_and_counts_them(host):
    capture, counters = make(host)
    n_samples = 3 * (1 << 17)  # the ring of 2 s at 44.1 kHz holds 2**17
    assert n_samples > RING_S * SAMPLE_RATE
    ramp = np.repeat(np.arange(n_samples, dtype=np.float32)[:, None], 2, axis=1)
    send(capture, host, ramp)
    heard = pull_hops(capture)
    assert counters.overflows == n_samples - (1 << 17)
    assert heard[0, 0] == counters.overflows
    np.testing.assert_array_equal(np.diff(heard[:, 0]), 1.0)


def test_what_is_no_number_becomes_silence_before_it_is_resampled(host, noise):
    capture, counters = make(host, 48_000)
    sound = noise[:4_800, :2].copy()
    sound[100, 0], sound[2_000, 1] = np.nan, np.inf
    send(capture, host, sound, 48_000)
    assert np.isfinite(pull_hops(capture)).all()
    assert counters.nonfinite == 2


def test_flags_are_counted_and_nobody_is_kept_waiting(host, noise):
    capture, counters = make(host)
    capture.on_block(noise[:128, :2], 128, None, 1)
    capture.on_block(noise[:128, :2], 128, None, 0)
    assert (counters.blocks, counters.xruns) == (2, 1)
    assert capture.clock.last_block_s == host.time_s


def test_deafened_it_takes_no_more(host, noise):
    capture, counters = make(host)
    capture.wanted = False
    capture.on_block(noise[:128, :2], 128, None, 0)
    assert counters.blocks == 0
    assert not capture.clock.has_begun


def test_zeros_are_timed_and_the_first_sound_ends_them(host):
    capture, _ = make(host)
    send(capture, host, np.zeros((SAMPLE_RATE, 2), np.float32))
    pull_hops(capture)
    assert capture.zeros_s == pytest.approx(1.0, abs=0.02)
    send(capture, host, np.full((HOP_LENGTH, 2), 1e-30, np.float32))
    pull_hops(capture)
    assert capture.zeros_s == 0.0


def test_times_of_a_hop_are_those_of_its_last_sample(host, noise):
    capture, _ = make(host)
    start_s = host.time_s
    fifo = RingBuffer(2_048)
    for at in range(0, 20 * HOP_LENGTH, 384):  # hops end in the middle of blocks
        send(capture, host, noise[at : at + 384, :2], block_length=384)
        while capture.pull(fifo, HOP_LENGTH):
            fifo.clear()
            n_samples = fifo.n_written
            assert capture.pulled_host_s == pytest.approx(start_s + n_samples / SAMPLE_RATE, abs=1e-9)
            n_blocks = -(-n_samples // 384)
            assert capture.clock.arrival_s == pytest.approx(start_s + n_blocks * 384 / SAMPLE_RATE)
    assert fifo.n_written >= 19 * HOP_LENGTH
