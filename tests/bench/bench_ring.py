"""What the sample path costs: the callback's part, the engine's part, and two threads flat out.

    python tests/bench/bench_ring.py [--seconds S]

Prints JSON. Times are microseconds of one call, made at the pace of a show (one hop each 11.6 ms), where
caches are as cold as they are live; the callback gets blocks of 128 samples, the engine reads hops of 512.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Callable

import numpy as np
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE
from stemlight.audio.capture import Capture
from stemlight.audio.hop_input import Counters
from stemlight.audio.ring_buffer import RingBuffer
from stemlight.audio.stream_format import StreamFormat
from stemlight.audio.wakeup import Wakeup

BLOCK_LENGTH = 128


def paced(seconds: float, steps: dict[str, Callable[[], object]]) -> dict[str, dict[str, float]]:
    """Call `steps` in order once a hop; percentiles of each."""
    times_us: dict[str, list[float]] = {name: [] for name in steps}
    start_s = time.perf_counter()
    for i in range(round(seconds / HOP_S)):
        time.sleep(max(0.0, start_s + i * HOP_S - time.perf_counter()))
        for name, step in steps.items():
            before_s = time.perf_counter()
            step()
            times_us[name].append(1e6 * (time.perf_counter() - before_s))
    return {
        name: {f"p{p:g}_us": round(float(np.percentile(values, p)), 1) for p in (50, 99, 99.9)}
        for name, values in times_us.items()
    }


def ring(seconds: float) -> dict[str, dict[str, float]]:
    samples = RingBuffer(1 << 17)
    block, hop = np.zeros((BLOCK_LENGTH, 2), np.float32), np.zeros((HOP_LENGTH, 2), np.float32)

    def write() -> None:
        for _ in range(HOP_LENGTH // BLOCK_LENGTH):
            samples.write(block)

    return paced(seconds, {"write 4 blocks": write, "read a hop": lambda: samples.read(hop)})


def capture(seconds: float, rate_hz: int) -> dict[str, dict[str, float]]:
    taken = Capture(StreamFormat(rate_hz, 2, BLOCK_LENGTH), (1, 2), Counters(), Wakeup(), time.perf_counter)
    block = np.random.default_rng(1).uniform(-1.0, 1.0, (BLOCK_LENGTH, 2)).astype(np.float32)
    fifo, hop = RingBuffer(2_048), np.zeros((HOP_LENGTH, 2), np.float32)
    n_owed = 0.0

    def callbacks() -> None:
        nonlocal n_owed
        n_owed += HOP_S * rate_hz
        while n_owed >= BLOCK_LENGTH:
            taken.on_block(block, BLOCK_LENGTH, None, 0)
            n_owed -= BLOCK_LENGTH

    def pull() -> None:
        if taken.pull(fifo, HOP_LENGTH):
            fifo.read(hop)

    return paced(seconds, {"callbacks of a hop": callbacks, "pull a hop": pull})


def two_threads(n_samples: int) -> dict[str, float]:
    samples = RingBuffer(1 << 14)
    block, out = np.zeros((HOP_LENGTH, 2), np.float32), np.zeros((HOP_LENGTH, 2), np.float32)

    def write() -> None:
        for _ in range(n_samples // HOP_LENGTH):
            while samples.available_write < HOP_LENGTH:
                time.sleep(0)
            samples.write(block)

    writer = threading.Thread(target=write)
    start_s = time.perf_counter()
    writer.start()
    n_read = 0
    while n_read < n_samples // HOP_LENGTH * HOP_LENGTH:
        n_now = samples.read(out)
        n_read += n_now
        if not n_now:
            time.sleep(0)
    writer.join()
    taken_s = time.perf_counter() - start_s
    return {"times_real_time": round(n_read / SAMPLE_RATE / taken_s), "overflows": samples.overflows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each paced part")
    seconds = parser.parse_args().seconds
    result = {
        "ring": ring(seconds),
        "capture at 44.1 kHz": capture(seconds, SAMPLE_RATE),
        "capture at 48 kHz": capture(seconds, 48_000),
        "two threads": two_threads(10_000_000),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
