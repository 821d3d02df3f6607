"""Well-known data sets, as tiny synthesized folders of their layout, become song folders."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from midi_bytes import clicks, midi, signature, tempo
from stemlight.analysis.feature_frame import DRUM_PARTS, SAMPLE_RATE, STEMS
from stemlight.errors import UserError

from models.__main__ import main
from models.data.build import Amounts, build
from models.data.folders import adopt
from models.data.songs import read_song

SECONDS = 12.0
PITCHES = {"drums": 100.0, "bass": 55.0, "other": 880.0, "vocals": 440.0}


def tone(hz: float, rate_hz: int = SAMPLE_RATE) -> np.ndarray:
    return 0.2 * np.sin(2 * np.pi * hz * np.arange(int(SECONDS * rate_hz)) / rate_hz)


def pitch_hz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * SAMPLE_RATE / len(sound))


def made(root: Path, out: Path, name: str):
    """The only song that `root` becomes."""
    assert build(adopt(root), out, Amounts(out)) == 1
    return read_song(out / adopt(root).name / name)


def write_stem_mp4(path: Path, streams: list[np.ndarray]) -> None:
    """As Native Instruments' Stems has it: one AAC stream after the other, stereo."""
    path.parent.mkdir(parents=True)
    with av.open(str(path), "w", format="mp4") as container:
        outs = [container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo") for _ in streams]
        for out, sound in zip(outs, streams, strict=True):
            for start in range(0, len(sound), 1024):
                piece = np.tile(sound[start : start + 1024].astype(np.float32), (2, 1))
                frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
                frame.sample_rate, frame.pts = SAMPLE_RATE, start
                container.mux(out.encode(frame))
            container.mux(out.encode(None))


def test_musdb18_is_read_by_its_streams(tmp_path):
    order = ("drums", "bass", "other", "vocals")
    sounds = [tone(PITCHES[name]) for name in order]
    path = tmp_path / "in" / "train" / "Some Band - A Song.stem.mp4"
    write_stem_mp4(path, [np.sum(sounds, axis=0), *sounds])
    song = made(tmp_path / "in", tmp_path / "out", "musdb18_some_band_a_song")
    assert song.meta["artist"] == "Some Band" and song.meta["real"]
    assert song.duration_s == pytest.approx(SECONDS, abs=0.1)
    for row, name in enumerate(STEMS):
        assert pitch_hz(song.stems[row]) == pytest.approx(PITCHES[name], abs=0.5)
        assert np.abs(song.stems[row][SAMPLE_RATE : 2 * SAMPLE_RATE]).max() == pytest.approx(0.2, abs=0.02)


def test_slakh_is_sorted_by_its_metadata(tmp_path):
    track = tmp_path / "in" / "train" / "Track00001"
    (track / "stems").mkdir(parents=True)
    (track / "MIDI").mkdir()
    for stem, hz in (("S00", 880.0), ("S01", 55.0), ("S02", 100.0), ("S03", 1760.0)):
        soundfile.write(track / "stems" / f"{stem}.flac", tone(hz), SAMPLE_RATE)
    (track / "metadata.yaml").write_text(
        "UUID: 1a\naudio_dir: stems\nlmd_midi_dir: x.mid\nstems:\n"
        "  S00:\n    audio_rendered: true\n    inst_class: Guitar\n    is_drum: false\n"
        "  S01:\n    inst_class: Bass\n    is_drum: false\n    midi_program_name: 'Electric Bass: Finger'\n"
        "  S02:\n    inst_class: Drums\n    is_drum: true\n"
        "  S03:\n    inst_class: Strings (continued)\n    is_drum: false\n"
        "  S04:\n    inst_class: Piano\n    is_drum: false\n"
        "target_peak: -1.0\n"
    )
    head = [(0, tempo(120)), (0, signature(4, 2))]
    (track / "all_src.mid").write_bytes(midi(head, clicks(80)))
    (track / "MIDI" / "S02.mid").write_bytes(midi(head, clicks(10, key=36)))
    song = made(tmp_path / "in", tmp_path / "out", "slakh_track00001")
    assert pitch_hz(song.stems[STEMS.index("bass")]) == pytest.approx(55, abs=0.5)
    assert pitch_hz(song.stems[STEMS.index("drums")]) == pytest.approx(100, abs=0.5)
    other = song.stems[STEMS.index("other")]
    spectrum = np.abs(np.fft.rfft(other))
    assert {round(hz * SECONDS) for hz in (880, 1760)} == set(np.argsort(spectrum)[-2:].tolist())
    assert not song.stems[STEMS.index("vocals")].any() and song.known.all()
    np.testing.assert_allclose(song.beats.times_s[:8], np.arange(8) * 0.5, atol=1e-6)
    assert song.beats.in_bar[:5].tolist() == [1, 2, 3, 4, 1]
    assert [DRUM_PARTS[part] for part in song.hits.parts] == ["kick"] * 10


def test_recorded_drummings_have_hits_and_the_beats_of_their_click(tmp_path):
    root = tmp_path / "in"
    (root / "drummer1").mkdir(parents=True)
    soundfile.write(root / "drummer1" / "a_1.wav", tone(100.0), SAMPLE_RATE)
    (root / "drummer1" / "a_1.midi").write_bytes(midi([(0, tempo(90)), *clicks(12, key=38)]))
    (root / "e-gmd-v1.0.0.csv").write_text(
        "drummer,session,id,style,bpm,beat_type,time_signature,duration,split,midi_filename,audio_filename,kit_name\n"
        "drummer1,drummer1/s1,1,rock,90,beat,3-4,12.0,train,drummer1/a_1.midi,drummer1/a_1.wav,Kit\n"
        "drummer1,drummer1/s1,2,rock,90,fill,3-4,12.0,train,drummer1/a_1.midi,drummer1/a_1.wav,Kit\n"
        "drummer1,drummer1/s1,3,rock,90,beat,3-4,12.0,train,drummer1/b_1.midi,drummer1/b_1.wav,Kit\n"
    )
    song = made(root, tmp_path / "out", "egmd_drummer1_a_1")
    assert song.stems[0].any() and not song.stems[1:].any()
    np.testing.assert_allclose(song.hits.times_s, np.arange(12) * 60 / 90, atol=1e-4)
    assert {DRUM_PARTS[part] for part in song.hits.parts} == {"snare"}
    np.testing.assert_allclose(np.diff(song.beats.times_s), 60 / 90, atol=1e-5)
    assert song.beats.in_bar[:4].tolist() == [1, 2, 3, 1]


def test_song_folders_are_taken_as_they_are_and_other_folders_refused(tmp_path, capsys):
    (tmp_path / "hq" / "Band - Song").mkdir(parents=True)
    soundfile.write(tmp_path / "hq" / "Band - Song" / "mixture.wav", tone(100.0), SAMPLE_RATE)
    with pytest.raises(UserError, match="read as it is"):
        adopt(tmp_path / "hq")
    (tmp_path / "photos").mkdir()
    assert main(["data", "--adopt", str(tmp_path / "photos"), "--out", str(tmp_path / "out")]) == 2
    assert "Slakh" in capsys.readouterr().err


def test_a_broken_stem_file_is_one_clear_line(tmp_path, capsys):
    path = tmp_path / "in" / "a.stem.mp4"
    path.parent.mkdir()
    path.write_bytes(b"not at all")
    assert (
        main(["data", "--adopt", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--workers", "1"]) == 2
    )
    assert "a.stem.mp4: cannot be read as sound" in capsys.readouterr().err
