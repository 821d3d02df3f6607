"""The measures give what their definitions give on cases that can be counted by hand."""

from __future__ import annotations

import mir_eval
import numpy as np
import pytest

from models import metrics

BEATS = np.arange(0.0, 20.0, 0.5)


def test_f_of_the_truth_is_one_and_of_nothing_zero():
    assert metrics.f_measure(BEATS, BEATS, 0.07) == 1.0
    assert metrics.f_measure(np.zeros(0), BEATS, 0.07) == 0.0
    assert metrics.f_measure(np.zeros(0), np.zeros(0), 0.07) == 1.0


def test_f_of_half_tempo_is_two_thirds():
    assert metrics.f_measure(BEATS[::2], BEATS, 0.07) == pytest.approx(2 / 3)


def test_each_event_is_used_once():
    assert metrics.f_measure(np.array([1.0, 1.01, 1.02]), np.array([1.0]), 0.05) == pytest.approx(0.5)


@pytest.mark.parametrize(("late", "f"), [(0.069, 1.0), (-0.069, 1.0), (0.071, 0.0)])
def test_the_tolerance_is_the_tolerance(late, f):
    assert metrics.f_measure(BEATS + late, BEATS, 0.07) == f


def test_f_is_that_of_mir_eval():
    rng = np.random.default_rng(2)
    for _ in range(20):
        found = np.sort(rng.uniform(0.0, 20.0, rng.integers(1, 60)))
        expected = mir_eval.beat.f_measure(BEATS, found)
        assert metrics.f_measure(found, BEATS, metrics.BEAT_TOLERANCE_S) == pytest.approx(expected)


def test_continuity_falls_with_a_wrong_level_that_any_level_forgives():
    assert metrics.continuity(BEATS, BEATS) == metrics.Continuity(1.0, 1.0)
    assert metrics.continuity(BEATS[::2], BEATS) == metrics.Continuity(0.0, 1.0)
    assert metrics.continuity(BEATS + 0.25, BEATS).amlt > 0.9
    assert metrics.continuity(BEATS + 0.12, BEATS) == metrics.Continuity(0.0, 0.0)
    assert metrics.continuity(np.zeros(0), BEATS) == metrics.Continuity(0.0, 0.0)


def test_locked_means_four_in_a_row_with_none_between():
    assert metrics.lock_s(BEATS, BEATS, 0.0, 20.0) == 0.0
    assert metrics.lock_s(BEATS[6:], BEATS, 0.0, 20.0) == 3.0
    assert metrics.lock_s(BEATS[6:], BEATS, 2.9, 20.0) == pytest.approx(0.1)
    late = np.concatenate([BEATS[:8] + 0.25, BEATS[8:]])
    assert metrics.lock_s(late, BEATS, 0.0, 20.0) == 4.0
    double = np.arange(0.0, 20.0, 0.25)
    assert metrics.lock_s(double, BEATS, 0.0, 20.0) == 20.0
    assert metrics.lock_s(np.zeros(0), BEATS, 5.0, 20.0) == 15.0


def test_confidence_that_is_right_as_often_as_it_says_has_no_error():
    confidence = np.repeat([0.25, 0.75], 100)
    right = np.tile([1, 0, 0, 0], 25).tolist() + np.tile([1, 1, 1, 0], 25).tolist()
    honest = metrics.reliability(confidence, np.array(right, float))
    assert honest.error == pytest.approx(0.0)
    assert honest.share[2] == honest.share[7] == 0.5
    boaster = metrics.reliability(np.full(10, 1.0), np.zeros(10))
    assert boaster.error == 1.0


def test_c_sdr_is_that_of_museval():
    bss_eval = pytest.importorskip("museval.metrics").bss_eval
    rng = np.random.default_rng(3)
    rate_hz, filters = 4_000, 64
    true = rng.normal(size=(2, 5 * rate_hz)) * np.repeat([0.1, 1, 1, 0.3, 1], rate_hz)
    found = 0.8 * true + 0.3 * true[::-1] + 0.05 * rng.normal(size=true.shape)
    sdr, *_ = bss_eval(
        true[..., None], found[..., None], rate_hz, rate_hz, filters_len=filters, compute_permutation=False,
        framewise_filters=False, bsseval_sources_version=False,
    )  # fmt: skip
    for row in range(2):
        assert metrics.c_sdr(found[row], true[row], rate_hz) == pytest.approx(
            np.nanmedian(sdr[row]), abs=1e-6
        )


def test_c_sdr_leaves_silence_out():
    true = np.concatenate([np.zeros(300), np.ones(100)])
    assert metrics.c_sdr(0.9 * true, true, 100) == pytest.approx(20.0)
    assert np.isnan(metrics.c_sdr(true, np.zeros(400), 100))


def test_tempo_at_the_octave_is_right_for_acc2_alone():
    assert metrics.tempo_right(61.0, 120.0, octaves=True)
    assert not metrics.tempo_right(61.0, 120.0, octaves=False)
    assert not metrics.tempo_right(90.0, 120.0, octaves=True)


def test_si_sdr_knows_no_gain_but_noise():
    rng = np.random.default_rng(0)
    true, noise = rng.normal(size=100_000), rng.normal(size=100_000)
    assert metrics.si_sdr(true + 0.1 * noise, true) == pytest.approx(20.0, abs=0.1)
    assert metrics.si_sdr(7 * (true + 0.1 * noise), true) == pytest.approx(20.0, abs=0.1)


def test_peaks_are_first_come_first_served():
    activation = np.zeros(40, np.float32)
    activation[[5, 8, 20, 30]] = [0.6, 0.9, 0.7, 0.3]
    assert metrics.peaks(activation, 0.5, 5).tolist() == [5, 20]


def test_a_peak_needs_only_the_hop_after_it():
    rng = np.random.default_rng(1)
    activation = rng.random(200).astype(np.float32)
    whole = metrics.peaks(activation, 0.5, 3)
    cut = metrics.peaks(activation[:101], 0.5, 3)
    assert cut.tolist() == [hop for hop in whole if hop < 100]


def test_correlation_of_what_does_not_move_is_zero():
    assert metrics.correlation(np.ones(5), np.arange(5.0)) == 0.0
    assert metrics.correlation(np.arange(5.0), 3 * np.arange(5.0) + 1) == pytest.approx(1.0)
