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
        self._levels = _Levels([row for row in table if row.sent == "hop"])
        self._triggers = _Triggers([row for row in table if row.sent == "event"])

    def encode(self, frame: FeatureFrame, time_s: float) -> list[memoryview | bytes]:
        """What to send for `frame` at the moment `time_s` of its stream: events first, then levels.

        The packets are good until the next call.
        """
        beats = _beats_at(frame, time_s)
        numbers = frame.record.reshape(1)
        levels = self._levels.packets(numbers, beats)
        events = self._triggers.packet(numbers, beats)
        return [events, *levels] if events else levels


def _beats_at(frame: FeatureFrame, time_s: float) -> dict[str, float]:
    """The fields of a frame that move with the beat, as they are at `time_s`, not at the frame's own time."""
    timeline = frame.timeline
    beat = timeline.beat_at(time_s)
    per_bar = timeline.beats_per_bar
    return {
        "beat": beat,
        "beat_phase": min(timeline.phase_at(time_s, 1.0), _BELOW_ONE),
        "bar_phase": min(timeline.bar_phase_at(time_s), _BELOW_ONE),
        "beat_in_bar": 1 + math.floor(beat) % per_bar,
        # Counted from the frame's own: a correction of the bar line moves both ends.
        "beat_count": frame.beat_count + math.floor(beat) - math.floor(timeline.beat_origin),
        "bar_count": frame.bar_count
        + math.floor(beat / per_bar)
        - math.floor(timeline.beat_origin / per_bar),
    }


class _Levels:
    """Bundles of every address that is sent with each hop."""

    def __init__(self, rows: list[OscAddress]) -> None:
        self._data = bytearray()
        starts: list[int] = []
        # For each type in the record: which numbers of it, and which words of the packets they fill.
        take: dict[str, list[int]] = {"f4": [], "f8": [], "i4": [], "i8": []}
        put: dict[str, list[int]] = {"f4": [], "f8": [], "i4": [], "i8": []}
        self._byte_of: dict[str, tuple[str, int]] = {}  # of what a moment may change: its type, its place
        data = self._data
        for row in rows:
            message = _message(row.address, row.type_tag * row.n_numbers, bytes(4 * row.n_numbers))
            if not starts or len(data) + 4 + len(message) - starts[-1] > MAX_PACKET_BYTES:
                starts.append(len(data))
                data += _HEADER
            data += struct.pack(">i", len(message)) + message
            kind, first = _place(row)
            take[kind] += range(first, first + row.n_numbers)
            put[kind] += range(len(data) // 4 - row.n_numbers, len(data) // 4)
            self._byte_of[row.field] = (">f" if row.type_tag == "f" else ">I", len(data) - 4)
        whole = memoryview(data)
        ends = [*starts[1:], len(data)]
        self._packets: list[memoryview | bytes] = [
            whole[start:end] for start, end in zip(starts, ends, strict=True)
        ]
        words = {"f": np.frombuffer(data, ">f4"), "i": np.frombuffer(data, ">i4")}
        self._pokes = [(kind, np.array(take[kind]), words[kind[0]], np.array(put[kind])) for kind in take]

    def packets(self, numbers: np.ndarray, beats: dict[str, float]) -> list[memoryview | bytes]:
        """`numbers`: the frame's record, shape (1,)."""
        for kind, take, words, put in self._pokes:
            words[put] = numbers.view(kind)[take]  # counts wrap at 2^31, as OSC's ints do
        for field, value in beats.items():
            kind, place = self._byte_of[field]
            struct.pack_into(kind, self._data, place, value if kind == ">f" else int(value) & 0xFFFFFFFF)
        return self._packets


class _Triggers:
    """1 when a count has grown since the last call, 0 after `HOLD_HOPS`; scheduled by the frame's number."""

    def __init__(self, rows: list[OscAddress]) -> None:
        self._fields = [row.field for row in rows]
        self._on = [_element(row, 1) for row in rows]
        self._off = [_element(row, 0) for row in rows]
        self._take = np.array([_place(row)[1] for row in rows])
        self._counts: list[int] = []
        self._release: dict[int, int] = {}  # row that is 1, and the frame at which it is to be 0
        self._frame = -1

    def packet(self, numbers: np.ndarray, beats: dict[str, float]) -> bytes:
        """A bundle of what changed, shorter than a packet may be; empty if nothing did."""
        frame = int(numbers["frame"][0])
        counts: list[int] = numbers.view("i8")[self._take].tolist()
        for row, field in enumerate(self._fields):
            if field in beats:
                counts[row] = int(beats[field])
        if frame < self._frame or not self._counts:  # a stream begins: what was counted is no event
            self._counts = counts
        self._frame = frame
        if counts == self._counts and not self._release:
            return b""
        elements = []
        for row, (count, before) in enumerate(zip(counts, self._counts, strict=True)):
            if count > before:
                elements.append(self._on[row])
                self._release[row] = frame + HOLD_HOPS
            elif self._release.get(row, frame + 1) <= frame:
                elements.append(self._off[row])
                del self._release[row]
        self._counts = list(map(max, counts, self._counts))
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
