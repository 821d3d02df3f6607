"""A source and a pipeline that do as they are told, and the shared memory of a show."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from stemlight.analysis.beats import BeatState
from stemlight.analysis.feature_frame import HOP_S, FeatureFrame, empty_record
from stemlight.analysis.timeline import Timeline
from stemlight.audio.hop_input import HopStamp, InputStatus
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health
from stemlight.bus.segment import segment_name
from stemlight.bus.tempo_lines import TempoLines


@dataclass
class FakeSource:
    """Hops that were put in, each with its stamp; every sample is the hop's number."""

    waiting: list[tuple[int, float, float]] = field(default_factory=list)  # number, arrival, captured
    now: InputStatus = field(default_factory=lambda: InputStatus("running", "a band"))

    def put(self, *numbers: int, arrival_s: float = 1e9) -> None:
        self.waiting += [(number, arrival_s, 100.0 + number * HOP_S) for number in numbers]

    def start(self) -> None: ...
    def close(self) -> None: ...

    def wait_hop(self, timeout_s: float) -> bool:
        return bool(self.waiting)

    def read_hop(self, out: np.ndarray) -> HopStamp:
        number, arrival_s, captured_s = self.waiting.pop(0)
        out[:] = number
        return HopStamp(arrival_s, captured_s, len(self.waiting))

    @property
    def status(self) -> InputStatus:
        return self.now


@dataclass
class FakePipeline:
    """The frame's level is the hop's first sample: the hop's number, times what was done to it."""

    told: list[object] = field(default_factory=list)
    frames: int = 0
    locked: bool = False
    taps: list[float] = field(default_factory=list)
    tempo_locks: list[tuple[bool, float | None]] = field(default_factory=list)
    followed: list[Timeline | None] = field(default_factory=list)

    @property
    def heard(self) -> BeatState:
        line = Timeline(120.0, 2.0 * self.frames * HOP_S, self.frames * HOP_S)
        return BeatState(line, beat_in_bar=1, beat_count=0, bar_count=0, confidence=0.75)

    def follow(self, line: Timeline | None) -> None:
        self.followed.append(line)

    @property
    def beat_commands(self) -> FakePipeline:
        return self

    def double_tempo(self) -> None:
        self.told.append("double")

    def halve_tempo(self) -> None:
        self.told.append("halve")

    def shift_half_beat(self) -> None:
        self.told.append("shift")

    def resync(self) -> None:
        self.told.append("resync")

    def tap(self, time_s: float) -> None:
        self.taps.append(time_s)

    def lock_tempo(self, locked: bool, tempo_bpm: float | None = None) -> None:
        self.tempo_locks.append((locked, tempo_bpm))

    def set_agc_lock(self, locked: bool) -> None:
        self.locked = locked

    def process(self, hop: np.ndarray) -> FeatureFrame:
        record = empty_record()
        record["frame"] = self.frames
        record["time_s"] = (self.frames + 1) * HOP_S
        record["level"] = hop[0, 0]
        record["count"] = self.frames // 7  # now and then a hit
        self.frames += 1
        return FeatureFrame(record)


@dataclass
class FakeSender:
    sent: list[tuple[FeatureFrame, float]] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    due_s: float = math.inf
    destinations: tuple[object, ...] = ()

    def send_beats(self, time_s: float) -> None:
        self.beats.append(time_s)
        self.due_s = math.inf

    def send(self, frame: FeatureFrame, time_s: float) -> None:
        self.sent.append((frame, time_s))


@dataclass
class ShowMemory:
    """What a show shares."""

    ring: FrameRing
    controls: ControlBus
    health: Health
    lines: TempoLines
    attach_writer: Callable[[], FrameRing]


@pytest.fixture
def memory():
    name = segment_name("ef")
    ring = FrameRing.create(name)
    controls = ControlBus.create(segment_name("ec"))
    health = Health.create(segment_name("eh"))
    lines = TempoLines.create(segment_name("el"))
    writers = []

    def attach_writer() -> FrameRing:
        writers.append(FrameRing.attach(name, writer=True))
        return writers[-1]

    yield ShowMemory(ring, controls, health, lines, attach_writer)
    for shared in (*writers, ring, controls, health, lines):
        shared.close()


@pytest.fixture
def source():
    return FakeSource()


@pytest.fixture
def pipeline():
    return FakePipeline()


@pytest.fixture
def sender():
    return FakeSender()
