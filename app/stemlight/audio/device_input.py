"""A sound device becomes hops, without a gap even while it is away.

    PortAudio's thread -> Capture (ring, resampler) -> fifo -> hop          all but the first: engine's thread

While the device is away the silence clock fills the fifo: zeros at the real rate, by the host clock, from
where the last sample ended. The engine's thread makes them itself when they are due, so nothing that a driver
does to the watchdog can hold up a hop.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from stemlight.analysis.feature_frame import HOP_LENGTH, SAMPLE_RATE
from stemlight.audio.capture import MAX_BLOCK_LENGTH, MIN_BLOCK_LENGTH, RING_S
from stemlight.audio.devices import choose_device
from stemlight.audio.hop_input import Counters, HopStamp, InputStatus
from stemlight.audio.ring_buffer import RingBuffer, Underrun
from stemlight.audio.wakeup import Wakeup
from stemlight.audio.watchdog import SoundSystem, Watchdog
from stemlight.errors import UserError

_FIFO_LENGTH = 2_048  # a hop, and what resampling one block may bring beyond it


class DeviceInput:
    """Hops of a sound device: the `HopInput` of a live show."""

    def __init__(
        self,
        device: str | int | None = None,
        channels: tuple[int, int] | None = None,
        block_length: int = 128,
        *,
        sound: SoundSystem | None = None,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`device`: as in `choose_device`. `channels`: left and right counted from 1, (3, 3) is mono.

        `block_length`: 64 to 2048 samples; small ones, because servers deliver several at a time.
        UserError for channels or a block length that no device has.
        """
        if not MIN_BLOCK_LENGTH <= block_length <= MAX_BLOCK_LENGTH:
            raise UserError(
                f"a block is {MIN_BLOCK_LENGTH} to {MAX_BLOCK_LENGTH} samples long, not {block_length}"
            )
        if channels and not 1 <= channels[0] <= channels[1]:
            raise UserError(
                f"channels count from 1 and the lower comes first, as in 3-4; not {channels[0]}-{channels[1]}"
            )
        self._query, self._channels, self._block_length = device, channels, block_length
        self._sound, self._now = sound or SoundSystem(), now
        self._counters, self._wakeup = Counters(), Wakeup()
        self._watchdog: Watchdog | None = None
        self._closed = False
        self._fifo = RingBuffer(_FIFO_LENGTH, 2)
        self._zeros = np.zeros((HOP_LENGTH, 1), np.float32)
        self._end_s = 0.0  # host time of the last sample in the fifo
        self._arrival_s = 0.0

    def start(self) -> None:
        """Choose the device, open it and begin. UserError says what is wrong with the choice."""
        by_index = isinstance(self._query, int)
        device = choose_device(self._query, self._sound.list_devices(by_index))
        channels = self._channels or (1, min(2, device.n_inputs))
        if channels[1] > device.n_inputs:
            raise UserError(
                f"{device.name!r} has {device.n_inputs} inputs, there is no channel {channels[1]}"
            )
        watchdog = Watchdog(
            device,
            channels,
            block_length=self._block_length,
            counters=self._counters,
            wakeup=self._wakeup,
            now=self._now,
            sound=self._sound,
        )
        watchdog.open()
        watchdog.start()
        self._watchdog = watchdog
        self._end_s = self._now()

    def wait_hop(self, timeout_s: float) -> bool:
        """Wait until a whole hop is there; False after `timeout_s` or `close`. Engine's thread."""
        deadline_s = self._now() + timeout_s
        while not self._closed and self._watchdog is not None:
            now_s = self._now()
            capture = self._watchdog.capture
            if capture is not None and capture.clock.has_begun:
                if capture.pull(self._fifo, HOP_LENGTH):
                    self._end_s, self._arrival_s = capture.pulled_host_s, capture.clock.arrival_s
                    return True
                due_s = deadline_s
            else:
                due_s = self._end_s + (HOP_LENGTH - self._fifo.available_read) / SAMPLE_RATE
                if now_s >= due_s:
                    self._fill_with_silence(due_s, now_s)
                    return True
            if now_s >= deadline_s:
                return False
            self._wakeup.wait(min(due_s, deadline_s) - now_s)
        return False

    def read_hop(self, out: NDArray[np.float32]) -> HopStamp:
        """Fill `out`, float32 (512, 2). Underrun where no hop is there. Engine's thread."""
        if self._fifo.available_read < HOP_LENGTH:
            raise Underrun("no whole hop is there yet; wait_hop says when")
        self._fifo.read(out)
        n_left = self._fifo.available_read
        capture = self._watchdog.capture if self._watchdog else None
        waiting_s = n_left / SAMPLE_RATE + (capture.available_s if capture else 0.0)
        return HopStamp(
            arrival_host_s=self._arrival_s,
            captured_host_s=self._end_s - n_left / SAMPLE_RATE,
            queue_hops=int(waiting_s * SAMPLE_RATE / HOP_LENGTH),
        )

    def close(self) -> None:
        """Give the device back; a `wait_hop` under way returns. Any thread but PortAudio's."""
        self._closed = True
        self._wakeup.set()
        watchdog, self._watchdog = self._watchdog, None
        if watchdog is not None:
            watchdog.close()

    @property
    def status(self) -> InputStatus:
        """How the device fares. Any thread."""
        watchdog = self._watchdog
        if watchdog is not None:
            return watchdog.status
        return self._counters.status("ended" if self._closed else "waiting", "closed" if self._closed else "")

    def _fill_with_silence(self, due_s: float, now_s: float) -> None:
        """Complete the hop with zeros up to `due_s`; who is very late starts again from now."""
        self._fifo.write(self._zeros[: HOP_LENGTH - self._fifo.available_read])
        if now_s - due_s > RING_S:  # as the ring would have: the oldest are dropped and counted
            self._counters.overflows += round((now_s - due_s) * SAMPLE_RATE)
            due_s = now_s
        self._end_s = due_s
        self._arrival_s = now_s
