"""A song becomes its frames: the unpaced end of the one line of data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.analysis.pipeline import Pipeline
from stemlight.audio.file_source import FileSource

Progress = Callable[[float, float], None]  # seconds done, seconds in all


@dataclass(frozen=True, slots=True)
class HeardHop:
    """One hop of a song and what was heard up to its end."""

    samples: np.ndarray  # float32 (HOP_LENGTH, 2)
    frame: FeatureFrame


def heard_hops(song: Path, start_s: float = 0.0, seconds: float | None = None) -> Iterator[HeardHop]:
    """Every hop of `song` from `start_s`, with its frame. The samples are valid until the next one."""
    pipeline = Pipeline()
    for hop in FileSource(song, start_s=start_s, seconds=seconds).hops():
        yield HeardHop(hop, pipeline.process(hop))
