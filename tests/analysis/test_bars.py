"""The place in the bar: what a beat sounded like, and how the decoder takes what the network says of it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from stemlight.analysis.bars import HELD_HOPS, Bars, beat_sound
from stemlight.analysis.beats import BeatDecoder, BeatState
from stemlight.analysis.frontend import N_BANDS
from stemlight.analysis.metre import Metre
from stemlight.analysis.networks import N_POSITIONS, N_STEM_LEVELS
from stemlight.analysis.phase_lock import gate_of

PERIOD = 43.3


class Counting:
    """Says of every beat that it is the next of `length`, whatever it sounds like; keeps what it was told."""

    def __init__(self, length: int = 4, first: int = 0) -> None:
        self._length, self.first = length, first
        self.reset()

    def reset(self) -> None:
        self.told: list[tuple[np.ndarray, np.ndarray]] = []

    def process(self, levels: np.ndarray, log_bands: np.ndarray) -> np.ndarray:
        self.told.append((levels.copy(), log_bands.copy()))
        said = np.full(N_POSITIONS, 0.01, np.float32)
        in_bar = (len(self.told) - 1 + self.first) % self._length
        said[in_bar + (0 if self._length == 3 else 3)] = 0.94
        return said


@pytest.fixture
def sound() -> tuple[np.ndarray, np.ndarray]:
    """Bands and stem levels of a stretch longer than what is kept."""
    rng = np.random.default_rng(3)
    n_hops = 3 * HELD_HOPS
    return (
        rng.normal(0.0, 1.0, (n_hops, N_BANDS)).astype(np.float32),
        rng.normal(0.0, 1.0, (n_hops, N_STEM_LEVELS)).astype(np.float32),
    )


def test_a_beat_of_the_stream_sounds_as_it_does_in_the_whole_song(sound):
    log_bands, levels = sound
    network = Counting()
    bars = Bars(network)
    beats = [beat for beat in np.arange(PERIOD, len(levels), PERIOD) if beat + 8 < len(levels)]
    over = {round(beat) + gate_of(PERIOD): beat for beat in beats}
    for hop in range(len(levels)):
        bars.hear(log_bands[hop], levels[hop])
        if hop in over:
            assert bars.position(over[hop], PERIOD) is not None
    assert len(network.told) == len(beats) > 6
    for beat, told in zip(beats, network.told, strict=True):
        for ours, whole in zip(told, beat_sound(log_bands, levels, beat - PERIOD, beat), strict=True):
            np.testing.assert_array_equal(ours, whole)


def test_a_beat_is_told_apart_by_its_quarters(sound):
    log_bands, levels = np.full_like(sound[0], -1.0), np.full_like(sound[1], -1.0)
    levels[100 + 32, 5] = 1.0  # three quarters through the beat, a hop late as all is
    log_bands[100:143, 7] = 0.5
    told = beat_sound(log_bands, levels, 100.0, 143.0)
    assert told.levels[:, 5].tolist() == [-1.0, -1.0, 1.0, -1.0]
    assert told.log_bands[7] == pytest.approx(0.5) and told.log_bands[8] == pytest.approx(-1.0)


def test_what_sounds_after_the_gate_is_not_looked_at(sound):
    log_bands, levels = sound
    before = beat_sound(log_bands, levels, 100.0, 143.0)
    end = 143 + gate_of(43.0) + 1
    levels[end:] = log_bands[end:] = 9.0
    for one, other in zip(before, beat_sound(log_bands, levels, 100.0, 143.0), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_beat_whose_eve_was_not_heard_is_not_judged(sound):
    network = Counting()
    bars = Bars(network)
    for hop in range(20):
        bars.hear(sound[0][hop], sound[1][hop])
    assert bars.position(15.0, PERIOD) is None
    for hop in range(20, 2 * HELD_HOPS):
        bars.hear(sound[0][hop], sound[1][hop])
    assert bars.position(PERIOD, PERIOD) is None  # long gone
    assert not network.told


@pytest.mark.parametrize("length", [3, 4])
def test_the_metre_believes_what_it_is_told_of_the_bar(length):
    metre, network = Metre(), Counting(length)
    for _ in range(3 * length):
        metre.process(0.5, network.process(np.zeros(0), np.zeros(0)))
    best = metre.best()
    assert (best.beats_per_bar, best.beat_in_bar) == (length, length - 1)


def test_one_doubtful_beat_does_not_move_the_bar():
    metre = Metre()
    for beat in range(16):
        metre.process(0.5, _said(beat % 4))
    metre.process(0.5, np.full(N_POSITIONS, 1 / N_POSITIONS, np.float32))
    assert metre.best().beat_in_bar == 0
    metre.process(0.5, _said(1))
    assert metre.best().beat_in_bar == 1


def test_certainty_of_the_network_does_not_break_the_metre():
    metre = Metre()
    for beat in (0, 1, 3, 2, 2, 0):  # in no order that there is
        certain = np.zeros(N_POSITIONS, np.float32)
        certain[3 + beat] = 1.0
        metre.process(0.5, certain)
    assert 0.0 < metre.best().probability <= 1.0


def _said(in_bar: int) -> np.ndarray:
    said = np.full(N_POSITIONS, 0.1 / 6, np.float32)
    said[3 + in_bar] = 0.9
    return said


class Show:
    """A decoder whose bar goes by a network that counts, and activations without any downbeat."""

    def __init__(self, first: int, sound: tuple[np.ndarray, np.ndarray]) -> None:
        self.network = Counting(first=first)
        self._bars = Bars(self.network)
        self._sound = sound
        self.decoder = BeatDecoder(self._bars)

    def hear(self, activations: np.ndarray) -> Iterator[BeatState]:
        for row in activations:
            self._bars.hear(self._sound[0][0], self._sound[1][0])
            yield self.decoder.process(row * (1.0, 0.02, 1.0))

    def is_in_step(self, state: BeatState) -> bool:
        """Whether the bar is the network's: the last beat that it judged, or one that has begun since."""
        said = len(self.network.told) - 1 + self.network.first
        return (state.beat_in_bar - 1 - said) % 4 in (0, 1)


