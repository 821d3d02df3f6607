"""Turns OSC that comes in into controls: `/stemlight/ctl/beat/double` fires `beat.double`.

All that waits is taken at once: of each value the last counts, of the triggers every one, in order. So a
fader that says 5,000 values a second costs what one says, and is obeyed as fast.
"""

from __future__ import annotations

import ipaddress
import logging
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from pythonosc.osc_message import OscMessage
from pythonosc.osc_packet import OscPacket

from stemlight.bus.controls import CONTROLS, ControlBus, control
from stemlight.errors import UserError
from stemlight.osc.schema import ROOT

CONTROL_ROOT = f"{ROOT}/ctl/"
MAX_DATAGRAM_BYTES = 65_536
# Taken at once, 0.2 s of 5 kHz; what comes meanwhile waits in the system's buffer, and is lost beyond that.
MAX_PACKETS, MAX_BYTES = 1024, 1 << 18
ROOM_BYTES = 1 << 20  # asked of the system for what waits; most give less
MAX_SENDERS = 1024  # remembered as allowed or not
LOOK_S = 0.1  # how long `close` may take
PAUSE_S = 0.001  # between one taking and the next, where there is no end of it

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# An address that is no control's, its arguments, and when it came by the host's clock; whether it was taken.
Other = Callable[[str, Sequence[object], float], bool]

_VALUES = {
    CONTROL_ROOT + row.name.replace(".", "/") for row in CONTROLS if row.kind != "trigger"
}  # addresses of which only the last value counts
_ARGUMENT_BYTES = dict.fromkeys("ifcrm", 4) | dict.fromkeys("hdt", 8)  # OSC 1.0; T, F, N, I have none
_SO_RXQ_OVFL = 40  # <asm-generic/socket.h>: Linux tells with each packet how many it had no room for

# The parser writes a line of log for each argument that it does not know; a stray sender would fill a disk.
logging.getLogger().addFilter(lambda record: record.module not in ("osc_message", "osc_bundle"))


def messages(packet: bytes) -> Iterator[OscMessage]:
    """The messages of a packet, bundled or not; time tags are read as now. ValueError if it is malformed."""
    try:
        timed = OscPacket(packet).messages
    except Exception as error:  # the parser lets through whatever its parts raise on bad bytes
        raise ValueError(f"no OSC packet: {error}") from error
    for found in timed:
        if not _is_whole(found.message.dgram):  # the parser reads what is missing as 0
            raise ValueError(f"no OSC message: {found.message.address} is cut off, or followed by more")
    for found in timed:
        yield found.message


