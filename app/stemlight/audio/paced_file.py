"""A sound file becomes hops at its own pace, each when its sound leaves the loudspeaker.

    decoder thread -> decoded ring -> Loudspeaker (PortAudio's thread) -> played ring -> hop (engine's thread)

Muted, or without a sound output, the engine takes its hops straight from the decoded ring, by the host clock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stemlight.analysis.feature_frame import HOP_LENGTH, HOP_S
from stemlight.audio import portaudio
from stemlight.audio.file_source import FileSource
from stemlight.audio.hop_input import Counters, HopStamp, InputStatus
from stemlight.audio.loudspeaker import Loudspeaker, OpenOutput
from stemlight.audio.pace import HostPace, sleep_until
from stemlight.audio.real_time import leave_real_time
from stemlight.audio.ring_buffer import RingBuffer, Underrun
from stemlight.audio.wakeup import Wakeup
from stemlight.errors import UserError

RING_LENGTH = 1 << 17  # samples, 3 s: decoding ahead in one ring, output latency and stalls in the other
PREROLL_LENGTH = 1 << 14  # samples decoded before the first is played
_POLL_S = 0.05  # how often the decoder looks whether there is room again


class PacedFile:
    """Hops of a file, live: the `HopInput` of a show without a band."""

    def __init__(
        self,
        path: str | Path,
        mute: bool = False,
        loop: bool = False,
        start_s: float = 0.0,
        *,
        open_output: OpenOutput = portaudio.open_output_stream,
        now: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """UserError where the file cannot be heard; see `FileSource`."""
        self._source = FileSource(path, start_s)
        self._mute, self._loop = mute, loop
        self._open_output, self._now, self._sleep = open_output, now, sleep
        self._counters, self._wakeup = Counters(), Wakeup()
        self._decoded = RingBuffer(RING_LENGTH)
        self._played = RingBuffer(RING_LENGTH)
        self._hop = np.zeros((HOP_LENGTH, 2), np.float32)
        self._n_in_hop = 0
        self._n_samples = 0  # of the file, up to the end of the hop
        self._due_s = 0.0
        self._pace = HostPace(now)
        self._speaker: Loudspeaker | None = None
        self._how = ", muted" if mute else ""
        self._trouble = ""
        self._finished = threading.Event()  # everything is decoded
        self._ended = False
        self._closing = threading.Event()
        self._decoder = threading.Thread(target=self._decode, name="decoder", daemon=True)

    def start(self) -> None:
        """Begin to decode and, a moment later, to play."""
        self._decoder.start()
        while self._decoded.available_read < PREROLL_LENGTH and not self._finished.is_set():
            self._wakeup.wait(_POLL_S)
        if not self._mute:
            try:
                self._speaker = Loudspeaker(
                    self._decoded,
                    self._played,
                    self._finished,
                    counters=self._counters,
                    wakeup=self._wakeup,
                    open_output=self._open_output,
                    now=self._now,
                )
            except UserError as error:
                self._how = f", not aloud: {error}"
        self._pace.start()

    def wait_hop(self, timeout_s: float) -> bool:
        """Wait until the next hop has been heard; False after `timeout_s` or `close`. Engine's thread."""
        deadline_s = self._now() + timeout_s
        while not self._closing.is_set():
            self._fill_hop()
            if self._n_in_hop == HOP_LENGTH:
                self._due_s = (self._speaker or self._pace).due_s(self._n_samples)
                return sleep_until(self._due_s, deadline_s, self._now, self._sleep)
            if not self._wakeup.wait(deadline_s - self._now()):
                return False
        return False

    def read_hop(self, out: NDArray[np.float32]) -> HopStamp:
        """Fill `out`, float32 (512, 2). Underrun where no hop is there. Engine's thread."""
        if self._n_in_hop < HOP_LENGTH:
            raise Underrun("no whole hop is there yet; wait_hop says when")
        out[:] = self._hop
        self._n_in_hop = 0
        n_behind = max(0, int((self._now() - self._due_s) / HOP_S))
        return HopStamp(self._due_s, self._due_s, n_behind)

    def close(self) -> None:
        """Stop playing and decoding; a `wait_hop` under way returns. Any thread."""
        self._closing.set()
        self._wakeup.set()
        if self._speaker:
            self._speaker.close()
        if self._decoder.is_alive():
            self._decoder.join()

    @property
    def status(self) -> InputStatus:
        """How the file fares. Any thread."""
        self._counters.nonfinite = self._source.nonfinite
        self._counters.overflows = self._played.overflows
        name = repr(self._source.path.name)
        if self._ended:
            return self._counters.status("ended", self._trouble or f"end of {name}")
        return self._counters.status("running", f"{name}{self._how}")

    def _fill_hop(self) -> None:
        """Move into the hop what there is; at the end of the file complete it with zeros."""
        if self._speaker and self._speaker.has_gone:
            self._go_on_silently(self._speaker)
        finished = self._finished.is_set()  # asked first: what is decoded meanwhile is not the end
        self._take(self._played)
        if not self._speaker:
            self._take(self._decoded)
        if finished and self._n_in_hop < HOP_LENGTH and self._n_samples >= self._decoded.n_written:
            self._ended = self._n_in_hop == 0
            if not self._ended:
                self._n_samples += HOP_LENGTH - self._n_in_hop
                self._hop[self._n_in_hop :] = 0.0
                self._n_in_hop = HOP_LENGTH

    def _take(self, ring: RingBuffer) -> None:
        n_taken = ring.read(self._hop[self._n_in_hop :])
        if n_taken:
            self._n_in_hop += n_taken
            self._n_samples = ring.n_read

    def _go_on_silently(self, speaker: Loudspeaker) -> None:
        """Where the sound output has gone the show goes on by the host clock."""
        self._how = ", no longer aloud: the sound output has gone"
        self._speaker = None
        self._pace.start(self._played.n_read)
        threading.Thread(target=speaker.close, name="close", daemon=True).start()  # drivers may take long

    def _decode(self) -> None:
        """Keep the decoded ring full until the file ends. Decoder's thread."""
        leave_real_time()
        try:
            while True:
                for chunk in self._source.chunks():
                    self._put(chunk)
                    if self._closing.is_set():
                        return
                if not self._loop:
                    return
        except UserError as error:
            self._trouble = str(error)
        finally:
            self._finished.set()
            self._wakeup.set()

    def _put(self, chunk: NDArray[np.float32]) -> None:
        while len(chunk) and not self._closing.is_set():
            n_room = self._decoded.available_write
            if not n_room:
                self._closing.wait(_POLL_S)
            self._decoded.write(chunk[:n_room])
            chunk = chunk[n_room:]
            self._wakeup.set()
