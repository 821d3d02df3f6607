"""The bar network's task: places in the bar are counted right, and a pattern that tells them is learnt."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from stemlight.analysis.networks import N_POSITIONS

from models.bars_task import SEGMENT_BEATS, bar_loss, bars_task
from models.features import bar_features
from models.features.bar_features import UNKNOWN, BarSegment, BarSegments, BarSong, bar_songs, positions_of
from models.features.beat_song import BeatSong
from models.net.bar_net import BarNet
from models.training import Schedule, fit


@pytest.mark.parametrize(
    ("n_beats", "downbeats", "expected"),
    [
        (10, [0, 4, 8], [3, 4, 5, 6, 3, 4, 5, 6, 3, 4]),
        (8, [2, 5], [-1, -1, 0, 1, 2, 0, 1, 2]),
        (11, [0, 5, 9], [-1, -1, -1, -1, -1, 3, 4, 5, 6, 3, 4]),  # a bar of five is nobody's
        (4, [1], [-1, -1, -1, -1]),
    ],
)
def test_beats_are_counted_from_the_downbeats(n_beats, downbeats, expected):
    beats = np.arange(n_beats) * 40.0
    assert positions_of(beats, beats[downbeats]).tolist() == expected


def _song(seed: int, n_beats: int = 100) -> BarSong:
    """The bass drum falls on one; everything else is noise of another loudness in each song."""
    rng = np.random.default_rng(seed)
    in_bar = (np.arange(n_beats) + rng.integers(4)) % 4
    levels = rng.normal(rng.normal(0.0, 0.3), 0.2, (n_beats, 4, 64))
    levels[in_bar == 0, 3, :4] += 2.0
    log_bands = rng.normal(0.0, 0.2, (n_beats, 128))
    return BarSong("songs", False, levels.astype(np.float16), log_bands.astype(np.float16), 3 + in_bar)


def test_a_segment_is_the_same_for_the_same_number():
    songs = [_song(seed) for seed in range(3)]
    one, other = (BarSegments(songs, SEGMENT_BEATS, 100, seed=1) for _ in range(2))
    for number in (7, 3):
        assert all(torch.equal(a, b) for a, b in zip(one[number], other[number], strict=True))
    assert not torch.equal(one[7].levels, one[3].levels)


def test_another_songs_stems_come_bar_on_bar(monkeypatch):
    monkeypatch.setattr(bar_features, "REMIXED", 1.0)
    segments = BarSegments([_song(seed) for seed in range(4)], SEGMENT_BEATS, 100, seed=2)
    kicks = np.stack([segments[number].levels[:, 3, :4].mean(dim=1).numpy() for number in range(20)])
    on_one = np.stack([segments[number].positions.numpy() == 3 for number in range(20)])
    loud = kicks - np.median(kicks, axis=1, keepdims=True) > 0.7
    heard = loud.any(axis=1)  # not where the drums are away
    assert heard.sum() > 10
    assert (loud[heard] == on_one[heard]).mean() > 0.98


def test_a_short_song_is_padded_with_beats_that_nobody_judges():
    segment = BarSegments([_song(0, n_beats=20)], SEGMENT_BEATS, 10, seed=0)[0]
    assert len(segment.levels) == len(segment.log_bands) == SEGMENT_BEATS
    assert (segment.positions[20:] == UNKNOWN).all() and (segment.positions[:20] != UNKNOWN).all()


def test_songs_are_cut_at_their_beats_and_those_without_bars_are_left_out(tmp_path):
    rng = np.random.default_rng(0)
    np.save(tmp_path / "bands.npy", rng.normal(0, 1, (500, 128)).astype(np.float16))
    np.save(tmp_path / "levels.npy", rng.normal(0, 1, (500, 64)).astype(np.float16))
    beats = np.arange(10.0, 700.0, 43.0)  # the features end before the beats do

    def song(downbeats: np.ndarray) -> BeatSong:
        files = (tmp_path / "bands.npy", (tmp_path / "levels.npy",))
        return BeatSong("a", "songs", *files, 500, True, beats, downbeats, None)

    (cut,) = bar_songs([song(beats[::4]), song(np.zeros(0)), song(beats[::5])])
    assert cut.finished and len(cut.positions) == len(cut.levels) == len(cut.log_bands) == 11
    assert cut.positions.tolist()[:5] == [4, 5, 6, 3, 4]


def test_beats_that_are_unknown_cost_nothing():
    said = torch.zeros(2, 30, N_POSITIONS, requires_grad=True)
    positions = torch.full((2, 30), UNKNOWN)
    positions[1, 20] = 5
    bar_loss((said,), BarSegment(torch.zeros(0), torch.zeros(0), positions))[0].backward()
    assert said.grad is not None
    assert said.grad.abs().sum(dim=-1).nonzero().tolist() == [[1, 20]]


def test_a_bass_drum_on_one_is_learnt(fabric, tmp_path):
    torch.manual_seed(0)
    net = BarNet(n_units=24)
    task = bars_task(
        [_song(seed) for seed in range(30)], [_song(seed) for seed in range(40, 44)], net, seed=0
    )
    before = task.validate(net.eval())["right_made"]
    schedule = Schedule(
        steps=90, batch=16, rate=5e-3, warm_up_steps=5, average=0.9, checkpoint_steps=45, workers=0
    )
    after = fit(task, schedule, tmp_path, fabric)["right_made"]
    assert before < 0.5 and after > 0.9
