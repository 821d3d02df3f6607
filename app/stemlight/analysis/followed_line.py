"""Lets the beat follow a line from outside, Ableton Link or a MIDI clock, in place of the one that was heard.

Until somebody says `follow` the decoder's word passes as it is, to the bit. From then on one position of our
own slews towards the line that counts, outside's or the ear's, so that a picture never jumps when the
source is changed, comes late or goes.
"""

from __future__ import annotations

import math
from dataclasses import replace

from stemlight.analysis.beats import BeatState
from stemlight.analysis.feature_frame import HOP_S
from stemlight.analysis.timeline import Timeline

SLEW_S = 0.1  # time constant of phase corrections: the decoder's own
MAX_SLEW = 0.5  # of the tempo: the beat never stands still, and half a beat is made up in one
BAR_REACH = 0.25  # beats of phase error below which it is beyond doubt which beat is meant
_SHARE = 1.0 - math.exp(-HOP_S / SLEW_S)  # of the error that one hop takes away


class FollowedLine:
    """The beat as it is shown. One thread; no clock: the line is told in stream time, between two hops."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As if nobody had said a word: what is heard is shown."""
        self._line: Timeline | None = None
        self._heard: BeatState | None = None  # of the last hop
        self._leads = False  # the position below is what is shown
        self._position = 0.0  # beats
        self._beat_count = 0
        self._bar_count = 0

    @property
    def heard(self) -> BeatState | None:
        """What the ear said of the last hop, whatever was shown; None before the first."""
        return self._heard

    def follow(self, line: Timeline | None) -> None:
        """From the next hop on the beat goes by `line`, on the stream's clock; by the ear if None."""
        self._line = line

    def process(self, heard: BeatState) -> BeatState:
        """What to show for the hop that ends at `heard.timeline.time_origin_s`."""
        before, self._heard = self._heard, heard
        if self._line is not None and not self._leads:
            self._take_over(before or heard)
        if not self._leads:
            return heard
        line = self._line or heard.timeline
        now_s = heard.timeline.time_origin_s
        self._move(line.beat_at(now_s), line, counts=self._line is not None or heard.beat_count > 0)
        return replace(
            heard,
            timeline=replace(line, beat_origin=self._position, time_origin_s=now_s),
            beat_in_bar=math.floor(self._position) % line.beats_per_bar + 1,
            beat_count=self._beat_count,
            bar_count=self._bar_count,
            confidence=heard.confidence if self._line is None else 1.0,
        )

    def _take_over(self, shown: BeatState) -> None:
        self._leads = True
        self._position = shown.timeline.beat_origin
        self._beat_count, self._bar_count = shown.beat_count, shown.bar_count

    def _move(self, goal: float, line: Timeline, counts: bool) -> None:
        """One hop on, towards `goal`; forward by whole beats where the bar line is another's."""
        step = line.tempo_bpm / 60.0 * HOP_S
        distance = goal - self._position - step
        whole = round(distance)
        error = distance - whole
        if abs(error) < BAR_REACH:
            self._position += whole % line.beats_per_bar
        before = math.floor(self._position)
        self._position += step + min(max(error * _SHARE, -MAX_SLEW * step), MAX_SLEW * step)
        after = math.floor(self._position)
        if after > before and counts:
            self._beat_count += 1
            self._bar_count += after % line.beats_per_bar == 0
