"""Time of both networks a hop, called once a hop as on stage: cold caches cost more than a loop shows.

python tests/bench/bench_networks.py [--seconds 20] [--stems DIR --beats DIR]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from stemlight.analysis.feature_frame import HOP_S
from stemlight.analysis.networks import load, stem_bands, stem_levels
from stemlight.resources import models_dir


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--stems", type=Path, default=models_dir() / "stems")
    parser.add_argument("--beats", type=Path, default=models_dir() / "beats")
    options = parser.parse_args()
    models = load(options.stems, options.beats)
    rng = np.random.default_rng(0)
    n_hops = int(options.seconds / HOP_S)
    hops = rng.normal(0.0, 0.5, (n_hops, 128)).astype(np.float32)
    stem_ms, both_ms = np.zeros(n_hops), np.zeros(n_hops)
    due = time.perf_counter()
    for hop, log_bands in enumerate(hops):
        due += HOP_S
        time.sleep(max(0.0, due - time.perf_counter()))
        start = time.perf_counter()
        stems = models.stems.process(log_bands)
        middle = time.perf_counter()
        models.beats.process(log_bands, stem_levels(stem_bands(stems.masks, np.abs(log_bands))))
        stem_ms[hop], both_ms[hop] = 1e3 * (middle - start), 1e3 * (time.perf_counter() - start)
    for name, times in (("stems", stem_ms), ("both", both_ms)):
        points = dict(
            zip(("p50", "p99", "p99.9"), np.percentile(times, [50, 99, 99.9]).round(3), strict=True)
        )
        print(json.dumps({"networks": name, **points, "max": round(float(times.max()), 3)}))


if __name__ == "__main__":
    main()
