"""Sources make song folders: whole, again the same, and only once."""

from __future__ import annotations

import ctypes.util
import json
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from stemlight.analysis.feature_frame import SAMPLE_RATE, STEMS
from stemlight.errors import UserError

from models.__main__ import main
from models.data.build import Amounts, NoSongError, Source, build, parse_shard
from models.data.check import measure
from models.data.composer.genres import GENRES
from models.data.composer.song import write_mix
from models.data.midi_file import DRUM_CHANNEL, NOTE_OFF, NOTE_ON, PROGRAM
from models.data.songs import Beats, read_song
from models.data.sources import backing, loops
from models.data.sources.debian_songs import DebianTrack, tracks
from models.data.sources.general_midi import Casting, balance, perform
from models.data.sources.midi_songs import lumps, stretch
from models.data.sources.modules import beats_of as module_beats
from models.data.sources.modules import sort_instruments, stem_of
from models.data.sources.openmpt import Module, Row
from models.data.sources.sample_kit import SampleKit, folder_kit, hydrogen_kits, part_of
from models.data.sources.soundfont import TIMIDITY, FontKit, TimedMessage, play
from models.data.table import table

BEAT_S = 0.5

needs_soundfont = pytest.mark.skipif(
    ctypes.util.find_library("fluidsynth") is None or TIMIDITY.path is None,
    reason="needs FluidSynth and a soundfont: apt-get install fluidsynth timgm6mb-soundfont",
)
needs_openmpt = pytest.mark.skipif(
    ctypes.util.find_library("openmpt") is None, reason="needs libopenmpt: apt-get install libopenmpt0"
)


def clicks(seconds: float, times_s: np.ndarray) -> np.ndarray:
    """Noise bursts at `times_s`."""
    sound = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    burst = np.random.default_rng(0).normal(size=1_500) * np.exp(-np.arange(1_500) / 300)
    for time_s in times_s:
        at = int(time_s * SAMPLE_RATE)
        sound[at : at + 1_500] += 0.2 * burst[: len(sound) - at]
    return sound


# --- how folders come to be ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tone:
    """A job of the tests."""

    number: int

    @property
    def name(self) -> str:
        return f"tone_{self.number}"

    def write(self, folder: Path) -> None:
        if self.number == 2:
            raise NoSongError("two is silent")
        beats = Beats(np.arange(0.0, 1.0, BEAT_S), np.array([1, 2]))
        write_mix(np.full(SAMPLE_RATE, 0.01 * self.number, np.float32), beats, {"licence": "CC0-1.0"}, folder)


def tones(amounts: Amounts) -> Iterator[Tone]:
    return map(Tone, range(1, 6))


TONES = Source("tones", "of the tests", "CC0-1.0", tones)


def test_what_is_there_is_not_made_again(tmp_path):
    amounts = Amounts(tmp_path)
    assert build(TONES, tmp_path, amounts) == 5
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.flac")}
    assert len(before) == 4
    shutil.rmtree(tmp_path / "tones" / "tone_4")
    assert build(TONES, tmp_path, amounts) == 1
    assert all(path.stat().st_mtime_ns == time for path, time in before.items() if "tone_4" not in str(path))
    assert json.loads((tmp_path / "tones" / "tone_2" / "meta.json").read_text()) == {
        "no_song": "two is silent"
    }


def test_shards_are_the_whole_and_do_not_meet(tmp_path):
    names = []
    for part in ("1/3", "2/3", "3/3"):
        assert build(TONES, tmp_path / part[0], Amounts(tmp_path), parse_shard(part)) in (1, 2)
        names += [path.name for path in (tmp_path / part[0] / "tones").iterdir()]
    assert sorted(names) == [f"tone_{number}" for number in range(1, 6)]


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b"])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(UserError, match="2/8"):
        parse_shard(text)


def test_many_processes_make_what_one_makes(tmp_path):
    build(TONES, tmp_path / "one", Amounts(tmp_path))
    build(TONES, tmp_path / "two", Amounts(tmp_path), n_workers=2)
    for path in (tmp_path / "one").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_no_source_and_no_songs_are_one_clear_line(tmp_path, capsys):
    assert main(["data", "opera", "--out", str(tmp_path)]) == 2
    assert "no source opera" in capsys.readouterr().err
    assert main(["data", "--table", "--out", str(tmp_path / "none")]) == 2
    assert "no songs there" in capsys.readouterr().err


