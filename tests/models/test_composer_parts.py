"""Laws of the composer's parts: clock, harmony, forms, drums, strings, filters and the mixing desk."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from stemlight.analysis.feature_frame import SAMPLE_RATE

from models.data.composer.clock import make_clock
from models.data.composer.drum_sounds import KIT_STYLES, LAYERS, make_kit
from models.data.composer.drum_track import hits_of
from models.data.composer.drumming import Drummer
from models.data.composer.filters import FRAME_LENGTH, moving_filter, n_frames
from models.data.composer.form import FORMS, make_form
from models.data.composer.genres import GENRES
from models.data.composer.harmony import chords_of, parse_chord, voicing
from models.data.composer.instruments import INSTRUMENTS, make_instrument
from models.data.composer.mixing import compress, duck, loudness_lufs, master_gain, place, room_response
from models.data.composer.waves import String, midi_hz, noise, saw, sine, string


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("drift", [0.0, 0.02])
def test_time_only_goes_forward(drift: float, rng) -> None:
    clock = make_clock(120.0, 64, start_s=1.0, drift=drift, changes=[(32.0, 1.1)], slowing_beats=4.0, rng=rng)
    times_s = clock.times(np.arange(-4, 65))
    assert (np.diff(times_s) > 0).all()
    assert clock.seconds(0.0) == pytest.approx(1.0)


def test_a_tempo_change_changes_the_tempo(rng) -> None:
    clock = make_clock(120.0, 64, start_s=0.0, drift=0.0, changes=[(32.0, 1.25)], slowing_beats=0.0, rng=rng)
    gaps_s = np.diff(clock.times(np.arange(64)))
    np.testing.assert_allclose(gaps_s[:31], 0.5)
    np.testing.assert_allclose(gaps_s[33:], 0.4)


def test_numerals_are_chords() -> None:
    a_minor = parse_chord("i", 9, 0.0, 4.0)
    assert a_minor.pitch_classes == (9, 0, 4) and a_minor.bass == 9
    assert parse_chord("bVII7", 9, 0.0, 4.0).pitch_classes == (7, 11, 2, 5)
    assert parse_chord("I/iii", 0, 0.0, 4.0).bass == 4
    with pytest.raises(ValueError, match="IX"):
        parse_chord("IX", 0, 0.0, 4.0)


def test_every_genre_can_be_read() -> None:
    for genre in GENRES.values():
        for _, line in genre.progressions:
            chords = chords_of(line, 0, 0, 12, genre.beats_per_bar)
            assert sum(chord.length for chord in chords) == pytest.approx(12 * genre.beats_per_bar)
        per_bar = genre.beats_per_bar * genre.steps_per_beat
        for groove in (*genre.kicks, *genre.snares, *genre.hats, *(line for _, line in genre.percussion)):
            assert len(groove) % per_bar == 0, f"{genre.name}: {groove}"
        figures = [name for _, name in (*genre.basses, *genre.chords, *genre.arps)]
        assert set(figures) | set(genre.pads) | set(genre.leads) <= set(INSTRUMENTS)
        assert set(genre.kits) <= set(KIT_STYLES) and genre.form in FORMS


def test_voices_move_little() -> None:
    previous = None
    for chord in chords_of("I vi ii V", 0, 0, 8, 4):
        notes = voicing(chord, previous, 52, 74, 3)
        assert {note % 12 for note in notes} == set(chord.pitch_classes)
        assert all(52 <= note <= 74 for note in notes) and notes == sorted(notes)
        if previous:
            assert sum(abs(a - b) for a, b in zip(notes, previous, strict=True)) <= 8
        previous = notes


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("n_bars", [2, 7, 31, 64])
def test_a_form_fills_its_bars(form: str, n_bars: int, rng) -> None:
    sections = make_form(form, n_bars, rng)
    assert sections[0].first_bar == 0 and sections[-1].end_bar == n_bars
    assert all(a.end_bar == b.first_bar for a, b in pairwise(sections))


def test_breakdowns_have_no_drums_and_builds_roll(rng) -> None:
    sections = make_form("club", 78, rng)
    strokes = Drummer(GENRES["house"], rng).play(sections)
    for section in sections:
        inside = [s for s in strokes if section.first_bar * 4 <= s.beat < section.end_bar * 4 - 1]
        if section.drums == "none":
            assert not inside
        elif section.drums == "build":
            assert sum(s.part == "snare" for s in inside) > 2 * section.n_bars


def test_some_kicks_are_off_the_beat(rng) -> None:
    sections = make_form("song", 64, rng)
    beats = [s.beat for s in Drummer(GENRES["hip_hop"], rng).play(sections) if s.part == "kick"]
    assert any(beat % 1 > 0.01 for beat in beats)


def test_a_clap_over_a_snare_is_one_hit() -> None:
    hits = hits_of([(1.0, "snare", 0.5), (1.01, "snare", 0.9), (1.005, "kick", 0.8), (1.3, "snare", 0.4)])
    assert hits.times_s.tolist() == [1.0, 1.005, 1.3]
    assert hits.velocities.tolist() == [0.9, 0.8, 0.4]


@pytest.mark.parametrize("style", KIT_STYLES)
def test_kits_strike_at_once_and_louder_when_struck_harder(style: str, rng) -> None:
    parts = {"kick", "snare", "hat_closed", "tom_low"}
    kit = make_kit(style, rng, 1, parts)
    for part in parts:
        sound = kit.sound(part, 1.0, 0)
        assert np.isfinite(sound).all() and 0.3 < np.abs(sound).max() <= 1.3
        assert np.flatnonzero(np.abs(sound) > 0.05)[0] < 0.004 * SAMPLE_RATE
        assert np.abs(sound[-10:]).max() < 0.02  # it ends in silence
    assert len(kit.sounds["kick"]) == len(LAYERS)


@pytest.mark.parametrize("midi", [28, 45, 64, 84])
def test_strings_are_in_tune_and_die_away(midi: int, rng) -> None:
    n = SAMPLE_RATE
    sound = string(float(midi_hz(midi)), n, String(decay_s=1.0, brightness=0.6), rng)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(n), 8 * n))
    near = np.arange(int(8 * midi_hz(midi) * 0.97), int(8 * midi_hz(midi) * 1.03))
    assert near[np.argmax(spectrum[near])] / 8 == pytest.approx(midi_hz(midi), rel=0.003)
    assert np.abs(sound[-n // 10 :]).max() < 0.02 < np.abs(sound[: n // 10]).max()


def test_an_equal_note_is_the_same_sound(rng) -> None:
    piano = make_instrument("piano", rng)
    assert piano.note(60, 0.5, 0.8) is piano.note(60, 0.5, 0.8)
    assert piano.note(60, 0.5, 0.8) is not piano.note(60, 0.5, 0.3)


def test_saws_do_not_alias() -> None:
    """Between the harmonics of a high saw there is next to nothing."""
    n = SAMPLE_RATE
    power = np.square(np.abs(np.fft.rfft(saw(3000.0, n) * np.hanning(n))))
    harmonic = np.abs(np.arange(len(power)) % 3000 - 1500) > 1450
    assert power[~harmonic][:15_000].sum() < 1e-3 * power[harmonic].sum()


def test_a_filter_that_passes_all_changes_nothing(rng) -> None:
    sound = noise(5_000, rng)
    through = moving_filter(sound, np.ones((n_frames(5_000), FRAME_LENGTH + 1), np.complex64))
    np.testing.assert_allclose(through, sound, atol=1e-5)


def test_loudness_of_a_known_tone() -> None:
    """BS.1770: a full-scale sine of 997 Hz on both channels is 0 LUFS."""
    tone = sine(997.0, 2 * SAMPLE_RATE)
    assert loudness_lufs(np.stack([tone, tone])) == pytest.approx(0.0, abs=0.05)
    assert loudness_lufs(0.1 * tone[None]) == pytest.approx(-20.0, abs=0.05)  # mono plays from both
    assert loudness_lufs(np.zeros((1, SAMPLE_RATE))) == -70.0


def test_the_master_holds_its_ceiling(rng) -> None:
    mix = np.stack([noise(SAMPLE_RATE, rng), noise(SAMPLE_RATE, rng)]) * np.linspace(0, 1, SAMPLE_RATE) ** 2
    gain = master_gain(mix.astype(np.float32), 6.0, ceiling=0.9)
    assert np.abs(mix * gain).max() <= 0.9001
    assert gain[:100] == pytest.approx(10 ** (6 / 20), rel=1e-3)  # quiet: nothing but the drive


def test_a_compressor_leaves_what_is_soft(rng) -> None:
    soft, loud = 0.01 * noise(SAMPLE_RATE, rng)[None], 0.5 * noise(SAMPLE_RATE, rng)[None]

    def gain(track: np.ndarray) -> float:
        return float(compress(track, -20, 4.0, attack_s=0.005, release_s=0.1).std() / track.std())

    assert gain(soft) == pytest.approx(1.0, abs=0.01) and gain(loud) < 0.5


def test_ducking_is_deepest_at_the_kick() -> None:
    gain = duck(SAMPLE_RATE, np.array([0.5]), 0.6, 0.2)
    assert gain[: int(0.49 * SAMPLE_RATE)].min() == pytest.approx(1.0)
    assert gain[int(0.503 * SAMPLE_RATE)] < 0.5 and gain[int(0.72 * SAMPLE_RATE)] == pytest.approx(
        1.0, abs=1e-3
    )


def test_what_is_placed_beside_the_track_is_cut() -> None:
    track, sound = np.zeros((1, 100), np.float32), np.ones(50, np.float32)
    place(track, sound, -20, 1.0)
    place(track, sound, 80, 1.0)
    place(track, sound, 500, 1.0)
    assert track[0, :30].all() and not track[0, 30:80].any() and track[0, 80:].all()


def test_rooms_die_away_and_have_energy_one(rng) -> None:
    response = room_response(0.5, 4000, 2, rng)
    np.testing.assert_allclose(np.square(response).sum(axis=1), 1.0, rtol=1e-3)
    n = response.shape[1]
    assert np.square(response[:, -n // 5 :]).sum() < 1e-3
    assert not np.array_equal(response[0], response[1])
