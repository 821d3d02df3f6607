"""The balance of bass and treble over bars becomes intensity, build-ups and drops.

A build-up, as dance music makes it: the low end thins out while treble, noise and onsets grow. A drop: the
low end is back at a stroke and the whole is louder, on a bar line if the bar is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from stemlight.analysis.feature_frame import HOP_S

BASS_RANGE_DB = 18.0  # below the mix's reference: no bass
TREBLE_RANGE_DB = 40.0  # below it: no treble

NOW_S = 0.12  # bass now: a kick or two
PHRASE_S = 1.5  # what has been lately
BEFORE_S = 6.0  # what was before that
USUAL_S = 30.0  # how much bass this song has, at its fullest

THIN = 0.45  # of the usual bass: the low end is out
THIN_LEAST_S = 1.5  # for at least this long, or it is a gap between two kicks
ARMED_S = 4.0  # a return later than this after the low end came back by and by is no drop
RETURN = 0.75  # of the usual bass: it is back
JUMP = 1.6  # and this much more bass than in the last phrase
LOUDER = 0.04  # and the whole this much louder than in it, in level
BAR_LINE = 0.1  # of a bar, to either side: a drop is called at once
OFF_LINE_S = 0.35  # elsewhere the bass must stay this long
SETTLED_S = 8.0  # of music before the first drop
APART_BARS = 4.0  # between two drops
DROP_BARS = 2.0  # in which `drop` falls to 1/e

RISE_FULL = 0.10  # growth from BEFORE_S to PHRASE_S that is a build-up beyond doubt
BUILD_ATTACK_S, BUILD_RELEASE_S = 1.5, 1.0
INTENSITY_UP_BARS, INTENSITY_DOWN_BARS = 8.0, 4.0
INTENSITY_SCALE = 1.5  # loud, deep, bright and busy at once is full; music is rarely all four
HOLD_S = 0.8  # the level between two kicks counts as theirs
ONSETS_FULL = 8.0  # a second: as busy as it gets


def _step(seconds: float) -> float:
    """Share of the way to the goal in one hop, for a time constant."""
    return 1.0 - math.exp(-HOP_S / seconds)


_NOW, _PHRASE, _BEFORE = _step(NOW_S), _step(PHRASE_S), _step(BEFORE_S)
_USUAL_DECAY = 1.0 - _step(USUAL_S)
_HOLD_DECAY = 1.0 - _step(HOLD_S)
_BUILD_UP, _BUILD_DOWN = _step(BUILD_ATTACK_S), _step(BUILD_RELEASE_S)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one hop says of the balance."""

    level: float  # of the mix, 0..1
    bass_db: float  # power of the low band below the mix's reference
    treble_db: float  # of the high bands likewise
    brightness: float  # centroid, 0..1
    onsets: int  # of the mix, so far
    bar_phase: float  # [0, 1)
    bar_s: float  # seconds a bar


class Structure:
    """Where in its arc the music is. One thread."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As if nothing had been heard."""
        self.intensity = 0.0  # 0..1
        self.build = 0.0  # 0..1
        self.drop = 0.0  # 0..1
        self.drop_count = 0
        self._bass_now = self._bass_phrase = self._bass_usual = 0.0
        self._level_held = 0.0
        self._level_now = self._level_phrase = 0.0
        self._rise_phrase = self._rise_before = 0.0
        self._onset_rate = 0.0
        self._onsets = 0
        self._thin_s = 0.0
        self._armed_s = 0.0
        self._back_s = 0.0
        self._music_s = 0.0
        self._since_drop_s = math.inf

    def process(self, heard: Heard) -> None:
        """Results are in `intensity`, `build`, `drop` and `drop_count`."""
        bass = min(max(1.0 + heard.bass_db / BASS_RANGE_DB, 0.0), 1.0)
        treble = min(max(1.0 + heard.treble_db / TREBLE_RANGE_DB, 0.0), 1.0)
        self._onset_rate += ((heard.onsets - self._onsets) / HOP_S - self._onset_rate) * _PHRASE
        self._onsets = heard.onsets
        busy = min(self._onset_rate / ONSETS_FULL, 1.0)
        if heard.level > 0.02:
            self._music_s += HOP_S
        self._follow_bass(bass, heard.level)
        self._follow_build(treble + 0.5 * busy + 0.5 * heard.brightness, heard.level)
        self._follow_drop(heard)
        self._level_held = max(heard.level, self._level_held * _HOLD_DECAY)
        fullness = 0.2 + 0.3 * busy + 0.2 * treble + 0.3 * min(2.0 * self._bass_phrase, 1.0)
        goal = min(INTENSITY_SCALE * self._level_held * fullness, 1.0)
        bars = INTENSITY_UP_BARS if goal > self.intensity else INTENSITY_DOWN_BARS
        self.intensity += (goal - self.intensity) * _step(bars * heard.bar_s)

    def _follow_bass(self, bass: float, level: float) -> None:
        self._bass_now += (bass - self._bass_now) * _NOW
        self._bass_phrase += (bass - self._bass_phrase) * _PHRASE
        self._bass_usual = max(self._bass_usual * _USUAL_DECAY, self._bass_phrase)
        self._level_now += (level - self._level_now) * _NOW
        self._level_phrase += (level - self._level_phrase) * _PHRASE
        thin = self._bass_phrase < THIN * max(self._bass_usual, 0.3)
        self._thin_s = self._thin_s + HOP_S if thin else 0.0
        if self._thin_s > THIN_LEAST_S:
            self._armed_s = ARMED_S
        else:
            self._armed_s = max(self._armed_s - HOP_S, 0.0)

    def _follow_build(self, rising: float, level: float) -> None:
        self._rise_phrase += (rising - self._rise_phrase) * _PHRASE
        self._rise_before += (rising - self._rise_before) * _BEFORE
        growth = min(max((self._rise_phrase - self._rise_before) / RISE_FULL, 0.0), 1.0)
        settled = min(self._music_s / SETTLED_S, 1.0)  # a song that begins grows too
        goal = growth * settled if self._armed_s > 0.0 and level > 0.02 else 0.0
        self.build += (goal - self.build) * (_BUILD_UP if goal > self.build else _BUILD_DOWN)

    def _follow_drop(self, heard: Heard) -> None:
        self._since_drop_s += HOP_S
        self.drop *= math.exp(-HOP_S / (DROP_BARS * heard.bar_s))
        back = (
            self._armed_s > 0.0
            and self._bass_now > RETURN * max(self._bass_usual, 0.3)
            and self._bass_now > JUMP * self._bass_phrase
            and self._level_now > self._level_phrase + LOUDER
        )
        self._back_s = self._back_s + HOP_S if back else 0.0
        on_line = min(heard.bar_phase, 1.0 - heard.bar_phase) < BAR_LINE
        ready = self._music_s > SETTLED_S and self._since_drop_s > APART_BARS * heard.bar_s
        if back and ready and (on_line or self._back_s > OFF_LINE_S):
            self.drop = 1.0
            self.drop_count += 1
            self._armed_s = 0.0
            self._thin_s = 0.0
            self._since_drop_s = 0.0
