"""What crossing to another process costs: `python tests/bench/bench_bus.py`."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable

import numpy as np
from stemlight.analysis.feature_frame import HOP_S, FeatureFrame, empty_record
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health
from stemlight.bus.segment import segment_name

N_FRAMES = 1200


def time_calls(name: str, call: Callable[[], object], count: int = 3000) -> None:
    """Prints microseconds a call."""
    spent = []
    for _ in range(count):
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    p50, p99 = np.percentile(np.array(spent) * 1e6, [50, 99])
    print(f"{name:<44} p50 {p50:7.1f} us   p99 {p99:7.1f} us")


def write_paced(name: str) -> None:
    """The engine's part: a frame each hop, stamped with the moment it is published."""
    ring = FrameRing.attach(name, writer=True)
    frame = FeatureFrame(empty_record())
    begin, spent = time.perf_counter(), []
    for i in range(N_FRAMES):
        time.sleep(max(begin + i * HOP_S - time.perf_counter(), 0.0))
        start = time.perf_counter()
        ring.publish(frame, start)
        spent.append(time.perf_counter() - start)
    p50, p99 = np.percentile(np.array(spent) * 1e6, [50, 99])
    print(f"{'publish, paced, another process reads':<44} p50 {p50:7.1f} us   p99 {p99:7.1f} us")


def main() -> None:
    """Prints a line for each kind of crossing."""
    name = segment_name("bench")
    ring = FrameRing.create(name)
    writer = FrameRing.attach(name, writer=True)
    frame = FeatureFrame(empty_record())
    time_calls("publish", lambda: writer.publish(frame, 1.0))
    time_calls("latest", ring.latest)
    time_calls("since: two new frames", lambda: ring.since(ring.published - 2))
    time_calls("since: all 1,024", lambda: ring.since(0), 100)

    process = multiprocessing.get_context("spawn").Process(target=write_paced, args=(name,))
    process.start()
    seen, missed, reads = ring.published, 0, []
    while process.is_alive():  # a 60 Hz reader
        time.sleep(1 / 60)
        start = time.perf_counter()
        new = ring.since(seen)
        reads.append(time.perf_counter() - start)
        if new:
            missed += new[0].index - seen
            seen = new[-1].index + 1
    p50, p99 = np.percentile(np.array(reads) * 1e6, [50, 99])
    print(
        f"{'a 60 Hz reader of it':<44} p50 {p50:7.1f} us   p99 {p99:7.1f} us   missed {missed} of {N_FRAMES}"
    )
    writer.close()
    ring.close()

    controls = ControlBus.create(segment_name("bench"))
    time_calls("control: get a number", lambda: controls.get("beat.offset_ms"))
    time_calls("control: get a text", lambda: controls.get("stage.scene"))
    time_calls("control: set a number", lambda: controls.set("beat.offset_ms", 3.0))
    time_calls("control: ask for fires", lambda: controls.fires("beat.tap"))
    controls.close()

    health = Health.create(segment_name("bench"))
    engine = health.part("engine")
    time_calls("health: count", lambda: engine.add("hops"))
    time_calls("health: time", lambda: engine.time("hop_ms", 1.2))
    time_calls("health: say the same", lambda: engine.say("input", "a band"))
    health.close()


if __name__ == "__main__":
    main()
