"""Puts a short text into shared memory so that a reader gets all of it or none of it."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass

import numpy as np

MAX_BYTES = 2028  # a playlist of some two hundred names; the cell is 2,048 bytes

TEXT_DTYPE = np.dtype(
    [("stamp_s", "f8"), ("crc", "u4"), ("length", "u4"), ("text", "u1", (MAX_BYTES,)), ("spare", "u4")]
)
_RETRIES = 20


@dataclass(frozen=True, slots=True)
class Text:
    """What a cell says and since when."""

    text: str
    stamp_s: float  # host clock; 0 where nothing was ever written


def write_text(cell: np.ndarray, text: str, stamp_s: float | None = None) -> None:
    """Sets `cell`, a 0-d view of `TEXT_DTYPE`. One writer a cell. Longer texts end in an ellipsis."""
    data = text.encode()
    if len(data) > MAX_BYTES:
        data = data[: MAX_BYTES - 3].decode(errors="ignore").encode() + "…".encode()
    new = np.zeros((), TEXT_DTYPE)
    new["stamp_s"] = time.perf_counter() if stamp_s is None else stamp_s
    new["length"] = len(data)
    new["text"][: len(data)] = np.frombuffer(data, np.uint8)
    new["crc"] = _crc(new)
    cell[...] = new


def read_text(cell: np.ndarray) -> Text | None:
    """What `cell` says; None where its writer died in the middle of a word."""
    for _ in range(_RETRIES):
        copy = cell.copy()
        if not copy["stamp_s"]:
            return Text("", 0.0)
        length = int(copy["length"])
        if length <= MAX_BYTES and copy["crc"] == _crc(copy):
            return Text(copy["text"][:length].tobytes().decode(), float(copy["stamp_s"]))
        time.sleep(0)  # the writer is at it, or died at it
    return None


def _crc(cell: np.ndarray) -> int:
    length = min(int(cell["length"]), MAX_BYTES)
    return zlib.crc32(cell["text"][:length].tobytes(), zlib.crc32(cell["stamp_s"].tobytes()))
