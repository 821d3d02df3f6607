"""What the knobs and pads of one device do: a TOML file for each, in the folder of the settings.

A binding says which message moves which control. Files are written whole, keep what people wrote beside
the bindings, and are set aside under another name where they are broken: a show does not fail by a map.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from stemlight.bus.controls import Control, Value, control
from stemlight.errors import UserError
from stemlight.settings import settings_path
from stemlight.versioned_toml import Table, parse_versioned_toml
from stemlight.whole_file import whole_file

VERSION = 1

Message = Literal["note", "cc", "cc14", "pitch", "program"]
Mode = Literal["", "toggle", "hold", "relative"]
_TOP = {"note": 127, "cc": 127, "cc14": 31, "pitch": 0, "program": 127}  # highest number; cc14: of its MSB


@dataclass(frozen=True, slots=True)
class Binding:
    """One message and the control that it moves."""

    control: str
    message: Message
    channel: int  # 1..16
    number: int = 0  # of the note, the controller (cc14: of its upper seven bits) or the program
    mode: Mode = ""  # a switch: toggle (as a rule) or hold; a knob without ends: relative
    value: Value | None = None  # what a note or program sets the control to
    low: float = 0.0  # the part of the control's range that a knob goes through, 0..1 ...
    high: float = 1.0  # ... downwards if this is the lower one
    pickup: bool = True  # a knob moves nothing until it has come to where the control is
    light: bool = True  # the device is told how the control stands
    lit: int = 127  # what it is sent for on; on many pads the colour
    dark: int = 0

    @property
    def key(self) -> tuple[Message, int, int]:
        """The message. A device has one binding for each."""
        return (self.message, self.channel, self.number)

    def __str__(self) -> str:
        kind = {"cc": "CC", "cc14": "14-bit CC", "pitch": "pitch bend"}.get(self.message, self.message)
        number = "" if self.message == "pitch" else f" {self.number}"
        value = "" if self.value is None else f" = {self.value}"
        return f"{kind}{number} on channel {self.channel}: {self.control}{value}"


@dataclass(frozen=True, slots=True)
class DeviceMap:
    """All bindings of a device."""

    device: str
    bindings: tuple[Binding, ...] = ()


def maps_dir() -> Path:
    """Where the maps are; there may be no such folder."""
    return settings_path().parent / "midi"


def map_path(device: str, folder: Path) -> Path:
    """The file of a device's map."""
    return folder / (re.sub(r"[^a-z0-9]+", "-", device.lower()).strip("-") + ".toml")


def load_map(device: str, folder: Path) -> tuple[DeviceMap, str]:
    """A device's map, empty where it has none; and words where a broken file was set aside."""
    path = map_path(device, folder)
    try:
        return parse_map(path.read_text(encoding="utf-8"), path, device), ""
    except FileNotFoundError:
        return DeviceMap(device), ""
    except (UserError, UnicodeDecodeError) as error:
        aside = path.with_suffix(".broken.toml")
        path.replace(aside)
        return DeviceMap(device), f"{error}; set aside as {aside.name}"


def parse_map(text: str, source: Path, device: str = "") -> DeviceMap:
    """The map in `text`. UserError names `source`, the binding and the key that is wrong."""
    top = parse_versioned_toml(text, source, "a map", {VERSION: ("version", "device", "binding")})
    rows = top.rows("binding")
    names = [field.name for field in fields(Binding)]
    bindings = tuple(
        _binding(Table(row, "a binding", names, f"{source}: binding {i}: "))
        for i, (row, _) in enumerate(rows, 1)
    )
    return DeviceMap(top.text("device", device), bindings)


def bind(device: str, binding: Binding, folder: Path) -> int:
    """Adds a binding to a device's file; returns how many its message had. UserError where it cannot."""
    return _rewrite(device, folder, lambda row: _key(row) != binding.key, binding)


def forget(device: str, name: str, folder: Path) -> int:
    """Takes all bindings of a control out of a device's file; returns how many there were."""
    return _rewrite(device, folder, lambda row: row.get("control") != name, None)


def _rewrite(device: str, folder: Path, keeps: Any, added: Binding | None) -> int:
    import tomlkit
    from tomlkit.items import AoT

    load_map(device, folder)  # sets aside what is broken
    path = map_path(device, folder)
    if path.is_file():
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
    elif added is None:
        return 0
    else:
        document = tomlkit.document()
        document["version"] = VERSION
        document["device"] = device
    rows = document.get("binding", tomlkit.aot())
    assert isinstance(rows, AoT)  # parsed as a map above
    gone = [i for i, row in enumerate(rows) if not keeps(row)]
    for i in reversed(gone):
        del rows[i]
    if added is not None:
        row = tomlkit.table()
        for key, value in _as_table(added).items():
            row[key] = value
        rows.append(row)
        if "binding" not in document:
            document["binding"] = rows
    if gone or added is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot make the folder {folder}: {error.strerror or error}") from None
        with whole_file(path) as temporary:
            temporary.write_text(tomlkit.dumps(document), encoding="utf-8")
    return len(gone)


def _as_table(binding: Binding) -> dict[str, Any]:
    """What is not as a rule."""
    return {
        field.name: getattr(binding, field.name)
        for field in fields(Binding)
        if field.default is MISSING or getattr(binding, field.name) != field.default
    }


def _key(row: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return (row.get("message"), row.get("channel"), row.get("number", 0))


def _binding(table: Table) -> Binding:
    message: Message = table.choice("message", get_args(Message))
    try:
        target = control(table.text("control"))
    except KeyError as error:
        raise UserError(f"{table.where}{error.args[0]}; `stemlight controls` lists them") from None
    binding = Binding(
        control=target.name,
        message=message,
        channel=table.whole("channel", None, 1, 16),
        number=table.whole("number", 0, 0, _TOP[message]),
        mode=table.choice("mode", get_args(Mode)[1:]) if table.values.get("mode") else "",
        value=table.values.get("value"),
        low=table.number("low", 0.0, 0.0, 1.0),
        high=table.number("high", 1.0, 0.0, 1.0),
        pickup=table.flag("pickup", True),
        light=table.flag("light", True),
        lit=table.whole("lit", 127, 0, 127),
        dark=table.whole("dark", 0, 0, 127),
    )
    check_binding(binding, table.where.removesuffix(": "))
    return binding


def check_binding(binding: Binding, where: str) -> None:
    """What a binding sets must be something that its control can be. UserError begins with `where`."""
    target = control(binding.control)
    value, kind = binding.value, target.kind
    if value is None:
        needs_one = binding.message == "program" and kind != "trigger"
        if needs_one or (kind == "text" and binding.message == "note") or _is_free_text(target):
            raise UserError(f"{where}: value is missing: what {target.name} is set to")
        return
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    fits = {
        "trigger": False,
        "bool": isinstance(value, bool),
        "text": isinstance(value, str) and (not target.choices or value in target.choices),
        "float": is_number,
        "int": is_number,
    }[kind]
    if not fits:
        raise UserError(f"{where}: value is {value!r}; that is nothing {target.name} can be set to")


def _is_free_text(target: Control) -> bool:
    return target.kind == "text" and not target.choices
