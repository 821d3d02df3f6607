"""A device as hops: every sample once, in order; zeros at the real rate while there is none."""

from __future__ import annotations

import numpy as np
import pytest
from fake_sound import USB
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE
from stemlight.audio.device_input import DeviceInput
from stemlight.audio.ring_buffer import Underrun
from stemlight.audio.watchdog import Watchdog
from stemlight.errors import UserError


@pytest.fixture
def open_input(sound, host, monkeypatch):
    """Opens inputs whose watchdog looks when a test says so."""
    monkeypatch.setattr(Watchdog, "start", lambda self: None)
    opened = []

    def make(*args, **settings) -> DeviceInput:
        device_input = DeviceInput(*args, sound=sound.system(), now=host.now, **settings)
        device_input.start()
        opened.append(device_input)
        return device_input

    yield make
    for device_input in opened:
        device_input.close()


def drain(device_input: DeviceInput) -> tuple[np.ndarray, list]:
    """All hops that are there now, and their stamps."""
    hops, stamps = [np.zeros((0, 2), np.float32)], []
    while device_input.wait_hop(0.0):
        hop = np.zeros((HOP_LENGTH, 2), np.float32)
        stamps.append(device_input.read_hop(hop))
        hops.append(hop)
    return np.concatenate(hops), stamps


@pytest.mark.parametrize("block_length", [64, 128, 2_048])
def test_hops_are_the_devices_samples_in_order(open_input, sound, noise, block_length):
    device_input = open_input("built-in", block_length=block_length)
    heard = []
    for at in range(0, len(noise), block_length):
        sound.send(noise[at : at + block_length, :2])
        heard.append(drain(device_input)[0])
    heard = np.concatenate(heard)
    first = np.flatnonzero(heard.any(axis=1))[0]
    assert len(heard) > len(noise) - HOP_LENGTH
    np.testing.assert_array_equal(heard[first:], noise[: len(heard) - first, :2])
    assert device_input.status.state == "running"


def test_a_pair_counted_from_one(open_input, sound, noise):
    device_input = open_input("USB", (3, 4))
    sound.send(noise[: 2 * HOP_LENGTH])
    heard, _ = drain(device_input)
    np.testing.assert_array_equal(heard, noise[: len(heard), 2:4])
    assert sound.streams[0].format.n_channels == 4


def test_the_left_channel_alone_is_not_both_mixed_by_the_server(open_input, sound, noise):
    device_input = open_input("built-in", (1, 1))
    assert sound.streams[0].format.n_channels == 2
    sound.send(noise[:HOP_LENGTH, :2])
    heard, _ = drain(device_input)
    np.testing.assert_array_equal(heard, noise[:HOP_LENGTH, [0, 0]])


def test_mono_devices_are_heard_on_both_sides(open_input, sound, noise):
    sound.plugged[1] = USB.__class__(3, "Mic", "ALSA", 1, 44_100, False)
    device_input = open_input("mic")
    sound.send(noise[:HOP_LENGTH, :1])
    heard, _ = drain(device_input)
    np.testing.assert_array_equal(heard, noise[:HOP_LENGTH, [0, 0]])


def test_a_device_that_cannot_do_44100_is_resampled(open_input, sound, host):
    sound.rates_hz = (48_000,)
    device_input = open_input("built-in")
    tone = np.sin(2 * np.pi * 440.0 * np.arange(48_000) / 48_000).astype(np.float32)
    for at in range(0, len(tone), 480):
        sound.send(np.repeat(tone[at : at + 480, None], 2, axis=1))
    heard, stamps = drain(device_input)
    expected = np.sin(2 * np.pi * 440.0 * np.arange(len(heard)) / SAMPLE_RATE)
    np.testing.assert_allclose(heard[1_000:-1_000, 0], expected[1_000:-1_000], atol=2e-3)
    times_s = np.array([stamp.captured_host_s for stamp in stamps])
    np.testing.assert_allclose(np.diff(times_s), HOP_S, atol=1e-4)  # whole samples of 48 kHz
    assert "48000 Hz" in device_input.status.message


