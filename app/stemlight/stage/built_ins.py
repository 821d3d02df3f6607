"""What every shader is told of the moment and of the size it is drawn at, by the names of each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.stage.moment import Moment

Size = tuple[int, int]  # of the pass, in pixels
Value = float | tuple[float, ...]

FIRST_FRAME_RATE = 60.0  # what iFrameRate says on the first draw, when no time has passed


def _frame_rate(moment: Moment) -> float:
    return 1.0 / moment.delta_s if moment.delta_s > 0.0 else FIRST_FRAME_RATE


def _shadertoy_date(moment: Moment) -> tuple[float, ...]:
    """Months from 0."""
    year, month, day, seconds = moment.isf_date
    return year, month - 1.0, day, seconds


BUILT_INS: Mapping[str, Callable[[Moment, Size], Value]] = MappingProxyType(
    {
        "TIME": lambda moment, _: moment.time_s,
        "TIMEDELTA": lambda moment, _: moment.delta_s,
        "FRAMEINDEX": lambda moment, _: moment.index,
        "FRAMECOUNT": lambda moment, _: float(moment.index),
        "DATE": lambda moment, _: moment.isf_date,
        "RENDERSIZE": lambda _, size: (float(size[0]), float(size[1])),
        "iTime": lambda moment, _: moment.time_s,
        "iTimeDelta": lambda moment, _: moment.delta_s,
        "iFrame": lambda moment, _: moment.index,
        "iFrameRate": lambda moment, _: _frame_rate(moment),
        "iSampleRate": lambda *_: float(SAMPLE_RATE),
        "iDate": lambda moment, _: _shadertoy_date(moment),
        "iResolution": lambda _, size: (float(size[0]), float(size[1]), 1.0),
    }
)
