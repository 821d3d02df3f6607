"""One song as the beat network's training reads it: bands, the stems' levels, and where the beats are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class BeatSong:
    """Features and truth of one song, or of its twin."""

    name: str
    root: str
    bands_path: Path  # npy, float16 (n, N_BANDS): log bands
    levels_paths: tuple[
        Path, ...
    ]  # npy, float16 (n, N_STEM_LEVELS): through the pair's own stem network first
    n_hops: int
    finished: bool  # a mix as it was published, not one that we made of stems
    beats: np.ndarray  # fractional hops
    downbeats: np.ndarray  # fractional hops; empty where bars are unknown
    onsets: np.ndarray | None  # hops; None where unknown
    drums_path: Path | None = None  # npy, float16 (n, N_BANDS): log bands of the drums alone; None: unknown

    def features(
        self, start: int = 0, stop: int | None = None, ear: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """float32 log bands and stem levels of some hops; `ear`: which stem network."""
        log_bands = np.load(self.bands_path, mmap_mode="r")[start:stop]
        levels = np.load(self.levels_paths[ear], mmap_mode="r")[start:stop]
        return log_bands.astype(np.float32), levels.astype(np.float32)
