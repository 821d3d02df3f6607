"""Four tracks become a record: balanced, ducked, limited by one gain so that they still sum to the mix."""

from __future__ import annotations

import numpy as np
from stemlight.analysis.feature_frame import STEMS

from models.data.composer.filters import high_shelf, low_pass
from models.data.composer.mixing import compress, duck, levelled, loudness_lufs, master_gain, saturate
from models.data.composer.plan import Plan

BALANCE_DB = {"drums": 0.0, "bass": -3.0, "vocals": -0.5, "other": -3.5}  # loudness against the drums'


def make_record(
    plan: Plan, tracks: list[np.ndarray], kick_times_s: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Stems (4, n_channels, n) on their places, ducked and limited by one gain for all."""
    genre = plan.genre
    depth = float(rng.uniform(*genre.duck))
    if depth > 0.05:
        pump = duck(plan.n_samples, kick_times_s, depth, float(rng.uniform(0.15, 0.35)))
        tracks[1] = tracks[1] * pump
        tracks[3] = tracks[3] * pump
    drums = tracks[0]
    if rng.random() < 0.7:
        attack_s = float(rng.uniform(0.005, 0.03))
        drums = compress(levelled(drums), -18, float(rng.uniform(1.5, 4)), attack_s=attack_s, release_s=0.1)
    if rng.random() < 0.3:
        drums = saturate(drums, float(rng.uniform(0, 6)))
    tracks[0] = high_shelf(low_pass(drums, 17000, 1), 6000, float(rng.uniform(-4, 3)))
    for i, name in enumerate(STEMS):
        loudness = loudness_lufs(tracks[i])
        if loudness > -60:
            wanted = -20.0 + BALANCE_DB[name] + float(rng.normal(0, 2.0))
            tracks[i] = tracks[i] * np.float32(10 ** ((wanted - loudness) / 20))
    stems = np.stack(tracks)
    mix = stems.sum(axis=0)
    drive_db = float(rng.uniform(-17, -9)) - loudness_lufs(mix)
    stems *= master_gain(mix, drive_db)
    peak = float(np.abs(stems).max())
    if peak > 0.99:  # a stem may peak where the mix does not
        stems *= np.float32(0.99 / peak)
    return stems
