"""OSC packets that went wrong in every way that bits can: some for the tests, 100,000 for the benchmark."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from stemlight.bus.controls import CONTROLS

ROOT = "/stemlight/ctl/"


def fuzzed_packets(count: int, seed: int) -> Iterator[bytes]:
    """Half of them a good packet with some damage, the rest bytes of no sense; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        way = chance.randrange(8)
        if way < 5:
            yield _damaged(chance, _good(chance))
        elif way == 5:
            yield chance.randbytes(chance.randrange(300))
        elif way == 6:
            yield b"#bundle\0" + chance.randbytes(8) + chance.randbytes(chance.randrange(200))
        else:  # bundles in bundles, their sizes off by a little
            packet = _good(chance)
            for _ in range(chance.randrange(1, 40)):
                size = len(packet) + chance.choice((0, 0, 0, 4, -4, 1))
                packet = b"#bundle\0" + chance.randbytes(8) + struct.pack(">i", size) + packet
            yield packet


def _good(chance: random.Random) -> bytes:
    """A packet that a careless but honest sender would send."""
    if chance.random() < 0.3:
        bundle = OscBundleBuilder(chance.choice((0.0, 1e9, 2e9)))
        for _ in range(chance.randrange(5)):
            bundle.add_content(_message(chance))
        return bundle.build().dgram
    return _message(chance).dgram


def _message(chance: random.Random):
    name = chance.choice(CONTROLS).name.replace(".", "/")
    builder = OscMessageBuilder(chance.choice((ROOT + name, ROOT + name, "/", "/other/address")))
    for _ in range(chance.choice((0, 1, 1, 1, 2))):
        builder.add_arg(
            chance.choice(
                (chance.uniform(-1e6, 1e6), chance.randrange(-(2**31), 2**31), "tunnel", True, None, b"blob")
            )
        )
    return builder.build()


def _damaged(chance: random.Random, packet: bytes) -> bytes:
    data = bytearray(packet)
    for _ in range(chance.randrange(4)):
        where = chance.randrange(len(data) + 1)
        way = chance.randrange(5)
        if way == 0:
            del data[where:]
        elif way == 1:
            data[where:where] = chance.randbytes(chance.randrange(9))
        elif way == 2 and where < len(data):
            data[where] = chance.randrange(256)
        elif way == 3:
            data[where : where + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4)))
        else:
            data += data[:where]
    return bytes(data)
