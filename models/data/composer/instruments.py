"""A note becomes sound: basses, keys, guitars, strings, brass, synths. Each is drawn anew per song."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import (
    band_pass,
    bell,
    frame_centres,
    high_pass,
    high_shelf,
    low_pass,
    swept_low_pass,
)
from models.data.composer.mixing import chorus
from models.data.composer.waves import (
    String,
    adsr,
    decay,
    fade_out,
    fm,
    midi_hz,
    modes,
    noise,
    pulse,
    samples,
    saw,
    sine,
    string,
    supersaw,
    triangle,
)

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


def make_instrument(name: str, rng: np.random.Generator) -> Instrument:
    """The instrument of that name, with its knobs turned at random. KeyError if there is none."""
    voice, gain, effect = INSTRUMENTS[name](rng)
    return Instrument(name, voice, rng, gain, effect)


Made = tuple[Voice, float, TrackEffect | None]


def _amp_envelope_cutoff(n: int, base_hz: float, peak_hz: float, fall_s: float) -> np.ndarray:
    return base_hz + (peak_hz - base_hz) * np.exp(-frame_centres(n) / (fall_s * SAMPLE_RATE))


# --- basses ---------------------------------------------------------------------------------------


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
        cutoff = _amp_envelope_cutoff(n, hz * base, hz * peak * (0.4 + 0.6 * velocity), fall_s)
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


def _plucked_bass(brightness: tuple[float, float], decay_s: tuple[float, float], slap: float) -> Callable:
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


# --- keys -----------------------------------------------------------------------------------------


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


# --- guitars --------------------------------------------------------------------------------------


def _plucked(
    brightness: tuple[float, float], ring_s: tuple[float, float], body: bool, gain: float
) -> Callable:
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


def _distorted(drive_db: tuple[float, float], muted: bool) -> Callable:
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


# --- sustained ------------------------------------------------------------------------------------


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
        cutoff = _amp_envelope_cutoff(n, hz * 1.2, hz * (1.5 + peak * velocity), fall_s)
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


def _acid(rng: np.random.Generator) -> Made:
    peak, fall_s = rng.uniform(6, 20), rng.uniform(0.08, 0.25)

    def voice(hz: float, held_s: float, velocity: float, rng: np.random.Generator) -> np.ndarray:
        n = samples(held_s + 0.04)
        cutoff = _amp_envelope_cutoff(n, hz * 1.5, hz * (2 + peak * velocity**2), fall_s)
        return fade_out(np.tanh(1.6 * swept_low_pass(saw(hz, n), cutoff, 6.0)), 0.03)

    return voice, 0.45, None


INSTRUMENTS: dict[str, Callable[[np.random.Generator], Made]] = {
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
    "piano": _piano,
    "electric_piano": _electric_piano,
    "organ": _organ,
    "clavinet": _clavinet,
    "bells": _bells,
    "marimba": _marimba,
    "steel_guitar": _plucked((0.6, 0.9), (2.0, 4.0), True, 0.55),
    "nylon_guitar": _plucked((0.3, 0.5), (1.2, 2.2), True, 0.6),
    "harp": _plucked((0.45, 0.65), (2.0, 3.5), False, 0.5),
    "clean_guitar": _clean_electric,
    "crunch_guitar": _distorted((12, 22), False),
    "metal_guitar": _distorted((28, 42), True),
    "pad": _pad,
    "warm_pad": _warm_pad,
    "strings": _strings,
    "brass": _brass,
    "flute": _flute,
    "supersaw": _supersaw_chord,
    "pluck": _pluck_synth,
    "lead": _lead_synth,
}
