"""A backend of mido's whose devices are Unix sockets in the folder SOCKET_MIDI: controllers for a whole show.

A device NAME is there while NAME.out, where it hears, is bound; the show binds NAME.in and listens there.
"""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

from mido import Message
from mido.parser import Parser
from mido.ports import BaseInput, BaseOutput

FOLDER = Path(os.environ.get("SOCKET_MIDI", "."))


class Device:
    """The controller's end, in a test."""

    def __init__(self, folder: Path, name: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(folder / f"{name}.out"))
        self._in = str(folder / f"{name}.in")

    def say(self, *data: int) -> bool:
        """Bytes of a message; False while nobody listens."""
        try:
            self.socket.sendto(bytes(data), self._in)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True


def get_devices(**kwargs):
    return [{"name": p.stem, "is_input": True, "is_output": True} for p in sorted(FOLDER.glob("*.out"))]


class Input(BaseInput):
    def _open(self, callback=None, **kwargs):
        self._path = FOLDER / f"{self.name}.in"
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._path))
        threading.Thread(target=self._listen, args=(callback,), daemon=True).start()

    def _listen(self, callback):
        parser = Parser()
        while self._path.exists():
            for byte in self._socket.recv(64):
                parser.feed_byte(byte)
            for message in parser:
                callback(message)

    def _close(self):
        self._path.unlink(missing_ok=True)


class Output(BaseOutput):
    def _open(self, **kwargs):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def _send(self, message: Message):
        self._socket.sendto(bytes(message.bytes()), str(FOLDER / f"{self.name}.out"))