def test_the_bar_goes_by_the_network_where_there_is_one(synth: SimpleNamespace, sound) -> None:
    show = Show(2, sound)
    *_, last = show.hear(synth.activations_of(np.arange(0.31, 30.0, 0.5), 30))
    assert len(show.network.told) > 40
    assert last.timeline.beats_per_bar == 4 and show.is_in_step(last)
    show.decoder.reset()
    assert not show.network.told


def test_a_word_on_the_bar_is_learnt_for_as_long_as_the_song_lasts(synth: SimpleNamespace, sound) -> None:
    show = Show(0, sound)
    song = synth.activations_of(np.arange(0.31, 70.0, 0.5), 70)
    count, said_at = 0, 0
    for state in show.hear(song):
        begins, count = state.beat_count > count, state.beat_count
        if begins and count > 20 and state.beat_in_bar == 3 and not said_at:
            show.decoder.resync()  # this is the one
            said_at = count
    assert count - said_at > 80  # the word itself holds for 64 beats
    assert state.beat_in_bar - 1 == (count - said_at) % 4
    assert not show.is_in_step(state)
    another = synth.activations_of(np.arange(0.2, 40.0, 60 / 97), 40)
    *_, last = show.hear(another)
    assert last.timeline.tempo_bpm == pytest.approx(97, abs=1) and show.is_in_step(last)


def test_a_network_in_doubt_is_not_corrected():
    metre = Metre()
    metre.place(0, 2)
    metre.correct(np.full(N_POSITIONS, 1 / N_POSITIONS, np.float32))
    metre.process(0.5, _said(3))
    assert metre.best().beat_in_bar == 3
    metre.place(0, 2)
    metre.correct(_said(0))
    metre.process(0.5, _said(1))
    assert metre.best().beat_in_bar == 3
