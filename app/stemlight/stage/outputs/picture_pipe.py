"""Hands pictures to a process of their own, through shared memory, so that its work holds no draw up.

A thread would: it shares the interpreter's lock with the draws. The process hears of pictures through a pipe
and sees its end when the stage has ended or died, so it can always bring its work to a good end.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from stemlight.bus.segment import Segment, segment_name
from stemlight.errors import UserError
from stemlight.stage.outputs.pixel_reader import BYTES_PER_PIXEL, Pixels

SLOTS = 6  # pictures on their way: a tenth of a second at 60 Hz, an encoder's hiccup
NICENESS = 5  # of its process: hearing and drawing go first, and it still has a quarter of a full core
END_S = 2.0  # it is waited for so long at the end; then it goes on without us

_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Counts:
    """What the process at the other end has done so far."""

    pictures: int = 0
    repeated: int = 0  # shown again, where none came in time
    skipped: int = 0  # too many came


class PicturePipe:
    """The stage's end, one for each process. Its thread only; nothing here waits but `close`."""

    def __init__(self, entry: str, settings: Any) -> None:
        """`entry`: `module:function`, called there with `Pictures` and `settings`."""
        self._connection, theirs = _SPAWN.Pipe()
        self._segment: Segment | None = None
        self._size_px = (0, 0)
        self._free: list[int] = []
        self.counts = Counts()
        self.dropped = 0  # no room for them: the other end was too slow
        self.words = ""  # what the other end said last
        self.is_over = False
        self._process = _SPAWN.Process(target=_run, args=(entry, theirs, settings), name=f"stemlight {entry}")
        self._process.start()
        theirs.close()

    def put(self, pixels: Pixels) -> None:
        """Passes a picture on, or drops it where there is no room."""
        self._hear()
        if self.is_over:
            return
        if pixels.size_px != self._size_px:
            self._begin(pixels)
        if not self._free:
            self.dropped += 1
            return
        assert self._segment is not None
        slot = self._free.pop()
        pixels.copy_into(self._segment.body[slot * pixels.n_bytes : (slot + 1) * pixels.n_bytes])
        self._tell(("picture", slot, pixels.seen_s))

    def close(self) -> None:
        """Ends the process; waits for it a little, and lets it finish alone where that is not enough."""
        self._tell(("end",))
        self._process.join(END_S)
        if self._process.exitcode is None:
            self.words = f"{self.words}: its last pictures are still being written"
            # Python would wait for it without end when we exit.
            multiprocessing.process._children.discard(self._process)  # type: ignore[attr-defined]
        else:
            self._hear()
            self._process.close()
        self._connection.close()
        if self._segment is not None:
            self._segment.close()

    def _begin(self, pixels: Pixels) -> None:
        """Makes room for pictures of another size; the other end keeps what it still looks at."""
        if self._segment is not None:
            self._segment.close()
        name = segment_name(secrets.token_hex(3))  # short: macOS allows 31 characters
        self._segment = Segment.create(name, SLOTS * pixels.n_bytes, _layout(pixels.size_px))
        self._size_px = pixels.size_px
        self._free = list(range(SLOTS))
        self._tell(("size", name, pixels.size_px))

    def _tell(self, message: tuple[Any, ...]) -> None:
        try:
            self._connection.send(message)
        except OSError:
            self._hear()
            self._lost()

    def _hear(self) -> None:
        try:
            while self._connection.poll():
                topic, value = self._connection.recv()
                if topic == "free":
                    size_px, slot = value
                    if size_px == self._size_px:
                        self._free.append(slot)
                elif topic == "counts":
                    self.counts = value
                elif topic == "words":
                    self.words = value
                else:
                    self.words, self.is_over = value, True
        except (EOFError, OSError):
            self._lost()

    def _lost(self) -> None:
        if not self.is_over:
            self.words, self.is_over = "its process died", True


@dataclass(frozen=True, slots=True)
class Picture:
    """As the process gets it."""

    rgba: np.ndarray  # uint8 (h, w, 4), top row first; a view, good until the next picture is asked for
    seen_s: float  # host clock


class Pictures:
    """The other end. One thread of its process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def come(self, patience_s: float) -> Iterator[Picture | None]:
        """Pictures as they come; None where none came for `patience_s`. Ends when the stage does."""
        segment: Segment | None = None
        size_px = (0, 0)
        try:
            while True:
                if not self._connection.poll(patience_s):
                    yield None
                    continue
                message = self._connection.recv()
                if message[0] == "end":
                    return
                if message[0] == "size":
                    _, name, size_px = message
                    segment = Segment.attach(name, _layout(size_px))
                    continue
                assert segment is not None
                _, slot, seen_s = message
                width, height = size_px
                shape = (height, width, BYTES_PER_PIXEL)
                n_bytes = int(np.prod(shape))
                pixels = np.frombuffer(segment.body, np.uint8, n_bytes, slot * n_bytes).reshape(shape)
                yield Picture(pixels[::-1], seen_s)
                self._say("free", (size_px, slot))
        except (EOFError, OSError, UserError):  # the stage is gone, and perhaps its memory
            return

    def count(self, counts: Counts) -> None:
        self._say("counts", counts)

    def say(self, words: str) -> None:
        self._say("words", words)

    def over(self, words: str) -> None:
        """The last word, and why."""
        self._say("over", words)

    def _say(self, topic: str, value: object) -> None:
        with contextlib.suppress(OSError):  # nobody listens any more
            self._connection.send((topic, value))


def _layout(size_px: tuple[int, int]) -> str:
    return f"pictures 1, {SLOTS} of {size_px}"


def _run(entry: str, connection: Connection, settings: Any) -> None:
    """What such a process does. Ctrl-C is the show's to answer: it would cut the last pictures off."""
    for told_to_all in ("SIGINT", "SIGHUP"):
        if hasattr(signal, told_to_all):
            signal.signal(getattr(signal, told_to_all), signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    pictures = Pictures(connection)
    module, _, function = entry.partition(":")
    with closing(connection):
        try:
            pictures.over(getattr(importlib.import_module(module), function)(pictures, settings) or "")
        except UserError as error:
            pictures.over(str(error))
        except Exception as error:
            pictures.over(f"{type(error).__name__}: {error}")
