"""Build-ups, drops and intensity on an arc that was made to have them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
from stemlight.analysis.feature_frame import HOP_S, FeatureFrame
from stemlight.analysis.pipeline import Pipeline

MakePipeline = Callable[[], Pipeline]
BAR_S = 2.0  # of the arc, see conftest.py
DROP_S = 16 * BAR_S


def times_of_drops(frames: list[FeatureFrame]) -> np.ndarray:
    counts = np.array([0] + [frame.drop_count for frame in frames])
    return np.flatnonzero(np.diff(counts)) * HOP_S


def test_the_drop_is_called_once_and_where_it_is(arc_frames: list[FeatureFrame]) -> None:
    drops = times_of_drops(arc_frames)
    assert len(drops) == 1
    assert DROP_S - 0.05 < drops[0] < DROP_S + 0.6
    at = int(drops[0] / HOP_S)
    assert arc_frames[at].drop == 1.0
    assert arc_frames[at + int(6 * BAR_S / HOP_S)].drop < 0.1


def test_the_build_up_is_seen_in_its_bars_only(arc_frames: list[FeatureFrame]) -> None:
    build = np.array([frame.build for frame in arc_frames])

    def bars(first: float, last: float) -> np.ndarray:
        return build[int(first * BAR_S / HOP_S) : int(last * BAR_S / HOP_S)]

    assert bars(14, 16).max() > 0.6
    assert bars(0, 8).max() < 0.2
    assert bars(18, 24).max() < 0.2


def test_a_steady_groove_neither_builds_nor_drops(groove_frames: list[FeatureFrame]) -> None:
    assert groove_frames[-1].drop_count == 0
    assert max(frame.build for frame in groove_frames) < 0.2


def test_intensity_grows_over_bars_and_stays_low_for_a_pad(
    make_pipeline: MakePipeline, synth: SimpleNamespace, groove_frames: list[FeatureFrame]
) -> None:
    pad = synth.frames_of(make_pipeline(), synth.chord((220.0, 277.2, 329.6), 24.0, 0.05))
    values = [groove_frames[int(s / HOP_S)].intensity for s in (1, 5, 10, 23)]
    assert values == sorted(values)
    assert values[-1] > 1.15 * pad[-1].intensity
    assert all(0.0 <= frame.intensity <= 1.0 for frame in groove_frames)
