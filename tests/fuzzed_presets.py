"""Presets that went wrong in every way that an editor or a disk can: some for the tests, more if asked."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from stemlight.preset.library import preset_paths
from stemlight.preset.preset import BLENDS, CURVES
from stemlight.preset.sources import sources

WHOLE = Path(__file__).with_name("preset") / "whole.toml"  # says everything that a preset can say

_VALUES = (
    "0", "1", "-1", "3", "0.5", "-0.0", "1e400", "-1e-400", "nan", "inf", "-inf", "true", "false", '""',
    '"a"', "''", '"\\n"', '"\\u0000"', '"nave"', '"echo"', '"../nave"', '"~"', '"~x/y.fs"', '"/"', '"."',
    '"C:\\\\x"', "[]", "[[]]", "[1]", "[1, 2]", "[1, 2, 3, 4, 5]", '["a"]', "[true, 1]", "{}", "{a = 1}",
    "{a = {a = [1]}}", "1979-05-27", "07:32:00", "0x7f", "1_000", "9" * 30, "9" * 5000, "1" + "0" * 400,
    '"' + "x" * 5000 + '"', "[" * 50, "",
)  # fmt: skip
_WORDS = (
    "version", "name", "description", "tags", "layers", "filters", "scene", "inputs", "mappings", "filter",
    "blend", "opacity", "enabled", "keep_alpha", "input", "component", "source", "amount", "low", "high",
    "curve", "attack_s", "release_s", "threshold", "beats", "phase", "layer", "colour", "'a b'", '""',
    "a.b", "å",
)  # fmt: skip


def fuzzed_presets(count: int, seed: int, *, shipped: bool = True) -> Iterator[bytes]:
    """Good presets with some damage, of text or of bytes; the same for the same seed.

    `shipped`: also of those that ship, whose scenes take their time to compile.
    """
    chance = random.Random(seed)
    good = [
        path.read_text(encoding="utf-8")
        for path in (WHOLE, WHOLE, WHOLE, *(preset_paths() if shipped else ()))
    ]
    for _ in range(count):
        lines = chance.choice(good).splitlines()
        for _ in range(chance.choice((0, 1, 1, 1, 1, 2, 3, 8))):
            _damage(chance, lines)
        data = bytearray("\n".join(lines).encode("utf-8", errors="surrogatepass"))
        if chance.random() < 0.2:
            for _ in range(chance.randrange(1, 6)):
                _damage_bytes(chance, data)
        yield bytes(data)


def _damage(chance: random.Random, lines: list[str]) -> None:
    where = chance.randrange(len(lines) + 1)
    line = lines[where] if where < len(lines) else ""
    key, _, value = line.partition("=")
    way = chance.randrange(9)
    if way <= 2 and value:
        lines[where] = f"{key}= {_value(chance)}"
    elif way == 3:
        lines[where:where] = [f"{chance.choice(_WORDS)} = {_value(chance)}"]
    elif way == 4 and value:
        lines[where] = f"{chance.choice(_WORDS)} ={value}"
    elif way == 5:
        del lines[where : where + chance.choice((1, 1, 1, 5))]
    elif way == 6:
        lines[where:where] = lines[where : where + chance.randrange(12)] * chance.choice((1, 1, 9))
    elif way == 7:
        kinds = ("[{}]", "[[{}]]", "[[layers.{}]]", "[layers.{}]", "[[layers.filters.{}]]", "[{}.{}.{}]")
        word = chance.choice(_WORDS)
        lines[where:where] = [chance.choice(kinds).format(word, word, word)]
    elif where < len(lines):
        lines[where] = re.sub(r"\d", lambda _: str(chance.randrange(10)), line) + chance.choice(
            ("", "#", "]", '"')
        )


def _value(chance: random.Random) -> str:
    good = (*BLENDS, *CURVES, *sources())
    return chance.choice(
        (chance.choice(_VALUES), f'"{chance.choice(good)}"', repr(chance.uniform(-2.0, 2.0)))
    )


def _damage_bytes(chance: random.Random, data: bytearray) -> None:
    where = chance.randrange(len(data) + 1)
    way = chance.randrange(4)
    if way == 0:
        del data[where:]
    elif way == 1:
        data[where:where] = chance.randbytes(chance.randrange(9))
    elif way == 2 and where < len(data):
        data[where] = chance.randrange(256)
    else:
        data[where:where] = chance.choice(
            (b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"\r", b"\xed\xa0\x80", b"[" * 3000)
        )
