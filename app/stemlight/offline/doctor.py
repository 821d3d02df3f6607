"""What this machine has for the show, and what to do about each lack."""

from __future__ import annotations

import importlib.util
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

from stemlight.errors import UserError

DEFAULT_OSC_IN_PORT = 7_700  # free of Resolume (7000), TouchDesigner (10000), MadMapper (8000), VRChat (9000)
PROBE_S = 30.0  # a graphics driver's first start can take seconds; more is a hang


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the show needs or is better with."""

    name: str
    state: Literal["ok", "warning", "missing"]
    found: str
    advice: str = ""

    def as_json(self) -> dict[str, str]:
        """For `--json`."""
        return asdict(self)


def examine() -> list[Finding]:
    """Every finding, in the order of the line of data. Looks only; changes nothing."""
    probes = (_python, _sound, _models, _priority, _osc_port, _link, _midi, _graphics, _display, _scenes)
    return [_examined(probe) for probe in probes]


def _examined(probe: Callable[[], Finding]) -> Finding:
    try:
        return probe()
    except UserError as error:
        return Finding(probe.__name__.strip("_"), "missing", str(error))


def _python() -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} on {platform.platform(terse=True)}")


def _sound() -> Finding:
    from stemlight.audio.devices import list_devices

    devices = list_devices()
    if not devices:
        return Finding(
            "sound input",
            "warning",
            "PortAudio works and sees no input",
            "plug in an interface; files and `--input test` work without one",
        )
    default = next((device.name for device in devices if device.is_default), devices[0].name)
    return Finding("sound input", "ok", f"{len(devices)} input(s), default {default!r}")


def _models() -> Finding:
    from stemlight.analysis.networks import load_chosen
    from stemlight.model_folders import chosen_models
    from stemlight.settings import settings_path

    folders = chosen_models()
    load_chosen(folders)
    where = f"; settings: {settings_path()}" if settings_path().is_file() else ""
    return Finding("models", "ok", f"{folders} load as their manifests say{where}")


def _priority() -> Finding:
    # Asked for in a thread that ends at once: this process keeps its own priority.
    from concurrent.futures import ThreadPoolExecutor

    from stemlight.priority import raise_priority

    with ThreadPoolExecutor(1) as pool:
        granted = pool.submit(raise_priority).result()
    if granted.real_time:
        return Finding("real-time priority", "ok", granted.words)
    advice = (
        "add `@audio - rtprio 20` to /etc/security/limits.d/audio.conf, join the group audio, log in again"
        if sys.platform.startswith("linux")
        else "the show runs without it; keep other heavy programs closed"
    )
    return Finding("real-time priority", "warning", granted.words, advice)


def _osc_port() -> Finding:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        try:
            udp.bind(("127.0.0.1", DEFAULT_OSC_IN_PORT))
        except OSError as error:
            return Finding(
                "OSC in port",
                "warning",
                f"{DEFAULT_OSC_IN_PORT} is taken ({error.strerror})",
                "choose another with --osc-in PORT",
            )
    return Finding("OSC in port", "ok", f"{DEFAULT_OSC_IN_PORT} is free")


def _link() -> Finding:
    if importlib.util.find_spec("link"):
        return Finding("Ableton Link", "ok", "installed")
    return Finding("Ableton Link", "warning", "not installed", "pip install 'stemlight[link]'")


def _midi() -> Finding:
    from stemlight.midi.ports import MidiError, Ports

    try:
        names = list(Ports().inputs())
    except MidiError as error:
        return Finding("MIDI", "warning", str(error), "controllers and MIDI clock need it, nothing else does")
    return Finding("MIDI", "ok", f"{len(names)} input(s){': ' if names else ''}{', '.join(names)}")


def _graphics() -> Finding:
    # In a child: a broken driver takes the process down with it, and EGL must not meet a window's GL.
    code = (
        "from stemlight.stage.offscreen import OffscreenContext\n"
        "info = OffscreenContext((16, 16)).context.info\n"
        "print(info['GL_RENDERER'], '|', info['GL_VERSION'])"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=PROBE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding(
            "OpenGL", "missing", f"the driver did not answer in {PROBE_S:.0f} s", "update its driver"
        )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["the driver crashed"])[-1]
        return Finding("OpenGL", "missing", last, "install libgl1 and libegl1, or the graphics card's driver")
    found = done.stdout.strip()
    if "llvmpipe" in found.lower():
        return Finding(
            "OpenGL", "warning", found, "pictures are computed on the CPU: fine for tests, slow on stage"
        )
    return Finding("OpenGL", "ok", found)


def _display() -> Finding:
    if not sys.platform.startswith("linux"):
        return Finding("display", "ok", sys.platform)
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        if os.environ.get(variable):
            return Finding("display", "ok", f"{variable}={os.environ[variable]}")
    return Finding(
        "display", "warning", "none", "run from a desktop for a window; render, analyze and split need none"
    )


def _scenes() -> Finding:
    from stemlight.preset.library import load_preset, preset_paths, scene_paths, user_presets_dir

    broken = []
    for path in preset_paths():
        try:
            load_preset(str(path))
        except UserError as error:
            broken.append(str(error))
    found = f"{len(scene_paths())} scenes, {len(preset_paths())} presets; your own go to {user_presets_dir()}"
    if broken:
        return Finding("scenes and presets", "warning", found, "; ".join(broken))
    return Finding("scenes and presets", "ok", found)
