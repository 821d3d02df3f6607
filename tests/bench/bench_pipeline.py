"""Times of a hop by numbered step, paced as a live engine is and back to back.

    python tests/bench/bench_pipeline.py [--seconds 20] [--models STEMS_FOLDER BEATS_FOLDER] [--json]

Paced is what counts: between two hops other programs have the caches.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: products this small gain nothing

import numpy as np
from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, SAMPLE_RATE
from stemlight.analysis.networks import load, load_shipped
from stemlight.analysis.pipeline import Pipeline
from stemlight.analysis.stage_timer import StageTimer

WARM_UP_HOPS = 100
NETWORKS = ("stem network", "beat network")


def music(seconds: float) -> np.ndarray:
    """float32 (n_hops, HOP_LENGTH, 2): kicks, hats and a chord, so that no step idles."""
    n_hops = int(seconds / HOP_S)
    t = np.arange(n_hops * HOP_LENGTH) / SAMPLE_RATE
    since_beat = t % 0.5
    kick = np.sin(2 * np.pi * (50 * since_beat + 2 * (1 - np.exp(-since_beat / 0.02))))
    sound = 0.5 * kick * np.exp(-since_beat / 0.08)
    noise = np.random.default_rng(0).standard_normal(len(t))
    sound += 0.05 * noise * np.exp(-((t + 0.25) % 0.5) / 0.02)
    for hz in (220.0, 277.2, 329.6):
        sound += sum(0.04 / k * np.sin(2 * np.pi * hz * k * t) for k in range(1, 8))
    stereo = np.stack([sound, np.roll(sound, 20)], axis=1).astype(np.float32)
    return stereo.reshape(n_hops, HOP_LENGTH, 2)


def measure(pipeline: Pipeline, timer: StageTimer, hops: np.ndarray, paced: bool) -> dict[str, list[float]]:
    """Percentiles by step, in microseconds: p50, p99, p99.9, max."""
    pipeline.reset()
    timer.laps_s.clear()
    due = time.perf_counter()
    for hop in hops:
        if paced:
            due += HOP_S
            time.sleep(max(0.0, due - time.perf_counter()))
        pipeline.process(hop)
    laps = {step: np.array(times)[WARM_UP_HOPS:] * 1e6 for step, times in timer.laps_s.items()}
    laps["all but the networks"] = sum(
        (times for step, times in laps.items() if step not in NETWORKS), np.zeros(len(hops) - WARM_UP_HOPS)
    )
    laps["hop"] = laps["all but the networks"] + sum(laps[step] for step in NETWORKS)
    return {step: [*np.percentile(times, (50, 99, 99.9)), float(times.max())] for step, times in laps.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of music, each way")
    parser.add_argument(
        "--models", nargs=2, type=Path, metavar=("STEMS", "BEATS"), help="instead of the shipped"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    timer = StageTimer(time.perf_counter)
    pipeline = Pipeline(load(*options.models) if options.models else load_shipped(), timer=timer)
    hops = music(options.seconds)
    results = {
        "paced": measure(pipeline, timer, hops, paced=True),
        "back to back": measure(pipeline, timer, hops, paced=False),
    }
    if options.json:
        print(json.dumps({"load": os.getloadavg(), "microseconds": results}))
        return
    print(f"microseconds over {len(hops) - WARM_UP_HOPS} hops; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"{'':22}" + "".join(f"{way:>36}" for way in results))
    print(f"{'':22}" + f"{'p50':>9}{'p99':>9}{'p99.9':>9}{'max':>9}" * len(results))
    for step in results["paced"]:
        numbers = (number for way in results.values() for number in way[step])
        print(f"{step:22}" + "".join(f"{number:9.0f}" for number in numbers))


if __name__ == "__main__":
    main()
