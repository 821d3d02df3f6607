"""Bands as they were made become bands as they may be heard: other gain, tone, room and mastering; gaps.

All act on log bands (n_hops, N_BANDS) and on the stems' levels (n_hops, N_STEM_LEVELS) alike, and draw from
the given generator alone.
"""

from __future__ import annotations

import numpy as np
import scipy.signal
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import HOP_S, STEMS
from stemlight.analysis.networks import N_COARSE, N_STEM_LEVELS

FLOOR = -1.5  # of log bands: POWER_FLOOR

EQ_DB, N_EQ = 5.0, 7  # an equalizer of seven sliders
PITCH_BANDS = 3  # up or down, about two semitones where bands are a constant ratio apart

PRESSED = 0.4  # chance of a mastering that presses the dynamics of each band ...
MOST_PRESSED = 0.55  # ... to this share at most
IN_A_ROOM = 0.25  # chance of a hall between the loudspeakers and us
DECAYS_S = (0.2, 1.6)  # to -60 dB
MOST_WET = 1.0  # power of the tail over that of the direct sound
NOISY = 0.2  # chance of a steady noise, an audience or a fan ...
NOISE_DB = (-35.0, -10.0)  # ... against the mean power

# The network is not to lean on one stem network, for users bring their own.
DEAF = 0.1  # chance that a segment is without stems
LEVELS_NOISE = 0.1  # standard deviation, at most: 2 dB

MASKED = 0.3  # chance that some bands are out, as in SpecAugment (Park et al., Interspeech 2019) ...
MOST_MASKED = 24  # ... this many at most
MUTED = 0.25  # chance that the sound is out for some beats ...
MOST_MUTED_HOPS = 260  # ... for 3 s at most


def worn(
    log_bands: np.ndarray, levels: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Heard in a hall, over an audience, pressed by a mastering; often none of them."""
    in_a_room, noisy, pressed = rng.random(3) < (IN_A_ROOM, NOISY, PRESSED)
    if in_a_room or noisy:
        power, level = power_of(log_bands), power_of(levels)
        if in_a_room:
            keep = 10.0 ** (-6.0 * HOP_S / np.exp(rng.uniform(*np.log(DECAYS_S))))
            wet = MOST_WET * rng.random() * (1.0 - keep)
            power += scipy.signal.lfilter([0.0, wet], [1.0, -keep], power, axis=0).astype(np.float32)
            level += scipy.signal.lfilter([0.0, wet], [1.0, -keep], level, axis=0).astype(np.float32)
        if noisy:
            noise = _noise(power, rng)
            power += noise
            coarse = noise.reshape(len(noise), N_COARSE, -1).sum(axis=-1)
            level.reshape(len(level), len(STEMS), N_COARSE)[:, STEMS.index("other")] += coarse
        log_bands, levels = log_of(power), log_of(level)
    if pressed:
        share = np.float32(rng.uniform(MOST_PRESSED, 1.0))
        log_bands, levels = (x + (share - 1.0) * (x - x.mean(axis=0)) for x in (log_bands, levels))
    return log_bands, levels


def _noise(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """float32 like `power`: steady, tilted, each hop's power a sum of a few squares."""
    octaves = np.log2(frontend.band_frequencies_hz() / 1_000.0)
    gain_db = rng.uniform(*NOISE_DB) + rng.uniform(-4.0, 1.0) * octaves
    return (power.mean() * 10.0 ** (gain_db / 10) * rng.gamma(3.0, 1.0 / 3.0, power.shape)).astype(np.float32)


def toned(
    log_bands: np.ndarray, levels: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """At another gain, through another equalizer, a little higher or lower, the top at times cut off."""
    octaves = np.log2(frontend.band_frequencies_hz() / 1_000.0)
    gain_db = -30.0 * rng.random() + rng.uniform(-2, 2) * octaves
    gain_db = gain_db + np.interp(octaves, np.linspace(-5.5, 4.1, N_EQ), rng.uniform(-EQ_DB, EQ_DB, N_EQ))
    shift = int(rng.integers(-PITCH_BANDS, PITCH_BANDS + 1))
    log_bands = log_bands[:, np.clip(np.arange(frontend.N_BANDS) + shift, 0, frontend.N_BANDS - 1)]
    if rng.random() < 0.1:
        gain_db = gain_db - 24.0 * np.maximum(octaves - np.log2(rng.uniform(2.0, 10.0)), 0.0)
    coarse_db = np.tile(gain_db.reshape(N_COARSE, -1).mean(axis=1), N_STEM_LEVELS // N_COARSE)
    return amplified(log_bands, gain_db), amplified(levels, coarse_db)


def disturb(log_bands: np.ndarray, levels: np.ndarray, rng: np.random.Generator) -> None:
    """Some bands out, stems in doubt or out. In place."""
    n_hops = len(log_bands)
    if rng.random() < MASKED:
        n_masked = int(rng.integers(1, MOST_MASKED + 1))
        first = int(rng.integers(frontend.N_BANDS - n_masked + 1))
        log_bands[:, first : first + n_masked] = FLOOR
        coarse = np.unique(np.arange(first, first + n_masked) * N_COARSE // frontend.N_BANDS)
        levels.reshape(n_hops, len(STEMS), N_COARSE)[:, :, coarse] = FLOOR
    if rng.random() < DEAF:
        levels[:] = FLOOR
    else:
        noise = rng.standard_normal(levels.shape[1], np.float32)
        levels += noise * np.float32(LEVELS_NOISE * rng.random())


def mute(log_bands: np.ndarray, levels: np.ndarray, known: np.ndarray, rng: np.random.Generator) -> None:
    """Some time without sound, about which nothing is asked. In place."""
    if rng.random() < MUTED:
        n_hops = int(rng.integers(MOST_MUTED_HOPS))
        first = int(rng.integers(max(1, len(log_bands) - n_hops)))
        for silenced, value in ((log_bands, FLOOR), (levels, FLOOR), (known, 0.0)):
            silenced[first : first + n_hops] = value


def interpolated(features: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Rows at fractional positions; the last row stands for what lies beyond."""
    at = np.minimum(at, len(features) - 1)
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, len(features) - 1)
    share = (at - low).astype(np.float32)[:, None]
    return features[low] * (1 - share) + features[high] * share


def amplified(log_power: np.ndarray, gain_db: np.ndarray) -> np.ndarray:
    """What the same bands would be after a gain: the floor stays where it is."""
    return log_of(power_of(log_power) * np.float32(10.0) ** (gain_db.astype(np.float32) / 10))


def power_of(log_bands: np.ndarray) -> np.ndarray:
    """float32: the power that log bands stand for."""
    power = np.exp(log_bands * np.float32(2.0 * np.log(10.0))) * np.float32(1e-4)
    return np.maximum(power - np.float32(frontend.POWER_FLOOR), np.float32(0.0))


def log_of(power: np.ndarray) -> np.ndarray:
    """float32: log bands of that power."""
    return ((np.log10(power + np.float32(frontend.POWER_FLOOR)) + 4.0) * 0.5).astype(np.float32)
