"""Segments are what the app would hear, with the truth in its place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from stemlight.analysis import frontend
from stemlight.analysis.feature_frame import HOP_S, SAMPLE_RATE, STEMS
from stemlight.analysis.networks import stem_bands, stem_levels
from stemlight.errors import UserError

from models.data.songs import Beats, Hits
from models.features.beat_features import BeatSegments, beat_songs, truth
from models.features.events import hit_targets, hop_of, onset_hops
from models.features.library import Library, build_library
from models.features.remix import ORIGINAL, Remix, StemSegments

SECONDS = 6


def write_song(
    folder: Path, seed: int, artist: str, real: bool = False, rows: tuple[str, ...] = STEMS
) -> None:
    """Clicks every half second for drums, tones for the rest."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    t = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE
    for name in rows:
        if name in ("drums", "mix"):
            sound = np.zeros(len(t))
            for beat in np.arange(0.0, SECONDS, 0.5):
                at = int(beat * SAMPLE_RATE)
                sound[at : at + 2_000] = (
                    0.1 * rng.normal(size=2_000)[: len(t) - at] * np.exp(-np.arange(2_000) / 300)
                )
        else:
            sound = 0.1 * np.sin(2 * np.pi * (100.0 + 300.0 * STEMS.index(name)) * t)
        soundfile.write(folder / f"{name}.wav", sound, SAMPLE_RATE)
    beats = np.arange(0.0, SECONDS, 0.5)
    (folder / "beats.txt").write_text("".join(f"{b:.4f}\t{i % 4 + 1}\n" for i, b in enumerate(beats)))
    if "drums" in rows:
        (folder / "hits.txt").write_text("".join(f"{b:.4f}\tkick\t1.0\n" for b in beats))
    (folder / "meta.json").write_text(json.dumps({"artist": artist, "real": real, "licence": "CC0-1.0"}))


@pytest.fixture
def library(tmp_path) -> Library:
    songs = tmp_path / "songs"
    write_song(songs / "a_1", 1, "one", real=True)
    write_song(songs / "a_2", 2, "one", real=True)
    write_song(songs / "b_1", 3, "two")
    write_song(songs / "b_2", 4, "two")
    write_song(songs / "m_1", 5, "three", rows=("mix",))
    return build_library([songs], tmp_path / "cache", hold_out=["a_1", "b_1"], tell=lambda line: None)


def test_an_artist_of_real_songs_is_in_one_split_a_program_is_not(library):
    assert {song.name for song in library.validation} == {"a_1", "a_2", "b_1"}
    assert {song.name for song in library.train} == {"b_2", "m_1"}


def test_what_is_held_out_by_default_is_what_the_file_says(tmp_path):
    songs = tmp_path / "songs"
    for number, (name, artist) in enumerate(
        [("debian_asc-music_frontiers", "asc"), ("outtake", "asc"), ("debian_naev_x", "naev"), ("z", "zaz")]
    ):
        write_song(songs / name, number, artist, real=True, rows=("mix",))
    library = build_library([songs], tmp_path / "cache", tell=lambda line: None)
    assert {song.name for song in library.test} == {"debian_asc-music_frontiers", "outtake"}
    assert {song.name for song in library.validation} == {"debian_naev_x"}
    assert {song.name for song in library.train} == {"z"}


def test_of_folders_that_nobody_listed_one_author_in_eight_validates(tmp_path):
    for number in range(24):
        write_song(tmp_path / "songs" / f"mine_{number}", number, f"band {number}", real=True, rows=("mix",))
    library = build_library([tmp_path / "songs"], tmp_path / "cache", tell=lambda line: None)
    assert 1 <= len(library.validation) <= 6
    assert len(library.train) == 24 - len(library.validation)


def test_renderings_of_one_work_are_in_one_split(tmp_path):
    for version in range(6):
        folder = tmp_path / "songs" / f"midi_song_{version}"
        write_song(folder, version, "nobody", rows=("drums",))
        (folder / "meta.json").write_text(json.dumps({"work": "midi_song"}))
    library = build_library(
        [tmp_path / "songs"], tmp_path / "cache", hold_out=["*_3"], tell=lambda line: None
    )
    assert len(library.validation) == 6


def test_a_voice_and_the_rest_and_a_known_instrumental_are_carried(tmp_path):
    write_song(tmp_path / "songs" / "v_1", 1, "one", rows=("vocals", "mix"))
    (tmp_path / "songs" / "v_1" / "mix.wav").rename(tmp_path / "songs" / "v_1" / "rest.wav")
    write_song(tmp_path / "songs" / "i_1", 2, "two", rows=("mix",))
    (tmp_path / "songs" / "i_1" / "meta.json").write_text(json.dumps({"silent": ["vocals"]}))
    library = build_library(
        [tmp_path / "songs"], tmp_path / "cache", hold_out=["i_*"], tell=lambda line: None
    )
    (voiced,), (instrumental,) = library.train, library.validation
    assert (voiced.kind, voiced.rows, voiced.silent) == ("voice_and_rest", ("vocals", "rest"), ())
    np.testing.assert_allclose(
        voiced.mix(), voiced.cut(0, 0, voiced.n_samples) + voiced.cut(1, 0, voiced.n_samples)
    )
    assert (instrumental.kind, instrumental.silent) == ("mix", ("vocals",))


