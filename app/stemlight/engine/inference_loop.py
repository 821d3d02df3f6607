"""Turns samples into frames, and hands each to the frame ring and to OSC: the heart of the show.

Paced by samples: a hop that is ready is a frame that is due. After a stall every hop that waited is still
analysed, in order, because the models remember; the ring gets each of them, OSC only the newest.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, FeatureFrame
from stemlight.analysis.timeline import Timeline
from stemlight.audio.hop_input import HopInput, HopStamp
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing, Published
from stemlight.bus.health import MAX_DESTINATIONS, Health
from stemlight.bus.tempo_lines import SaidLine, TempoLines
from stemlight.osc.sender import OscSender

WAIT_S = 0.1  # how long the end of the show may go unnoticed
BURST_HOPS = 4  # a device with blocks of 2,048 samples hands over so many at once; more is a stall
TEND_HOPS = 86  # once a second: words, counters
STALE_S = 1.0  # the doors say a line twenty times a second; when they are silent this long, they have died
FORESEEN_S = 0.1  # a frame older than this says nothing of a beat: its sound may have gone
CHOICE_HOPS = 8  # between looks which input is wanted: a tenth of a second
COLLECT_HOPS = 860  # every ten seconds, when no hop waits


class BeatCommands(Protocol):
    """What a person may tell the beat."""

    def double_tempo(self) -> None: ...
    def halve_tempo(self) -> None: ...
    def shift_half_beat(self) -> None: ...
    def resync(self) -> None: ...
    def tap(self, time_s: float) -> None: ...
    def lock_tempo(self, locked: bool, tempo_bpm: float | None = None) -> None: ...


class HeardBeat(Protocol):
    """What the ear says of the beat."""

    @property
    def timeline(self) -> Timeline: ...
    @property
    def confidence(self) -> float: ...


class Analysis(Protocol):
    """What the loop asks of the pipeline."""

    @property
    def beat_commands(self) -> BeatCommands: ...
    @property
    def heard(self) -> HeardBeat | None: ...
    def follow(self, line: Timeline | None) -> None: ...
    def set_agc_lock(self, locked: bool) -> None: ...
    def process(self, hop: np.ndarray) -> FeatureFrame: ...


@dataclass(frozen=True, slots=True)
class _Moments:
    """When each step of a hop had ended, on the host's clock."""

    captured_s: float
    taken_s: float
    computed_s: float
    published_s: float
    sent_s: float


