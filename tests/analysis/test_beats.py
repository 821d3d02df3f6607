"""The beat decoder: activations in, beats called in the hop in which they fall."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from stemlight.analysis.bar_pointer import LONGEST_BEAT, SHORTEST_BEAT
from stemlight.analysis.beats import BeatDecoder, BeatState
from stemlight.analysis.feature_frame import HOP_S

TOLERANCE_S = 0.07  # the field's, for F-measure


def decode(activations: np.ndarray, decoder: BeatDecoder | None = None) -> list[BeatState]:
    decoder = decoder or BeatDecoder()
    return [decoder.process(row) for row in activations]


def grid(bpm: float, seconds: float, start_s: float = 0.31) -> np.ndarray:
    return np.arange(start_s, seconds, 60.0 / bpm)


def beats_called(states: list[BeatState]) -> np.ndarray:
    counts = np.array([0] + [state.beat_count for state in states])
    return (np.flatnonzero(np.diff(counts)) + 1) * HOP_S


def downbeats_called(states: list[BeatState]) -> np.ndarray:
    counts = np.array([0] + [state.bar_count for state in states])
    return (np.flatnonzero(np.diff(counts)) + 1) * HOP_S


def f_measure(called: np.ndarray, truth: np.ndarray, skip_s: float = 5.0) -> float:
    called, truth = called[called >= skip_s], truth[truth >= skip_s]
    i = j = hits = 0
    while i < len(called) and j < len(truth):
        error = called[i] - truth[j]
        if abs(error) <= TOLERANCE_S:
            hits, i, j = hits + 1, i + 1, j + 1
        elif error < 0:
            i += 1
        else:
            j += 1
    return 2 * hits / (len(called) + len(truth))


def locked_at(called: np.ndarray, truth: np.ndarray) -> float:
    """Time of the first of four true beats in a row that were all called."""
    hit = [bool(len(called)) and np.abs(called - beat).min() <= TOLERANCE_S for beat in truth]
    runs = [k for k in range(len(hit) - 3) if all(hit[k : k + 4])]
    return float(truth[runs[0]]) if runs else np.inf


@pytest.mark.parametrize("bpm", [57, 72.5, 90, 104, 120, 128, 150, 174, 180, 210])
def test_a_steady_click_is_followed_to_the_beat_and_the_bar(synth: SimpleNamespace, bpm: float) -> None:
    beats = grid(bpm, 30)
    states = decode(synth.activations_of(beats, 30))
    assert f_measure(beats_called(states), beats) > 0.98
    assert f_measure(downbeats_called(states), beats[::4], skip_s=10) > 0.95
    assert states[-1].confidence > 0.6  # on real songs three in four such beats are right


@pytest.mark.parametrize("bpm", [60, 90, 117.3, 120, 128, 174, 180, 200])
def test_tempo_of_a_click_is_right_to_a_tenth_of_a_bpm_after_ten_seconds(
    synth: SimpleNamespace, bpm: float
) -> None:
    states = decode(synth.activations_of(grid(bpm, 20), 20))
    tempi = np.array([state.timeline.tempo_bpm for state in states[int(10.3 / HOP_S) :]])
    assert np.abs(tempi.mean() - bpm) < 0.1
    assert np.abs(tempi - bpm).max() < 0.001 * max(bpm, 100)  # whole hops alone would be off by 3 %


def test_beats_are_called_in_the_hop_in_which_they_fall(synth: SimpleNamespace) -> None:
    beats = grid(126, 40)
    called = beats_called(decode(synth.activations_of(beats, 40)))
    late_hops = np.array([(c - beats[np.abs(beats - c).argmin()]) / HOP_S for c in called if c > 8])
    assert 0.0 < np.median(late_hops) < 1.0  # the end of the hop comes after the beat in it
    assert np.abs(late_hops - np.median(late_hops)).max() < 1.5


def test_jittered_beats_with_a_third_missing_are_followed(synth: SimpleNamespace) -> None:
    beats = grid(118, 60)
    states = decode(synth.activations_of(beats, 60, jitter_s=0.01, missing=0.3))
    assert f_measure(beats_called(states), beats) > 0.95


def test_a_ramp_from_100_to_140_bpm_is_followed(synth: SimpleNamespace) -> None:
    beats = [0.3]
    while beats[-1] < 45:
        beats.append(beats[-1] + 60 / (100 + 40 * beats[-1] / 45))
    states = decode(synth.activations_of(beats, 45))
    assert f_measure(beats_called(states), np.array(beats)) > 0.97
    assert states[-1].timeline.tempo_bpm == pytest.approx(140, abs=3)


def test_swing_is_not_taken_for_beats(synth: SimpleNamespace) -> None:
    beats = grid(112, 30)
    swung = [(beat + 60 / 112 * 2 / 3, 0.35) for beat in beats]
    assert f_measure(beats_called(decode(synth.activations_of(beats, 30, others=swung))), beats) > 0.98


@pytest.mark.parametrize("bpm", [90, 160])
def test_a_waltz_is_three_to_the_bar(synth: SimpleNamespace, bpm: float) -> None:
    beats = grid(bpm, 50)
    states = decode(synth.activations_of(beats, 50, beats_per_bar=3))
    assert states[-1].timeline.beats_per_bar == 3
    assert f_measure(downbeats_called(states), beats[::3], skip_s=24) > 0.95


def test_tempo_and_phase_hold_through_a_breakdown(synth: SimpleNamespace) -> None:
    beats = grid(128, 50)
    heard = beats[(beats < 16) | (beats > 32)]
    states = decode(synth.activations_of(heard, 50))
    assert f_measure(beats_called(states), beats) > 0.98  # also the beats that nobody played
    during = np.array([state.timeline.tempo_bpm for state in states[int(18 / HOP_S) : int(32 / HOP_S)]])
    assert np.ptp(during) < 0.2
    assert states[int(31 / HOP_S)].confidence < 0.7 * states[int(15 / HOP_S)].confidence


def test_the_middle_octave_is_preferred_where_nothing_else_decides(synth: SimpleNamespace) -> None:
    """Clicks at 240 BPM with alternate ones softer: 120 is as good a reading as 240 and is in range."""
    beats = grid(120, 30)
    softer = [(beat + 0.25, 0.3) for beat in beats]
    states = decode(synth.activations_of(beats, 30, others=softer))
    assert states[-1].timeline.tempo_bpm == pytest.approx(120, abs=0.5)


def test_another_song_is_found_within_six_seconds(synth: SimpleNamespace) -> None:
    beats = np.concatenate([grid(120, 20), grid(87, 45, 20.2)])
    called = beats_called(decode(synth.activations_of(beats, 45)))
    assert locked_at(called[called > 20.2], beats[beats > 20.2]) < 26.2


def test_lock_comes_within_six_seconds_in_the_median(synth: SimpleNamespace) -> None:
    random = np.random.default_rng(0)
    times = []
    for seed in range(15):
        bpm, start_s = random.uniform(60, 200), random.uniform(0, 1)
        beats = grid(bpm, 15, start_s)
        states = decode(synth.activations_of(beats, 15, jitter_s=0.005, missing=0.1, seed=seed))
        times.append(locked_at(beats_called(states), beats))
    assert np.median(times) < 6.0


@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_the_position_moves_forward_smoothly(seed: int) -> None:
    """Noise for activations: no beat twice, none sooner than 0.6 of a period, no jump but whole beats."""
    random = np.random.default_rng(seed)
    activations = random.beta(0.4, 2.0, (4_000, 3)).astype(np.float32)
    states = decode(activations)
    position = np.array([state.timeline.beat_origin for state in states])
    period = np.array([60.0 / state.timeline.tempo_bpm / HOP_S for state in states])
    step = np.diff(position)
    fraction = step - np.floor(step)  # whole beats are the bar line being corrected
    assert (step >= 0.0).all()
    assert (fraction <= 1.6 / period[1:]).all() and (fraction >= 0.4 / period[1:]).all()
    called = np.flatnonzero(np.diff([0] + [state.beat_count for state in states]))
    gaps = np.diff(called)
    shortest = np.array([period[a : b + 1].min() for a, b in itertools.pairwise(called)])
    assert (gaps >= 0.6 * shortest - 1.0).all()  # less a hop: beats are called at the ends of hops
    confidence = np.array([state.confidence for state in states])
    assert ((confidence >= 0.0) & (confidence <= 1.0)).all()


def test_counts_and_position_agree(synth: SimpleNamespace) -> None:
    states = decode(synth.activations_of(grid(140, 30), 30, jitter_s=0.01))
    for before, after in itertools.pairwise(states):
        assert after.beat_count - before.beat_count in (0, 1)
        assert after.bar_count - before.bar_count in (0, after.beat_count - before.beat_count)
        line = after.timeline
        assert after.beat_in_bar == int(line.beat_origin) % line.beats_per_bar + 1
        assert line.time_at(np.floor(line.beat_origin) + 1) > line.time_origin_s  # the next beat is ahead


def test_nothing_is_counted_before_a_beat_was_heard() -> None:
    states = decode(np.full((2_000, 3), 0.01, np.float32))
    assert states[-1].beat_count == 0
    assert states[-1].confidence == 0.0
    assert states[-1].timeline.beat_origin > 10  # but the clock runs


def test_hours_of_music_neither_underflow_nor_drift(synth: SimpleNamespace) -> None:
    """Five minutes of one song, then another: the odds against the second have not grown beyond recovery."""
    first = synth.activations_of(grid(120, 20, 0.0), 20)
    decoder = BeatDecoder()
    for _ in range(15):
        states = decode(first, decoder)
    assert states[-1].confidence > 0.6
    decode(np.full((200, 3), 0.01, np.float32), decoder)
    beats = grid(96, 20)
    start_s = decoder.process(np.full(3, 0.01, np.float32)).timeline.time_origin_s
    called = beats_called(decode(synth.activations_of(beats, 20), decoder))
    assert start_s > 300
    assert f_measure(called, beats, skip_s=7) > 0.95


def test_again_after_reset_is_the_same_and_without_is_not(synth: SimpleNamespace) -> None:
    activations = synth.activations_of(grid(111, 10), 10)
    decoder = BeatDecoder()
    first = decode(activations, decoder)
    without = decode(activations, decoder)
    decoder.reset()
    assert decode(activations, decoder) == first
    assert without != first


def test_the_past_does_not_depend_on_the_future(synth: SimpleNamespace) -> None:
    activations = synth.activations_of(grid(111, 20), 20)
    changed = activations.copy()
    changed[900:] = np.random.default_rng(0).random(changed[900:].shape)
    one, other = decode(activations), decode(changed)
    assert one[:900] == other[:900]
    assert one[900:] != other[900:]


def test_a_listener_s_opinion_on_the_tempo_decides_the_octave(synth: SimpleNamespace) -> None:
    """Eighths as loud as beats: half of those who listen say 87, half 174."""
    activations = synth.activations_of(grid(174, 20), 20)
    periods = np.geomspace(SHORTEST_BEAT, LONGEST_BEAT, 40)
    for bpm in (87.0, 174.0):
        decoder = BeatDecoder()
        opinion = np.exp(-0.5 * (np.log(periods * HOP_S * bpm / 60) / 0.05) ** 2).astype(np.float32)
        states = [decoder.process(a, opinion / opinion.sum()) for a in activations]
        assert states[-1].timeline.tempo_bpm == pytest.approx(bpm, rel=0.01)


def test_no_opinion_is_an_opinion_on_nothing(synth: SimpleNamespace) -> None:
    activations = synth.activations_of(grid(104, 15), 15)
    flat, silent = BeatDecoder(), BeatDecoder()
    for a in activations:
        state, other = flat.process(a, np.full(40, 1 / 40, np.float32)), silent.process(a)
        assert state.timeline.tempo_bpm == pytest.approx(other.timeline.tempo_bpm)
        assert state.beat_count == other.beat_count


def test_double_and_halve_hold_against_the_ear(synth: SimpleNamespace) -> None:
    activations = synth.activations_of(grid(87, 40), 40)
    decoder = BeatDecoder()
    decode(activations[:1_200], decoder)
    decoder.double_tempo()
    states = decode(activations[1_200:2_400], decoder)
    assert states[-1].timeline.tempo_bpm == pytest.approx(174, abs=0.5)
    assert f_measure(beats_called(states) + 1_200 * HOP_S, grid(174, 2_400 * HOP_S), skip_s=15) > 0.95
    decoder.halve_tempo()
    states = decode(activations[2_400:], decoder)
    assert states[-1].timeline.tempo_bpm == pytest.approx(87, abs=0.3)


def test_octaves_out_of_range_are_refused(synth: SimpleNamespace) -> None:
    decoder = BeatDecoder()
    decode(synth.activations_of(grid(120, 10), 10), decoder)
    decoder.double_tempo()
    assert decoder.process(np.zeros(3)).timeline.tempo_bpm == pytest.approx(120, abs=1)


def test_a_shift_moves_the_beat_to_the_offbeat_and_stays(synth: SimpleNamespace) -> None:
    beats = grid(120, 40)
    activations = synth.activations_of(beats, 40)
    decoder = BeatDecoder()
    decode(activations[:1_000], decoder)
    decoder.shift_half_beat()
    shifted = beats_called(decode(activations[1_000:2_400], decoder)) + 1_000 * HOP_S
    assert f_measure(shifted, beats[beats < 2_400 * HOP_S] + 0.25, skip_s=14) > 0.95
    decoder.shift_half_beat()
    back = beats_called(decode(activations[2_400:], decoder)) + 2_400 * HOP_S
    assert f_measure(back, beats, skip_s=30) > 0.95


def test_this_is_the_one_moves_the_bar_line_and_stays(synth: SimpleNamespace) -> None:
    beats = grid(120, 40)
    activations = synth.activations_of(beats, 40)
    decoder = BeatDecoder()
    at = int((beats[30] + 0.05) / HOP_S)  # a person presses 50 ms late, on a third beat
    decode(activations[:at], decoder)
    decoder.resync()
    states = decode(activations[at:], decoder)
    assert f_measure(downbeats_called(states) + at * HOP_S, beats[30::4], skip_s=at * HOP_S + 1) > 0.95


def test_taps_set_tempo_and_phase_where_nothing_is_heard() -> None:
    decoder = BeatDecoder()
    taps = grid(133, 5, 2.0)[:5]
    states = []
    for hop in range(3_000):
        states.append(decoder.process(np.full(3, 0.01, np.float32)))
        for tap in taps:
            if hop == int(tap / HOP_S):
                decoder.tap(float(tap))
    assert states[-1].timeline.tempo_bpm == pytest.approx(133, abs=0.5)
    assert f_measure(beats_called(states), grid(133, 3_000 * HOP_S, 2.0), skip_s=6) > 0.95


def test_taps_give_way_to_what_is_heard(synth: SimpleNamespace) -> None:
    beats = grid(120, 60)
    activations = synth.activations_of(beats, 60)
    decoder = BeatDecoder()
    decode(activations[:800], decoder)
    for tap in grid(97, 12, 800 * HOP_S)[:4]:
        decoder.tap(float(tap))
    soon = decode(activations[800:900], decoder)
    later = decode(activations[900:], decoder)
    assert soon[-1].timeline.tempo_bpm == pytest.approx(97, abs=4)
    assert later[-1].timeline.tempo_bpm == pytest.approx(120, abs=0.5)
