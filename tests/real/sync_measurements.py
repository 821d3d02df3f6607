"""Script: a whole show follows Link, MIDI clock and OSC in turn; prints how well, as JSON.

Each source plays at a tempo and place that nobody else has. Errors are those of the frames in the ring
against the source's own beat, by the host's clock, once the beat had `SETTLE_S` to slew there.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from link_band import Band
from pythonosc.osc_message_builder import OscMessageBuilder
from running_show import running_show, until
from socket_midi import Device
from stemlight.analysis.timeline import Timeline
from stemlight.bus.controls import ControlBus

SETTLE_S, MEASURE_S = 3.0, 6.0
OSC_PORT = 9871
USB_S = 0.002  # jitter of a MIDI clock, to either side
NETWORK_S = 0.003  # jitter of OSC, late only


def in_time() -> None:
    """This thread is not held up by what else a busy machine does, where the system permits."""
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))


class Player:
    """Sends something at planned moments, on a thread of its own."""

    def __init__(self, plan: Callable[[int], float], send: Callable[[int, float], None]) -> None:
        self._plan, self._send = plan, send
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        in_time()
        count = 0
        while not self._ends.is_set():
            due_s = self._plan(count)
            time.sleep(max(due_s - time.perf_counter(), 0.0))
            self._send(count, due_s)
            count += 1


class Measured:
    """The show and what is read off it."""

    def __init__(self, show) -> None:
        self.show = show
        self.controls = ControlBus.attach(f"stemlight-{show.process.pid}-controls", "panel")
        self.part = show.health.part("doors")

    def follow(self, source: str, truth: Callable[[], Timeline]) -> dict[str, float]:
        """Chooses a source and measures."""
        self.controls.set("sync.source", source)
        began_s = time.perf_counter()
        until(lambda: self.show.health.part("engine").get("following"), f"line from {source}")
        taken_s = time.perf_counter() - began_s
        # Locked: within a hundredth of a beat for half a second.
        good_since_s = time.perf_counter()
        while time.perf_counter() - good_since_s < 0.5 and time.perf_counter() - began_s < 20.0:
            if abs(self._errors(truth(), 1)[-1]) > 0.01:
                good_since_s = time.perf_counter()
            time.sleep(0.02)
        locked_s = good_since_s - began_s
        time.sleep(SETTLE_S)
        first = self.show.ring.published
        line = truth()
        errors = []
        ends_s = time.perf_counter() + MEASURE_S
        while time.perf_counter() < ends_s:
            time.sleep(0.2)
            line = truth()
            errors += self._errors(line, self.show.ring.published - first)
            first = self.show.ring.published
        frames = self.show.ring.since(first - 200)
        jumps = np.diff([p.frame.beat for p in frames]) / (line.tempo_bpm / 60.0 * 512 / 44100)
        counted = frames[-1].frame.beat_count - frames[0].frame.beat_count
        passed = np.floor(frames[-1].frame.beat) - np.floor(frames[0].frame.beat)
        ms = 60_000.0 / line.tempo_bpm
        return {
            "taken_s": taken_s,
            "locked_s": locked_s,
            "frames": len(errors),
            "mean_ms": float(np.mean(errors)) * ms,
            "std_ms": float(np.std(errors)) * ms,
            "p99_ms": float(np.quantile(np.abs(errors), 0.99)) * ms,
            "max_beats": float(np.max(np.abs(errors))),
            "tempo_off_bpm": frames[-1].frame.tempo_bpm - line.tempo_bpm,
            "step_min": float(jumps.min()),
            "step_max": float(jumps.max()),
            "counted_less_passed": float(counted - passed),
            "says": self.part.words("sync"),
        }

    def lose(self) -> float:
        """Seconds until the show is back at the sound."""
        began_s = time.perf_counter()
        until(lambda: not self.show.health.part("engine").get("following"), "the sound again")
        return time.perf_counter() - began_s

    def _errors(self, line: Timeline, n: int) -> list[float]:
        """Beats, whole bars aside, of the newest `n` frames."""
        found = self.show.ring.since(self.show.ring.published - max(n, 1))
        off = [p.frame.beat - line.beat_at(p.captured_host_s) for p in found]
        return [(x + 2.0) % 4.0 - 2.0 for x in off]


def follow_link(measured: Measured) -> dict[str, float]:
    band = Band(131.3)
    time.sleep(2.0)
    band.play(131.3)

    def truth() -> Timeline:
        said = band.ask()
        return Timeline(said["tempo_bpm"], said["beat"], said["host_s"])

    result = measured.follow("link", truth)
    band.leave()
    return result | {"lost_s": measured.lose()}


def follow_midi(measured: Measured, device: Device) -> dict[str, float]:
    jitter = np.random.default_rng(1)
    line = Timeline(117.0, 0.0, time.perf_counter() + 0.5)
    until(lambda: device.say(0xFE), "MIDI input")  # active sensing
    device.say(0xFA)
    player = Player(
        lambda tick: line.time_at(tick / 24.0) + jitter.uniform(-USB_S, USB_S),
        lambda tick, due_s: device.say(0xF8),
    )
    result = measured.follow("midi", lambda: line)
    player.stop()
    return result | {"lost_s": measured.lose()}


def follow_osc(measured: Measured) -> dict[str, float]:
    """What rkbx_link sends as it ships."""
    jitter = np.random.default_rng(2)
    line = Timeline(142.7, 2.5, time.perf_counter())
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(address: str, value: float) -> None:
        builder = OscMessageBuilder(address)
        builder.add_arg(value, "f")
        udp.sendto(builder.build().dgram, ("127.0.0.1", OSC_PORT))

    send("/master/bpm/current", 142.7)
    begin_s = time.perf_counter()
    late_s = [0.0]

    def plan(count: int) -> float:
        late_s[0] = jitter.uniform(0.0, NETWORK_S)
        return begin_s + count / 60.0 + late_s[0]

    player = Player(
        plan,
        lambda count, due_s: send("/master/beat/subdiv/4", line.beat_at(due_s - late_s[0]) % 4.0 / 4.0),
    )
    result = measured.follow("osc", lambda: line)
    player.stop()
    return result | {"lost_s": measured.lose()}


def hear_clock(measured: Measured, device: Device, seconds: float = 8.0) -> dict[str, float]:
    """Our clock at a receiver: each tick against the beat that the show had at that moment."""
    ring, controls = measured.show.ring, measured.controls
    time.sleep(4.0)  # the beat slews from what was followed last to what is heard
    heard: list[tuple[int, float]] = []

    def listen() -> None:
        in_time()
        device.socket.settimeout(20.0)
        while not heard or heard[-1][1] - heard[0][1] < seconds:
            heard.append((device.socket.recv(16)[0], time.perf_counter()))

    listener = threading.Thread(target=listen)
    listener.start()
    controls.set("midi.clock_out", "box")
    listener.join()
    controls.set("midi.clock_out", "")
    frames = ring.since(ring.published - 1000)
    lines = [Timeline(p.frame.tempo_bpm, p.frame.beat, p.captured_host_s) for p in frames]
    ticks = [time_s for byte, time_s in heard if byte == 0xF8]
    newest = np.searchsorted([p.captured_host_s for p in frames], ticks) - 1
    beats = np.array([lines[i].beat_at(t) for i, t in zip(newest, ticks, strict=True)]) * 24.0
    off_ms = (beats - np.round(beats)) / 24.0 * 60_000.0 / lines[-1].tempo_bpm
    late = measured.part.timing("clock_out_late_ms").summary()
    return {
        "ticks": len(ticks),
        "ticks_of_the_show": float(beats[-1] - beats[0]) + 1.0,
        "starts": sum(byte == 0xFA for byte, _ in heard),
        "mean_ms": float(off_ms.mean()),
        "std_ms": float(off_ms.std()),
        "p99_ms": float(np.quantile(np.abs(off_ms - off_ms.mean()), 0.99)),
        "late_p50_ms": late.p50,
        "late_p99_ms": late.p99,
        "late_max_ms": late.max,
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "MIDO_BACKEND": "socket_midi",
            "SOCKET_MIDI": folder,
            "PYTHONPATH": str(Path(__file__).parent),
            "STEMLIGHT_SETTINGS": f"{folder}/settings.toml",
        }
        device = Device(Path(folder), "drum box")
        arguments = ["--input", "test", "--no-stage", "--seconds", "300"]
        with running_show(*arguments, "--osc-in", str(OSC_PORT), "--midi", "--link") as show:
            show.wait_for_frames(200)
            measured = Measured(show)
            result = {
                "midi": follow_midi(measured, device),
                "osc": follow_osc(measured),
                "link": follow_link(measured),
                "clock_out": hear_clock(measured, device),
            }
            result["doors_restarts"] = show.health.part("show").get("doors_restarts")
            result["late_hops"] = show.health.part("engine").get("late")
            measured.controls.close()
            show.press_ctrl_c()
            result["said"] = show.wait()
        print(json.dumps(result))


if __name__ == "__main__":
    sys.exit(main())
