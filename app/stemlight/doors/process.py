"""The doors' entry: attaches to the show, opens what was asked for, and looks after it.

None of this may hold up a hop, hence a process of its own: a flood of OSC, a MIDI driver that hangs or a
phone on a bad network cost the engine nothing. A door that is closed costs nothing either.
"""

from __future__ import annotations

import gc
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass

from stemlight.bus.controls import ControlBus
from stemlight.bus.health import Health, PartHealth
from stemlight.bus.tempo_lines import TempoLines
from stemlight.osc.receiver import OscReceiver

STEP_S = 0.05  # between looks: a person does not notice, and a line of beats holds for a second


@dataclass(frozen=True, slots=True)
class DoorsSettings:
    """What the show tells its doors."""

    frames: str  # name of the frame ring
    controls: str  # of the control bus
    health: str
    lines: str  # of beats, heard and followed
    osc_in_port: int | None = None
    osc_in_host: str = "127.0.0.1"


def run_doors(settings: DoorsSettings) -> int:
    """Runs until the show ends; returns an exit code. Main thread of its own process.

    UserError if a port cannot be had.
    """
    with ExitStack() as stack:
        health = stack.enter_context(closing(Health.attach(settings.health)))
        controls = stack.enter_context(closing(ControlBus.attach(settings.controls, "osc")))
        stack.enter_context(closing(TempoLines.attach(settings.lines)))
        part = health.part("doors")
        receiver = None
        if settings.osc_in_port is not None:
            receiver = OscReceiver(settings.osc_in_port, controls, settings.osc_in_host)
            stack.enter_context(closing(receiver))
        counters = _Counters(part)
        gc.collect()
        gc.freeze()  # modules live as long as we do
        part.set("ready", 1)
        while not health.stopping:
            time.sleep(STEP_S)
            if receiver:
                counters.count_on("osc_in", receiver.received)
                counters.count_on("osc_in_ignored", receiver.ignored)
    return 0


class _Counters:
    """Counts on where a process that died had stopped."""

    def __init__(self, part: PartHealth) -> None:
        self._part = part
        self._before = {name: part.get(name) for name in part.table.counters}

    def count_on(self, counter: str, since_start: int) -> None:
        self._part.set(counter, self._before[counter] + since_start)
