"""A locked tempo stays to the bit, whatever is heard; beats move the phase alone, without a jump."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from stemlight.analysis.beats import LOCKED_SLEW, BeatDecoder, BeatState
from stemlight.analysis.feature_frame import HOP_S
from stemlight.analysis.pipeline import Pipeline

LOCKED_AT_S = 15.0
QUIET = np.full(3, 0.01, np.float32)


def grid(bpm: float, start_s: float, end_s: float) -> np.ndarray:
    return np.arange(start_s, end_s, 60.0 / bpm)


def play(
    decoder: BeatDecoder, activations: np.ndarray, until_s: float, since_s: float = 0.0
) -> list[BeatState]:
    return [decoder.process(row) for row in activations[round(since_s / HOP_S) : round(until_s / HOP_S)]]


def tempi(states: list[BeatState]) -> set[float]:
    return {state.timeline.tempo_bpm for state in states}


def phase_errors(states: list[BeatState], beats: np.ndarray) -> np.ndarray:
    """How far from a whole beat the position is at each true beat, in beats."""
    begin_s, end_s = states[0].timeline.time_origin_s, states[-1].timeline.time_origin_s
    inside = beats[(beats > begin_s) & (beats < end_s)]
    at = [states[int((beat - begin_s) / HOP_S)].timeline.beat_at(beat) for beat in inside]
    return (np.array(at) + 0.5) % 1.0 - 0.5


def turns(states: list[BeatState]) -> np.ndarray:
    """Fractions of beats from hop to hop: whole ones are the bar line being corrected."""
    return np.diff([state.timeline.beat_origin for state in states]) % 1.0


@pytest.fixture
def locked(synth: SimpleNamespace):
    """A decoder that has heard 128 BPM for 15 s and is locked, and what it heard until then."""

    def make(then: np.ndarray, seconds: float, bpm: float = 128.0) -> tuple[BeatDecoder, np.ndarray]:
        before = grid(bpm, 0.31, LOCKED_AT_S)
        activations = synth.activations_of(np.concatenate([before, then[then > LOCKED_AT_S]]), seconds)
        decoder = BeatDecoder()
        play(decoder, activations, LOCKED_AT_S)
        decoder.lock_tempo(True)
        return decoder, activations

    return make


@pytest.mark.parametrize("bpm", [64.0, 87.0, 120.0, 126.0, 140.0, 174.0])
def test_the_tempo_stays_to_the_bit_though_the_musics_changes(locked, bpm: float) -> None:
    decoder, activations = locked(grid(bpm, LOCKED_AT_S + 0.2, 60.0), 60.0)
    states = play(decoder, activations, 60.0, LOCKED_AT_S)
    assert len(tempi(states)) == 1
    assert tempi(states).pop() == pytest.approx(128.0, abs=0.2)
    step = 128.0 / 60.0 * HOP_S
    assert np.abs(turns(states) / step - 1.0).max() < LOCKED_SLEW + 0.01  # nor does the beat run after it


@pytest.mark.parametrize("off", [-0.005, -0.002, 0.0, 0.002, 0.005])
def test_the_phase_follows_a_tempo_that_is_all_but_the_locked_one(locked, off: float) -> None:
    line = grid(128.0 * (1.0 + off), 0.31, 90.0)
    line += grid(128.0, 0.31, LOCKED_AT_S)[-1] - line[np.abs(line - LOCKED_AT_S).argmin()]  # where it was
    decoder, activations = locked(line, 90.0)
    states = play(decoder, activations, 90.0, LOCKED_AT_S)
    assert np.abs(phase_errors(states, line[line > 25.0])).max() < 0.06  # 28 ms: unheard, unseen
    assert len(tempi(states)) == 1


def test_silence_and_a_breakdown_keep_it_and_the_music_is_met_again(locked, synth: SimpleNamespace) -> None:
    beats = grid(128.0, 0.31, 90.0)
    decoder, activations = locked(beats, 90.0)
    at = activations.copy()
    noise = np.random.default_rng(1).beta(0.4, 2.0, at.shape).astype(np.float32)
    at[round(20 / HOP_S) : round(35 / HOP_S)] = QUIET
    at[round(35 / HOP_S) : round(50 / HOP_S)] = noise[round(35 / HOP_S) : round(50 / HOP_S)]
    states = play(decoder, at, 90.0, LOCKED_AT_S)
    assert len(tempi(states)) == 1
    silent = states[: round((35 - LOCKED_AT_S) / HOP_S)]
    assert np.abs(phase_errors(silent, beats)).max() < 0.1  # a tempo known to a tenth of a BPM, for 15 s
    after = states[round((65 - LOCKED_AT_S) / HOP_S) :]
    assert np.abs(phase_errors(after, beats)).max() < 0.05


def test_music_that_comes_back_elsewhere_is_met_without_a_jump(locked) -> None:
    """Half a beat off after a stop: the worst there is."""
    before = grid(128.0, 0.31, LOCKED_AT_S)
    later = grid(128.0, before[-1] + 7.5 * 60.0 / 128.0, 60.0)
    decoder, activations = locked(later, 60.0)
    states = play(decoder, activations, 60.0, LOCKED_AT_S)
    step = states[0].timeline.tempo_bpm / 60.0 * HOP_S
    assert np.abs(turns(states) / step - 1.0).max() <= LOCKED_SLEW + 1e-6
    assert np.abs(phase_errors(states, later[later > 40.0])).max() < 0.05


def test_unlocked_it_follows_again_from_where_it_was(locked) -> None:
    beats = grid(140.0, LOCKED_AT_S + 0.2, 75.0)
    decoder, activations = locked(beats, 75.0)
    held = play(decoder, activations, 40.0, LOCKED_AT_S)
    decoder.lock_tempo(False)
    states = play(decoder, activations, 75.0, 40.0)
    step = np.array([state.timeline.tempo_bpm for state in states]) / 60.0 * HOP_S
    whole = turns([held[-1], *states])
    assert np.abs(whole / step - 1.0).max() <= 0.5 + 1e-6  # slewed as ever
    assert states[-1].timeline.tempo_bpm == pytest.approx(140.0, abs=0.3)
    assert np.abs(phase_errors(states, beats[beats > 55.0])).max() < 0.05


def test_unlocked_in_the_same_music_nothing_happens(locked) -> None:
    beats = grid(128.0, 0.31, 60.0)
    decoder, activations = locked(beats, 60.0)
    before = play(decoder, activations, 30.0, LOCKED_AT_S)[-1]
    decoder.lock_tempo(False)
    states = play(decoder, activations, 60.0, 30.0)
    assert max(abs(tempo - before.timeline.tempo_bpm) for tempo in tempi(states)) < 0.4
    assert np.abs(phase_errors(states, beats)).max() < 0.05


def test_the_word_of_a_person_is_the_locked_tempo_from_then_on(locked) -> None:
    decoder, activations = locked(grid(128.0, 0.31, 60.0), 60.0, bpm=128.0)
    told = play(decoder, activations, 16.0, LOCKED_AT_S)[-1].timeline.tempo_bpm
    decoder.halve_tempo()
    states = play(decoder, activations, 30.0, 16.0)
    assert tempi(states) == {told / 2.0}
    decoder.double_tempo()
    assert tempi(play(decoder, activations, 40.0, 30.0)) == {told}
    for tap in grid(97.0, 40.0, 42.0):
        decoder.tap(float(tap))
    states = play(decoder, activations, 60.0, 40.0)
    assert len(tempi(states)) == 1
    assert tempi(states).pop() == pytest.approx(97.0, abs=0.2)
    assert decoder.tempo_is_locked


def test_the_one_and_half_a_beat_are_obeyed_at_once(locked) -> None:
    beats = grid(128.0, 0.31, 40.0)
    decoder, activations = locked(beats, 40.0)
    play(decoder, activations, 20.0, LOCKED_AT_S)
    decoder.shift_half_beat()
    states = play(decoder, activations, 30.0, 20.0)
    assert np.abs(np.abs(phase_errors(states, beats[beats > 22.0])) - 0.5).max() < 0.05
    decoder.shift_half_beat()
    play(decoder, activations, beats[70] + 0.05, 30.0)
    decoder.resync()
    (state,) = play(decoder, activations, beats[70] + 0.05 + HOP_S, beats[70] + 0.05)
    assert state.beat_in_bar == 1


def test_a_tempo_is_locked_that_another_decoder_had(synth: SimpleNamespace) -> None:
    """An engine that died comes back: what was locked still is."""
    beats = grid(93.0, 0.31, 30.0)
    decoder = BeatDecoder()
    decoder.lock_tempo(True, 93.1)
    states = play(decoder, synth.activations_of(beats, 30.0), 30.0)
    assert tempi(states) == {states[0].timeline.tempo_bpm}
    assert states[0].timeline.tempo_bpm == pytest.approx(93.1, abs=1e-9)
    assert np.abs(phase_errors(states, beats[beats > 15.0])).max() < 0.05


def test_an_opinion_on_the_tempo_does_not_move_a_locked_one(locked) -> None:
    beats = grid(128.0, 0.31, 60.0)
    decoder, activations = locked(beats, 60.0)
    slower = np.zeros(40, np.float32)
    slower[-1] = 1.0
    states = [decoder.process(row, slower) for row in activations[round(LOCKED_AT_S / HOP_S) :]]
    assert len(tempi(states)) == 1
    assert np.abs(phase_errors(states, beats[beats > 20.0])).max() < 0.05


def test_reset_unlocks_and_locked_hops_repeat(locked) -> None:
    decoder, activations = locked(grid(140.0, LOCKED_AT_S, 30.0), 30.0)
    first = play(decoder, activations, 30.0, LOCKED_AT_S)
    decoder.reset()
    assert not decoder.tempo_is_locked
    play(decoder, activations, LOCKED_AT_S)
    decoder.lock_tempo(True)
    assert play(decoder, activations, 30.0, LOCKED_AT_S) == first


def test_a_pipeline_that_is_locked_says_the_same_hop_by_hop_and_again(
    synth: SimpleNamespace, make_pipeline
) -> None:
    """Live is offline, with a hand on the lock."""
    sound = np.concatenate([synth.groove(10.0, 120.0), synth.groove(10.0, 140.0)])

    def run(pipeline: Pipeline) -> list[float]:
        found = []
        for n, hop in enumerate(synth.hops_of(sound)):
            pipeline.beat_commands.lock_tempo(n * HOP_S > 8.0)
            found.append(pipeline.process(hop).tempo_bpm)
        return found

    pipeline = make_pipeline()
    first = run(pipeline)
    pipeline.reset()
    assert run(pipeline) == first == run(make_pipeline())
    assert len(set(first[round(8.1 / HOP_S) :])) == 1
