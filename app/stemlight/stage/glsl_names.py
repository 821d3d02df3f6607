"""Finds which names a GLSL source uses and which it declares itself, without a driver."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_STATEMENT_WORDS = frozenset(
    ["return", "else", "case", "do", "discard", "if", "while", "for", "switch"]
)  # may stand before a name without declaring it
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|//(?:[^\n\\]|\\[^\n]|\\\n)*", re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z_]\w*|\.?\d[\w.]*|\S")
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(\w+)((?:[^\n\\]|\\.)*)", re.DOTALL | re.MULTILINE)

_CONDITION = re.compile(r"^[ \t]*#[ \t]*(ifdef|ifndef|if|elif|else|endif)\b[ \t]*([A-Za-z_]\w*)?")
_DEFINED = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Names:
    """Which words of a source are used, and which it brings itself."""

    used: frozenset[str]
    declared: frozenset[str]  # anywhere: globals, locals, parameters, functions, fields, macros
    uniforms: frozenset[str]  # declared with `uniform`
    macros: frozenset[str]
    has_output: bool  # declares an `out vec4` of its own


def without_comments(text: str) -> str:
    """Comments become blanks; every line stays a line."""
    return _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]) or " ", text)


def without_dead_branches(text: str, host_names: Collection[str] = ()) -> str:
    """`text` (without comments) less what stands behind the `#ifdef` of a name that nobody defines.

    Files carry the declarations of other hosts that way. Every other branch stays; every line stays a line.
    """
    defined = set(_DEFINED.findall(text)) | set(host_names)

    def is_dead(name: str) -> bool:
        is_drivers = name.startswith(("GL_", "__")) and name != "GL_ES"
        return name not in defined and not is_drivers

    out: list[str] = []
    branches: list[tuple[bool, bool]] = []  # of each `#if` around: whether this one is dead, and the next
    for line in text.split("\n"):
        match = _CONDITION.match(line)
        if match and match[1].startswith("if"):
            name = match[2] or ""
            dead = match[1] != "if" and bool(name) and is_dead(name)
            branches.append({"ifdef": (dead, False), "ifndef": (False, dead)}.get(match[1], (False, False)))
        elif match and match[1] in ("else", "elif") and branches:
            branches[-1] = (branches[-1][1], False)
        elif match and match[1] == "endif" and branches:
            branches.pop()
        out.append("" if any(dead for dead, _ in branches) else line)
    return "\n".join(out)


@lru_cache(maxsize=32)
def scan(text: str, host_names: frozenset[str] = frozenset()) -> Names:
    """The names in `text`. Macros are not expanded; of `#if` all branches count that may be compiled.

    Remembers the last ones: the passes of a shader share their text, and a long one takes some 10 ms.
    """
    text = without_dead_branches(without_comments(text), host_names)
    used: set[str] = set()
    declared: set[str] = set()
    macros: set[str] = set()

    def directive(match: re.Match[str]) -> str:
        words = re.findall(r"[A-Za-z_]\w*", match[2])
        used.update(words)
        definition = re.match(r"\s*(\w+)(?:\(([^)]*)\))?", match[2])
        if match[1] == "define" and definition:
            macros.add(definition[1])
            declared.update(re.findall(r"\w+", definition[2] or ""))
        return ";" + "\n" * match[0].count("\n")

    tokens = _TOKEN.findall(_DIRECTIVE.sub(directive, text))
    uniforms: set[str] = set()
    has_output = False
    parentheses = 0
    previous = ";"
    statement: list[str] = []  # the words since the last ; { or }
    for index, token in enumerate(tokens):
        if token[0].isalpha() or token[0] == "_":
            if previous != ".":
                used.add(token)
            is_word = previous[0].isalpha() or previous[0] == "_"
            if (is_word and previous not in _STATEMENT_WORDS) or previous == "]":
                declared.add(token)
                if "uniform" in statement:
                    uniforms.add(token)
                if previous == "vec4" and "out" in statement and parentheses == 0:
                    has_output = True
                following = tokens[index + 1] if index + 1 < len(tokens) else ""
                if following in (",", "=", "["):
                    declared.update(_declared_after(tokens, index + 1))
            statement.append(token)
        elif token in ";{}":
            parentheses = 0
            statement.clear()
        elif token == "(":
            parentheses += 1
        elif token == ")":
            parentheses = max(0, parentheses - 1)
            if parentheses == 0 and statement[:1] == ["layout"]:
                statement.clear()
        previous = token
    declared |= macros
    return Names(frozenset(used), frozenset(declared), frozenset(uniforms), frozenset(macros), has_output)


def _declared_after(tokens: Sequence[str], start: int) -> Iterable[str]:
    """Names after the commas of `float a = f(x, y), b[2], c;` from behind `a`."""
    depth = 0
    for index in range(start, len(tokens)):
        token = tokens[index]
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
            if depth < 0:
                return
        elif token == ";" and depth == 0:
            return
        elif token == "," and depth == 0 and index + 2 < len(tokens):
            name, then = tokens[index + 1], tokens[index + 2]
            if not (name[0].isalpha() or name[0] == "_") or then not in (",", ";", "=", "[", ")"):
                return
            yield name
