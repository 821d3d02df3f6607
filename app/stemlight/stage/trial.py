"""Draws shaders in a process of its own before they are let on stage.

That is where a new shader may take seconds to compile, hang, or bring the driver down, while the picture on
the screen goes on. What the driver compiled stays in its cache on disk, so that loading it then is quick.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

PATIENCE_S = 60.0  # Mesa's software driver has taken 15 s for one of ours on a machine four times overloaded
# With a shader that nobody wants any more, before the process is ended for the sake of those that are wanted.
IMPATIENCE_S = 1.0
NICENESS = 5  # the show's own processes come first

_SPAWN = multiprocessing.get_context("spawn")


class TrialKind(Protocol):
    """Shaders on trial."""

    def begin(self, paths: Iterable[Path], now_s: float) -> None:
        """Tries `paths`, instead of what was being tried."""

    def verdict(self, now_s: float) -> dict[Path, str] | None:
        """None while it lasts; then, once, the shaders that must not be loaded and why.

        One with mere errors may: it will say them.
        """

    def end(self) -> None:
        """Ends it, whatever it was at."""


class Trial:
    """Tries shaders in a process that begins with the first and lives until `end`. One thread."""

    def __init__(self, life: Callable[[Connection], None] | None = None) -> None:
        """`life`: what the process does."""
        self._life = life or try_shaders
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._waiting: deque[Path] = deque()
        self._trying: Path | None = None
        self._since_s = 0.0
        self._is_wanted = False  # what is tried now; else it was asked for before
        self._left_out: dict[Path, str] = {}
        self._asked = False

    def begin(self, paths: Iterable[Path], now_s: float) -> None:
        """As in `TrialKind`."""
        self._waiting = deque(paths)
        self._left_out = {}
        self._asked = True
        self._is_wanted = self._trying in self._waiting
        if self._trying is not None and self._is_wanted:
            self._waiting.remove(self._trying)
        self._go_on(now_s)

    def verdict(self, now_s: float) -> dict[Path, str] | None:
        """As in `TrialKind`."""
        self._go_on(now_s)
        if not self._asked or self._waiting or (self._trying is not None and self._is_wanted):
            return None
        self._asked = False
        return self._left_out

    def end(self) -> None:
        """As in `TrialKind`."""
        if self._process is not None:
            self._process.kill()
            self._bury()
        self._waiting.clear()
        self._trying = None
        self._asked = False

    def _go_on(self, now_s: float) -> None:
        if self._trying is not None:
            self._hear(now_s)
        if self._trying is None and self._waiting:
            if self._process is None:
                self._start()
            assert self._pipe is not None
            self._trying, self._since_s, self._is_wanted = self._waiting.popleft(), now_s, True
            try:
                self._pipe.send(self._trying)
            except OSError:
                self._hear(now_s)

    def _hear(self, now_s: float) -> None:
        """Whether the shader that is tried has been drawn, has ended the process, or takes too long."""
        assert self._pipe is not None and self._process is not None and self._trying is not None
        path, name = self._trying, self._trying.name
        try:
            if self._pipe.poll():
                self._pipe.recv()
                self._trying = None
                return
        except (EOFError, OSError):
            code = self._bury()
            reason = f"{name} brings the graphics driver down (exit code {code}); it is left out"
        else:
            took_s = now_s - self._since_s
            if took_s < (PATIENCE_S if self._is_wanted else IMPATIENCE_S):
                return
            self._process.kill()
            self._bury()
            reason = f"{name} took more than {PATIENCE_S:.0f} s to draw once; it is left out"
        if self._is_wanted:
            self._left_out[path] = reason
        self._trying = None

    def _start(self) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=self._life, args=(theirs,), name="stemlight trial", daemon=True)
        self._process.start()
        theirs.close()  # so that their end is heard here

    def _bury(self) -> int | None:
        assert self._process is not None and self._pipe is not None
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        self._pipe.close()
        self._process = self._pipe = None
        return code


class NoTrial:
    """Lets everything on stage at once."""

    def __init__(self) -> None:
        self._asked = False

    def begin(self, paths: Iterable[Path], now_s: float) -> None:
        """As in `TrialKind`."""
        self._asked = True

    def verdict(self, now_s: float) -> dict[Path, str] | None:
        """As in `TrialKind`."""
        asked, self._asked = self._asked, False
        return {} if asked else None

    def end(self) -> None:
        """There is nothing to end."""


def try_shaders(pipe: Connection) -> None:
    """The trial itself, the child's whole life: draws each shader it is sent, and says so when it has."""
    import faulthandler

    from stemlight.stage.offscreen import OffscreenContext
    from stemlight.stage.renderer import Renderer
    from stemlight.stage.shader_shelf import WARM_SIZE_PX

    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with Path(os.devnull).open("w") as nowhere, OffscreenContext(WARM_SIZE_PX) as screen:
        renderer = Renderer(screen.context, WARM_SIZE_PX)
        while True:
            try:
                path = pipe.recv()
            except (EOFError, OSError):  # the stage has ended
                return
            # Ends us also while a driver holds the interpreter and our parent is gone.
            faulthandler.dump_traceback_later(2 * PATIENCE_S, exit=True, file=nowhere)
            # Twice: Mesa's keys for what it compiles from source and from its cache differ, and the stage
            # will ask for the latter.
            for _ in range(2):
                renderer.shelf.load(path)
                screen.context.finish()
            renderer.shelf.prune()
            faulthandler.cancel_dump_traceback_later()
            pipe.send(path)
