"""PortAudio inside this process: one input or one output stream at a time, opened by name.

Imported late and asked for late: a machine without PortAudio renders files just as well.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from stemlight.errors import UserError

if TYPE_CHECKING:
    from stemlight.audio.devices import Device
    from stemlight.audio.stream_format import StreamFormat

# Nobody plays along with a file: rather late by a known time than broken. PulseAudio's own "high", 35 ms,
# broke on a machine with four times the work it can do.
OUTPUT_LATENCY_S = 0.15

# (samples, n_samples, PortAudio's times, PortAudio's flags), on PortAudio's thread
OnBlock = Callable[[Any, int, Any, Any], None]


class OpenStream(Protocol):
    """A running stream. `close` returns when no further callback will come."""

    latency_s: float  # as the driver reports it

    @property
    def active(self) -> bool:
        """False where PortAudio knows that the stream has ended; True says little."""

    def close(self) -> None:
        """Stop at once, whatever is left unplayed."""


def portaudio() -> ModuleType:
    """`sounddevice`; UserError says how to get PortAudio where its library is missing."""
    try:
        import sounddevice
    except OSError:
        raise UserError(
            "sound devices need the PortAudio library; to install it: `sudo apt install libportaudio2` "
            "(Debian, Ubuntu), `sudo dnf install portaudio` (Fedora), `sudo pacman -S portaudio` (Arch)"
        ) from None
    return sounddevice


def in_words(error: Exception) -> str:
    """PortAudio's `error` on one line, without its number and the call that met it."""
    words = re.sub(r" \[PaErrorCode -?\d+\]", "", " ".join(str(error).split()))
    return words.partition("Stream: ")[2] or words


def host_settings(host_api: str) -> Any:
    """What a host API must be told so that 44.1 kHz opens; None for most.

    Shared WASAPI takes its mixer's rate alone unless it is asked to convert.
    """
    return portaudio().WasapiSettings(auto_convert=True) if host_api == "Windows WASAPI" else None


def open_input_stream(device: Device, stream_format: StreamFormat, on_block: OnBlock) -> OpenStream:
    """`device`, running: each block of float32 (n_samples, n_channels) goes to `on_block`.

    Starts PortAudio anew, which sees devices plugged in since and ends any other stream of the process.
    UserError where the device is not there or does not open.
    """
    sounddevice = _restarted()
    hosts = [host["name"] for host in sounddevice.query_hostapis()]
    found = [
        entry["index"]
        for entry in sounddevice.query_devices()
        if entry["name"] == device.name and hosts[entry["hostapi"]] == device.host_api
    ]
    if not found:
        raise UserError(f"{device.name!r} is not there")
    return _Stream(
        sounddevice.InputStream,
        device=device.index if device.index in found else found[0],
        samplerate=stream_format.sample_rate_hz,
        channels=stream_format.n_channels,
        blocksize=stream_format.block_length,
        dtype="float32",
        latency="low",  # `latency=0.1` lost samples on PulseAudio, without a flag
        extra_settings=host_settings(device.host_api),
        callback=on_block,
    )


def open_output_stream(stream_format: StreamFormat, on_block: OnBlock) -> OpenStream:
    """The default output, running: `on_block` fills each block of float32 (n_samples, n_channels).

    UserError where there is none or it does not open.
    """
    sounddevice = _restarted()
    device = sounddevice.default.device[1]
    if device < 0:
        raise UserError("no sound output")
    host_api = sounddevice.query_hostapis(sounddevice.query_devices(device)["hostapi"])["name"]
    return _Stream(
        sounddevice.OutputStream,
        device=device,
        samplerate=stream_format.sample_rate_hz,
        channels=stream_format.n_channels,
        blocksize=stream_format.block_length,
        dtype="float32",
        latency=OUTPUT_LATENCY_S,
        extra_settings=host_settings(host_api),
        callback=on_block,
    )


def _restarted() -> ModuleType:
    fresh = "sounddevice" not in sys.modules
    sounddevice = portaudio()
    if not fresh:
        sounddevice._terminate()
        sounddevice._initialize()
    return sounddevice


class _Stream:
    def __init__(self, make: Callable[..., Any], **settings: Any) -> None:
        self._error = portaudio().PortAudioError
        try:
            self._stream = make(**settings)
        except (self._error, ValueError) as error:
            raise UserError(f"cannot open the sound device: {in_words(error)}") from None
        try:
            self._stream.start()
        except self._error as error:
            self._stream.close()
            raise UserError(f"cannot start the sound device: {in_words(error)}") from None
        self.latency_s = float(self._stream.latency)

    @property
    def active(self) -> bool:
        try:
            return bool(self._stream.active)
        except self._error:
            return False

    def close(self) -> None:
        self._stream.close(ignore_errors=True)
