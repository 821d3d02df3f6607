"""The width or height of a pass, as ISF writes it (`"floor($WIDTH / 4.0)"`), becomes a number of pixels.

Numbers, `$NAME`, `+ - * / % ^`, comparisons, `&& || !`, `?:`, parentheses and the functions below. Nothing of
Python's is evaluated: the text is parsed once into closures.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Values = Mapping[str, float]  # by name without the dollar
Node = Callable[[Values], float]

MAX_LENGTH = 400  # characters
MAX_DEPTH = 60  # nested parentheses and signs: far above any real file, far below Python's recursion limit
MAX_SIZE_PX = 16_384  # the least a GL 4.1 driver must take, and what llvmpipe takes

_TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(\$?[A-Za-z_]\w*)|(&&|\|\||[<>=!]=|\S))"
)
_FUNCTIONS: dict[str, tuple[int, Callable[..., float]]] = {
    "floor": (1, math.floor),
    "ceil": (1, math.ceil),
    "round": (1, lambda x: math.floor(x + 0.5)),
    "abs": (1, abs),
    "sqrt": (1, math.sqrt),
    "exp": (1, math.exp),
    "log": (1, math.log),
    "log2": (1, math.log2),
    "log10": (1, math.log10),
    "sin": (1, math.sin),
    "cos": (1, math.cos),
    "tan": (1, math.tan),
    "min": (2, min),
    "max": (2, max),
    "pow": (2, math.pow),
    "mod": (2, math.fmod),
    "fmod": (2, math.fmod),
    "clamp": (3, lambda x, low, high: min(max(x, low), high)),
}
# operator -> (how tightly it binds, what it does)
_OPERATORS: dict[str, tuple[int, Callable[[float, float], float]]] = {
    "||": (1, lambda a, b: bool(a) or bool(b)),
    "&&": (2, lambda a, b: bool(a) and bool(b)),
    "==": (3, operator.eq),
    "!=": (3, operator.ne),
    "<": (4, operator.lt),
    ">": (4, operator.gt),
    "<=": (4, operator.le),
    ">=": (4, operator.ge),
    "+": (5, operator.add),
    "-": (5, operator.sub),
    "*": (6, operator.mul),
    "/": (6, operator.truediv),
    "%": (6, math.fmod),
    "^": (7, math.pow),
}
_SIGNS: dict[str, Callable[[float], float]] = {"+": operator.pos, "-": operator.neg, "!": operator.not_}


class SizeExpressionError(ValueError):
    """The text is no expression; the message says where."""


@dataclass(frozen=True, slots=True)
class SizeExpression:
    """A size that may depend on the output's size and on inputs."""

    text: str
    names: frozenset[str]  # what it asks for, without the dollar
    _node: Node

    @classmethod
    def parse(cls, text: str) -> SizeExpression:
        """SizeExpressionError if `text` is not an expression."""
        if len(text) > MAX_LENGTH:
            raise SizeExpressionError(f"a size of {len(text)} characters; at most {MAX_LENGTH} are read")
        parser = _Parser(text)
        node = parser.parsed()
        return cls(text, frozenset(parser.names), node)

    def value(self, values: Values) -> float:
        """The number itself; NaN where it has none (division by zero, an unknown name)."""
        try:
            return float(self._node(values))
        except (ArithmeticError, ValueError, KeyError):
            return math.nan

    def pixels(self, values: Values) -> int:
        """Whole pixels, 1 .. MAX_SIZE_PX; 1 where there is no number."""
        value = self.value(values)
        return 1 if math.isnan(value) else int(min(max(value, 1.0), MAX_SIZE_PX))


def _applied(function: Callable[..., float], *operands: Node) -> Node:
    return lambda values: float(function(*(operand(values) for operand in operands)))


class _Parser:
    """Precedence climbing; every method leaves `_at` behind what it has read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()
        self._tokens = [match.groups() for match in _TOKEN.finditer(text)]
        self._at = 0
        self._depth = 0

    def parsed(self) -> Node:
        node = self._choice()
        if self._peek():
            raise self._error(f"unexpected {self._peek()!r}")
        return node

    def _error(self, what: str) -> SizeExpressionError:
        return SizeExpressionError(f"{what} in the size {self.text!r}")

    def _peek(self) -> str:
        return "".join(filter(None, self._tokens[self._at])) if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _take(self, symbol: str) -> bool:
        taken = self._peek() == symbol
        self._at += taken
        return taken

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise self._error(f"expected {symbol!r}, found {self._peek() or 'the end'!r}")

    def _choice(self) -> Node:
        """`condition ? yes : no`, or what binds tighter."""
        condition = self._binary(1)
        if not self._take("?"):
            return condition
        yes = self._choice()
        self._expect(":")
        no = self._choice()
        return lambda values: yes(values) if condition(values) else no(values)

    def _binary(self, loosest: int) -> Node:
        left = self._operand()
        while (symbol := self._peek()) in _OPERATORS and _OPERATORS[symbol][0] >= loosest:
            binds, function = _OPERATORS[self._next()]
            left = _applied(function, left, self._binary(binds + 1))
        return left

    def _operand(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error("too deeply nested")
        node = self._signed() if self._peek() in _SIGNS else self._atom()
        self._depth -= 1
        return node

    def _signed(self) -> Node:
        sign = _SIGNS[self._next()]
        return _applied(sign, self._operand())

    def _atom(self) -> Node:
        number, name, _ = self._tokens[self._at] if self._at < len(self._tokens) else (None, None, None)
        if number:
            value = float(self._next())
            return lambda values: value
        if name:
            key = self._next().removeprefix("$")
            if name in _FUNCTIONS and self._peek() == "(":
                return self._call(name)
            self.names.add(key)
            return lambda values: values[key]
        self._expect("(")
        node = self._choice()
        self._expect(")")
        return node

    def _call(self, name: str) -> Node:
        n_arguments, function = _FUNCTIONS[name]
        self._expect("(")
        arguments = [self._choice()]
        while self._take(","):
            arguments.append(self._choice())
        self._expect(")")
        if len(arguments) != n_arguments:
            raise self._error(f"{name} takes {n_arguments} arguments, not {len(arguments)},")
        return _applied(function, *arguments)
