"""Turns TOML that people write into checked values; what is wrong is one line with the file and the key.

Presets and maps of controllers are such files: a version at the top, and no key that nobody reads.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from stemlight.errors import UserError

MAX_SHOWN = 60  # characters of a value in what is said of it


class Table:
    """One table of a file. Every reading method returns a value that holds, or raises UserError."""

    def __init__(self, values: Mapping[str, Any], kind: str, keys: Collection[str], where: str) -> None:
        """`where` stands before a key in what is said: `ember.toml: layers[0].`. Only `keys` may be there."""
        self.values = values
        self.where = where
        for key in values:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"{kind} has {', '.join(sorted(keys))}"
                raise UserError(f"{where}{_quoted(key)}: unknown key {shown(key)}; {hint}")

    def wrong(self, key: str, must: str) -> UserError:
        """What to raise where the value of `key` is not what it must be."""
        return UserError(f"{self.where}{_quoted(key)} is {shown(self.values.get(key))}; it {must}")

    def text(self, key: str, default: str | None = None) -> str:
        """One line of text; without a default it must be there and say something."""
        value = self.values.get(key, default)
        if value is None:
            raise UserError(f"{self.where}{key} is missing; it must be text")
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key, "must be text")
        if not value.isprintable():
            raise self.wrong(key, "must be one line of text")
        return value

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> Any:
        """One of `choices`."""
        value = self.values.get(key, default)
        if isinstance(value, str) and value in choices:
            return value
        must = f"must be one of {', '.join(choices)}"
        if value is None:
            raise UserError(f"{self.where}{key} is missing; it {must}")
        raise self.wrong(key, must)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number in [low, high]."""
        value = self.values.get(key, default)
        if not is_number(value) or not low <= value <= high:
            raise self.wrong(key, f"must be {low:g} to {high:g}")
        return float(value)

    def whole(self, key: str, default: int | None, low: int, high: int) -> int:
        """A whole number in [low, high]; without a default it must be there."""
        value = self.values.get(key, default)
        must = f"must be a whole number, {low} to {high}"
        if value is None:
            raise UserError(f"{self.where}{key} is missing; it {must}")
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(key, must)
        return value

    def table(self, key: str) -> Mapping[str, Any]:
        """A table of anything; empty where it is left out."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, f"must be a table of names and values; write [{key}]")
        return value

    def rows(self, key: str, most: int | None = None) -> list[tuple[Mapping[str, Any], str]]:
        """The tables of an array, each with what stands before its keys; none where it is left out."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self.wrong(key, f"must be tables; write [[{key}]]")
        if most is not None and len(value) > most:
            raise UserError(f"{self.where}{key} has {len(value)} tables; it must have {most} at most")
        return [(row, f"{self.where}{key}[{i}].") for i, row in enumerate(value)]


def parse_versioned_toml(text: str, source: Path, kind: str, keys: Mapping[int, Collection[str]]) -> Table:
    """The file's top table. `keys`: the ones of each version that is read; `kind`: what it is, with article.

    UserError where it is no TOML, of no such version, or has a key that its version has not.
    """
    try:
        values = tomllib.loads(text.removeprefix("\ufeff"))  # which some editors begin a file with
    except (ValueError, RecursionError) as error:  # ValueError also of numbers without end
        said = " ".join(str(error).split()) if isinstance(error, ValueError) else "nested too deeply"
        raise UserError(f"{source}: not TOML: {said}") from None
    version = values.get("version")
    if type(version) is not int or version not in keys:  # true is no version, though it is 1
        reads = " and ".join(str(known) for known in keys)
        raise UserError(f"{source}: version is {shown(version)}; this Stemlight reads {reads}")
    return Table(values, kind, keys[version], f"{source}: ")


def is_number(value: object) -> bool:
    """Whether it is a number that a float holds; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def shown(value: object) -> str:
    """A value as one short line."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of more digits than Python writes out
        return "a number without end"
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}..."


def _quoted(key: str) -> str:
    """A key as it would be written in the file."""
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else shown(key)
