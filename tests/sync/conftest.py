"""The shared memory of a show, and messages that come with jitter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from stemlight.analysis.timeline import Timeline
from stemlight.bus.controls import ControlBus
from stemlight.bus.health import Health, PartHealth
from stemlight.bus.segment import segment_name
from stemlight.bus.tempo_lines import SaidLine, TempoLines


@dataclass
class DoorsMemory:
    """What the doors share with the show."""

    controls: ControlBus
    hand: ControlBus  # somebody who turns and presses
    lines: TempoLines
    part: PartHealth

    def hear(self, line: Timeline, now_s: float, confidence: float = 0.9) -> None:
        """As the engine would say it."""
        self.lines.write("heard", SaidLine(line, now_s, confidence))


@pytest.fixture
def memory() -> Iterator[DoorsMemory]:
    hand = ControlBus.create(segment_name("sc"))
    controls = ControlBus.attach(segment_name("sc"), "osc")
    lines = TempoLines.create(segment_name("sl"))
    health = Health.create(segment_name("sh"))
    yield DoorsMemory(controls, hand, lines, health.part("doors"))
    for shared in (controls, hand, lines, health):
        shared.close()


@pytest.fixture
def jitter() -> np.random.Generator:
    return np.random.default_rng(5)


def beats_off(line: Timeline, truth: Timeline, time_s: float) -> float:
    """How far the position of `line` is from the true one, in beats."""
    return line.beat_at(time_s) - truth.beat_at(time_s)


@pytest.fixture
def off():
    return beats_off
