"""Turns frames into OSC bundles that are ready to be sent.

The packets of a hop are built once; a frame only pokes its numbers into them: python-osc needs 0.5 ms
for what takes 0.02 ms here (PLATFORM.md, section 5).
"""

from __future__ import annotations

import math
import struct

import numpy as np

from stemlight.analysis.feature_frame import FRAME_DTYPE, HOP_S, FeatureFrame
from stemlight.osc.schema import OscAddress

MAX_PACKET_BYTES = 1400  # below the 1,500 of Ethernet with headers: a lost fragment would lose them all
HOLD_HOPS = math.ceil(0.050 / HOP_S)  # triggers stay 1 for 50 ms: longer than a frame of any receiver

_BELOW_ONE = float(np.nextafter(np.float32(1), np.float32(0)))  # a phase must not round up to the next beat's
_HEADER = b"#bundle\0" + struct.pack(">Q", 1)  # time tag 1: immediately


class Bundles:
    """The packets of one profile. One thread."""

    def __init__(self, table: tuple[OscAddress, ...]) -> None:
        self._packets = _Packets([row for row in table if row.sent == "hop"])
        self._triggers = _Triggers([row for row in table if row.sent == "event"])
        self._record = np.zeros((), FRAME_DTYPE)

    def encode(self, frame: FeatureFrame, time_s: float) -> list[memoryview | bytes]:
        """What to send for `frame` at the moment `time_s` of its stream: events first, then levels.

        The packets are good until the next call.
        """
        self._record[...] = frame.record
        move_beats(self._record, frame, time_s)
        events = self._triggers.packet(self._record)
        levels = self._packets.fill(self._record)
        return [events, *levels] if events else levels


def move_beats(record: np.ndarray, frame: FeatureFrame, time_s: float) -> None:
    """Puts the beat's numbers into `record` as they are at `time_s`, where `frame` has them at its own."""
    timeline = frame.timeline
    beat = timeline.beat_at(time_s)
    per_bar = timeline.beats_per_bar
    record["beat"] = beat
    record["beat_phase"] = min(timeline.phase_at(time_s, 1.0), _BELOW_ONE)
    record["bar_phase"] = min(timeline.bar_phase_at(time_s), _BELOW_ONE)
    record["beat_in_bar"] = 1 + math.floor(beat) % per_bar
    # Counted from the frame's own: a correction of the bar line moves both ends.
    record["beat_count"] = frame.beat_count + math.floor(beat) - math.floor(frame.beat)
    record["bar_count"] = frame.bar_count + math.floor(beat / per_bar) - math.floor(frame.beat / per_bar)


class _Packets:
    """Bundles of every address that is sent with each hop."""

    def __init__(self, rows: list[OscAddress]) -> None:
        data = bytearray()
        starts: list[int] = []
        # For each type in the record: which numbers of it, and which words of the packets they fill.
        take: dict[str, list[int]] = {"f4": [], "f8": [], "i4": [], "i8": []}
        put: dict[str, list[int]] = {"f4": [], "f8": [], "i4": [], "i8": []}
        for row in rows:
            message = _message(row.address, row.type_tag, bytes(4 * len(row.type_tag)))
            if not starts or len(data) + 4 + len(message) - starts[-1] > MAX_PACKET_BYTES:
                starts.append(len(data))
                data += _HEADER
            data += struct.pack(">i", len(message)) + message
            kind, first = _place(row)
            n_numbers = len(row.type_tag)
            take[kind] += range(first, first + n_numbers)
            put[kind] += range(len(data) // 4 - n_numbers, len(data) // 4)
        whole = memoryview(data)
        ends = [*starts[1:], len(data)]
        self._packets: list[memoryview | bytes] = [
            whole[start:end] for start, end in zip(starts, ends, strict=True)
        ]
        words = {"f": np.frombuffer(data, ">f4"), "i": np.frombuffer(data, ">i4")}
        self._pokes = [(kind, np.array(take[kind]), words[kind[0]], np.array(put[kind])) for kind in take]

    def fill(self, record: np.ndarray) -> list[memoryview | bytes]:
        flat = record.reshape(1)
        for kind, take, words, put in self._pokes:
            words[put] = flat.view(kind)[take]  # counts wrap at 2^31, as OSC's ints do
        return self._packets


class _Triggers:
    """1 when a count has grown since the last call, 0 after `HOLD_HOPS`; scheduled by the frame's number."""

    def __init__(self, rows: list[OscAddress]) -> None:
        self._on = [_element(row, 1) for row in rows]
        self._off = [_element(row, 0) for row in rows]
        self._take = np.array([_place(row)[1] for row in rows])
        self._counts: np.ndarray | None = None
        self._release = np.zeros(len(rows), np.int64)  # frame at which to send 0; 0 where it was sent
        self._frame = -1

    def packet(self, record: np.ndarray) -> bytes:
        """A bundle of what changed, fewer bytes than a packet may have; empty if nothing did."""
        frame = int(record["frame"])
        counts = record.reshape(1).view("i8")[self._take]
        if self._counts is None or frame < self._frame:  # a stream begins: what was counted is no event
            self._counts = counts
        rises = counts > self._counts
        falls = (self._release > 0) & (self._release <= frame) & ~rises
        self._counts = np.maximum(counts, self._counts)
        self._release[rises] = frame + HOLD_HOPS
        self._release[falls] = 0
        self._frame = frame
        elements = [self._on[i] for i in np.flatnonzero(rises)] + [
            self._off[i] for i in np.flatnonzero(falls)
        ]
        return _HEADER + b"".join(elements) if elements else b""


def _place(row: OscAddress) -> tuple[str, int]:
    """The type of a row's numbers in the record, and where the first lies, counted in such numbers."""
    dtype, offset = FRAME_DTYPE.fields[row.field][:2]  # type: ignore[index]
    base, shape = dtype.base, dtype.shape
    index = row.index + (0,) * (len(shape) - len(row.index))
    inside = int(np.ravel_multi_index(index, shape)) if shape else 0
    return f"{base.kind}{base.itemsize}", offset // base.itemsize + inside


def _element(row: OscAddress, value: int) -> bytes:
    message = _message(row.address, "i", struct.pack(">i", value))
    return struct.pack(">i", len(message)) + message


def _message(address: str, type_tag: str, arguments: bytes) -> bytes:
    return _padded(address) + _padded("," + type_tag) + arguments


def _padded(text: str) -> bytes:
    """OSC string: ends in at least one zero, and in as many as make its length a multiple of four."""
    data = text.encode("ascii")
    return data + b"\0" * (4 - len(data) % 4)
