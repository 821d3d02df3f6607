"""Reads where OSC goes and how: `--osc HOST:PORT[:PROFILE][?KEY=VALUE&...]`, or [[osc]] tables of a file.

[[osc]]
to = "127.0.0.1:7000"
on = true                # false: nothing is sent there
profile = "resolume"
offset_ms = -40          # beats leave this much later (early if positive), on top of beat.offset_ms
values = { "vocals.level" = "layer 1 opacity" }
triggers = { "drop" = "column 2", "kick" = "layer 3 clip 1" }
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode

from stemlight.bus.health import MAX_DESTINATIONS
from stemlight.errors import UserError
from stemlight.osc.names import near
from stemlight.osc.profiles import DEFAULT_PROFILE, profile_named
from stemlight.osc.resolume import Resync, TempoForm

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 0.1, 1000.0  # beyond 86 Hz it is every hop
LONGEST_OFFSET_MS = 2000.0
_PREFIX = re.compile(r"(/[A-Za-z0-9_.:-]+)*")


@dataclass(frozen=True, slots=True)
class OscDestination:
    """One receiver: where it is, what it is sent and how. None: as its profile has it."""

    host: str
    port: int
    profile: str = DEFAULT_PROFILE
    rate_hz: float | None = None  # of the levels, at most; events leave at once
    only_on_change: bool | None = None  # send what has changed, and everything once a second
    prefix: str = ""  # before every address
    offset_ms: float = 0.0  # beats are sent this much early, late if negative
    time_tags: bool = False  # bundles say when they hold, else "immediately"
    tempo: TempoForm = "normalised"  # this and the rest: profile `resolume`
    resync: Resync = "auto"
    values: tuple[tuple[str, str], ...] | None = None  # what moves -> where to; None: dashboard links
    triggers: tuple[tuple[str, str], ...] = ()  # what fires -> a clip, a column, an address

    @classmethod
    def parse(cls, text: str) -> OscDestination:
        """From `HOST:PORT[:PROFILE][?KEY=VALUE&...]`; IPv6 in brackets: `[::1]:9000`.

        Keys as in the file, but for the mappings. UserError says what is wrong.
        """
        where, _, query = text.partition("?")
        found = cls._place(where)
        try:
            pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []
        except ValueError:
            raise UserError(f"{text!r}: write what follows the ? as key=value&key=value") from None
        return _with(found, {key: _from_text(value) for key, value in pairs}, repr(text), _KEYS_IN_A_LINE)

    @classmethod
    def _place(cls, text: str) -> OscDestination:
        host, colon, rest = text[1:].partition("]:") if text.startswith("[") else text.partition(":")
        port, _, profile = rest.partition(":")
        if not (host and colon) or not port.isdecimal() or not 0 < int(port) < 65536:
            raise UserError(f"{text!r} is no OSC destination; write HOST:PORT, for example 127.0.0.1:9000")
        return cls(host, int(port), profile_named(profile or DEFAULT_PROFILE).name)

    @property
    def feed(self) -> OscDestination:
        """What is sent, wherever to: destinations with the same feed share their packets."""
        return replace(self, host="", port=0)

    @property
    def line(self) -> str:
        """All of it as `parse` reads it, but for the mappings."""
        settings = {key: value for key, value in self.as_table().items() if key in _KEYS_IN_A_LINE}
        words = {key: str(v).lower() if isinstance(v, bool) else str(v) for key, v in settings.items()}
        return f"{self}:{self.profile}" + (f"?{urlencode(words)}" if words else "")

    def as_table(self) -> dict[str, Any]:
        """Of what an [[osc]] table says: where to, the profile, and what is not as usual."""
        table: dict[str, Any] = {"to": str(self), "profile": self.profile}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _KEYS and value != field.default:
                table[field.name] = dict(value) if isinstance(value, tuple) else value
        return table

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def load_outputs(path: Path) -> tuple[OscDestination, ...]:
    """The [[osc]] tables of a file; other tables are for others. UserError names the file and the key."""
    try:
        content = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise UserError(f"no such file: {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is no TOML: {error}") from None
    for key in content:
        if key != "osc" and difflib.get_close_matches(key, ["osc"]):
            raise UserError(f"{path}: unknown key {key!r}; did you mean 'osc'?")
    return outputs_from_tables(content.get("osc", []), str(path))


def outputs_from_tables(tables: Any, where: str) -> tuple[OscDestination, ...]:
    """Destinations from what TOML made of [[osc]]; `where` names the file in errors."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UserError(f"{where}: osc is a list of tables; begin each with [[osc]]")
    found = [_from_table(table, f"{where}: osc {n}") for n, table in enumerate(tables, 1)]
    return checked_number([each for each, table in zip(found, tables, strict=True) if table.get("on", True)])


