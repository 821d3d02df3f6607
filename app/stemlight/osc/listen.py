"""Prints the OSC that arrives, so that one can see what another program would."""

from __future__ import annotations

import json
import math
import time

from stemlight.osc.receiver import MAX_DATAGRAM_BYTES, listening_socket, messages


def listen(port: int, seconds: float | None = None, as_json: bool = False, host: str = "127.0.0.1") -> int:
    """Prints a line for every message until Ctrl-C or for `seconds`; returns an exit code.

    UserError if the port is taken.
    """
    ends_at = time.monotonic() + seconds if seconds is not None else math.inf
    with listening_socket(port, host) as udp:
        while time.monotonic() < ends_at:
            try:
                packet = udp.recv(MAX_DATAGRAM_BYTES)
            except TimeoutError:
                continue
            try:
                for message in messages(packet):
                    print(_line(message.address, list(message), as_json), flush=True)
            except ValueError as error:
                print(_line(f"? {error}", [], as_json), flush=True)
    return 0


def _line(address: str, arguments: list[object], as_json: bool) -> str:
    if as_json:
        return json.dumps({"address": address, "arguments": arguments}, default=str)
    values = (f"{value:.4f}" if isinstance(value, float) else str(value) for value in arguments)
    return " ".join((address, *values))
