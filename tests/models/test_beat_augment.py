"""What is done to bands in training is what happens to music, and the beat stays where it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from stemlight.analysis.frontend import N_BANDS
from stemlight.analysis.networks import N_STEM_LEVELS

from models.features import beat_augment
from models.features.beat_augment import FLOOR, log_of, power_of, worn
from models.features.beat_song import BeatSong
from models.features.mashup import Drummers, Singers, with_stem

N_HOPS = 400


def clicks(hops: np.ndarray, n_hops: int, level: float = 0.5) -> np.ndarray:
    """float32 log bands: silence, and two hops of sound from each of `hops` on."""
    bands = np.full((n_hops, N_BANDS), FLOOR, np.float32)
    for later in (0, 1):
        bands[np.floor(hops).astype(int) + later] = level
    return bands


def song(
    folder: Path, name: str, period: float, *, first: float = 3.0, n_beats: int = 80,
    downbeat: int | None = 0, drums: bool = True,
) -> BeatSong:  # fmt: skip
    """Clicks on the beats, louder on the downbeats."""
    beats = first + period * np.arange(n_beats)
    n_hops = int(beats[-1] + period)
    downbeats = np.zeros(0) if downbeat is None else beats[downbeat::4]
    bands = clicks(beats, n_hops)
    for later in (0, 1):
        bands[np.floor(downbeats).astype(int) + later] = 1.0
    path, levels = folder / f"{name}.npy", folder / f"{name}.levels.npy"
    np.save(path, bands.astype(np.float16))
    np.save(levels, np.full((n_hops, N_STEM_LEVELS), FLOOR, np.float16))
    return BeatSong(
        name, "root", path, (levels,), n_hops, finished=not drums, beats=beats, downbeats=downbeats,
        onsets=None, drums_path=path if drums else None,
    )  # fmt: skip


@pytest.mark.parametrize("pace", [0.8, 1.0, 1.3])
def test_another_drummer_plays_on_the_beat_and_on_the_one(tmp_path, pace):
    host = song(tmp_path, "host", 43.0, downbeat=2, drums=False)
    drummer = song(tmp_path, "drummer", 43.0 * pace, first=7.0, downbeat=1)
    rng = np.random.default_rng(1)
    for _ in range(8):
        start = float(rng.integers(3, 900))
        drums = Drummers([host, drummer]).drums(host, start + np.arange(600.0), rng)
        assert drums is not None
        struck = np.flatnonzero(drums.mean(axis=1) > 0.25 * drums.mean(axis=1).max())
        ones = host.downbeats[(host.downbeats > start + 2) & (host.downbeats < start + 597)] - start
        assert all(np.abs(struck - one).min() <= 2.0 for one in ones)
        in_beat = ((struck + start - 3.0) / 43.0 + 0.5) % 1.0 - 0.5
        assert np.abs(in_beat).max() < 0.08  # nowhere but on beats


def test_nobody_plays_where_nobody_fits(tmp_path):
    host = song(tmp_path, "host", 43.0, drums=False)
    time = 100.0 + np.arange(600.0)
    rng = np.random.default_rng(0)
    too_slow = song(tmp_path, "slow", 43.0 * 1.5)
    too_short = song(tmp_path, "short", 43.0, n_beats=6)
    without_bars = song(tmp_path, "loose", 43.0, downbeat=None)
    for drummer in (too_slow, too_short, without_bars):
        assert Drummers([drummer]).drums(host, time, rng) is None
    assert Drummers([host]).drums(host, time, rng) is None
    free = song(tmp_path, "free", 43.0, downbeat=None, drums=False)
    assert Drummers([without_bars]).drums(free, time, rng) is not None


def test_drums_are_silent_where_nobody_knows_the_beat(tmp_path):
    host = song(tmp_path, "host", 43.0, n_beats=12, drums=False)
    drummer = song(tmp_path, "drummer", 43.0)
    drums = Drummers([drummer]).drums(host, np.arange(700.0), np.random.default_rng(2))
    assert drums is not None
    assert not drums[int(host.beats[-1]) + 2 :].any()
    assert drums[: int(host.beats[-1])].any()


def test_powers_add_up_in_the_mix_and_in_the_stem_of_drums():
    rng = np.random.default_rng(3)
    mix = rng.uniform(-0.5, 0.5, (N_HOPS, N_BANDS)).astype(np.float32)
    levels = np.full((N_HOPS, N_STEM_LEVELS), FLOOR, np.float32)
    drums = power_of(clicks(np.arange(0, N_HOPS, 40), N_HOPS))
    louder, heard = with_stem(mix, levels, "drums", drums, rng)
    struck = drums.any(axis=1)
    assert (louder[struck] > mix[struck]).all()
    np.testing.assert_allclose(louder[~struck], mix[~struck], atol=2e-3)
    by_stem = heard.reshape(N_HOPS, 4, -1)
    assert (by_stem[struck, 0] > FLOOR + 0.3).all()
    np.testing.assert_allclose(by_stem[:, 1:], FLOOR, atol=1e-3)


def test_a_voice_is_heard_as_a_voice_and_a_little_as_something_else():
    rng = np.random.default_rng(4)
    mix = np.full((N_HOPS, N_BANDS), -0.5, np.float32)
    levels = np.full((N_HOPS, N_STEM_LEVELS), FLOOR, np.float32)
    voice = power_of(clicks(np.arange(0, N_HOPS, 40), N_HOPS))
    louder, heard = with_stem(mix, levels, "vocals", voice, rng)
    sung = voice.any(axis=1)
    assert (louder[sung] > mix[sung]).all()
    drums, bass, vocals, other = np.moveaxis(heard.reshape(N_HOPS, 4, -1)[sung], 1, 0)
    assert (vocals > other).all()
    assert (other > FLOOR + 0.1).all()
    np.testing.assert_allclose([drums, bass], FLOOR, atol=1e-3)


def test_singers_sing_from_anywhere_and_rest_where_their_song_is_over(tmp_path):
    path = tmp_path / "voice.npy"
    np.save(path, np.full((300, N_BANDS), 0.2, np.float16))
    sung = Singers([path]).voice(N_HOPS, np.random.default_rng(5))
    assert sung is not None
    sounds = sung.any(axis=1)
    n_sung = int(sounds.sum())
    assert 300 / 1.18 - 2 <= n_sung <= 300 / 0.85 + 2
    assert sounds[:n_sung].all()


def test_nobody_sings_where_nobody_can(tmp_path):
    path = tmp_path / "silent.npy"
    np.save(path, np.full((900, N_BANDS), FLOOR, np.float16))
    for voices in ([], [path]):
        assert Singers(voices).voice(N_HOPS, np.random.default_rng(6)) is None


def only(monkeypatch, *names: str) -> None:
    """Every chance but these is none, and these are sure."""
    for name in ("PRESSED", "IN_A_ROOM", "NOISY"):
        monkeypatch.setattr(beat_augment, name, 1.0 if name in names else 0.0)


def test_a_hall_adds_a_tail_and_takes_nothing_away(monkeypatch):
    only(monkeypatch, "IN_A_ROOM")
    bands = clicks(np.array([50.0, 200.0]), N_HOPS)
    after, _ = worn(bands, bands[:, :N_STEM_LEVELS].copy(), np.random.default_rng(0))
    assert (after >= bands - 1e-3).all()
    # Nothing before its cause; exp and log of some processors are off by a rounding.
    np.testing.assert_allclose(after[:51], bands[:51].clip(min=FLOOR), atol=1e-6)
    assert (np.diff(after[52:199, 0]) <= 1e-4).all()  # it dies away
    assert after[52, 0] > FLOOR + 0.1


def test_a_mastering_keeps_the_order_and_the_mean(monkeypatch):
    only(monkeypatch, "PRESSED")
    rng = np.random.default_rng(5)
    bands = rng.uniform(-1.0, 1.0, (N_HOPS, N_BANDS)).astype(np.float32)
    after, _ = worn(bands, bands[:, :N_STEM_LEVELS].copy(), rng)
    np.testing.assert_allclose(after.mean(axis=0), bands.mean(axis=0), atol=1e-4)
    share = after.std(axis=0) / bands.std(axis=0)
    assert 0.55 <= share.min() <= share.max() < 1.0
    np.testing.assert_array_equal(np.argsort(after[:, 7]), np.argsort(bands[:, 7]))


def test_an_audience_fills_the_gaps_and_is_nobodys_voice(monkeypatch):
    only(monkeypatch, "NOISY")
    bands = clicks(np.arange(10.0, N_HOPS, 40.0), N_HOPS, level=1.0)
    levels = np.full((N_HOPS, N_STEM_LEVELS), FLOOR, np.float32)
    after, heard = worn(bands, levels, np.random.default_rng(6))
    gap = bands[:, 0] == FLOOR
    assert after[gap].mean() > FLOOR + 0.1
    by_stem = heard.reshape(N_HOPS, 4, -1)
    assert by_stem[:, 3].mean() > FLOOR + 0.1
    np.testing.assert_allclose(by_stem[:, :3], FLOOR, atol=1e-3)


def test_power_and_log_bands_are_each_others_inverse():
    bands = np.linspace(FLOOR + 0.2, 1.5, 50).astype(np.float32)
    np.testing.assert_allclose(log_of(power_of(bands)), bands, atol=1e-3)