def test_the_table_counts_hours_and_licences(tmp_path):
    build(TONES, tmp_path, Amounts(tmp_path))
    line = table([tmp_path / "tones"]).splitlines()[2]
    assert line == "| tones | 4 | 0.0 | 0.0 | 0.0 | 0.0 | CC0-1.0 (4) |"


# --- beats that are where it sounds ----------------------------------------------------------------


def test_a_check_tells_beats_that_are_not_where_it_sounds(tmp_path):
    beats_s = np.arange(0.25, 29.0, BEAT_S)
    in_bar = np.arange(len(beats_s)) % 4 + 1
    sound = clicks(30.0, beats_s)
    write_mix(sound, Beats(beats_s, in_bar), {}, tmp_path / "right")
    write_mix(sound, Beats(beats_s + BEAT_S / 2, in_bar), {}, tmp_path / "wrong")
    write_mix(sound, Beats(beats_s - 0.05, in_bar), {}, tmp_path / "early")
    assert measure(read_song(tmp_path / "right")).doubts() == []
    assert "between beats" in measure(read_song(tmp_path / "wrong")).doubts()[0]
    assert measure(read_song(tmp_path / "early")).lag_s == pytest.approx(0.05, abs=0.011)
    assert "from where they are written" in measure(read_song(tmp_path / "early")).doubts()[0]


def test_a_page_shows_each_song_and_holds_what_it_shows(tmp_path, capsys):
    beats_s = np.arange(0.25, 11.0, BEAT_S)
    write_mix(
        clicks(12.0, beats_s), Beats(beats_s, np.zeros(len(beats_s), int)), {}, tmp_path / "s" / "a" / "x"
    )
    assert main(["data", "--check", str(tmp_path / "page"), "--out", str(tmp_path / "s")]) == 0
    page = (tmp_path / "page" / "index.html").read_text()
    assert "x.png" in page and "x_mix.ogg" in page
    assert (tmp_path / "page" / "x.png").stat().st_size > 5_000
    assert soundfile.info(tmp_path / "page" / "x_mix.ogg").duration == pytest.approx(10.0, abs=0.1)


# --- Debian's songs ---------------------------------------------------------------------------------


def test_every_track_has_a_name_of_its_own_and_a_grid_that_fits(tmp_path):
    every = list(tracks(Amounts(tmp_path)))
    assert len({track.name for track in every}) == len(every) == 390
    for track in every:
        beats = track.beats()
        assert 0 <= beats.times_s[0] < 60 / track.tempo_bpm + 3.0
        assert beats.times_s[-1] < track.duration_s
        if track.downbeat is not None:
            assert beats.in_bar[track.downbeat] == 1


def test_a_file_of_another_version_is_no_song(tmp_path):
    track = replace(next(tracks(Amounts(tmp_path))), downloads=tmp_path)
    assert isinstance(track, DebianTrack)
    path = tmp_path / track.package / track.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another")
    with pytest.raises(NoSongError, match="another version"):
        track.write(tmp_path / "song")
    replace(track, n_bytes=7).write(tmp_path / "song")
    assert (tmp_path / "song" / f"mix{path.suffix}").read_bytes() == b"another"
    assert json.loads((tmp_path / "song" / "meta.json").read_text())["artist"] == track.artist


# --- General MIDI -----------------------------------------------------------------------------------


def note(time_s: float, key: int, channel: int = 0, length_s: float = 0.2) -> list[TimedMessage]:
    return [
        TimedMessage(time_s, NOTE_ON, channel, (key, 100)),
        TimedMessage(time_s + length_s, NOTE_OFF, channel, (key, 0)),
    ]


def band_of_three() -> list[TimedMessage]:
    """Kick on beats, a bass by program, a piano by default."""
    messages = [TimedMessage(0.0, PROGRAM, 1, (33, 0))]
    for beat in range(16):
        time_s = beat * BEAT_S
        messages += note(time_s, 36, DRUM_CHANNEL) + note(time_s, 28, 1) + note(time_s + 0.25, 72, 2)
    return sorted(messages, key=lambda message: message.time_s)


