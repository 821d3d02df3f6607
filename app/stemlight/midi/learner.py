"""Finds out which knob, fader or pad a person means: the one that is moved next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stemlight.bus.controls import Control, Value
from stemlight.midi.device_map import Binding
from stemlight.midi.hand import MidiMessage

SETTLE_S = 0.15  # after the first message, to see whether lower bits come with it


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was moved."""

    device: str
    binding: Binding


class Learner:
    """Waits for one control's message. `see` is the ports' threads', `learnt` another's."""

    def __init__(self, target: Control, value: Value | None) -> None:
        """`value`: what a pad sets the control to, where it is not switched or fired: as it stands now."""
        self.target = target
        self._value = value
        self._first: tuple[str, Any, float] | None = None  # device, message, when
        self._lower_came = False

    def see(self, device: str, message: MidiMessage, now_s: float) -> bool:
        """Takes a message that is moved by hand; True if it is kept from moving anything else."""
        if message.type == "note_on" and getattr(message, "velocity", 0) == 0:
            return False
        if message.type not in ("note_on", "control_change", "program_change", "pitchwheel"):
            return False
        if self._first is None:
            if not self._can_be(message):
                return False
            self._first = (device, message, now_s)
        elif device == self._first[0] and _is_lower_half(self._first[1], message):
            self._lower_came = True
        return True

    def learnt(self, now_s: float) -> Learnt | None:
        """What was moved, once it is sure."""
        if self._first is None:
            return None
        device, message, came_s = self._first
        if message.type == "control_change" and now_s - came_s < SETTLE_S:
            return None
        return Learnt(device, self._binding(message))

    def _can_be(self, message: MidiMessage) -> bool:
        """A knob has no place for a free text; a program says what to set and no more."""
        free_text = self.target.kind == "text" and not self.target.choices
        return not (free_text and message.type in ("control_change", "pitchwheel"))

    def _binding(self, message: Any) -> Binding:
        name, channel = self.target.name, message.channel + 1
        value = None if self.target.kind in ("trigger", "bool") else self._value
        if message.type == "note_on":
            return Binding(name, "note", channel, message.note, value=value)
        if message.type == "program_change":
            value = True if self.target.kind == "bool" else value
            return Binding(name, "program", channel, message.program, value=value)
        if message.type == "pitchwheel":
            return Binding(name, "pitch", channel)
        return Binding(name, "cc14" if self._lower_came else "cc", channel, message.control)


def _is_lower_half(first: Any, message: Any) -> bool:
    return (
        first.type == message.type == "control_change"
        and first.channel == message.channel
        and first.control < 32
        and message.control == first.control + 32
    )
