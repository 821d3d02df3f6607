"""Sends packets to one place by UDP, whatever becomes of it: never waits, never raises, counts."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stemlight.errors import UserError
from stemlight.osc.schema import PROFILES, address_table

SAY_EVERY_S = 60.0  # trouble with one destination is said once a minute
CALM_S = 2.0  # without an error for this long, it is over
PASSING = (errno.EHOSTUNREACH, errno.ENOBUFS)  # errors after which the socket is still good


@dataclass(frozen=True, slots=True)
class DestinationAddress:
    """Where to and what."""

    host: str
    port: int
    profile: str = PROFILES[0]

    @classmethod
    def parse(cls, text: str) -> DestinationAddress:
        """From `HOST:PORT[:PROFILE]`; IPv6 in brackets: `[::1]:9000`. UserError says what is wrong."""
        host, colon, rest = text[1:].partition("]:") if text.startswith("[") else text.partition(":")
        port, _, profile = rest.partition(":")
        if not (host and colon) or not port.isdecimal() or not 0 < int(port) < 65536:
            raise UserError(f"{text!r} is no OSC destination; write HOST:PORT, for example 127.0.0.1:9000")
        address_table(profile or PROFILES[0])
        return cls(host, int(port), profile or PROFILES[0])

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Destination:
    """A connected UDP socket, opened anew when the network changed.

    `send` belongs to one thread; `open` may be called by another, because looking up a name takes as
    long as it likes.
    """

    def __init__(self, address: DestinationAddress, say: Callable[[str], None]) -> None:
        """`say` takes a line for people: at most one a minute about trouble, and one when it is over."""
        self.address = address
        self.packets = 0  # that the system took
        self.errors = 0
        self._say = say
        self._socket: socket.socket | None = None
        self._why_closed = ""
        self._troubled_at_s = 0.0
        self._trouble_said = False  # people think that something is wrong
        self._quiet_until_s = float("-inf")

    @property
    def is_open(self) -> bool:
        """There is a socket; says nothing about who listens."""
        return self._socket is not None

    def open(self, numeric_only: bool = False) -> None:
        """Connects; where that fails it stays closed. `numeric_only` opens no names, so returns at once."""
        flags = socket.AI_NUMERICHOST if numeric_only else 0
        host, port = self.address.host, self.address.port
        try:
            family, kind, protocol, _, where = socket.getaddrinfo(
                host, port, type=socket.SOCK_DGRAM, flags=flags
            )[0]
            udp = socket.socket(family, kind, protocol)
        except (OSError, UnicodeError) as error:
            self._why_closed = "" if numeric_only else f"cannot find {host}: {_reason(error)}"
            return
        try:
            udp.setblocking(False)
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            udp.connect(where)
        except OSError as error:
            udp.close()
            self._why_closed = f"cannot reach {self.address}: {_reason(error)}"
            return
        self._socket = udp

    def send(self, packets: Iterable[memoryview | bytes], now_s: float) -> None:
        """Hands packets to the system. `now_s`: any clock in seconds that runs while packets are sent."""
        for packet in packets:
            self._send_one(packet, now_s)
        if self._trouble_said and now_s - self._troubled_at_s > CALM_S:
            self._trouble_said = False
            self._say(f"sending to {self.address}")

    def close(self) -> None:
        """Lets the socket go."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send_one(self, packet: memoryview | bytes, now_s: float) -> None:
        for _ in range(2):  # a refusal answers an earlier packet; this one has not gone yet
            udp = self._socket
            if udp is None:
                self._note(self._why_closed, now_s)
                return
            try:
                udp.send(packet)
            except (ConnectionRefusedError, ConnectionResetError):
                self._note(f"nobody listens at {self.address}", now_s)
            except BlockingIOError:
                self._note(f"the network is too slow for {self.address}", now_s)
                return
            except OSError as error:
                self._why_closed = f"cannot reach {self.address}: {_reason(error)}"
                self._note(self._why_closed, now_s)
                if error.errno not in PASSING:
                    self.close()
                return
            else:
                self.packets += 1
                return

    def _note(self, trouble: str, now_s: float) -> None:
        self.errors += 1
        self._troubled_at_s = now_s
        if trouble and now_s >= self._quiet_until_s:
            self._say(trouble)
            self._trouble_said = True
            self._quiet_until_s = now_s + SAY_EVERY_S


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
