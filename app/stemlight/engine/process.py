"""The engine's entry: attaches to the show, opens the sound, loads the models, and runs the loop."""

from __future__ import annotations

import gc
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stemlight.analysis.feature_frame import HOP_LENGTH
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health
from stemlight.bus.tempo_lines import TempoLines
from stemlight.engine.inference_loop import InferenceLoop
from stemlight.model_folders import ModelFolders
from stemlight.priority import raise_priority

SWITCH_INTERVAL_S = 0.0005  # threads of ours give way ten times sooner than Python's 5 ms (PLATFORM.md, 2)
WARM_UP_HOPS = 20  # the first runs of a model are several times slower than the rest


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What the show tells its engine."""

    frames: str  # name of the frame ring
    controls: str  # of the control bus
    health: str
    lines: str  # of beats, heard and followed
    source: str = "default"  # as `--input`
    mute: bool = False
    loop: bool = False
    models: ModelFolders | None = None  # None: those that ship
    osc_files: tuple[Path, ...] = ()  # of destinations; need not be there, read again when they are written
    real_time: bool = True


def run_engine(settings: EngineSettings) -> int:
    """Runs until the input or the show ends; returns an exit code. Main thread of its own process.

    UserError if the sound, a port or a model cannot be had.
    """
    from stemlight.analysis.networks import load_chosen
    from stemlight.analysis.pipeline import Pipeline
    from stemlight.audio.chosen_input import ChosenInput, chosen_name
    from stemlight.audio.hop_input import open_input
    from stemlight.osc.sender import OscSender

    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with ExitStack() as stack:
        ring = stack.enter_context(closing(FrameRing.attach(settings.frames, writer=True)))
        controls = stack.enter_context(closing(ControlBus.attach(settings.controls)))
        health = stack.enter_context(closing(Health.attach(settings.health)))
        lines = stack.enter_context(closing(TempoLines.attach(settings.lines)))
        words = health.part("engine")
        first = settings.source
        chosen = chosen_name(first, str(controls.get("input.device")), str(controls.get("input.channels")))
        source = ChosenInput(
            chosen,
            # What is chosen later is repeated: a show does not end by the end of it.
            lambda name: open_input(name, settings.mute, settings.loop or name != first),
        )
        stack.enter_context(closing(source))
        sender = None
        if settings.osc_files:
            sender = OscSender(
                (),
                lambda i, line: words.say(f"osc.{i}" if i >= 0 else "osc", f"OSC: {line}"),
                files=settings.osc_files,
            )
            stack.enter_context(closing(sender))
        pipeline = Pipeline(load_chosen(settings.models))
        for _ in range(WARM_UP_HOPS):
            pipeline.process(np.zeros((HOP_LENGTH, 2), np.float32))
        pipeline.reset()
        priority = raise_priority().words if settings.real_time else "ordinary priority, as asked"
        loop = InferenceLoop(source, pipeline, ring, controls, health, sender=sender, lines=lines)
        loop.on_input_chosen = lambda device, channels: source.choose(chosen_name(first, device, channels))
        gc.collect()
        gc.freeze()  # models and modules live as long as we do
        gc.disable()  # a collection in the middle of a hop would make it late
        source.start(
            patient=chosen != first
        )  # last: its threads inherit the priority, and no hop waits for a model to load
        words.say("priority", f"engine: {priority}")
        loop.run()
    return 0
