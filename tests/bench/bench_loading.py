"""How long the picture stands still while a look loads: `python tests/bench/bench_loading.py [NAME...]`.

Presets or scenes are put on air one after the other, with nothing of theirs in the driver's cache, while a
picture is drawn 60 times a second. A gap is the time from the end of one draw to the end of the next, the
pixels of both drawn; CPU is the processor time that this process spent within it, which is what a gap would
be on a machine that does nothing else; `calm` is the longest gap in two seconds without loading.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from contextlib import ExitStack, closing

os.environ.setdefault("LP_NUM_THREADS", "1")

import numpy as np
from stemlight.bus.controls import ControlBus
from stemlight.bus.health import Health
from stemlight.bus.segment import segment_name
from stemlight.preset.library import preset_paths
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.on_air import OnAir
from stemlight.stage.opening import Chosen, Opening
from stemlight.stage.renderer import Renderer

FPS = 60.0
PATIENCE_S = 120.0


class Show:
    """A stage without a window, paced like one with it."""

    def __init__(self, size_px: tuple[int, int], stack: ExitStack) -> None:
        self.controls = stack.enter_context(closing(ControlBus.create(segment_name("loading-controls"))))
        health = stack.enter_context(closing(Health.create(segment_name("loading-health"))))
        self.part = health.part("stage")
        self._screen = stack.enter_context(OffscreenContext(size_px))
        self._renderer = Renderer(self._screen.context, size_px, tone_map=True)
        stack.callback(self._renderer.release)
        self.on_air = stack.enter_context(closing(OnAir(self._renderer, self.controls, self.part)))
        self._index = 0
        self._due_s = time.perf_counter()
        self._ended_s = self._due_s

    def draw(self) -> tuple[float, float]:
        """Draws once, when it is due; returns the gap in ms, and how much processor time it took."""
        self._due_s = max(self._due_s + 1.0 / FPS, time.perf_counter() - 1.0 / FPS)
        time.sleep(max(0.0, self._due_s - time.perf_counter()))
        began_cpu_s = time.process_time()
        moment = Moment.at_draw(self._index, FPS)
        self.on_air.update(time.perf_counter())
        self._renderer.draw([], moment, self._screen.framebuffer)
        self._screen.context.finish()
        self._index += 1
        before_s, self._ended_s = self._ended_s, time.perf_counter()
        return 1e3 * (self._ended_s - before_s), 1e3 * (time.process_time() - began_cpu_s)

    def until_on_air(self, name: str) -> tuple[float, list[tuple[float, float]]]:
        """Seconds until `name` is on air, and the gaps until then."""
        gaps, began_s = [], time.perf_counter()
        while self.part.words("on_air") != name:
            gaps.append(self.draw())
            if time.perf_counter() - began_s > PATIENCE_S:
                raise SystemExit(f"{name} did not come: {self.part.words('error')}")
        return time.perf_counter() - began_s, gaps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="of presets; all if none is given")
    parser.add_argument("--size", default="320x180")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    width, _, height = options.size.partition("x")
    names = options.names or [path.stem for path in preset_paths()]
    rows = {}
    with tempfile.TemporaryDirectory() as cache, ExitStack() as stack:
        os.environ["MESA_SHADER_CACHE_DIR"] = cache  # of this process and of its trials
        began_s = time.perf_counter()
        show = Show((int(width), int(height)), stack)
        show.controls.set("stage.transition_beats", 0.0)
        show.controls.set("stage.transition_at", "now")
        show.on_air.open(Opening(Chosen.of_preset(names[0])))
        show.draw()
        first_s = time.perf_counter() - began_s
        wanted_s, _ = show.until_on_air(names[0])
        for name in names[1:]:
            calm = [show.draw() for _ in range(int(2 * FPS))]
            show.controls.set("stage.preset", name)
            came_s, gaps = show.until_on_air(name)
            rows[name] = {
                "came_s": round(came_s, 2),
                "gap_p50_ms": round(float(np.median(gaps, axis=0)[0]), 1),
                "gap_max_ms": round(max(gaps)[0], 1),
                "cpu_max_ms": round(float(np.max(gaps, axis=0)[1]), 1),
                "calm_max_ms": round(max(calm)[0], 1),
                "calm_cpu_max_ms": round(float(np.max(calm, axis=0)[1]), 1),
            }
    start = {"first_picture_s": round(first_s, 2), "first_look_s": round(wanted_s, 2)}
    if options.json:
        print(json.dumps({"start": start, "looks": rows}, indent=2))
        return
    print(
        f"first picture after {start['first_picture_s']} s, {names[0]} after {start['first_look_s']} s more"
    )
    print(
        "".join(
            f"{column:>16}"
            for column in ("look", "on air after s", "gap ms p50", "max", "CPU max", "calm max", "CPU max")
        )
    )
    for name, row in rows.items():
        print(f"{name:>16}" + "".join(f"{value:>16}" for value in row.values()))


if __name__ == "__main__":
    main()
