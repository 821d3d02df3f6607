"""The built-in band: the same each time, in time, every part to be heard alone and to be missed."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE, STEMS
from stemlight.audio.band_loop import BAR_LENGTH, BEAT_LENGTH, BLOCK_LENGTH, RESTING, TestInput, synthesise
from stemlight.audio.ring_buffer import Underrun


@pytest.fixture(scope="module")
def band():
    return synthesise()


def hops_of(test_input: TestInput, n_hops: int) -> np.ndarray:
    hops = np.zeros((n_hops, HOP_LENGTH, 2), np.float32)
    for hop in hops:
        assert test_input.wait_hop(1.0)
        test_input.read_hop(hop)
    return hops.reshape(-1, 2)


def test_it_is_the_same_each_time(band):
    np.testing.assert_array_equal(synthesise().mix, band.mix)


def test_it_does_not_clip(band):
    assert 0.5 < np.abs(band.mix).max() < 1.0


def test_a_bar_is_two_seconds():
    assert (BEAT_LENGTH, BAR_LENGTH) == (SAMPLE_RATE // 2, 2 * SAMPLE_RATE)
    assert BLOCK_LENGTH == 4 * BAR_LENGTH


def test_every_part_rests_once_and_the_rest_play_on(band):
    assert len(band.mix) == len(RESTING) * BLOCK_LENGTH
    assert set(RESTING) == {None, *STEMS}
    for i, part in enumerate(RESTING):
        block = band.mix[i * BLOCK_LENGTH : (i + 1) * BLOCK_LENGTH]
        playing = [j for j, name in enumerate(STEMS) if name != part]
        np.testing.assert_allclose(block, band.stems[playing].sum(axis=0), atol=1e-6)


def test_every_part_is_loud_enough_to_be_seen(band):
    levels_db = 20.0 * np.log10(np.sqrt(np.square(band.stems).mean(axis=(1, 2))))
    assert levels_db.min() > -32.0
    assert levels_db.max() - levels_db.min() < 12.0


def test_parts_stop_and_start_without_a_click(band):
    assert np.abs(band.stems[:, -1]).max() < 1e-3
    assert np.abs(band.stems[:, 0]).max() < 0.02


def test_only_the_drums_make_clicks(band):
    for stem in band.stems[1:]:
        above = np.abs(np.diff(stem.mean(axis=1), 6))  # small for tones below 4 kHz, 0.3 for a note cut off
        assert above.max() < 0.02


def energy_between(sound: np.ndarray, low_hz: float, high_hz: float) -> float:
    spectrum = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    pitches_hz = np.fft.rfftfreq(len(sound), 1.0 / SAMPLE_RATE)
    return float(spectrum[(pitches_hz >= low_hz) & (pitches_hz < high_hz)].sum() / spectrum.sum())


def test_parts_lie_where_their_instruments_do(band):
    drums, bass, vocals, other = band.stems
    assert energy_between(bass, 30.0, 300.0) > 0.9
    assert energy_between(drums, 30.0, 120.0) > 0.3  # kick
    assert energy_between(drums, 5_000.0, 20_000.0) > 0.01  # hat
    assert energy_between(vocals, 200.0, 4_000.0) > 0.95
    assert energy_between(other, 150.0, 1_500.0) > 0.95


def test_the_kick_is_on_the_beat(band):
    drums = np.square(band.stems[0]).sum(axis=1)
    for beat in range(16):
        at = beat * BEAT_LENGTH
        before = drums[max(0, at - 441) : at].sum()
        assert drums[at : at + 441].sum() > 20.0 * before + 1e-6


def test_hops_are_the_loop_over_and_over(host, band):
    test_input = TestInput(now=host.now, sleep=host.sleep)
    test_input.start()
    n_hops = len(band.mix) // HOP_LENGTH + 10
    heard = hops_of(test_input, n_hops)
    np.testing.assert_array_equal(heard, np.concatenate((band.mix, band.mix))[: len(heard)])


def test_the_host_clock_paces_it(host):
    test_input = TestInput(now=host.now, sleep=host.sleep)
    test_input.start()
    start_s = host.now()
    out = np.zeros((HOP_LENGTH, 2), np.float32)
    for i in range(1, 1_000):
        assert test_input.wait_hop(1.0)
        stamp = test_input.read_hop(out)
        assert stamp.captured_host_s == stamp.arrival_host_s == pytest.approx(start_s + i * HOP_S, abs=1e-9)
        assert host.now() == pytest.approx(start_s + i * HOP_S, abs=1e-9)
        assert stamp.queue_hops == 0


def test_no_hop_before_its_time(host):
    test_input = TestInput(now=host.now, sleep=host.sleep)
    out = np.zeros((HOP_LENGTH, 2), np.float32)
    assert not test_input.wait_hop(0.0)
    test_input.start()
    assert not test_input.wait_hop(0.005)
    with pytest.raises(Underrun):
        test_input.read_hop(out)
    assert test_input.wait_hop(0.01)
    test_input.read_hop(out)
    with pytest.raises(Underrun):
        test_input.read_hop(out)


def test_a_late_reader_catches_up_and_one_that_slept_goes_on(host):
    test_input = TestInput(now=host.now, sleep=host.sleep)
    test_input.start()
    hops_of(test_input, 10)
    host.time_s += 1.0
    before_s = host.now()
    out = np.zeros((HOP_LENGTH, 2), np.float32)
    test_input.wait_hop(0.0)
    assert test_input.read_hop(out).queue_hops == 85
    hops_of(test_input, 85)
    assert host.now() == before_s
    host.time_s += 3_600.0
    before_s = host.now()
    hops_of(test_input, 100)
    assert host.now() - before_s == pytest.approx(99 * HOP_S, abs=1e-6)


def test_it_says_who_rests(host):
    test_input = TestInput(now=host.now, sleep=host.sleep)
    test_input.start()
    assert test_input.status.message == "test band, everyone plays"
    hops_of(test_input, BLOCK_LENGTH // HOP_LENGTH + 1)
    assert test_input.status.message == "test band, drums resting"
    test_input.close()
    assert test_input.status.state == "ended"
    assert not test_input.wait_hop(1.0)
