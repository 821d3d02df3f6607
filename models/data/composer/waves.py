"""Frequencies become raw sound: oscillators, noise, struck modes, plucked strings and their envelopes.

Everything is float32 (n_samples,) at SAMPLE_RATE. A frequency is a number, or (n_samples,) when it moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from stemlight.analysis.feature_frame import SAMPLE_RATE

Frequency = float | np.ndarray
SILENCE = 6.9  # nepers: -60 dB, what "decay time" means here


def midi_hz(midi: float | np.ndarray) -> float | np.ndarray:
    """Equal temperament, A4 = 69 = 440 Hz."""
    return 440.0 * 2.0 ** ((midi - 69.0) / 12.0)


def samples(seconds: float) -> int:
    """Seconds to samples, at least one."""
    return max(1, round(seconds * SAMPLE_RATE))


def cycles(frequency_hz: Frequency, n: int, start: float = 0.0) -> np.ndarray:
    """Phase in cycles, float64 (n,), from `start`."""
    if np.ndim(frequency_hz) == 0:
        return start + np.arange(n) * (float(frequency_hz) / SAMPLE_RATE)
    return start + np.cumsum(np.asarray(frequency_hz, np.float64)) / SAMPLE_RATE


def sine(frequency_hz: Frequency, n: int, start: float = 0.0) -> np.ndarray:
    """A pure tone."""
    return np.sin(_radians(cycles(frequency_hz, n, start)))


def saw(frequency_hz: Frequency, n: int, start: float = 0.0) -> np.ndarray:
    """Falls from 1 to -1 in each cycle, its step smoothed over two samples (polyBLEP)."""
    step = np.asarray(frequency_hz, np.float32) / np.float32(SAMPLE_RATE)
    position = _wrapped(cycles(frequency_hz, n, start))
    return np.float32(1.0) - 2 * position + _blep(position, step)


def pulse(frequency_hz: Frequency, n: int, width: Frequency = 0.5, start: float = 0.0) -> np.ndarray:
    """Two saws against each other: a rectangle of duty `width`, without its mean."""
    phase = cycles(frequency_hz, n, start)
    step = np.asarray(frequency_hz, np.float32) / np.float32(SAMPLE_RATE)
    up, down = _wrapped(phase), _wrapped(phase + width)
    return down - up + np.float32(0.5) * (_blep(up, step) - _blep(down, step))


def triangle(frequency_hz: Frequency, n: int, start: float = 0.0) -> np.ndarray:
    """Soft and hollow; its aliases lie 12 dB an octave down and need no smoothing here."""
    return 4 * np.abs(_wrapped(cycles(frequency_hz, n, start + 0.25)) - np.float32(0.5)) - 1


def supersaw(
    frequency_hz: float, n: int, n_saws: int, detune_cents: float, rng: np.random.Generator
) -> np.ndarray:
    """`n_saws` saws spread over +-`detune_cents`, at random phases, at the level of one."""
    total = np.zeros(n, np.float32)
    for cents in np.linspace(-detune_cents, detune_cents, n_saws) if n_saws > 1 else [0.0]:
        total += saw(frequency_hz * 2 ** (cents / 1200), n, rng.random())
    return total / np.float32(np.sqrt(n_saws))


def fm(frequency_hz: Frequency, n: int, ratio: float, depth: Frequency, start: float = 0.0) -> np.ndarray:
    """A carrier whose phase a sine at `ratio` times its frequency moves by `depth` radians."""
    phase = cycles(frequency_hz, n, start)
    return np.sin(_radians(phase) + np.asarray(depth, np.float32) * np.sin(_radians(phase * ratio)))


def noise(n: int, rng: np.random.Generator) -> np.ndarray:
    """White, RMS 1."""
    return rng.standard_normal(n, dtype=np.float32)


def modes(
    frequencies_hz: np.ndarray, gains: np.ndarray, decays_s: np.ndarray, n: int, rng: np.random.Generator
) -> np.ndarray:
    """What a struck body gives: sines which each die in their own time."""
    time_s = np.arange(n, dtype=np.float32) / np.float32(SAMPLE_RATE)
    total = np.zeros(n, np.float32)
    for frequency_hz, gain, decay_s in zip(frequencies_hz, gains, decays_s, strict=True):
        if frequency_hz >= 0.48 * SAMPLE_RATE:
            continue
        length = min(n, samples(1.3 * decay_s))  # -78 dB
        t = time_s[:length]
        phase = np.float32(rng.random() * 2 * np.pi)
        total[:length] += (
            np.float32(gain)
            * np.exp(t * np.float32(-SILENCE / decay_s))
            * np.sin(np.float32(2 * np.pi * frequency_hz) * t + phase)
        )
    return total


@dataclass(frozen=True, slots=True)
class String:
    """What a string is made of and where it is plucked."""

    decay_s: float  # of the fundamental, to -60 dB
    brightness: float  # 0 .. 1: how much faster high partials die, how hard it is struck
    position: float = 0.15  # 0 .. 0.5 of its length: which partials are missing
    inharmonicity: float = 5e-5  # the B of a stiff string: guitar 5e-5, piano 3e-4 .. 5e-3


def string(frequency_hz: float, n: int, made: String, rng: np.random.Generator) -> np.ndarray:
    """A plucked or struck string, peak 1: the Karplus-Strong loop in closed form.

    The loop (delay, loss, dispersion) is a filter 1 / (1 - G) whose spectrum is written down at once, on a
    circle a little outside the unit circle so that what rings longer than the block does not fold back.
    """
    length = scipy.fft.next_fast_len(2 * n, real=True)
    outward = (
        6.0 / length
    )  # nepers a sample: the fold comes back at exp(-6) of its size, and -60 dB below that
    hz = np.arange(length // 2 + 1) * (SAMPLE_RATE / length)
    harmonic = hz / frequency_hz
    loss = SILENCE / (made.decay_s * frequency_hz)  # nepers a round trip for the fundamental
    losses = loss * (1.0 + (1.05 - made.brightness) ** 2 * 0.05 * harmonic**1.5)
    stretch = 1.0 / np.sqrt(
        1.0 + made.inharmonicity * np.square(harmonic)
    )  # partial k lies at k sqrt(1 + B k^2)
    turns = harmonic * stretch
    period = SAMPLE_RATE / frequency_hz
    loop = np.exp(-losses - outward * period - 2j * np.pi * turns)
    # a finger lets go over half a period, a plectrum over a quarter; a noisy edge is its skin or its bite
    width = max(4, int(period * (0.65 - 0.45 * made.brightness)))
    bump = np.hanning(width + 2)[1:-1]
    burst = (0.35 * noise(width, rng) + 0.45) * bump + 0.45 * np.diff(bump, prepend=0.0) * width / 3
    excitation = scipy.fft.rfft(burst, length)
    comb = 1.0 - np.exp(-outward * period * made.position - 2j * np.pi * turns * made.position)
    tone = 1.0 / (1.0 + np.square(hz / (300.0 + 9000.0 * made.brightness**2 + 2.0 * frequency_hz)))
    rung = scipy.fft.irfft(excitation * comb * tone / (1.0 - loop), length)[:n]
    rung *= np.exp(outward * np.arange(n))
    return (rung / (np.abs(rung).max() + 1e-9)).astype(np.float32)


def decay(n: int, decay_s: float) -> np.ndarray:
    """From 1, down 60 dB in `decay_s`."""
    return np.exp(np.arange(n, dtype=np.float32) * np.float32(-SILENCE / (decay_s * SAMPLE_RATE)))


def adsr(n_held: int, attack_s: float, decay_s: float, sustain: float, release_s: float) -> np.ndarray:
    """Held for `n_held` samples, then let go: float32 (n_held + release,)."""
    n_attack = min(samples(attack_s), n_held)
    held = (
        sustain + (1 - sustain) * decay(n_held - n_attack, decay_s * 2) if n_held > n_attack else np.zeros(0)
    )
    rise = np.linspace(0, 1, n_attack, endpoint=False)
    last = held[-1] if len(held) else 1.0
    release = last * decay(samples(release_s), release_s) * np.linspace(1, 0, samples(release_s))
    return np.concatenate([rise, held, release]).astype(np.float32)


def fade_out(sound: np.ndarray, seconds: float) -> np.ndarray:
    """`sound` (..., n) itself, its last `seconds` led to zero."""
    n = min(sound.shape[-1], samples(seconds))
    sound[..., -n:] *= np.linspace(1, 0, n, dtype=np.float32)
    return sound


def _wrapped(phase: np.ndarray) -> np.ndarray:
    return (phase - np.floor(phase)).astype(np.float32)


def _radians(phase: np.ndarray) -> np.ndarray:
    return _wrapped(phase) * np.float32(2 * np.pi)


def _blep(position: np.ndarray, step: np.ndarray) -> np.ndarray:
    """The polynomial residue of a band-limited upward step at each wrap of `position`."""
    after = np.clip(position / step, 0, 1)
    before = np.clip((1 - position) / step, 0, 1)
    return np.square(before - 1) - np.square(after - 1)
