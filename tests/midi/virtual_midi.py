"""A backend of mido's for devices that are in memory alone: `plug` one in, `say` what its knobs say."""

from __future__ import annotations

from mido import Message
from mido.ports import BaseInput, BaseOutput


class Device:
    """Somebody's controller: both of its ports have its name."""

    def __init__(self, port: str) -> None:
        self.port = port
        self.inputs: list[Input] = []  # that are open on our side
        self.heard: list[Message] = []  # what was sent to it
        self.broken = False

    def say(self, kind: str, **fields: int) -> None:
        for opened in list(self.inputs):
            opened.callback(Message(kind, **fields))


WORLD: dict[str, Device] = {}


def plug(port: str) -> Device:
    WORLD[port] = Device(port)
    return WORLD[port]


def unplug(device: Device) -> None:
    """As a system does: the port is gone, and whoever has it open is not told."""
    device.broken = True
    WORLD.pop(device.port, None)


def get_devices(**kwargs):
    return [{"name": name, "is_input": True, "is_output": True} for name in WORLD]


class Input(BaseInput):
    def _open(self, callback=None, **kwargs):
        self.callback = callback
        self.device = WORLD[self.name]
        self.device.inputs.append(self)

    def _close(self):
        self.device.inputs.remove(self)


class Output(BaseOutput):
    def _open(self, **kwargs):
        self.device = WORLD[self.name]

    def _send(self, message):
        if self.device.broken:
            raise OSError("no such device")
        self.device.heard.append(message)
