"""A song becomes its frames: the unpaced end of the one line of data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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


def heard_hops(source: FileSource) -> Iterator[HeardHop]:
    """Every hop of `source` with its frame, heard by a pipeline that knows nothing yet."""
    pipeline = Pipeline()
    for hop in source.hops():
        yield HeardHop(hop, pipeline.process(hop))
