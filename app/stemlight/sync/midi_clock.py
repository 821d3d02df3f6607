"""MIDI clock becomes a line: 24 ticks a beat, start, continue, stop and song position.

The tempo needs ticks only, and stays through a stop; which tick is the first beat of a bar is what a
start or a song position says.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from stemlight.analysis.timeline import Timeline
from stemlight.sync.line_fit import LineFit
from stemlight.sync.source import Knows

TICKS_A_BEAT = 24
TICKS_A_POSITION = 6  # song position counts sixteenths
LEAST_TICKS = TICKS_A_BEAT  # +-2 ms of USB leave 0.2 BPM over one beat ...
MOST_TICKS = 8 * TICKS_A_BEAT  # ... and 0.01 BPM over eight
GAP_S = 0.25  # between ticks, 10 BPM: it had stopped


class MidiClock:
    """What one clock said. Fed by the thread of its port, asked by another."""

    def __init__(self) -> None:
        self.ticks = 0  # ever
        self._lock = threading.Lock()
        self._fit = LineFit(MOST_TICKS, LEAST_TICKS)
        self._last_s = float("-inf")
        self._song_start = 0  # the tick that is position 0 of the song
        self._stands_at = 0  # song position in ticks while it is stopped
        self._playing = True  # until it says otherwise: some devices only tick
        self._start_heard = False

    def tick(self, time_s: float) -> None:
        """A tick came at `time_s` of the host's clock."""
        with self._lock:
            if time_s - self._last_s > GAP_S:
                self._fit.clear()
            self._fit.add(time_s, self.ticks / TICKS_A_BEAT)
            self._last_s = time_s
            self.ticks += 1

    def start(self) -> None:
        """The next tick is the first of the song."""
        self._play_from(0)

    def go_on(self) -> None:
        """The next tick is where the song stopped, or was put."""
        self._play_from(self._stands_at)

    def stop(self) -> None:
        """The song stands; ticks may go on."""
        with self._lock:
            self._stands_at = self.ticks - self._song_start
            self._playing = False

    def song_position(self, sixteenths: int) -> None:
        """Where the song stands, or goes on from."""
        with self._lock:
            self._stands_at = sixteenths * TICKS_A_POSITION
            if self._playing and self._start_heard:
                self._song_start = self.ticks - self._stands_at

    def line(self, now_s: float, beats_per_bar: int) -> Timeline | None:
        """As `TempoSource`: none while the song stands, no tick comes, or too few have come."""
        with self._lock:
            if not self._playing or now_s - self._last_s > GAP_S:
                return None
            line = self._fit.line(beats_per_bar)
            start = self._song_start / TICKS_A_BEAT
        return line and replace(line, beat_origin=line.beat_origin - start)

    @property
    def knows(self) -> Knows:
        """The bar once it was started; until then no more than the tempo."""
        return "bar" if self._start_heard else "tempo"

    @property
    def words(self) -> str:
        """How it fares."""
        if not self.ticks:
            return "no MIDI clock comes in"
        if not self._playing:
            return "the MIDI clock is stopped"
        if not self._start_heard:
            return "MIDI clock, which has not said where the bar begins (R: the one is now)"
        return "MIDI clock"

    def _play_from(self, position: int) -> None:
        with self._lock:
            self._song_start = self.ticks - position
            self._playing = self._start_heard = True
