"""Scores are perfect for perfect ears, and alignment is exact."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import HOP_LENGTH
from stemlight.analysis.networks import BeatResult, StemResult

from models.evaluate import Heard, listen, stem_scores, table


class _AllVocals:
    """Networks that call everything vocals."""

    class Stems:
        def process(self, log_bands: np.ndarray) -> StemResult:
            masks = np.zeros((4, frontend.N_BANDS), np.float32)
            masks[2] = 1.0
            return StemResult(masks, np.zeros(3, np.float32))

    class Beats:
        def process(self, log_bands: np.ndarray, stem_bands: np.ndarray) -> BeatResult:
            return BeatResult(np.zeros(3, np.float32))

    def __init__(self) -> None:
        self.stems, self.beats = self.Stems(), self.Beats()

    def reset(self) -> None:
        pass


def test_what_comes_back_is_aligned_with_the_mix():
    mix = np.random.default_rng(0).normal(0.0, 0.1, 40 * HOP_LENGTH).astype(np.float32)
    heard = listen(_AllVocals(), mix)
    known = slice(0, 39 * HOP_LENGTH)  # the last hop is still on its way
    np.testing.assert_allclose(heard.stems[2, known], mix[known], atol=1e-5)
    assert not heard.stems[[0, 1, 3]].any()


def _song() -> np.ndarray:
    """Bass below, a voice above that begins half way; drums and other are silent."""
    t = np.arange(400 * HOP_LENGTH) / 44_100
    stems = np.zeros((4, len(t)), np.float32)
    stems[1] = 0.2 * np.sin(2 * np.pi * 80 * t) * (1 + 0.5 * np.sin(2 * np.pi * t))
    stems[2] = 0.2 * np.sin(2 * np.pi * 2_000 * t) * (t > t[-1] / 2)
    return stems


def _heard(stems: np.ndarray, low: int, high: int) -> Heard:
    """Masks that part the song at 500 Hz."""
    mix = stems.sum(axis=0)
    masks = np.zeros((len(mix) // HOP_LENGTH, 4, frontend.N_BANDS), np.float32)
    below = frontend.band_frequencies_hz() < 500
    masks[:, low, below] = masks[:, high, ~below] = 1.0
    resynthesis = frontend.Resynthesis(4)
    made = [
        resynthesis.process((mask @ frontend.band_matrix()) * stft)
        for mask, stft in zip(masks, frontend.spectra(mix).stft, strict=True)
    ]
    sound = np.concatenate([*made[1:], np.zeros_like(made[0])], axis=1)
    return Heard(frontend.spectra(mix).log_bands, masks, np.zeros((1, 3)), np.zeros((1, 3)), sound)


def test_the_right_masks_score_high_and_the_wrong_ones_low():
    stems = _song()
    right = stem_scores(stems, stems.sum(axis=0), _heard(stems, low=1, high=2))
    wrong = stem_scores(stems, stems.sum(axis=0), _heard(stems, low=2, high=1))
    for name in ("bass", "vocals"):
        assert right[f"r_{name}"] > 0.98
        assert right[f"si_sdr_gain_{name}"] > 15.0
        assert wrong[f"si_sdr_gain_{name}"] < 0.0
    assert right["r_bass"] > right["r_mix_bass"]
    assert right["leakage_vocals"] < -30.0 < -3.0 < wrong["leakage_vocals"]


def test_silent_stems_are_judged_by_leakage_alone():
    stems = _song()
    scores = stem_scores(stems, stems.sum(axis=0), _heard(stems, low=0, high=2))
    assert "r_drums" not in scores
    assert scores["leakage_drums"] == pytest.approx(0.0, abs=3.5)  # it was given all the bass
    assert scores["leakage_other"] < -60.0


def test_the_table_has_a_row_a_score_and_dashes_for_what_is_unknown():
    text = table({"a": {"songs": 1.0, "f": 0.5}, "b": {"songs": 2.0}}, {"songs": 3.0, "f": 0.5})
    assert "| f | 0.50 | - | 0.50 |" in text.splitlines()
    assert text.splitlines()[-1] == "| songs | 1 | 2 | 3 |"
