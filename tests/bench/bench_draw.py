"""What a draw costs: `python tests/bench/bench_draw.py [NAME...] [--seconds S] [--size WxH] [--json]`.

Of plain shaders in 1, 4 and 8 layers, each with a filter and two mappings, and of our scenes and presets.

Host time: a draw into 16x16 pixels, paced like a show, at which the driver has little to do but take our
calls (unless the scene has buffers of a fixed size); an upper bound of what is ours. The whole is at --size
until the last pixel is there: the driver's part, which with Mesa's software driver is the processor's.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("LP_NUM_THREADS", "1")

import numpy as np
from stemlight.analysis.feature_frame import HOP_S
from stemlight.preset.library import load_preset, preset_paths, scene_paths
from stemlight.preset.preset import Effect, Layer, Mapping, Preset
from stemlight.stage.live_look import preset_of_shader
from stemlight.stage.moment import Moment
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.rehearsal import rehearsal_frames
from stemlight.stage.renderer import Renderer

FPS = 60.0
HOST_SIZE_PX = (16, 16)
N_LAYERS = (1, 4, 8)
FILTER = """/*{"INPUTS": [{"NAME": "inputImage", "TYPE": "image"}, {"NAME": "gain", "TYPE": "float"}]}*/
void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage) * (1.0 + gain); }
"""
PLAIN = '/*{"ISFVSN": "2"}*/\nvoid main() { gl_FragColor = vec4(isf_FragNormCoord, bar_phase, 1.0); }\n'


def quantiles(values_ms: list[float]) -> dict[str, float]:
    p50, p99, worst = np.quantile(values_ms, (0.5, 0.99, 1.0))
    return {"p50": round(float(p50), 3), "p99": round(float(p99), 3), "max": round(float(worst), 3)}


def draws(
    preset: Preset, size_px: tuple[int, int], n: int, *, paced: bool, finish: bool
) -> dict[str, dict[str, float]]:
    """Wall and processor time of each of `n` draws, in ms."""
    wall_ms, cpu_ms = [], []
    with OffscreenContext(size_px) as screen:
        renderer = Renderer(screen.context, size_px, tone_map=True)
        renderer.load_preset(preset)
        frames = rehearsal_frames(0, int(n / FPS / HOP_S) + 2)
        heard = 0
        gc.collect()
        gc.freeze()
        began_s = time.perf_counter()
        for index in range(n):
            moment = Moment.at_draw(index, FPS)
            due = int(moment.time_s / HOP_S) + 1
            if paced:
                time.sleep(max(0.0, began_s + moment.time_s - time.perf_counter()))
            start_s, start_cpu_s = time.perf_counter(), time.thread_time()
            renderer.draw(frames[heard:due], moment, screen.framebuffer)
            if finish:
                screen.context.finish()
            wall_ms.append(1e3 * (time.perf_counter() - start_s))
            cpu_ms.append(1e3 * (time.thread_time() - start_cpu_s))
            heard = due
            if not finish:
                screen.context.finish()  # unmeasured: the next draw must not wait for this one
        renderer.release()
    return {"wall_ms": quantiles(wall_ms), "cpu_ms": quantiles(cpu_ms)}


def layered(n: int, folder: Path) -> Preset:
    """`n` plain layers, each with a filter and two mappings, screened."""
    mappings = (Mapping("opacity", "kick.hits", amount=-0.5), Mapping("opacity", "lfo.sine", amount=-0.2))
    gain = (Mapping("gain", "bass.level"),)
    effect = Effect(str(folder / "filter.fs"), mappings=gain)
    layer = Layer(str(folder / "plain.fs"), blend="screen", mappings=mappings, filters=(effect,))
    return Preset(f"{n} layers", (layer,) * n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="of scenes and presets; all scenes if none is given")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    width, _, height = options.size.partition("x")
    size_px = (int(width), int(height))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plain.fs").write_text(PLAIN)
        (Path(folder) / "filter.fs").write_text(FILTER)
        presets = [preset_of_shader(Path(folder) / "plain.fs")]
        presets += [layered(n, Path(folder)) for n in N_LAYERS]
        known = {path.stem: load_preset(str(path)) for path in preset_paths()}
        scenes = {path.stem: preset_of_shader(path) for path in scene_paths()}
        wanted = [(known | scenes)[name] for name in options.names]
        rows = {}
        for preset in presets + (wanted if options.names else [*scenes.values()]):
            n = int(options.seconds * FPS)
            host = draws(preset, HOST_SIZE_PX, n, paced=True, finish=False)
            whole = draws(preset, size_px, max(10, n // 10), paced=False, finish=True)
            rows[preset.name] = {"host": host, f"whole_{options.size}": whole["wall_ms"]}
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    columns = ("scene", "host ms p50", "p99", "of it CPU p50", "p99", f"whole {options.size} p50", "p99")
    print("".join(f"{column:>16}" for column in columns))
    for name, row in rows.items():
        whole = row[f"whole_{options.size}"]
        values = [v for part in (*row["host"].values(), whole) for v in (part["p50"], part["p99"])]
        print(f"{name:>16}" + "".join(f"{value:>16.3f}" for value in values))


if __name__ == "__main__":
    main()
