"""How long mappings and the autopilot take of a draw: 8 layers of 8 mappings each, 60 draws a second.

python tests/bench/bench_mappings.py
"""

from __future__ import annotations

import time
from itertools import cycle

import numpy as np
from stemlight.analysis.feature_frame import HOP_S
from stemlight.preset.preset import Mapping
from stemlight.stage.autopilot import Autopilot, AutopilotWishes
from stemlight.stage.mapped_inputs import MappedInputs
from stemlight.stage.moment import Moment
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.shader_program import Input

FPS = 60.0
SECONDS = 20
N_LAYERS, N_MAPPINGS = 8, 8
SOURCES = (
    "drums.hits",
    "bass.level",
    "lfo.sine",
    "lfo.random",
    "beat.1",
    "kick.count",
    "chroma[3]",
    "bar_phase",
)


def main() -> None:
    """Prints milliseconds a draw."""
    inputs = [Input(f"input{k}", "float", "", 0.5, (0.0,), (1.0,)) for k in range(N_MAPPINGS)]
    mappings = [Mapping(entry.name, source) for entry, source in zip(inputs, cycle(SOURCES), strict=False)]
    layers = [MappedInputs(inputs, {}, mappings, seed=seed) for seed in range(N_LAYERS)]
    autopilot, wishes = Autopilot(), AutopilotWishes(on=True, bars=4)
    names, on_air = [f"preset{k}" for k in range(30)], "preset0"
    frames = rehearsal_frames(0, int(SECONDS / HOP_S) + 1)
    n_heard, moved_s, flown_s = 0, [], []
    for index in range(int(SECONDS * FPS)):
        moment = Moment.at_draw(index, FPS)
        due = int(moment.time_s / HOP_S) + 1
        new, n_heard = frames[n_heard:due], due
        began = time.perf_counter()
        for layer in layers:
            layer.update(new, moment)
        moved_s.append(time.perf_counter() - began)
        began = time.perf_counter()
        chosen = autopilot.update(
            frames[due - 1], moment, wishes=wishes, names=names, on_air=on_air, is_ready=True
        )
        flown_s.append(time.perf_counter() - began)
        on_air = chosen or on_air
        time.sleep(1e-3)  # a draw does other things in between, and finds cold caches
    for what, seconds in ((f"{N_LAYERS * N_MAPPINGS} mappings", moved_s), ("autopilot", flown_s)):
        ms = 1e3 * np.array(seconds)
        print(f"{what}: p50 {np.median(ms):.3f} ms, p99 {np.percentile(ms, 99):.3f} ms a draw")


if __name__ == "__main__":
    main()
