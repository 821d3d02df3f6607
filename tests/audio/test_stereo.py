"""Downmix: what is in front stays in front and as loud as it was."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.audio.stereo import to_stereo, zero_nonfinite


def test_mono_goes_to_both_sides(noise):
    stereo = to_stereo(noise[:, :1])
    np.testing.assert_array_equal(stereo, np.repeat(noise[:, :1], 2, axis=1))


def test_stereo_stays_to_the_bit(noise):
    np.testing.assert_array_equal(to_stereo(noise[:, :2]), noise[:, :2])


@pytest.mark.parametrize("n_channels", range(1, 33))
def test_always_two_channels_of_float32(n_channels):
    stereo = to_stereo(np.ones((10, n_channels), np.float32))
    assert stereo.shape == (10, 2)
    assert stereo.dtype == np.float32


@pytest.mark.parametrize("n_channels", range(2, 9))
def test_the_front_pair_keeps_its_gain_and_side(n_channels):
    block = np.zeros((1, n_channels), np.float32)
    block[0, :2] = 0.3, -0.2
    np.testing.assert_allclose(to_stereo(block), [[0.3, -0.2]], rtol=1e-6)


def test_five_point_one_is_mixed_as_bs775_says():
    half = np.sqrt(0.5)
    sides = [to_stereo(np.eye(6, dtype=np.float32)[i : i + 1])[0] for i in range(6)]
    np.testing.assert_allclose(
        sides, [(1, 0), (0, 1), (half, half), (0, 0), (half, 0), (0, half)], rtol=1e-6, atol=1e-7
    )


@pytest.mark.parametrize("n_channels", [3, 4, 5, 6, 7, 8])
def test_surround_is_symmetric(n_channels):
    gains = to_stereo(np.eye(n_channels, dtype=np.float32))
    assert gains[:, 0].sum() == pytest.approx(gains[:, 1].sum())


def test_a_multitrack_recording_gives_its_first_two_tracks(noise):
    block = np.concatenate((noise, noise), axis=1)
    np.testing.assert_array_equal(to_stereo(block), noise[:, :2])


def test_what_is_no_number_becomes_silence_and_is_counted(noise):
    block = noise[:100, :2].copy()
    block[3, 0], block[50, 1], block[51, 1] = np.nan, np.inf, -np.inf
    expected = block.copy()
    expected[~np.isfinite(expected)] = 0.0
    assert zero_nonfinite(block) == 3
    np.testing.assert_array_equal(block, expected)
    assert zero_nonfinite(block) == 0
