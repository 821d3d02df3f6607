"""Times of beats and hits become targets on the grid of hops."""

from __future__ import annotations

import numpy as np
import scipy.ndimage
from stemlight.analysis.feature_frame import DRUM_PARTS, HOP_S

from models.data.songs import Beats, Hits

FASTEST_ONSETS = 4  # hops, 46 ms: two onsets of one stem are no closer
ONSET_RISE = 0.08  # mean rise of log bands (1 is 20 dB) over two hops that makes an onset
FLOOR = -0.75  # of log bands, -55 dB: what moves below it is not heard in a mix


def hop_of(times_s: np.ndarray) -> np.ndarray:
    """Index of the hop that holds each time."""
    return np.floor(np.asarray(times_s) / HOP_S).astype(np.int64)


def hit_targets(hits: Hits, start_hop: int, n_hops: int) -> np.ndarray:
    """float32 (n_hops, 3): one where a kick, snare or hat is struck."""
    targets = np.zeros((n_hops, len(DRUM_PARTS)), np.float32)
    hops = hop_of(hits.times_s) - start_hop
    inside = (hops >= 0) & (hops < n_hops)
    targets[hops[inside], hits.parts[inside]] = 1.0
    return targets


def beat_positions(beats: Beats) -> tuple[np.ndarray, np.ndarray]:
    """Fractional hops of all beats, and of the downbeats (empty where bars are unknown)."""
    hops = np.asarray(beats.times_s) / HOP_S
    return hops, hops[beats.in_bar == 1]


def onset_hops(log_bands: np.ndarray) -> np.ndarray:
    """Hops where one stem, heard alone, begins a sound. With hindsight: for making truth, not for the stage.

    `log_bands` (n_hops, N_BANDS) of the stem alone. Peaks of the mean rise against two hops before with
    a maximum over neighbouring bands, so that vibrato is no onset (Boeck and Widmer, "Maximum filter
    vibrato suppression for onset detection", DAFx 2013).
    """
    audible = np.maximum(np.asarray(log_bands, np.float32), FLOOR)
    before = np.full_like(audible, FLOOR)
    before[2:] = scipy.ndimage.maximum_filter1d(audible[:-2], 3, axis=1)
    rise = np.maximum(audible - before, 0.0).mean(axis=1)
    peak = (rise == scipy.ndimage.maximum_filter1d(rise, 2 * FASTEST_ONSETS - 1)) & (rise > ONSET_RISE)
    return np.maximum(np.flatnonzero(peak) - 1, 0)  # the rise over two hops peaks one hop after the start
