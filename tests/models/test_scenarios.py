"""Breakdowns and jumps of tempo are where they say they are, and the beats go along."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.features.library import CachedSong, build_library
from models.scenarios import JUMP, Trial, trials

PERIOD_S, LENGTH_S = 0.5, 48.0  # 120 BPM


@pytest.fixture(scope="module")
def song(tmp_path_factory) -> CachedSong:
    """A click on each beat, and a hum of the same loudness."""
    root = tmp_path_factory.mktemp("songs")
    (root / "one").mkdir()
    n = int(LENGTH_S * SAMPLE_RATE)
    clicks = np.zeros(n, np.float32)
    for beat in range(int(LENGTH_S / PERIOD_S)):
        at = int(beat * PERIOD_S * SAMPLE_RATE)
        clicks[at : at + 200] = 0.9
    soundfile.write(root / "one" / "drums.wav", clicks, SAMPLE_RATE)
    hum = 0.05 * np.sin(2 * np.pi * 110 * np.arange(n) / SAMPLE_RATE)
    soundfile.write(root / "one" / "bass.wav", hum, SAMPLE_RATE)
    (root / "one" / "beats.txt").write_text(
        "".join(f"{beat * PERIOD_S}\t{beat % 4 + 1}\n" for beat in range(int(LENGTH_S / PERIOD_S)))
    )
    library = build_library([root], root.parent / "cache", ["one"], tell=lambda line: None)
    return library.validation[0]


def _loud_s(trial: Trial) -> np.ndarray:
    """When the clicks begin."""
    loud = np.flatnonzero(np.abs(trial.mix) > 0.4)
    return loud[np.diff(loud, prepend=-10_000) > 5_000] / SAMPLE_RATE


def test_the_drums_leave_for_eight_bars(song):
    breakdown = next(trial for trial in trials(song, LENGTH_S) if trial.name == "breakdown")
    assert (breakdown.begins_s, breakdown.change_s) == (16.0, 32.0)
    clicks_s = _loud_s(breakdown)
    assert not ((clicks_s > 16.0 - 0.02) & (clicks_s < 32.0 - 0.02)).any()
    assert len(clicks_s) == 2 * 32
    np.testing.assert_array_equal(breakdown.beats_s, song.beats.times_s)


def test_after_a_jump_the_beats_are_where_they_are_heard(song):
    jump = next(trial for trial in trials(song, LENGTH_S) if trial.name == "jump")
    clicks_s = _loud_s(jump)
    np.testing.assert_allclose(clicks_s, jump.beats_s[: len(clicks_s)], atol=0.002)
    periods = np.diff(jump.beats_s)
    assert set(np.round(periods, 4)) <= {0.5, round(0.5 * JUMP, 4), round(0.5 / JUMP, 4)}
    assert jump.change_s == 16.0 and len(set(np.round(periods, 4))) == 2


def test_a_song_that_is_too_short_makes_no_trial(song):
    assert trials(song, 20.0) == []
    assert [trial.name for trial in trials(song, 40.0)] == ["jump"]
