"""`--input`: what each kind of name means."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import soundfile
from stemlight.audio.band_loop import TestInput
from stemlight.audio.device_input import DeviceInput
from stemlight.audio.hop_input import HopInput, open_input, split_channels
from stemlight.audio.paced_file import PacedFile
from stemlight.errors import UserError


@pytest.mark.parametrize(
    ("name", "device", "channels"),
    [
        ("Scarlett", "Scarlett", None),
        ("Scarlett@3-4", "Scarlett", (3, 4)),
        ("Scarlett@3", "Scarlett", (3, 3)),
        ("USB Audio: - (hw:1,0)@1-2", "USB Audio: - (hw:1,0)", (1, 2)),
        ("default@2", "default", (2, 2)),
        ("@7-8", "default", (7, 8)),
        ("me@home", "me@home", None),
        ("3", "3", None),
        ("3@5-6", "3", (5, 6)),
    ],
)
def test_channels_follow_an_at_sign(name, device, channels):
    assert split_channels(name) == (device, channels)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("test", TestInput), ("default", DeviceInput), ("Scarlett@3-4", DeviceInput), ("2", DeviceInput)],
)
def test_names_and_what_they_open(name, kind):
    opened: HopInput = open_input(name)
    assert isinstance(opened, kind)
    opened.close()


def test_a_path_is_a_file(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "song.wav", np.zeros((44_100, 2)), 44_100)
    monkeypatch.chdir(tmp_path)
    for name in ("song.wav", str(tmp_path / "song.wav"), "./song.wav"):
        opened = open_input(name, mute=True)
        assert isinstance(opened, PacedFile)
        opened.close()


@pytest.mark.parametrize("name", ["nonesuch.flac", "folder/nonesuch"])
def test_a_file_that_is_not_there_is_no_device(name):
    with pytest.raises(UserError, match="no such file"):
        open_input(name)


def test_nothing_heavy_is_imported_to_know_what_an_input_is():
    heavy = ("sounddevice", "av", "soundfile", "samplerate", "soxr", "scipy")
    code = f"import sys, stemlight.audio.hop_input; print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
