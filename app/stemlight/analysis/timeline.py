"""Maps time to beats, so that whoever shows a beat asks for its own moment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeline:
    """Maps time to beats, at constant tempo from an origin."""

    tempo_bpm: float  # > 0
    beat_origin: float  # beats; integers are beats, multiples of beats_per_bar are downbeats
    time_origin_s: float  # seconds, on the clock that the caller asks with
    beats_per_bar: int = 4

    def beat_at(self, time_s: float) -> float:
        """Beat position at `time_s`. Inverse of `time_at`."""
        return self.beat_origin + (time_s - self.time_origin_s) * self.tempo_bpm / 60.0

    def time_at(self, beat: float) -> float:
        """Time at which the position is `beat`. Inverse of `beat_at`."""
        return self.time_origin_s + (beat - self.beat_origin) * 60.0 / self.tempo_bpm

    def phase_at(self, time_s: float, quantum: float) -> float:
        """Position inside the current `quantum` beats, in [0, quantum), also before the origin."""
        phase = self.beat_at(time_s) % quantum
        return phase if phase < quantum else 0.0  # -1e-17 % 4.0 is 4.0

    def bar_phase_at(self, time_s: float) -> float:
        """Position inside the bar, in [0, 1)."""
        return self.phase_at(time_s, self.beats_per_bar) / self.beats_per_bar
