"""Loudness, chroma and centroid against what is known of their signals."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.signal
from stemlight.analysis.chroma import Chroma
from stemlight.analysis.feature_frame import PITCH_CLASSES
from stemlight.analysis.frontend import Frontend
from stemlight.analysis.loudness import FLOOR_DB, HopFilter, Loudness, k_power, k_weighting
from stemlight.analysis.pipeline import Pipeline

MakePipeline = Callable[[], Pipeline]


def loudness_of(stereo: np.ndarray, hops_of: Callable[[np.ndarray], np.ndarray]) -> float:
    meter = Loudness()
    for hop in hops_of(stereo):
        loudness = meter.process(np.ascontiguousarray(hop.T))
    return loudness


def chroma_of(mono: np.ndarray, hops_of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    frontend, chroma = Frontend(), Chroma()
    for hop in hops_of(mono):
        spectrum = frontend.process(hop[:, 0])
        result = chroma.process(spectrum.stft, spectrum.power, -12.0)
    return result


def names(chroma: np.ndarray, n: int) -> set[str]:
    return {PITCH_CLASSES[k] for k in np.argsort(chroma)[-n:]}


def test_the_filters_at_48_khz_are_those_of_the_standard() -> None:
    """ITU-R BS.1770-5, annex 1, tables 1 and 2."""
    shelf, high_pass = k_weighting(48_000.0)
    np.testing.assert_allclose(shelf[:3], [1.53512485958697, -2.69169618940638, 1.19839281085285], atol=1e-7)
    np.testing.assert_allclose(shelf[4:], [-1.69065929318241, 0.73248077421585], atol=1e-7)
    np.testing.assert_allclose(high_pass[:3], [1.0, -2.0, 1.0])
    np.testing.assert_allclose(high_pass[4:], [-1.99004745483398, 0.99007225036621], atol=1e-7)


def test_hops_in_products_equal_samples_one_by_one(synth: SimpleNamespace) -> None:
    sections = k_weighting(44_100.0)
    sound = np.random.default_rng(0).standard_normal((5, 512, 2)).astype(np.float32)
    hop_filter = HopFilter(sections, n_channels=2)
    found = np.concatenate(
        [hop_filter.process(np.ascontiguousarray(hop.T)).reshape(2, -1).T for hop in sound]
    )
    expected = scipy.signal.sosfilt(sections, sound.reshape(-1, 2), axis=0)
    np.testing.assert_allclose(found, expected, atol=1e-11)
    _, response = scipy.signal.sosfreqz(sections, [30.0, 1_000.0, 9_000.0], fs=44_100)
    np.testing.assert_allclose(k_power(np.array([30.0, 1_000.0, 9_000.0])), np.abs(response) ** 2)


def test_a_997_hz_sine_reads_what_the_standard_says(synth: SimpleNamespace) -> None:
    sine = np.sin(2 * np.pi * 997.0 * synth.time_axis(2.0))
    left = np.stack([sine, np.zeros_like(sine)], axis=1)
    assert loudness_of(left, synth.hops_of) == pytest.approx(-3.01, abs=0.05)
    both = np.stack([sine, sine], axis=1) * 10 ** (-20 / 20)
    assert loudness_of(both, synth.hops_of) == pytest.approx(-20.0, abs=0.05)


def test_loudness_forgets_within_400_ms_and_silence_is_the_floor(synth: SimpleNamespace) -> None:
    meter = Loudness()
    sine = np.sin(2 * np.pi * 997.0 * synth.time_axis(1.0))
    for hop in synth.hops_of(sine):
        meter.process(np.ascontiguousarray(hop.T))
    quiet = [meter.process(np.zeros((2, 512), np.float32)) for _ in range(80)]
    assert quiet[10] > -10
    assert quiet[36] < -60
    assert quiet[-1] == FLOOR_DB


@pytest.mark.parametrize("cents", [0, 35, -30])
@pytest.mark.parametrize(
    ("frequencies_hz", "expected"),
    [
        ((261.63, 329.63, 392.0), {"c", "e", "g"}),
        ((220.0, 261.63, 329.63), {"a", "c", "e"}),
        ((369.99, 466.16, 554.37), {"fs", "as", "cs"}),
    ],
)
def test_a_triad_is_the_three_strongest_classes_in_any_tuning(
    synth: SimpleNamespace, frequencies_hz: tuple[float, ...], expected: set[str], cents: int
) -> None:
    tuned = [frequency * 2 ** (cents / 1200) for frequency in frequencies_hz]
    chroma = chroma_of(synth.chord(tuned, 3.0), synth.hops_of)
    assert names(chroma, 3) == expected
    assert chroma.max() == 1.0


@pytest.mark.parametrize(
    ("frequency_hz", "name"), [(82.41, "e"), (110.0, "a"), (130.81, "c"), (1_975.5, "b")]
)
def test_single_notes_are_named_at_either_end(synth: SimpleNamespace, frequency_hz: float, name: str) -> None:
    sine = 0.3 * np.sin(2 * np.pi * frequency_hz * synth.time_axis(1.5))
    assert names(chroma_of(sine, synth.hops_of), 1) == {name}


def test_a_new_chord_is_named_within_a_second_and_silence_is_zeros(synth: SimpleNamespace) -> None:
    first, second = synth.chord((261.63, 329.63, 392.0), 3.0), synth.chord((293.66, 369.99, 440.0), 1.0)
    assert names(chroma_of(np.concatenate([first, second]), synth.hops_of), 3) == {"d", "fs", "a"}
    faded = chroma_of(np.concatenate([first, np.zeros(8 * 44_100)]), synth.hops_of)
    assert faded.max() < 0.02
    assert not chroma_of(np.zeros(44_100), synth.hops_of).any()


def test_centroid_rises_with_the_sound(make_pipeline: MakePipeline, synth: SimpleNamespace) -> None:
    t = synth.time_axis(1.0)
    centroids = [
        synth.frames_of(make_pipeline(), 0.2 * np.sin(2 * np.pi * hz * t))[-1].centroid
        for hz in (60.0, 250.0, 1_000.0, 4_000.0, 14_000.0)
    ]
    assert centroids == sorted(centroids)
    assert centroids[0] < 0.15 and centroids[-1] > 0.9
    assert centroids[2] == pytest.approx(np.log(1_000 / 40) / np.log(400), abs=0.05)
