"""Notes that are held: pads, strings, brass, flute, leads; and the plucks of synthesisers."""

from __future__ import annotations

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import band_pass, bell, frame_centres, high_pass, low_pass, swept_low_pass
from models.data.composer.instrument import Made, Maker, falling_cutoff
from models.data.composer.mixing import chorus
from models.data.composer.waves import (
    adsr,
    decay,
    fade_out,
    noise,
    pulse,
    samples,
    saw,
    sine,
    supersaw,
    triangle,
)


def _pad(rng: np.random.Generator) -> Made:
    n_saws, detune = int(rng.integers(3, 6)), rng.uniform(6, 18)
    attack_s, cutoff_hz = rng.uniform(0.08, 0.6), rng.uniform(500, 3500)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), min(attack_s, 0.5 * held_s), 1.0, 0.9, 0.4)
        return low_pass(supersaw(hz, len(envelope), n_saws, detune, rng) * envelope, cutoff_hz, 2)

    return voice, 0.4, lambda track, rng: chorus(track, rng, 0.003, 0.4)


def _warm_pad(rng: np.random.Generator) -> Made:
    attack_s, odd = rng.uniform(0.2, 0.8), rng.random() < 0.5

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), min(attack_s, 0.5 * held_s), 1.0, 0.9, 0.6)
        n = len(envelope)
        tone = triangle(hz * 1.002, n) + (pulse(hz * 0.998, n, 0.4) if odd else sine(hz * 2.003, n))
        return low_pass(tone * envelope, 1800, 2)

    return voice, 0.4, lambda track, rng: chorus(track, rng, 0.004, 0.3)


def _strings(rng: np.random.Generator) -> Made:
    attack_s, top_hz = rng.uniform(0.06, 0.25), rng.uniform(3500, 7000)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), min(attack_s, 0.4 * held_s), 1.0, 0.95, 0.25)
        n = len(envelope)
        time_s = np.arange(n) / SAMPLE_RATE
        tone = np.zeros(n, np.float32)
        for cents in (-9, -3, 4, 10):
            vibrato = 2 ** (
                rng.uniform(6, 14)
                / 1200
                * np.sin(2 * np.pi * (rng.uniform(4.6, 6.2) * time_s + rng.random()))
            )
            tone += saw(hz * 2 ** (cents / 1200) * vibrato, n, rng.random())
        bow = high_pass(noise(n, rng), 3000, 1) * 0.05
        return low_pass(
            bell(bell((0.5 * tone + bow) * envelope, 450, 3), 1100, 3), top_hz * (0.6 + 0.4 * velocity), 1
        )

    return voice, 0.4, None


def _brass(rng: np.random.Generator) -> Made:
    attack_s, peak = rng.uniform(0.02, 0.07), rng.uniform(7, 14)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), attack_s, 0.4, 0.8, 0.08)
        n = len(envelope)
        time_s = np.arange(n) / SAMPLE_RATE
        scoop = 1 - 0.02 * np.exp(-time_s / 0.03)
        tone = saw(hz * scoop, n) + saw(hz * 1.004 * scoop, n, 0.3)
        swell = 1 - np.exp(-frame_centres(n) / (attack_s * 1.6 * SAMPLE_RATE))
        cutoff = hz * (
            1.2 + peak * velocity * swell * (0.7 + 0.3 * np.exp(-frame_centres(n) / (0.3 * SAMPLE_RATE)))
        )
        return bell(swept_low_pass(tone, cutoff, 0.8) * envelope, 1300, 3)

    return voice, 0.45, None


def _flute(rng: np.random.Generator) -> Made:
    breath = rng.uniform(0.05, 0.2)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), 0.06, 0.3, 0.9, 0.08)
        n = len(envelope)
        time_s = np.arange(n) / SAMPLE_RATE
        moved = hz * 2 ** (12 / 1200 * np.sin(2 * np.pi * 5.1 * time_s) * np.minimum(1, time_s / 0.5))
        tone = sine(moved, n) + 0.35 * velocity * sine(moved * 2, n) + 0.12 * sine(moved * 3, n)
        return (tone + breath * band_pass(noise(n, rng), hz, hz * 4)) * envelope

    return voice, 0.5, None


def _supersaw_chord(rng: np.random.Generator) -> Made:
    detune, cutoff_hz, release_s = rng.uniform(12, 25), rng.uniform(4000, 12000), rng.uniform(0.08, 0.3)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), 0.004, 0.4, 0.75, release_s)
        return low_pass(supersaw(hz, len(envelope), 7, detune, rng) * envelope, cutoff_hz, 2)

    return voice, 0.38, None


def _pluck_synth(rng: np.random.Generator) -> Made:
    peak, fall_s, resonance = rng.uniform(8, 25), rng.uniform(0.04, 0.16), rng.uniform(0.7, 2.5)
    square = rng.random() < 0.5

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(min(held_s, 0.5) + 0.15)
        tone = pulse(hz, n, 0.3) if square else supersaw(hz, n, 3, 9, rng)
        cutoff = falling_cutoff(n, hz * 1.2, hz * (1.5 + peak * velocity), fall_s)
        return fade_out(swept_low_pass(tone, cutoff, resonance) * decay(n, 0.6), 0.05)

    return voice, 0.55, None


def _lead_synth(rng: np.random.Generator) -> Made:
    kind, cutoff_hz = int(rng.integers(3)), rng.uniform(2500, 9000)
    depth_cents, glide_s = rng.uniform(5, 25), rng.uniform(0.0, 0.03)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        envelope = adsr(samples(held_s), 0.008, 0.3, 0.8, 0.09)
        n = len(envelope)
        time_s = np.arange(n) / SAMPLE_RATE
        vibrato = depth_cents * np.sin(2 * np.pi * 5.6 * time_s) * np.clip((time_s - 0.2) / 0.3, 0, 1)
        moved = hz * 2 ** ((vibrato - 100 * np.exp(-time_s / (glide_s + 1e-3))) / 1200)
        if kind == 0:
            tone = pulse(moved, n, 0.5 + 0.2 * np.sin(2 * np.pi * 0.9 * time_s))
        elif kind == 1:
            tone = 0.7 * (saw(moved, n) + saw(moved * 1.006, n, 0.5))
        else:
            tone = saw(moved, n) + 0.6 * pulse(moved * 0.5, n)
        return low_pass(tone * envelope, cutoff_hz, 2)

    return voice, 0.4, None


SYNTHS: dict[str, Maker] = {
    "pad": _pad,
    "warm_pad": _warm_pad,
    "strings": _strings,
    "brass": _brass,
    "flute": _flute,
    "supersaw": _supersaw_chord,
    "pluck": _pluck_synth,
    "lead": _lead_synth,
}
