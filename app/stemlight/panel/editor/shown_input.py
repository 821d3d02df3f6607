"""One input of a shader, as the stage told the panel: what an editor makes a control of."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from typing import Any

from stemlight.panel.editor.arrangement import OPACITY, Part, with_value
from stemlight.preset.preset import InputValue

CONTROLLED = ("float", "long", "bool", "event", "color", "point2D", "image")
MAPPED = ("float", "long", "bool", "event", "color", "point2D")
_COMPONENTS = {"color": 4, "point2D": 2}


@dataclass(frozen=True, slots=True)
class ShownInput:
    """Its name, kind, range and choices."""

    name: str
    kind: str  # one of CONTROLLED
    label: str
    default: InputValue | None
    low: tuple[float, ...]  # one number a component
    high: tuple[float, ...]
    choices: tuple[int, ...] = ()  # of a long
    labels: tuple[str, ...] = ()
    is_own: bool = False  # the opacity of the layer or filter itself

    @classmethod
    def of(cls, told: MappingOf[str, Any]) -> ShownInput:
        """As a ShownLook has it. Where the shader gives no range it is 0..1."""
        kind = str(told["kind"])
        n = _COMPONENTS.get(kind, 1)
        default = told.get("default")
        return cls(
            name=str(told["name"]),
            kind=kind,
            label=title_of_input(str(told.get("label") or told["name"])),
            default=tuple(default) if isinstance(default, list) else default,
            low=_ends(told.get("low"), n, 0.0),
            high=_ends(told.get("high"), n, 1.0),
            choices=tuple(told.get("choices") or ()),
            labels=tuple(str(label) for label in told.get("labels") or ()),
        )

    def value_in(self, part: Part) -> InputValue | None:
        """What a person has set, else what the shader begins with."""
        if self.is_own:
            return part.opacity
        return part.inputs.get(self.name, self.default)

    def set_in(self, part: Part, value: InputValue | None) -> Part:
        """With it set; None: as the shader has it."""
        if self.is_own:
            return replace(part, opacity=1.0 if value is None else float(value))  # type: ignore[arg-type]
        return with_value(part, self.name, value)

    def live_name(self, place: str) -> str:
        """What the stage calls its live value."""
        return f"{place}.{'' if self.is_own else 'inputs.'}{self.name}"


OWN_OPACITY = ShownInput(OPACITY, "float", "Opacity", 1.0, (0.0,), (1.0,), is_own=True)


def inputs_of(told: list[MappingOf[str, Any]]) -> tuple[ShownInput, ...]:
    """What a person can set of a shader, the opacity first where it is not an input of the shader."""
    shown = tuple(ShownInput.of(row) for row in told if row.get("kind") in CONTROLLED)
    has_own = all(entry.name != OPACITY for entry in shown)
    return (OWN_OPACITY, *shown) if has_own else shown


def title_of_input(label: str) -> str:
    """A label, or a name in GLSL, as people read it: `spinSpeed` is `Spin speed`."""
    words = (
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", " ", label).strip() if label.isidentifier() else label.strip()
    )
    return words[:1].upper() + (words[1:].lower() if label.isidentifier() else words[1:])


def _ends(told: Any, n: int, otherwise: float) -> tuple[float, ...]:
    if told is None:
        return (otherwise,) * n
    numbers = told if isinstance(told, list | tuple) else [told] * n
    return tuple(float(number) for number in numbers)
