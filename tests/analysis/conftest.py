"""Synthesized music and activations, and a pair of networks that are rules instead of weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from stemlight.analysis.beats import ACTIVATION_DELAY_HOPS
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE, FeatureFrame
from stemlight.analysis.frontend import N_BANDS, band_frequencies_hz
from stemlight.analysis.networks import BeatResult, StemResult
from stemlight.analysis.pipeline import Pipeline


class RuleStems:
    """Masks by frequency and by how suddenly a band came: enough to tell a kick from a chord."""

    def __init__(self) -> None:
        hz = band_frequencies_hz()
        self._low, self._voice, self._high = hz < 160.0, (hz >= 300.0) & (hz < 1_000.0), hz >= 5_000.0
        self.reset()

    def reset(self) -> None:
        self._slow = np.full(N_BANDS, -1.5, np.float32)

    def process(self, log_bands: np.ndarray) -> StemResult:
        rise = np.clip((log_bands - self._slow - 0.15) * 2.0, 0.0, 1.0)
        self._slow += np.float32(0.15) * (log_bands - self._slow)
        masks = np.zeros((4, N_BANDS), np.float32)
        masks[0] = np.maximum(rise, 0.95 * self._high)
        rest = 1.0 - masks[0]
        masks[1] = rest * self._low
        masks[2] = rest * self._voice
        masks[3] = rest - masks[1] - masks[2]
        drums = [rise[part].mean() for part in (self._low, self._voice, self._high)]
        return StemResult(masks, np.array(drums, np.float32))


class RuleBeats:
    """Activations from the rise of the low end: beats are kicks, and every downbeat is a beat."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._before = 0.0

    def process(self, log_bands: np.ndarray, levels: np.ndarray) -> BeatResult:
        low = float(np.maximum(log_bands[:6], -0.5).mean())
        beat = min(max(3.0 * (low - self._before) + 0.01, 0.005), 0.95)
        self._before += 0.5 * (low - self._before)
        return BeatResult(np.array([beat, 0.3 * beat, beat], np.float32))


class RuleModels:
    """With the protocol of `networks.Models`; bars are counted by downbeats."""

    bars = None

    def __init__(self) -> None:
        self.stems = RuleStems()
        self.beats = RuleBeats()

    def reset(self) -> None:
        self.stems.reset()
        self.beats.reset()


@pytest.fixture
def models() -> RuleModels:
    return RuleModels()


@pytest.fixture
def make_pipeline() -> Callable[[], Pipeline]:
    return lambda: Pipeline(RuleModels())


def hops_of(mono_or_stereo: np.ndarray) -> np.ndarray:
    """float32 (n, HOP_LENGTH, 2) of float (n_samples,) or (n_samples, 2)."""
    stereo = mono_or_stereo
    if stereo.ndim == 1:
        stereo = np.stack([stereo, stereo], axis=1)
    n = len(stereo) // HOP_LENGTH
    return stereo[: n * HOP_LENGTH].astype(np.float32).reshape(n, HOP_LENGTH, 2)


def frames_of(pipeline: Pipeline, sound: np.ndarray) -> list[FeatureFrame]:
    return [pipeline.process(hop) for hop in hops_of(sound)]


