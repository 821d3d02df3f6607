"""Where the beat is when a draw is seen: what the newest frame says, carried on to that moment."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stemlight.analysis.feature_frame import FeatureFrame

MAX_BEAT = 1e9  # a frame that says more, or no number, is no frame


@dataclass(frozen=True, slots=True)
class ShownBeat:
    """For all who show the beat: uniforms, mappings, the autopilot."""

    beat: float  # integers are beats, multiples of `beats_per_bar` are downbeats
    beats_per_bar: int
    beat_count: int  # beats begun so far, as the frame counts them
    bar_count: int

    @classmethod
    def at(cls, frame: FeatureFrame, shown_s: float) -> ShownBeat:
        """At `shown_s`, on the frames' clock."""
        in_bar = max(frame.beats_per_bar, 1)
        beat, heard = frame.timeline.beat_at(shown_s), frame.beat
        if not abs(beat) < MAX_BEAT:  # nor is one whose tempo is none
            beat = heard = 0.0
        return cls(
            beat,
            in_bar,
            frame.beat_count + math.floor(beat) - math.floor(heard),
            frame.bar_count + math.floor(beat / in_bar) - math.floor(heard / in_bar),
        )

    @property
    def beat_phase(self) -> float:
        """Position inside the beat, in [0, 1)."""
        return _phase(self.beat, 1.0)

    @property
    def bar_phase(self) -> float:
        """Position inside the bar, in [0, 1)."""
        return _phase(self.beat, self.beats_per_bar) / self.beats_per_bar

    @property
    def beat_in_bar(self) -> int:
        """1 on the downbeat."""
        return self.place_of(0)

    def place_of(self, n_beats_ago: int) -> int:
        """Place in the bar, from 1, of the beat that began so many beats ago."""
        return (math.floor(self.beat) - n_beats_ago) % self.beats_per_bar + 1


def _phase(beat: float, quantum: float) -> float:
    phase = beat % quantum
    return phase if phase < quantum else 0.0  # -1e-17 % 4.0 is 4.0
