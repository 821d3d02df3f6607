"""What wears sound keeps its laws: stems sum to the mix, limits hold, speeds are speeds."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.features import augment
from models.features.band_powers import band_powers


@pytest.fixture
def sounds() -> np.ndarray:
    return 0.3 * np.random.default_rng(1).standard_normal((4, 40_000)).astype(np.float32)


def _pitch_hz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / len(sound)


@pytest.mark.parametrize("speed", [0.87, 1.0, 1.15])
def test_speed_moves_the_pitch(speed):
    tone = np.sin(2 * np.pi * 440 * np.arange(60_000) / SAMPLE_RATE).astype(np.float32)
    played = augment.resampled(tone, speed, 40_000)
    assert played.shape == (40_000,)
    assert _pitch_hz(played) == pytest.approx(440 * speed, abs=2.0)


def test_speed_one_changes_nothing_and_the_end_is_silence(sounds):
    np.testing.assert_allclose(augment.resampled(sounds[0], 1.0, 39_000), sounds[0, :39_000], atol=1e-7)
    assert not augment.resampled(sounds[0], 1.1, 40_000)[36_500:].any()


def test_a_limited_sum_stays_below_the_ceiling_and_stems_share_the_gain(sounds):
    before = sounds.copy()
    augment.limit(sounds, 0.5)
    assert np.abs(sounds.sum(axis=0)).max() <= 0.5 * (1 + 1e-4)
    np.testing.assert_allclose(sounds[0] * before[1], sounds[1] * before[0], atol=1e-5)


def test_a_limiter_leaves_quiet_sound_alone(sounds):
    quiet = sounds * np.float32(0.01)
    before = quiet.copy()
    augment.limit(quiet, 0.5)
    np.testing.assert_array_equal(quiet, before)


def test_a_clipped_sum_is_the_bent_sum(sounds):
    mix = sounds.sum(axis=0)
    augment.clip(sounds, 0.4)
    np.testing.assert_allclose(sounds.sum(axis=0), 0.4 * np.tanh(mix / 0.4), atol=1e-4)


def test_a_room_starts_with_the_direct_sound_and_rings_on():
    click = np.zeros(SAMPLE_RATE, np.float32)
    click[1_000] = 1.0
    heard = augment.reverberated(click, 0.5, np.random.default_rng(0))
    assert np.abs(heard[:1_000]).max() < 1e-6
    assert heard[1_000] == pytest.approx(1.0, abs=1e-3)
    assert np.linalg.norm(heard[1_001:]) == pytest.approx(0.5, abs=0.02)


def test_filters_are_3_db_down_where_they_say():
    hz = np.arange(frontend.N_BINS) * SAMPLE_RATE / frontend.WINDOW_LENGTH
    for curve, cutoff_hz in ((augment.low_pass(4_000), 4_000), (augment.high_pass(200), 200)):
        assert np.interp(cutoff_hz, hz, curve) == pytest.approx(0.5**0.5, abs=0.02)
    curve = augment.low_pass(4_000)
    assert curve[-1] < 0.01
    assert curve[10] > 0.99


def test_an_equalizer_without_range_is_flat():
    np.testing.assert_array_equal(augment.equalizer(np.random.default_rng(0), 0.0, 0.0), 1.0)


def test_crowds_are_as_loud_as_they_say():
    rng = np.random.default_rng(3)
    for _ in range(6):
        assert augment.crowd(10 * SAMPLE_RATE, rng).std() == pytest.approx(1.0, abs=0.3)


def test_band_powers_are_the_front_ends(sounds):
    curves = np.random.default_rng(2).random((4, frontend.N_BINS))
    stfts = [frontend.spectra(sound).stft * curve for sound, curve in zip(sounds, curves, strict=True)]
    mixed = np.sum(stfts, axis=0)
    bands = frontend.band_matrix().T
    powers = band_powers(sounds, curves)
    np.testing.assert_allclose(powers.mix, np.square(np.abs(mixed)) @ bands, rtol=1e-4, atol=1e-9)
    for row, stft in enumerate(stfts):
        np.testing.assert_allclose(
            powers.stems[:, row], np.square(np.abs(stft)) @ bands, rtol=1e-4, atol=1e-9
        )
        cross = (stft * mixed.conj()).real @ bands
        np.testing.assert_allclose(powers.cross[:, row], cross, rtol=1e-3, atol=1e-7)
