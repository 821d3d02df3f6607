"""Turns the table of controls and the table of OSC addresses into the tree that OSCQuery shows.

A node is what the OSCQuery proposal (Vidvox, 2018) calls one: a dictionary of attributes. Everything but
its value stands here once and for all; values are read when somebody asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from stemlight.analysis.feature_frame import BANDS, DRUM_PARTS, STEMS, columns_by_name
from stemlight.bus.controls import CONTROLS, Control
from stemlight.osc.receiver import CONTROL_ROOT
from stemlight.osc.schema import OscAddress, stemlight_table

# The attributes that may stand in a query or in EXTENSIONS.
REQUIRED = ("FULL_PATH", "CONTENTS", "TYPE")
OPTIONAL = ("ACCESS", "VALUE", "RANGE", "DESCRIPTION", "TAGS", "UNIT", "CRITICAL", "CLIPMODE")

# What the proposal calls our units (its units.md); the others it has no word for.
_UNITS = {"s": "time.second", "ms": "time.ms", "bpm": "time.bpm", "dB": "gain.db", "LUFS": "gain.db"}
_CONTROL_UNITS = {"_db": "gain.db", "_ms": "time.ms", "_bpm": "time.bpm", "_s": "time.second"}
_CONTROL_TYPES = {"float": "f", "int": "i", "bool": "T", "trigger": "N", "text": "s"}
_FAMILY_TAGS = dict.fromkeys(BANDS, "band") | dict.fromkeys(STEMS, "stem") | dict.fromkeys(DRUM_PARTS, "drum")


class Access(IntEnum):
    """ACCESS of a node."""

    NO_VALUE = 0  # a branch
    READ = 1
    READ_WRITE = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a text control offers."""

    value: str
    title: str
    picture: Path | None = None


Menu = Mapping[str, Sequence[Choice]]  # the choices of each text control that has some, by its name


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """An address that has a value: a control, or a number of the feed."""

    address: str
    type_tag: str  # f i s; T for a switch, which also says F; N for a trigger, which has no argument
    attributes: Mapping[str, Any]  # all but VALUE
    source: Control | OscAddress
    choices: tuple[str, ...] = ()  # of a control with a menu: all that may be chosen


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """An address that only leads to others."""

    address: str
    children: dict[str, Leaf | Branch]


Node = Leaf | Branch
Read = Callable[[Leaf], Any]  # the value of a leaf as JSON has it; None where there is none yet


class Tree:
    """Every address of a show. Not changed once made; another menu makes another tree."""

    def __init__(self, menu: Menu | None = None) -> None:
        self.root = Branch("/", {})
        self._nodes: dict[str, Node] = {"/": self.root}
        for row in stemlight_table():
            self._add(_output(row))
        for control in CONTROLS:
            self._add(_control(control, [choice.value for choice in (menu or {}).get(control.name, ())]))

    def find(self, path: str) -> Node | None:
        """The node at a path of a URL, with or without a slash at its end."""
        return self._nodes.get(path.rstrip("/") or "/")

    def leaf(self, address: object) -> Leaf | None:
        """The leaf at exactly this address."""
        node = self._nodes.get(address) if isinstance(address, str) else None
        return node if isinstance(node, Leaf) else None

    def _add(self, leaf: Leaf) -> None:
        *above, name = leaf.address.strip("/").split("/")
        branch = self.root
        for step in above:
            address = f"{branch.address.rstrip('/')}/{step}"
            below = branch.children.setdefault(step, Branch(address, {}))
            assert isinstance(below, Branch), f"{address} is a leaf and a branch"
            self._nodes[address] = branch = below
        branch.children[name] = self._nodes[leaf.address] = leaf


def describe(node: Node, read: Read) -> dict[str, Any]:
    """A node with everything below it, as OSCQuery's JSON has it."""
    if isinstance(node, Branch):
        contents = {name: describe(child, read) for name, child in node.children.items()}
        return {"FULL_PATH": node.address, "ACCESS": int(Access.NO_VALUE), "CONTENTS": contents}
    return {"FULL_PATH": node.address, **node.attributes, **_value(node, read)}


def attribute(node: Node, name: str, read: Read) -> dict[str, Any] | None:
    """One attribute of a node: empty where the node has none of it, None where it has no value to read.

    KeyError for what is no attribute.
    """
    if name not in REQUIRED + OPTIONAL:
        raise KeyError(name)
    if isinstance(node, Branch):
        if name == "VALUE":
            return None
        described = describe(node, read) if name == "CONTENTS" else describe(Branch(node.address, {}), read)
        return {name: described[name]} if name in described else {}
    if name == "VALUE":
        return _value(node, read)
    described = {"FULL_PATH": node.address, **node.attributes}
    return {name: described[name]} if name in described else {}


def control_address(name: str) -> str:
    """Where a control is set: `/stemlight/ctl/beat/tap` for `beat.tap`."""
    return CONTROL_ROOT + name.replace(".", "/")


def _value(leaf: Leaf, read: Read) -> dict[str, Any]:
    if leaf.type_tag == "N":
        return {"VALUE": [None]}  # the proposal's place-holder
    value = read(leaf)
    return {} if value is None else {"VALUE": [value]}


def _control(control: Control, choices: Sequence[str]) -> Leaf:
    attributes: dict[str, Any] = {
        "TYPE": _CONTROL_TYPES[control.kind],
        "ACCESS": int(Access.READ_WRITE),
        "DESCRIPTION": control.doc,
        "TAGS": ["control", control.kind],
    }
    if control.kind in ("float", "int"):
        attributes |= _range(control.low, control.high, whole=control.kind == "int") | {"CLIPMODE": ["both"]}
    if choices or control.choices:
        attributes["RANGE"] = [{"VALS": list(choices or control.choices)}]
    unit = next((unit for end, unit in _CONTROL_UNITS.items() if control.name.endswith(end)), None)
    if unit:
        attributes["UNIT"] = [unit]
    if control.kind in ("trigger", "bool"):
        attributes["CRITICAL"] = True  # lost on the way, nothing repeats it
    return Leaf(
        control_address(control.name), _CONTROL_TYPES[control.kind], attributes, control, tuple(choices)
    )


def _output(row: OscAddress) -> Leaf:
    attributes: dict[str, Any] = {
        "TYPE": row.type_tag,
        "ACCESS": int(Access.READ),
        "DESCRIPTION": row.doc,
        "TAGS": _tags(row),
    }
    attributes |= _range(row.low, row.high, whole=row.type_tag == "i")
    unit = _UNITS.get(next(c.field.unit for c in columns_by_name().values() if c.field.name == row.field))
    if unit and row.sent == "hop":
        attributes["UNIT"] = [unit]
    return Leaf(row.address, row.type_tag, attributes, row)


def _tags(row: OscAddress) -> list[str]:
    first = row.address.split("/")[2]
    tags = [_FAMILY_TAGS[first]] if first in _FAMILY_TAGS else [first]
    return [*tags, "trigger" if row.sent == "event" else "feed"]


def _range(low: float, high: float, *, whole: bool) -> dict[str, Any]:
    """RANGE, with the ends that there are; none where there is neither."""
    ends = {key: end for key, end in (("MIN", low), ("MAX", high)) if math.isfinite(end)}
    return {"RANGE": [{key: int(end) if whole else float(end) for key, end in ends.items()}]} if ends else {}
