"""The measures give what their definitions give on cases that can be counted by hand."""

from __future__ import annotations

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


def test_continuity_falls_with_a_wrong_level_that_any_level_forgives():
    assert metrics.continuity(BEATS, BEATS) == 1.0
    assert metrics.continuity(BEATS[::2], BEATS) == 0.0
    assert metrics.continuity_any_level(BEATS[::2], BEATS) == 1.0
    assert metrics.continuity_any_level(BEATS + 0.25, BEATS) > 0.9
    assert metrics.continuity_any_level(BEATS + 0.12, BEATS) == 0.0


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
