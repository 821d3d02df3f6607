"""What the engine listens to: one interface, whether a device, a file or the built-in band plays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

TEST = "test"  # the built-in band
SOUND_SUFFIXES = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma", ".mp4")


@dataclass(frozen=True, slots=True)
class HopStamp:
    """When the last sample of a hop was there, and how far behind its reader is.

    Host times are `time.perf_counter()`, one clock for all processes of the machine.
    """

    arrival_host_s: float  # the block that completed the hop came in
    captured_host_s: float  # the same without jitter: from the sample count, regressed on arrivals
    queue_hops: int  # whole hops still waiting


@dataclass(frozen=True, slots=True)
class InputStatus:
    """How an input fares: one line in words, and what was counted since it started."""

    state: Literal["running", "waiting", "ended"]
    message: str
    blocks: int = 0
    overflows: int = 0  # samples lost because the engine read too late
    drops: int = 0  # samples that never came, by the host clock
    xruns: int = 0  # times the driver owned up to a loss
    restarts: int = 0  # times a source that had gone was taken back
    nonfinite: int = 0  # samples that were no numbers and became 0
    latency_s: float = 0.0  # between the microphone and a block's arrival, as the driver reports it


@dataclass(slots=True)
class Counters:
    """What a running input counts. Every field has one writer; any thread may read."""

    blocks: int = 0
    overflows: int = 0
    drops: int = 0
    xruns: int = 0
    restarts: int = 0
    nonfinite: int = 0

    def status(
        self, state: Literal["running", "waiting", "ended"], message: str, latency_s: float = 0.0
    ) -> InputStatus:
        """The counts as they stand, with `state` and `message`."""
        return InputStatus(
            state,
            message,
            blocks=self.blocks,
            overflows=self.overflows,
            drops=self.drops,
            xruns=self.xruns,
            restarts=self.restarts,
            nonfinite=self.nonfinite,
            latency_s=latency_s,
        )


class HopInput(Protocol):
    """Gives the engine a hop every 11.61 ms. `wait_hop` and `read_hop` belong to the engine's thread."""

    def start(self) -> None:
        """Begin. UserError says what cannot be opened and what to do."""

    def wait_hop(self, timeout_s: float) -> bool:
        """Wait until a whole hop is there; False after `timeout_s`, or when the input has ended."""

    def read_hop(self, out: NDArray[np.float32]) -> HopStamp:
        """Fill `out`, float32 (512, 2), with the next hop. Underrun where `wait_hop` did not say True."""

    def close(self) -> None:
        """Stop and give everything back. Any thread; a second time does nothing."""

    @property
    def status(self) -> InputStatus:
        """How it fares. Any thread."""


def open_input(name: str, mute: bool = False, loop: bool = False) -> HopInput:
    """The input that `--input NAME` means; start it to hear it.

    `test` is the built-in band. A path is a file, played at its own pace and, unless `mute`, aloud.
    `default`, a number or (part of) a name is a device, of which `@3-4` or `@3` picks channels:
    `Scarlett@3-4`. UserError for a file that is not there.
    """
    if name == TEST:
        from stemlight.audio.band_loop import TestInput

        return TestInput()
    if not is_device(name):
        from stemlight.audio.paced_file import PacedFile

        return PacedFile(Path(name).expanduser(), mute=mute, loop=loop)
    from stemlight.audio.device_input import DeviceInput

    device, channels = split_channels(name)
    return DeviceInput(int(device) if device.isdigit() else device, channels)


def is_device(name: str) -> bool:
    """Whether `--input NAME` means a device, not a file or the test band."""
    if name == TEST:
        return False
    path = Path(name).expanduser()
    return not (path.is_file() or path.suffix.lower() in SOUND_SUFFIXES or "/" in name or "\\" in name)


def split_channels(name: str) -> tuple[str, tuple[int, int] | None]:
    """`Scarlett@3-4` as the device and its channels, counted from 1; `@3` is (3, 3), mono."""
    match = re.fullmatch(r"(?P<device>.*)@(?P<left>\d+)(?:-(?P<right>\d+))?", name)
    if match is None:
        return name, None
    left = int(match["left"])
    right = int(match["right"] or left)
    return match["device"] or "default", (left, right)
