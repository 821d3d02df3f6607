"""The wakeup: set once or often, one wait goes through."""

from __future__ import annotations

import threading

from stemlight.audio.wakeup import Wakeup


def test_what_was_set_before_is_not_missed():
    wakeup = Wakeup()
    wakeup.set()
    wakeup.set()
    assert wakeup.wait(0.0)
    assert not wakeup.wait(0.0)


def test_a_waiting_thread_goes_on():
    wakeup = Wakeup()
    went_on = []
    waiting = threading.Thread(target=lambda: went_on.append(wakeup.wait(60.0)))
    waiting.start()
    wakeup.set()
    waiting.join(60.0)
    assert went_on == [True]


def test_a_time_in_the_past_is_no_wait():
    assert not Wakeup().wait(-1.0)
