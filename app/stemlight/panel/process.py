"""The panel's entry: attaches to the show, opens the window, and runs Qt until somebody ends it."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from stemlight.panel.settings import PanelSettings

if TYPE_CHECKING:
    from stemlight.bus.health import PartHealth

NICE = 5  # sound and picture come first


def run_panel(settings: PanelSettings) -> int:
    """Runs until the show ends or a person closes the window; returns an exit code.

    Main thread of its own process. 0 ends the show, `CLOSED` the panel alone, `AGAIN` asks for another start.
    """
    from stemlight.panel.memory import Memory

    memory = Memory()
    os.environ["QT_SCALE_FACTOR"] = str(memory.scale / 100)  # Qt reads it when the application is made
    from PyQt6.QtWidgets import QApplication

    from stemlight.bus.controls import ControlBus
    from stemlight.bus.frame_ring import FrameRing
    from stemlight.bus.health import Health
    from stemlight.panel.link import Link
    from stemlight.panel.theme import dress
    from stemlight.panel.translation import speak
    from stemlight.panel.window import PanelWindow

    if hasattr(os, "nice"):
        os.nice(NICE)
    with ExitStack() as stack:
        frames = stack.enter_context(closing(FrameRing.attach(settings.frames)))
        controls = stack.enter_context(closing(ControlBus.attach(settings.controls, "panel")))
        health = stack.enter_context(closing(Health.attach(settings.health)))
        application = QApplication(["stemlight"])
        application.setApplicationName("Stemlight")
        application.setQuitOnLastWindowClosed(False)
        dress(application)
        if wrong := speak(application):
            health.part("panel").say("error", wrong)
        link = Link(frames, controls, health)
        window = PanelWindow(link, memory, settings, application.exit)
        window.show()
        link.begin()
        health.part("panel").set("ready", 1)
        sys.excepthook = partial(_say_and_go_on, health.part("panel"))
        code = application.exec()
        link.end()
        window.hide()
        window.deleteLater()
        application.processEvents()
    return int(code)


def _say_and_go_on(
    part: PartHealth, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A slot that fails is one thing that does not work; without this Qt ends the process."""
    where = traceback.extract_tb(trace)[-1] if trace else None
    place = f" ({Path(where.filename).name}:{where.lineno})" if where else ""
    part.say("error", f"panel: {kind.__name__}: {error}{place}")
