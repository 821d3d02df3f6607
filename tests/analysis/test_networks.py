"""Coarse stem levels, and the front-end that the shipped models were trained on."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.analysis.frontend import N_BANDS, spectra
from stemlight.analysis.networks import N_COARSE, N_STEM_LEVELS, stem_bands, stem_levels
from stemlight.analysis.streaming_model import FRONTEND_IDENTITY


def test_a_mask_of_one_keeps_all_the_power():
    bands = np.random.default_rng(0).random(N_BANDS, np.float32)
    masks = np.zeros((4, N_BANDS), np.float32)
    masks[2] = 1.0
    power = stem_bands(masks, bands)
    np.testing.assert_array_equal(power[2], bands)
    assert not power[[0, 1, 3]].any()


def test_half_the_amplitude_is_a_quarter_of_the_power():
    bands = np.ones((5, N_BANDS), np.float32)
    np.testing.assert_allclose(stem_bands(np.full((5, 4, N_BANDS), 0.5, np.float32), bands), 0.25)


def test_each_level_hears_its_own_stem_and_bands():
    power = np.zeros((4, N_BANDS), np.float32)
    power[1, 8:16] = 0.01
    levels = stem_levels(power)
    assert levels.shape == (N_STEM_LEVELS,)
    assert levels.argmax() == N_COARSE + 1
    # 8 bands of 0.01: (log10(0.08) + 4) / 2, and silence is (log10(1e-7) + 4) / 2
    assert levels.max() == pytest.approx((np.log10(0.08) + 4) / 2, abs=1e-4)
    np.testing.assert_allclose(np.delete(levels, N_COARSE + 1), -1.5, atol=1e-5)


def test_levels_of_many_hops_are_those_of_each():
    power = np.random.default_rng(1).random((6, 4, N_BANDS), np.float32)
    np.testing.assert_array_equal(stem_levels(power)[3], stem_levels(power[3]))


def test_the_front_end_still_gives_what_its_identity_promises():
    """Changed numbers need a new FRONTEND_IDENTITY and new models; these were recorded with this one."""
    assert FRONTEND_IDENTITY == "stemlight-1 window=2048 bands=128 top_bin=800 power_floor=1e-07"
    t = np.arange(8_192) / SAMPLE_RATE
    sweep = np.sin(2 * np.pi * (60.0 + 20_000.0 * t) * t).astype(np.float32)
    recorded = np.array(RECORDED)
    np.testing.assert_allclose(spectra(sweep).log_bands[[3, 9, 15]][:, ::16], recorded, atol=2e-3)


RECORDED = [
    [-0.108, 0.756, 1.079, 1.351, -0.200, -1.481, -1.499, -1.500],
    [-1.500, -1.500, -1.500, -1.499, -1.474, 1.462, -1.439, -1.500],
    [-1.500, -1.500, -1.500, -1.500, -1.500, -1.499, 1.421, -1.493],
]
