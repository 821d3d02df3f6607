"""Losses are lowest where the truth is, and forgive what they promise to forgive."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from stemlight.analysis import frontend

from models.features.remix import StemSegment
from models.losses import LATEST_HOPS, event_loss, merged, stem_loss


def _logits(at: int, n_hops: int = 30) -> torch.Tensor:
    logits = torch.full((1, n_hops, 1), -6.0)
    logits[0, at] = 6.0
    return logits


def _target(at: int, n_hops: int = 30) -> torch.Tensor:
    target = torch.zeros(1, n_hops, 1)
    target[0, at] = 1.0
    return target


@pytest.mark.parametrize("late", range(LATEST_HOPS + 1))
def test_an_event_shown_soon_after_is_found(late):
    assert float(event_loss(_logits(10 + late), _target(10), 5.0).sum()) < 0.5


@pytest.mark.parametrize("late", [-5, -2, LATEST_HOPS + 3, 12])
def test_an_event_shown_too_early_or_too_late_is_missed_and_a_false_alarm(late):
    assert float(event_loss(_logits(10 + late), _target(10), 5.0).sum()) > 5.0 * 6.0


def test_events_at_both_ends_count():
    for at in (0, 29):
        assert float(event_loss(_logits(at), _target(at), 5.0).sum()) < 0.5
        assert float(event_loss(torch.full((1, 30, 1), -6.0), _target(at), 5.0).sum()) > 5.0


def test_kinds_of_event_do_not_mix():
    logits = torch.cat([_logits(10), _logits(20)], dim=2)
    right = event_loss(logits, torch.cat([_target(10), _target(20)], dim=2), 5.0)
    wrong = event_loss(logits, torch.cat([_target(20), _target(10)], dim=2), 5.0)
    assert float(right.sum()) < 1.0 < float(wrong.sum())


@pytest.fixture
def two_tones() -> StemSegment:
    """Drums are a low tone, vocals a high one; nothing else."""
    t = np.arange(40 * 512) / 44_100
    sounds = np.zeros((4, len(t)), np.float32)
    sounds[0], sounds[2] = 0.3 * np.sin(2 * np.pi * 100 * t), 0.3 * np.sin(2 * np.pi * 3_000 * t)
    stfts = np.stack([frontend.spectra(sound).stft for sound in sounds], axis=1)
    mixed = stfts.sum(axis=1)
    bands = frontend.band_matrix().T
    arrays = (
        np.square(np.abs(mixed)) @ bands,
        np.square(np.abs(stfts)) @ bands,
        (stfts * mixed[:, None].conj()).real @ bands,
        frontend.spectra(sounds.sum(axis=0)).log_bands,
        np.zeros((40, 3), np.float32),
    )
    mix, stems, cross, log_bands, hits = (torch.from_numpy(a)[None] for a in arrays)
    return StemSegment(log_bands, mix, stems, cross, torch.ones(1, 4), hits, torch.ones(1))


def _mask_logits(low: int, high: int) -> torch.Tensor:
    """All bands below 1 kHz to one stem, all above to another."""
    logits = torch.full((1, 40, 4, frontend.N_BANDS), -20.0)
    below = torch.from_numpy(frontend.band_frequencies_hz() < 1_000)
    logits[:, :, low, below] = 20.0
    logits[:, :, high, ~below] = 20.0
    return logits


def test_the_true_masks_are_the_best(two_tones):
    drums = torch.full((1, 40, 3), -20.0)
    true, _ = stem_loss((_mask_logits(0, 2), drums), two_tones, warm_up=5)
    for low, high in [(2, 0), (1, 2), (0, 3), (0, 0)]:
        wrong, _ = stem_loss((_mask_logits(low, high), drums), two_tones, warm_up=5)
        assert float(wrong) > float(true) + 0.01
    assert float(true) < 0.01


def test_loudness_changes_nothing(two_tones):
    drums = torch.full((1, 40, 3), -20.0)
    quiet = two_tones._replace(
        **{name: getattr(two_tones, name) * 1e-2 for name in ("mix", "stems", "cross")}
    )
    loud, _ = stem_loss((_mask_logits(0, 3), drums), two_tones, warm_up=5)
    soft, _ = stem_loss((_mask_logits(0, 3), drums), quiet, warm_up=5)
    torch.testing.assert_close(loud, soft)


def _only_vocals_known(segment: StemSegment) -> StemSegment:
    """The same, with the sum of drums, bass and other in the row of `other`."""
    known = torch.tensor([[0.0, 0.0, 1.0, 0.0]])
    stems, cross = segment.stems.clone(), segment.cross.clone()
    for rows in (stems, cross):  # drums alone sound, so that their power is that of the sum
        rows[:, :, 3] = rows[:, :, 0]
        rows[:, :, 0] = 0.0
    return segment._replace(stems=stems, cross=cross, known=known)


def test_among_stems_known_as_their_sum_any_share_is_right(two_tones):
    drums = torch.full((1, 40, 3), -20.0)
    partly = _only_vocals_known(two_tones)
    losses = [float(stem_loss((_mask_logits(low, 2), drums), partly, warm_up=5)[0]) for low in (0, 1, 3)]
    assert losses == pytest.approx([losses[0]] * 3, abs=1e-5)
    assert losses[0] < 0.01
    wrong, _ = stem_loss((_mask_logits(2, 0), drums), partly, warm_up=5)
    assert float(wrong) > 0.1


def test_merged_masks_still_sum_to_one():
    masks = torch.softmax(torch.randn(3, 2, 4, 5), dim=2)
    known = torch.tensor([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    rows = merged(masks, known)
    torch.testing.assert_close(rows.sum(dim=2), torch.ones(3, 2, 5))
    torch.testing.assert_close(rows[0], masks[0])
    torch.testing.assert_close(rows[1, :, 3], masks[1, :, [0, 1, 3]].sum(dim=1))
    assert not rows[2, :, :2].any()


def test_hits_nobody_wrote_down_are_not_held_against_the_network(two_tones):
    eager = torch.full((1, 40, 3), 5.0)
    _, known = stem_loss((_mask_logits(0, 2), eager), two_tones, warm_up=5)
    _, unknown = stem_loss((_mask_logits(0, 2), eager), two_tones._replace(hits_known=torch.zeros(1)), 5)
    assert known["hits"] > 1.0
    assert unknown["hits"] == 0.0
