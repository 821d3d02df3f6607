"""Tempo and beats that other programs send by OSC become a line.

`ADDRESSES` is the table of what is understood. A program says the tempo, or where the beat is, or both: a
position that moves on, a ramp over so many beats, or one message on each beat.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from stemlight.analysis.timeline import Timeline
from stemlight.sync.line_fit import LineFit
from stemlight.sync.source import FASTEST_BPM, SLOWEST_BPM, Knows

Kind = Literal["tempo", "position", "ramp", "beat"]


@dataclass(frozen=True, slots=True)
class TempoAddress:
    """A row of the table: which addresses, and what their one number says."""

    pattern: str  # a regular expression for the whole address; its group, where it has one, is `beats`
    kind: Kind
    sender: str
    beats: float = math.inf  # after which a ramp begins again; between two messages that are on the beat


ADDRESSES: tuple[TempoAddress, ...] = (
    TempoAddress("/master/bpm/current", "tempo", "rkbx_link"),
    TempoAddress(r"/master/beat/subdiv/([0-9.]+)", "ramp", "rkbx_link"),
    TempoAddress(r"/master/beat/trigger/([0-9.]+)", "beat", "rkbx_link"),
    TempoAddress("/bpm/master/current", "tempo", "an older rkbx_link"),
    TempoAddress("/beat/master", "position", "an older rkbx_link"),
    TempoAddress("/beat/master/div([124])", "ramp", "an older rkbx_link"),
    TempoAddress("/stemlight/beat/tempo", "tempo", "another Stemlight"),
    TempoAddress("/stemlight/beat/position", "position", "another Stemlight"),
    TempoAddress("/tempo", "tempo", "/tempo"),
    TempoAddress("/bpm", "tempo", "/bpm"),
    # On each beat, alone or with its number in the bar; a number that is not whole is a position.
    TempoAddress("/beat", "beat", "/beat", beats=1.0),
    TempoAddress("/downbeat", "beat", "/downbeat", beats=4.0),
)
_ROWS = [(re.compile(row.pattern), row) for row in ADDRESSES]
_MOST_NAMES = 256  # a stray sender may invent addresses without end

BAR_BEATS = 3.0  # what tells so many beats apart, tells bars
JUMP = 0.25  # beats: further than this from where it was due, the DJ has jumped or another track is on ...
SURE_JUMPS = 2  # ... if so many messages in a row say so
MOST = {"position": 120, "ramp": 120, "beat": 16}  # messages: two seconds at 60 a second, eight at 120 BPM
LEAST = {"position": 12, "ramp": 12, "beat": 3}
LEAST_TOLD = {"position": 3, "ramp": 3, "beat": 1}  # where the tempo is told and only the beat is to be found
SILENT_S = 0.5  # a stream that is 30 and more messages a second
LATE = 1.5  # intervals: a beat that is not coming any more
FORGET_S = 3.0  # of silence: what comes now is of something else
AGREE = 0.02  # relative: a tempo that is told and this far from what the beats do is not believed ...
TELLING_S = 1.0  # ... once they were seen for so long


class OscTempo:
    """What was sent of a beat. `take` is the receiver's thread's, the rest another's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, TempoAddress | None] = {}
        self._tracks: dict[tuple[str, Kind], _Track] = {}
        self._tempo_bpm: float | None = None  # as it was told
        self._sender = ""
        self._knows: Knows = "beat"

    def take(self, address: str, arguments: Sequence[object], time_s: float) -> bool:
        """What came at `time_s` of the host's clock; False if it is not of a tempo or makes no sense."""
        row = self._row(address)
        if row is None:
            return False
        number = arguments[0] if arguments else None
        if number is not None and not (isinstance(number, int | float) and math.isfinite(number)):
            return False
        with self._lock:
            taken = self._hear(address, row, number, time_s)
            if taken:
                self._sender = row.sender
        return taken

    def line(self, now_s: float, beats_per_bar: int) -> Timeline | None:
        """As `TempoSource`: by that address, of those that still speak, which says most."""
        with self._lock:
            fresh = [track for track in self._tracks.values() if track.speaks(now_s, self._tempo_bpm)]
            for track in sorted(fresh, key=lambda track: track.rank):
                line = track.line(beats_per_bar, self._tempo_bpm)
                if line is not None:
                    self._knows = track.knows
                    return line
        return None

    @property
    def knows(self) -> Knows:
        """The bar if a position, a ramp over a bar, or the number of a beat came."""
        return self._knows

    @property
    def words(self) -> str:
        """How it fares."""
        if not self._sender:
            return "no tempo comes in by OSC"
        if not self._tracks:
            return f"OSC from {self._sender} tells a tempo but no beat"
        return f"OSC from {self._sender}"

    def _row(self, address: str) -> TempoAddress | None:
        if address not in self._rows:
            if len(self._rows) >= _MOST_NAMES:
                self._rows.clear()
            self._rows[address] = _find(address)
        return self._rows[address]

    def _hear(self, address: str, row: TempoAddress, number: float | None, time_s: float) -> bool:
        if row.kind == "tempo":
            if number is None or not SLOWEST_BPM <= number <= FASTEST_BPM:
                return False
            if number != self._tempo_bpm:
                self._tempo_bpm = float(number)
                for track in self._tracks.values():
                    track.at_another_tempo()
            return True
        kind = row.kind
        if kind == "beat" and number is not None:
            position = self._tracks.get((address, "position"))
            if number != int(number) or (position and position.speaks(time_s, None)):
                kind = "position"
        beats = math.inf if kind == "position" else row.beats
        track = self._tracks.get((address, kind)) or _Track(kind, beats)
        if not track.see(number, time_s, self._tempo_bpm):
            return False
        self._tracks[address, kind] = track
        if kind == "beat" and beats >= BAR_BEATS:
            for other in self._tracks.values():
                other.begin_bar(time_s, self._tempo_bpm)
        return True


