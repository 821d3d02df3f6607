"""All MIDI devices of a show: opened when they come, let go when they leave, each with its map.

A thread of its own looks for devices once a second; messages come on threads of the driver's. Whatever a
driver does, it does not hold up the rest of the doors.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from stemlight.bus.controls import ControlBus, control
from stemlight.bus.health import PartHealth
from stemlight.errors import UserError
from stemlight.midi.clock_out import Send
from stemlight.midi.device_map import bind, forget, load_map
from stemlight.midi.hand import Hand
from stemlight.midi.learner import Learner
from stemlight.midi.lights import Light, Lights
from stemlight.midi.ports import MidiError, Ports, chosen
from stemlight.priority import raise_priority

STEP_S = 0.05  # between looks at lights and at what is to be learnt ...
IDLE_S = 0.25  # ... while no device is open
PLUG_S = 1.0  # between looks for devices
NO_MIDI_S = 10.0  # ... and where there is no MIDI at all
CLOCK_S = 1.0  # who sends the clock keeps it until it has been silent for so long
SENSING = ("active_sensing",)  # says that a device is there, three times a second
CLOCK = ("clock", "start", "continue", "stop", "songpos")


class Clock(Protocol):
    """Who takes MIDI clock."""

    def tick(self, time_s: float) -> None: ...
    def start(self) -> None: ...
    def go_on(self) -> None: ...
    def stop(self) -> None: ...
    def song_position(self, sixteenths: int) -> None: ...


class Desk:
    """Looks after the devices until `close`."""

    def __init__(
        self,
        controls: ControlBus,
        part: PartHealth,
        clock: Clock,
        folder: Path,
        *,
        ports: Callable[[], Ports] = Ports,
        clock_outputs: Callable[[list[Send]], None] = lambda outputs: None,
        host_s: Callable[[], float] = time.perf_counter,
        in_time: Callable[[], object] = raise_priority,
    ) -> None:
        """`controls` is written through its door; `folder` has the maps; `clock_outputs` gets our clock."""
        self.received = 0  # messages that did something
        self.ignored = 0  # messages that nothing is bound to
        self._controls = controls
        self._part = part
        self._clock = clock
        self._folder = folder
        self._make_ports = ports
        self._host_s = host_s
        self._in_time = in_time
        self._ports: Ports | None = None
        self._clock_outputs = clock_outputs
        self._devices: dict[str, _Device] = {}
        self._clock_ports: dict[str, Any] = {}
        self._clock_device = ""
        self._clock_s = float("-inf")
        self._driver = threading.local()
        self._learner: Learner | None = None
        self._look_s = float("-inf")
        self._news = ""

    # The looking-after: one thread.

    def step(self, now_s: float) -> None:
        """Looks for devices, lights and orders. Never raises."""
        wanted, clock_wanted = (
            str(self._controls.get("midi.ports")),
            str(self._controls.get("midi.clock_out")),
        )
        if now_s - self._look_s >= PLUG_S and (wanted or clock_wanted or self._devices or self._clock_ports):
            self._look_s = now_s
            try:
                self._plug(wanted, clock_wanted)
            except MidiError as error:
                self._look_s = now_s + NO_MIDI_S - PLUG_S
                self._say(str(error), str(error))
        self._forget()
        self._learn(now_s)
        for device in list(self._devices.values()):
            device.light(now_s)

    @property
    def is_used(self) -> bool:
        """A device is open."""
        return bool(self._devices)

    def close(self) -> None:
        """Lets all devices go, their lights dark."""
        self._clock_outputs([])
        for device in self._devices.values():
            device.close()
        for port in self._clock_ports.values():
            _close(port)
        self._devices.clear()
        self._clock_ports.clear()

    def _plug(self, wanted: str, clock_wanted: str) -> None:
        if self._ports is None:
            self._ports = self._make_ports()
        inputs, outputs = self._ports.inputs(), self._ports.outputs()
        lost = [name for name, device in self._devices.items() if inputs.get(name) != device.port]
        for name in {*lost, *(set(self._devices) - set(chosen(wanted, inputs)))}:
            self._devices.pop(name).close()
        troubles = [
            trouble
            for name in chosen(wanted, inputs)
            if name not in self._devices and (trouble := self._open(name, inputs[name], outputs.get(name)))
        ]
        self._plug_clock(chosen(clock_wanted, outputs), outputs)
        names = ", ".join(self._devices)
        if wanted:
            words = f"listening to {names}" if names else f"no device named {wanted!r} is there"
            self._say("; ".join([words, *troubles]), names or words)
        else:
            self._part.say("midi", "")

    def _open(self, name: str, port: str, output: str | None) -> str:
        """Opens a device; words if that went wrong."""
        assert self._ports is not None
        device_map, trouble = load_map(name, self._folder)
        try:
            out = self._ports.open_output(output) if output else None
            device = _Device(name, port, out)
            device.use(Hand(device_map, self._controls), Lights(device_map, self._controls))
            device.input = self._ports.open_input(port, lambda message: self._receive(device, message))
        except MidiError as error:
            return f"{name}: {error}"
        self._devices[name] = device
        return trouble

    def _plug_clock(self, names: list[str], outputs: dict[str, str]) -> None:
        assert self._ports is not None
        before = set(self._clock_ports)
        for name in before - set(names):
            _close(self._clock_ports.pop(name))
        for name in names:
            if name not in self._clock_ports:
                try:
                    self._clock_ports[name] = self._ports.open_output(outputs[name])
                except MidiError:
                    continue
        if set(self._clock_ports) != before:
            self._clock_outputs([_sender(port) for port in self._clock_ports.values()])

    def _forget(self) -> None:
        name = str(self._controls.get("midi.forget"))
        if not name:
            return
        self._controls.set("midi.forget", "")
        n = sum(
            self._change(device, partial(forget, device.name, name, self._folder))
            for device in list(self._devices.values())
        )
        self._part.say("midi_learn", f"{name} was freed of {n} binding{'s' if n != 1 else ''}")

    def _learn(self, now_s: float) -> None:
        name = str(self._controls.get("midi.learn"))
        if not name:
            self._learner = None
            return
        learner = self._learner
        if learner is None or learner.target.name != name:
            self._begin_to_learn(name)
            return
        learnt = learner.learnt(now_s)
        if learnt:
            self._learner = None
            self._controls.set("midi.learn", "")
            device = self._devices.get(learnt.device)
            if device:
                self._change(device, partial(bind, device.name, learnt.binding, self._folder))
                self._part.say("midi_learn", f"{device.name}: {learnt.binding}")

    def _begin_to_learn(self, name: str) -> None:
        try:
            target, now = control(name), self._controls.get(name)
        except KeyError as error:
            words = str(error.args[0])
        else:
            if now != "":
                self._learner = Learner(target, now)
                self._part.say("midi_learn", f"move what is to be {name}")
                return
            words = f"{name} is empty: a pad recalls what it is when the pad is learnt"
        self._controls.set("midi.learn", "")
        self._part.say("midi_learn", words)

    def _change(self, device: _Device, change: Callable[[], int]) -> int:
        """Changes a device's map, and uses it."""
        try:
            n = change()
        except UserError as error:
            self._say(str(error), str(error))
            return 0
        device_map, _ = load_map(device.name, self._folder)
        device.use(Hand(device_map, self._controls), Lights(device_map, self._controls))
        return n

    def _say(self, words: str, news: str) -> None:
        self._part.say("midi", words)
        if news != self._news:
            self._news = news
            self._part.say("midi_news", f"MIDI: {words}")

    # What comes in: the driver's threads.

    def _receive(self, device: _Device, message: Any) -> None:
        now_s = self._host_s()
        if message.type in CLOCK:
            self._hear_clock(device, message, now_s)
        elif message.type not in SENSING:
            learner = self._learner
            if learner and learner.see(device.name, message, now_s):
                return
            if device.hand and device.hand.receive(message):
                self.received += 1
            else:
                self.ignored += 1

    def _hear_clock(self, device: _Device, message: Any, now_s: float) -> None:
        if device.name != self._clock_device and now_s - self._clock_s < CLOCK_S:
            return
        self._clock_device, self._clock_s = device.name, now_s
        if message.type == "clock":
            if not getattr(self._driver, "in_time", False):
                self._in_time()  # of the driver's: the next tick is to be seen when it comes
                self._driver.in_time = True
            self._clock.tick(now_s)
        elif message.type == "start":
            self._clock.start()
        elif message.type == "continue":
            self._clock.go_on()
        elif message.type == "stop":
            self._clock.stop()
        else:
            self._clock.song_position(message.pos)


