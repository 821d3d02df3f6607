"""Reads what every node of the tree says at one moment, and packs it as an OSC message."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from functools import cache

import numpy as np
from pythonosc.osc_message_builder import OscMessageBuilder

from stemlight.bus.controls import Control, ControlBus, Value
from stemlight.bus.frame_ring import FrameRing
from stemlight.osc.frame_numbers import Moment, frame_numbers, moved_places, places
from stemlight.osc.oscquery_tree import Leaf

HOLD_S = 0.050  # a trigger of the feed stays 1, as in the feed itself
STALE_S = 0.5  # without a new frame for this long the beat stands still: nobody counts it

_MASK = 0xFFFFFFFF  # counts wrap at 2^31, as OSC's ints do


class Values:
    """What the feed and the controls say at the moment of `take`. One thread."""

    def __init__(self, controls: ControlBus, ring: FrameRing) -> None:
        self._controls = controls
        self._ring = ring
        self._numbers: np.ndarray | None = None  # float64, as `frame_numbers` has them; None: no frame yet
        self._epoch = 0
        self._counts: dict[str, int] = {}  # of triggers that were asked for
        self._held_until_s: dict[str, float] = {}
        self._now_s = 0.0

    def take(self, now_s: float) -> None:
        """Looks at the newest frame. `now_s`: host clock; beats are read as they are then."""
        self._now_s = now_s
        newest = self._ring.latest()
        if newest is None:
            return
        if newest.epoch != self._epoch:  # an engine that begins counts from zero
            self._epoch = newest.epoch
            self._counts.clear()
        self._numbers = frame_numbers(newest.frame)
        if now_s - newest.captured_host_s < STALE_S:
            offset_s = float(self._controls.get("beat.offset_ms")) / 1e3
            moment = Moment.of(newest.frame, newest.stream_time_at(now_s) + offset_s)
            self._numbers[moved_places()] = moment.numbers()

    def read(self, leaf: Leaf) -> Value | None:
        """The value of a leaf; of a trigger control how often it was fired; None before the first frame."""
        if isinstance(leaf.source, Control):
            return self._controls.get(leaf.source.name)
        if self._numbers is None:
            return None
        number = float(self._numbers[places()[leaf.source.field, leaf.source.index]])
        if leaf.source.sent == "event":
            return self._held(leaf, int(number))
        if leaf.type_tag == "i":
            return (int(number) + 2**31 & _MASK) - 2**31
        return number if math.isfinite(number) else None

    def _held(self, leaf: Leaf, count: int) -> int:
        """1 for a while after the count has grown, as far as this reader has seen."""
        before = self._counts.get(leaf.address, count)
        self._counts[leaf.address] = max(count, before)
        if count > before:
            self._held_until_s[leaf.address] = self._now_s + HOLD_S
        return int(self._now_s < self._held_until_s.get(leaf.address, 0.0))


@dataclass(frozen=True, slots=True)
class Message:
    """What a leaf has to say."""

    packet: bytes
    mark: Value | bytes  # another one when there is something new to say
    is_event: bool  # a trigger control: said once for each time that it was fired, and not to begin with


def pack(leaf: Leaf, value: Value) -> Message:
    """The OSC message of a leaf's value."""
    if leaf.type_tag in "fi":
        packet = _head(leaf.address, leaf.type_tag) + struct.pack(f">{leaf.type_tag}", value)
        return Message(packet, packet, False)
    builder = OscMessageBuilder(leaf.address)
    if leaf.type_tag == "N":
        return Message(builder.build().dgram, value, True)
    builder.add_arg(value)
    return Message(builder.build().dgram, value, False)


@cache
def _head(address: str, type_tag: str) -> bytes:
    """A message of one number, without the number: the builder needs 10 us for what is always the same."""
    builder = OscMessageBuilder(address)
    builder.add_arg(0, type_tag)
    return builder.build().dgram[:-4]