class _Track:
    """What one address says of a beat: sightings of a position that only goes on."""

    def __init__(self, kind: Kind, beats: float) -> None:
        self._beats = beats  # of a ramp, after which it begins again; of beats, from one to the next
        self._kind = kind
        self._fit = LineFit(MOST[kind], 1, late_only=True)
        self._last_s = -math.inf
        self._phase = 0.0  # as it was last said
        self._beat = 0.0  # that it has come to
        self._one: float | None = None if kind == "beat" else 0.0  # a beat that begins a bar
        self._numbered = False  # beats come with their number in the bar
        self._jumps = 0

    def see(self, number: float | None, time_s: float, told_bpm: float | None) -> bool:
        """One message; False if it says nothing of a beat."""
        phase = self._phase_of(number)
        if phase is None:
            return False
        gap_s = time_s - self._last_s
        if gap_s > FORGET_S:
            self._begin(phase, time_s)
        else:
            due = gap_s * self._beats_a_second(told_bpm)
            moved = self._moved(phase, due)
            self._jumps = self._jumps + 1 if due and abs(moved - due) > JUMP else 0
            if self._jumps >= SURE_JUMPS:
                self._begin(phase, time_s)
            elif not self._jumps:
                self._beat += moved
                self._phase, self._last_s = phase, time_s
                self._fit.add(time_s, self._beat)
        if self._kind == "beat" and self._beats == 1.0 and number is not None and not self._jumps:
            self._numbered = self._numbered or number > 1.0  # many send a 1 with every beat
            if self._numbered:
                self._one = self._beat - (number - 1.0)
        return True

    @property
    def rank(self) -> tuple[bool, float]:
        """Who comes first is to be followed first: who knows the bar, and says most of where it is."""
        often = self._beats if self._kind == "beat" else 0.0
        return (self.knows != "bar", often)

    @property
    def knows(self) -> Knows:
        """Whether it tells where the bar begins."""
        if self._kind == "ramp":
            return "bar" if self._beats >= BAR_BEATS else "beat"
        return "bar" if self._one is not None else "beat"

    def begin_bar(self, time_s: float, told_bpm: float | None) -> None:
        """A bar begins at `time_s`: of beats that have no number the nearest is its first."""
        if self._kind == "beat":
            since = (time_s - self._last_s) * self._beats_a_second(told_bpm)
            self._one = self._beat + round(since / self._beats) * self._beats

    def line(self, beats_per_bar: int, told_bpm: float | None) -> Timeline | None:
        """Where the beat is; None as long as that is not sure."""
        told = told_bpm if len(self._fit) >= LEAST_TOLD[self._kind] else None
        if len(self._fit) >= LEAST[self._kind] and (told is None or self._fit.span_s > TELLING_S):
            line = self._fit.line(beats_per_bar)
            if told is None or (line and abs(line.tempo_bpm / told - 1.0) > AGREE):
                return self._from_the_one(line)
        return self._from_the_one(self._fit.line(beats_per_bar, told)) if told else None

    def speaks(self, now_s: float, told_bpm: float | None) -> bool:
        """Whether what is due from it comes."""
        silent_s = now_s - self._last_s
        if self._kind != "beat":
            return silent_s <= SILENT_S
        rate = self._beats_a_second(told_bpm)
        return silent_s <= (LATE * self._beats / rate if rate else FORGET_S)

    def at_another_tempo(self) -> None:
        """What was seen at the old one says little of the new."""
        self._fit.keep(LEAST_TOLD[self._kind])

    def _phase_of(self, number: float | None) -> float | None:
        """What a message says, in beats; a message on the beat says just that, and 0 is a button let go."""
        if self._kind == "beat":
            return None if number == 0 else 0.0
        if number is None or self._kind == "position":
            return number
        return number * self._beats if 0.0 <= number <= 1.0 else None

    def _moved(self, phase: float, due: float) -> float:
        """Beats since the last message; `due`: as many as the tempo makes it, 0 while there is none."""
        if self._kind == "position":
            return phase - self._phase
        around = self._beats
        if self._kind == "beat":
            return around * max(round(due / around), 1)
        near = due or 0.25 * around  # without a tempo: on, but not by much
        return near + (phase - self._phase - near + 0.5 * around) % around - 0.5 * around

    def _begin(self, phase: float, time_s: float) -> None:
        self._fit.clear()
        self._jumps = 0
        self._phase = self._beat = phase
        self._one = None if self._kind == "beat" else 0.0
        self._last_s = time_s
        self._fit.add(time_s, phase)

    def _beats_a_second(self, told_bpm: float | None) -> float:
        """0 while it is not known."""
        line = self._fit.line() if told_bpm is None and len(self._fit) >= LEAST[self._kind] else None
        return (told_bpm or (line.tempo_bpm if line else 0.0)) / 60.0

    def _from_the_one(self, line: Timeline | None) -> Timeline | None:
        return line and replace(line, beat_origin=line.beat_origin - (self._one or 0.0))


def _find(address: str) -> TempoAddress | None:
    for pattern, row in _ROWS:
        match = pattern.fullmatch(address)
        if match is None:
            continue
        if not match.groups():
            return row
        try:
            beats = float(match[1])
        except ValueError:
            return None
        return replace(row, beats=beats) if 0.0 < beats <= 64.0 else None
    return None
