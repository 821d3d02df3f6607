"""A show in processes of its own, as a terminal would run it, and what the system has left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health
from stemlight.errors import UserError

START_S = 30.0  # a loaded machine loads models slowly


class RunningShow:
    """`stemlight run` in a session of its own, with the memory it shares."""

    def __init__(self, *arguments: str, display: str | None = None, panel: bool = False) -> None:
        without = () if panel else ("--no-panel",)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stemlight", "run", *arguments, *without],
            stderr=subprocess.PIPE,
            env=os.environ | ({"DISPLAY": display} if display else {}),
            text=True,
            start_new_session=True,  # Ctrl-C must reach all of it and nobody else
        )
        pid = self.process.pid
        self._ring: FrameRing | None = None
        self._health: Health | None = None
        self.frames_name, self.health_name = f"stemlight-{pid}-frames", f"stemlight-{pid}-health"

    @property
    def ring(self) -> FrameRing:
        if self._ring is None:
            self._ring = until(lambda: attached(FrameRing, self.frames_name), "a frame ring")
        return self._ring

    @property
    def health(self) -> Health:
        if self._health is None:
            self._health = until(lambda: attached(Health, self.health_name), "health")
        return self._health

    def wait_for_frames(self, count: int = 1) -> None:
        """Until that many more have come."""
        goal = self.ring.published + count
        until(lambda: self.ring.published >= goal, f"frame {goal}")

    def kill(self, part: str) -> int:
        """kill -9 of one of its processes; returns its pid."""
        pid = self.health.part(part).get("pid")
        os.kill(pid, signal.SIGKILL)
        return pid

    def press_ctrl_c(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)

    def wait(self) -> str:
        """Until it has ended; returns what it said."""
        _, said = self.process.communicate(timeout=60)
        for memory in (self._ring, self._health):
            if memory:
                memory.close()
        self._ring = self._health = None
        return said

    def processes(self) -> list[str]:
        """Command lines of what is alive in its session, and of zombies unless they wait for init alone."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
                state, parent, session = fields[0], int(fields[1]), int(fields[3])
                if session == self.process.pid and (state, parent) != ("Z", 1):
                    found.append((stat.parent / "cmdline").read_text().replace("\0", " "))
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found

    def segments(self) -> list[str]:
        """What it has in shared memory."""
        return [path.name for path in Path("/dev/shm").glob(f"stemlight-{self.process.pid}-*")]


@contextmanager
def running_show(*arguments: str, display: str | None = None, panel: bool = False) -> Iterator[RunningShow]:
    """A show that is gone when the test is, however it went."""
    show = RunningShow(*arguments, display=display, panel=panel)
    try:
        yield show
    finally:
        if show.process.poll() is None:
            os.killpg(show.process.pid, signal.SIGKILL)
            show.wait()


def attached(kind, name: str):
    """The shared memory, or None while it is not there."""
    try:
        return kind.attach(name)
    except UserError:
        return None


def until(true: Callable, what: str, timeout_s: float = START_S):
    """The first true answer; fails the test if there is none in time."""
    ends_s = time.monotonic() + timeout_s
    while time.monotonic() < ends_s:
        if answer := true():
            return answer
        time.sleep(0.01)
    raise AssertionError(f"no {what} within {timeout_s:.0f} s")
