"""Devices: what is worth showing, and the one that was meant or none."""

from __future__ import annotations

import builtins
import json
import subprocess
import sys

import pytest
from stemlight.audio import devices, portaudio
from stemlight.audio.devices import Device, choose_device, find_again, list_devices, useful
from stemlight.errors import UserError


def made(*names: str, host_api: str = "ALSA", default: str = "") -> list[Device]:
    return [Device(i, name, host_api, 2, 48_000, name == default) for i, name in enumerate(names)]


LAPTOP = made(
    "HDA Intel PCH: ALC3246 Analog (hw:0,0)",
    "USB Audio: - (hw:1,0)",
    "USB Audio CODEC: - (hw:2,0)",
    "pulse",
    "default",
    default="default",
)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("USB Audio: - (hw:1,0)", "USB Audio: - (hw:1,0)"),
        ("usb audio codec", "USB Audio CODEC: - (hw:2,0)"),
        ("USB Audio", "USB Audio: - (hw:1,0)"),  # more of that name is asked for than of the other's
        ("alc3246", "HDA Intel PCH: ALC3246 Analog (hw:0,0)"),
        ("default", "default"),
        (None, "default"),
        ("", "default"),
        ("Pulse", "pulse"),
        (2, "USB Audio CODEC: - (hw:2,0)"),
        (" 2 ", "USB Audio CODEC: - (hw:2,0)"),
        ("USB Audio CODEC: - (hw:7,0)", "USB Audio CODEC: - (hw:2,0)"),  # plugged in elsewhere since
    ],
)
def test_chooses_the_one_meant(query, name):
    assert choose_device(query, LAPTOP).name == name


def test_a_whole_name_finds_the_longest_one_that_was_cut_off():
    names = ("Line (Scarlett", "Line (Scarlett 2i2 USB Audio In", "Line")
    assert choose_device("Line (Scarlett 2i2 USB Audio Interface)", made(*names)).name == names[1]


@pytest.mark.parametrize("query", ["Scarlett", "USB Audio 2000 of another make", 17, "17"])
def test_never_another_one(query):
    with pytest.raises(UserError, match="there is "):
        choose_device(query, LAPTOP)


def test_a_name_mistyped_is_told_the_nearest_first():
    with pytest.raises(UserError, match=r"called 'pulze'; there is 'pulse'"):
        choose_device("pulze", LAPTOP)


def test_without_a_default_it_asks():
    with pytest.raises(UserError, match="no default sound input; there is 'a', 'b'"):
        choose_device("default", made("a", "b"))


def test_without_any_input_it_says_so():
    with pytest.raises(UserError, match="lists none"):
        choose_device("default", [])


def test_every_error_is_one_line():
    with pytest.raises(UserError) as caught:
        choose_device("nothing", made(*(f"device {i}" for i in range(20))))
    assert "\n" not in str(caught.value)
    assert "12 more" in str(caught.value)


def test_alsa_plugins_and_outputs_are_hidden():
    listed = made(
        "sysdefault", "front:CARD=PCH,DEV=0", "surround51", "dmix", "lavrate", "speexrate", "upmix", "null",
        "USB Audio: - (hw:1,0)", "desk", "default", "pipewire", "jackdaw",
    )  # fmt: skip
    listed.append(Device(20, "HDMI", "ALSA", 0, 48_000, False))
    shown = [device.name for device in useful(listed)]
    assert shown == ["USB Audio: - (hw:1,0)", "desk", "default", "pipewire", "jackdaw"]


def test_windows_shows_each_device_once():
    cut = made("Line (Scarlett 2i2 USB Audio In", "Microsoft Sound Mapper - Input", host_api="MME")
    doubles = made("Line (Scarlett 2i2 USB Audio Interface)", host_api="Windows DirectSound")
    wasapi = made("Line (Scarlett 2i2 USB Audio Interface)", host_api="Windows WASAPI")
    asio = made("Focusrite USB ASIO", host_api="ASIO")
    assert useful(cut + doubles + wasapi + asio) == wasapi + asio
    assert useful(cut) == cut  # better an old door than none


def test_a_device_is_found_again_by_name_whatever_its_number():
    usb = LAPTOP[1]
    moved = made("default", "USB Audio CODEC: - (hw:1,0)", "USB Audio: - (hw:3,0)")
    assert find_again(usb, moved) is moved[2]
    assert find_again(usb, moved[:2]) is None
    assert find_again(usb, made("USB Audio: - (hw:1,0)", host_api="OSS")) is None


def test_of_twins_the_one_least_changed_is_found():
    twins = made("USB Audio: - (hw:1,0)", "USB Audio: - (hw:2,0)")
    assert find_again(twins[1], twins) is twins[1]
    assert find_again(twins[1], list(reversed(twins))) is twins[1]


@pytest.mark.parametrize(
    ("output", "match"),
    [
        (b"", "broke down"),
        (b"Segmentation", "broke down"),
        (json.dumps({"error": "no PortAudio"}).encode(), "no PortAudio"),
    ],
)
def test_a_listing_that_fails_is_one_line(monkeypatch, output, match):
    answer = subprocess.CompletedProcess([], 0, stdout=output, stderr=b"ALSA lib ...")
    monkeypatch.setattr(devices.subprocess, "run", lambda *args, **settings: answer)
    with pytest.raises(UserError, match=match) as caught:
        list_devices()
    assert "\n" not in str(caught.value)


def test_a_sound_system_that_hangs_is_given_up(monkeypatch):
    def hang(command, **settings):
        raise subprocess.TimeoutExpired(command, settings["timeout"])

    monkeypatch.setattr(devices.subprocess, "run", hang)
    with pytest.raises(UserError, match="did not answer within 15 s"):
        list_devices()


def test_without_the_portaudio_library_it_says_what_to_install(monkeypatch):
    whole_import = builtins.__import__

    def without(name, *args, **settings):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return whole_import(name, *args, **settings)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UserError, match="apt install libportaudio2"):
        portaudio.portaudio()


def test_listing_needs_neither_numpy_nor_sounddevice_here():
    code = "import sys, stemlight.audio.devices; print('numpy' in sys.modules, 'sounddevice' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]
