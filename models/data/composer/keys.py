"""Notes of what is struck by keys or mallets: piano, electric piano, organ, clavinet, bells, marimba."""

from __future__ import annotations

import numpy as np

from models.data.composer.filters import band_pass, bell, high_pass, low_pass
from models.data.composer.instrument import Made, Maker
from models.data.composer.mixing import chorus
from models.data.composer.waves import String, adsr, decay, fade_out, fm, modes, noise, samples, sine, string


def _piano(rng: np.random.Generator) -> Made:
    bright, stretch = rng.uniform(0.5, 0.85), rng.uniform(0.7, 1.5)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(held_s + 0.15)
        ring_s = 7.0 * (110 / hz) ** 0.5
        stiffness = 2.5e-4 * stretch * (hz / 130) ** 1.3
        tone = np.zeros(n, np.float32)
        for cents in (-0.6, 0.7):  # the strings of one key are never quite in tune
            tone += string(
                hz * 2 ** (cents / 1200),
                n,
                String(ring_s, bright * (0.45 + 0.55 * velocity), 0.12, stiffness),
                rng,
            )
        knock = band_pass(noise(n, rng) * decay(n, 0.04), 150, 1200) * 0.15 * velocity
        return fade_out(0.6 * tone + knock, 0.13)

    return voice, 0.55, None


def _electric_piano(rng: np.random.Generator) -> Made:
    tine, bark, ring_s = rng.uniform(0.05, 0.3), rng.uniform(0.6, 2.0), rng.uniform(1.5, 3.5)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(held_s + 0.12)
        body = fm(hz, n, 1.0, bark * velocity * decay(n, 1.2)) * decay(n, ring_s * (260 / hz) ** 0.3)
        ping = fm(hz, n, 14.0, 0.6) * decay(n, 0.25) * tine * velocity
        return fade_out(body + ping, 0.1)

    return voice, 0.5, lambda track, rng: chorus(track, rng, 0.0015, 0.8)


def _organ(rng: np.random.Generator) -> Made:
    feet = np.array([0.5, 1.5, 1, 2, 3, 4, 5, 6, 8])
    bars = rng.uniform(0, 1, 9) * np.array([1, 0.7, 1, 0.8, 0.6, 0.5, 0.3, 0.3, 0.3])
    bars /= np.sqrt(np.square(bars).sum())
    click = rng.uniform(0, 0.3)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), 0.006, 0.1, 1.0, 0.03)
        n = len(envelope)
        tone = np.sum([b * sine(hz * f, n, rng.random()) for b, f in zip(bars, feet, strict=True)], axis=0)
        return (tone * envelope + click * high_pass(noise(n, rng) * decay(n, 0.015), 2000) * 0.3).astype(
            np.float32
        )

    def leslie(track: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return chorus(track, rng, 0.0006, float(rng.choice([0.9, 6.3])))

    return voice, 0.45, leslie


def _clavinet(rng: np.random.Generator) -> Made:
    position, width_hz = rng.uniform(0.06, 0.2), rng.uniform(900, 2200)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(held_s + 0.03)
        return fade_out(bell(string(hz, n, String(1.6, 0.9, position, 2e-4), rng), width_hz, 7), 0.025)

    return voice, 0.5, None


def _bells(rng: np.random.Generator) -> Made:
    ratio, depth = float(rng.choice([1.41, 2.76, 3.5, 5.4])), rng.uniform(0.8, 2.5)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(min(held_s + 1.2, 2.5))
        return fade_out(fm(hz, n, ratio, depth * velocity * decay(n, 1.5)) * decay(n, 2.0), 0.1)

    return voice, 0.4, None


def _marimba(rng: np.random.Generator) -> Made:
    ratios = np.array([1.0, 3.93, 9.5])

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(1.0)
        tone = modes(hz * ratios, np.array([1, 0.3 * velocity, 0.1]), np.array([0.9, 0.25, 0.1]), n, rng)
        return fade_out(tone + 0.2 * low_pass(noise(n, rng) * decay(n, 0.02), 1500), 0.05)

    return voice, 0.55, None


KEYS: dict[str, Maker] = {
    "piano": _piano,
    "electric_piano": _electric_piano,
    "organ": _organ,
    "clavinet": _clavinet,
    "bells": _bells,
    "marimba": _marimba,
}
