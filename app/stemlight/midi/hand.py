"""What one device says moves the controls it is bound to: the hand on the controller.

A knob that was left elsewhere moves nothing until it has come to where the control is (soft takeover), so
that touching it makes no jump; a control that another door has moved since must be picked up again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from stemlight.bus.controls import Control, ControlBus, Value, control
from stemlight.midi.device_map import Binding, DeviceMap

PICKUP = 2.0 / 127.0  # of the range: nearer than two steps of a seven-bit knob is there
RELATIVE_STEP = 1.0 / 127.0  # of the range, for each click of a knob without ends
ON = 64  # a switch that sends controller values is on from here


class MidiMessage(Protocol):
    """What is asked of a message: `type`, and the fields that go with it, as `mido` names them."""

    @property
    def type(self) -> str: ...
    @property
    def channel(self) -> int: ...


@dataclass(slots=True)
class _Knob:
    """Where a knob was, and what it last set."""

    at: float | None = None  # 0..1
    has_set: Value | None = None
    upper: int | None = None  # seven bits of a 14-bit controller
    pressed: bool = False  # of a controller that is a switch


class Hand:
    """One device's bindings at work. `receive` is the thread of its port's."""

    def __init__(self, device_map: DeviceMap, controls: ControlBus) -> None:
        """`controls` is written through its door."""
        self._controls = controls
        self._bindings: dict[tuple[str, int, int], Binding] = {b.key: b for b in device_map.bindings}
        self._knobs = {key: _Knob() for key in self._bindings}

    def receive(self, message: MidiMessage) -> bool:
        """Obeys a message; False if nothing is bound to it."""
        return any([self._obey(key, value) for key, value in _parts(message)])

    def _obey(self, key: tuple[str, int, int], value: int) -> bool:
        binding = self._bindings.get(key)
        if binding is None:
            return False
        target, knob = control(binding.control), self._knobs[binding.key]
        if binding.message == "cc14":
            return self._obey_half(binding, target, knob, value)
        if binding.message == "pitch":
            self._turn(binding, target, knob, (value + 8192) / 16383.0)
        elif binding.mode == "relative":
            self._nudge(binding, target, value - 128 if value >= ON else value)
        elif binding.message == "cc" and target.kind in ("float", "int", "text") and binding.value is None:
            self._turn(binding, target, knob, value / 127.0)
        else:
            self._press(binding, target, knob, value)
        return True

    def _obey_half(self, binding: Binding, target: Control, knob: _Knob, value: int) -> bool:
        """Upper bits wait for the lower ones: 128 times `value` there, then below 128."""
        if value >= 128:
            knob.upper = value
        elif knob.upper is not None:
            self._turn(binding, target, knob, (knob.upper - 128 << 7 | value) / 16383.0)
        return True

    def _press(self, binding: Binding, target: Control, knob: _Knob, value: int) -> None:
        """A button: `value` is how hard, 0 when it is let go."""
        down = value > 0 if binding.message in ("note", "program") else value >= ON
        pressed, knob.pressed = down and not (knob.pressed and binding.message == "cc"), down
        if target.kind == "bool" and binding.mode == "hold":
            self._controls.set(target.name, down)
        elif not pressed:
            return
        elif target.kind == "trigger":
            self._controls.fire(target.name)
        elif binding.value is not None:
            self._controls.set(target.name, binding.value)
        elif target.kind == "bool":
            self._controls.set(target.name, not self._controls.get(target.name))
        else:  # a number by how hard the pad was hit
            self._controls.set(target.name, _stands_for(binding, target, value / 127.0))

    def _turn(self, binding: Binding, target: Control, knob: _Knob, at: float) -> None:
        """A knob or fader, now at `at`, 0..1."""
        if target.kind in ("trigger", "bool"):
            self._press(binding, target, knob, round(127.0 * at))
            return
        now = self._controls.get(target.name)
        before, knob.at = knob.at, at
        wanted = _stands_for(binding, target, at)
        if binding.pickup and now not in (knob.has_set, wanted):
            there = place(binding, target, now)
            passed = before is not None and (before - there) * (at - there) <= 0.0
            if not passed and abs(at - there) > PICKUP:
                return
        self._controls.set(target.name, wanted)
        knob.has_set = self._controls.get(target.name)

    def _nudge(self, binding: Binding, target: Control, clicks: int) -> None:
        """A knob without ends."""
        if target.kind not in ("float", "int"):
            return
        now = float(self._controls.get(target.name))
        span = (target.high - target.low) * (binding.high - binding.low)
        step = clicks * RELATIVE_STEP * span
        if target.kind == "int":
            step = float(clicks) if span > 0.0 else -float(clicks)
        self._controls.set(target.name, now + step)


def place(binding: Binding, target: Control, value: Value) -> float:
    """Where a knob would be for `value`, 0..1; beyond it where the knob does not reach."""
    if target.choices:
        share = target.choices.index(str(value)) / max(len(target.choices) - 1, 1)
    else:
        share = (float(value) - target.low) / (target.high - target.low)
    span = binding.high - binding.low
    return (share - binding.low) / span if span else 0.0


def _stands_for(binding: Binding, target: Control, at: float) -> Value:
    """What a knob at `at`, 0..1, says."""
    share = binding.low + at * (binding.high - binding.low)
    if target.choices:
        return target.choices[round(share * (len(target.choices) - 1))]
    number = target.low + share * (target.high - target.low)
    return round(number) if target.kind == "int" else number


def _parts(message: MidiMessage) -> list[tuple[tuple[str, int, int], int]]:
    """Which bindings a message may be for, and with which number."""
    kind = message.type
    read: Callable[[str], int] = lambda field: int(getattr(message, field))  # noqa: E731
    if kind in ("note_on", "note_off"):
        return [(("note", read("channel") + 1, read("note")), read("velocity") if kind == "note_on" else 0)]
    if kind == "control_change":
        channel, number, value = read("channel") + 1, read("control"), read("value")
        halves = [(("cc14", channel, number), value + 128)] if number < 32 else []
        if 32 <= number < 64:
            halves = [(("cc14", channel, number - 32), value)]
        return [(("cc", channel, number), value), *halves]
    if kind == "program_change":
        return [(("program", read("channel") + 1, read("program")), 127)]
    if kind == "pitchwheel":
        return [(("pitch", read("channel") + 1, 0), read("pitch"))]
    return []
