"""JSON as people write it: read leniently, its values taken for what they are meant to be."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stemlight.stage.shader_error import ShaderError

_JSON_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"'  # text
    r"|//[^\n]*|/\*.*?\*/"  # comments, which JSON has not
    r"|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?"
    r"|[A-Za-z_]+|\s+|.",
    re.DOTALL,
)
_WORDS = {"true": "true", "false": "false", "null": "null", "yes": "true", "no": "false", "nan": "0"}


def parse_object(text: str, path: Path, what: str, first_line: int = 1) -> dict[str, Any]:
    """An object with trailing commas, comments, `.5`, `1.`, `TRUE` or raw line ends in texts.

    ShaderError names the line and `what` it was to be; `text` begins on `first_line` of the file.
    """
    try:
        value = json.loads(_strict_json(text), strict=False)
    except json.JSONDecodeError as error:
        raise ShaderError(path, first_line + error.lineno - 1, f"{what}: {error.msg}") from None
    except RecursionError:
        raise ShaderError(path, first_line, f"{what}: nested too deeply") from None
    if not isinstance(value, dict):
        raise ShaderError(path, first_line, f"{what}: it must be a JSON object")
    return value


def _strict_json(text: str) -> str:
    """The same JSON without liberties, with every line end where it was."""
    out: list[str] = []
    last = -1  # where in `out` the last token that is not space lies
    for token in _JSON_TOKEN.findall(text):
        if token.isspace() or token.startswith(("//", "/*")):
            out.append("\n" * token.count("\n") or " ")
            continue
        if last >= 0 and out[last] == "," and token in ("]", "}", ","):
            out[last] = " "  # the comma had nothing behind it
        out.append(_strict_token(token))
        last = len(out) - 1
    if last >= 0 and out[last] == ",":
        out[last] = " "
    return "".join(out)


def _strict_token(token: str) -> str:
    if token[0].isdigit() or (token[0] in "+-." and len(token) > 1):
        number = float(token.rstrip("fF"))
        whole = re.fullmatch(r"[+-]?\d{1,18}", token) is not None
        return str(int(token)) if whole else json.dumps(number if math.isfinite(number) else 0.0)
    return _WORDS.get(token.lower(), token) if token[0].isalpha() else token


def numbers_of(value: object) -> tuple[float, ...] | None:
    """Finite numbers in whatever people write for them; None if there is anything else."""
    if isinstance(value, str):
        words = value.replace(",", " ").split()
        named = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "on": 1.0, "off": 0.0}
        try:
            numbers = tuple(named[w.lower()] if w.lower() in named else float(w) for w in words)
        except ValueError:
            return None
    elif isinstance(value, bool | int | float):
        numbers = (_as_float(value),)
    elif isinstance(value, list | tuple) and all(isinstance(x, bool | int | float) for x in value):
        numbers = tuple(_as_float(x) for x in value)
    else:
        return None
    return numbers if numbers and all(map(math.isfinite, numbers)) else None


def _as_float(value: bool | int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def truth_of(value: object) -> bool:
    numbers = numbers_of(value)
    return bool(numbers) and numbers is not None and numbers[0] > 0.0


def text_of(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def list_of(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def upper_keys(value: object) -> dict[str, Any]:
    return {str(key).upper(): entry for key, entry in value.items()} if isinstance(value, Mapping) else {}