class InferenceLoop:
    """Everything that is done for a hop. One thread."""

    def __init__(
        self,
        source: HopInput,
        pipeline: Analysis,
        ring: FrameRing,
        controls: ControlBus,
        health: Health,
        *,
        sender: OscSender | None = None,
        lines: TempoLines | None = None,
    ) -> None:
        """`ring` is attached as its writer. `source` may have been started or not.

        `lines`: where a beat from outside comes from, and where the one that is heard is said.
        """
        self._source = source
        self._pipeline = pipeline
        self._ring = ring
        self._controls = controls
        self._show_health = health
        self._health = health.part("engine")
        self._sender = sender
        self._lines = lines
        self._hop = np.zeros((HOP_LENGTH, 2), np.float32)
        self._hops = 0
        self._late = 0
        self._lost = 0  # hops that fell due while no engine ran
        self._offset_s = 0.0
        self._input_state = ""
        self._n_destinations = MAX_DESTINATIONS  # that an engine before may have had
        self.on_input_chosen: Callable[[str, str], None] = lambda device, channels: None  # by the controls
        # What an engine that died had counted: this one counts on.
        self._before = {name: self._health.get(name) for name in self._health.table.counters}
        self._newest: Published | None = None  # of this engine's own
        self._orphaned = ring.latest()  # of the engine before ...
        heard = lines.read("heard") if lines else None
        self._tempo_before = heard.line.tempo_bpm if heard else None  # ... and the tempo that it had

    def run(self) -> None:
        """Until the input ends or the show does. Collects garbage itself, when no hop waits."""
        while not self._show_health.stopping:
            wait_s = min(max(self._beat_due_s() - time.perf_counter(), 0.0), WAIT_S)
            if self.step(wait_s) or self.send_beat():
                continue
            self._tend()
            if self._source.status.state == "ended":
                break
        self._tend()

    def step(self, timeout_s: float) -> bool:
        """One hop, from samples to OSC; False if none came in time."""
        if not self._source.wait_hop(timeout_s):
            return False
        stamp = self._source.read_hop(self._hop)
        taken_s = time.perf_counter()
        status = self._source.status
        captured_s = (
            stamp.captured_host_s - status.latency_s
        )  # from arrival at us to arrival at the microphone
        following = self._follow(captured_s, taken_s)
        self._obey(following)
        frame = self._pipeline.process(self._hop)
        computed_s = time.perf_counter()
        frame = self._with_health(frame, stamp.queue_hops, status.overflows, (computed_s - taken_s) * 1e3)
        self._newest = self._ring.publish(frame, captured_s)
        self._say_heard(self._newest)
        published_s = time.perf_counter()
        behind = stamp.queue_hops >= BURST_HOPS
        if self._sender and not behind:
            self._sender.send(frame, self._newest.stream_time_at(published_s) + self._offset_s)
        sent_s = time.perf_counter()
        moments = _Moments(captured_s, taken_s, computed_s, published_s, sent_s)
        self._count(stamp, moments, behind, following)
        if self._hops % TEND_HOPS == 1:
            self._tend()
        if self._hops % CHOICE_HOPS == 0:
            controls = self._controls
            self.on_input_chosen(str(controls.get("input.device")), str(controls.get("input.channels")))
        if self._hops % COLLECT_HOPS == 0 and not stamp.queue_hops:
            gc.collect()
        return True

    def send_beat(self) -> bool:
        """Sends a beat by OSC that came due between two hops; False if none did."""
        now_s = time.perf_counter()
        if not self._sender or not self._newest or now_s < self._beat_due_s():
            return False
        self._sender.send_beats(self._newest.stream_time_at(now_s) + self._offset_s)
        return True

    def _beat_due_s(self) -> float:
        """When the next beat is to be sent, host clock; infinite as far as the newest frame foresees."""
        if not self._sender or not self._newest:
            return math.inf
        ahead_s = self._sender.due_s - self._offset_s - self._newest.frame.time_s
        return self._newest.captured_host_s + ahead_s if ahead_s < FORESEEN_S else math.inf

    def _follow(self, captured_s: float, now_s: float) -> bool:
        """Brings the line from outside, if there is one, to the clock of the hop captured until then."""
        said = self._lines.read("followed") if self._lines else None
        if said is None or now_s - said.said_s > STALE_S:
            self._pipeline.follow(None)
            return False
        stream_s = (self._hops + 1) * HOP_S  # of that hop's last sample
        origin_s = said.line.time_origin_s - captured_s + stream_s
        self._pipeline.follow(replace(said.line, time_origin_s=origin_s))
        return True

    def _say_heard(self, newest: Published) -> None:
        heard = self._pipeline.heard
        if self._lines and heard:
            line = heard.timeline
            host_s = line.time_origin_s - newest.frame.time_s + newest.captured_host_s
            said = SaidLine(replace(line, time_origin_s=host_s), newest.captured_host_s, heard.confidence)
            self._lines.write("heard", said)

    def _obey(self, following: bool) -> None:
        """Brings what people turned and pressed to this hop.

        While a beat from outside is followed, what they say of the beat is for the doors to obey.
        """
        controls, beats = self._controls, self._pipeline.beat_commands
        for name, command in (
            ("beat.double", beats.double_tempo),
            ("beat.halve", beats.halve_tempo),
            ("beat.half_shift", beats.shift_half_beat),
            ("beat.resync", beats.resync),
        ):
            for _ in range(controls.fires(name)):
                if not following:
                    command()
        if controls.fires("beat.tap") and self._newest and not following:
            beats.tap(self._newest.stream_time_at(controls.fired_at("beat.tap")))
        beats.lock_tempo(bool(controls.get("beat.lock")), self._tempo_before)
        self._tempo_before = None
        self._pipeline.set_agc_lock(bool(controls.get("agc.lock")))
        self._offset_s = float(controls.get("beat.offset_ms")) / 1e3
        gain_db = float(controls.get("input.gain_db"))
        if gain_db:
            self._hop *= np.float32(10.0 ** (gain_db / 20.0))

    def _with_health(
        self, frame: FeatureFrame, queue_hops: int, overflows: int, compute_ms: float
    ) -> FeatureFrame:
        """The frame, and how the machine fared up to it."""
        record = frame.record.copy()
        record["hop_ms"] = compute_ms
        record["late"] = self._late
        record["overflows"] = overflows
        record["queue_hops"] = queue_hops
        return FeatureFrame(record)

    def _count(self, stamp: HopStamp, at: _Moments, behind: bool, following: bool) -> None:
        health = self._health
        if self._orphaned:
            silent_s = at.captured_s - self._orphaned.captured_host_s
            self._lost = max(round(silent_s / HOP_S) - 1, 0)
            self._orphaned = None
        self._hops += 1
        health.add("hops")
        health.set("ready", 1)
        if at.sent_s - stamp.arrival_host_s > HOP_S:
            self._late += 1
            health.add("late")
        health.set("following", following)
        health.set("queue_hops", stamp.queue_hops)
        if stamp.queue_hops > health.get("queue_hops_max"):
            health.set("queue_hops_max", stamp.queue_hops)
        health.time("hop_ms", (at.sent_s - at.taken_s) * 1e3)
        health.time("block_ms", (stamp.arrival_host_s - at.captured_s) * 1e3)
        health.time("queue_ms", (at.taken_s - stamp.arrival_host_s) * 1e3)
        health.time("compute_ms", (at.computed_s - at.taken_s) * 1e3)
        health.time("publish_ms", (at.published_s - at.computed_s) * 1e3)
        if behind:
            health.add("skipped")
        elif self._sender:
            health.time("send_ms", (at.sent_s - at.published_s) * 1e3)
            health.time("to_osc_ms", (at.sent_s - stamp.arrival_host_s) * 1e3)
            health.time("sound_to_osc_ms", (at.sent_s - at.captured_s) * 1e3)

    def _tend(self) -> None:
        """What need not be said for every hop."""
        status = self._source.status
        self._health.say("input", status.message)
        if status.state != self._input_state:
            self._input_state = status.state
            self._health.say("input_news", status.message)
        lost_samples = status.overflows + status.drops
        self._count_on("lost_hops", self._lost + math.ceil(lost_samples / HOP_LENGTH))
        for name in ("blocks", "overflows", "drops", "xruns", "nonfinite"):
            self._count_on(name, getattr(status, name))
        self._count_on("input_restarts", status.restarts)
        self._health.set("input_latency_us", round(status.latency_s * 1e6))
        destinations = self._sender.destinations if self._sender else ()
        for i, destination in enumerate(destinations):
            self._health.say(f"osc.{i}.to", destination.line)
            self._health.say(f"osc.{i}.trouble", destination.trouble)
            self._health.set(f"osc.{i}.troubled", destination.is_troubled)
            self._count_on(f"osc.{i}.packets", destination.packets)
            self._count_on(f"osc.{i}.errors", destination.errors)
        for i in range(len(destinations), self._n_destinations):
            self._health.say(f"osc.{i}.to", "")
        self._n_destinations = len(destinations)

    def _count_on(self, counter: str, since_start: int) -> None:
        self._health.set(counter, self._before[counter] + since_start)
