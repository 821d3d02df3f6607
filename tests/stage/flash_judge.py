"""Counts the flashes in pictures, as WCAG 2.x defines them; shares nothing with what it judges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

QUARTER = 0.25


def flashes_a_second(pictures: Sequence[np.ndarray], fps: float, red: bool = False) -> float:
    """The most flashes that over a quarter of the screen has within one second, general ones or of red.

    `pictures`: uint8 (h, w, 3 or 4). Half a flash is a change without its way back.
    """
    light = np.stack([_linear(picture[..., :3] / 255.0) for picture in pictures])
    turns = _turns_of_red(light) if red else _turns(light @ (0.2126, 0.7152, 0.0722))
    window = round(fps)
    so_far = np.concatenate([np.zeros((1, *turns.shape[1:])), np.cumsum(turns, axis=0)])
    within = so_far[min(window, len(turns)) :] - so_far[: max(1, len(so_far) - window)]
    return float(max(np.quantile(each, 1.0 - QUARTER, method="lower") for each in within)) / 2.0


def _linear(display: np.ndarray) -> np.ndarray:
    return np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4)


def _turns(luminance: np.ndarray) -> np.ndarray:
    """Where a pixel has turned: changed by a tenth against the way it went. (n, h, w), 0 or 1."""
    return _zigzag(luminance, 0.1, lambda now, then: np.minimum(now, then) < 0.8)


def _turns_of_red(light: np.ndarray) -> np.ndarray:
    red = np.maximum(light[..., 0] - light[..., 1] - light[..., 2], 0.0)
    saturated = light[..., 0] >= 0.8 * np.maximum(light.sum(axis=-1), 1e-9)
    return _zigzag(np.where(saturated, red, 0.0), 20 / 320, lambda now, then: np.ones_like(now, bool))


def _zigzag(values: np.ndarray, size: float, counts) -> np.ndarray:
    turns = np.zeros(values.shape, np.int8)
    lowest, highest = values[0].copy(), values[0].copy()  # since the last turn
    way = np.zeros(values.shape[1:], np.int8)
    for index, now in enumerate(values[1:], 1):
        lowest, highest = np.minimum(lowest, now), np.maximum(highest, now)
        rises = (way <= 0) & (now - lowest >= size) & counts(now, lowest)
        falls = (way >= 0) & (highest - now >= size) & counts(now, highest)
        turned = rises | falls
        turns[index] = turned
        way = np.where(rises, 1, np.where(falls, -1, way))
        lowest, highest = np.where(turned, now, lowest), np.where(turned, now, highest)
    return turns
