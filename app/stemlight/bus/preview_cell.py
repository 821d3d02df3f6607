"""Carries a small copy of the picture from the stage to the panel, while the panel asks for it.

The memory is the show's. Two slots, written in turn, each with a sequence number that is odd while it is
written and a checksum: a reader gets all of a picture or none of it, and the stage never waits for one.
"""

from __future__ import annotations

import struct
import time
import zlib
from dataclasses import dataclass

from stemlight.bus.segment import Segment

MAX_SIZE_PX = (240, 135)
BYTES_PER_PIXEL = 4  # RGBA
ASKED_S = 1.5  # who looks asks anew within this

MAX_BYTES = MAX_SIZE_PX[0] * MAX_SIZE_PX[1] * BYTES_PER_PIXEL
_ASKED = struct.Struct("<d")
_NEWEST = struct.Struct("<Q")
_HEAD = struct.Struct("<QQIIdI4x")  # sequence, serial, width, height, seen_s, checksum
_SLOT_BYTES = _HEAD.size + MAX_BYTES
_FIRST = 64  # byte of the first slot
_LAYOUT = f"preview 1, {_HEAD.format} {MAX_SIZE_PX}"


@dataclass(frozen=True, slots=True)
class PreviewPicture:
    """One small picture, as the window showed it."""

    serial: int  # grows with each
    size_px: tuple[int, int]
    seen_s: float  # host clock
    rgba: bytes  # bottom row first


class PreviewCell:
    """The memory of both ways. `create` once, `attach` anywhere; one stage writes, one panel asks."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._memory = segment.body

    @classmethod
    def create(cls, name: str) -> PreviewCell:
        """Holds no picture; lives until this object is closed."""
        return cls(Segment.create(name, _FIRST + 2 * _SLOT_BYTES, _LAYOUT))

    @classmethod
    def attach(cls, name: str) -> PreviewCell:
        """The cell of a running show. UserError where there is none or it is another version's."""
        return cls(Segment.attach(name, _LAYOUT))

    # The panel's.

    def ask(self, now_s: float | None = None) -> None:
        """Asks for pictures for the next moments."""
        _ASKED.pack_into(self._memory, 0, time.perf_counter() if now_s is None else now_s)

    def newest(self, after: int = 0) -> PreviewPicture | None:
        """The newest picture if its serial is above `after` and it is whole."""
        serial = self._serial()
        if serial <= after:
            return None
        at = _FIRST + serial % 2 * _SLOT_BYTES
        sequence, found, width, height, seen_s, crc = _HEAD.unpack_from(self._memory, at)
        n_bytes = width * height * BYTES_PER_PIXEL
        if sequence % 2 or found != serial or n_bytes > MAX_BYTES:
            return None
        start = at + _HEAD.size
        rgba = bytes(self._memory[start : start + n_bytes])
        if zlib.crc32(rgba, serial & 0xFFFFFFFF) != crc:
            return None
        return PreviewPicture(serial, (width, height), seen_s, rgba)

    # The stage's.

    def is_asked_for(self, now_s: float | None = None) -> bool:
        """Whether somebody looks: else nothing need be drawn."""
        asked_s: float = _ASKED.unpack_from(self._memory, 0)[0]
        return asked_s > 0.0 and (time.perf_counter() if now_s is None else now_s) - asked_s < ASKED_S

    def write(self, rgba: bytes | bytearray | memoryview, size_px: tuple[int, int], seen_s: float) -> None:
        """Hands a picture over, bottom row first. ValueError where it is too large."""
        width, height = size_px
        n_bytes = width * height * BYTES_PER_PIXEL
        if width > MAX_SIZE_PX[0] or height > MAX_SIZE_PX[1] or len(rgba) != n_bytes:
            raise ValueError(f"{width}x{height} in {len(rgba)} bytes is no picture of at most {MAX_SIZE_PX}")
        serial = self._serial() + 1
        at = _FIRST + serial % 2 * _SLOT_BYTES
        (sequence, *_) = _HEAD.unpack_from(self._memory, at)
        sequence += 1 + sequence % 2  # odd from here: who died while writing left it so
        crc = zlib.crc32(rgba, serial & 0xFFFFFFFF)
        _HEAD.pack_into(self._memory, at, sequence, serial, width, height, seen_s, crc)
        self._memory[at + _HEAD.size : at + _HEAD.size + n_bytes] = rgba
        _HEAD.pack_into(self._memory, at, sequence + 1, serial, width, height, seen_s, crc)
        _NEWEST.pack_into(self._memory, _ASKED.size, serial)

    def close(self) -> None:
        """Lets go of the memory; it ends with its creator."""
        self._memory.release()
        self._segment.close()

    def _serial(self) -> int:
        serial: int = _NEWEST.unpack_from(self._memory, _ASKED.size)[0]
        return serial
