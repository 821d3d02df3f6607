import threading
import time

import pytest
from stemlight.analysis.timeline import Timeline
from stemlight.midi.clock_out import MOST_OVERDUE, START, STOP, TICK, TICKS_A_BEAT, ClockOut, Ticker

LINE = Timeline(120.0, 0.0, 10.0)


class Receiver:
    """Counts what a drum machine would: ticks since the start."""

    def __init__(self):
        self.times_s = []
        self.position = None
        self.starts = 0

    def hear(self, before, time_s):
        if before.endswith(START):
            self.position = 0
            self.starts += 1
        elif self.position is not None:
            self.position += 1
        self.times_s.append(time_s)


def play(ticker, receiver, line, from_s, to_s):
    """Plays from moment to moment; `line` may be a function of time."""
    now_s, step_s = from_s, 0.001
    while now_s < to_s:
        current = line(now_s) if callable(line) else line
        tick, due_s = ticker.due(current, now_s)
        if due_s <= now_s + step_s:
            before = ticker.before(tick, current.beats_per_bar)
            ticker.sent(tick, before)
            receiver.hear(before, max(due_s, now_s))
        now_s += step_s


@pytest.fixture
def ticker():
    return Ticker()


@pytest.fixture
def receiver():
    return Receiver()


def test_there_are_24_ticks_a_beat_and_the_first_bar_line_is_the_start(ticker, receiver):
    play(ticker, receiver, LINE, 10.1, 20.0)
    assert len(receiver.times_s) == pytest.approx(9.9 * 2 * 24, abs=1)
    assert receiver.starts == 1
    # Started at 12 s, at beat 4; now it is beat 20 there too.
    assert receiver.position == pytest.approx(16 * TICKS_A_BEAT, abs=1)


def test_a_slew_back_sends_no_tick_twice_and_leaves_none_out(ticker, receiver):
    def slewing(now_s):
        late = 0.1 * min(max(now_s - 15.0, 0.0), 1.0)  # beats, within a second
        wobble = 0.02 * (int(now_s * 86) % 2)  # as each new frame says it a little otherwise
        return Timeline(120.0, -late - wobble, 10.0)

    play(ticker, receiver, slewing, 10.0, 30.0)
    assert receiver.starts == 1
    assert receiver.position == pytest.approx(
        (40 - 0.1 - 4) * 24, abs=2
    ) or receiver.position == pytest.approx((40 - 0.1) * 24, abs=2)


@pytest.mark.parametrize("whole_beats", [1, 2, 3, 7])
def test_a_bar_line_that_moved_starts_the_receiver_anew_on_the_next(ticker, receiver, whole_beats):
    moved = Timeline(120.0, whole_beats, 10.0)
    play(ticker, receiver, LINE, 9.99, 15.2)
    before = len(receiver.times_s)
    play(ticker, receiver, moved, 15.2, 25.0)
    assert len(receiver.times_s) - before == pytest.approx(9.8 * 48, abs=1)
    assert receiver.starts == 2
    beat = moved.beat_at(25.0) % 4
    assert receiver.position / 24 % 4 == pytest.approx(beat, abs=0.1) or beat < 0.05


def test_a_whole_bar_more_is_no_news(ticker, receiver):
    play(ticker, receiver, LINE, 9.99, 15.2)
    play(ticker, receiver, Timeline(120.0, 8.0, 10.0), 15.2, 25.0)
    assert receiver.starts == 1


def test_after_a_sleep_ticks_are_not_made_up(ticker, receiver):
    play(ticker, receiver, LINE, 9.99, 12.0)
    before = len(receiver.times_s)
    play(ticker, receiver, LINE, 42.1, 42.3)
    assert len(receiver.times_s) - before <= 0.2 * 48 + MOST_OVERDUE + 1


def test_the_thread_starts_ticks_and_stops():
    sent = []
    enough = threading.Event()
    begin_s = time.perf_counter()

    def take(message):
        sent.append(message)
        if sent.count(TICK) >= 30:
            enough.set()

    late_ms = []
    clock = ClockOut(lambda: Timeline(400.0, 0.0, begin_s, beats_per_bar=1), late_ms.append)
    clock.set_outputs([take])
    assert enough.wait(20.0)
    clock.close()
    assert START in sent
    assert sent.index(START) + 1 < len(sent)
    assert sent[sent.index(START) + 1] == TICK
    assert sent[-1] == STOP
    assert clock.ticks == sent.count(TICK)
    assert len(late_ms) <= clock.ticks


def test_an_output_that_fails_is_left_out_and_the_others_play_on():
    heard = threading.Event()

    def broken(message):
        raise OSError("no such device")

    begin_s = time.perf_counter()
    clock = ClockOut(lambda: Timeline(400.0, 0.0, begin_s), lambda ms: None)
    clock.set_outputs([broken, lambda message: heard.set()])
    assert heard.wait(20.0)
    clock.close()
