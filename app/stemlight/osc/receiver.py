"""Turns OSC that comes in into controls: `/stemlight/ctl/beat/double` fires `beat.double`."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator

from pythonosc.osc_message import OscMessage
from pythonosc.osc_packet import OscPacket

from stemlight.bus.controls import ControlBus, control
from stemlight.errors import UserError
from stemlight.osc.schema import ROOT

CONTROL_ROOT = f"{ROOT}/ctl/"
MAX_DATAGRAM_BYTES = 65_536

# The parser writes a line of log for each argument that it does not know; a stray sender would fill a disk.
logging.getLogger().addFilter(lambda record: record.module not in ("osc_message", "osc_bundle"))


def messages(packet: bytes) -> Iterator[OscMessage]:
    """The messages of a packet, bundled or not; time tags are read as now. ValueError if it is malformed."""
    try:
        timed = OscPacket(packet).messages
    except Exception as error:  # the parser lets through whatever its parts raise on bad bytes
        raise ValueError(f"no OSC packet: {error}") from error
    for message in timed:
        yield message.message


def apply(message: OscMessage, bus: ControlBus) -> None:
    """Sets or fires the control that a message names. KeyError, ValueError where there is nothing to do.

    A trigger fires without an argument, or with one that is not 0: buttons send 0 when they are let go.
    """
    if not message.address.startswith(CONTROL_ROOT):
        raise KeyError(message.address)
    name = message.address.removeprefix(CONTROL_ROOT).replace("/", ".")
    arguments = list(message)
    if control(name).kind == "trigger":
        if not arguments or arguments[0]:
            bus.fire(name)
        return
    if len(arguments) != 1 or not isinstance(arguments[0], float | int | bool | str):
        raise ValueError(f"{message.address} takes one value, not {arguments}")
    bus.set(name, arguments[0])


class OscReceiver:
    """Listens on a UDP port in a thread of its own. The system's buffer bounds what can pile up."""

    def __init__(self, port: int, bus: ControlBus, host: str = "127.0.0.1") -> None:
        """`bus` is written through its door by this thread alone. UserError if the port cannot be had."""
        self.received = 0  # messages that did something
        self.ignored = 0  # packets and messages that did not
        self._bus = bus
        self._socket = listening_socket(port, host)
        self._closing = False
        self._thread = threading.Thread(target=self._listen, name="osc in", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens: the system's choice if 0 was asked for."""
        return int(self._socket.getsockname()[1])

    def close(self) -> None:
        """Stops listening."""
        self._closing = True
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._closing:
            try:
                packet = self._socket.recv(MAX_DATAGRAM_BYTES)
            except TimeoutError:
                continue
            except OSError:  # Windows: the answer to a packet that nobody sent from here
                continue
            self._take(packet)

    def _take(self, packet: bytes) -> None:
        try:
            for message in messages(packet):
                self._obey(message)
        except ValueError:
            self.ignored += 1

    def _obey(self, message: OscMessage) -> None:
        try:
            apply(message, self._bus)
            self.received += 1
        except (KeyError, ValueError):
            self.ignored += 1


def listening_socket(port: int, host: str) -> socket.socket:
    """A bound UDP socket whose `recv` gives up after 0.1 s. UserError if the port cannot be had."""
    udp = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        udp.bind((host, port))
    except OSError as error:
        udp.close()
        reason = error.strerror or error
        raise UserError(f"cannot listen on {host}:{port}: {reason}; choose another port") from None
    udp.settimeout(0.1)  # how long `close` may take
    return udp
