"""A standard MIDI file becomes its messages in order of time, with beats and bars after its signatures."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from stemlight.errors import UserError

from models.data.songs import Beats

NOTE_OFF, NOTE_ON, PROGRAM = 0x80, 0x90, 0xC0
DRUM_CHANNEL = 9  # of General MIDI, counted from 0
DEFAULT_TEMPO_BPM = 120.0  # of a file that says nothing, after the standard
FELT_BPM = (58.0, 180.0)  # beats outside are counted in halves or doubles where bars allow
_META, _TEMPO, _TIME_SIGNATURE, _END = 0xFF, 0x51, 0x58, 0x2F


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel is told."""

    tick: int
    kind: int  # NOTE_ON ... 0xE0, without the channel
    channel: int  # 0 .. 15
    data: tuple[int, int]  # the second is 0 where there is none


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """From `tick` on, `numerator` notes of 1/`denominator` are a bar."""

    tick: int
    numerator: int
    denominator: int


@dataclass(frozen=True)
class MidiFile:
    """All tracks as one, in order of time."""

    ticks_per_quarter: int
    messages: tuple[Message, ...]
    tempos: tuple[tuple[int, float], ...]  # (tick, quarters a minute), the first at tick 0
    signatures: tuple[TimeSignature, ...]  # none: the file says nothing

    @classmethod
    def read(cls, path: Path) -> MidiFile:
        """UserError if it is no MIDI file or broken."""
        try:
            return cls.parse(path.read_bytes())
        except (ValueError, OSError) as error:
            raise UserError(f"{path}: cannot be read as MIDI ({error})") from error

    @classmethod
    def parse(cls, content: bytes) -> MidiFile:
        """ValueError if it is no MIDI file."""
        if content[:4] != b"MThd" or len(content) < 14:
            raise ValueError("no MThd at its start")
        length, _, n_tracks, division = struct.unpack(">IHHH", content[4:14])
        if division & 0x8000 or division == 0:
            raise ValueError("time code in place of quarters")
        track = _Tracks()
        at = 8 + length
        for _ in range(n_tracks):
            if at + 8 > len(content):
                break
            name, length = content[at : at + 4], struct.unpack(">I", content[at + 4 : at + 8])[0]
            if name == b"MTrk":
                track.read(content[at + 8 : at + 8 + length])
            at += 8 + length
        tempos = sorted(track.tempos, key=lambda tempo: tempo[0])
        if not tempos or tempos[0][0] > 0:
            tempos.insert(0, (0, DEFAULT_TEMPO_BPM))
        return cls(
            division,
            tuple(sorted(track.messages, key=lambda message: message.tick)),  # stable: as written
            tuple(tempos),
            tuple(sorted(track.signatures, key=lambda signature: signature.tick)),
        )

    @property
    def end_tick(self) -> int:
        """Of the last message."""
        return self.messages[-1].tick if self.messages else 0

    def seconds_at(self, tick: float) -> float:
        """When `tick` is played. Inverse of `tick_at`."""
        index = max(0, bisect_right(self.tempos, tick, key=lambda tempo: tempo[0]) - 1)
        start, tempo_bpm = self.tempos[index]
        return self._tempo_times_s()[index] + (tick - start) * 60.0 / tempo_bpm / self.ticks_per_quarter

    def tick_at(self, time_s: float) -> float:
        """What is played at `time_s`."""
        times_s = self._tempo_times_s()
        index = max(0, bisect_right(times_s, time_s) - 1)
        start, tempo_bpm = self.tempos[index]
        return start + (time_s - times_s[index]) * tempo_bpm / 60.0 * self.ticks_per_quarter

    def beats(self) -> Beats:
        """As they are felt: threes of eighths in 6/8, halves where quarters race. Bars only where written."""
        times_s: list[float] = []
        in_bar: list[int] = []
        signatures = self.signatures or (TimeSignature(0, 4, 4),)
        ends = [*(signature.tick for signature in signatures[1:]), self.end_tick + 1]
        for signature, end in zip(signatures, ends, strict=True):
            start_s, end_s = self.seconds_at(signature.tick), self.seconds_at(end)
            if end_s <= start_s or end - signature.tick < self.ticks_per_quarter:  # a pickup has no beat
                continue
            tempo_bpm = (end - signature.tick) / self.ticks_per_quarter / (end_s - start_s) * 60.0
            quarters, per_bar = felt_beat(signature.numerator, signature.denominator, tempo_bpm)
            step = quarters * self.ticks_per_quarter
            for number in range(int(np.ceil((end - signature.tick) / step - 1e-9))):
                times_s.append(self.seconds_at(signature.tick + number * step))
                in_bar.append(number % per_bar + 1 if self.signatures else 0)
        return Beats(np.array(times_s), np.array(in_bar, np.int64))

    def _tempo_times_s(self) -> list[float]:
        times_s = [0.0]
        for (start, tempo_bpm), (end, _) in zip(self.tempos, self.tempos[1:], strict=False):
            times_s.append(times_s[-1] + (end - start) * 60.0 / tempo_bpm / self.ticks_per_quarter)
        return times_s


