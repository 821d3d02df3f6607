"""Controllers in memory, and a desk that looks after them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mido
import pytest
import virtual_midi
from stemlight.bus.controls import ControlBus
from stemlight.bus.health import Health
from stemlight.bus.segment import segment_name
from stemlight.midi.desk import PLUG_S, Desk
from stemlight.midi.ports import Ports
from stemlight.sync.midi_clock import MidiClock


@pytest.fixture
def controls() -> Iterator[ControlBus]:
    bus = ControlBus.create(segment_name("mc"))
    yield bus
    bus.close()


@pytest.fixture
def plug() -> Iterator:
    yield virtual_midi.plug
    virtual_midi.WORLD.clear()


class DeskAtWork:
    """The desk, what it is told and what it says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hand = ControlBus.create(segment_name("dc"))
        self.controls = ControlBus.attach(segment_name("dc"), "midi")
        self.health = Health.create(segment_name("dh"))
        self.part = self.health.part("doors")
        self.clock = MidiClock()
        self.now_s = 100.0
        self.clock_outputs: list = []
        backend = mido.Backend("virtual_midi", load=True)
        self.desk = Desk(
            self.controls,
            self.part,
            self.clock,
            folder,
            ports=lambda: Ports(backend),
            clock_outputs=self._get_outputs,
            host_s=lambda: self.now_s,
            in_time=lambda: None,
        )

    def _get_outputs(self, outputs: list) -> None:
        self.clock_outputs = outputs

    def look(self, seconds: float = 0.0) -> None:
        """A step, and then one every 50 ms."""
        self.desk.step(self.now_s)
        for _ in range(round(seconds / 0.05) + 1 if seconds else 0):
            self.now_s += 0.05
            self.desk.step(self.now_s)

    def use(self, names: str = "all") -> None:
        self.hand.set("midi.ports", names)
        self.look(1.1 * PLUG_S)

    def write_map(self, name: str, *bindings: str, head: str = "version = 1\n") -> Path:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / name
        path.write_text(head + "".join(f"[[binding]]\n{binding}\n" for binding in bindings))
        return path

    def close(self) -> None:
        self.desk.close()
        for shared in (self.controls, self.hand, self.health):
            shared.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskAtWork]:
    desk = DeskAtWork(tmp_path / "midi")
    yield desk
    desk.close()
