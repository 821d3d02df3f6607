"""What a person says of a beat from outside: twice as fast, half a beat on, the one is now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stemlight.analysis.timeline import Timeline
from stemlight.sync.source import Knows

MOST_OCTAVES = 2  # up or down: a clock at a quarter of the tempo is still meant
NEAR = 0.25  # beats: nearer to a beat than this, the press meant that beat (as the decoder takes it)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Between a source's line and the one that is followed. As it is to begin with."""

    octaves: int = 0
    shift: float = 0.0  # beats, after the octaves

    def __call__(self, line: Timeline) -> Timeline:
        """The line as the person wants it."""
        scale = 2.0**self.octaves
        return replace(
            line, tempo_bpm=line.tempo_bpm * scale, beat_origin=line.beat_origin * scale + self.shift
        )

    def doubled(self) -> Adjustment:
        """Twice as fast; every beat, and every bar line, still one."""
        return self._at_octave(self.octaves + 1)

    def halved(self) -> Adjustment:
        """Half as fast; every second bar line still one."""
        return self._at_octave(self.octaves - 1)

    def shifted_half_a_beat(self) -> Adjustment:
        """The beat is where the off-beat was; a second time undoes the first."""
        return replace(self, shift=self.shift - 0.5 if self.shift % 1.0 >= 0.5 else self.shift + 0.5)

    def with_one_at(self, line: Timeline, time_s: float) -> Adjustment:
        """The source's `line` has the first beat of a bar at, or next to, `time_s`."""
        beat = self(line).beat_at(time_s)
        off = beat - round(beat)
        shift = self.shift if abs(off) <= NEAR else self.shift - off
        return replace(self, shift=shift - round(beat) % line.beats_per_bar)

    def with_beat_of(self, line: Timeline, heard: Timeline, time_s: float, knows: Knows) -> Adjustment:
        """What the source does not know itself, the beat or the bar, is as it is heard at `time_s`."""
        shift = heard.beat_at(time_s) - replace(self, shift=0.0)(line).beat_at(time_s)
        return replace(self, shift={"tempo": shift, "beat": float(round(shift)), "bar": 0.0}[knows])

    def _at_octave(self, octaves: int) -> Adjustment:
        if abs(octaves) > MOST_OCTAVES:
            return self
        return Adjustment(octaves, self.shift * 2.0 ** (octaves - self.octaves))
