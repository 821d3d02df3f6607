"""Speech is made to sing: at the pitch, at the time, with the throat that was asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.errors import UserError

from models.data.build import Amounts, NoSongError
from models.data.songs import index, read_song
from models.data.voices import open_stems, speech
from models.data.voices.arrangement import STYLES, perform
from models.data.voices.effects import chopped, de_ess, record
from models.data.voices.folders import read_sound, write_voice
from models.data.voices.lines import SCALES, Writing, double, harmony, write_line
from models.data.voices.singer import FRAMES_A_SECOND, Manner, Sung, sing
from models.data.voices.speakers import Corpus, Speaker, speakers
from models.data.voices.speech import HOP, Voice, analyse, point_hz
from models.data.voices.sung import SungVoice

STEADY = Manner(vibrato_semitones=0.0, drift_semitones=0.0, scoop_semitones=0.0, glide_s=1e-3, breath=0.0)
FORMANTS_HZ = (700.0, 1_200.0, 2_600.0)


def spoken(n_syllables: int, pitch_hz: float = 120.0, seed: int = 0) -> np.ndarray:
    """Hiss, then a vowel with three formants, again and again: what a vocoder must take apart."""
    rng = np.random.default_rng(seed)
    n = int(0.35 * SAMPLE_RATE)
    time_s = np.arange(n) / SAMPLE_RATE
    vowel = np.zeros(n)
    for hz in np.arange(pitch_hz, 8_000, pitch_hz):
        gain = sum(np.exp(-(((hz - formant) / 150.0) ** 2)) for formant in FORMANTS_HZ) + 0.003
        vowel += gain * np.cos(2 * np.pi * hz * time_s + rng.uniform(0, 6.28))
    vowel *= np.minimum(1.0, np.minimum(time_s, time_s[::-1]) / 0.04) / np.abs(vowel).max()
    hiss = scipy.signal.sosfilt(
        scipy.signal.butter(4, 5_000, "highpass", fs=SAMPLE_RATE, output="sos"), rng.standard_normal(4_000)
    )
    syllable = np.r_[np.zeros(3_000), 0.1 * hiss, 0.6 * vowel]
    return np.tile(syllable, n_syllables).astype(np.float32)


@pytest.fixture(scope="module")
def voice() -> Voice:
    return analyse([(spoken(12), SAMPLE_RATE / 2), (spoken(14, 125.0, seed=1), SAMPLE_RATE / 2)])


def pitch_at(sound: np.ndarray, start_s: float, end_s: float, near_midi: float) -> float:
    """Of a steady note, in midi: the comb of 20 harmonics within two semitones that holds most."""
    piece = sound[int(start_s * SAMPLE_RATE) : int(end_s * SAMPLE_RATE)]
    length = 8 * len(piece)
    magnitude = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), length))
    midi = near_midi + np.linspace(-2, 2, 401)
    hz = 440.0 * 2.0 ** ((midi - 69.0) / 12.0)
    bins = np.round(np.outer(hz, np.arange(1, 21)) * length / SAMPLE_RATE).astype(int)
    return float(midi[np.argmax(magnitude[bins].sum(axis=1))])


def test_every_syllable_is_found_with_its_consonant(voice: Voice) -> None:
    assert len(voice.syllables) == 26
    first, vowel, end = voice.syllables.T
    assert ((first < vowel) & (vowel < end)).all()
    np.testing.assert_allclose((vowel - first) / FRAMES_A_SECOND, 4_000 / SAMPLE_RATE, atol=0.03)
    assert not voice.voiced[(first + vowel) // 2].any() and voice.voiced[(vowel + end) // 2].all()
    assert voice.usual_hz == pytest.approx(122.5, abs=4)


def test_the_envelope_has_the_formants_and_not_the_pitch(voice: Voice) -> None:
    _, vowel, end = voice.syllables[3]
    envelope = voice.envelopes[(vowel + end) // 2]
    peaks, _ = scipy.signal.find_peaks(envelope, prominence=1.0)
    np.testing.assert_allclose(point_hz()[peaks][:3], FORMANTS_HZ, rtol=0.1)


def test_silence_and_noise_give_no_syllables() -> None:
    noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype(np.float32) * 0.1
    for sound in (np.zeros(SAMPLE_RATE, np.float32), noise, noise[:100]):
        assert len(analyse([(sound, 22_050.0)]).syllables) == 0


def test_a_voice_is_kept(voice: Voice, tmp_path: Path) -> None:
    voice.save(tmp_path / "a.npz")
    again = Voice.load(tmp_path / "a.npz")
    np.testing.assert_array_equal(again.syllables, voice.syllables)
    np.testing.assert_allclose(again.envelopes, voice.envelopes, atol=0.01)
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.parametrize("midi", [48.0, 60.5, 72.0])
def test_a_note_is_sung_at_its_pitch(voice: Voice, midi: float) -> None:
    line = [Sung(0.3, 1.3, ((0.3, midi),), 2)]
    sound = sing(voice, line, 1.6, STEADY, np.random.default_rng(0))
    assert pitch_at(sound, 0.5, 1.1, midi) == pytest.approx(midi, abs=0.05)


def test_a_melisma_moves_and_a_vowel_begins_on_time(voice: Voice) -> None:
    line = [Sung(0.5, 1.7, ((0.5, 55.0), (1.1, 62.0)), 4)]
    sound = sing(voice, line, 2.0, STEADY, np.random.default_rng(0))
    assert pitch_at(sound, 0.6, 1.05, 55.0) == pytest.approx(55.0, abs=0.1)
    assert pitch_at(sound, 1.2, 1.6, 62.0) == pytest.approx(62.0, abs=0.1)
    vowels = scipy.signal.sosfilt(scipy.signal.butter(4, 1_500, fs=SAMPLE_RATE, output="sos"), sound)
    level = np.sqrt(np.square(vowels[: len(vowels) // HOP * HOP]).reshape(-1, HOP).mean(axis=1))
    onset_s = np.flatnonzero(level > 0.3 * level.max())[0] / FRAMES_A_SECOND
    assert onset_s == pytest.approx(0.5, abs=0.03)


def test_a_whisper_has_no_pitch_and_a_growl_an_octave_below(voice: Voice) -> None:
    line = [Sung(0.3, 1.5, ((0.3, 60.0),), 2)]
    whispered = sing(voice, line, 1.8, Manner(voicing=0.0), np.random.default_rng(0))
    _, periodicity = speech._pitch(whispered[int(0.5 * SAMPLE_RATE) : int(1.3 * SAMPLE_RATE)])
    assert np.median(periodicity) < speech.PERIODIC
    clean, growled = (
        np.abs(np.fft.rfft(sing(voice, line, 1.8, manner, np.random.default_rng(0))))
        for manner in (STEADY, replace(STEADY, growl=0.6))
    )
    below = np.abs(np.fft.rfftfreq(int(1.8 * SAMPLE_RATE), 1 / SAMPLE_RATE) - 130.8) < 8
    assert growled[below].max() / growled.max() > 4 * clean[below].max() / clean.max()


def test_a_smaller_body_has_higher_formants(voice: Voice) -> None:
    line = [Sung(0.3, 1.3, ((0.3, 45.0),), 2)]
    hz = np.fft.rfftfreq(int(1.6 * SAMPLE_RATE), 1 / SAMPLE_RATE)
    centroids = []
    for formant in (1.0, 1.25):
        sound = sing(voice, line, 1.6, replace(STEADY, formant=formant), np.random.default_rng(0))
        power = np.square(np.abs(np.fft.rfft(sound)))
        centroids.append((power * hz)[hz < 4_000].sum() / power[hz < 4_000].sum())
    assert centroids[1] / centroids[0] == pytest.approx(1.25, abs=0.1)


@pytest.mark.parametrize("scale", list(SCALES))
def test_a_line_stays_in_its_scale_and_order(scale: str) -> None:
    writing = Writing(tempo_bpm=120, scale=SCALES[scale], tonic=50, low=45, high=64)
    line = write_line(writing, 8, 40, np.random.default_rng(5))
    assert len(line) > 20
    assert all(after.start_s > before.end_s for before, after in pairwise(line))
    notes = [midi for sung in line for _, midi in sung.pitches]
    assert all(45 <= midi <= 64 and (midi - 50) % 12 in SCALES[scale] for midi in notes)
    assert all(0 <= sung.syllable < 40 for sung in line)
    for sung in harmony(line, 2, writing, np.random.default_rng(0)):
        assert all((midi - 50) % 12 in SCALES[scale] for _, midi in sung.pitches)


def test_a_line_of_nothing_can_be_doubled() -> None:
    assert double([], np.random.default_rng(0)) == []


def test_a_double_is_nearly_the_same() -> None:
    line = [Sung(1.0 + i, 1.8 + i, ((1.0 + i, 60.0),), i) for i in range(5)]
    again = double(line, np.random.default_rng(0))
    assert again != line
    for first, second in zip(line, again, strict=True):
        assert 0 <= second.start_s - first.start_s < 0.06
        assert abs(second.pitches[0][1] - 60.0) < 0.6


@pytest.mark.parametrize("style", list(STYLES))
def test_every_style_is_a_voice(voice: Voice, style: str) -> None:
    sung = perform(voice, 3.0, np.random.default_rng(1), style)
    assert sung.style == style and sung.sound.dtype == np.float32
    assert np.isfinite(sung.sound).all() and np.abs(sung.sound).max() > 0.05


def test_a_seed_is_a_performance(voice: Voice) -> None:
    first, again, other = (
        perform(voice, 3.0, np.random.default_rng(seed), "pop").sound for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert len(first) != len(other) or not np.array_equal(first, other)


def test_effects_keep_the_length_and_a_tail_rings() -> None:
    dry = np.zeros((1, 3 * SAMPLE_RATE), np.float32)
    dry[0, 1_000:40_000] = spoken(2)[:39_000]
    for seed in range(5):
        wet = record(dry, 0.5, np.random.default_rng(seed), dirt=seed / 5)
        assert wet.shape == dry.shape and np.isfinite(wet).all()
        assert chopped(wet, 0.1, np.random.default_rng(seed)).shape == dry.shape


def test_a_de_esser_turns_hiss_down_and_vowels_not() -> None:
    sound = spoken(1)[None]
    softer = de_ess(sound, 9.0)
    hiss, vowel = slice(4_000, 6_500), slice(12_000, 18_000)
    assert np.std(softer[0, hiss]) < 0.7 * np.std(sound[0, hiss])
    assert np.std(softer[0, vowel]) == pytest.approx(np.std(sound[0, vowel]), rel=0.05)


def test_speakers_are_told_apart_and_sing(tmp_path: Path) -> None:
    import soundfile

    root = tmp_path / "voices-data"
    for who in ("ann", "bob"):
        (root / who).mkdir(parents=True)
        for number in range(12):
            soundfile.write(root / who / f"{number}.wav", spoken(3, seed=number), SAMPLE_RATE)
    (root / "ann" / "0.wav").write_bytes(b"broken")
    (root / "cy").mkdir()
    soundfile.write(root / "cy" / "0.wav", spoken(3), SAMPLE_RATE)  # too little to be a speaker
    corpus = Corpus("test", "voices-data", r"/voices-data/(\w+)/", "CC0-1.0")
    people = speakers(corpus, tmp_path)
    assert [person.name for person in people] == ["test_ann", "test_bob"]

    job = SungVoice("voices_sung_test_ann_0", people[0], 0, 8.0, 0, tmp_path / "kept")
    job.write(tmp_path / job.name)
    song = read_song(tmp_path / job.name)
    assert song.known.all() and song.stems[2].any() and not song.stems[[0, 1, 3]].any()
    assert song.meta["work"] == "test_ann" and song.meta["licence"] == "CC0-1.0" and not song.meta["real"]
    assert index([tmp_path / job.name])[0].kind == "vocals"

    silent = Speaker("test_mute", corpus, ())
    with pytest.raises(NoSongError, match="0 syllables"):
        SungVoice("n", silent, 0, 8.0, 0, tmp_path / "kept").write(tmp_path / "n")


def test_open_tracks_become_stems(tmp_path: Path) -> None:
    import soundfile

    clone = tmp_path / "everythingisfree" / "src"
    clone.mkdir(parents=True)
    names = {
        "VOX LEAD": "vocals", "BGVOX OOH": "vocals", "SY BASS": "bass", "PAD + BASS": "bass",
        "KICK HATS": "drums",
        "K & SN": "drums", "MELODY BREAK": "other", "BREAK": "drums", "SWEEPS": "other", "BEEP": "other",
    }  # fmt: skip
    for name, stem in names.items():
        assert open_stems.stem_of(Path(f"1.Song_Stem_{name}.m4a")) == stem
    for name, level in (("VOX LEAD", 0.1), ("BGVOX", 0.2), ("KICK", 0.3)):
        path = clone / f"1.Song_Stem_{name}.m4a"
        soundfile.write(path, np.full(4_000, level, np.float32), SAMPLE_RATE, format="WAV")
    (job,) = open_stems.jobs(Amounts(downloads=tmp_path))
    job.write(tmp_path / job.name)
    song = read_song(tmp_path / job.name)
    assert job.name == "voices_sdek_song"
    assert song.stems[2].max() == pytest.approx(song.stems[0].max(), rel=1e-3)  # 0.1 + 0.2 and 0.3


def test_a_folder_is_whole_and_below_full_scale(tmp_path: Path) -> None:
    write_voice(tmp_path / "a", {"vocals": np.full(100, 3.0, np.float32)}, {"licence": "CC0-1.0"})
    assert np.abs(read_sound(tmp_path / "a" / "vocals.flac")).max() < 0.9
    assert json.loads((tmp_path / "a" / "meta.json").read_text()) == {"licence": "CC0-1.0"}
    assert not list(tmp_path.glob("*.part"))
    (tmp_path / "b.wav").write_text("no sound")
    with pytest.raises(UserError, match="cannot be read as sound"):
        read_sound(tmp_path / "b.wav")
