"""The voice sings the notes it is given: their pitch, their time, their words; and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.phonemes import CONSONANTS, DIPHTHONGS, VOWELS, Syllable
from models.data.composer.singer import SungNote, VoiceCharacter, draw_character, sing
from models.data.composer.waves import midi_hz

STEADY = VoiceCharacter(vibrato_cents=0.0, looseness_s=0.0, tuning_cents=0.0, portamento_s=0.02)


def sung(notes: list[SungNote], who: VoiceCharacter = STEADY, seconds: float = 3.0) -> np.ndarray:
    return sing(notes, who, int(seconds * SAMPLE_RATE), np.random.default_rng(0))


def power(
    sound: np.ndarray, first_s: float, end_s: float, low_hz: float = 0, high_hz: float = 22_050
) -> float:
    piece = sound[round(first_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    hz = np.fft.rfftfreq(len(piece), 1 / SAMPLE_RATE)
    spectrum = np.square(np.abs(np.fft.rfft(piece)))
    return float(spectrum[(hz >= low_hz) & (hz < high_hz)].sum() / len(piece))


def pitch_hz(sound: np.ndarray, first_s: float, end_s: float) -> float:
    """By the peak of the autocorrelation, 60 to 800 Hz."""
    piece = sound[round(first_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    spectrum = np.fft.rfft(piece * np.hanning(len(piece)), 2 * len(piece))
    likeness = np.fft.irfft(np.square(np.abs(spectrum)))
    lags = np.arange(SAMPLE_RATE // 800, SAMPLE_RATE // 60)
    return SAMPLE_RATE / float(lags[np.argmax(likeness[lags] / (1 - lags / len(piece)))])


@pytest.mark.parametrize("midi", [45, 52, 60, 67])
@pytest.mark.parametrize("vowel", ["a", "i", "ou"])
def test_the_pitch_is_the_note(midi: int, vowel: str) -> None:
    sound = sung([SungNote(1.0, 1.2, midi, 0.8, Syllable("", vowel))])
    assert pitch_hz(sound, 1.3, 2.0) == pytest.approx(midi_hz(midi), rel=0.02)


def test_the_vowel_begins_on_time_and_the_consonant_before() -> None:
    vowel = sung([SungNote(1.0, 1.0, 57, 0.8, Syllable("", "a"))])
    assert power(vowel, 1.05, 1.3) > 100 * power(vowel, 0.85, 0.96)
    hissed = sung([SungNote(1.0, 1.0, 57, 0.8, Syllable("s", "a"))])
    assert power(hissed, 0.9, 0.97, 5000) > 100 * power(vowel, 0.9, 0.97, 5000)
    assert power(hissed, 0.9, 0.97, 5000) > power(hissed, 0.9, 0.97, 0, 3000)


def test_a_stop_is_a_silence_and_a_burst() -> None:
    notes = [SungNote(1.0, 0.6, 57, 0.9, Syllable("", "a")), SungNote(1.6, 0.6, 57, 0.9, Syllable("t", "a"))]
    sound = sung(notes)
    assert power(sound, 1.54, 1.57, 0, 2000) < 0.1 * power(sound, 1.3, 1.4, 0, 2000)
    assert power(sound, 1.575, 1.6, 4000) > power(sound, 1.54, 1.57, 4000)


def test_vowels_differ_by_their_formants() -> None:
    """An i has its second formant at 2.2 kHz, where an u has nothing."""
    high, low = (sung([SungNote(1.0, 1.0, 48, 0.8, Syllable("", vowel))]) for vowel in ("i", "u"))
    share = [power(sound, 1.2, 1.8, 1800, 2800) / power(sound, 1.2, 1.8) for sound in (high, low)]
    assert share[0] > 5 * share[1]


def test_there_is_silence_where_nothing_is_sung() -> None:
    sound = sung([SungNote(1.5, 0.5, 60, 0.8, Syllable("m", "a", "n"))])
    assert not sound[: int(0.7 * SAMPLE_RATE)].any()
    assert np.abs(sound[int(2.5 * SAMPLE_RATE) :]).max() < 1e-3


def test_every_sound_and_every_voice_can_be_sung() -> None:
    rng = np.random.default_rng(1)
    syllables = [Syllable(onset, "a", "") for onset in CONSONANTS] + [
        Syllable("", "o", coda) for coda in CONSONANTS
    ]
    syllables += [Syllable("", vowel) for vowel in (*VOWELS, *DIPHTHONGS)]
    notes = [SungNote(0.3 * i, 0.28, 57.0 + i % 5, 0.7, syllable) for i, syllable in enumerate(syllables)]
    for kind in ("male", "female", "child"):
        sound = sing(notes, draw_character(kind, rng), int(0.3 * len(notes) * SAMPLE_RATE), rng)
        assert np.isfinite(sound).all() and 0.03 < sound.std() < 1.0


def test_notes_too_near_to_be_sung_are_left_out() -> None:
    notes = [SungNote(1.0, 0.5, 57, 0.8, Syllable("", "a")), SungNote(1.0, 0.5, 64, 0.8, Syllable("t", "i"))]
    assert np.array_equal(sung(notes), sung(notes[:1]))
