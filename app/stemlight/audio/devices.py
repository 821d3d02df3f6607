"""Lists the machine's sound inputs, chooses one by name, and finds out how it can be opened.

PortAudio freezes its device list when it starts, and starting it anew kills every stream of the process. So
all looking and trying happens in a child process (`python -m stemlight.audio.devices`): running streams are
never disturbed, and what drivers print while they fail goes nowhere.
"""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from stemlight.audio.portaudio import host_settings, in_words, portaudio
from stemlight.audio.real_time import leave_real_time
from stemlight.audio.stream_format import StreamFormat
from stemlight.errors import UserError

CHILD_TIMEOUT_S = 15.0  # a listing takes 0.2 s; slow drivers (JACK, ASIO, Bluetooth) take seconds
# Rates that interfaces run at, after the one wanted and the device's own.
COMMON_RATES_HZ = (48_000, 96_000, 88_200, 192_000, 176_400, 32_000, 22_050, 16_000, 8_000)
# ALSA lists its plugins and the parts of surround cards as devices; none is something one plugs into.
_ALSA_PLUGINS = re.compile(
    r"(sysdefault|front|rear|side|center_lfe|surround\d\d|iec958|spdif|hdmi|modem|phoneline|dmix|dsnoop"
    r"|lavrate|samplerate|speexrate|speex|upmix|vdownmix|usbstream|oss|null|jack)($|[:,])"
)
# Older doors to what WASAPI lists under its whole name, which MME cuts off.
_WINDOWS_DOUBLES = ("MME", "Windows DirectSound", "Windows WDM-KS")
_MME_NAME_LENGTH = 31
_ALSA_CARD = re.compile(r"[: -]*\(hw:\d+,\d+\)$")  # changes when the card is plugged in again


@dataclass(frozen=True, slots=True)
class Device:
    """One sound input as PortAudio lists it."""

    index: int
    name: str
    host_api: str
    n_inputs: int
    default_rate_hz: int
    is_default: bool

    @property
    def is_shared_plugin(self) -> bool:
        """An ALSA name that a sound server stands behind: any number of streams may open it."""
        return self.host_api == "ALSA" and "(hw:" not in self.name

    def is_same(self, other: Device) -> bool:
        """Whether `other` is this device, perhaps plugged in again: same name and host API, index aside."""
        return (self.host_api, _ALSA_CARD.sub("", self.name)) == (
            other.host_api,
            _ALSA_CARD.sub("", other.name),
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """A device as it is listed now, and a format that it opens with."""

    device: Device
    format: StreamFormat


def list_devices(hidden: bool = False) -> list[Device]:
    """The machine's inputs as they are now; with `hidden`, also aliases and plugins of little use.

    Takes some 0.2 s in a child process and disturbs no running stream. UserError without PortAudio.
    """
    devices = [Device(**entry) for entry in _ask_child("list")["devices"]]
    return devices if hidden else useful(devices)


def useful(devices: Sequence[Device]) -> list[Device]:
    """`devices` without outputs, ALSA's plugins and Windows' second names of one device."""
    has_wasapi = any(device.host_api == "Windows WASAPI" and device.n_inputs for device in devices)
    return [
        device
        for device in devices
        if device.n_inputs
        and not (device.host_api == "ALSA" and _ALSA_PLUGINS.match(device.name))
        and not (has_wasapi and device.host_api in _WINDOWS_DOUBLES)
    ]


def choose_device(query: str | int | None, devices: Sequence[Device]) -> Device:
    """The device of `devices` that `query` means: an index, `default` (or None), or a name.

    Of a name, letter case aside: the device called so; else, of those with `query` in their name, the one of
    whose name it is the most; else the one that was called so before its card number changed or its name was
    cut off, the longest such name. UserError names what there is, the nearest first. Never another one.
    """
    if isinstance(query, str) and query.strip().isdigit():
        query = int(query)
    if isinstance(query, int):
        for device in devices:
            if device.index == query:
                return device
        raise UserError(f"no sound input has the number {query}; {_there_is(devices)}")
    wanted = (query or "default").strip().casefold()
    if wanted == "default":
        for device in devices:
            if device.is_default:
                return device
    named = [(device.name.casefold(), device) for device in devices]
    for name, device in named:
        if name == wanted:
            return device
    if wanted == "default":
        raise UserError(f"this machine has no default sound input; {_there_is(devices)}")
    inside = [(len(name), device) for name, device in named if wanted in name]
    if inside:
        return min(inside, key=lambda entry: (entry[0], not entry[1].is_default, entry[1].index))[1]
    card = _ALSA_CARD.sub("", wanted)
    begins = [
        (len(name), device)
        for name, device in named
        if _ALSA_CARD.sub("", name) == card or (len(name) >= _MME_NAME_LENGTH and wanted.startswith(name))
    ]
    if begins:
        return max(begins, key=lambda entry: (entry[0], entry[1].is_default, -entry[1].index))[1]
    raise UserError(f"no sound input is called {query!r}; {_there_is(devices, wanted)}")


def find_again(device: Device, devices: Sequence[Device]) -> Device | None:
    """`device` in a later list: of those that are the same, the one least changed; None where it is gone."""
    same = [other for other in devices if device.is_same(other)]
    same.sort(key=lambda other: (other.name != device.name, other.index != device.index))
    return same[0] if same else None


def probe(device: Device, wanted: StreamFormat) -> Opening:
    """Find `device` as it is listed now and the format nearest to `wanted` that it really opens with.

    Its rate matters more than its width, which may come out larger. Opens and closes the device in a child
    process. UserError where it is not there or does not open.
    """
    answer = _ask_child("open", {"device": asdict(device), "format": asdict(wanted)})
    return Opening(Device(**answer["device"]), StreamFormat(**answer["format"]))


def _there_is(devices: Sequence[Device], near: str = "") -> str:
    if not devices:
        return "this machine lists none (is one plugged in, and may you use it?)"
    names = [device.name for device in devices]
    folded = {name.casefold(): name for name in names}
    nearest = [folded[name] for name in difflib.get_close_matches(near, folded, n=3, cutoff=0.5)]
    ordered = list(dict.fromkeys(nearest + names))
    more = "" if len(ordered) <= 8 else f" and {len(ordered) - 8} more"
    return "there is " + ", ".join(repr(name) for name in ordered[:8]) + more


def _ask_child(task: str, argument: dict[str, Any] | None = None) -> dict[str, Any]:
    # -P: what lies in the folder one happens to be in is not imported.
    command = [sys.executable, "-P", "-m", "stemlight.audio.devices", task, json.dumps(argument)]
    try:
        child = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=CHILD_TIMEOUT_S, check=False
        )
        answer: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        raise UserError(
            f"the sound system did not answer within {CHILD_TIMEOUT_S:.0f} s; restart it or unplug the device"
        ) from None
    except (OSError, IndexError, json.JSONDecodeError):
        raise UserError("the sound system's driver broke down while listing devices; try again") from None
    if "error" in answer:
        raise UserError(answer["error"])
    return answer


