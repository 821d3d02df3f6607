"""What a hop's OSC costs: `python tests/bench/bench_osc.py`. Paced like the engine, so caches are cold."""

from __future__ import annotations

import argparse
import socket
import time

import numpy as np
from stemlight.analysis.feature_frame import HOP_S, FeatureFrame, empty_record
from stemlight.osc.outputs import OscDestination
from stemlight.osc.profiles import PROFILES
from stemlight.osc.sender import OscSender


def frames(count: int) -> list[FeatureFrame]:
    """Frames of a lively song: every number moves, something hits every 16th."""
    random = np.random.default_rng(1)
    made = []
    for i in range(count):
        record = empty_record()
        record["frame"], record["time_s"], record["beat"] = i, i * HOP_S, i * HOP_S * 2.0
        record["level"] = random.random(12)
        record["count"] = i // 11
        made.append(FeatureFrame(record))
    return made


def measure(settings: list[str], hops: int, paced: bool) -> tuple[np.ndarray, float]:
    """For destinations of these profiles, each with what follows a `?`: us a hop, and % of a core."""
    listeners = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in settings]
    destinations = []
    for listener, setting in zip(listeners, settings, strict=True):
        listener.bind(("127.0.0.1", 0))
        destinations.append(OscDestination.parse(f"127.0.0.1:{listener.getsockname()[1]}:{setting}"))
    sender = OscSender(destinations)
    spent = []
    used_s = 0.0
    begin = time.perf_counter()
    for i, frame in enumerate(frames(hops)):
        if paced:
            time.sleep(max(begin + i * HOP_S - time.perf_counter(), 0.0))
        start, start_used_s = time.perf_counter(), time.thread_time()
        sender.send(frame, frame.time_s)
        used_s += time.thread_time() - start_used_s
        spent.append(time.perf_counter() - start)
    sender.close()
    for listener in listeners:
        listener.close()
    return np.array(spent[10:]) * 1e6, 100.0 * used_s / (hops * HOP_S)


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hops", type=int, default=800)
    hops = parser.parse_args().hops
    # Alike: packets are made once. Each its own: every destination has packets made for it alone.
    cases = {f"{profile} x{n}": [profile] * n for profile in PROFILES for n in (1, 4, 16)}
    own = [f"{profile}?offset_ms={n}" for n in range(4) for profile in list(PROFILES)[:4]]
    cases |= {f"each its own x{n}": own[:n] for n in (4, 16)}
    print(f"{'destinations':<20} {'paced':>6} {'p50 us':>8} {'p99 us':>8} {'% of a core':>12}")
    for name, settings in cases.items():
        for paced in (False, True):
            spent, share = measure(settings, hops, paced)
            p50, p99 = np.percentile(spent, [50, 99])
            print(f"{name:<20} {paced!s:>6} {p50:8.0f} {p99:8.0f} {share:12.2f}", flush=True)


if __name__ == "__main__":
    main()