def apply(message: OscMessage, bus: ControlBus) -> None:
    """Sets or fires the control that a message names. KeyError, ValueError where there is nothing to do.

    A trigger fires without an argument, or with one that is not 0: buttons send 0 when they are let go.
    """
    if not message.address.startswith(CONTROL_ROOT):
        raise KeyError(message.address)
    name = message.address.removeprefix(CONTROL_ROOT).replace("/", ".")
    arguments = list(message)
    if control(name).kind == "trigger":
        if not arguments or arguments[0] is None or arguments[0]:
            bus.fire(name)
        return
    if len(arguments) != 1 or not isinstance(arguments[0], float | int | bool | str):
        raise ValueError(f"{message.address} takes one value, not {arguments}")
    bus.set(name, arguments[0])


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Addresses, or networks as `192.168.1.0/24`. UserError for what is neither."""
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            raise UserError(
                f"{text!r} is no address to allow; write 192.168.1.20 or 192.168.1.0/24"
            ) from None
    return tuple(found)


class OscReceiver:
    """Listens on a UDP port in a thread of its own. The system's buffer bounds what can pile up."""

    def __init__(
        self,
        port: int,
        bus: ControlBus,
        host: str = "127.0.0.1",
        allow: Sequence[str] = (),
        *,
        other: Other | None = None,
    ) -> None:
        """`bus` is written through its door by this thread. UserError if the port cannot be had.

        `allow`: who besides this machine is listened to; empty: all who can reach `host`. `other` is asked,
        on this thread, about messages that name no control.
        """
        self.received = 0  # messages that did something
        self.superseded = 0  # values that a newer one overtook before they were looked at
        self.ignored = 0  # packets and messages that made no sense
        self.refused = 0  # packets of senders that are not allowed
        self.dropped = 0  # packets that came faster than they could be taken, where the system says so
        self._bus = bus
        self._other = other
        self._allow = networks(allow)
        self._allowed: dict[str, bool] = {}
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
        receive = _counting_receive(self._socket) if sys.platform == "linux" else _receive(self._socket)
        self._socket.setblocking(False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            took_s = 0.0
            while not self._closing:
                if selector.select(LOOK_S):
                    if time.monotonic() - took_s < PAUSE_S:
                        time.sleep(PAUSE_S)  # a flood: let some more come, it costs less together
                    self._take(list(self._waiting(receive)))
                    took_s = time.monotonic()

    def _waiting(self, receive: Callable[[], tuple[bytes, str, int]]) -> Iterator[tuple[bytes, float]]:
        """Packets that are there, as many as may be, of who is allowed; and when each was taken."""
        n_bytes = 0
        for _ in range(MAX_PACKETS):
            if n_bytes > MAX_BYTES:
                return
            try:
                packet, sender, self.dropped = receive()
            except BlockingIOError:
                return
            except OSError:  # Windows: the answer to a packet that nobody sent from here
                continue
            n_bytes += len(packet)
            if self._is_allowed(sender):
                yield packet, time.perf_counter()
            else:
                self.refused += 1

    def _take(self, packets: Sequence[tuple[bytes, float]]) -> None:
        """Obeys packets, each with its time, as one."""
        values: dict[object, list[OscMessage]] = {}  # by address, in the order of the last; triggers apart
        for packet, came_s in packets:
            try:
                for message in messages(packet):
                    if not message.address.startswith(CONTROL_ROOT):
                        self._ask_other(message, came_s)
                    elif message.address in _VALUES:
                        said = values.pop(message.address, [])
                        said.append(message)
                        values[message.address] = said
                    else:
                        values[object()] = [message]
            except ValueError:
                self.ignored += 1
        for said in values.values():
            self._obey_last(said)

    def _obey_last(self, said: list[OscMessage]) -> None:
        """Obeys the last that makes sense."""
        for n_newer, message in enumerate(reversed(said)):
            try:
                apply(message, self._bus)
            except (KeyError, ValueError):
                self.ignored += 1
                continue
            self.received += 1
            self.superseded += len(said) - 1 - n_newer
            return

    def _ask_other(self, message: OscMessage, came_s: float) -> None:
        if self._other and self._other(message.address, list(message), came_s):
            self.received += 1
        else:
            self.ignored += 1

    def _is_allowed(self, sender: str) -> bool:
        if not self._allow:
            return True
        if sender not in self._allowed:
            if len(self._allowed) >= MAX_SENDERS:
                self._allowed.clear()
            self._allowed[sender] = _is_in(sender, self._allow)
        return self._allowed[sender]


def listening_socket(port: int, host: str) -> socket.socket:
    """A bound UDP socket whose `recv` gives up after 0.1 s. UserError if the port cannot be had."""
    udp = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        udp.bind((host, port))
    except OSError as error:
        udp.close()
        reason = error.strerror or error
        raise UserError(f"cannot listen on {host}:{port}: {reason}; choose another port") from None
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
    udp.settimeout(LOOK_S)
    return udp


def _receive(udp: socket.socket) -> Callable[[], tuple[bytes, str, int]]:
    """Takes a packet: its bytes, its sender, and how many were lost so far, which nobody knows here."""

    def receive() -> tuple[bytes, str, int]:
        packet, sender = udp.recvfrom(MAX_DATAGRAM_BYTES)
        return packet, sender[0], 0

    return receive


def _counting_receive(udp: socket.socket) -> Callable[[], tuple[bytes, str, int]]:
    """The same where the system counts what it had no room for."""
    udp.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
    room = socket.CMSG_SPACE(4)
    dropped = 0

    def receive() -> tuple[bytes, str, int]:
        nonlocal dropped
        packet, notes, _, sender = udp.recvmsg(MAX_DATAGRAM_BYTES, room)
        for level, kind, data in notes:
            if (level, kind) == (socket.SOL_SOCKET, _SO_RXQ_OVFL):
                dropped = int.from_bytes(data, sys.byteorder)
        return packet, sender[0], dropped

    return receive


def _is_whole(message: bytes) -> bool:
    """Whether a message is as long as its type tags say."""
    at = _string_end(message, 0)
    tags = message[at : message.find(b"\0", at)] if at < len(message) else b","
    at = _string_end(message, at)
    for tag in tags[1:].decode("ascii", "replace"):
        if tag in "sS":
            at = _string_end(message, at)
        elif tag == "b":
            at += 4 + (int.from_bytes(message[at : at + 4], "big") + 3 & ~3)
        else:
            at += _ARGUMENT_BYTES.get(tag, 0)
    return at == len(message)


def _string_end(message: bytes, at: int) -> int:
    """Where the string that begins at `at` ends, zeros included; beyond the message if it does not."""
    zero = message.find(b"\0", at)
    return (zero + 4 & ~3) if zero >= 0 else (len(message) + 4 if at < len(message) else at)


def _is_in(sender: str, allowed: Sequence[Network]) -> bool:
    """Whether `sender` is one of these, or this machine."""
    address = ipaddress.ip_address(sender.partition("%")[0])  # fe80::1%eth0: the interface is no matter
    mapped = address.ipv4_mapped if address.version == 6 else None
    who = mapped or address
    return who.is_loopback or any(who in network for network in allowed)
