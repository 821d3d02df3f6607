"""What the beat network is told: a tempo is right where the beats are, and unknown is not judged."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from stemlight.analysis.feature_frame import HOP_S

from models.beats_task import VALIDATED_HOPS, WARM_UP_HOPS, activations_of, beat_loss
from models.features.beat_features import BeatSegment
from models.features.beat_song import BeatSong
from models.net.beat_net import DilatedGru, tempo_periods

N_HOPS = WARM_UP_HOPS + 20


def _segment(period: float) -> BeatSegment:
    zeros = torch.zeros(1, N_HOPS, 3)
    phase = torch.zeros(1, N_HOPS)
    return BeatSegment(
        zeros, zeros, zeros, zeros, torch.full((1, N_HOPS), period), phase, torch.tensor([False])
    )


def _tempo_loss(said: int, period: float) -> float:
    tempo = torch.zeros(1, N_HOPS, len(tempo_periods()))
    tempo[..., said] = 8.0
    return beat_loss((torch.zeros(1, N_HOPS, 3), tempo), _segment(period))[1]["tempo"]


@pytest.mark.parametrize("bpm", [60.0, 92.5, 128.0, 174.0])
def test_the_tempo_that_costs_least_is_the_true_one(bpm):
    period = 60.0 / bpm / HOP_S
    losses = [_tempo_loss(said, period) for said in range(len(tempo_periods()))]
    assert tempo_periods()[int(np.argmin(losses))] == pytest.approx(period, rel=0.02)


@pytest.mark.parametrize("period", [0.0, 15.0, 120.0])
def test_a_tempo_unknown_or_out_of_range_costs_nothing(period):
    assert _tempo_loss(3, period) == 0.0


def _pulled(found: bool) -> list[bool]:
    """Which of five segments teach; the last one's beats lie where the network hears none."""
    beats = torch.zeros(5, N_HOPS, 3)
    beats[:, WARM_UP_HOPS + 5, 0] = 1.0
    beats[4] = beats[4].roll(10, dims=0)
    logits = torch.full((5, N_HOPS, 3), -4.0)
    logits[:, WARM_UP_HOPS + 5, 0] = 4.0
    logits.requires_grad_()
    segment = BeatSegment(
        torch.zeros(0), torch.zeros(0), beats, torch.ones(5, N_HOPS, 3), torch.full((5, N_HOPS), 43.0),
        torch.zeros(5, N_HOPS), torch.full((5,), found),
    )  # fmt: skip
    beat_loss((logits, torch.zeros(5, N_HOPS, len(tempo_periods()))), segment)[0].backward()
    return (logits.grad != 0).any(dim=-1).any(dim=-1).tolist()


def test_found_beats_that_fit_worst_teach_nothing():
    assert _pulled(found=True) == [True, True, True, True, False]


def test_beats_of_music_that_was_made_from_them_are_believed():
    assert _pulled(found=False) == [True] * 5


def test_a_dilated_gru_hears_only_its_own_turn():
    torch.manual_seed(0)
    gru = DilatedGru(6, dilation=4).eval()
    x = torch.randn(1, 12, 6)
    changed = x.clone()
    changed[:, 3] += 1.0
    with torch.no_grad():
        one, _ = gru(x, torch.zeros(1, 4, 6))
        other, _ = gru(changed, torch.zeros(1, 4, 6))
    moved = (one != other).any(dim=-1)[0].nonzero()[:, 0].tolist()
    assert moved == [3, 7, 11]


def _song(folder, name: str, n_hops: int) -> BeatSong:
    rng = np.random.default_rng(n_hops)
    for kind, n in (("bands", 128), ("levels", 64)):
        np.save(folder / f"{name}.{kind}.npy", rng.uniform(-1.0, 1.0, (n_hops, n)).astype(np.float16))
    paths = folder / f"{name}.bands.npy", (folder / f"{name}.levels.npy",)
    return BeatSong(name, "root", *paths, n_hops, False, np.arange(0.0, n_hops, 43.0), np.zeros(0), None)


def test_songs_judged_side_by_side_are_songs_judged_alone(beat_net, tmp_path):
    songs = [_song(tmp_path, str(n_hops), n_hops) for n_hops in (50, 300, 170)]
    for song, activations in zip(songs, activations_of(beat_net, songs), strict=True):
        log_bands, levels = (torch.from_numpy(features)[None] for features in song.features())
        with torch.no_grad():
            logits, _ = beat_net((log_bands, levels), beat_net.initial_state()).outputs
        assert activations.shape == (song.n_hops, 3)
        np.testing.assert_allclose(activations, torch.sigmoid(logits)[0].numpy(), atol=1e-4)


def test_a_minute_of_each_song_is_judged(beat_net, tmp_path):
    (activations,) = activations_of(beat_net, [_song(tmp_path, "long", VALIDATED_HOPS + 100)])
    assert len(activations) == VALIDATED_HOPS
