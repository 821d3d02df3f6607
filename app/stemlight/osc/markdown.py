"""Prints the tables of addresses and of controls as Markdown: the documentation is made from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from stemlight.bus.controls import CONTROLS, Control
from stemlight.osc.profiles import address_table, profile_named
from stemlight.osc.receiver import CONTROL_ROOT

_TYPES = {"f": "float", "i": "int"}


def addresses_as_markdown(profile: str) -> str:
    """What a profile sends, where nothing was configured. UserError for a name that is none."""
    sent = profile_named(profile)
    return _table(
        ("address", "type", "range", "sent", "what it says"),
        (
            (
                f"`{row.address}`",
                _TYPES[row.type_tag] + (f" x {row.n_numbers}" if row.n_numbers > 1 else ""),
                _range(row.low, row.high),
                sent.when(row),
                row.doc,
            )
            for row in address_table(profile)
        ),
    )


def controls_as_markdown() -> str:
    """Everything that can be set or fired, with its OSC address."""
    return _table(
        ("address", "type", "range", "default", "what it does"),
        (
            (
                f"`{CONTROL_ROOT}{control.name.replace('.', '/')}`",
                control.kind,
                _choices(control),
                _default(control),
                control.doc,
            )
            for control in CONTROLS
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _range(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return "any"
    return f"from {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"


def _choices(control: Control) -> str:
    if control.choices:
        return ", ".join(control.choices)
    return _range(control.low, control.high) if control.kind in ("float", "int") else ""


def _default(control: Control) -> str:
    if control.kind == "trigger":
        return ""
    if isinstance(control.default, bool):
        return "on" if control.default else "off"
    return f"{control.default:g}" if isinstance(control.default, float) else str(control.default)