@needs_soundfont
def test_parts_go_to_their_stems_and_hits_are_where_the_drums_are():
    casting = Casting(TIMIDITY, FontKit(TIMIDITY, 0, wet=False), wet=False)
    beats = Beats(np.arange(16) * BEAT_S, np.arange(16) % 4 + 1)
    song = perform(band_of_three(), casting, 2.0, 5.0, beats)
    assert song.stems.shape == (4, 5 * SAMPLE_RATE)
    sounds = dict(zip(STEMS, song.stems, strict=True))
    assert not sounds["vocals"].any() and all(sounds[name].any() for name in ("drums", "bass", "other"))
    assert np.abs(song.mix).max() == pytest.approx(0.9, abs=0.01)
    np.testing.assert_allclose(song.beats.times_s, np.arange(10) * BEAT_S)
    assert song.hits is not None
    np.testing.assert_allclose(song.hits.times_s, np.arange(10) * BEAT_S)
    for time_s in song.hits.times_s[1:]:
        at = int(time_s * SAMPLE_RATE)
        before, after = (
            np.abs(sounds["drums"][at - 400 : at - 50]).max(),
            np.abs(sounds["drums"][at : at + 800]).max(),
        )
        assert after > 5 * before


@needs_soundfont
def test_a_soundfont_plays_the_same_again_and_a_note_where_it_is():
    messages = note(0.5, 60)
    first = play(TIMIDITY, messages, 0.0, 2.0, wet=False)
    play(TIMIDITY, note(0.0, 30), 0.0, 1.0, wet=False)
    again = play(TIMIDITY, messages, 0.0, 2.0, wet=False)
    np.testing.assert_allclose(again, first, atol=1e-3)  # its voices remember how loud the last note ended
    assert np.flatnonzero(np.abs(first) > 1e-4)[0] / SAMPLE_RATE == pytest.approx(0.5, abs=0.01)
    later = play(TIMIDITY, messages, 0.25, 1.0, wet=False)
    assert np.flatnonzero(np.abs(later) > 1e-4)[0] / SAMPLE_RATE == pytest.approx(0.25, abs=0.01)


def test_drums_that_are_lost_are_brought_back():
    rng = np.random.default_rng(0)
    stems = rng.normal(size=(4, SAMPLE_RATE)).astype(np.float32)
    stems[0] *= 0.01
    stems[1] *= 0.9
    stems[2] = 0
    before = stems[1].copy()
    balance(stems)
    assert 20 * np.log10(stems[0].std() / stems[3].std()) == pytest.approx(-6.0, abs=0.2)
    np.testing.assert_allclose(stems[1], before, rtol=1e-5)


def test_long_songs_have_several_stretches_and_short_ones_none():
    assert stretch(400.0, 150.0, 0) == (0.0, 150.0)
    assert stretch(400.0, 150.0, 1) == (150.0, 150.0)
    assert stretch(400.0, 150.0, 2) == (0.0, 150.0)
    assert stretch(60.0, 150.0, 1) == (0.0, 60.0)
    with pytest.raises(NoSongError):
        stretch(10.0, 150.0, 0)


def test_songs_in_a_wad_are_found(tmp_path):
    song = b"MThd and so on"
    directory = struct.pack("<ii8s", 12, len(song), b"D_E1M1") + struct.pack("<ii8s", 0, 4, b"PLAYPAL")
    (tmp_path / "a.wad").write_bytes(b"IWAD" + struct.pack("<ii", 2, 12 + len(song)) + song + directory)
    assert lumps(tmp_path / "a.wad") == {"D_E1M1": song}
    (tmp_path / "b.wad").write_bytes(b"none")
    assert lumps(tmp_path / "b.wad") == {}


# --- one-shots --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Sabian Hat Closed", "hat_closed"), ("Pedal HH", "hat_pedal"), ("Hi Hat Opened", "hat_open"),
        ("drum_cymbal_open", "hat_open"), ("bd_haus", "kick"), ("drum_bass_hard", "kick"),
        ("Snare Rimshot", "snare"), ("Rim Click (Pearl)", "rim"), ("Floor Tom", "tom_low"),
        ("Ride Bell", "bell"), ("Crash Left", "crash"), ("loop_amen", None),
        ("Sample: beats_01-39.flac", None), ("ambi_choir", None),
    ],
)  # fmt: skip
def test_samples_are_what_they_are_called(name, part):
    assert part_of(name) == part


