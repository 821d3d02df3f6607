"""MIDI files for tests, byte by byte."""

from __future__ import annotations

import struct

TICKS = 480


def variable(value: int) -> bytes:
    """In seven bits a byte, as the format wants it."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def midi(*tracks: list[tuple[int, bytes]], division: int = TICKS) -> bytes:
    """A file of tracks of (delta ticks, event)."""
    chunks = []
    for track in tracks:
        body = b"".join(variable(delta) + event for delta, event in track) + b"\0\xff\x2f\0"
        chunks.append(b"MTrk" + struct.pack(">I", len(body)) + body)
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), division) + b"".join(chunks)


def tempo(bpm: float) -> bytes:
    return b"\xff\x51\x03" + round(60e6 / bpm).to_bytes(3, "big")


def signature(numerator: int, power: int) -> bytes:
    return bytes([0xFF, 0x58, 4, numerator, power, 24, 8])


def clicks(n: int, step: int = TICKS, key: int = 60) -> list[tuple[int, bytes]]:
    """A note at each step, the next event's delta included."""
    return [
        event for _ in range(n) for event in ((0, bytes([0x90, key, 100])), (step, bytes([0x80, key, 0])))
    ]
