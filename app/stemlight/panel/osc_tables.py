"""The [[osc]] tables of a settings file, as the panel lists and changes them.

Written whole; the engine follows. Comments and everything else in the file stay.
A table that is wrong is listed with what is wrong with it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stemlight.errors import UserError
from stemlight.osc.outputs import OscDestination, outputs_from_tables
from stemlight.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class OscRow:
    """One table of the file."""

    table: Mapping[str, Any]
    on: bool
    destination: OscDestination | None  # None: it is wrong
    wrong: str = ""

    @property
    def to(self) -> str:
        """HOST:PORT as it is written."""
        return str(self.table.get("to", "?"))


@dataclass(frozen=True, slots=True)
class Removed:
    """A table that was taken out, with its comments, and where from."""

    place: int
    item: Any  # tomlkit's
    to: str


def read_rows(path: Path) -> list[OscRow]:
    """All tables of the file; none where there is no file. UserError where it cannot be read."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("osc", [])
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    return [_row(table) for table in tables] if isinstance(tables, list) else []


def add(path: Path, table: Mapping[str, Any]) -> None:
    """One more. UserError where it is wrong, or the file cannot be written."""
    _check(table)
    _rewrite(path, lambda tables: tables.append(_as_item(table)))


def change(path: Path, place: int, values: Mapping[str, Any], was: Mapping[str, Any] | None = None) -> None:
    """Sets values of the table at `place`, None to leave one out. UserError as in `add`.

    `was`: the table as the person saw it; UserError if it is another one now.
    """
    before = _table_at(path, place, was)
    after = {key: value for key, value in {**before, **values}.items() if value is not None}
    _check(after)

    def set_values(tables: Any) -> None:
        for key, value in values.items():
            if value is None:
                tables[place].pop(key, None)
            else:
                tables[place][key] = value

    _rewrite(path, set_values)


def remove(path: Path, place: int, was: Mapping[str, Any] | None = None) -> Removed:
    """Takes the table at `place` out; `put_back` undoes it. UserError as in `change`."""
    to = str(_table_at(path, place, was).get("to", "?"))
    taken: list[Any] = []

    def take(tables: Any) -> None:
        taken.append(tables[place])
        del tables[place]

    _rewrite(path, take)
    return Removed(place, taken[0], to)


def put_back(path: Path, removed: Removed) -> None:
    """The table where it was, as it was. UserError where the file cannot be written."""

    def insert(tables: Any) -> None:
        tables.insert(min(removed.place, len(tables)), removed.item)

    _rewrite(path, insert)


def _table_at(path: Path, place: int, was: Mapping[str, Any] | None) -> Mapping[str, Any]:
    rows = read_rows(path)
    if place >= len(rows) or (was is not None and rows[place].table != was):
        raise UserError(f"{path.name} was written by somebody else meanwhile: look again")
    return rows[place].table


def _row(table: Any) -> OscRow:
    if not isinstance(table, dict):
        return OscRow({}, False, None, "begin each with [[osc]]")
    on = table.get("on", True) is True
    try:
        (destination,) = outputs_from_tables([{**table, "on": True}], "")
    except UserError as error:
        return OscRow(table, on, None, _reason(error))
    return OscRow(table, on, destination)


def _check(table: Mapping[str, Any]) -> None:
    row = _row(dict(table))
    if row.wrong:
        raise UserError(row.wrong)


def _reason(error: UserError) -> str:
    """Without the place in a file that a person has never seen."""
    return str(error).removeprefix(": osc 1: ")


def _as_item(table: Mapping[str, Any]) -> Any:
    import tomlkit

    item = tomlkit.table()
    for key, value in table.items():
        item[key] = value
    return item


def _rewrite(path: Path, change_tables: Callable[[Any], object]) -> None:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import AoT

    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        document = tomlkit.parse(text)
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise UserError(f"cannot change {path}: {error}") from None
    tables = document.get("osc", tomlkit.aot())
    if not isinstance(tables, AoT):
        raise UserError(f"cannot change {path}: begin each destination with [[osc]]")
    change_tables(tables)
    if "osc" in document and not len(tables):
        del document["osc"]
    elif "osc" not in document:
        document["osc"] = tables
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as temporary:
            temporary.write_text(tomlkit.dumps(document), encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from None
