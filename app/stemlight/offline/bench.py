"""Measures a hop, a draw and the parts of the latency on this machine, at the pace of the show."""

from __future__ import annotations

import os
import platform
import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from stemlight.analysis.feature_frame import HOP_S, SAMPLE_RATE, FeatureFrame
from stemlight.analysis.frontend import WINDOW_LENGTH
from stemlight.analysis.networks import load_chosen
from stemlight.analysis.pipeline import Pipeline
from stemlight.analysis.stage_timer import StageTimer
from stemlight.audio.file_source import FileSource
from stemlight.bus.frame_ring import FrameRing
from stemlight.model_folders import ModelFolders
from stemlight.offline.frames import Progress
from stemlight.osc.outputs import OscDestination
from stemlight.osc.sender import OscSender
from stemlight.priority import raise_priority
from stemlight.resources import demo_song

WARM_UP_HOPS = 172  # two seconds: caches, the drivers' own first times
DRAW_SIZE_PX = (640, 360)
DRAWS = 24
DEVICE_BLOCK = 128  # samples; what the live input opens its stream with
DISCARD_PORT = 9  # RFC 863: whoever listens there throws it away


def bench(seconds: float, progress: Progress, models: ModelFolders | None = None) -> dict[str, Any]:
    """Everything, as `stemlight bench` prints it. Hops take `seconds`, drawing as long as it takes.

    `models`: by default those that ship.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(1) as own_thread:  # core and priority are a thread's, and end with it
        hearing = own_thread.submit(bench_hops, seconds, progress, stop, models)
        try:
            hops, frames = hearing.result()
        finally:
            stop.set()
    draws = bench_draws(frames)
    return {
        "machine": {
            "system": platform.platform(terse=True),
            "cpu": cpu_name(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "hop_ms": hops,
        "draw_ms": {"size": list(DRAW_SIZE_PX), "scenes": draws},
        "latency_ms": latency_parts(hops, draws),
    }


def bench_hops(
    seconds: float, progress: Progress, stop: threading.Event, models: ModelFolders | None = None
) -> tuple[dict[str, Any], list[FeatureFrame]]:
    """Times by stage, one hop each 11.6 ms on one core, frame ring and OSC included; and the last frames.

    Paced on purpose: between two hops the caches go cold, so a tight loop would look 2 to 14 times faster.
    Binds the calling thread to one core and raises its priority, for good.
    """
    n_hops = max(1, round(seconds / HOP_S))
    timer = StageTimer(time.perf_counter)
    pipeline = Pipeline(load_chosen(models), timer=timer)
    song = [hop.copy() for hop in islice(FileSource(demo_song()).hops(), n_hops + WARM_UP_HOPS)]
    ring_name = f"stemlight-bench-{secrets.token_hex(4)}"
    ring = FrameRing.create(ring_name)
    writer = FrameRing.attach(ring_name, writer=True)
    sender = OscSender([OscDestination("127.0.0.1", DISCARD_PORT)])
    total_s: list[float] = []
    frames: list[FeatureFrame] = []
    one_core = _pin_to_one_core()
    granted = raise_priority()
    try:
        due_s = time.perf_counter()
        for number, hop in enumerate(islice(cycle(song), n_hops + WARM_UP_HOPS)):
            if stop.is_set():
                break
            due_s = max(due_s + HOP_S, time.perf_counter() - HOP_S)
            time.sleep(max(0.0, due_s - time.perf_counter()))
            began_s = time.perf_counter()
            frame = pipeline.process(hop)
            writer.publish(frame, began_s)
            timer.lap("frame ring")
            sender.send(frame, frame.time_s)
            timer.lap("osc")
            total_s.append(time.perf_counter() - began_s)
            frames.append(frame)
            del frames[:-512]
            if number % 86 == 0:
                progress(number * HOP_S, seconds)
    finally:
        sender.close()
        writer.close()
        ring.close()
    stages = {stage: summary(laps[WARM_UP_HOPS:]) for stage, laps in timer.laps_s.items()}
    whole = summary(total_s[WARM_UP_HOPS:])
    over = sum(value > HOP_S / 2 for value in total_s[WARM_UP_HOPS:])
    report = {
        "hops": n_hops,
        "priority": granted.words,
        "one_core": one_core,
        "all": whole,
        "over_half_a_hop": over,
        "by_stage": stages,
    }
    return report, frames


def bench_draws(frames: Sequence[FeatureFrame]) -> dict[str, Any]:
    """Per scene: host time of a draw besides the driver, and with it."""
    from stemlight.preset.library import scene_paths
    from stemlight.stage.moment import Moment
    from stemlight.stage.offscreen import OffscreenContext
    from stemlight.stage.renderer import Renderer

    results: dict[str, Any] = {}
    with OffscreenContext(DRAW_SIZE_PX) as screen:
        for path in scene_paths():
            renderer = Renderer(screen.context, DRAW_SIZE_PX)
            renderer.load(path)
            host_s, whole_s = [], []
            for index in range(DRAWS + 2):
                screen.context.finish()
                began_s = time.perf_counter()
                renderer.draw(frames[-1:], Moment.at_draw(index, 60.0, frames[-1].time_s), screen.framebuffer)
                host_s.append(time.perf_counter() - began_s)
                screen.context.finish()
                whole_s.append(time.perf_counter() - began_s)
            renderer.release()
            results[path.stem] = {"host": summary(host_s[2:]), "whole": summary(whole_s[2:])}
    return results


def latency_parts(hops: dict[str, Any], draws: dict[str, Any]) -> dict[str, float]:
    """From a sound to OSC and to a picture at 60 Hz, as a sum of named parts, at the p99 where measured."""
    block, hop = 1e3 * DEVICE_BLOCK / SAMPLE_RATE, 1e3 * HOP_S
    compute = hops["all"]["p99"]
    draw = max((scene["whole"]["p50"] for scene in draws.values()), default=0.0)
    return {
        "window": round(1e3 * WINDOW_LENGTH / SAMPLE_RATE, 2),  # how far back the analysis listens
        "block": round(block, 2),  # until the device hands over what it heard
        "hop": round(hop, 2),  # at most; half of it in the mean
        "compute": round(compute, 2),
        "to_osc": round(block + hop + compute, 2),
        "draw": round(draw, 2),
        "to_picture": round(block + hop + compute + draw, 2),
    }


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p99, p99.9 and the maximum, in ms."""
    p50, p99, p999, most = np.percentile(np.array(seconds) * 1e3, [50, 99, 99.9, 100])
    return {"p50": round(p50, 3), "p99": round(p99, 3), "p99.9": round(p999, 3), "max": round(most, 3)}


def cpu_name() -> str:
    """As the system calls it."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _pin_to_one_core() -> bool:
    """Whether the system could bind the calling thread to one core."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return True
