"""Notes of plucked strings, and the amplifiers behind them."""

from __future__ import annotations

import numpy as np

from models.data.composer.filters import bell, high_pass, low_pass
from models.data.composer.instrument import Made, Maker
from models.data.composer.mixing import chorus
from models.data.composer.waves import String, fade_out, samples, string


def _plucked(brightness: tuple[float, float], ring_s: tuple[float, float], body: bool, gain: float) -> Maker:
    def make(rng: np.random.Generator) -> Made:
        bright, length_s, position = rng.uniform(*brightness), rng.uniform(*ring_s), rng.uniform(0.1, 0.3)
        body_hz = rng.uniform(95, 125)

        def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
            n = samples(held_s + 0.06)
            tone = string(hz, n, String(length_s, bright * (0.6 + 0.4 * velocity), position, 5e-5), rng)
            if body:  # the box's air and top resonances
                tone = bell(bell(tone, body_hz, 5, 2.0), body_hz * 2.05, 4, 2.0)
            return fade_out(tone, 0.05)

        return voice, gain, None

    return make


def _clean_electric(rng: np.random.Generator) -> Made:
    voice, gain, _ = _plucked((0.55, 0.8), (1.5, 3.0), False, 0.5)(rng)
    wet = rng.random() < 0.6

    def amplifier(track: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        out = _cabinet(np.tanh(1.5 * track), 5000)
        return chorus(out, rng) if wet else out

    return voice, gain, amplifier


def _distorted(drive_db: tuple[float, float], muted: bool) -> Maker:
    def make(rng: np.random.Generator) -> Made:
        bright, position = rng.uniform(0.6, 0.95), rng.uniform(0.08, 0.2)
        drive = 10 ** (rng.uniform(*drive_db) / 20)
        top_hz = rng.uniform(3800, 5500)

        def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
            n = samples(held_s + 0.04)
            palm = muted and held_s < 0.22 and velocity < 0.85
            return fade_out(
                string(hz, n, String(0.35 if palm else 5.0, 0.45 if palm else bright, position, 5e-5), rng),
                0.035,
            )

        def amplifier(track: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            tight = bell(high_pass(track, 110), 800, 4)
            return (
                _cabinet(np.tanh(drive * tight) * 0.6 + np.tanh(drive * 0.5 * tight + 0.2) * 0.3, top_hz)
                * 0.4
            )

        return voice, 0.6, amplifier

    return make


def _cabinet(track: np.ndarray, top_hz: float) -> np.ndarray:
    """A 12-inch speaker: nothing below 80 Hz, a presence peak, a wall above `top_hz`."""
    return low_pass(bell(bell(high_pass(track, 80), 2600, 5, 1.2), 400, -3), top_hz, 4)


GUITARS: dict[str, Maker] = {
    "steel_guitar": _plucked((0.6, 0.9), (2.0, 4.0), True, 0.55),
    "nylon_guitar": _plucked((0.3, 0.5), (1.2, 2.2), True, 0.6),
    "harp": _plucked((0.45, 0.65), (2.0, 3.5), False, 0.5),
    "clean_guitar": _clean_electric,
    "crunch_guitar": _distorted((12, 22), False),
    "metal_guitar": _distorted((28, 42), True),
}
