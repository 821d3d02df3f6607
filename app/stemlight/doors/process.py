"""The doors' entry: attaches to the show, opens what was asked for, and looks after it.

None of this may hold up a hop, hence a process of its own: a flood of OSC, a MIDI driver that hangs or a
phone on a bad network cost the engine nothing. A door that is closed costs nothing either.
"""

from __future__ import annotations

import gc
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING

from stemlight.analysis.timeline import Timeline
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health, PartHealth
from stemlight.bus.tempo_lines import TempoLines
from stemlight.doors.settings import DoorsSettings
from stemlight.midi.clock_out import ClockOut
from stemlight.midi.desk import Desk, DeskThread
from stemlight.midi.device_map import maps_dir
from stemlight.osc.receiver import OscReceiver
from stemlight.sync.chooser import TempoChooser
from stemlight.sync.link_session import LinkSession
from stemlight.sync.midi_clock import MidiClock
from stemlight.sync.osc_tempo import OscTempo

if TYPE_CHECKING:
    from stemlight.osc.oscquery import OscQueryServer

AWAY_S = 2.0  # an engine that was restarted is back within this
STEP_S = 0.05  # between looks: a person does not notice, and a line of beats holds for a second ...
IDLE_S = 0.1  # ... and while there is none a control may wait this long


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
            receiver = OscReceiver(
                settings.osc_in_port,
                controls,
                settings.osc_in_host,
                settings.osc_allow,
                other=osc_tempo.take,
            )
            stack.enter_context(closing(receiver))
        remote = _remote(settings, controls, receiver, part, stack) if settings.remote else None
        midi = _Midi(settings, part, midi_clock, stack)
        chooser = TempoChooser({"osc": osc_tempo, "midi": midi_clock}, link, controls, lines, part)
        counters = _Counters(part)
        gc.collect()
        gc.freeze()  # modules live as long as we do
        part.set("ready", 1)
        while not health.stopping:
            time.sleep(STEP_S if chooser.is_used else IDLE_S)
            chooser.step(time.perf_counter())
            if receiver:
                counters.count_on("osc_in", receiver.received)
                counters.count_on("osc_in_superseded", receiver.superseded)
                counters.count_on("osc_in_ignored", receiver.ignored)
                counters.count_on("osc_in_dropped", receiver.dropped)
                counters.count_on("osc_in_refused", receiver.refused)
            counters.count_on("midi_in", midi.desk.received)
            counters.count_on("midi_in_ignored", midi.desk.ignored)
            counters.count_on("midi_clock_ticks", midi_clock.ticks)
            counters.count_on("midi_clock_out_ticks", midi.clock_out.ticks)
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
        trusted=settings.osc_allow,
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


class _Midi:
    """Controllers and our clock, each on a thread of its own."""

    def __init__(self, settings: DoorsSettings, part: PartHealth, clock: MidiClock, stack: ExitStack) -> None:
        controls = stack.enter_context(closing(ControlBus.attach(settings.controls, "midi")))
        ring = stack.enter_context(closing(FrameRing.attach(settings.frames)))
        self.clock_out = ClockOut(
            lambda: shown_line(ring, controls, time.perf_counter()),
            lambda ms: part.time("clock_out_late_ms", ms),
        )
        stack.enter_context(closing(self.clock_out))
        self.desk = Desk(controls, part, clock, maps_dir(), clock_outputs=self.clock_out.set_outputs)
        stack.enter_context(closing(DeskThread(self.desk)))


def shown_line(ring: FrameRing, controls: ControlBus, now_s: float) -> Timeline | None:
    """The beat as it is shown, over the host's clock, `beat.offset_ms` early.

    None before the first beat, and where no engine has said a word for `AWAY_S`.
    """
    newest = ring.latest()
    if newest is None or not newest.frame.beat_count or now_s - newest.captured_host_s > AWAY_S:
        return None
    early_s = float(controls.get("beat.offset_ms")) / 1e3
    return replace(newest.frame.timeline, time_origin_s=newest.captured_host_s - early_s)


class _Counters:
    """Counts on where a process that died had stopped."""

    def __init__(self, part: PartHealth) -> None:
        self._part = part
        self._before = {name: part.get(name) for name in part.table.counters}

    def count_on(self, counter: str, since_start: int) -> None:
        self._part.set(counter, self._before[counter] + since_start)
