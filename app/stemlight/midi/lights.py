"""Tells a device how its controls stand, so that pads light up, rings turn and motor faders move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stemlight.bus.controls import ControlBus, control
from stemlight.midi.device_map import Binding, DeviceMap
from stemlight.midi.hand import place

FLASH_S = 0.12  # how long the pad of a trigger is lit


@dataclass(frozen=True, slots=True)
class Light:
    """A message to a device."""

    binding: Binding
    value: int  # as its message counts: a velocity, a controller's value, a 14-bit one's, a bend from 0


class Lights:
    """The lights of one device. One thread."""

    def __init__(self, device_map: DeviceMap, controls: ControlBus) -> None:
        self._controls = controls
        self._bindings = [b for b in device_map.bindings if b.light and b.message != "program"]
        self._shown: dict[Binding, int] = {}
        self._fired: dict[str, int] = {}
        self._flash_until_s: dict[str, float] = {}

    def changes(self, now_s: float) -> Iterator[Light]:
        """What is to be shown otherwise than it was; everything, the first time."""
        for binding in self._bindings:
            value = self._value(binding, now_s)
            if self._shown.get(binding) != value:
                self._shown[binding] = value
                yield Light(binding, value)

    def all_dark(self) -> Iterator[Light]:
        """For the end of a show."""
        for binding in self._bindings:
            if binding.message == "note" and self._shown.get(binding, binding.dark) != binding.dark:
                self._shown[binding] = binding.dark
                yield Light(binding, binding.dark)

    def _value(self, binding: Binding, now_s: float) -> int:
        target, now = control(binding.control), self._controls.get(binding.control)
        if target.kind == "trigger":
            return binding.lit if self._flashes(target.name, int(now), now_s) else binding.dark
        if target.kind == "bool":
            return binding.lit if now else binding.dark
        if binding.value is not None:
            return binding.lit if now == binding.value else binding.dark
        if binding.message == "note":
            return binding.dark
        at = min(max(place(binding, target, now), 0.0), 1.0)
        return round(at * (127 if binding.message == "cc" else 16383))

    def _flashes(self, name: str, count: int, now_s: float) -> bool:
        if count != self._fired.setdefault(name, count):
            self._fired[name] = count
            self._flash_until_s[name] = now_s + FLASH_S
        return now_s < self._flash_until_s.get(name, 0.0)
