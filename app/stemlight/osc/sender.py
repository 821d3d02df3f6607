"""Sends each frame to every OSC destination."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.osc.bundles import Bundles
from stemlight.osc.destination import Destination, DestinationAddress
from stemlight.osc.schema import address_table

REOPEN_S = 5.0  # a name that was not found, a network that went away: looked for this often


class OscSender:
    """Frames to UDP. A destination that cannot be reached costs the others nothing."""

    def __init__(
        self, addresses: Sequence[DestinationAddress], say: Callable[[int, str], None] = lambda i, words: None
    ) -> None:
        """`say` takes the number of a destination and a line about it, rarely; on the sender's thread."""
        self.destinations = [
            Destination(address, lambda words, i=i: say(i, words))  # type: ignore[misc]
            for i, address in enumerate(addresses)
        ]
        self._bundles = {
            profile: Bundles(address_table(profile)) for profile in {a.profile for a in addresses}
        }
        for destination in self.destinations:
            destination.open(numeric_only=True)
        self._closing = threading.Event()
        self._opener = threading.Thread(target=self._keep_open, name="osc opener", daemon=True)
        if self.destinations:
            self._opener.start()

    def send(self, frame: FeatureFrame, time_s: float) -> None:
        """Sends a frame, its beats as they are at `time_s` of its stream. One thread; never waits."""
        packets = {profile: bundles.encode(frame, time_s) for profile, bundles in self._bundles.items()}
        for destination in self.destinations:
            destination.send(packets[destination.address.profile], time_s)

    def close(self) -> None:
        """Ends the sending."""
        self._closing.set()
        if self._opener.is_alive():
            self._opener.join(timeout=0.1)  # it may be looking up a name, and is a daemon
        for destination in self.destinations:
            destination.close()

    def _keep_open(self) -> None:
        while not self._closing.is_set():
            for destination in self.destinations:
                if not destination.is_open:
                    destination.open()
            self._closing.wait(REOPEN_S)
