"""What `stemlight midi` does without a show: lists devices and their maps, learns and forgets."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stemlight.bus.controls import Value, control
from stemlight.errors import UserError
from stemlight.midi.device_map import Binding, bind, check_binding, forget, load_map, map_path, parse_map
from stemlight.midi.learner import Learner, Learnt
from stemlight.midi.ports import MidiError, Ports, chosen

LOOK_S = 0.02


def list_devices(folder: Path, ports: Ports | None = None) -> list[dict[str, Any]]:
    """A row for each device: its name, whether it sends and hears, its map. UserError without MIDI."""
    try:
        ports = ports or Ports()
        inputs, outputs = ports.inputs(), ports.outputs()
    except MidiError as error:
        raise UserError(str(error)) from None
    return [
        {
            "device": name,
            "sends": name in inputs,
            "hears": name in outputs,
            "bindings": len(load_map(name, folder)[0].bindings),
            "map": str(map_path(name, folder)),
        }
        for name in dict.fromkeys([*inputs, *outputs])
    ]


def list_bindings(folder: Path) -> list[tuple[str, Binding]]:
    """Every binding of every map, with its device, plugged in or not. UserError names what is broken."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        if not path.stem.endswith(".broken"):
            device_map = parse_map(path.read_text(encoding="utf-8"), path, path.stem)
            found += [(device_map.device, binding) for binding in device_map.bindings]
    return found


def learn(
    name: str,
    value: str | None,
    wanted: str,
    seconds: float,
    folder: Path,
    *,
    ports: Ports | None = None,
    say: Callable[[str], None] = print,
) -> Learnt:
    """Binds what is moved first on a device that `wanted` means to a control, and saves it.

    `value`: what a pad sets the control to, as text. UserError where there is no such control or device, or
    nothing is moved for so many seconds. `say` is told when it listens.
    """
    try:
        target = control(name)
    except KeyError as error:
        raise UserError(f"{error.args[0]}; `stemlight controls` lists them") from None
    learner = Learner(target, _read(value) if value is not None else None)
    came = threading.Event()
    opened = []
    try:
        ports = ports or Ports()
        inputs = ports.inputs()
        devices = chosen(wanted, inputs)
        if not devices:
            raise UserError(f"no MIDI device named {wanted!r} is there; `stemlight midi` lists them")
        for device in devices:

            def receive(message: Any, device: str = device) -> None:
                if learner.see(device, message, time.perf_counter()):
                    came.set()

            opened.append(ports.open_input(inputs[device], receive))
        say(f"move what is to be {name}")
        learnt = _wait(learner, came, seconds)
    except MidiError as error:
        raise UserError(str(error)) from None
    finally:
        for port in opened:
            port.close()
    if learnt is None:
        raise UserError(f"nothing was moved for {seconds:.0f} s")
    check_binding(learnt.binding, f"{learnt.device}: {learnt.binding}")
    bind(learnt.device, learnt.binding, folder)
    return learnt


def forget_everywhere(name: str, folder: Path) -> int:
    """Takes a control out of every map; returns how many bindings there were."""
    devices = {device for device, binding in list_bindings(folder) if binding.control == name}
    return sum(forget(device, name, folder) for device in devices)


def _wait(learner: Learner, came: threading.Event, seconds: float) -> Learnt | None:
    ends_s = time.perf_counter() + seconds
    came.wait(seconds)
    while came.is_set() and time.perf_counter() < ends_s + 1.0:
        learnt = learner.learnt(time.perf_counter())
        if learnt:
            return learnt
        time.sleep(LOOK_S)
    return None


def _read(text: str) -> Value:
    """`true`, a number, or the text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text