def kit(folder: Path, seconds: float = 0.3) -> SampleKit:
    """Kick, snare, closed and open hat, each a constant of its own level."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(("bd_a", "sn_a", "hat_closed_a", "hat_open_a"), 1):
        soundfile.write(
            folder / f"{name}.wav", np.full(int(seconds * SAMPLE_RATE), 0.1 * number), SAMPLE_RATE
        )
    return folder_kit("test", "CC0-1.0", folder.glob("*.wav"))


def stroke(time_s: float, key: int, velocity: int = 127) -> TimedMessage:
    return TimedMessage(time_s, NOTE_ON, DRUM_CHANNEL, (key, velocity))


def test_a_kit_plays_each_key_at_its_time_and_softer_where_struck_softer(tmp_path):
    sound = kit(tmp_path).play([stroke(0.5, 36), stroke(1.0, 38, 60), stroke(1.5, 44)], 0.0, 2.0)
    at = lambda time_s: float(sound[round(time_s * SAMPLE_RATE) + 100])  # noqa: E731
    assert at(0.45) == 0.0
    assert at(0.5) == pytest.approx(0.1, abs=1e-3)
    assert 0.0 < at(1.0) < 0.1
    assert at(1.5) == pytest.approx(0.3, abs=1e-3)  # no pedal hat: the closed one stands in


def test_an_open_hat_ends_where_the_hat_is_shut(tmp_path):
    open_hat, shut = stroke(0.1, 46), stroke(0.2, 42)
    alone = kit(tmp_path).play([open_hat], 0.0, 1.0)
    choked = kit(tmp_path).play([open_hat, shut], 0.0, 1.0) - kit(tmp_path).play([shut], 0.0, 1.0)
    after = slice(int(0.22 * SAMPLE_RATE), int(0.3 * SAMPLE_RATE))
    assert alone[after].any() and not np.abs(choked[after]).max() > 1e-6


def test_a_kit_of_hydrogen_is_read_with_its_layers(tmp_path):
    kit(tmp_path / "samples")
    xml = "".join(
        f"<instrument><name>{name}</name>{layers}</instrument>"
        for name, layers in (
            ("Kick", "<layer><filename>bd_a.wav</filename><max>0.5</max></layer>"
                     "<layer><filename>sn_a.wav</filename><max>1</max></layer>"),
            ("Snare", "<filename>sn_a.wav</filename>"),
            ("Hat Closed", "<layer><filename>hat_closed_a.wav</filename></layer>"),
            ("Hat Open", "<layer><filename>gone.wav</filename></layer>"),
        )
    )  # fmt: skip
    (tmp_path / "samples" / "drumkit.xml").write_text(
        f'<drumkit_info xmlns="http://www.hydrogen-music.org/drumkit"><license>GPL</license>{xml}</drumkit_info>'
    )
    (found,) = hydrogen_kits(tmp_path)
    assert found.licence == "GPL" and set(found.instruments) == {"kick", "snare", "hat_closed"}
    soft, loud = (float(found.play([stroke(0.0, 36, v)], 0.0, 0.2)[200]) for v in (63, 127))
    assert soft == pytest.approx(0.1, abs=0.01) and loud == pytest.approx(0.2, abs=0.01)


# --- modules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("BassDrum", "drums"), ("bd_808", "drums"), ("Slap.Bass", "bass"), ("TB303", "bass"),
        ("BreakBeat 1", "drums"), ("Dist Guitar", "other"), ("closed-hihat", "drums"), ("Vox Ahh", "vocals"),
        ("greetings to all", None), ("", None),
    ],
)  # fmt: skip
def test_instruments_are_what_they_are_called(name, stem):
    assert stem_of(name) == stem


def test_stems_need_names_for_most_notes_and_no_voice():
    names = ["kick", "bass", "piano", "by me", "vox"]
    notes = {0: [60] * 50, 1: [40] * 30, 2: [70] * 30}
    assert sort_instruments(names, notes) == {"drums": [0], "bass": [1]}
    assert sort_instruments(names, {**notes, 3: [50] * 40}) is None
    assert sort_instruments(names, {**notes, 4: [50]}) is None
    assert sort_instruments(names, {1: [40], 2: [70]}) is None


def test_rows_become_beats_where_it_sounds():
    rows = [Row(number * 0.125, number // 64, number % 64, 6, 120) for number in range(256)]
    strength = np.ones(int(32.5 * SAMPLE_RATE / 512))
    strength[np.round(np.arange(0, 32, 0.5) * SAMPLE_RATE / 512).astype(int)] = 20.0
    beats, tempo_bpm = module_beats(rows, (64,) * 4, strength)
    assert tempo_bpm == pytest.approx(120.0)
    np.testing.assert_allclose(beats.times_s, np.arange(64) * 0.5)
    assert beats.in_bar[:5].tolist() == [1, 2, 3, 4, 1]
    assert not module_beats(rows, (64, 60), strength)[0].in_bar.any()


def tiny_module() -> bytes:
    """A ProTracker module: a bass drum on every fourth row, a lead on every eighth; 64 rows, twice."""
    samples = [("bassdrum", 2_000), ("lead", 2_000)]
    head = b"tiny".ljust(20, b"\0")
    for name, length in samples:
        head += name.encode().ljust(22, b"\0") + struct.pack(">HBBHH", length // 2, 0, 64, 0, 1)
    head += (b"\0" * 22 + struct.pack(">HBBHH", 0, 0, 64, 0, 1)) * 29
    head += bytes([2, 127]) + bytes(128) + b"M.K."
    pattern = bytearray(64 * 4 * 4)
    for row in range(64):
        for channel, (every, sample) in enumerate(((4, 1), (8, 2))):
            if row % every == 0:
                pattern[(row * 4 + channel) * 4 :][:4] = b""
                at = (row * 4 + channel) * 4
                pattern[at : at + 4] = struct.pack(">HBB", 428, sample << 4, 0)  # C-2
    rng = np.random.default_rng(0)
    sounds = [rng.integers(-100, 100, length, dtype=np.int8).tobytes() for _, length in samples]
    return head + bytes(pattern) + b"".join(sounds)


@needs_openmpt
def test_a_module_is_the_sum_of_its_instruments(tmp_path):
    path = tmp_path / "tiny.mod"
    path.write_bytes(tiny_module())
    module = Module(path)
    try:
        assert module.instruments[:2] == ("bassdrum", "lead") and module.title == "tiny"
        assert {number: len(keys) for number, keys in module.notes().items()} == {0: 16, 1: 8}
        assert module.pattern_lengths == (64, 64)
        assert module.duration_s == pytest.approx(128 * 0.12, abs=0.1)
        whole, rows = module.play_rows(8.0)
        parts = [module.play(8.0, only) for only in ({0}, {1})]
        np.testing.assert_allclose(parts[0] + parts[1], whole, atol=1e-4)
        assert all(part.any() for part in parts)
        np.testing.assert_allclose([row.time_s for row in rows], np.arange(len(rows)) * 0.12, atol=0.003)
    finally:
        module.close()


@needs_openmpt
def test_what_is_no_module_is_told(tmp_path):
    (tmp_path / "a.mod").write_bytes(b"\x89PNG" * 500)
    with pytest.raises(ValueError, match="does not know"):
        Module(tmp_path / "a.mod")


# --- bands ------------------------------------------------------------------------------------------


def test_every_style_that_is_asked_for_is_played():
    assert set(loops.STYLES) <= set(GENRES)
    assert set(loops.STYLES.values()) <= set(backing.STYLES)


def test_a_score_has_every_bar_once_and_is_the_same_by_seed():
    scores = [backing.score("BossaNova", 120.0, 4, 21, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    bars = [line.split()[0] for line in scores[0].splitlines() if line[0].isdigit()]
    assert bars == [str(number) for number in range(1, 22)]
    assert scores[0] == scores[1] != scores[2]


@pytest.mark.skipif(shutil.which("mma") is None, reason="needs MMA: apt-get install mma")
def test_a_band_keeps_the_tempo_and_leaves_the_drums_to_others():
    messages = backing.band("rock", 100.0, 4, 8, np.random.default_rng(1))
    notes = [message for message in messages if message.kind == NOTE_ON]
    assert notes and all(message.channel != DRUM_CHANNEL for message in messages)
    assert 8 * 4 * 0.6 - 2.4 < notes[-1].time_s < 8 * 4 * 0.6
