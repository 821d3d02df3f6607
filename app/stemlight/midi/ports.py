"""The MIDI ports of this machine, by names that stay the same when a device is plugged in again.

`mido` speaks to the system through one of its backends: python-rtmidi, or another one that the variable
MIDO_BACKEND names.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

MISSING = "MIDI needs two libraries: pip install 'stemlight[midi]'"
RTMIDI = "mido.backends.rtmidi"
SEQUENCER = Path(
    "/dev/snd/seq"
)  # through which rtmidi speaks on Linux; it writes to stderr where that is not
# Ports of programs of our own kind, and the one that sends all that it hears back.
OURS, THROUGH = "rtmidi", "midi through"


class MidiError(Exception):
    """There is no MIDI on this machine, or none that can be reached; the message says why."""


class Ports:
    """What can be opened. Each call may take as long as a driver likes."""

    def __init__(self, backend: Any = None) -> None:
        """`backend`: a `mido.Backend`; by default the system's. MidiError where there is none."""
        if backend is None:
            named = os.environ.get("MIDO_BACKEND", RTMIDI)
            if named == RTMIDI and sys.platform == "linux" and not SEQUENCER.exists():
                raise MidiError("this system has no ALSA sequencer: modprobe snd-seq")
            try:
                import mido

                backend = mido.Backend(named, load=True)
            except ImportError:
                raise MidiError(MISSING) from None
        self._backend = backend

    def inputs(self) -> dict[str, str]:
        """Names of devices that send, and the system's name of each one's port."""
        return _by_name(self._ask(self._backend.get_input_names))

    def outputs(self) -> dict[str, str]:
        """Names of devices that receive, and the system's name of each one's port."""
        return _by_name(self._ask(self._backend.get_output_names))

    def open_input(self, port: str, receive: Callable[[Any], None]) -> Any:
        """Opens a port by the system's name; `receive` gets its messages on a thread of the driver's."""
        return self._ask(lambda: self._backend.open_input(port, callback=receive))

    def open_output(self, port: str) -> Any:
        """Opens a port by the system's name; its `send` takes messages."""
        return self._ask(lambda: self._backend.open_output(port))

    def _ask(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except Exception as error:  # rtmidi's SystemError and kin, OSError, ImportError of a backend
            reason = " ".join(str(error).split())
            raise MidiError(f"no MIDI here: {reason or type(error).__name__}") from error


def chosen(wanted: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that `wanted` means: parts of names with commas between, in any case, or `all`."""
    parts = [part.strip().lower() for part in wanted.split(",") if part.strip()]
    found = []
    for name in names:
        lower = name.lower()
        by_name = any(part in lower for part in parts if part != "all")
        if by_name or ("all" in parts and not (lower.startswith(OURS) or lower.startswith(THROUGH))):
            found.append(name)
    return found


def device_name(port: str) -> str:
    """A port's name without the numbers that change from plug to plug (ALSA, Windows)."""
    name = re.sub(r"\s+\d+:\d+$", "", port)
    if sys.platform == "win32":
        name = re.sub(r"\s+\d+$", "", name)
    client, colon, rest = name.partition(":")
    return rest if colon and rest.startswith(client) else name


def _by_name(ports: Iterable[str]) -> dict[str, str]:
    """Two of a kind are told apart by a number."""
    named: dict[str, str] = {}
    for port in ports:
        name = base = device_name(port)
        count = 1
        while name in named:
            count += 1
            name = f"{base} ({count})"
        named[name] = port
    return named
