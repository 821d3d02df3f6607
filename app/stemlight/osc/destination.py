"""Sends packets to one place by UDP, whatever becomes of it: never waits, never raises, counts."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterable

from stemlight.osc.outputs import OscDestination

SAY_EVERY_S = 60.0  # trouble with one destination is said once a minute
CALM_S = 2.0  # without an error for this long, it is over
PASSING = (errno.EHOSTUNREACH, errno.ENOBUFS)  # errors after which the socket is still good


class Destination:
    """A connected UDP socket, opened anew when the network changed.

    `send` belongs to one thread; `open` may be called by another, because looking up a name takes as
    long as it likes.
    """

    def __init__(self, settings: OscDestination, say: Callable[[str], None]) -> None:
        """`say` takes a line for people: at most one a minute about trouble, and one when it is over."""
        self.settings = settings
        self.line = settings.line  # of the settings; said once a second
        self.packets = 0  # that the system took
        self.errors = 0
        self.trouble = ""  # what went wrong last ...
        self.is_troubled = False  # ... and whether it still does
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
        host, port = self.settings.host, self.settings.port
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
            self._why_closed = f"cannot reach {self.settings}: {_reason(error)}"
            return
        self._socket = udp

    def send(self, packets: Iterable[memoryview | bytes], now_s: float) -> None:
        """Hands packets to the system. `now_s`: any clock in seconds that runs while packets are sent."""
        for packet in packets:
            self._send_one(packet, now_s)
        if self.is_troubled and now_s - self._troubled_at_s > CALM_S:
            self.is_troubled = False
            if self._trouble_said:
                self._trouble_said = False
                self._say(f"sending to {self.settings}")

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
                self._note(f"nobody listens at {self.settings}", now_s)
            except BlockingIOError:
                self._note(f"the network is too slow for {self.settings}", now_s)
                return
            except OSError as error:
                self._why_closed = f"cannot reach {self.settings}: {_reason(error)}"
                self._note(self._why_closed, now_s)
                if error.errno not in PASSING:
                    self.close()
                return
            else:
                self.packets += 1
                return

    def _note(self, trouble: str, now_s: float) -> None:
        self.errors += 1
        self.trouble, self.is_troubled = trouble or self.trouble, True
        self._troubled_at_s = now_s
        if trouble and now_s >= self._quiet_until_s:
            self._say(trouble)
            self._trouble_said = True
            self._quiet_until_s = now_s + SAY_EVERY_S


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