def checked_number(destinations: Sequence[OscDestination]) -> tuple[OscDestination, ...]:
    """The same, if there are not too many for a hop."""
    if len(destinations) > MAX_DESTINATIONS:
        raise UserError(f"at most {MAX_DESTINATIONS} OSC destinations, not {len(destinations)}")
    return tuple(destinations)


def _from_table(table: dict[str, Any], where: str) -> OscDestination:
    settings = dict(table)
    if not isinstance(settings.pop("on", True), bool):
        raise UserError(f"{where}: on is true or false, not {table['on']!r}")
    to = settings.pop("to", None)
    if not isinstance(to, str) or "?" in to:
        raise UserError(f'{where}: `to` says where, for example to = "127.0.0.1:9000"')
    found = OscDestination.parse(to)
    profile = settings.pop("profile", found.profile)
    if not isinstance(profile, str):
        raise UserError(f"{where}: profile is a text, not {profile!r}")
    try:
        found = replace(found, profile=profile_named(profile).name)
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    return _with(found, settings, where, _KEYS)


def _with(
    destination: OscDestination, settings: Mapping[str, Any], where: str, keys: Mapping[str, _Read]
) -> OscDestination:
    """The destination with settings read and checked."""
    changes: dict[str, Any] = {}
    for key, value in settings.items():
        if key not in keys:
            raise UserError(f"{where}: unknown key {key!r}{near(key, keys)}")
        if key in _OF_RESOLUME and destination.profile != "resolume":
            raise UserError(f"{where}: {key} belongs to the profile resolume, not to {destination.profile}")
        try:
            changes[key] = keys[key](value)
        except ValueError as error:
            raise UserError(f"{where}: {key} is {error}, not {value!r}") from None
    whole = replace(destination, **changes)
    try:
        table = profile_named(whole.profile).table(whole)
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    addresses = [row.address for row in table]
    for address in addresses:
        if addresses.count(address) > 1:
            raise UserError(f"{where}: {address} is sent two things; give each its own address")
    return whole


def _from_text(value: str) -> Any:
    """What TOML would have made of it."""
    if value in ("true", "false"):
        return value == "true"
    try:
        return float(value)
    except ValueError:
        return value


_Read = Callable[[Any], Any]  # ValueError says what it should have been


def _number(low: float, high: float) -> _Read:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        assert math.isfinite(value)
        return float(value)

    return read


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _prefix(value: Any) -> str:
    if not isinstance(value, str) or not _PREFIX.fullmatch(value):
        raise ValueError("the beginning of an address, such as /left")
    return value


def _one_of(choices: Sequence[str]) -> _Read:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return str(value)

    return read


def _mapping(value: Any) -> tuple[tuple[str, str], ...]:
    pairs = _flat(value) if isinstance(value, dict) else {"": None}
    if not all(isinstance(place, str) for place in pairs.values()):
        raise ValueError('a table of name = "where to"')
    return tuple(pairs.items())


def _flat(table: dict[str, Any], before: str = "") -> dict[str, Any]:
    """`vocals.level` may be written without quotes: TOML then makes a table of tables of it."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{before}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


_OF_RESOLUME = ("tempo", "resync", "values", "triggers")
_KEYS_IN_A_LINE: dict[str, _Read] = {
    "rate_hz": _number(LOWEST_RATE_HZ, HIGHEST_RATE_HZ),
    "only_on_change": _switch,
    "prefix": _prefix,
    "offset_ms": _number(-LONGEST_OFFSET_MS, LONGEST_OFFSET_MS),
    "time_tags": _switch,
    "tempo": _one_of(get_args(TempoForm)),
    "resync": _one_of(get_args(Resync)),
}
_KEYS: dict[str, _Read] = _KEYS_IN_A_LINE | {"values": _mapping, "triggers": _mapping}
