"""Turns a name into a piece of memory that several processes share.

`multiprocessing.shared_memory` with its pitfalls taken out: a reader that exits never takes the segment
away from the others (before Python 3.13 its resource tracker would), a segment that a crashed show left
behind is replaced, a view that is still held at exit is no error, and who attaches learns that the
layout is another version's before it reads a byte of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import sys
import threading
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

from stemlight.errors import UserError

_HEADER = struct.Struct("<8s8s")  # magic, hash of the layout
_HEADER_BYTES = 64  # one cache line, so that what follows is aligned
_MAGIC = b"STEMLITE"
_PREFIX = "stemlight"  # names stay under the 31 characters that macOS allows
_tracker_lock = threading.Lock()


class Segment:
    """Memory with a name. Whoever created it takes it away on `close`; the others only let go."""

    def __init__(self, mapping: _Mapping, owner: bool) -> None:
        self._mapping = mapping
        self._owner = owner

    @classmethod
    def create(cls, name: str, n_bytes: int, layout: str) -> Segment:
        """A segment of zeros, `n_bytes` long or a little longer; replaces what a crashed show left.

        `layout` is any text that changes when the meaning of the bytes does.
        """
        with contextlib.suppress(FileNotFoundError):
            stale = _Mapping(name)
            stale.close()
            stale.unlink()
        mapping = _Mapping(name, create=True, size=_HEADER_BYTES + n_bytes)
        _HEADER.pack_into(mapping.memory, 0, _MAGIC, _hash(layout))
        return cls(mapping, owner=True)

    @classmethod
    def attach(cls, name: str, layout: str) -> Segment:
        """The segment that another process created. UserError where it is missing or not of this layout."""
        try:
            mapping = _attach_untracked(name)
        except (FileNotFoundError, ValueError):  # ValueError: empty, its show died while making it
            raise UserError(f"no running show has {name!r}; start it with `stemlight run`") from None
        if mapping.size < _HEADER_BYTES or _HEADER.unpack_from(mapping.memory, 0) != (_MAGIC, _hash(layout)):
            mapping.close()
            raise UserError(f"{name!r} was made by another version of Stemlight; restart the show")
        return cls(mapping, owner=False)

    @property
    def body(self) -> memoryview:
        """The bytes, writable, 64-byte aligned. Let go of views of it before `close`."""
        return self._mapping.memory[_HEADER_BYTES:]

    def close(self) -> None:
        """Lets go; the owner also takes the name away, others keep what they have mapped."""
        self._mapping.close()
        if self._owner:
            self._owner = False
            with contextlib.suppress(FileNotFoundError):
                self._mapping.unlink()


class _Mapping(SharedMemory):
    """SharedMemory that leaves a mapping with living views to the end of the process, silently."""

    @property
    def memory(self) -> memoryview:
        assert self.buf is not None, "closed"
        return self.buf

    def close(self) -> None:
        with contextlib.suppress(BufferError):
            super().close()


def _attach_untracked(name: str) -> _Mapping:
    if sys.version_info >= (3, 13):
        return _Mapping(name, track=False)
    # Before 3.13 attaching registers too, and the tracker unlinks at exit what was registered.
    with _tracker_lock:
        register = resource_tracker.register
        resource_tracker.register = lambda *_: None
        try:
            return _Mapping(name)
        finally:
            resource_tracker.register = register


def _hash(layout: str) -> bytes:
    return hashlib.sha256(layout.encode()).digest()[:8]


def segment_name(part: str) -> str:
    """The name of this process's segment for `part`, for example `stemlight-4711-frames`."""
    return f"{_PREFIX}-{os.getpid()}-{part}"


def remove_stale_segments(shm_dir: Path = Path("/dev/shm")) -> list[str]:
    """Takes away segments of shows that were killed with their resource tracker; returns their names.

    Linux only: elsewhere names cannot be listed (macOS) or vanish with their last user (Windows).
    """
    removed = []
    for path in shm_dir.glob(f"{_PREFIX}-*-*"):
        pid = path.name.split("-")[1]
        if pid.isdigit() and not Path("/proc", pid).exists():
            path.unlink(missing_ok=True)
            removed.append(path.name)
    return removed
