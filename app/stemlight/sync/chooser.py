"""Chooses whose beat is followed, says so, and falls back to what is heard when that one goes away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from stemlight.analysis.timeline import Timeline
from stemlight.bus.controls import SYNC_SOURCES, ControlBus
from stemlight.bus.health import PartHealth
from stemlight.bus.tempo_lines import SaidLine, TempoLines
from stemlight.sync.adjustment import Adjustment
from stemlight.sync.link_session import LinkSession
from stemlight.sync.source import Knows, TempoSource
from stemlight.sync.tap_tempo import TapTempo

HOLD_S = 2.0  # a source that went away is believed for so long: four beats at 120 BPM, then the ear is
SOUND = SYNC_SOURCES[0]
COMPARE_STEPS = 2  # ten times a second
SURE = 0.5  # confidence from which what is heard is something to compare with
HEARD_S = 1.0  # a line that the engine has not stood by for so long is an engine's that died
NAMES = {"link": "Ableton Link", "midi": "MIDI clock", "osc": "OSC", "tap": "taps"}


class TempoChooser:
    """Between the sources and the engine. One thread calls `step`, twenty times a second."""

    def __init__(
        self,
        sources: Mapping[str, TempoSource],
        link: LinkSession,
        controls: ControlBus,
        lines: TempoLines,
        part: PartHealth,
    ) -> None:
        """`sources`: MIDI and OSC, by their names in `SYNC_SOURCES`."""
        self._tap = TapTempo()
        self._sources = dict(sources) | {"link": link, "tap": self._tap}
        self._link = link
        self._controls = controls
        self._lines = lines
        self._part = part
        self._chosen = SOUND
        self._adjustment = Adjustment()
        self._found: Timeline | None = None  # of the chosen source, as it last said it
        self._found_s = float("-inf")
        self._knows: Knows | None = None  # of that line
        self._state = ""
        self._steps = 0

    @property
    def is_used(self) -> bool:
        """Something is followed or led, or may soon be."""
        return self._chosen != SOUND or self._link.joined

    def step(self, now_s: float) -> None:
        """Brings everything up to `now_s` of the host's clock."""
        self._obey(now_s)
        per_bar = int(self._controls.get("sync.beats_per_bar"))
        lines = {name: source.line(now_s, per_bar) for name, source in self._sources.items()}
        said = self._lines.read("heard")
        heard = said.line if said and now_s - said.said_s < HEARD_S else None
        sure = heard if said and said.confidence > SURE else None
        followed = self._follow(lines.get(self._chosen), sure, now_s)
        self._lead(followed or sure, now_s)
        if self._steps % COMPARE_STEPS == 0 and sure:
            self._compare(lines, sure, now_s)
        self._steps += 1

    def _obey(self, now_s: float) -> None:
        """What people chose and pressed."""
        controls, press = self._controls, self._controls.fires
        for _ in range(press("sync.next_source")):
            place = SYNC_SOURCES.index(str(controls.get("sync.source")))
            controls.set("sync.source", SYNC_SOURCES[(place + 1) % len(SYNC_SOURCES)])
        chosen = str(controls.get("sync.source"))
        leads = bool(controls.get("sync.lead"))
        self._link.take_part(leads or chosen == "link" or bool(controls.get("sync.link")))
        if leads and chosen == "link":
            chosen = SOUND  # who leads has nobody to follow
        if chosen != self._chosen:
            self._chosen = chosen
            self._adjustment = Adjustment()
            self._found = self._knows = None
        changes = {
            "beat.double": Adjustment.doubled,
            "beat.halve": Adjustment.halved,
            "beat.half_shift": Adjustment.shifted_half_a_beat,
        }
        for name, change in changes.items():
            for _ in range(press(name)):
                if self._found:
                    self._adjustment = change(self._adjustment)
        if press("beat.tap"):
            self._tap.tap(controls.fired_at("beat.tap"))
        if press("beat.resync") and self._found:
            self._adjustment = self._adjustment.with_one_at(self._found, controls.fired_at("beat.resync"))

    def _follow(self, line: Timeline | None, heard: Timeline | None, now_s: float) -> Timeline | None:
        """Says the line that the engine is to follow, and returns it; None where that is the ear's."""
        if line:
            knows = self._sources[self._chosen].knows
            if knows != self._knows:
                self._adjustment = replace(self._adjustment, shift=0.0)
                if heard:
                    self._adjustment = self._adjustment.with_beat_of(line, heard, now_s, knows)
            self._found, self._found_s, self._knows = line, now_s, knows
        elif self._found and now_s - self._found_s > HOLD_S:
            self._found = self._knows = None
            self._part.add("source_lost")
        followed = self._adjustment(self._found) if self._found else None
        self._lines.write("followed", SaidLine(followed, now_s) if followed else None)
        self._say(followed)
        return followed

    def _lead(self, line: Timeline | None, now_s: float) -> None:
        """Leads the Link session if asked to; alone in it keeps it at our beat, for who comes."""
        if line and (self._controls.get("sync.lead") or not self._link.peers):
            self._link.lead(line, now_s)

    def _compare(self, lines: Mapping[str, Timeline | None], heard: Timeline, now_s: float) -> None:
        """How far each source's beat is from the one that is heard."""
        for name, line in lines.items():
            if not line:
                continue
            shown = self._adjustment(line) if name == self._chosen else line
            late_beats = (heard.beat_at(now_s) - shown.beat_at(now_s) + 0.5) % 1.0 - 0.5
            late_s = late_beats * 60.0 / heard.tempo_bpm
            self._part.set(f"{name}_error_us", round(late_s * 1e6))
            self._part.time(f"{name}_error_ms", abs(late_s) * 1e3)

    def _say(self, followed: Timeline | None) -> None:
        """Words for people: what is followed now; and news when that changes."""
        part, link = self._part, self._link
        part.set("link_peers", link.peers)
        part.say("link", link.words + (", leading" if self._controls.get("sync.lead") else ""))
        if self._chosen == SOUND:
            state = "following the sound"
            words = state
        elif followed is None:
            state = f"{NAMES[self._chosen]} is away, following the sound"
            words = f"following the sound: {self._sources[self._chosen].words}"
        else:
            state = f"following {NAMES[self._chosen]}"
            words = f"{state} at {followed.tempo_bpm:.1f} bpm: {self._sources[self._chosen].words}"
        part.say("sync", words)
        if state != self._state:
            if self._state or self._chosen != SOUND:  # that a show begins with the sound is no news
                part.say("sync_news", f"sync: {state}")
            self._state = state
