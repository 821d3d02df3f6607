"""held_out.toml becomes the split of a song: what is learnt from, what chooses, what is scored once."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Literal

Split = Literal["train", "validation", "test"]

HELD_OUT = Path(__file__).with_name("held_out.toml")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Patterns of song names, and shares of whole sources."""

    validation: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    by_hash: tuple[str, ...] = ()  # songs named like these are drawn from, besides
    validation_share: float = 0.0  # of them
    test_share: float = 0.0

    def split(self, names: Sequence[str], author: str) -> Split:
        """Where all songs of one author belong; one name in a split takes the others along, test first."""
        if _any(names, self.test):
            return "test"
        if _any(names, self.validation):
            return "validation"
        if _any(names, self.by_hash):
            draw = share_of(author)
            if draw < self.test_share:
                return "test"
            if draw < self.test_share + self.validation_share:
                return "validation"
        return "train"


@cache
def held_out() -> HeldOut:
    """What held_out.toml says."""
    table = tomllib.loads(HELD_OUT.read_text(encoding="utf-8"))
    drawn = table["by_hash"]
    return HeldOut(
        validation=tuple(table["validation"]),
        test=tuple(table["test"]),
        by_hash=tuple(drawn["names"]),
        validation_share=float(drawn["validation"]),
        test_share=float(drawn["test"]),
    )


def share_of(author: str) -> float:
    """A number in [0, 1) that is always the same for this author."""
    return int(hashlib.sha256(author.encode()).hexdigest()[:8], 16) / 2**32


def _any(names: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for name in names for pattern in patterns)
