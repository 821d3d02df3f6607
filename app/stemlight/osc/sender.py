"""Sends each frame to every OSC destination, and beats between two frames, each when it is."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stemlight.analysis.feature_frame import FeatureFrame
from stemlight.errors import UserError
from stemlight.osc.bundles import Bundles
from stemlight.osc.destination import Destination
from stemlight.osc.frame_numbers import frame_numbers
from stemlight.osc.outputs import OscDestination, checked_number, load_outputs
from stemlight.osc.profiles import profile_named

REOPEN_S = 5.0  # a name that was not found, a network that went away: looked for this often
LOOK_S = 1.0  # how often the file of outputs is looked at


def _not_said(number: int, words: str) -> None:
    """Stands where nobody listens."""


@dataclass(frozen=True, slots=True)
class _Feed:
    """Packets that several destinations share."""

    settings: OscDestination
    bundles: Bundles
    destinations: tuple[Destination, ...]


class OscSender:
    """Frames to UDP. A destination that cannot be reached costs the others nothing."""

    def __init__(
        self,
        settings: Sequence[OscDestination],
        say: Callable[[int, str], None] = _not_said,
        *,
        files: Sequence[Path] = (),
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`say` takes the number of a destination and a line about it, rarely; on a thread of the sender's.

        `files`: outputs of their own, after `settings`; read again whenever one is written, and what is
        wrong with it is said as of destination -1. They need not be there. UserError where one is wrong now.
        """
        self._say = say
        self._wall_clock = wall_clock
        self._fixed = tuple(settings)
        self._files = tuple(files)
        self._stamps = [_stamp(file) for file in self._files]
        self._is_wrong = False  # what they say now
        self._feeds: tuple[_Feed, ...] = ()  # never changed, only replaced
        self._spectra_needed = False
        self._wanted: tuple[_Feed, ...] | None = None
        self._destinations: tuple[Destination, ...] = ()
        self.replace((*self._fixed, *self._of_files()))
        self._take_wanted(0.0)
        self._looking = threading.Lock()
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="osc keeper", daemon=True)
        self._keeper.start()

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """Those that are being sent to, in the order of their settings. Any thread."""
        return self._destinations

    @property
    def due_s(self) -> float:
        """When the next beat is to be sent by `send_beats`, on the stream's clock; infinite if none is."""
        return min((feed.bundles.due_s for feed in self._feeds), default=math.inf)

    def send(self, frame: FeatureFrame, time_s: float) -> None:
        """Sends a frame, its beats as they are at `time_s` of its stream. One thread; never waits."""
        if self._wanted is not None:
            self._take_wanted(time_s)
        if not self._feeds:
            return
        wall_s = self._wall_clock()
        numbers = frame_numbers(frame, self._spectra_needed)
        for feed in self._feeds:
            packets = feed.bundles.encode(frame, time_s, wall_s, numbers)
            for destination in feed.destinations:
                destination.send(packets, time_s)

    def send_beats(self, time_s: float) -> None:
        """Sends what came due between two frames. The thread of `send`; never waits."""
        wall_s = self._wall_clock()
        for feed in self._feeds:
            packets = feed.bundles.encode_events(time_s, wall_s)
            for destination in feed.destinations:
                destination.send(packets, time_s)

    def replace(self, settings: Sequence[OscDestination]) -> None:
        """Sends to these from the next frame on. Any thread. UserError if they are too many.

        Who stays as it was goes on undisturbed; of the others triggers that are held are let go.
        """
        known = {destination.settings: destination for destination in self._destinations}
        bundles = {feed.settings: feed.bundles for feed in self._feeds}
        destinations: list[Destination] = []
        for i, wanted in enumerate(checked_number(settings)):
            destination = known.pop(wanted, None)
            if destination is None:
                destination = Destination(wanted, lambda words, i=i: self._say(i, words))  # type: ignore[misc]
                destination.open(numeric_only=True)
            destinations.append(destination)
        feeds: dict[OscDestination, list[Destination]] = {}
        for destination in destinations:
            feeds.setdefault(destination.settings.feed, []).append(destination)
        self._destinations = tuple(destinations)
        self._wanted = tuple(
            _Feed(feed, bundles.get(feed) or _bundles(feed), tuple(members))
            for feed, members in feeds.items()
        )

    def close(self) -> None:
        """Lets go of triggers that are held, and ends the sending. The thread of `send`."""
        self._closing.set()
        self._keeper.join(timeout=0.1)  # it may be looking up a name, and is a daemon
        self._wanted = ()
        self._take_wanted(-math.inf)  # nobody needs to know now who does not listen

    def _take_wanted(self, now_s: float) -> None:
        """Goes over to what is wanted; what is left gets its held triggers back at 0."""
        wanted, self._wanted = self._wanted or (), None
        staying = {id(destination) for feed in wanted for destination in feed.destinations}
        for feed in self._feeds:
            last = feed.bundles.last()
            for destination in feed.destinations:
                if id(destination) not in staying:
                    destination.send(last, now_s)
                    destination.close()
        self._feeds = wanted
        self._spectra_needed = any(feed.bundles.needs_spectra for feed in wanted)

    def look(self) -> None:
        """Reads the files of outputs again if one was written. Any thread but that of `send`."""
        with self._looking:  # two at once would both read, and say so twice
            stamps = [_stamp(file) for file in self._files]
            written = [
                file
                for file, stamp, before in zip(self._files, stamps, self._stamps, strict=True)
                if stamp and stamp != before
            ]
            if written:
                self._stamps = stamps
                self._read_again(", ".join(file.name for file in written))

    def _of_files(self) -> list[OscDestination]:
        there = [file for file, stamp in zip(self._files, self._stamps, strict=True) if stamp]
        return [destination for file in there for destination in load_outputs(file)]

    def _keep(self) -> None:
        """Opens what is closed and looks at the files. A thread of its own."""
        tried_s: dict[Destination, float] = {}  # when each was last looked for
        while not self._closing.is_set():
            self.look()
            now_s = time.monotonic()
            tried_s = {each: tried_s.get(each, -math.inf) for each in self.destinations}
            for destination, last_s in tried_s.items():
                if not destination.is_open and now_s - last_s >= REOPEN_S:
                    tried_s[destination] = now_s
                    destination.open()
            self._closing.wait(LOOK_S)

    def _read_again(self, names: str) -> None:
        before = [destination.settings for destination in self._destinations]
        try:
            self.replace((*self._fixed, *self._of_files()))
        except UserError as error:
            self._is_wrong = True
            self._say(-1, f"{error}; sending as before")
            return
        if self._is_wrong or [destination.settings for destination in self._destinations] != before:
            self._is_wrong = False
            self._say(-1, f"{names} read again")


def _bundles(settings: OscDestination) -> Bundles:
    profile = profile_named(settings.profile)
    change = settings.only_on_change
    return Bundles(
        profile.table(settings),
        profile.derived(settings) if profile.derived else None,
        prefix=settings.prefix,
        rate_hz=settings.rate_hz or profile.rate_hz,
        only_on_change=profile.only_on_change if change is None else change,
        offset_s=settings.offset_ms / 1e3,
        time_tags=settings.time_tags,
    )


def _stamp(file: Path) -> tuple[int, int] | None:
    """Changes when the file is written; None where it is not there."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
