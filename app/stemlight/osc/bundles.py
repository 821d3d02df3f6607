"""Turns frames into OSC bundles that are ready to be sent.

The packets of a hop are built once; a frame only pokes its numbers into them: python-osc needs 0.5 ms
for what takes 0.02 ms here (PLATFORM.md, section 5).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable

import numpy as np

from stemlight.analysis.feature_frame import FIELDS, HOP_S, FeatureFrame
from stemlight.osc.frame_numbers import SPECTRA, Moment, frame_numbers, moved_places, n_plain, places
from stemlight.osc.profiles import DerivedNumbers
from stemlight.osc.schema import OscAddress

MAX_PACKET_BYTES = 1400  # below the 1,500 of Ethernet with headers: a lost fragment would lose them all
HOLD_HOPS = math.ceil(0.050 / HOP_S)  # triggers stay 1 for 50 ms: longer than a frame of any receiver
REFRESH_S = 1.0  # who is sent only what changes, and came late or lost a packet, is right after so long
MARGIN_S = 50e-6  # a beat is sent this much after its time, or rounding would find that it is not there yet
EXACT = 2.0**24  # a float of OSC holds whole numbers up to here; counts that are sent as such begin anew

_UNIX_EPOCH_S = 2_208_988_800  # of OSC's time tags, in seconds since 1900 (RFC 868)
_IMMEDIATELY = 1
_HEADER_BYTES = 16  # "#bundle", time tag
_COUNTS = {field.name for field in FIELDS if field.dtype[0] == "i" and field.high == math.inf}

Packets = list[memoryview | bytes]


class Bundles:
    """The packets of one table. One thread."""

    def __init__(
        self,
        table: tuple[OscAddress, ...],
        derived: DerivedNumbers | None = None,
        *,
        prefix: str = "",
        rate_hz: float | None = None,
        only_on_change: bool = False,
        offset_s: float = 0.0,
        time_tags: bool = False,
    ) -> None:
        """Settings as in `OscDestination`; `derived` knows the numbers that a frame does not."""
        self.needs_spectra = any(row.field in SPECTRA for row in table)
        n_of_frame = len(places()) if self.needs_spectra else n_plain()
        names = derived.names if derived else ()
        place_of = {name: n_of_frame + i for i, name in enumerate(names)}
        triggers = [row for row in table if row.sent != "hop"]
        first_state = n_of_frame + len(names)
        self._derived = derived
        self._offset_s = offset_s
        self._time_tags = time_tags
        self._numbers = np.zeros(first_state + len(triggers))  # frame's, derived, states of the triggers
        self._of_frame = self._numbers[:n_of_frame]
        self._of_derived = self._numbers[n_of_frame:first_state]
        self._triggers = _Triggers(triggers, place_of, prefix, self._numbers[first_state:])
        levels = [row for row in table if row.sent != "event"]
        held = {row.address: first_state + i for i, row in enumerate(triggers)}
        level_places = [held[row.address] if row.sent == "held" else _place(row, place_of) for row in levels]
        sparse = only_on_change or derived is not None
        self._levels = _Levels(levels, level_places, prefix, sparse=sparse) if levels else None
        self._only_on_change = only_on_change
        self._period_s = 1.0 / rate_hz if rate_hz else 0.0
        self._frame: FeatureFrame | None = None
        self._next_level_s = self._next_refresh_s = -math.inf
        self._next_beat_s = math.inf

    @property
    def due_s(self) -> float:
        """When `encode_events` has a beat to send, on the stream's clock; infinite where it never has."""
        return self._next_beat_s if self._triggers.on_beats else math.inf

    def encode(
        self, frame: FeatureFrame, time_s: float, wall_s: float = 0.0, numbers: np.ndarray | None = None
    ) -> Packets:
        """What to send for `frame` at the moment `time_s` of its stream: events first, then levels.

        `wall_s`: the same moment in seconds since 1970, for time tags. `numbers`: `frame_numbers(frame)`
        where they are known, with the spectra if `needs_spectra`. The packets are good until the next call.
        """
        if self._frame is None or frame.frame < self._frame.frame:
            self._begin()
        self._frame = frame
        if numbers is None:
            numbers = frame_numbers(frame, self.needs_spectra)
        self._of_frame[:] = numbers[: len(self._of_frame)]
        now_s = frame.frame * HOP_S
        packets: Packets = self._events(time_s, wall_s, frame.frame + HOLD_HOPS)
        if self._levels and now_s >= self._next_level_s - HOP_S / 2:
            late_s = now_s - self._next_level_s
            self._next_level_s = (now_s if late_s > self._period_s else self._next_level_s) + self._period_s
            whole = not self._only_on_change or now_s >= self._next_refresh_s
            if whole:
                self._next_refresh_s = now_s + REFRESH_S
            packets += self._levels.packets(self._numbers, self._tag(wall_s), whole)
        return packets

    def encode_events(self, time_s: float, wall_s: float = 0.0) -> Packets:
        """What has come due between two frames, at the moment `time_s`: beats and bars."""
        if self._frame is None:
            return []
        return self._events(time_s, wall_s, self._frame.frame + 1 + HOLD_HOPS)

    def last(self) -> Packets:
        """What to send to who is sent nothing more: a 0 for every trigger that is 1."""
        return _packets(self._triggers.ends(), _IMMEDIATELY)

    def _begin(self) -> None:
        """A stream begins."""
        if self._derived:
            self._derived.reset()
        self._triggers.reset()
        self._next_level_s = self._next_refresh_s = -math.inf

    def _events(self, time_s: float, wall_s: float, release_frame: int) -> Packets:
        assert self._frame is not None
        moment = Moment.of(self._frame, time_s + self._offset_s)
        self._next_beat_s = moment.next_beat_s - self._offset_s + MARGIN_S
        self._of_frame[moved_places()] = moment.numbers()
        if self._derived:
            self._of_derived[:] = self._derived.process(self._frame, moment)
        elements = self._triggers.elements(self._numbers, self._frame.frame, release_frame)
        return _packets(elements, self._tag(wall_s)) if elements else []

    def _tag(self, wall_s: float) -> int:
        """When what is sent holds: beats that are sent early are meant for later."""
        if not self._time_tags:
            return _IMMEDIATELY
        return int((wall_s + self._offset_s + _UNIX_EPOCH_S) * 2**32)


