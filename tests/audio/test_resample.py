"""Resampling: the same sound at another rate, in pieces or whole."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.audio.resample import FileResampler, LiveResampler

RATES_HZ = (8_000, 16_000, 22_050, 32_000, 48_000, 88_200, 96_000, 192_000)


def tone(rate_hz: int, seconds: float = 1.0) -> np.ndarray:
    time_s = np.arange(int(rate_hz * seconds)) / rate_hz
    left, right = np.sin(2 * np.pi * 997.0 * time_s), np.cos(2 * np.pi * 440.0 * time_s)
    return np.stack((left, right), axis=1).astype(np.float32)


def in_pieces(process, sound: np.ndarray, length: int) -> np.ndarray:
    return np.concatenate([process(sound[at : at + length]) for at in range(0, len(sound), length)])


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_live_keeps_the_sound_and_its_time(rate_hz):
    out = in_pieces(LiveResampler(rate_hz, 2).process, tone(rate_hz), 557)
    expected = tone(SAMPLE_RATE)
    middle = slice(2_000, len(out) - 2_000)
    assert len(expected) - len(out) < 0.005 * SAMPLE_RATE  # what it holds back: 2.3 ms at 8 kHz, 0.5 at 48
    np.testing.assert_allclose(out[middle], expected[: len(out)][middle], atol=2e-3)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_file_keeps_the_sound_its_time_and_its_length(rate_hz):
    resampler = FileResampler(rate_hz)
    out = np.concatenate(
        (
            in_pieces(resampler.process, tone(rate_hz), 10_000),
            resampler.process(np.zeros((0, 2), np.float32), True),
        )
    )
    assert len(out) == SAMPLE_RATE
    middle = slice(2_000, -2_000)
    np.testing.assert_allclose(out[middle], tone(SAMPLE_RATE)[middle], atol=1e-4)


@pytest.mark.parametrize("make", [lambda: LiveResampler(48_000, 2), lambda: FileResampler(48_000)])
@pytest.mark.parametrize("length", [64, 557, 10_000])
def test_pieces_equal_the_whole(make, length):
    sound = tone(48_000)
    whole, pieces = make().process(sound), in_pieces(make().process, sound, length)
    n_both = min(len(whole), len(pieces))
    assert n_both > 40_000
    np.testing.assert_allclose(pieces[:n_both], whole[:n_both], atol=1e-6)


@pytest.mark.parametrize("make", [lambda: LiveResampler(48_000, 2), lambda: FileResampler(48_000)])
def test_reset_forgets(make):
    sound = tone(48_000)
    resampler = make()
    first = resampler.process(sound).copy()
    again = resampler.process(sound).copy()
    resampler.reset()
    np.testing.assert_array_equal(resampler.process(sound), first)
    assert again.shape != first.shape or not np.array_equal(again, first)


def test_a_file_at_44100_passes_to_the_bit():
    sound = tone(SAMPLE_RATE)
    np.testing.assert_array_equal(in_pieces(FileResampler(SAMPLE_RATE).process, sound, 1_000), sound)