def _list_here() -> list[Device]:
    sounddevice = portaudio()
    hosts = [host["name"] for host in sounddevice.query_hostapis()]
    default_index = sounddevice.default.device[0]
    return [
        Device(
            index=entry["index"],
            name=entry["name"],
            host_api=hosts[entry["hostapi"]],
            n_inputs=entry["max_input_channels"],
            default_rate_hz=round(entry["default_samplerate"]),
            is_default=entry["index"] == default_index,
        )
        for entry in sounddevice.query_devices()
    ]


def _open_here(device: Device, wanted: StreamFormat) -> Opening:
    sounddevice = portaudio()
    here = find_again(device, _list_here())
    if here is None:
        raise UserError(f"{device.name!r} is not there")
    rates_hz = dict.fromkeys((wanted.sample_rate_hz, here.default_rate_hz, *COMMON_RATES_HZ))
    widths = dict.fromkeys((wanted.n_channels, here.n_inputs))  # some drivers open with all channels or not
    reason = ""
    for rate_hz in rates_hz:
        for n_channels in widths:
            try:
                sounddevice.RawInputStream(
                    device=here.index,
                    samplerate=rate_hz,
                    channels=n_channels,
                    blocksize=wanted.block_length,
                    dtype="float32",
                    latency="low",
                    extra_settings=host_settings(here.host_api),
                ).close()
            except (sounddevice.PortAudioError, ValueError) as error:
                reason = reason or in_words(error)
            else:
                return Opening(here, StreamFormat(rate_hz, n_channels, wanted.block_length))
    raise UserError(f"cannot open {device.name!r}: {reason}")


def _main(task: str, argument: str) -> dict[str, Any]:
    if task == "list":
        return {"devices": [asdict(device) for device in _list_here()]}
    asked = json.loads(argument)
    return asdict(_open_here(Device(**asked["device"]), StreamFormat(**asked["format"])))


if __name__ == "__main__":
    try:
        leave_real_time()  # looking around can wait for the music
        print(json.dumps(_main(*sys.argv[1:])))
    except UserError as error:
        print(json.dumps({"error": str(error)}))
