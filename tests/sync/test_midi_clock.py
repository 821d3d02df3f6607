import numpy as np
import pytest
from stemlight.analysis.timeline import Timeline
from stemlight.sync.midi_clock import GAP_S, TICKS_A_BEAT, MidiClock

USB_S = 0.002


class Sequencer:
    """Sends a clock at a tempo; every message comes a little early or late."""

    def __init__(self, clock, jitter=None, tempo_bpm=128.0, start_s=5000.0):
        self.clock, self.jitter, self.tempo_bpm, self.now_s = clock, jitter, tempo_bpm, start_s

    def tick(self, n=1):
        for _ in range(n):
            late_s = self.jitter.uniform(-USB_S, USB_S) if self.jitter else 0.0
            self.clock.tick(self.now_s + late_s)
            self.now_s += 60.0 / self.tempo_bpm / TICKS_A_BEAT


@pytest.fixture
def clock():
    return MidiClock()


def test_nothing_is_said_before_a_beat_of_ticks(clock):
    sequencer = Sequencer(clock)
    assert clock.line(5000.0, 4) is None
    assert clock.words == "no MIDI clock comes in"
    sequencer.tick(23)
    assert clock.line(sequencer.now_s, 4) is None
    sequencer.tick()
    assert clock.line(sequencer.now_s, 4).tempo_bpm == pytest.approx(128.0)
    assert clock.knows == "tempo"


def test_a_start_says_where_the_bar_begins_and_the_tempo_stays(clock):
    sequencer = Sequencer(clock)
    sequencer.tick(37)
    clock.start()
    start_s = sequencer.now_s  # of the next tick
    assert clock.line(start_s, 4) is not None
    sequencer.tick(50)
    line = clock.line(sequencer.now_s, 4)
    assert line.beat_at(start_s) == pytest.approx(0.0, abs=1e-9)
    assert clock.knows == "bar"


def test_a_song_that_stands_is_not_followed_and_goes_on_where_it_stood(clock):
    sequencer = Sequencer(clock)
    clock.start()
    sequencer.tick(24 * 6 + 12)  # six beats and a half
    clock.stop()
    assert clock.line(sequencer.now_s, 4) is None
    assert clock.words == "the MIDI clock is stopped"
    sequencer.tick(100)
    clock.go_on()
    on_s = sequencer.now_s
    sequencer.tick(30)
    assert clock.line(sequencer.now_s, 4).beat_at(on_s) == pytest.approx(6.5)


def test_a_song_position_is_where_it_goes_on(clock):
    sequencer = Sequencer(clock)
    sequencer.tick(30)
    clock.stop()
    clock.song_position(4 * 17 + 2)  # in sixteenths
    clock.go_on()
    on_s = sequencer.now_s
    sequencer.tick(30)
    assert clock.line(sequencer.now_s, 4).beat_at(on_s) == pytest.approx(17.5)


def test_a_clock_that_falls_silent_is_gone_and_comes_back(clock):
    sequencer = Sequencer(clock)
    clock.start()
    sequencer.tick(100)
    assert clock.line(sequencer.now_s + GAP_S / 2, 4) is not None
    assert clock.line(sequencer.now_s + 2 * GAP_S, 4) is None
    sequencer.now_s += 10.0
    sequencer.tick(23)
    assert clock.line(sequencer.now_s, 4) is None  # the old ticks say nothing of the new tempo
    sequencer.tick(1)
    assert clock.line(sequencer.now_s, 4).tempo_bpm == pytest.approx(128.0)


@pytest.mark.parametrize("tempo_bpm", [72.0, 128.0, 174.0])
def test_usb_jitter_leaves_tempo_and_phase_within_bounds(clock, jitter, off, tempo_bpm):
    sequencer = Sequencer(clock, jitter, tempo_bpm)
    clock.start()
    truth = Timeline(tempo_bpm, 0.0, sequencer.now_s)
    errors = []
    for tick in range(24 * 64):
        sequencer.tick()
        if tick >= 24 * 8:
            line = clock.line(sequencer.now_s, 4)
            errors.append((line.tempo_bpm - tempo_bpm, off(line, truth, sequencer.now_s)))
    tempo_off, beats = np.abs(errors).T
    assert np.quantile(tempo_off, 0.99) < 0.1
    assert np.quantile(beats, 0.99) * 60.0 / tempo_bpm < 0.001
    assert beats.max() < 0.005


def test_a_tempo_that_is_turned_is_followed_within_a_beat(clock, jitter, off):
    sequencer = Sequencer(clock, jitter, 120.0)
    clock.start()
    sequencer.tick(24 * 16)
    truth = Timeline(132.0, 16.0, sequencer.now_s)
    sequencer.tempo_bpm = 132.0
    worst = 0.0
    for tick in range(24 * 8):
        sequencer.tick()
        line = clock.line(sequencer.now_s, 4)
        worst = max(worst, abs(off(line, truth, sequencer.now_s)))
        if tick > 24 * 2:
            assert line.tempo_bpm == pytest.approx(132.0, abs=1.0)
    assert worst < 0.05
