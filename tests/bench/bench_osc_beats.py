"""How exactly a beat leaves: triggers at a receiver against the Timeline of the frames in shared memory.

python tests/bench/bench_osc_beats.py [--seconds 60] [--input test] [--destinations 1]
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import sys
import time
from pathlib import Path

import numpy as np
from pythonosc.osc_packet import OscPacket

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))
from running_show import RunningShow

SO_TIMESTAMPNS = 35  # <asm-generic/socket.h>: when the packet came, however late this process looks
WARM_UP_S = 8.0  # until the beat is found


def main() -> None:
    """Prints lateness in ms: arrival of a trigger, less the time of its beat on the newest Timeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--input", default="test")
    parser.add_argument("--destinations", type=int, default=1)
    options = parser.parse_args()
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(options.destinations)]
    for udp in sockets:
        udp.bind(("127.0.0.1", 0))
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    ports = [udp.getsockname()[1] for udp in sockets]
    to = [word for port in ports for word in ("--osc", f"127.0.0.1:{port}")]
    show = RunningShow("--input", options.input, "--mute", "--no-stage", "--no-panel", *to)
    try:
        show.wait_for_frames()
        late_ms = received(sockets[0], show, options.seconds)
        health = show.health.part("engine").snapshot()
    finally:
        show.press_ctrl_c()
        show.wait()
    report = {
        "beats": len(late_ms),
        "mean_ms": round(float(late_ms.mean()), 3),
        "std_ms": round(float(late_ms.std()), 3),
        "p50_ms": round(float(np.percentile(late_ms, 50)), 3),
        "p99_ms": round(float(np.percentile(late_ms, 99)), 3),
        "max_ms": round(float(late_ms.max()), 3),
        "engine": {key: health[key] for key in ("hops", "late", "lost_hops", "hop_ms", "send_ms")},
    }
    print(json.dumps(report, indent=2))


def received(udp: socket.socket, show: RunningShow, seconds: float) -> np.ndarray:
    """float64 (n_beats,): how late each trigger was, ms."""
    arrivals: list[float] = []
    began_s = time.perf_counter()
    udp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    while time.perf_counter() < began_s + WARM_UP_S + seconds:
        packet, notes, _, _ = udp.recvmsg(65536, 64)
        came_s, came_ns = struct.unpack("qq", notes[0][2])
        now_s = came_s + came_ns * 1e-9 - (time.time() - time.perf_counter())
        if b"/stemlight/beat/trigger" not in packet or now_s < began_s + WARM_UP_S:
            continue
        fired = {message.message.address: message.message.params for message in OscPacket(packet).messages}
        if fired.get("/stemlight/beat/trigger") == [1]:
            newest = show.ring.latest()
            assert newest is not None
            timeline = newest.frame.timeline
            beat = timeline.beat_at(newest.stream_time_at(now_s))
            arrivals.append((beat - round(beat)) * 60e3 / timeline.tempo_bpm)
    return np.array(arrivals)


if __name__ == "__main__":
    main()
