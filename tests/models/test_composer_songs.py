"""Song folders of every make become the same arrays; broken ones are refused in words."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile
from stemlight.analysis.feature_frame import DRUM_PARTS, SAMPLE_RATE, STEMS
from stemlight.errors import UserError

from models.data import signals
from models.data.songs import index, read_song

SECONDS = 1.0


def write(folder, names: dict[str, float], suffix: str = ".wav", rate_hz: int = SAMPLE_RATE, **meta: object):
    """A song folder in which each named file is a sine of that pitch."""
    folder.mkdir(parents=True)
    for name, hz in names.items():
        time_s = np.arange(int(SECONDS * rate_hz)) / rate_hz
        sound = 0.2 * np.sin(2 * np.pi * hz * time_s)
        form = {"format": "OGG", "subtype": "OPUS"} if suffix == ".opus" else {}
        soundfile.write(folder / (name + suffix), sound, rate_hz, **form)
    if meta:
        (folder / "meta.json").write_text(json.dumps(meta))
    return folder


def pitch_hz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * SAMPLE_RATE / len(sound))


@pytest.mark.parametrize(
    ("suffix", "rate_hz"), [(".wav", 44_100), (".flac", 48_000), (".opus", 48_000), (".ogg", 22_050)]
)
def test_any_format_and_rate_comes_at_ours(tmp_path, suffix: str, rate_hz: int) -> None:
    song = read_song(write(tmp_path / "a", {"bass": 110.0, "other": 440.0}, suffix, rate_hz))
    assert song.duration_s == pytest.approx(SECONDS, abs=0.03)
    assert pitch_hz(song.stems[STEMS.index("bass")]) == pytest.approx(110, abs=2)
    assert pitch_hz(song.stems[STEMS.index("other")]) == pytest.approx(440, abs=2)


def test_missing_stems_are_silent_and_known(tmp_path) -> None:
    song = read_song(write(tmp_path / "a", {"drums": 100.0, "bass": 50.0}))
    assert song.known.all() and not song.stems[STEMS.index("vocals")].any()
    np.testing.assert_allclose(song.mix, song.stems.sum(axis=0), atol=1e-6)
    assert len(song.beats.times_s) == 0 and not song.has_hits


def test_a_mix_alone_has_no_known_stems(tmp_path) -> None:
    song = read_song(write(tmp_path / "a", {"mix": 330.0}))
    assert not song.known.any() and not song.stems.any()
    assert pitch_hz(song.mix) == pytest.approx(330, abs=2)


def test_guitar_and_rest_sum_to_the_mix(tmp_path) -> None:
    song = read_song(write(tmp_path / "a", {"guitar": 220.0, "rest": 660.0}))
    assert not song.known.any() and set(song.parts) == {"guitar", "rest"}
    np.testing.assert_allclose(song.mix, song.parts["guitar"] + song.parts["rest"], atol=1e-6)


def test_a_voice_and_the_rest_know_one_stem(tmp_path) -> None:
    write(tmp_path / "a", {"vocals": 220.0, "rest": 330.0})
    song = read_song(tmp_path / "a")
    assert song.known.tolist() == [False, False, True, False]
    assert pitch_hz(song.stems[STEMS.index("vocals")]) == pytest.approx(220, abs=2)
    np.testing.assert_allclose(song.mix, song.parts["vocals"] + song.parts["rest"])


def test_a_mix_may_be_known_to_have_no_voice(tmp_path) -> None:
    write(tmp_path / "a", {"mix": 330.0}, silent=["vocals"])
    assert read_song(tmp_path / "a").known.tolist() == [False, False, True, False]
    write(tmp_path / "b", {"mix": 330.0}, silent=["tuba"])
    with pytest.raises(UserError, match="tuba"):
        read_song(tmp_path / "b")


def test_stereo_becomes_mono(tmp_path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    both = np.stack([np.full(1000, 0.5), np.full(1000, -0.25)], axis=1)
    soundfile.write(folder / "other.wav", both, SAMPLE_RATE, subtype="FLOAT")
    np.testing.assert_allclose(read_song(folder).stems[STEMS.index("other")], 0.125)


def test_beats_and_hits_are_read(tmp_path) -> None:
    folder = write(tmp_path / "a", {"drums": 100.0})
    (folder / "beats.txt").write_text("0.5\t1\n1.0\t2\n1.5\t0\n")
    (folder / "hits.txt").write_text("0.5\tkick\t0.9\n1.0\tsnare\t1.0\n")
    song = read_song(folder)
    np.testing.assert_allclose(song.beats.times_s, [0.5, 1.0, 1.5])
    assert song.beats.in_bar.tolist() == [1, 2, 0]
    assert [DRUM_PARTS[part] for part in song.hits.parts] == ["kick", "snare"] and song.has_hits


def test_the_index_knows_kinds_and_artists(tmp_path) -> None:
    write(tmp_path / "a", dict.fromkeys(STEMS, 100.0), artist="One", source="studio")
    write(tmp_path / "deep" / "b", {"mix": 100.0}, artist="Two")
    write(tmp_path / "c", {"vocals": 300.0}, ".flac")
    write(tmp_path / "d", {"guitar": 300.0, "rest": 100.0})
    write(tmp_path / "e.part", {"mix": 100.0})  # a writer is at it
    entries = {entry.name: entry for entry in index([tmp_path])}
    assert {name: entry.kind for name, entry in entries.items()} == {
        "a": "stems", "b": "mix", "c": "vocals", "d": "split",
    }  # fmt: skip
    assert entries["a"].artist == "One" and entries["a"].source == "studio"
    assert entries["c"].artist == "c"  # nobody is named: it is a split of its own


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("beats.txt", "0.5\tone\n", "beat in bar"),
        ("beats.txt", "0.5 1 2\n", "columns"),
        ("hits.txt", "0.5\tgong\t1\n", "kick"),
        ("meta.json", "{", "JSON"),
        ("meta.json", "[1]", "object"),
        ("drums.wav", "not sound", "sound"),
    ],
)
def test_what_is_broken_is_named(tmp_path, name: str, text: str, says: str) -> None:
    folder = write(tmp_path / "a", {"drums": 100.0})
    (folder / name).write_text(text)
    with pytest.raises(UserError, match=says) as raised:
        read_song(folder)
    assert name in str(raised.value)


def test_no_song_and_no_folder_are_refused(tmp_path) -> None:
    with pytest.raises(UserError, match="no "):
        read_song(tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        index([tmp_path / "nowhere"])


def test_a_signal_fits_into_a_song(tmp_path) -> None:
    """Test signals can be written as song folders and come back."""
    from models.data.composer import Song, write_song
    from models.data.songs import Hits

    signal = signals.click_track(120.0, 2.0)
    stems = np.zeros((4, len(signal.sound)), np.float32)
    stems[0] = signal.sound
    write_song(Song(stems, signal.beats, Hits.none(), {"artist": "test"}), tmp_path / "clicks")
    read = read_song(tmp_path / "clicks")
    np.testing.assert_allclose(read.mix, signal.sound, atol=1 / 32768)
    np.testing.assert_allclose(read.beats.times_s, signal.beats.times_s, atol=1e-6)
    assert read.has_hits and len(read.hits.times_s) == 0