class _Device:
    """An open device."""

    def __init__(self, name: str, port: str, output: Any) -> None:
        self.name = name
        self.port = port  # the system's name of its input
        self.input: Any = None
        self.hand: Hand | None = None
        self._output = output
        self._lights: Lights | None = None

    def use(self, hand: Hand, lights: Lights) -> None:
        """Another map; what is not bound any more goes dark."""
        if self._lights:
            self._send(list(self._lights.all_dark()))
        self.hand, self._lights = hand, lights

    def light(self, now_s: float) -> None:
        if self._lights and self._output:
            self._send(list(self._lights.changes(now_s)))

    def close(self) -> None:
        if self._lights and self._output:
            self._send(list(self._lights.all_dark()))
        for port in (self.input, self._output):
            if port:
                _close(port)

    def _send(self, lights: list[Light]) -> None:
        try:
            for light in lights:
                for message in _messages(light):
                    self._output.send(message)
        except Exception:  # it was pulled out; the next look at the ports finds out
            return


def _messages(light: Light) -> list[Any]:
    from mido import Message

    binding, value = light.binding, light.value
    channel, number = binding.channel - 1, binding.number
    if binding.message == "note":
        return [Message("note_on", channel=channel, note=number, velocity=value)]
    if binding.message == "pitch":
        return [Message("pitchwheel", channel=channel, pitch=value - 8192)]
    if binding.message == "cc14":
        upper = Message("control_change", channel=channel, control=number, value=value >> 7)
        return [upper, Message("control_change", channel=channel, control=number + 32, value=value & 127)]
    return [Message("control_change", channel=channel, control=number, value=value)]


def _sender(port: Any) -> Send:
    from mido import Message

    return lambda data: port.send(Message.from_bytes(data))


def _close(port: Any) -> None:
    try:
        port.close()
    except Exception:  # a device that is gone can refuse even that
        return


class DeskThread:
    """A desk on a thread of its own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="midi", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it; a driver that hangs is left behind."""
        self._closing.set()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while not self._closing.wait(STEP_S if self._desk.is_used else IDLE_S):
            self._desk.step(time.perf_counter())
        self._desk.close()
