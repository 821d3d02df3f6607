"""What ships hears what is there: the whole pipeline with the trained pair, on signals of known truth."""

import numpy as np
import pytest
from stemlight.analysis.feature_frame import FAMILIES, HOP_LENGTH, SAMPLE_RATE, STEMS, FeatureFrame
from stemlight.analysis.pipeline import Pipeline

from models.data import signals

WINDOW_S = 0.070  # of a beat, either way: the field's usual one
SETTLED = 5 * SAMPLE_RATE // HOP_LENGTH  # hops: the automatic gain has found the song's level


def heard(sound: np.ndarray) -> list[FeatureFrame]:
    pipeline = Pipeline()
    hops = sound[: len(sound) // HOP_LENGTH * HOP_LENGTH].reshape(-1, HOP_LENGTH)
    return [pipeline.process(np.stack([hop, hop], axis=1)) for hop in hops]


def beats_fired(frames: list[FeatureFrame]) -> np.ndarray:
    counts = np.array([frame.beat_count for frame in frames])
    times_s = np.array([frame.time_s for frame in frames])
    return times_s[1:][np.diff(counts) > 0]


@pytest.mark.parametrize("tempo_bpm", [96.0, 124.0])
def test_a_drum_loop_is_beaten_along_with(tempo_bpm):
    signal = signals.drum_loop(tempo_bpm, 16.0)
    frames = heard(signal.sound)
    assert frames[-1].tempo_bpm == pytest.approx(tempo_bpm, abs=1.0)
    expected = signal.beats.times_s[signal.beats.times_s > 6.0]
    fired = beats_fired(frames)
    nearest = np.abs(expected[:, None] - fired[None, :]).min(axis=1)
    assert np.mean(nearest < WINDOW_S) > 0.9
    assert (fired > 6.0).sum() == pytest.approx(len(expected), abs=1)


@pytest.mark.parametrize("stem", STEMS)
def test_who_plays_alone_is_the_loudest(stem):
    """Over three songs: in one by one the pair still errs (808 kicks are half bass; models/README.md)."""
    rows = [FAMILIES.index(name) for name in STEMS]
    levels = [
        frame.level[rows]
        for seed in (0, 5, 20)
        for frame in heard(signals.single_stem(stem, 10.0, seed).sound)[SETTLED:]
    ]
    assert STEMS[int(np.mean(levels, axis=0).argmax())] == stem


def test_a_drop_is_called_when_it_comes():
    signal = signals.build_and_drop()
    frames = heard(signal.sound)
    first = next(frame.time_s for frame in frames if frame.drop_count)
    assert signal.drop_s is not None and 0.0 <= first - signal.drop_s < 2.0
