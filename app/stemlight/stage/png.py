"""Writes pictures as PNG files. RGBA, uint8 (height, width, 4), top row first."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np

from stemlight.whole_file import whole_file


def save_png(path: Path, rgba: np.ndarray) -> None:
    """Writes `rgba` uint8 (h, w, 4 or 3) whole or not at all; UserError if the folder cannot be written."""
    height, width, n_channels = rgba.shape
    color_type = {3: 2, 4: 6}[n_channels]
    rows = np.zeros((height, 1 + width * n_channels), np.uint8)
    rows[:, 1:] = rgba.reshape(height, -1)
    rows[1:, 1:] -= rgba.reshape(height, -1)[:-1]  # filter 2, "up": what changed since the row above
    rows[1:, 0] = 2
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)),
            _chunk(b"IEND", b""),
        ]
    )
    with whole_file(path) as temporary:
        temporary.write_bytes(data)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
