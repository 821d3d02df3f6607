"""Keeps a device captured: opens it, notices when it has gone, waits for it by name and takes it back.

PortAudio says nothing when a PulseAudio or PipeWire source vanishes: for a second or two no block comes, then
the server hands the stream another source. So the watchdog looks for itself: no block for half a second, a
stream that says it ended, or nothing but exact zeros while the device is no longer listed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from stemlight.analysis.feature_frame import SAMPLE_RATE
from stemlight.audio import devices, portaudio
from stemlight.audio.capture import Capture
from stemlight.audio.devices import Device, Opening
from stemlight.audio.hop_input import Counters, InputStatus
from stemlight.audio.portaudio import OnBlock, OpenStream
from stemlight.audio.stream_format import StreamFormat
from stemlight.audio.wakeup import Wakeup
from stemlight.errors import UserError

NO_BLOCK_S = 0.5  # servers deliver in bursts of up to 50 ms; a vanished source leaves 1 to 2 s of nothing
FIRST_BLOCK_S = 5.0  # PulseAudio's first block took up to 1.9 s
SILENCE_S = 5.0  # exact zeros for so long are worth saying: a cable with a noise floor never sends them
LOOK_INTERVAL_S = 0.1
FIND_INTERVAL_S = 1.0  # between tries for a lost device; each is a process of 0.2 s
MAX_CHECK_INTERVAL_S = 60.0  # between looks whether a silent device is still listed; they start at SILENCE_S


@dataclass(frozen=True, slots=True)
class SoundSystem:
    """What the watchdog asks of the machine; tests ask another."""

    list_devices: Callable[[bool], list[Device]] = devices.list_devices
    probe: Callable[[Device, StreamFormat], Opening] = devices.probe
    open_input_stream: Callable[[Device, StreamFormat, OnBlock], OpenStream] = portaudio.open_input_stream


class Watchdog:
    """Owns the stream of one device, whichever it is this time. Its own thread, from `start` to `close`."""

    def __init__(
        self,
        device: Device,
        channels: tuple[int, int],
        *,
        block_length: int,
        counters: Counters,
        wakeup: Wakeup,
        now: Callable[[], float],
        sound: SoundSystem,
    ) -> None:
        self.capture: Capture | None = None  # None while the device is away; the engine's thread reads it
        self._device, self._channels = device, channels
        # Two at least: a server asked for one channel of a stereo source mixes both into it.
        n_channels = min(device.n_inputs, max(2, *channels))
        self._wanted_format = StreamFormat(SAMPLE_RATE, n_channels, block_length)
        self._counters, self._wakeup, self._now, self._sound = counters, wakeup, now, sound
        self._stream: OpenStream | None = None
        self._opened = ""  # how, in words
        self._reason = ""  # why the device is away
        self._next_try_s = 0.0
        self._check_at_zeros_s = SILENCE_S
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def open(self) -> None:
        """Open the device. UserError where it does not open."""
        opening = self._sound.probe(self._device, self._wanted_format)
        capture = Capture(opening.format, self._channels, self._counters, self._wakeup, self._now)
        self._stream = self._sound.open_input_stream(opening.device, opening.format, capture.on_block)
        self._device = opening.device
        left, right = self._channels
        picked = f"channels {left}-{right}" if left < right else f"channel {left}"
        self._opened = f"{opening.format.sample_rate_hz} Hz, {picked}"
        self._check_at_zeros_s = SILENCE_S
        self.capture = capture

    def start(self) -> None:
        """Look after the device from now on."""
        self._thread.start()

    def close(self) -> None:
        """Close the stream and end the thread."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(devices.CHILD_TIMEOUT_S)
        self._drop_stream()

    def look(self, now_s: float) -> None:
        """Look after the device once. Watchdog's thread."""
        capture = self.capture
        if capture is None:
            if now_s >= self._next_try_s:
                self._take_back()
                self._next_try_s = self._now() + FIND_INTERVAL_S
        elif trouble := self._trouble(capture, now_s):
            self._lose(trouble)
        elif capture.zeros_s < SILENCE_S:
            self._check_at_zeros_s = SILENCE_S
        elif capture.zeros_s >= self._check_at_zeros_s:
            self._check_at_zeros_s = capture.zeros_s + min(capture.zeros_s, MAX_CHECK_INTERVAL_S)
            if not self._is_listed():
                self._lose("it is gone")

    @property
    def status(self) -> InputStatus:
        """How the device fares, in words and counts. Any thread."""
        name = repr(self._device.name)
        capture, stream = self.capture, self._stream
        if capture is None or stream is None:
            return self._counters.status("waiting", f"waiting for {name} ({self._reason})")
        if not capture.clock.has_begun:
            return self._counters.status("waiting", f"waiting for the first sound of {name}")
        message = f"{name}, {self._opened}"
        if capture.zeros_s >= SILENCE_S:
            message = f"silence for {capture.zeros_s:.0f} s from {message}"
        return self._counters.status("running", message, stream.latency_s)

    def _run(self) -> None:
        while not self._closing.wait(LOOK_INTERVAL_S):
            self.look(self._now())

    def _take_back(self) -> None:
        try:
            self.open()
        except UserError as error:
            self._reason = str(error)
        else:
            self._counters.restarts += 1

    def _trouble(self, capture: Capture, now_s: float) -> str:
        """Why the stream must be given up; empty where it need not."""
        if self._stream is None or not self._stream.active:
            return "its stream ended"
        if capture.clock.has_begun:
            return "it sends nothing" if now_s - capture.clock.last_block_s > NO_BLOCK_S else ""
        return "it never sent anything" if now_s - capture.opened_s > FIRST_BLOCK_S else ""

    def _lose(self, reason: str) -> None:
        self._reason = reason
        self._drop_stream()
        self._next_try_s = self._now()
        self._wakeup.set()

    def _drop_stream(self) -> None:
        capture, self.capture = self.capture, None
        if capture is not None:
            capture.wanted = False
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _is_listed(self) -> bool:
        """Whether the device is still there, found out without disturbing its stream."""
        try:
            if devices.find_again(self._device, self._sound.list_devices(True)) is None:
                return False
        except UserError:  # the list did not come: that says nothing about the device
            return True
        if not self._device.is_shared_plugin:
            return True
        try:  # ALSA lists a plugin whether or not the server has its source: only opening it tells
            self._sound.probe(self._device, self._wanted_format)
        except UserError:
            return False
        return True