def test_the_cache_gives_back_the_song(library):
    song = next(song for song in library.train if song.name == "b_2")
    sound, _ = soundfile.read(song.path.parents[2] / "songs" / "b_2" / "bass.wav", dtype="float32")
    np.testing.assert_allclose(song.stems()[1], sound, atol=1e-4)
    np.testing.assert_allclose(song.mix(1_000, 500), song.stems().sum(axis=0)[1_000:1_500], atol=1e-6)
    assert not song.cut(0, song.n_samples - 10, 30)[10:].any()


def test_no_song_is_one_clear_line(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no songs"):
        build_library([tmp_path / "empty"], tmp_path / "cache")


def test_a_segment_of_a_song_as_it_is_is_what_the_app_hears(library):
    songs = tuple(song for song in library.train if song.has_stems)
    n_hops = songs[0].n_hops
    segment = StemSegments(songs, n_hops, 1, seed=0, remix=ORIGINAL)[0]
    heard = frontend.spectra(songs[0].mix())
    np.testing.assert_allclose(segment.log_bands, heard.log_bands, atol=2e-3)
    np.testing.assert_allclose(segment.mix, heard.bands, rtol=1e-3, atol=1e-8)
    assert segment.hits[:, 0].sum() == SECONDS * 2
    assert float(segment.hits_known) == 1.0


def test_stems_times_mix_add_up_to_the_mix(library):
    for number in range(6):
        segment = StemSegments(library.train, 100, 9, seed=1)[number]
        torch.testing.assert_close(segment.cross.sum(dim=1), segment.mix, rtol=1e-3, atol=1e-7)


def test_segments_are_the_same_by_number_and_seed(library):
    one, two = (StemSegments(library.train, 50, 9, seed=1) for _ in range(2))
    _ = one[3]
    for x, y in zip(one[5], two[5], strict=True):
        assert torch.equal(x, y)
    assert not torch.equal(one[5].log_bands, one[6].log_bands)
    assert not torch.equal(one[5].log_bands, StemSegments(library.train, 50, 9, seed=2)[5].log_bands)


def test_muted_drums_have_no_hits(library):
    muted = StemSegments(library.train, 50, 9, seed=1, remix=Remix(mute=1.0))[0]
    assert not muted.hits.any()
    assert float(muted.hits_known) == 1.0
    assert not muted.stems[:, 0].any()


def test_over_a_real_mix_only_what_is_known_is_told(library):
    singer, band = library.train[0], next(song for song in library.train if song.name == "m_1")
    band = replace(band, silent=("vocals",), has_hits=False)
    remix = replace(ORIGINAL, partly_known=1.0)
    segments = StemSegments((singer, band), 100, 9, seed=1, remix=remix)
    for number in range(6):
        segment = segments[number]
        assert segment.known.tolist() == [0.0, 0.0, 1.0, 0.0]
        assert not segment.stems[:, :2].any()
        assert segment.stems[:, 3].any()
        assert float(segment.hits_known) == 0.0
    assert any(segments[number].stems[:, 2].any() for number in range(6))


def test_matched_stems_keep_one_beat(tmp_path):
    songs = tmp_path / "songs"
    write_song(songs / "a", 1, "one", rows=("drums",))
    write_song(songs / "b", 2, "two", rows=("other",))
    beats = np.arange(0.1, SECONDS, 0.46)  # a little faster than the drums' half second
    (songs / "b" / "beats.txt").write_text("".join(f"{b:.4f}\t{i % 4 + 1}\n" for i, b in enumerate(beats)))
    t = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE
    clicks = sum(np.exp(-(((t - b) / 0.002) ** 2)) for b in beats) * np.sin(2 * np.pi * 3_000 * t)
    soundfile.write(songs / "b" / "other.wav", 0.2 * clicks, SAMPLE_RATE)
    library = build_library([songs], tmp_path / "cache", hold_out=["none"], tell=lambda line: None)
    remix = replace(ORIGINAL, across_songs=1.0, matched=1.0)
    hops = []
    for number in range(12):
        segment = StemSegments(library.train, 172, 99, seed=4, remix=remix)[number]
        drums, other = (_attacks(segment.stems[:, row]) for row in (0, 3))
        hops.append(np.abs(drums[:, None] - other).min(axis=1))
    assert np.mean(np.concatenate(hops) <= 2) > 0.9


def _attacks(power: torch.Tensor) -> np.ndarray:
    """Hops that are a hundred times as loud as two before."""
    level = power.sum(dim=1).numpy() + 1e-6
    return 2 + np.flatnonzero(level[2:] > 100 * level[:-2])


def test_hits_fall_into_the_hop_that_holds_them():
    hits = Hits(np.array([0.0, HOP_S * 2.5, HOP_S * 7]), np.array([0, 1, 2]), np.ones(3))
    targets = hit_targets(hits, start_hop=1, n_hops=5)
    assert np.argwhere(targets).tolist() == [[1, 1]]
    assert hop_of(hits.times_s).tolist() == [0, 2, 7]


def test_onsets_of_clicks_are_at_the_clicks(library):
    song = next(song for song in library.train if song.name == "b_2")
    found = onset_hops(frontend.spectra(song.stems()[0]).log_bands) * HOP_S
    assert len(found) == SECONDS * 2
    np.testing.assert_allclose(found, np.arange(0.0, SECONDS, 0.5), atol=2 * HOP_S)


def test_beat_features_are_what_the_app_gives_its_beat_network(library, stem_net, tmp_path):
    songs = beat_songs(library.train, stem_net, tmp_path / "f", twins=True, tell=lambda line: None)
    assert [song.name for song in songs] == ["b_2", "b_2-twin", "m_1"]  # the twin needs stems
    assert songs[2].onsets is None
    log_bands, levels = songs[0].features()
    np.testing.assert_allclose(log_bands, frontend.spectra(library.train[0].mix()).log_bands, atol=2e-3)
    assert levels.shape == (songs[0].n_hops, 64)


def test_songs_heard_side_by_side_are_songs_heard_alone(library, stem_net, tmp_path):
    songs = beat_songs(library.train, stem_net, tmp_path / "f", twins=True, tell=lambda line: None)
    for song in songs:
        log_bands, levels = song.features()
        masks = stem_net.finish(
            stem_net((torch.from_numpy(log_bands)[None],), stem_net.initial_state()).outputs
        )
        bands = 10.0 ** (2.0 * log_bands - 4.0) - frontend.POWER_FLOOR
        alone = stem_levels(stem_bands(masks[0][0].detach().numpy(), np.maximum(bands, 0.0)))
        np.testing.assert_allclose(levels, alone, atol=3e-3)


def test_another_stem_network_is_another_ear(library, stem_net, tmp_path):
    torch.manual_seed(5)
    other = type(stem_net)().eval()
    song = beat_songs(
        library.train, stem_net, tmp_path / "f", twins=False, tell=lambda line: None, others=[other]
    )[0]
    assert np.array_equal(song.features(ear=0)[0], song.features(ear=1)[0])
    assert not np.array_equal(song.features(ear=0)[1], song.features(ear=1)[1])


def test_the_period_of_a_segment_is_that_of_its_beats(library, stem_net, tmp_path):
    songs = beat_songs(library.train, stem_net, tmp_path / "f", twins=False, tell=lambda line: None)
    segments = BeatSegments(songs, 150, 9, seed=0)
    for number in range(6):
        segment = segments[number]
        beats = np.flatnonzero(segment.targets[:, 0].numpy())
        known = segment.period[segment.period > 0]
        assert len(known)
        assert float(known.mean()) == pytest.approx(np.diff(beats).mean(), rel=0.05)
        assert bool((known.max() - known.min()) < 1e-3)


def test_truth_moves_with_the_tempo(library, stem_net, tmp_path):
    song = beat_songs(library.train, stem_net, tmp_path / "f", twins=False, tell=lambda line: None)[0]
    targets, known = truth(song, start=100.0, speed=1.25, n_hops=200)
    beats = np.flatnonzero(targets[:, 0])
    expected = [int((b - 100.0) / 1.25) for b in song.beats if 100 <= b < 350]
    assert beats.tolist() == expected
    assert targets[:, 1].sum() <= targets[:, 0].sum() / 2
    assert known.all()
    far, known_far = truth(song, start=song.beats[-1] + 100, speed=1.0, n_hops=50)
    assert not known_far[:, :2].any()
    assert not far[:, :2].any()


def test_unknown_bars_are_not_judged(library, stem_net, tmp_path):
    song = beat_songs(library.train, stem_net, tmp_path / "f", twins=False, tell=lambda line: None)[0]
    from dataclasses import replace

    _, known = truth(replace(song, downbeats=np.zeros(0), onsets=None), start=0.0, speed=1.0, n_hops=50)
    assert known[:, 0].all()
    assert not known[:, 1:].any()


def test_beat_segments_have_their_length_whatever_the_tempo(library, stem_net, tmp_path):
    songs = beat_songs(library.train, stem_net, tmp_path / "f", twins=False, tell=lambda line: None)
    segments = BeatSegments(songs, 120, 9, seed=0)
    for number in range(6):
        segment = segments[number]
        assert segment.log_bands.shape == (120, 128)
        assert segment.stem_levels.shape == (120, 64)
        assert bool(segment.log_bands.isfinite().all())
        assert float(segment.log_bands.min()) >= -1.51  # the floor stays where it is at any gain


def test_beats_without_bars_give_no_downbeats():
    from models.features.events import beat_positions

    _, downbeats = beat_positions(Beats(np.array([1.0, 2.0]), np.array([0, 0])))
    assert not len(downbeats)
