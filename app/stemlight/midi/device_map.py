"""What the knobs and pads of one device do: a TOML file for each, in the folder of the settings.

A binding says which message moves which control. Files are written whole, keep what people wrote beside
the bindings, and are set aside under another name where they are broken: a show does not fail by a map.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from stemlight.bus.controls import Control, Value, control
from stemlight.errors import UserError
from stemlight.settings import settings_path
from stemlight.whole_file import whole_file

VERSION = 1

Message = Literal["note", "cc", "cc14", "pitch", "program"]
Mode = Literal["", "toggle", "hold", "relative"]
_KEYS = {"version", "device", "binding"}
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
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{source}: not TOML: {error}") from None
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise UserError(f"{source}: unknown key {unknown[0]!r}; a map has {', '.join(sorted(_KEYS))}")
    if document.get("version") != VERSION:
        raise UserError(f"{source}: version is {document.get('version')!r}; this Stemlight reads {VERSION}")
    rows = document.get("binding", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UserError(f"{source}: bindings are tables; write [[binding]]")
    bindings = tuple(_binding(row, f"{source}: binding {i}") for i, row in enumerate(rows, 1))
    return DeviceMap(str(document.get("device", device)), bindings)


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


def _binding(row: Mapping[str, Any], where: str) -> Binding:
    names = [field.name for field in fields(Binding)]
    unknown = sorted(set(row) - set(names))
    if unknown:
        raise UserError(f"{where}: unknown key {unknown[0]!r}; a binding has {', '.join(names)}")
    for key in ("control", "message", "channel"):
        if key not in row:
            raise UserError(f"{where}: {key} is missing")
    try:
        control(str(row["control"]))
    except KeyError as error:
        raise UserError(f"{where}: {error.args[0]}; `stemlight controls` lists them") from None
    message = row["message"]
    if message not in get_args(Message):
        raise UserError(f"{where}: message is {message!r}; it is one of {', '.join(get_args(Message))}")
    if row.get("mode", "") not in get_args(Mode):
        raise UserError(f"{where}: mode is {row['mode']!r}; it is one of {', '.join(get_args(Mode)[1:])}")
    for key, low, high in (
        ("channel", 1, 16),
        ("number", 0, _TOP[message]),
        ("lit", 0, 127),
        ("dark", 0, 127),
    ):
        value = row.get(key, low)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise UserError(f"{where}: {key} is {value!r}; it is {low} to {high}")
    for key in ("low", "high"):
        value = row.get(key, 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
            raise UserError(f"{where}: {key} is {value!r}; it is 0 to 1, a part of the control's range")
    for key in ("pickup", "light"):
        if not isinstance(row.get(key, True), bool):
            raise UserError(f"{where}: {key} is {row[key]!r}; it is true or false")
    binding = Binding(**row)
    check_binding(binding, where)
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
