"""Bass notes: sines, saws, growls, plucked strings, amplifiers."""

from __future__ import annotations

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import bell, frame_centres, high_pass, high_shelf, low_pass, swept_low_pass
from models.data.composer.instrument import Made, Maker, falling_cutoff
from models.data.composer.waves import (
    String,
    adsr,
    decay,
    fade_out,
    fm,
    noise,
    pulse,
    samples,
    saw,
    sine,
    string,
    supersaw,
)


def _sub_bass(rng: np.random.Generator) -> Made:
    drive, release_s = rng.uniform(0.5, 2.5), rng.uniform(0.05, 0.12)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), 0.006, 0.4, 0.85, release_s)
        tone = sine(hz, len(envelope))
        return low_pass(np.tanh((1 + drive) * tone) / np.tanh(1 + drive) * envelope, 1200)

    return voice, 0.8, None


def _808_bass(rng: np.random.Generator) -> Made:
    drive, decay_s = rng.uniform(1.0, 3.5), rng.uniform(1.0, 2.5)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(held_s + 0.08)
        glide = hz * (1 + 0.8 * np.exp(-np.arange(n) / (0.012 * SAMPLE_RATE)))
        tone = np.tanh(drive * sine(glide, n) * decay(n, decay_s)) / np.tanh(drive)
        return fade_out(tone, 0.07)

    return voice, 0.8, None


def _saw_bass(rng: np.random.Generator) -> Made:
    base, peak, fall_s = rng.uniform(1.5, 4), rng.uniform(6, 22), rng.uniform(0.05, 0.35)
    resonance, square = rng.uniform(0.7, 3.0), rng.random() < 0.4
    sustain, detune = rng.uniform(0.5, 1.0), rng.uniform(0, 14)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), 0.004, 0.25, sustain, 0.06)
        n = len(envelope)
        tone = pulse(hz, n, 0.45) if square else supersaw(hz, n, 2, detune, rng)
        cutoff = falling_cutoff(n, hz * base, hz * peak * (0.4 + 0.6 * velocity), fall_s)
        return (swept_low_pass(tone, cutoff, resonance) + 0.2 * sine(hz, n)) * envelope

    return voice, 0.6, None


def _reese_bass(rng: np.random.Generator) -> Made:
    detune, cutoff_hz = rng.uniform(15, 35), rng.uniform(400, 1400)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), 0.01, 0.5, 0.9, 0.08)
        n = len(envelope)
        wobble = cutoff_hz * (
            1 + 0.5 * np.sin(2 * np.pi * 0.5 * frame_centres(n) / SAMPLE_RATE + 6 * rng.random())
        )
        tone = swept_low_pass(supersaw(hz, n, 3, detune, rng), wobble, 1.0)
        return (tone + 0.4 * sine(hz, n)) * envelope

    return voice, 0.55, None


def _wobble_bass(rng: np.random.Generator) -> Made:
    low_hz, high_hz = rng.uniform(150, 300), rng.uniform(1500, 4500)
    depth = rng.uniform(0.5, 3)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), 0.005, 0.5, 0.95, 0.05)
        n = len(envelope)
        n_wobbles = int(rng.choice([1, 2, 3, 4, 6]))
        turn = np.cos(2 * np.pi * n_wobbles * frame_centres(n) / samples(held_s))
        cutoff = low_hz * (high_hz / low_hz) ** (0.5 - 0.5 * turn)
        growl = fm(hz, n, 1.0, depth) + saw(hz, n) + 0.5 * saw(hz * 1.007, n)
        return (0.6 * np.tanh(1.5 * swept_low_pass(growl, cutoff, 2.0)) + 0.35 * sine(hz, n)) * envelope

    return voice, 0.55, None


def _fm_bass(rng: np.random.Generator) -> Made:
    ratio, depth, fall_s = float(rng.choice([1.0, 2.0, 3.0, 0.5])), rng.uniform(1, 4), rng.uniform(0.08, 0.4)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), 0.003, 0.3, 0.6, 0.06)
        n = len(envelope)
        return fm(hz, n, ratio, depth * velocity * decay(n, fall_s * 3)) * envelope

    return voice, 0.75, None


def _plucked_bass(brightness: tuple[float, float], decay_s: tuple[float, float], slap: float) -> Maker:
    def make(rng: np.random.Generator) -> Made:
        bright, ring_s, position = rng.uniform(*brightness), rng.uniform(*decay_s), rng.uniform(0.1, 0.3)
        growl = rng.uniform(0.6, 2.0)

        def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
            n = samples(held_s + 0.06)
            tone = string(
                hz, n, String(ring_s, min(1.0, bright * (0.6 + 0.4 * velocity)), position, 8e-5), rng
            )
            tone = np.tanh(growl * tone) / growl + 0.12 * sine(hz, n) * decay(n, ring_s)
            if slap:
                pop = high_pass(noise(n, rng) * decay(n, 0.03), 1500) * slap * velocity
                tone = high_shelf(tone, 1500, 5) + 0.25 * pop
            return fade_out(tone, 0.05)

        return voice, 0.8, None

    return make


def _upright_bass(rng: np.random.Generator) -> Made:
    ring_s = rng.uniform(0.9, 1.8)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(held_s + 0.08)
        tone = string(hz, n, String(ring_s, 0.35 + 0.2 * velocity, 0.22, 1e-4), rng)
        thump = low_pass(noise(n, rng) * decay(n, 0.06), 300) * 0.8
        return fade_out(bell(tone, 110, 4) + thump + 0.3 * sine(hz, n) * decay(n, ring_s * 0.7), 0.07)

    return voice, 0.75, None


def _distorted_bass(rng: np.random.Generator) -> Made:
    voice, gain, _ = _plucked_bass((0.6, 0.9), (2.0, 4.0), 0.0)(rng)
    drive = rng.uniform(3, 12)

    def amplifier(track: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        grit = low_pass(np.tanh(drive * high_pass(track, 150)), 3800, 3)
        return 0.5 * grit + 0.7 * low_pass(track, 250)

    return voice, gain, amplifier


def _acid(rng: np.random.Generator) -> Made:
    peak, fall_s = rng.uniform(6, 20), rng.uniform(0.08, 0.25)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(held_s + 0.04)
        cutoff = falling_cutoff(n, hz * 1.5, hz * (2 + peak * velocity**2), fall_s)
        return fade_out(np.tanh(1.6 * swept_low_pass(saw(hz, n), cutoff, 6.0)), 0.03)

    return voice, 0.45, None


BASSES: dict[str, Maker] = {
    "sub": _sub_bass,
    "808": _808_bass,
    "saw_bass": _saw_bass,
    "reese": _reese_bass,
    "wobble": _wobble_bass,
    "fm_bass": _fm_bass,
    "finger_bass": _plucked_bass((0.35, 0.6), (1.5, 3.0), 0.0),
    "pick_bass": _plucked_bass((0.6, 0.85), (1.5, 3.0), 0.3),
    "slap_bass": _plucked_bass((0.75, 0.95), (1.2, 2.5), 1.0),
    "upright": _upright_bass,
    "distorted_bass": _distorted_bass,
    "acid": _acid,
}
