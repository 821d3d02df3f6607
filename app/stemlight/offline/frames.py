"""A song becomes its frames: the unpaced end of the one line of data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.analysis.networks import load_chosen
from stemlight.analysis.pipeline import Pipeline
from stemlight.audio.file_source import FileSource
from stemlight.model_folders import ModelFolders

Progress = Callable[[float, float], None]  # seconds done, seconds in all


@dataclass(frozen=True, slots=True)
class HeardHop:
    """One hop of a song and what was heard up to its end."""

    samples: np.ndarray  # float32 (HOP_LENGTH, 2)
    frame: FeatureFrame


def heard_hops(source: FileSource, models: ModelFolders | None = None) -> Iterator[HeardHop]:
    """Every hop of `source` with its frame, heard by a pipeline that knows nothing yet.

    `models`: by default those that ship; UserError where they do not load.
    """
    pipeline = Pipeline(load_chosen(models))
    for hop in source.hops():
        yield HeardHop(hop, pipeline.process(hop))
