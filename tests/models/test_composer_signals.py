"""The test signals are what they say: tests of other parts stand on them."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data import signals


def power_around(sound: np.ndarray, time_s: float, span_s: float = 0.01) -> tuple[float, float]:
    """Mean power just before and just after a moment."""
    at, span = round(time_s * SAMPLE_RATE), round(span_s * SAMPLE_RATE)
    return float(np.square(sound[at - span : at]).mean()), float(np.square(sound[at : at + span]).mean())


@pytest.mark.parametrize(
    "signal",
    [
        signals.click_track(120.0, 6.0),
        signals.click_track(91.0, 6.0, beats_per_bar=3),
        signals.tempo_ramp(100.0, 140.0, 6.0),
        signals.drum_loop(120.0, 6.0),
    ],
    ids=["clicks", "waltz", "ramp", "drums"],
)
def test_sound_begins_on_the_beats(signal: signals.Signal) -> None:
    assert len(signal.beats.times_s) > 6 and signal.beats.in_bar[0] == 1
    for time_s in signal.beats.times_s:
        before, after = power_around(signal.sound, time_s)
        assert after > 3 * before


def test_a_ramp_goes_from_one_tempo_to_the_other() -> None:
    gaps_s = np.diff(signals.tempo_ramp(90.0, 150.0, 20.0).beats.times_s)
    assert (np.diff(gaps_s) < 0).all()
    assert 60 / gaps_s[0] == pytest.approx(91, abs=2) and 60 / gaps_s[-1] == pytest.approx(149, abs=2)


def test_the_drop_is_where_the_bass_comes_back() -> None:
    signal = signals.build_and_drop(128.0, bars_before=2, bars_after=2)
    assert signal.drop_s is not None
    spectrum = np.square(
        np.abs(np.fft.rfft(signal.sound[round(signal.drop_s * SAMPLE_RATE) :][:SAMPLE_RATE]))
    )
    before = np.square(np.abs(np.fft.rfft(signal.sound[: round(signal.drop_s * SAMPLE_RATE)][-SAMPLE_RATE:])))
    assert spectrum[30:120].sum() > 100 * before[30:120].sum()


def test_levels_are_as_asked() -> None:
    assert np.abs(signals.sine(440.0, 0.5, gain=0.25)).max() == pytest.approx(0.25, rel=1e-3)
    assert signals.noise(2.0, gain=0.1).std() == pytest.approx(0.1, rel=0.02)
    assert np.abs(signals.chord((60, 64, 67), 0.5)).max() == pytest.approx(0.3, rel=1e-3)
    assert not signals.silence(0.1).any()


def test_a_single_stem_sounds_alone() -> None:
    low = signals.single_stem("bass", 8.0)
    spectrum = np.square(np.abs(np.fft.rfft(low.sound)))
    hz = np.fft.rfftfreq(len(low.sound), 1 / SAMPLE_RATE)
    assert spectrum[hz < 300].sum() > 0.8 * spectrum.sum()
    with pytest.raises(KeyError, match="drums"):
        signals.single_stem("flute", 8.0)
