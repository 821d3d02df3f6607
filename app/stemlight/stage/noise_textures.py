"""Pictures of noise for shaders that read one, the same on every day."""

from __future__ import annotations

from functools import cache

import numpy as np

SIDE_PX = 256
VOLUME_SIDE_PX = 32
SEED = 20
# Shaders take a third dimension out of a flat noise: they read one layer in one channel and the next in the
# channel before, this far away (Quilez, "value noise"). So that must hold the same values.
LAYER_STEP_PX = (37, 17)


@cache
def noise_picture() -> np.ndarray:
    """uint8 (256, 256, 4): independent values; green is red, alpha blue, `LAYER_STEP_PX` further on."""
    values = np.random.default_rng(SEED).integers(0, 256, (SIDE_PX, SIDE_PX, 2), np.uint8)
    x, y = LAYER_STEP_PX
    further = np.roll(values, (-y, x), axis=(0, 1))  # the top row comes first: up is back
    picture = np.stack([values[..., 0], further[..., 0], values[..., 1], further[..., 1]], axis=-1)
    picture.setflags(write=False)
    return picture


@cache
def noise_volume() -> np.ndarray:
    """uint8 (32, 32, 32, 4): independent values."""
    volume = np.random.default_rng(SEED + 1).integers(0, 256, (VOLUME_SIDE_PX,) * 3 + (4,), np.uint8)
    volume.setflags(write=False)
    return volume
