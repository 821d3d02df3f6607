"""Time that stands still until a test moves it, and a sound system without a machine."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from stemlight.audio.devices import Device, Opening
from stemlight.audio.stream_format import StreamFormat
from stemlight.audio.watchdog import SoundSystem
from stemlight.errors import UserError


class Host:
    """A host clock and a sleep that moves it."""

    def __init__(self) -> None:
        self.time_s = 100.0

    def now(self) -> float:
        return self.time_s

    def sleep(self, length_s: float) -> None:
        assert length_s >= 0.0
        self.time_s += length_s


@dataclass
class FakeStream:
    """What PortAudio would have opened; a test calls `on_block` in its place."""

    on_block: object
    format: StreamFormat
    active: bool = True
    closed: bool = False
    latency_s: float = 0.01

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeSound:
    """Devices that a test plugs in and out, and the streams that were opened on them."""

    host: Host
    plugged: list[Device] = field(default_factory=list)
    rates_hz: tuple[int, ...] = (44_100,)
    dead_names: tuple[str, ...] = ()  # listed, but do not open
    streams: list[FakeStream] = field(default_factory=list)
    n_lists: int = 0
    n_probes: int = 0

    def system(self) -> SoundSystem:
        return SoundSystem(self.list_devices, self.probe, self.open)

    def list_devices(self, hidden: bool) -> list[Device]:
        self.n_lists += 1
        return list(self.plugged)

    def probe(self, device: Device, wanted: StreamFormat) -> Opening:
        self.n_probes += 1
        here = next((other for other in self.plugged if other.is_same(device)), None)
        if here is None or here.name in self.dead_names:
            raise UserError(f"{device.name!r} is not there")
        rate_hz = wanted.sample_rate_hz if wanted.sample_rate_hz in self.rates_hz else self.rates_hz[0]
        return Opening(here, StreamFormat(rate_hz, wanted.n_channels, wanted.block_length))

    def open(self, device: Device, stream_format: StreamFormat, on_block: object) -> FakeStream:
        self.streams.append(FakeStream(on_block, stream_format))
        return self.streams[-1]

    def send(self, block: np.ndarray, flags: int = 0) -> None:
        """One callback of the stream opened last; the clock moves to the end of `block` first."""
        stream = self.streams[-1]
        self.host.time_s += len(block) / stream.format.sample_rate_hz
        stream.on_block(block, len(block), None, flags)


USB = Device(3, "USB Audio: - (hw:1,0)", "ALSA", 8, 48_000, False)
BUILT_IN = Device(0, "Built-in", "ALSA", 2, 44_100, True)
PULSE = Device(5, "desk", "ALSA", 32, 44_100, False)
