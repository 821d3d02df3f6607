"""What a flood and what nonsense do to OSC in: figures for the receiver alone, and for a whole show.

python tests/bench/bench_osc_in.py [--hz 5000] [--seconds 20] [--fuzz 100000]
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
from pythonosc.osc_message_builder import OscMessageBuilder
from stemlight.bus.controls import ControlBus
from stemlight.bus.segment import segment_name
from stemlight.osc.receiver import OscReceiver

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))
sys.path.insert(0, str(Path(__file__).parents[1]))
from fuzzed_packets import fuzzed_packets
from running_show import RunningShow

FRAME_S = 1 / 60  # a picture: what the backlog must stay under
SENDER = """
import socket, struct, sys, time
port, hz, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.connect(("127.0.0.1", port))
head = b"/stemlight/ctl/input/gain_db" + bytes(4 - len("/stemlight/ctl/input/gain_db") % 4) + b",f\\0\\0"
trigger = b"/stemlight/ctl/beat/half_shift\\0\\0" + b",i\\0\\0" + struct.pack(">i", 1)
begin = time.perf_counter()
for i in range(int(hz * seconds)):
    due = begin + i / hz
    while (wait := due - time.perf_counter()) > 0:
        time.sleep(wait)
    udp.send(trigger if i % 10 == 9 else head + struct.pack(">f", (i % 400) / 10 - 20))
print(time.perf_counter() - begin)
"""


def message(address: str, *arguments: object) -> bytes:
    """One OSC message."""
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build().dgram


def flood_receiver(hz: float, seconds: float) -> dict:
    """Backlog: how long a value takes from `send` to the control bus, asked 20 times a second."""
    bus = ControlBus.create(segment_name("flood"))
    receiver = OscReceiver(0, bus)
    before = bus.get("beat.half_shift")
    cpu_s = thread_cpu_s(receiver)
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(receiver.port), str(hz), str(seconds)], stdout=subprocess.PIPE
    )
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    backlog_s = []
    time.sleep(0.5)
    probe = 0
    while sender.poll() is None:
        probe += 1
        value = probe % 1000 / 1000
        sent_s = time.perf_counter()
        udp.sendto(message("/stemlight/ctl/stage/brightness", value), ("127.0.0.1", receiver.port))
        while abs(float(bus.get("stage.brightness")) - value) > 1e-6:
            time.sleep(0.0005)
            if time.perf_counter() - sent_s > 1.0:
                break
        backlog_s.append(time.perf_counter() - sent_s)
        time.sleep(0.05)
    time.sleep(0.05)
    sent = int(hz * seconds)
    took_s = float(sender.stdout.read())  # type: ignore[union-attr]
    report = {
        "sent": sent,
        "sent_hz": round(sent / took_s),
        "triggers_sent": sent // 10,
        "triggers_fired": bus.get("beat.half_shift") - before,
        "received": receiver.received,
        "superseded": receiver.superseded,
        "ignored": receiver.ignored,
        "dropped": receiver.dropped,
        "cpu_percent": round(100 * (thread_cpu_s(receiver) - cpu_s) / took_s, 1),
        "backlog_ms": percentiles(np.array(backlog_s) * 1e3),
        "over_a_frame": int(sum(value > FRAME_S for value in backlog_s)),
    }
    receiver.close()
    bus.close()
    return report


def fuzz_receiver(count: int) -> dict:
    """Nonsense through the socket, in step with the receiver so that none is lost on the way."""
    bus = ControlBus.create(segment_name("fuzz"))
    receiver = OscReceiver(0, bus)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    threads = threading.active_count()
    began_s = time.perf_counter()
    for number, packet in enumerate(fuzzed_packets(count, seed=7)):
        udp.sendto(packet, ("127.0.0.1", receiver.port))
        if number % 100 == 99:
            settle(receiver)
    settle(receiver)
    spent_s = time.perf_counter() - began_s
    udp.sendto(message("/stemlight/ctl/stage/brightness", 0.125), ("127.0.0.1", receiver.port))
    time.sleep(0.2)
    alive = bus.get("stage.brightness") == 0.125 and threading.active_count() == threads
    report = {
        "packets": count,
        "seconds": round(spent_s, 1),
        "obeyed": receiver.received + receiver.superseded,
        "ignored": receiver.ignored,
        "dropped": receiver.dropped,
        "alive": alive,
    }
    receiver.close()
    bus.close()
    return report


def settle(receiver: OscReceiver) -> None:
    """Until nothing more is counted."""
    seen = -1
    while seen != (seen := receiver.received + receiver.superseded + receiver.ignored):
        time.sleep(0.002)


def flood_show(hz: float, seconds: float) -> dict:
    """Hops of a whole show without and with a flood; a beat is moved 500 times a second in it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
    nothing_else = ("--input", "test", "--no-stage", "--no-panel")
    show = RunningShow(*nothing_else, "--osc-in", str(port), "--osc", "127.0.0.1:9")
    try:
        show.wait_for_frames(200)
        engine, doors = show.health.part("engine"), show.health.part("doors")

        def counts() -> tuple[int, int, int]:
            return engine.get("hops"), engine.get("late"), engine.get("lost_hops")

        def span(before: tuple[int, int, int]) -> dict[str, int]:
            grown = (now - then for now, then in zip(counts(), before, strict=True))
            return dict(zip(("hops", "late", "lost"), grown, strict=True))

        start = counts()
        time.sleep(seconds)
        calm = span(start)
        start = counts()
        subprocess.run(
            [sys.executable, "-c", SENDER, str(port), str(hz), str(seconds)], check=True, capture_output=True
        )
        flooded = span(start)
        time.sleep(0.2)
        return {
            "calm": calm,
            "flooded": flooded,
            "osc_in": {name: doors.get(name) for name in doors.table.counters if name.startswith("osc_in")},
        }
    finally:
        show.press_ctrl_c()
        show.wait()


def thread_cpu_s(receiver: OscReceiver) -> float:
    """What the receiver's thread has used of a processor."""
    tid = receiver._thread.native_id
    fields = Path(f"/proc/self/task/{tid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def percentiles(values: np.ndarray) -> dict[str, float]:
    """p50, p99 and the greatest."""
    return {
        "p50": round(float(np.percentile(values, 50)), 2),
        "p99": round(float(np.percentile(values, 99)), 2),
        "max": round(float(values.max()), 2),
    }


def main() -> None:
    """Prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hz", type=float, default=5000.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--fuzz", type=int, default=100_000)
    options = parser.parse_args()
    report = {
        "flood": flood_receiver(options.hz, options.seconds),
        "fuzz": fuzz_receiver(options.fuzz),
        "show": flood_show(options.hz, options.seconds),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
