"""The stage's entry: attaches to the show, opens the window, chooses a look, and runs the loop."""

from __future__ import annotations

import gc
import os
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageSettings:
    """What the show tells its stage."""

    ring: str  # name of the frame ring
    controls: str  # of the control bus
    health: str
    look: str  # the panel's edits
    preview: str  # a small copy of the picture for the panel
    size_px: tuple[int, int] = (1280, 720)
    preset: str | None = None  # a name or a file; None: the one a show opens with
    seconds: float | None = None


def run_stage(settings: StageSettings) -> int:
    """Draws until the window is closed or the show ends; returns an exit code.

    Main thread of its own process. UserError if there is no display, no OpenGL or no such preset.
    """
    # Mesa's software driver would take every core, the engine's too.
    os.environ.setdefault("LP_NUM_THREADS", str(max(1, (os.cpu_count() or 2) - 1)))
    from stemlight.bus.controls import ControlBus
    from stemlight.bus.frame_ring import FrameRing
    from stemlight.bus.health import Health
    from stemlight.bus.look_cell import LookCell
    from stemlight.bus.preview_cell import PreviewCell
    from stemlight.stage.editing import Editing
    from stemlight.stage.keyboard import press
    from stemlight.stage.live import LiveStage
    from stemlight.stage.on_air import OnAir
    from stemlight.stage.opening import opening
    from stemlight.stage.outputs.outputs import Outputs
    from stemlight.stage.preview import Preview
    from stemlight.stage.renderer import Renderer
    from stemlight.stage.screen_place import ScreenPlace
    from stemlight.stage.window import Window

    with ExitStack() as stack:
        ring = stack.enter_context(closing(FrameRing.attach(settings.ring)))
        controls = stack.enter_context(closing(ControlBus.attach(settings.controls, "keyboard")))
        health = stack.enter_context(closing(Health.attach(settings.health)))
        cell = stack.enter_context(closing(LookCell.attach(settings.look)))
        pictures = stack.enter_context(closing(PreviewCell.attach(settings.preview)))
        part = health.part("stage")
        first = opening(settings.preset, controls, part)

        def on_key(key: str) -> None:
            if press(key, controls):
                window.ask_to_close()

        window = stack.enter_context(closing(Window(settings.size_px, "Stemlight", on_key)))
        place = ScreenPlace(window, controls, part)
        place.update(time.perf_counter())
        renderer = Renderer(window.context, window.size_px, tone_map=True)
        on_air = stack.enter_context(closing(OnAir(renderer, controls, part, seed=time.time_ns())))
        on_air.open(first)
        outputs = Outputs(window.context, window, controls, part, settings.ring)
        stack.enter_context(closing(outputs))
        gc.collect()
        gc.freeze()  # modules live as long as we do
        stage = LiveStage(
            window,
            place,
            renderer=renderer,
            on_air=on_air,
            editing=Editing(cell, on_air),
            outputs=outputs,
            preview=Preview(window.context, pictures),
            ring=ring,
            controls=controls,
            health=health,
        )
        stage.run(settings.seconds)
    return 0
