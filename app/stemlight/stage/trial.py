"""Draws a shader once in a process of its own before it is let on stage.

That is where a new shader may take seconds to compile, hang, or bring the driver down, while the picture on
the screen goes on. What the driver compiled stays in its cache on disk, so that loading it then is quick.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 60.0  # Mesa's software driver has taken 15 s for one of ours on a machine four times overloaded
NICENESS = 5  # the show's own processes come first

_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a trial showed."""

    may_load: bool
    reason: str = ""  # why not


class Trial:
    """One shader on trial. Main thread of the stage."""

    def __init__(self, path: Path, now_s: float) -> None:
        self._name = path.name
        self._end_s = now_s + PATIENCE_S
        self._process = _SPAWN.Process(target=draw_once, args=(path,), name="stemlight trial", daemon=True)
        self._process.start()

    def verdict(self, now_s: float) -> Verdict | None:
        """The verdict, once; None while it lasts. A shader with mere errors may load: it will say them."""
        code = self._process.exitcode
        if code is None and now_s < self._end_s:
            return None
        self.end()
        if code is None:
            return Verdict(
                False, f"{self._name} took more than {PATIENCE_S:.0f} s to draw once; it is left out"
            )
        if code not in (0, 1):
            return Verdict(
                False, f"{self._name} brings the graphics driver down (exit code {code}); it is left out"
            )
        return Verdict(True)

    def end(self) -> None:
        """Ends it, whatever it was at."""
        if self._process.exitcode is None:
            self._process.kill()
        self._process.join()
        self._process.close()


class NoTrial:
    """Lets everything on stage at once."""

    def __init__(self, path: Path, now_s: float) -> None:
        pass

    def verdict(self, now_s: float) -> Verdict | None:
        return Verdict(True)

    def end(self) -> None:
        """There is nothing to end."""


TrialKind = Callable[[Path, float], Trial | NoTrial]


def draw_once(path: Path) -> None:
    """The trial itself: the child's whole life. Exits with 0, or with 1 if the shader has errors."""
    import faulthandler

    from stemlight.errors import UserError
    from stemlight.stage.offscreen import OffscreenContext
    from stemlight.stage.renderer import Renderer
    from stemlight.stage.shader_shelf import WARM_SIZE_PX

    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with Path(os.devnull).open("w") as nowhere:
        # Ends us also while a driver holds the interpreter and our parent is gone.
        faulthandler.dump_traceback_later(2 * PATIENCE_S, exit=True, file=nowhere)
        try:
            with OffscreenContext(WARM_SIZE_PX) as screen:
                # Twice: Mesa's keys for what it compiles from source and from its cache differ, and the stage
                # will ask for the latter.
                for _ in range(2):
                    Renderer(screen.context, WARM_SIZE_PX).load(path)
                    screen.context.finish()
        except UserError:
            sys.exit(1)
        finally:
            faulthandler.cancel_dump_traceback_later()
