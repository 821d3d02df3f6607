"""Gain, levels, hits and presence: what VJs see of every family."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stemlight.analysis.families import POWER_FLOOR, STEM_FAMILIES
from stemlight.analysis.feature_frame import FAMILIES, HOP_S, FeatureFrame
from stemlight.analysis.gain import AutomaticGain
from stemlight.analysis.levels import Levels, without_leakage
from stemlight.analysis.onsets import Onsets
from stemlight.analysis.pipeline import Pipeline

MakePipeline = Callable[[], Pipeline]
DRUMS, BASS, VOCALS, OTHER = (FAMILIES.index(stem) for stem in ("drums", "bass", "vocals", "other"))
ALL, KICK, HAT = (FAMILIES.index(family) for family in ("all", "kick", "hat"))


def column(frames: list[FeatureFrame], name: str, start_s: float, end_s: float) -> np.ndarray:
    part = frames[int(start_s / HOP_S) : int(end_s / HOP_S)]
    return np.array([frame.value(name) for frame in part])


def loud(gain: AutomaticGain, level_db: float, seconds: float) -> float:
    """The reference of the mix after `seconds` at one level in all families."""
    for _ in range(round(seconds / HOP_S)):
        reference = gain.process(np.full(len(FAMILIES), level_db, np.float32))
    return float(reference[ALL])


def test_a_verse_12_db_down_looks_half_as_bright_all_the_while(
    make_pipeline: MakePipeline, synth: SimpleNamespace
) -> None:
    song = synth.groove(50.0)
    second = len(song) // 50
    song[10 * second : 40 * second] *= 10 ** (-12 / 20)
    frames = synth.frames_of(make_pipeline(), song)
    chorus = column(frames, "all.level", 6, 10).max()
    for start in (12, 25, 35):
        verse = column(frames, "all.level", start, start + 5).max()
        assert 0.2 * chorus < verse < 0.6 * chorus
    assert column(frames, "all.level", 45, 50).max() == pytest.approx(chorus, abs=0.05)


def test_a_low_line_in_reaches_the_same_picture_within_six_seconds(
    make_pipeline: MakePipeline, synth: SimpleNamespace
) -> None:
    usual = synth.frames_of(make_pipeline(), synth.groove(10.0))
    low = synth.frames_of(make_pipeline(), synth.groove(10.0) * 10 ** (-24 / 20))
    for family in ("all.level", "low.level", "drums.level", "other.level"):
        expected = column(usual, family, 6, 10).max()
        assert column(low, family, 6, 10).max() == pytest.approx(expected, abs=0.12)


def test_a_feed_turned_down_by_30_db_is_found_again_and_the_chorus_limits_at_once() -> None:
    gain = AutomaticGain()
    before = loud(gain, -10.0, 60)
    assert loud(gain, -40.0, 40) == pytest.approx(before, abs=1)  # a bridge: nothing is pumped up
    assert loud(gain, -40.0, 100) < before - 25
    assert loud(gain, -10.0, 0.5) > before - 5


def test_silence_and_hiss_are_not_pumped_up(make_pipeline: MakePipeline, synth: SimpleNamespace) -> None:
    pipeline = make_pipeline()
    synth.frames_of(pipeline, synth.groove(8.0))
    hiss = np.random.default_rng(0).standard_normal(8 * 44_100) * 10 ** (-75 / 20)
    frames = synth.frames_of(pipeline, hiss)
    assert column(frames, "all.level", 3, 8).max() < 0.02
    fresh = synth.frames_of(make_pipeline(), hiss)
    assert column(fresh, "all.level", 3, 8).max() < 0.1


def test_a_lock_keeps_the_gain(make_pipeline: MakePipeline, synth: SimpleNamespace) -> None:
    locked, free = make_pipeline(), make_pipeline()
    locked.set_agc_lock(True)
    quiet = synth.groove(8.0) * 10 ** (-24 / 20)
    kept = column(synth.frames_of(locked, quiet), "all.level", 6, 8).max()
    found = column(synth.frames_of(free, quiet), "all.level", 6, 8).max()
    assert kept < 0.5 * found
    locked.set_agc_lock(False)
    assert column(synth.frames_of(locked, quiet), "all.level", 6, 8).max() == pytest.approx(found, abs=0.05)


def test_a_muted_stem_is_dark_and_the_others_stay(
    make_pipeline: MakePipeline, synth: SimpleNamespace
) -> None:
    seconds = 12.0
    kicks = synth.kick_at(np.arange(0.1, seconds, 0.5), seconds)
    chord = synth.chord((440.0, 554.4, 659.3), seconds, 0.08)
    full = synth.frames_of(make_pipeline(), kicks + chord)
    no_kicks = synth.frames_of(make_pipeline(), chord)
    assert column(full, "kick.level", 8, 12).max() > 0.5
    assert column(no_kicks, "kick.level", 8, 12).max() < 0.02
    assert column(no_kicks, "drums.level", 8, 12).max() < 0.05
    assert no_kicks[-1].value("drums.presence") < 0.05
    assert column(no_kicks, "kick.hits", 2, 12).max() < 0.05
    assert no_kicks[-1].value("kick.count") <= 1  # the chord's own attack at most
    there, alone = column(full, "other.level", 8, 12).mean(), column(no_kicks, "other.level", 8, 12).mean()
    assert alone > 0.45 and there > 0.4


def test_a_stem_that_leaks_20_db_down_stays_dark() -> None:
    gain, levels = AutomaticGain(), Levels()
    for _ in range(round(30 / HOP_S)):
        level_db = np.full(len(FAMILIES), -12.0, np.float32)
        level_db[VOCALS] = -32.0
        without_leakage(level_db)
        levels.process(level_db, gain.process(level_db))
    assert levels.level[VOCALS] < 0.1 and levels.presence[VOCALS] < 0.3
    assert levels.level[OTHER] > 0.7 and levels.presence[OTHER] > 0.95


def test_hits_jump_on_kicks_and_are_gone_before_the_next(
    make_pipeline: MakePipeline, synth: SimpleNamespace
) -> None:
    kicks_s = np.arange(0.5, 12.0, 0.5)
    frames = synth.frames_of(make_pipeline(), synth.kick_at(kicks_s, 12.0))
    hits = np.array([frame.value("kick.hits") for frame in frames])
    for kick_s in kicks_s[4:]:
        at = int(kick_s / HOP_S)
        assert hits[at : at + 3].max() > 0.9  # the picture is lit within three hops
        assert hits[at - 1] < 0.1
    assert frames[-1].value("kick.count") == len(kicks_s)
    assert frames[-1].value("low.count") == pytest.approx(len(kicks_s), abs=1)


def test_time_runs_with_the_level_and_never_back(make_pipeline: MakePipeline, synth: SimpleNamespace) -> None:
    frames = synth.frames_of(make_pipeline(), synth.groove(6.0))
    for family in range(len(FAMILIES)):
        time = np.array([frame.time[family] for frame in frames])
        level = np.array([frame.level[family] for frame in frames])
        assert (np.diff(time) >= 0).all()
        np.testing.assert_allclose(time, np.cumsum(level) * HOP_S, rtol=1e-4, atol=1e-6)


def test_presence_comes_in_about_a_second_and_goes_in_about_three(
    make_pipeline: MakePipeline, synth: SimpleNamespace
) -> None:
    song = np.concatenate([synth.groove(6.0), np.zeros(8 * 44_100)])
    frames = synth.frames_of(make_pipeline(), song)
    assert frames[int(0.3 / HOP_S)].value("all.presence") < 0.4
    assert frames[int(2.5 / HOP_S)].value("all.presence") > 0.85
    assert frames[int(7.5 / HOP_S)].value("all.presence") > 0.5
    assert frames[int(13.5 / HOP_S)].value("all.presence") < 0.2


powers = st.lists(
    st.floats(0.0, 1e6, width=32, allow_subnormal=False), min_size=len(FAMILIES), max_size=len(FAMILIES)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(powers, min_size=1, max_size=12))
def test_levels_and_hits_stay_in_range_whatever_comes(hops: list[list[float]]) -> None:
    gain, levels, onsets = AutomaticGain(), Levels(), Onsets()
    counted = np.zeros(len(FAMILIES))
    for power in hops:
        level_db = 10 * np.log10(np.array(power, np.float32) + np.float32(POWER_FLOOR))
        without_leakage(level_db)
        levels.process(level_db, gain.process(level_db))
        log_bands = np.resize(level_db / 72.0 + 1.0, (5, 128)).astype(np.float32)
        onsets.process(np.maximum(log_bands, 0.0), np.clip(level_db[-3:] / 60, 0.0, 1.0), levels.level)
        for values in (levels.level, levels.presence, onsets.hits):
            assert np.isfinite(values).all() and (values >= 0.0).all() and (values <= 1.0).all()
        assert (onsets.count >= counted).all()
        counted = onsets.count.copy()


def test_leakage_is_judged_against_the_loudest_stem_only() -> None:
    level_db = np.linspace(-40, -10, len(FAMILIES)).astype(np.float32)
    before = level_db.copy()
    without_leakage(level_db)
    rest = np.ones(len(FAMILIES), bool)
    rest[STEM_FAMILIES] = False
    np.testing.assert_array_equal(level_db[rest], before[rest])
    assert (level_db <= before).all()
    assert level_db[STEM_FAMILIES].max() == before[STEM_FAMILIES].max()
