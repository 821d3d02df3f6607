"""Frames become one picture: the stems, the drum parts, the tempo and the beats over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from stemlight.analysis.feature_frame import DRUM_PARTS, FAMILIES, STEMS, FeatureFrame
from stemlight.errors import UserError
from stemlight.offline.fired_beats import FiredBeat
from stemlight.whole_file import whole_file

STEM_COLORS = {"drums": "#ff5c5c", "bass": "#ffb13d", "vocals": "#4fc3f7", "other": "#9b8cff"}
_STEM_ROWS = [FAMILIES.index(stem) for stem in STEMS]
_PART_ROWS = [FAMILIES.index(part) for part in DRUM_PARTS]


class FramePlot:
    """Keeps twelve numbers a frame and draws them at the end. Needs matplotlib."""

    def __init__(self) -> None:
        try:
            import matplotlib
        except ImportError:
            raise UserError("--plot needs matplotlib; pip install 'stemlight[plot]'") from None
        matplotlib.use("Agg")
        self._rows: list[tuple[float, ...]] = []

    def hear(self, frame: FeatureFrame) -> None:
        """Next frame, in order."""
        self._rows.append(
            (
                frame.time_s,
                frame.tempo_bpm,
                frame.tempo_confidence,
                frame.intensity,
                *frame.level[_STEM_ROWS],
                *frame.hits[_PART_ROWS],
            )
        )

    def save(self, path: Path, title: str, beats: Sequence[FiredBeat]) -> None:
        """Write the picture as PNG, whole."""
        from matplotlib.figure import Figure

        time_s, tempo_bpm, confidence, intensity, *series = np.array(self._rows, np.float32).T
        with_style = {"linewidth": 0.8}
        figure = Figure(figsize=(16, 9), dpi=100, layout="constrained")
        axes = figure.subplots(len(STEMS) + len(DRUM_PARTS) + 1, sharex=True)
        for axis, name, values in zip(axes, (*STEMS, *DRUM_PARTS), series, strict=False):
            axis.fill_between(time_s, values, color=STEM_COLORS.get(name, STEM_COLORS["drums"]), linewidth=0)
            axis.set(ylim=(0, 1.05), ylabel=name, yticks=[])
            for beat in beats:
                if beat.beat_in_bar == 1:
                    axis.axvline(beat.time_s, color="black", alpha=0.25, linewidth=0.6)
        axes[-1].plot(time_s, tempo_bpm, color="black", **with_style)
        axes[-1].set(ylabel="tempo, bpm", xlabel="s", ylim=(50, 220), xlim=(0, time_s[-1]))
        right = axes[-1].twinx()
        right.plot(time_s, confidence, color="tab:green", label="confidence", **with_style)
        right.plot(time_s, intensity, color="tab:purple", label="intensity", **with_style)
        right.set(ylim=(0, 1.05))
        right.legend(loc="upper right")
        figure.suptitle(f"{title}: levels of the stems, hits of the drum parts, downbeats as lines")
        with whole_file(path) as temporary:
            figure.savefig(temporary, format="png")
