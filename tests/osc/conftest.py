"""Frames with numbers that can be told apart, and what a receiver reads in a packet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from pythonosc.osc_packet import OscPacket
from stemlight.analysis.feature_frame import FIELDS, HOP_S, FeatureFrame, empty_record


@pytest.fixture
def frame() -> FeatureFrame:
    """Every number is another one."""
    random = np.random.default_rng(2)
    record = empty_record()
    for field in FIELDS:
        kind = field.dtype[0]
        record[field.name] = (
            random.random(field.shape) if kind == "f" else random.integers(0, 1000, field.shape)
        )
    record["frame"] = 100
    record["time_s"] = 100 * HOP_S
    record["tempo_bpm"] = 120.0
    record["beats_per_bar"] = 4
    return FeatureFrame(record)


@pytest.fixture
def frame_after() -> Callable[..., FeatureFrame]:
    """A later frame of the same stream, with some fields changed."""

    def later(frame: FeatureFrame, hops: int = 1, **changes: Any) -> FeatureFrame:
        record = frame.record.copy()
        record["frame"] += hops
        record["time_s"] += hops * HOP_S
        for name, value in changes.items():
            record[name] = value
        return FeatureFrame(record)

    return later


@pytest.fixture
def read() -> Callable[[Iterable[Any]], list[tuple[str, list[Any]]]]:
    """Address and arguments of every message in some packets, in order; read by a parser not ours."""

    def read_packets(packets: Iterable[Any]) -> list[tuple[str, list[Any]]]:
        timed = [message for packet in packets for message in OscPacket(bytes(packet)).messages]
        return [(message.message.address, list(message.message)) for message in timed]

    return read_packets
