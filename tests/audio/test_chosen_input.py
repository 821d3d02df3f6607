"""Another input while a show runs: a hop is there when it is due, whatever is opened, refused or missing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import pytest
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S
from stemlight.audio.chosen_input import ChosenInput, chosen_name
from stemlight.audio.hop_input import HopStamp, InputStatus
from stemlight.errors import UserError


@dataclass
class Band:
    """An input all of whose samples are its number."""

    number: float
    machine: Machine
    playing: bool = False
    hops: int = 0

    def start(self) -> None:
        if self.number in self.machine.jammed:
            raise UserError(f"cannot open {self.number}")
        assert not self.machine.playing, "PortAudio has one stream a process"
        self.machine.playing.append(self.number)
        self.playing = True

    def wait_hop(self, timeout_s: float) -> bool:
        assert self.playing
        time.sleep(0)  # the switcher gets its turn
        return True

    def read_hop(self, out: np.ndarray) -> HopStamp:
        assert self.playing
        out[:] = self.number
        self.hops += 1
        return HopStamp(time.perf_counter(), time.perf_counter(), 0)

    def close(self) -> None:
        if self.playing:
            self.machine.playing.remove(self.number)
        self.playing = False

    @property
    def status(self) -> InputStatus:
        return InputStatus("running", f"band {self.number}", blocks=self.hops, overflows=1)


@dataclass
class Machine:
    """Bands that can be heard: all that are plugged in."""

    plugged: set[float] = field(default_factory=lambda: {1.0, 2.0, 3.0})
    jammed: set[float] = field(default_factory=set)  # plugged in, but do not open
    playing: list[float] = field(default_factory=list)

    def open(self, name: str) -> Band:
        return Band(float(name), self)

    def must_be_there(self, name: str, heard: str) -> None:
        if float(name) not in self.plugged:
            raise UserError(f"there is no {name}")


@pytest.fixture
def machine(monkeypatch):
    monkeypatch.setattr("stemlight.audio.chosen_input.RETRY_S", 0.01)
    return Machine()


@pytest.fixture
def heard(machine):
    """A choice that begins with band 1."""
    chosen = ChosenInput("1", machine.open, must_be_there=machine.must_be_there)
    yield chosen
    chosen.close()
    assert not machine.playing


def play(heard: ChosenInput, until, timeout_s: float = 20.0) -> list[float]:
    """What the hops held until something was so."""
    hop, said = np.zeros((HOP_LENGTH, 2), np.float32), []
    ends_s = time.monotonic() + timeout_s
    while not until(said):
        assert time.monotonic() < ends_s, f"never: {heard.status}, {said[-3:]}"
        if heard.wait_hop(0.05):
            heard.read_hop(hop)
            assert (hop == hop[0, 0]).all()
            said.append(float(hop[0, 0]))
    return said


def test_what_is_chosen_is_heard_and_the_old_one_is_closed_before(heard, machine):
    heard.start()
    assert set(play(heard, lambda said: len(said) > 3)) == {1.0}
    heard.choose("2")
    said = play(heard, lambda said: said[-1:] == [2.0])
    assert set(said) <= {0.0, 1.0, 2.0}
    assert machine.playing == [2.0]
    assert heard.status.message == "band 2.0"


def test_between_two_inputs_hops_of_zeros_come_when_they_are_due(heard):
    heard.start()
    began_s = time.perf_counter()
    heard.choose("2")
    said = play(heard, lambda said: said[-1:] == [2.0])
    n_silent = said.count(0.0)
    assert n_silent <= (time.perf_counter() - began_s) / HOP_S + 1


def test_what_is_not_there_is_waited_for_and_the_old_one_stays(heard, machine):
    machine.plugged.remove(2.0)
    heard.start()
    heard.choose("2")
    said = play(heard, lambda said: "there is no 2" in heard.status.message)
    assert set(said) <= {1.0}
    assert heard.status.state == "running"
    machine.plugged.add(2.0)
    play(heard, lambda said: said[-1:] == [2.0])
    assert "no 2" not in heard.status.message


def test_what_does_not_open_gives_the_old_one_back_and_is_not_tried_over_and_over(heard, machine):
    machine.jammed.add(2.0)
    heard.start()
    heard.choose("2")
    play(heard, lambda said: 0.0 in said and said[-1:] == [1.0])
    assert "cannot open 2" in heard.status.message
    heard.choose("2")  # as the controls go on saying
    assert set(play(heard, lambda said: len(said) > 50)) == {1.0}
    heard.choose("3")
    play(heard, lambda said: said[-1:] == [3.0])


def test_the_first_one_must_be_there_unless_it_is_waited_for(machine):
    machine.jammed.add(1.0)
    strict = ChosenInput("1", machine.open, must_be_there=machine.must_be_there)
    with pytest.raises(UserError, match="cannot open 1"):
        strict.start()
    patient = ChosenInput("1", machine.open, must_be_there=machine.must_be_there)
    patient.start(patient=True)
    assert set(play(patient, lambda said: len(said) == 3)) == {0.0}
    assert patient.status.state == "waiting"
    assert "cannot open 1" in patient.status.message
    machine.jammed.clear()
    play(patient, lambda said: said[-1:] == [1.0])
    patient.close()


def test_counts_go_on_where_the_input_before_had_stopped(heard):
    heard.start()
    play(heard, lambda said: len(said) == 5)
    heard.choose("2")
    play(heard, lambda said: said[-1:] == [2.0])
    assert heard.status.blocks >= 6
    assert heard.status.overflows == 2


@pytest.mark.parametrize(
    ("first", "device", "channels", "name"),
    [
        ("default", "", "", "default"),
        ("Scarlett@3-4", "", "", "Scarlett@3-4"),
        ("Scarlett@3-4", "", "1", "Scarlett@1"),
        ("default", "Scarlett", "3-4", "Scarlett@3-4"),
        ("default", "test", "3-4", "test"),
        ("default", "song.flac", "3-4", "song.flac"),
    ],
)
def test_the_controls_name_an_input_as_the_command_line_does(first, device, channels, name):
    assert chosen_name(first, device, channels) == name
