"""Wakes one waiting thread from another: the smallest thing an audio callback may do to say "more"."""

from __future__ import annotations

import threading


class Wakeup:
    """A flag that one thread waits for and any thread sets; setting it twice is setting it once.

    A bare lock used as a binary semaphore: to set it is one post to the system's semaphore, with none of the
    Python-level locking of `threading.Event`, so the setter never waits. Whoever waits looks at the data
    first: a set flag means "look again", no more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Let the waiting thread go on, or its next wait return at once. Any thread; never waits."""
        try:
            self._lock.release()
        except RuntimeError:  # was set already
            return

    def wait(self, timeout_s: float) -> bool:
        """Wait until set, then take the flag down; False after `timeout_s`. The one waiting thread."""
        return self._lock.acquire(timeout=max(0.0, timeout_s))
