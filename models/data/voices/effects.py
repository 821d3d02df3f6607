"""A dry voice becomes one on a record: compressed, bright, in a room, echoed, at times broken on purpose.

Tracks are float32 (1, n) at SAMPLE_RATE. Tails belong to the voice.
"""

from __future__ import annotations

import numpy as np
import scipy.ndimage
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.filters import band_pass, bell, high_pass, high_shelf, low_pass, low_shelf
from models.data.composer.mixing import (
    chorus,
    compress,
    echo,
    levelled,
    reverberate,
    room_response,
    saturate,
)


def record(dry: np.ndarray, beat_s: float, rng: np.random.Generator, dirt: float = 0.0) -> np.ndarray:
    """All effects, as they come; `dirt` (0..1) is how much distortion the style wants."""
    track = high_pass(dry, float(rng.uniform(70, 140)))
    track = compress(
        levelled(track), float(rng.uniform(-30, -18)), float(rng.uniform(2, 8)),
        attack_s=float(rng.uniform(0.001, 0.015)), release_s=float(rng.uniform(0.05, 0.2)),
    )  # fmt: skip
    track = _coloured(levelled(track), rng)
    if rng.random() < 0.5:
        track = de_ess(track, float(rng.uniform(3, 9)))
    if rng.random() < 0.15 + 0.85 * dirt:
        track = saturate(levelled(track, 0.2), float(rng.uniform(3, 10) + 14 * dirt * rng.random()))
    if rng.random() < 0.06:
        track = telephone(track, rng)
    if rng.random() < 0.2:
        track = chorus(track, rng, float(rng.uniform(0.001, 0.004)), float(rng.uniform(0.3, 2.0)))
    elif rng.random() < 0.06:
        track = flanger(track, rng)
    return _in_a_space(levelled(track), beat_s, rng)


def _coloured(track: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A microphone and an engineer: body, presence, air."""
    track = low_shelf(track, float(rng.uniform(150, 300)), float(rng.uniform(-6, 3)))
    track = bell(track, float(rng.uniform(300, 900)), float(rng.uniform(-4, 3)))
    track = bell(track, float(rng.uniform(2_000, 5_000)), float(rng.uniform(-3, 6)))
    track = high_shelf(track, float(rng.uniform(7_000, 11_000)), float(rng.uniform(-6, 7)))
    return low_pass(track, float(rng.uniform(9_000, 17_000))) if rng.random() < 0.3 else track


def _in_a_space(track: np.ndarray, beat_s: float, rng: np.random.Generator) -> np.ndarray:
    """Dry, room, plate or hall; slap or echoes in time."""
    if rng.random() < 0.45:
        delay_s = (
            float(rng.uniform(0.07, 0.14))
            if rng.random() < 0.4
            else beat_s * float(rng.choice([0.5, 0.75, 1]))
        )
        track = echo(track, delay_s, float(rng.uniform(0.0, 0.5)), float(rng.uniform(0.05, 0.35)))
    kind = rng.random()
    if kind < 0.12:
        return track
    if kind < 0.4:  # room
        decay_s, wet = float(rng.uniform(0.25, 0.7)), float(rng.uniform(0.05, 0.3))
    elif kind < 0.8:  # plate
        decay_s, wet = float(rng.uniform(0.9, 2.0)), float(rng.uniform(0.04, 0.25))
    else:  # hall
        decay_s, wet = float(rng.uniform(1.8, 4.0)), float(rng.uniform(0.05, 0.35))
    response = room_response(decay_s, float(rng.uniform(1_500, 6_000)), 1, rng, float(rng.uniform(0.0, 0.06)))
    return reverberate(track, response, wet)


def de_ess(track: np.ndarray, depth_db: float) -> np.ndarray:
    """What hisses (above 5.5 kHz) is turned down where it outweighs the rest."""
    hiss = high_pass(track, 5_500.0)
    width = int(0.01 * SAMPLE_RATE)
    loud = scipy.ndimage.uniform_filter1d(np.square(hiss), width, axis=1)
    rest = scipy.ndimage.uniform_filter1d(np.square(track - hiss), width, axis=1)
    share = loud / (loud + rest + 1e-8)
    return track - hiss * ((1 - 10 ** (-depth_db / 20)) * np.clip(2 * share - 0.3, 0, 1)).astype(np.float32)


def telephone(track: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A narrow band, driven."""
    narrow = band_pass(track, float(rng.uniform(250, 500)), float(rng.uniform(2_500, 4_500)), 2)
    return saturate(levelled(narrow, 0.2), float(rng.uniform(0, 12)))


def flanger(track: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sound and its copy 1 to 7 ms late, which sweeps."""
    n = track.shape[1]
    position = np.arange(n)
    sweep = 1 + np.sin(2 * np.pi * rng.uniform(0.1, 0.6) * position / SAMPLE_RATE)
    late = SAMPLE_RATE * (0.001 + 0.003 * sweep)
    copy = np.interp(position - late, position, track[0]).astype(np.float32)
    return track * np.float32(0.7) + np.float32(0.6) * copy


def chopped(track: np.ndarray, beat_s: float, rng: np.random.Generator) -> np.ndarray:
    """Now and then a bit of the voice comes again and again on a grid, as producers cut it."""
    out = track.copy()
    step = int(beat_s * SAMPLE_RATE * float(rng.choice([0.25, 0.5])))
    fade = np.minimum(1.0, np.minimum(np.arange(step), np.arange(step)[::-1]) / 200).astype(np.float32)
    bar = int(4 * beat_s * SAMPLE_RATE)
    for start in range(0, track.shape[1] - bar, bar):
        if rng.random() < 0.35:
            at = start + int(rng.integers(0, 8)) * step
            piece = track[:, at : at + step]
            if piece.shape[1] < step:
                break
            times = int(rng.integers(2, 8))
            for i in range(times):
                if at + (i + 1) * step <= track.shape[1]:
                    out[:, at + i * step : at + (i + 1) * step] = piece * fade
    return out
