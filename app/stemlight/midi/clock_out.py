"""Sends our beat as MIDI clock: 24 ticks a beat, each at its time, and a start on the one.

A thread of its own that sleeps from tick to tick. The beat slews and is corrected by whole beats; the ticks
follow its phase, so a receiver never sees one twice, and is started anew where the bar line has moved.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

from stemlight.analysis.timeline import Timeline
from stemlight.priority import raise_priority

TICKS_A_BEAT = 24
LOOK_S = 0.02  # the line may have changed: no sleep is longer
IDLE_S = 0.2  # between looks for a beat
MOST_OVERDUE = 4  # ticks that are sent late rather than left out
NEVER_S = 1.0  # a tick that is later than this was slept through: the computer was asleep

TICK, START, STOP = bytes([0xF8]), bytes([0xFA]), bytes([0xFC])

Send = Callable[[bytes], None]
Say = Callable[[float], None]


class Ticker:
    """Which tick is next, and which message goes with it. No clock."""

    def __init__(self) -> None:
        self._last: int | None = None  # tick, counted on the line
        self._since_start: int | None = None  # ticks that a receiver has counted

    def due(self, line: Timeline, now_s: float) -> tuple[int, float]:
        """The next tick and when it is due."""
        at = line.beat_at(now_s) * TICKS_A_BEAT
        tick = math.floor(at) + 1
        if self._last is not None:
            # The line may have moved by whole beats, and a slew may bring a tick back that was sent.
            whole = TICKS_A_BEAT * round((at - self._last) / TICKS_A_BEAT)
            after = self._last + 1 + whole
            if after > at - MOST_OVERDUE:
                tick = after
        return tick, line.time_at(tick / TICKS_A_BEAT)

    def before(self, tick: int, beats_per_bar: int) -> bytes:
        """What goes out just before a tick: a start on the first bar line, and where bars have moved."""
        bar = beats_per_bar * TICKS_A_BEAT
        if tick % bar:
            return b""
        if self._since_start is None:
            return START
        return STOP + START if self._since_start % bar else b""

    def sent(self, tick: int, before: bytes) -> None:
        """`tick` has gone out, after `before`."""
        self._last = tick
        if before:
            self._since_start = 0
        if self._since_start is not None:
            self._since_start += 1


class ClockOut:
    """The thread. `outputs` may be replaced while it runs."""

    def __init__(self, line: Callable[[], Timeline | None], say_late_ms: Say) -> None:
        """`line`: the beat over the host's clock, asked on this thread; `say_late_ms`: of every tick."""
        self._line = line
        self._say_late_ms = say_late_ms
        self._outputs: tuple[Send, ...] = ()
        self._closing = threading.Event()
        self._wake = threading.Event()
        self.ticks = 0
        self._thread = threading.Thread(target=self._run, name="midi clock out", daemon=True)
        self._thread.start()

    def set_outputs(self, outputs: Sequence[Send]) -> None:
        """Who gets the clock from now on; the others are told to stop. Any thread.

        A `Send` that raises is left out until set again.
        """
        gone = [output for output in self._outputs if output not in outputs]
        self._outputs = tuple(outputs)
        _send(gone, STOP)
        self._wake.set()

    def close(self) -> None:
        """Ends it; receivers are told to stop."""
        self._closing.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        raise_priority()  # a tick costs some 50 us, and each that is late is heard
        while not self._closing.is_set():
            if self._outputs and self._line() is not None:
                self._play()
            else:
                self._wake.wait(IDLE_S if self._outputs else None)
                self._wake.clear()

    def _play(self) -> None:
        """From start to stop."""
        ticker = Ticker()
        line = self._line()
        while self._outputs and line and not self._closing.is_set():
            tick, due_s = ticker.due(line, time.perf_counter())
            wait_s = due_s - time.perf_counter()
            if wait_s > LOOK_S:
                time.sleep(LOOK_S)
            else:
                time.sleep(max(wait_s, 0.0))
                late_s = time.perf_counter() - due_s
                before = ticker.before(tick, line.beats_per_bar)
                self._send(before, TICK)
                ticker.sent(tick, before)
                self.ticks += 1
                if late_s < NEVER_S:
                    self._say_late_ms(late_s * 1e3)
            line = self._line()
        self._send(STOP)

    def _send(self, *messages: bytes) -> None:
        failed = _send(self._outputs, *messages)
        if failed:
            self._outputs = tuple(output for output in self._outputs if output not in failed)


def _send(outputs: Sequence[Send], *messages: bytes) -> list[Send]:
    """Sends each byte, a message of its own, to all; returns those that could not take it."""
    failed = []
    for output in outputs:
        try:
            for byte in b"".join(messages):
                output(bytes([byte]))
        except Exception:  # whatever a driver raises when its device is pulled out
            failed.append(output)
    return failed
