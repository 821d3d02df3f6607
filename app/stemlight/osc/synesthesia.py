"""Says what was heard at the addresses of Synesthesia Pro, so that patches made for it work as they are.

Its tree is /audio/{level,hits,presence,time,beat,bpm,energy}/... Its four bands are ours (`low` is its
`bass`); what a frame has no number for is worked out here.
"""

from __future__ import annotations

import math
from functools import cache

from stemlight.analysis.feature_frame import FAMILIES, FIELDS, HOP_S, INF, FeatureFrame
from stemlight.osc.frame_numbers import Moment
from stemlight.osc.schema import OscAddress

ON_BEAT_RELEASE_S = 0.1  # of its "fast decay": gone before the next beat at any tempo
TWITCH = 10.0  # octaves of decay within a beat: half of the way is gone after a tenth of it
LFO_BEATS = (1, 2, 4, 8)

_ALL = FAMILIES.index("all")
_BANDS = {"bass": "low", "mid": "mid", "midhigh": "midhigh", "high": "high", "all": "all"}  # theirs: ours


class SynesthesiaNumbers:
    """The numbers of Synesthesia that are not a frame's own. One thread."""

    names = (
        "level.raw",
        "time.curved",
        "beat.onbeat",
        "beat.randomonbeat",
        "beat.beattime",
        "bpm.bpmtwitcher",
        *(f"bpm.bpm{wave}{_beats if _beats > 1 else ''}" for wave in ("sin", "tri") for _beats in LFO_BEATS),
    )

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """A stream begins."""
        self._curved_s = 0.0
        self._frame = -1
        self._position = 0.0  # in beats, counted as `beat_count`

    def process(self, frame: FeatureFrame, moment: Moment) -> list[float]:
        """In the order of `names`."""
        hops = frame.frame - self._frame if self._frame >= 0 else 1
        self._frame = frame.frame
        level = float(frame.level[_ALL])
        self._curved_s += level * level * hops * HOP_S
        # The position may step back a little when the timeline is corrected; a beat is not said twice.
        position = moment.beat_count + moment.beat_phase
        if not 0.0 < self._position - position < 0.5:
            self._position = position
        beat = math.floor(self._position)
        phase = self._position - beat
        heard = moment.beat_count > 0
        since_s = phase * 60.0 / frame.tempo_bpm
        return [
            min(10.0 ** (frame.loudness_db / 20.0), 1.0),
            self._curved_s,
            math.exp(-since_s / ON_BEAT_RELEASE_S) if heard else 0.0,
            _random(beat),
            float(beat),
            beat + (1.0 - 2.0 ** (-TWITCH * phase)) / (1.0 - 2.0**-TWITCH),
            *(0.5 + 0.5 * math.sin(2.0 * math.pi * moment.beat / beats) for beats in LFO_BEATS),
            *(1.0 - abs(1.0 - 2.0 * (moment.beat / beats % 1.0)) for beats in LFO_BEATS),
        ]


@cache
def synesthesia_table() -> tuple[OscAddress, ...]:
    """Every address of Synesthesia's audio variables."""
    return tuple(
        [_band(quantity, theirs) for quantity in ("level", "hits", "presence") for theirs in _BANDS]
        + [_own("level.raw", 1.0, "amplitude of the mix before the automatic gain")]
        + [_band("time", theirs) for theirs in _BANDS]
        + [
            _own("time.curved", INF, "clock that runs with the square of the level"),
            _own("beat.onbeat", 1.0, "1 on the beat, decays fast"),
            _own("beat.randomonbeat", 1.0, "another number on each beat"),
            _own("beat.beattime", INF, "1 more on each beat"),
            _frame("bpm/bpm", "tempo_bpm"),
            _frame("bpm/bpmconfidence", "tempo_confidence"),
            _own("bpm.bpmtwitcher", INF, "1 more on each beat: jumps on it and settles before the next"),
            *(_lfo(f"bpm.bpm{wave}", beats) for wave in ("sin", "tri") for beats in LFO_BEATS),
            _frame("energy/intensity", "intensity"),
        ]
    )


def _band(quantity: str, theirs: str) -> OscAddress:
    return _frame(f"{quantity}/{theirs}", quantity, (FAMILIES.index(_BANDS[theirs]),))


def _frame(place: str, name: str, index: tuple[int, ...] = ()) -> OscAddress:
    field = next(field for field in FIELDS if field.name == name)
    doc = f"{field.doc} ({field.unit})" if field.unit else field.doc
    return OscAddress(f"/audio/{place}", "f", field.low, field.high, "hop", doc, name, index)


def _own(name: str, high: float, doc: str) -> OscAddress:
    return OscAddress(f"/audio/{name.replace('.', '/')}", "f", 0.0, high, "hop", doc, name)


def _lfo(wave: str, beats: int) -> OscAddress:
    shape = "sine from 0.5 up" if wave.endswith("sin") else "triangle from 0 up"
    turn = "a beat" if beats == 1 else f"{beats} beats"
    return _own(f"{wave}{beats if beats > 1 else ''}", 1.0, f"{shape}, once round in {turn}")


def _random(beat: int) -> float:
    """In [0, 1); the same for the same beat everywhere (Knuth's multiplicative hash)."""
    return (beat * 2_654_435_761 % 2**32) / 2**32
