"""Sends what is heard in a song by OSC at the song's own pace: a show without sound card, window or memory.

For people who build patches: the same Pipeline and the same packets as on stage, from any machine.
"""

from __future__ import annotations

import gc
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S, STEMS, FeatureFrame
from stemlight.analysis.pipeline import Pipeline
from stemlight.audio.hop_input import HopInput
from stemlight.audio.paced_file import PacedFile
from stemlight.errors import UserError
from stemlight.osc.outputs import OscDestination, load_outputs
from stemlight.osc.sender import OscSender

STATUS_S = 0.5  # between looks of the status line
WAIT_S = 0.1  # how long Ctrl-C may go unnoticed
COLLECT_HOPS = 860  # garbage, every ten seconds


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What `stemlight feed` was asked for."""

    song: Path
    osc: tuple[str, ...] = ()  # as `--osc`
    osc_config: Path | None = None
    loop: bool = False
    start_s: float = 0.0
    seconds: float | None = None  # None: to the end of the song, or for ever in a loop
    aloud: bool = False


@dataclass(frozen=True, slots=True)
class Fed:
    """What was sent."""

    seconds: float  # of the song
    hops: int
    late: int  # hops sent more than a hop after they were due
    destinations: tuple[dict[str, Any], ...]  # destination, profile, packets, errors

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "seconds": round(self.seconds, 3),
            "hops": self.hops,
            "late": self.late,
            "osc": list(self.destinations),
        }

    def __str__(self) -> str:
        sent = ", ".join(f"{row['packets']} packets to {row['destination']}" for row in self.destinations)
        return f"{_clock(self.seconds)} fed, {sent}" + (f"; {self.late} hops late" if self.late else "")


def feed(settings: FeedSettings, say: Callable[[str], None]) -> Fed:
    """Plays the song into OSC until it ends, Ctrl-C, or for `seconds`. Main thread.

    `say` takes a line for people, about a destination that is not there and the like. UserError where the
    song cannot be heard, or there is nowhere to send to.
    """
    given = tuple(map(OscDestination.parse, settings.osc))
    if not given and not (settings.osc_config and load_outputs(settings.osc_config)):
        raise UserError("nowhere to send to; say where with --osc, for example --osc 127.0.0.1:9000")
    files = (settings.osc_config,) if settings.osc_config else ()
    source = PacedFile(settings.song, mute=not settings.aloud, loop=settings.loop, start_s=settings.start_s)
    with (
        closing(OscSender(given, lambda _, words: say(words), files=files)) as sender,
        closing(source),
        _ended_by_signals() as ended,
    ):
        hops, late = _run(source, sender, settings, ended)
    return Fed(hops * HOP_S, hops, late, tuple(_sent(sender)))  # the last packets too


def _run(source: HopInput, sender: OscSender, settings: FeedSettings, ended: list[int]) -> tuple[int, int]:
    """Returns how many hops were sent, and how many of them late."""
    pipeline = Pipeline()
    n_hops = round(settings.seconds / HOP_S) if settings.seconds else sys.maxsize
    hop = np.zeros((HOP_LENGTH, 2), np.float32)
    hops = late = 0
    to_stream_s = 0.0  # from the host's clock to the stream's
    status = _StatusLine(sender)
    gc.collect()
    gc.freeze()
    gc.disable()  # in the middle of a hop it would make it late
    source.start()
    try:
        while not ended and hops < n_hops:
            now_s = time.perf_counter()
            beat_s = sender.due_s - to_stream_s if hops else now_s + WAIT_S
            if source.wait_hop(min(max(beat_s - now_s, 0.0), WAIT_S)):
                stamp = source.read_hop(hop)
                frame = pipeline.process(hop)
                to_stream_s = frame.time_s - stamp.captured_host_s
                now_s = time.perf_counter()
                sender.send(frame, now_s + to_stream_s)
                hops += 1
                late += now_s - stamp.arrival_host_s > HOP_S
                status.show(frame, now_s)
                if hops % COLLECT_HOPS == 0:
                    gc.collect()
            elif source.status.state == "ended":
                break
            elif hops and time.perf_counter() >= beat_s:
                sender.send_beats(time.perf_counter() + to_stream_s)
    finally:
        gc.enable()
        gc.unfreeze()
        status.clear()
    return hops, late


def _sent(sender: OscSender) -> Iterator[dict[str, Any]]:
    for destination in sender.destinations:
        yield {
            "destination": str(destination.settings),
            "profile": destination.settings.profile,
            "packets": destination.packets,
            "errors": destination.errors,
        }


class _StatusLine:
    """One line on a terminal that says where the song is; nothing where there is no terminal."""

    def __init__(self, sender: OscSender) -> None:
        self._sender = sender
        self._next_s = 0.0 if sys.stderr.isatty() else float("inf")
        self._shown = False

    def show(self, frame: FeatureFrame, now_s: float) -> None:
        """At most twice a second."""
        if now_s < self._next_s:
            return
        self._next_s = now_s + STATUS_S
        self._shown = True
        packets = sum(destination.packets for destination in self._sender.destinations)
        errors = sum(destination.errors for destination in self._sender.destinations)
        stems = " ".join(f"{name} {frame.value(f'{name}.level'):.2f}" for name in STEMS)
        lost = f", {errors} not sent" if errors else ""
        line = f"{_clock(frame.time_s)}  {frame.tempo_bpm:5.1f} bpm  {frame.beat_in_bar}  {stems}"
        print(f"\r\033[K{line}  {packets} packets{lost}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@contextmanager
def _ended_by_signals() -> Iterator[list[int]]:
    """Ctrl-C and a polite kill, as they come: what is held is let go of before the end."""
    heard: list[int] = []

    def on_signal(number: int, stack: FrameType | None) -> None:
        heard.append(number)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
