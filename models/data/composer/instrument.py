"""A note becomes sound, once: what every instrument is made of, and its memory of the notes it has played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import frame_centres
from models.data.composer.waves import midi_hz

Voice = Callable[[float, float, float, np.random.Generator], np.ndarray]  # hz, held s, velocity, rng -> (n,)
TrackEffect = Callable[[np.ndarray, np.random.Generator], np.ndarray]  # (n_channels, n) -> the same shape

VELOCITY_STEP = 0.2  # how finely loudness changes the sound itself; its level is exact
HELD_STEP_S = 0.02


@dataclass(slots=True)
class Instrument:
    """Renders notes and remembers them: music repeats itself."""

    name: str
    voice: Voice
    rng: np.random.Generator
    gain: float = 1.0  # so that all instruments are about as loud at velocity 1
    effect: TrackEffect | None = None  # on the whole track: amplifier, chorus
    _rendered: dict[tuple[float, int, int], np.ndarray] = field(default_factory=dict)

    def note(self, midi: float, held_s: float, velocity: float) -> np.ndarray:
        """float32 (n,), read-only by agreement: it is handed out again for an equal note."""
        held, loud = max(1, round(held_s / HELD_STEP_S)), max(1, round(velocity / VELOCITY_STEP))
        key = (midi, held, loud)
        if key not in self._rendered:
            hz = float(midi_hz(midi))
            self._rendered[key] = self.voice(hz, held * HELD_STEP_S, loud * VELOCITY_STEP, self.rng)
        return self._rendered[key]


Made = tuple[Voice, float, TrackEffect | None]  # voice, gain, effect: what a maker hands to `Instrument`
Maker = Callable[[np.random.Generator], Made]  # turns the knobs at random


def falling_cutoff(n: int, base_hz: float, peak_hz: float, fall_s: float) -> np.ndarray:
    """For `swept_low_pass` of a note of `n` samples: from `peak_hz` to `base_hz` in about `fall_s`."""
    return base_hz + (peak_hz - base_hz) * np.exp(-frame_centres(n) / (fall_s * SAMPLE_RATE))