def felt_beat(numerator: int, denominator: int, quarters_per_minute: float) -> tuple[float, int]:
    """(quarters a beat, beats a bar) of a signature at a tempo."""
    if denominator >= 8 and numerator % 3 == 0 and numerator > 3:
        return 12.0 / denominator, numerator // 3
    quarters, per_bar = 4.0 / denominator, numerator
    slowest, fastest = FELT_BPM
    while quarters_per_minute / quarters > fastest and per_bar % 2 == 0:
        quarters, per_bar = quarters * 2, per_bar // 2
    while quarters_per_minute / quarters < slowest:
        quarters, per_bar = quarters / 2, per_bar * 2
    return quarters, per_bar


class _Tracks:
    """What is found in track chunks."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.tempos: list[tuple[int, float]] = []
        self.signatures: list[TimeSignature] = []

    def read(self, chunk: bytes) -> None:
        """All events; ends early, without a word, where the chunk is cut off."""
        at, tick, status = 0, 0, 0
        try:
            while at < len(chunk):
                delta, at = _variable(chunk, at)
                tick += delta
                if chunk[at] & 0x80:
                    status = chunk[at]
                    at += 1
                if status == _META:
                    kind = chunk[at]
                    length, at = _variable(chunk, at + 1)
                    self._meta(tick, kind, chunk[at : at + length])
                    at += length
                    if kind == _END:
                        return
                elif status >= 0xF0:
                    length, at = _variable(chunk, at)
                    at += length
                elif status >= 0x80:
                    kind = status & 0xF0
                    n_data = 1 if kind in (PROGRAM, 0xD0) else 2
                    first, second = chunk[at], chunk[at + 1] if n_data == 2 else 0
                    at += n_data
                    if kind == NOTE_ON and second == 0:
                        kind = NOTE_OFF
                    self.messages.append(Message(tick, kind, status & 0x0F, (first & 0x7F, second & 0x7F)))
                else:
                    raise ValueError("data where an event should begin")
        except IndexError:
            return

    def _meta(self, tick: int, kind: int, data: bytes) -> None:
        if kind == _TEMPO and len(data) == 3 and any(data):
            self.tempos.append((tick, 60e6 / int.from_bytes(data, "big")))
        if kind == _TIME_SIGNATURE and len(data) >= 2 and data[0]:
            self.signatures.append(TimeSignature(tick, data[0], 2 ** data[1]))


def _variable(chunk: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte at `at`, and where it ends. IndexError beyond the end."""
    value = 0
    while True:
        byte = chunk[at]
        value, at = value << 7 | byte & 0x7F, at + 1
        if not byte & 0x80:
            return value, at
