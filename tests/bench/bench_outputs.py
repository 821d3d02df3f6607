"""What a recording and the panel's preview cost the stage.

    .venv/bin/python tests/bench/bench_outputs.py [--seconds S] [--size WxH]...

A picture that costs nothing is drawn at the pace of a show: alone, with the preview there but nobody looking,
with somebody looking, and with a recording. Time of a draw on this thread, and until the driver has done its
work; draws that came late, what of the recording was lost, and the encoder's processor time (Linux). The draw
on which a recording or a preview begins stands apart: a process is started there, or memory taken.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

os.environ.setdefault("LP_NUM_THREADS", "1")

import numpy as np
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health
from stemlight.bus.preview_cell import PreviewCell
from stemlight.stage.offscreen import OffscreenContext
from stemlight.stage.outputs.outputs import Outputs
from stemlight.stage.pacer import Pacer
from stemlight.stage.preview import Preview

FPS = 60.0


RUNS = ("alone", "preview unseen", "preview", "recording")


def measured(size_px: tuple[int, int], seconds: float, run: str) -> dict[str, Any]:
    """One run."""
    record = run == "recording"
    name = f"stemlight-bench-{secrets.token_hex(3)}"
    pacer, wall_ms, cpu_ms, whole_ms, late = Pacer(FPS), [], [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.mp4"
        with (
            closing(FrameRing.create(f"{name}-f")),
            closing(ControlBus.create(f"{name}-c")) as controls,
            closing(Health.create(f"{name}-h")) as health,
            closing(PreviewCell.create(f"{name}-p")) as cell,
            OffscreenContext(size_px) as screen,
        ):
            preview = Preview(screen.context, cell) if "preview" in run else None
            part = health.part("stage")
            with closing(Outputs(screen.context, None, controls, part, f"{name}-f")) as outputs:
                controls.set("record.file", str(file))
                controls.set("record.on", record)
                due_s = began_s = time.perf_counter()
                process_s = time.process_time()
                swapped_s = None
                while due_s - began_s < seconds:
                    due_s += 1.0 / FPS
                    time.sleep(max(0.0, due_s - time.perf_counter()))
                    now_s, now_cpu_s = time.perf_counter(), time.thread_time()
                    shade = 0.5 + 0.5 * np.sin(now_s - began_s)
                    screen.framebuffer.clear(shade, 0.3, 1.0 - shade, 1.0)
                    if run == "preview":
                        cell.ask()
                    outputs.send(screen.framebuffer, size_px, pacer.seen_s(now_s))
                    if preview is not None:
                        preview.send(screen.framebuffer, size_px, pacer.seen_s(now_s))
                    wall_ms.append(1e3 * (time.perf_counter() - now_s))
                    cpu_ms.append(1e3 * (time.thread_time() - now_cpu_s))
                    screen.context.finish()
                    whole_ms.append(1e3 * (time.perf_counter() - now_s))
                    ended_s = time.perf_counter()
                    late += swapped_s is not None and pacer.is_late(ended_s - swapped_s)
                    swapped_s = ended_s
                encoder_s = children_cpu_s()
            result = {
                "size": list(size_px),
                "run": run,
                "draws": len(wall_ms),
                "late_draws": late,
                "begin_ms": round(wall_ms[0], 3),
                "draw_ms": quantiles(wall_ms[1:]),
                "draw_cpu_ms": quantiles(cpu_ms[1:]),
                "with_driver_ms": quantiles(whole_ms[1:]),
                "process_cpu_ms": round(1e3 * (time.process_time() - process_s) / len(wall_ms), 3),
            }
            if record:
                counts = ("recorded", "record_repeated", "record_skipped", "record_dropped")
                result |= {count: part.get(count) for count in counts}
                result["encoder_cores"] = round(encoder_s / seconds, 2)
                result["megabytes"] = round(sum(f.stat().st_size for f in Path(folder).iterdir()) / 1e6, 2)
    return result


def children_cpu_s() -> float:
    """Processor time of the processes that this one has started and that live."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def quantiles(values_ms: list[float]) -> dict[str, float]:
    p50, p99, most = np.percentile(values_ms, [50, 99, 100])
    return {"p50": round(p50, 3), "p99": round(p99, 3), "max": round(most, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--size", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for size in options.size or ["1280x720", "1920x1080"]:
        width, _, height = size.partition("x")
        for run in RUNS:
            rows.append(measured((int(width), int(height)), options.seconds, run))
            if not options.json:
                print(json.dumps(rows[-1]), flush=True)
    if options.json:
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
