"""Which songs have no voice in them: the teacher listens to excerpts, and only silence throughout counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.ndimage
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.voices.teacher import PIECE, Teacher

EXCERPTS = (0.3, 0.65)  # of the song, 12 s each: a verse and a chorus, mostly
BLOCK = SAMPLE_RATE // 10


@dataclass(frozen=True, slots=True)
class Heard:
    """How much voice there is in a song's excerpts, after the teacher."""

    mean_db: float  # its power against the mix's
    loudest_db: float  # the same in the loudest second, against the mix's mean
    share: float  # of tenths of seconds in which it is within 10 dB of the mix


def listen(teacher: Teacher, sound: np.ndarray) -> Heard:
    """`sound` float32 (2, n) at SAMPLE_RATE."""
    powers = []
    for place in EXCERPTS if sound.shape[1] > 2 * PIECE else (0.0,):
        start = int(place * (sound.shape[1] - PIECE)) if sound.shape[1] > PIECE else 0
        mix = np.ascontiguousarray(sound[:, start : start + PIECE])
        powers.append([_powers(teacher.vocals(mix)), _powers(mix)])
    voice, mixed = np.concatenate(powers, axis=1)
    second = scipy.ndimage.uniform_filter1d(voice, 10)
    return Heard(
        mean_db=_db(voice.mean() / mixed.mean()),
        loudest_db=_db(second.max() / mixed.mean()),
        share=float((voice > 0.1 * mixed)[mixed > 1e-7].mean()),
    )


def _powers(sound: np.ndarray) -> np.ndarray:
    mono = np.square(sound).mean(axis=0)
    return np.asarray(mono[: len(mono) // BLOCK * BLOCK].reshape(-1, BLOCK).mean(axis=1) + 1e-10)


def _db(ratio: float) -> float:
    return round(float(10 * np.log10(ratio + 1e-9)), 1)