def test_no_hop_before_its_time_and_none_twice(open_input, sound, noise):
    device_input = open_input("built-in")
    sound.send(noise[: HOP_LENGTH - 1, :2])
    assert not device_input.wait_hop(0.0)
    with pytest.raises(Underrun, match="wait_hop"):
        device_input.read_hop(np.zeros((HOP_LENGTH, 2), np.float32))
    sound.send(noise[:1, :2])
    assert device_input.wait_hop(0.0)
    assert device_input.wait_hop(0.0)  # asking twice takes nothing
    device_input.read_hop(np.zeros((HOP_LENGTH, 2), np.float32))
    assert not device_input.wait_hop(0.0)


def test_stamps_say_when_the_last_sample_came_and_what_waits(open_input, sound, host, noise):
    device_input = open_input("built-in")
    start_s = host.time_s
    for at in range(0, 8 * HOP_LENGTH, 128):
        sound.send(noise[at : at + 128, :2])
    _, stamps = drain(device_input)
    for i, stamp in enumerate(stamps):
        assert stamp.captured_host_s == pytest.approx(start_s + (i + 1) * HOP_S, abs=1e-9)
        assert stamp.arrival_host_s == pytest.approx(start_s + (i + 1) * HOP_S, abs=1e-9)
    assert [stamp.queue_hops for stamp in stamps] == [7, 6, 5, 4, 3, 2, 1, 0]


def test_before_the_first_block_the_silence_clock_runs(open_input, host):
    device_input = open_input("built-in")
    assert not device_input.wait_hop(0.0)
    host.time_s += 1.0
    heard, _ = drain(device_input)
    assert len(heard) // HOP_LENGTH == int(1.0 / HOP_S)
    assert not heard.any()


def test_while_the_device_is_away_zeros_come_at_the_real_rate(open_input, sound, host, noise):
    device_input = open_input("built-in")
    watchdog = device_input._watchdog
    gone = sound.plugged.pop(0)
    start_s, hops = host.time_s, []
    for at in range(0, SAMPLE_RATE // 2, 100):
        sound.send(noise[at : at + 100, :2])
        hops += drain(device_input)[1]
    n_heard = len(hops)
    for _ in range(1_000):  # 10 s, in which it is missed after half a second
        host.time_s += 0.01
        watchdog.look(host.now())
        heard, stamps = drain(device_input)
        assert not heard[HOP_LENGTH:].any()  # the first may still hold the end of what was heard
        hops += stamps
    assert device_input.status.state == "waiting"
    assert len(hops) == pytest.approx((host.time_s - start_s) / HOP_S, abs=2)
    assert len(hops) > n_heard + 800
    sound.plugged.append(gone)
    for _ in range(15):
        host.time_s += 0.1
        watchdog.look(host.now())
        hops += drain(device_input)[1]
    for at in range(0, SAMPLE_RATE // 2, 100):
        sound.send(noise[at : at + 100, :2])
        heard, stamps = drain(device_input)
        hops += stamps
    assert heard.any() or device_input.status.state == "running"
    assert device_input.status.restarts == 1
    assert len(hops) == pytest.approx((host.time_s - start_s) / HOP_S, abs=3)
    times_s = np.array([stamp.captured_host_s for stamp in hops])
    assert np.abs(np.diff(times_s) - HOP_S).max() < 1.5 * HOP_S


def test_a_reader_away_for_long_does_not_race_through_silence(open_input, host):
    device_input = open_input("built-in")
    host.time_s += 3_600.0
    heard, _ = drain(device_input)
    assert len(heard) <= 2 * HOP_LENGTH
    assert device_input.status.overflows == pytest.approx(3_600 * SAMPLE_RATE, rel=0.001)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"block_length": 32}, "64 to 2048 samples long, not 32"),
        ({"block_length": 4_096}, "64 to 2048"),
        ({"channels": (0, 1)}, "count from 1"),
        ({"channels": (4, 3)}, "the lower comes first"),
        ({"channels": (9, 10)}, "has 8 inputs, there is no channel 10"),
        ({"device": "nonesuch"}, "no sound input is called 'nonesuch'"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(open_input, settings, match):
    with pytest.raises(UserError, match=match) as caught:
        open_input(**{"device": "USB", **settings})
    assert "\n" not in str(caught.value)


def test_closed_it_ends_and_gives_the_device_back(open_input, sound):
    device_input = open_input("built-in")
    device_input.close()
    device_input.close()
    assert sound.streams[0].closed
    assert not device_input.wait_hop(10.0)
    assert device_input.status.state == "ended"