class _Levels:
    """Bundles of every address that is sent with each hop."""

    def __init__(self, rows: list[OscAddress], takes: list[int], prefix: str, *, sparse: bool) -> None:
        """`takes`: where the first number of each row stands. `sparse`: rows may be left out."""
        data = bytearray()
        starts: list[int] = []
        spans: list[tuple[int, int]] = []
        words: list[int] = []  # of the packets, one for each number
        for row in rows:
            message = _message(prefix + row.address, row.type_tag * row.n_numbers, bytes(4 * row.n_numbers))
            if not starts or len(data) + 4 + len(message) - starts[-1] > MAX_PACKET_BYTES:
                starts.append(len(data))
                data += _header(_IMMEDIATELY)
            spans.append((len(data), len(data) + 4 + len(message)))
            data += struct.pack(">i", len(message)) + message
            words += range(len(data) // 4 - row.n_numbers, len(data) // 4)
        self._data = data
        whole = memoryview(data)
        ends = [*starts[1:], len(data)]
        self._starts = starts
        self._packets: Packets = [whole[start:end] for start, end in zip(starts, ends, strict=True)]
        self._elements = [whole[start:end] for start, end in spans]
        # Every number is a word of the packets: floats, ints and bare bits are three ways to see it.
        self._bits = np.frombuffer(data, np.uint32)
        self._as_floats, self._as_ints = self._bits.view(">f4"), self._bits.view(">i4")
        self._words = np.array(words, np.intp)
        self._row_starts = np.cumsum([0, *(row.n_numbers for row in rows)])[:-1]
        each = [(row, take + i) for row, take in zip(rows, takes, strict=True) for i in range(row.n_numbers)]
        is_float = np.array([row.type_tag == "f" for row, _ in each])
        take = np.array([take for _, take in each], np.intp)
        self._floats = np.flatnonzero(is_float)  # of the words
        self._take_floats, self._put_floats = take[is_float], self._words[is_float]
        self._take_ints, self._put_ints = take[~is_float], self._words[~is_float]
        of_floats = [row for row, _ in each if row.type_tag == "f"]
        self._scaled = np.flatnonzero([row.scale != 1.0 for row in of_floats])
        scaled = [of_floats[i] for i in self._scaled]
        self._scale, self._bias, self._low, self._high = (
            np.array([getattr(row, name) for row in scaled]) for name in ("scale", "bias", "low", "high")
        )
        self._wrapped = np.flatnonzero([row.field in _COUNTS for row in of_floats])
        self._sparse = sparse
        self._last = np.zeros(len(words), np.uint32)

    def packets(self, numbers: np.ndarray, tag: int, whole: bool) -> Packets:
        """`whole`: send what has not changed too. A number that is NaN is not sent."""
        floats = numbers[self._take_floats]
        if len(self._scaled):
            scaled = floats[self._scaled] * self._scale + self._bias
            floats[self._scaled] = np.minimum(np.maximum(scaled, self._low), self._high)  # NaN stays NaN
        if len(self._wrapped):
            floats[self._wrapped] %= EXACT
        self._as_floats[self._put_floats] = floats
        if len(self._take_ints):  # counts wrap at 2^31, as OSC's ints do
            self._as_ints[self._put_ints] = numbers[self._take_ints].astype(np.int64)
        if not self._sparse:
            return self._all(tag)
        bits = self._bits[self._words]
        send = np.ones(len(bits), bool) if whole else bits != self._last
        send[self._floats] &= floats == floats  # noqa: PLR0124 (NaN is not)
        self._last = bits
        if send.all():
            return self._all(tag)
        rows = np.flatnonzero(np.logical_or.reduceat(send, self._row_starts))
        return _packets([self._elements[row] for row in rows], tag)

    def _all(self, tag: int) -> Packets:
        if tag != _IMMEDIATELY:
            for start in self._starts:
                struct.pack_into(">Q", self._data, start + 8, tag)
        return list(self._packets)


class _Triggers:
    """1 when a count has grown since the last look, 0 after `HOLD_HOPS`; scheduled by the frame's number."""

    def __init__(
        self, rows: list[OscAddress], place_of: dict[str, int], prefix: str, states: np.ndarray
    ) -> None:
        """`states`, float64 (n_rows,): written here, 1 while a trigger is held."""
        self._takes = np.array([_place(row, place_of) for row in rows], np.intp)
        self._on = [_element(row, prefix, 1) for row in rows]
        # Who is sent the state with every hop needs no message to end it.
        self._off = [_element(row, prefix, 0) if row.sent == "event" else b"" for row in rows]
        self._states = states
        beats = {*moved_places().tolist(), *place_of.values()}
        self.on_beats = not beats.isdisjoint(self._takes.tolist())
        self.reset()

    def reset(self) -> None:
        """A stream begins: what was counted before is no event. Triggers that are held are let go."""
        self._counts: list[float] = []
        self._release: dict[int, int] = dict.fromkeys(np.flatnonzero(self._states).tolist(), -1)

    def elements(self, numbers: np.ndarray, frame: int, release_frame: int) -> list[bytes]:
        """Elements of a bundle for what changed; what begins is held until `release_frame`."""
        counts: list[float] = numbers[self._takes].tolist()
        if not self._counts:
            self._counts = counts
        if counts == self._counts and not self._release:
            return []
        elements = []
        for row, (count, before) in enumerate(zip(counts, self._counts, strict=True)):
            if count > before:
                elements.append(self._on[row])
                self._release[row] = release_frame
                self._states[row] = 1.0
            elif self._release.get(row, frame + 1) <= frame:
                elements.append(self._off[row])
                del self._release[row]
                self._states[row] = 0.0
        self._counts = list(map(max, counts, self._counts))
        return [element for element in elements if element]

    def ends(self) -> list[bytes]:
        """Elements that end every trigger that is held."""
        return [self._off[row] or self._on[row][:-4] + bytes(4) for row in self._release]


def _place(row: OscAddress, place_of: dict[str, int]) -> int:
    """Where a row's number, the first of several, stands among the numbers."""
    if row.field in place_of:
        return place_of[row.field]
    field = next(field for field in FIELDS if field.name == row.field)
    return places()[row.field, row.index + (0,) * (len(field.shape) - len(row.index))]


def _packets(elements: Iterable[bytes | memoryview], tag: int) -> Packets:
    """Bundles of elements, each as full as it may be."""
    packets: Packets = []
    parts: list[bytes | memoryview] = []
    size = 0
    for element in elements:
        if parts and size + len(element) > MAX_PACKET_BYTES:
            packets.append(b"".join(parts))
            parts = []
        if not parts:
            parts, size = [_header(tag)], _HEADER_BYTES
        parts.append(element)
        size += len(element)
    if parts:
        packets.append(b"".join(parts))
    return packets


def _header(tag: int) -> bytes:
    return b"#bundle\0" + struct.pack(">Q", tag)


def _element(row: OscAddress, prefix: str, value: int) -> bytes:
    number = struct.pack(">f" if row.type_tag == "f" else ">i", value)
    message = _message(prefix + row.address, row.type_tag, number)
    return struct.pack(">i", len(message)) + message


def _message(address: str, type_tag: str, arguments: bytes) -> bytes:
    return _padded(address) + _padded("," + type_tag) + arguments


def _padded(text: str) -> bytes:
    """OSC string: ends in at least one zero, and in as many as make its length a multiple of four."""
    data = text.encode("ascii")
    return data + b"\0" * (4 - len(data) % 4)