def time_axis(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def kick_at(times_s: Sequence[float], seconds: float, level: float = 0.6) -> np.ndarray:
    """A falling sine with a click, at each time."""
    t = time_axis(0.25)
    one = np.sin(2 * np.pi * (50.0 * t + 3.0 * (1.0 - np.exp(-t / 0.02)))) * np.exp(-t / 0.08)
    one[:40] += np.hanning(40) * 0.5
    return _strike(one * level, times_s, seconds)


def hat_at(times_s: Sequence[float], seconds: float, level: float = 0.15) -> np.ndarray:
    """High-passed noise with a fast decay, at each time; the same noise every time."""
    t = time_axis(0.08)
    noise = np.diff(np.random.default_rng(1).standard_normal(len(t) + 1))
    return _strike(noise * np.exp(-t / 0.015) * level, times_s, seconds)


def chord(frequencies_hz: Sequence[float], seconds: float, level: float = 0.1) -> np.ndarray:
    """Sawtooth-like notes, eight partials each."""
    t = time_axis(seconds)
    sound = np.zeros(len(t))
    for frequency in frequencies_hz:
        for partial in range(1, 9):
            sound += np.sin(2 * np.pi * frequency * partial * t + partial) / partial
    return sound * level


def _strike(one: np.ndarray, times_s: Sequence[float], seconds: float) -> np.ndarray:
    out = np.zeros(round(seconds * SAMPLE_RATE) + len(one))
    for time_s in times_s:
        start = round(time_s * SAMPLE_RATE)
        if start + len(one) <= len(out):
            out[start : start + len(one)] += one
    return out[: round(seconds * SAMPLE_RATE)]


def groove(seconds: float, bpm: float = 120.0, level: float = 1.0) -> np.ndarray:
    """Four on the floor with off-beat hats and a chord: float (n_samples,)."""
    beats = np.arange(0.1, seconds, 60.0 / bpm)
    sound = kick_at(list(beats), seconds) + hat_at(list(beats + 30.0 / bpm), seconds)
    return level * (sound + chord((220.0, 277.2, 329.6), seconds, 0.05))


def activations_of(
    beats_s: Sequence[float],
    seconds: float,
    *,
    beats_per_bar: int = 4,
    jitter_s: float = 0.0,
    missing: float = 0.0,
    heights: tuple[float, float] = (0.5, 0.95),
    others: Sequence[tuple[float, float]] = (),
    seed: int = 0,
) -> np.ndarray:
    """float32 (n_hops, 3): what a decent network says of beats at `beats_s`.

    A peak of random height and a width of two hops, as late as the network's are; `missing` is the share
    left out, `others` are peaks (time, height) that are no beats.
    """
    random = np.random.default_rng(seed)
    n = int(seconds / HOP_S)
    activations = np.zeros((n, 3))

    def peak(column: int, time_s: float, height: float) -> None:
        hop = int(time_s / HOP_S) + round(ACTIVATION_DELAY_HOPS)
        for k in range(max(0, hop - 3), min(n, hop + 4)):
            value = height * np.exp(-0.5 * ((k - hop) / 0.8) ** 2)
            activations[k, column] = max(activations[k, column], value)

    for index, beat_s in enumerate(beats_s):
        if random.random() >= missing:
            time_s = beat_s + (random.normal(0.0, jitter_s) if jitter_s else 0.0)
            peak(0, time_s, random.uniform(*heights))
            peak(2, time_s, 0.9)
            if index % beats_per_bar == 0:
                peak(1, beat_s, random.uniform(0.3, 0.7))
    for time_s, height in others:
        peak(0, time_s, height)
        peak(2, time_s, height)
    activations += 0.01 + 0.01 * np.abs(random.standard_normal(activations.shape))
    return np.clip(activations, 0.0, 1.0).astype(np.float32)


@pytest.fixture
def synth() -> SimpleNamespace:
    """The makers of sound and activations, as one name for tests to ask of."""
    return SimpleNamespace(
        hops_of=hops_of, frames_of=frames_of, time_axis=time_axis, kick_at=kick_at, hat_at=hat_at,
        chord=chord, groove=groove, activations_of=activations_of,
    )  # fmt: skip


@pytest.fixture(scope="session")
def arc_frames() -> list[FeatureFrame]:
    """120 BPM: a groove for 8 bars, a pad for 4, rising noise and roll for 4, then the groove for 8."""
    beat_s, bar_s = 0.5, 2.0
    seconds, drop_s = 24 * bar_s, 16 * bar_s
    beats = np.arange(0.0, seconds, beat_s)
    full = beats[(beats < 8 * bar_s) | (beats >= drop_s)]
    t = time_axis(seconds)
    bass = 0.25 * np.sin(2 * np.pi * 55.0 * t) * ((t < 8 * bar_s) | (t >= drop_s))
    noise = np.diff(np.random.default_rng(2).standard_normal(len(t) + 1))
    rise = np.clip((t - 12 * bar_s) / (4 * bar_s), 0.0, 1.0) * (t < drop_s)
    roll = np.arange(12 * bar_s, drop_s, beat_s / 4)
    sound = kick_at(list(full), seconds) + hat_at(list(full + beat_s / 2), seconds)
    sound += bass + chord((220.0, 277.2, 329.6), seconds, 0.04)
    sound += 0.12 * rise**2 * noise + hat_at(list(roll), seconds, 0.1)
    return frames_of(Pipeline(RuleModels()), sound)


@pytest.fixture(scope="session")
def groove_frames() -> list[FeatureFrame]:
    """24 s of `groove`."""
    return frames_of(Pipeline(RuleModels()), groove(24.0))
