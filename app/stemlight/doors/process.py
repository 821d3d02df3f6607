"""The doors' entry: attaches to the show, opens what was asked for, and looks after it.

None of this may hold up a hop, hence a process of its own: a flood of OSC, a MIDI driver that hangs or a
phone on a bad network cost the engine nothing. A door that is closed costs nothing either.
"""

from __future__ import annotations

import gc
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health, PartHealth
from stemlight.bus.tempo_lines import TempoLines
from stemlight.osc.oscquery_access import RemoteAddress
from stemlight.osc.receiver import OscReceiver
from stemlight.sync.chooser import TempoChooser
from stemlight.sync.link_session import LinkSession
from stemlight.sync.midi_clock import MidiClock
from stemlight.sync.osc_tempo import OscTempo

if TYPE_CHECKING:
    from stemlight.osc.oscquery import OscQueryServer

STEP_S = 0.05  # between looks: a person does not notice, and a line of beats holds for a second


@dataclass(frozen=True, slots=True)
class DoorsSettings:
    """What the show tells its doors."""

    frames: str  # name of the frame ring
    controls: str  # of the control bus
    health: str
    lines: str  # of beats, heard and followed
    osc_in_port: int | None = None
    osc_in_host: str = "127.0.0.1"
    osc_allow: tuple[str, ...] = ()  # who besides this machine may send; empty: whoever can
    remote: RemoteAddress | None = None  # of the page and of OSCQuery
    token: str | None = (
        None  # that the page asks for; a show's, so that a doors process that comes back keeps it
    )


def run_doors(settings: DoorsSettings) -> int:
    """Runs until the show ends; returns an exit code. Main thread of its own process.

    UserError if a port cannot be had.
    """
    with ExitStack() as stack:
        health = stack.enter_context(closing(Health.attach(settings.health)))
        controls = stack.enter_context(closing(ControlBus.attach(settings.controls, "osc")))
        lines = stack.enter_context(closing(TempoLines.attach(settings.lines)))
        part = health.part("doors")
        osc_tempo, midi_clock = OscTempo(), MidiClock()
        link = stack.enter_context(closing(LinkSession()))
        receiver = None
        if settings.osc_in_port is not None:
            receiver = OscReceiver(settings.osc_in_port, controls, settings.osc_in_host, settings.osc_allow)
            stack.enter_context(closing(receiver))
        remote = _remote(settings, controls, receiver, part, stack) if settings.remote else None
        chooser = TempoChooser({"osc": osc_tempo, "midi": midi_clock}, link, controls, lines, part)
        counters = _Counters(part)
        gc.collect()
        gc.freeze()  # modules live as long as we do
        part.set("ready", 1)
        while not health.stopping:
            time.sleep(STEP_S)
            chooser.step(time.perf_counter())
            if receiver:
                counters.count_on("osc_in", receiver.received)
                counters.count_on("osc_in_superseded", receiver.superseded)
                counters.count_on("osc_in_ignored", receiver.ignored)
                counters.count_on("osc_in_dropped", receiver.dropped)
                counters.count_on("osc_in_refused", receiver.refused)
            if remote:
                remote.check()
                part.set("remote_clients", remote.clients)
                counters.count_on("remote_in", remote.received)
                counters.count_on("remote_in_ignored", remote.ignored)
    return 0


def _remote(
    settings: DoorsSettings,
    controls: ControlBus,
    receiver: OscReceiver | None,
    part: PartHealth,
    stack: ExitStack,
) -> OscQueryServer:
    """The page and OSCQuery, open."""
    from stemlight.doors.menu import shipped_menu
    from stemlight.osc.oscquery import OscQueryServer

    assert settings.remote is not None
    server = OscQueryServer(
        controls,
        stack.enter_context(closing(FrameRing.attach(settings.frames))),
        host=settings.remote.host,
        port=settings.remote.port,
        osc_host=settings.osc_in_host,
        osc_port=receiver.port if receiver else None,
        token=settings.token,
        menu=shipped_menu,
        say=lambda words: part.say("remote_news", words),
    )
    server.start()
    stack.enter_context(closing(server))
    words = f"the remote is at {server.url}"
    if words != part.words("remote"):  # said once a show, however often this process comes back
        part.say("remote", words)
        if settings.token and sys.stderr.isatty():
            import segno

            segno.make(server.url, error="l").terminal(out=sys.stderr, compact=True)
    return server


class _Counters:
    """Counts on where a process that died had stopped."""

    def __init__(self, part: PartHealth) -> None:
        self._part = part
        self._before = {name: part.get(name) for name in part.table.counters}

    def count_on(self, counter: str, since_start: int) -> None:
        self._part.set(counter, self._before[counter] + since_start)
