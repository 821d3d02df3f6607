"""What is heard, and changed while it is heard: one input at a time, and a hop when it is due all the same.

PortAudio allows one stream a process, so the old input is closed before the new one is opened; between them
are zeros by the host clock. A thread of its own opens and closes. What cannot be had is not exchanged for
what can: the old input stays, and the wanted one is looked for until it is there or another one is wanted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stemlight.analysis.feature_frame import HOP_S, SAMPLE_RATE
from stemlight.audio.devices import choose_device, list_devices, probe
from stemlight.audio.hop_input import HopInput, HopStamp, InputStatus, is_device, split_channels
from stemlight.audio.real_time import leave_real_time
from stemlight.audio.stream_format import StreamFormat
from stemlight.errors import UserError

RETRY_S = 1.0  # between looks for what is wanted and not there; each is a process of 0.2 s
BLOCK_LENGTH = 128  # of a trial, as DeviceInput has it
HAND_OVER_S = 5.0  # the engine's thread lets go within a hop; more is an engine that has stopped
_COUNTS = ("blocks", "overflows", "drops", "xruns", "restarts", "nonfinite")


def chosen_name(first: str, device: str, channels: str) -> str:
    """The input that the controls mean, as `--input` says it; `first` where they say nothing."""
    name = device or first
    if not channels or not is_device(name):
        return name
    return f"{split_channels(name)[0]}@{channels}"


def must_be_there(name: str, heard: str) -> None:
    """UserError where a device cannot be had now. Asks child processes; disturbs no stream.

    The one that is `heard` is not tried: some open once only.
    """
    if not is_device(name):
        return
    wanted, _ = split_channels(name)
    device = choose_device(wanted, list_devices())
    if wanted != split_channels(heard)[0]:
        probe(device, StreamFormat(SAMPLE_RATE, min(device.n_inputs, 2), BLOCK_LENGTH))


class ChosenInput:
    """A `HopInput` that is another one whenever somebody chooses."""

    def __init__(
        self,
        name: str,
        open_named: Callable[[str], HopInput],
        *,
        must_be_there: Callable[[str, str], None] = must_be_there,
        now: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`open_named` gives an input that has not been started; both may raise UserError.

        `must_be_there` gets what is wanted and what is heard.
        """
        self._name = name  # of the input that is heard or was last
        self._wanted = name
        self._refused = ""  # was there, but did not open: not tried again until something else was wanted
        self._open, self._must_be_there = open_named, must_be_there
        self._now, self._sleep = now, sleep
        self._input: HopInput | None = None  # written by the engine's thread alone
        self._ready: HopInput | None = None  # the switcher's, for the engine to take
        self._let_go = threading.Event()  # the switcher asks for the input ...
        self._is_free = threading.Event()  # ... and the engine has let go
        self._free: HopInput | None = None
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._trouble = ""  # why what is wanted is not heard
        self._carried = InputStatus("waiting", "")  # what the inputs before this one had counted
        self._end_s = now()  # host time of the last sample given
        self._is_silent_hop = False
        self._switcher = threading.Thread(target=self._run, name="input switch", daemon=True)

    def start(self, patient: bool = False) -> None:
        """Begin. UserError where the input cannot be had; `patient`: it is waited for then."""
        try:
            found = self._open(self._name)
            found.start()
        except UserError as error:
            if not patient:
                raise
            self._trouble = str(error)
        else:
            self._input = found
        self._end_s = self._now()
        self._switcher.start()
        self._wake.set()

    def choose(self, name: str) -> None:
        """What is to be heard from now on. Any thread; costs nothing where it is heard already."""
        if name not in (self._wanted, self._refused):
            self._wanted, self._refused = name, ""
            self._wake.set()

    def wait_hop(self, timeout_s: float) -> bool:
        """Wait until a hop is there; False after `timeout_s`. Engine's thread."""
        self._hand_over()
        if self._input is not None:
            self._is_silent_hop = False
            return self._input.wait_hop(timeout_s)
        due_s, deadline_s = self._end_s + HOP_S, self._now() + timeout_s
        if self._now() < due_s:
            self._sleep(max(0.0, min(due_s, deadline_s) - self._now()))
        self._is_silent_hop = self._now() >= due_s
        return self._is_silent_hop

    def read_hop(self, out: NDArray[np.float32]) -> HopStamp:
        """Fill `out`, float32 (512, 2), with the next hop; zeros between two inputs. Engine's thread."""
        if self._is_silent_hop or self._input is None:
            self._is_silent_hop = False
            out[:] = 0.0
            self._end_s += HOP_S
            waiting_s = self._now() - self._end_s
            if waiting_s > RETRY_S:  # the machine slept: begin again from now
                self._end_s, waiting_s = self._now(), 0.0
            return HopStamp(self._end_s, self._end_s, max(0, int(waiting_s / HOP_S)))
        stamp = self._input.read_hop(out)
        self._end_s = stamp.captured_host_s
        return stamp

    def close(self) -> None:
        """Give everything back. Any thread."""
        self._closing.set()
        self._wake.set()
        if self._switcher.is_alive():
            self._switcher.join(HAND_OVER_S)
        for given in (self._input, self._ready, self._free):
            if given is not None:
                given.close()

    @property
    def status(self) -> InputStatus:
        """How what is heard fares, with the counts of all that were heard. Any thread."""
        heard, trouble = self._input, self._trouble
        if heard is None:
            words = f"waiting for {self._wanted!r}" + (f" ({trouble})" if trouble else "")
            return replace(self._carried, state="waiting", message=words)
        status = heard.status
        message = f"{status.message}; {trouble}" if trouble else status.message
        return replace(_with_counts_of(status, self._carried), message=message)

    def _hand_over(self) -> None:
        """Lets go of the input, or takes the new one, if the switcher asks. Engine's thread."""
        if self._let_go.is_set():
            self._let_go.clear()
            self._free, self._input = self._input, None
            self._is_free.set()
        elif self._input is None and self._ready is not None:
            self._input, self._ready = self._ready, None

    def _run(self) -> None:
        """The switcher's thread."""
        leave_real_time()  # opening a device can wait for the music
        while not self._closing.is_set():
            missing = self._input is None and self._ready is None
            heard = self._wanted == self._name and not missing
            self._wake.wait(None if heard else RETRY_S)
            self._wake.clear()
            if not self._closing.is_set() and (self._wanted != self._name or missing):
                self._switch(self._wanted)
            elif self._trouble:
                self._trouble = ""  # what was wanted and not there is wanted no more

    def _switch(self, wanted: str) -> None:
        try:
            self._must_be_there(wanted, self._name if self._input else "")
            found = self._open(wanted)
        except UserError as error:
            self._trouble = str(error)
            return
        before, had_one = self._name, self._give_up_the_old()
        try:
            found.start()
        except UserError as error:
            found.close()
            self._trouble = str(error)
            if not had_one or before == wanted:
                return
            try:  # back to what could be had
                found = self._open(before)
                found.start()
            except UserError:
                return
            self._refused, self._wanted = wanted, before
        else:
            self._trouble = ""
            self._name = wanted
        self._ready = found

    def _give_up_the_old(self) -> bool:
        """Closes what is heard; whether there was something."""
        if self._input is None:
            return False
        self._is_free.clear()
        self._let_go.set()
        while not self._is_free.wait(0.1):
            if self._closing.is_set():
                return True
        old, self._free = self._free, None
        if old is not None:
            old.close()
            self._carried = _with_counts_of(self._carried, old.status)
        return old is not None


def _with_counts_of(status: InputStatus, more: InputStatus) -> InputStatus:
    return replace(status, **{name: getattr(status, name) + getattr(more, name) for name in _COUNTS})
