"""Says what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def near(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """`; did you mean 'x'?`, or where nothing is near `otherwise`, or what there is."""
    names = list(known)
    found = difflib.get_close_matches(name, names, 1)
    if found:
        return f"; did you mean {found[0]!r}?"
    return f"; {otherwise}" if otherwise else f"; there are: {', '.join(names)}"
