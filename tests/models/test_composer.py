"""The composer's songs hold what they promise: stems, beats and hits that agree with one another."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from stemlight.analysis.feature_frame import SAMPLE_RATE, STEMS
from stemlight.errors import UserError

from models.data.composer import GENRES, Song, compose
from models.data.composer.batch import write_songs
from models.data.composer.mixing import loudness_lufs
from models.data.songs import index, read_song

SECONDS = 7.0


@cache
def song_of(genre: str, seed: int = 3, seconds: float = SECONDS) -> Song:
    return compose(seed, genre, seconds)


@pytest.mark.parametrize("genre", list(GENRES))
def test_every_genre_composes(genre: str) -> None:
    song = song_of(genre)
    assert song.stems.shape[0] == len(STEMS) and song.stems.dtype == np.float32
    assert np.isfinite(song.stems).all()
    assert abs(song.duration_s - SECONDS) < 5  # whole bars, and a tail
    assert np.abs(song.stems).max() < 1 and np.abs(song.mix).max() <= 1
    assert -25 < loudness_lufs(song.mix[None]) < -6
    assert song.meta["genre"] == genre and song.meta["licence"] == "CC0-1.0"
    assert song.meta["artist"] == f"Stemlight composer {genre}"


def test_a_seed_is_a_song() -> None:
    again = compose(3, "pop", SECONDS)
    assert np.array_equal(song_of("pop").stems, again.stems)
    assert np.array_equal(song_of("pop").hits.times_s, again.hits.times_s)
    other = compose(4, "pop", SECONDS)
    assert other.stems.shape != again.stems.shape or not np.array_equal(other.stems, again.stems)


def test_the_genre_is_drawn_by_the_seed() -> None:
    assert compose(5, seconds=6).meta["genre"] == compose(5, seconds=6).meta["genre"]
    with pytest.raises(KeyError):
        compose(0, "polka", 6)


def test_stereo_stems_have_width() -> None:
    song = compose(3, "rock", SECONDS, n_channels=2)
    assert song.stems.shape[:2] == (4, 2)
    other = song.stems[STEMS.index("other")]
    assert not np.array_equal(other[0], other[1])


@pytest.mark.parametrize("genre", ["house", "techno", "trap"])
def test_machines_keep_their_tempo(genre: str) -> None:
    song = song_of(genre)
    gaps_s = np.diff(song.beats.times_s)
    np.testing.assert_allclose(gaps_s, 60 / song.meta["tempo"], rtol=1e-9)


@pytest.mark.parametrize("genre", ["rock", "folk", "swing", "waltz"])
def test_people_keep_their_tempo_nearly(genre: str) -> None:
    song = song_of(genre)
    gaps_s = np.diff(song.beats.times_s)[: -song.meta["beats_per_bar"]]  # the last bar may slow down
    assert np.std(gaps_s) > 1e-5
    assert np.median(gaps_s) == pytest.approx(60 / song.meta["tempo"], rel=0.15)
    assert np.abs(np.diff(gaps_s)).max() < 0.03 * np.median(gaps_s)  # it breathes, it does not jump


def test_three_and_four_beats_a_bar_occur() -> None:
    for genre, n in (("waltz", 3), ("pop", 4)):
        beats = song_of(genre).beats.in_bar
        assert beats[0] == 1 and set(beats) == set(range(1, n + 1))
        assert np.array_equal(beats, np.arange(len(beats)) % n + 1)


@pytest.mark.parametrize(
    ("genre", "others_s"), [("house", 0.0), ("trap", 0.0), ("rock", 0.02), ("hip_hop", 0.02), ("metal", 0.01)]
)
def test_hits_are_where_the_drums_sound(genre: str, others_s: float) -> None:
    """At a hit that nothing covers the drum stem rises within 5 ms.

    People do not strike together: a cymbal or shaker, which is no hit, may begin `others_s` earlier.
    """
    song = song_of(genre)
    # the difference lifts attacks over the tails of kicks
    power, hits = np.square(np.diff(song.stems[0], prepend=0.0)), song.hits
    assert (np.diff(hits.times_s) >= 0).all()
    span = int(0.005 * SAMPLE_RATE)
    alone = np.flatnonzero((np.diff(hits.times_s, prepend=-1.0) > 0.1) & (hits.velocities > 0.4))
    rises = 0
    for time_s in hits.times_s[alone]:
        start, quiet = round(time_s * SAMPLE_RATE), round((time_s - others_s) * SAMPLE_RATE)
        rises += power[start : start + span].mean() > 1.5 * power[max(0, quiet - span) : quiet + 1].mean()
    assert len(alone) > 8 and rises > 0.85 * len(alone)


def test_no_drum_sounds_before_its_hit() -> None:
    """Before the very first stroke of the song the drum stem is silent to the last sample."""
    song = song_of("house")
    first = np.flatnonzero(np.abs(song.stems[0]) > 1e-6)[0]
    times_s = song.hits.times_s
    assert first / SAMPLE_RATE <= times_s[0] + 0.001  # percussion and crashes are no hits, and may be first


def test_song_folders_read_back(tmp_path) -> None:
    n_written = write_songs(tmp_path, 2, 6.0, genre="pop")
    assert n_written == 2
    entries = index([tmp_path])
    assert [entry.name for entry in entries] == ["composed_00000_pop", "composed_00001_pop"]
    assert all(entry.has_beats and entry.has_hits and entry.kind == "stems" for entry in entries)
    song, read = compose(0, "pop", 6.0), read_song(entries[0].folder)
    assert read.known.all() and read.has_hits
    np.testing.assert_allclose(read.stems, song.stems, atol=1 / 32768)
    np.testing.assert_allclose(read.mix, song.mix, atol=4 / 32768)  # stems sum to the mix, to their rounding
    np.testing.assert_allclose(read.beats.times_s, song.beats.times_s, atol=1e-6)
    assert np.array_equal(read.beats.in_bar, song.beats.in_bar)
    np.testing.assert_allclose(read.hits.times_s, song.hits.times_s, atol=1e-6)
    assert np.array_equal(read.hits.parts, song.hits.parts)
    assert read.meta == song.meta


def test_writing_goes_on_where_it_was(tmp_path) -> None:
    write_songs(tmp_path, 1, 6.0, genre="techno")
    kept = tmp_path / "composed_00000_techno" / "drums.flac"
    before = kept.stat().st_mtime_ns
    cut_short = tmp_path / "composed_00001_techno.part"  # as a killed writer leaves it
    cut_short.mkdir()
    (cut_short / "drums.flac").write_bytes(b"half")
    assert len(index([tmp_path])) == 1
    assert write_songs(tmp_path, 2, 6.0, genre="techno") == 1
    assert kept.stat().st_mtime_ns == before
    assert not cut_short.exists() and len(index([tmp_path])) == 2


def test_a_song_of_no_length_is_refused(tmp_path) -> None:
    with pytest.raises(UserError, match="seconds"):
        write_songs(tmp_path, 1, 1.0)


def test_a_count_in_is_counted() -> None:
    """What is struck before the first bar is on beats of the list, of a whole bar."""
    song = compose(7, "rock", 6.0)
    first_bar_s = song.meta["sections"][0]["start_s"]
    before = song.beats.times_s < first_bar_s - 0.01
    assert np.array_equal(song.beats.in_bar[before], [1, 2, 3, 4])
    assert song.beats.times_s[0] > 0
    at, beat = round(song.beats.times_s[0] * SAMPLE_RATE), round(np.diff(song.beats.times_s)[0] * SAMPLE_RATE)
    counted, silent = song.stems[0][at - beat // 4 : at + beat // 4], song.stems[0][: at - beat // 4]
    assert np.abs(counted).max() > 0.01 > np.abs(silent).max(initial=0.0)


def test_many_kinds_of_music() -> None:
    lowest = min(genre.tempo_bpm[0] for genre in GENRES.values())
    highest = max(genre.tempo_bpm[1] for genre in GENRES.values())
    assert lowest <= 70 and highest >= 175
    assert {genre.beats_per_bar for genre in GENRES.values()} == {3, 4}
    assert {genre.steps_per_beat for genre in GENRES.values()} == {3, 4}
