"""MIDI files say when things are played and where the bars are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from midi_bytes import TICKS, clicks, midi, signature, tempo
from stemlight.errors import UserError

from models.data.build import NoSongError
from models.data.midi_file import NOTE_OFF, NOTE_ON, MidiFile, felt_beat
from models.data.sources.general_midi import beats_of, phases_of


@given(st.integers(0, 2**28 - 1))
def test_numbers_of_any_length_are_read(ticks):
    file = MidiFile.parse(midi([(ticks, b"\x90\x3c\x40")]))
    assert file.messages[0].tick == ticks


def test_running_status_and_note_on_of_velocity_0(tmp_path):
    track = [(0, b"\x90\x3c\x40"), (10, b"\x3c\x00"), (10, b"\xf0\x02\x01\xf7"), (5, b"\x99\x24\x7f")]
    path = tmp_path / "a.mid"
    path.write_bytes(midi(track))
    file = MidiFile.read(path)
    assert [(m.tick, m.kind, m.channel) for m in file.messages] == [
        (0, NOTE_ON, 0), (10, NOTE_OFF, 0), (25, NOTE_ON, 9)
    ]  # fmt: skip


def test_tracks_are_one_in_time():
    file = MidiFile.parse(midi([(100, b"\x90\x3c\x40")], [(50, b"\x91\x3c\x40")]))
    assert [message.channel for message in file.messages] == [1, 0]


def test_time_and_ticks_are_inverse_over_changes_of_tempo():
    file = MidiFile.parse(midi([(0, tempo(120)), (TICKS * 4, tempo(60)), (TICKS * 2, tempo(240))]))
    assert file.seconds_at(TICKS * 4) == pytest.approx(2.0)
    assert file.seconds_at(TICKS * 6) == pytest.approx(4.0)
    assert file.seconds_at(TICKS * 10) == pytest.approx(5.0)
    for tick in (0, 100, 2000, 2500, 5000):
        assert file.tick_at(file.seconds_at(tick)) == pytest.approx(tick)


def test_beats_follow_tempo_and_signature():
    notes = clicks(14)
    file = MidiFile.parse(midi([(0, tempo(120)), (0, signature(4, 2)), (TICKS * 8, signature(3, 2))], notes))
    beats = file.beats()
    assert beats.in_bar.tolist() == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 1]
    np.testing.assert_allclose(np.diff(beats.times_s), 0.5)


def test_bars_that_nobody_wrote_are_unknown():
    assert not MidiFile.parse(midi([(0, tempo(120)), *clicks(8)])).beats().in_bar.any()


@pytest.mark.parametrize(
    ("numerator", "denominator", "quarters_per_minute", "felt"),
    [
        (4, 4, 120, (1.0, 4)),
        (6, 8, 120, (1.5, 2)),
        (12, 8, 100, (1.5, 4)),
        (2, 2, 200, (2.0, 2)),
        (4, 4, 240, (2.0, 2)),
        (4, 4, 40, (0.5, 8)),
        (3, 4, 200, (1.0, 3)),
    ],
)
def test_beats_are_as_they_are_felt(numerator, denominator, quarters_per_minute, felt):
    assert felt_beat(numerator, denominator, quarters_per_minute) == felt


def test_music_that_lies_beside_its_grid_takes_the_grid_along():
    late = TICKS // 12
    file = MidiFile.parse(midi([(0, tempo(120)), (0, signature(4, 2)), (late, b"\xb0\x07\x64"), *clicks(80)]))
    beats = beats_of(file)
    onsets = np.array([file.seconds_at(m.tick) for m in file.messages if m.kind == NOTE_ON])
    assert np.abs(phases_of(onsets, beats.times_s)).max() < 0.01


def test_music_without_a_beat_is_no_song():
    rng = np.random.default_rng(0)
    events = [(int(rng.integers(1, 2 * TICKS)), bytes([0x90, 60, 100])) for _ in range(200)]
    with pytest.raises(NoSongError, match="keep no beat"):
        beats_of(MidiFile.parse(midi([(0, tempo(120)), *events])))


@pytest.mark.parametrize("content", [b"", b"RIFFxxxxxxxxxxxx", midi([], division=0xE728)])
def test_what_is_no_midi_is_refused_in_words(tmp_path, content):
    path = tmp_path / "a.mid"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"a\.mid: cannot be read as MIDI"):
        MidiFile.read(path)


def test_a_file_that_is_cut_off_gives_what_it_has():
    whole = midi(clicks(20))
    assert 0 < len(MidiFile.parse(whole[:-30]).messages) < len(MidiFile.parse(whole).messages)
