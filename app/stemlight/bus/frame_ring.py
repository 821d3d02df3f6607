"""Carries FeatureFrames from the engine to every other process: the last 1,024, without a lock.

One writer; readers as many as like, at their own pace. Reader and writer may die and come back: the ring
belongs to the show. A slot has a sequence number, odd while it is written (a seqlock). Python has no
memory barrier, and on ARM stores may be seen out of order, so a checksum over the slot, its index
included, has the last word.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from stemlight.analysis.feature_frame import FRAME_DTYPE, FeatureFrame
from stemlight.bus.segment import Segment

CAPACITY = 1024  # frames: 11.9 s, twice the history that a shader may ask for

_SLOT = np.dtype(
    [
        ("sequence", "u8"),  # 2 index + 1 while frame `index` is written, 2 index + 2 once it is there
        ("crc", "u8"),
        ("index", "u8"),
        ("epoch", "u8"),
        ("captured_host_s", "f8"),
        ("record", FRAME_DTYPE),
    ],
    align=True,
)
_PAYLOAD = _SLOT.fields["index"][1]  # type: ignore[index]  # the checksum covers what lies behind here
_HEADER = np.dtype([("published", "u8"), ("epoch", "u8"), ("spare", "u8", (6,))])
_LAYOUT = f"frame ring 1, {CAPACITY} slots of {_SLOT.descr}"
_RETRIES = (
    100  # the newest slot is rewritten 1,024 hops later; only a stopped reader ever needs a second look
)


@dataclass(frozen=True, slots=True)
class Published:
    """One frame as it crossed to another process."""

    frame: FeatureFrame
    captured_host_s: float  # host clock when the hop's last sample was captured
    index: int  # frames published before it, by every engine of this show
    epoch: int  # which engine published it, from 1; frame counts and stream time begin anew with each

    def stream_time_at(self, host_s: float) -> float:
        """The stream's clock, the one of `frame.time_s` and its timeline, at a moment of the host's clock."""
        return self.frame.time_s + (host_s - self.captured_host_s)


class FrameRing:
    """The frames of a show. `create` it once, `attach` to it anywhere."""

    def __init__(self, segment: Segment, writer: bool) -> None:
        self._segment = segment
        body = segment.body
        self._header = np.frombuffer(body, _HEADER, count=1)
        slots = np.frombuffer(body, _SLOT, count=CAPACITY, offset=_HEADER.itemsize)
        self._sequence = slots["sequence"]
        self._bytes = slots.view(np.uint8).reshape(CAPACITY, _SLOT.itemsize)
        self._published = self._header["published"]
        self._new = np.zeros(1, _SLOT)
        self._new_bytes = self._new.view(np.uint8)
        self._epoch = 0
        if writer:
            self._header["epoch"] += 1
            self._epoch = int(self._header["epoch"][0])

    @classmethod
    def create(cls, name: str) -> FrameRing:
        """An empty ring that lives until this object is closed."""
        segment = Segment.create(name, _HEADER.itemsize + CAPACITY * _SLOT.itemsize, _LAYOUT)
        return cls(segment, writer=False)

    @classmethod
    def attach(cls, name: str, writer: bool = False) -> FrameRing:
        """The ring of a running show. The one `writer` goes on where its predecessor stopped.

        UserError where there is none or its frames are another version's.
        """
        return cls(Segment.attach(name, _LAYOUT), writer)

    def publish(self, frame: FeatureFrame, captured_host_s: float) -> Published:
        """Adds a frame and returns it as readers get it. Engine's inference thread only; never waits."""
        if not self._epoch:
            raise RuntimeError("this ring was attached for reading")
        index = int(self._published[0])
        slot = index % CAPACITY
        new = self._new
        new["index"] = index
        new["epoch"] = self._epoch
        new["captured_host_s"] = captured_host_s
        new["record"] = frame.record
        new["crc"] = zlib.crc32(self._new_bytes[_PAYLOAD:].data)
        self._sequence[slot] = 2 * index + 1
        self._bytes[slot, 8:] = self._new_bytes[8:]
        self._sequence[slot] = 2 * index + 2
        self._published[0] = index + 1
        return Published(frame, captured_host_s, index, self._epoch)

    @property
    def published(self) -> int:
        """Frames so far. Any process."""
        return int(self._published[0])

    def latest(self) -> Published | None:
        """The newest frame; None before the first. Any process."""
        for _ in range(_RETRIES):
            published = self.published
            newest = self._read(published - 1) if published else None
            if newest is not None:
                return newest
            if not published:
                break
        return None

    def since(self, index: int) -> list[Published]:
        """Frames from `index` on, oldest first, at most 1,024 of them. Any process.

        Ask next for the last one's `index + 1`. The first one's `index` less what was asked for is how
        many came and went unread.
        """
        published = self.published
        oldest = max(index, published - CAPACITY)
        found = (self._read(i) for i in range(oldest, published))
        return [frame for frame in found if frame is not None]

    def close(self) -> None:
        """Lets go of the memory; the ring ends with its creator."""
        del self._header, self._sequence, self._bytes, self._published
        self._segment.close()

    def _read(self, index: int) -> Published | None:
        """Frame `index`; None if it was overwritten or is not whole."""
        slot = index % CAPACITY
        whole = 2 * index + 2
        if self._sequence[slot] != whole:
            return None
        copy = self._bytes[slot].copy()
        if self._sequence[slot] != whole:
            return None
        taken = copy.view(_SLOT).reshape(())
        if taken["index"] != index or taken["crc"] != zlib.crc32(copy[_PAYLOAD:].data):
            return None
        return Published(
            FeatureFrame(taken["record"]), float(taken["captured_host_s"]), index, int(taken["epoch"])
        )
