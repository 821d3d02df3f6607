"""A small type of our own, five by seven dots, drawn below; lines of text become dots."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

ADVANCE, LINE_HEIGHT = 6, 10  # dots from letter to letter and from line to line
_WIDTH, _HEIGHT = 5, 7

# Each sheet: the characters, then their rows side by side, six columns each.
_SHEETS = (
    (
        "ABCDEFGHIJKLM",
        " ###  ####   #### ####  ##### #####  #### #   #  ###    ### #   # #     #   # ",
        "#   # #   # #     #   # #     #     #     #   #   #      #  #  #  #     ## ## ",
        "#   # #   # #     #   # #     #     #     #   #   #      #  # #   #     # # # ",
        "##### ####  #     #   # ####  ####  #  ## #####   #      #  ##    #     # # # ",
        "#   # #   # #     #   # #     #     #   # #   #   #      #  # #   #     #   # ",
        "#   # #   # #     #   # #     #     #   # #   #   #   #  #  #  #  #     #   # ",
        "#   # ####   #### ####  ##### #      #### #   #  ###   ##   #   # ##### #   # ",
    ),
    (
        "NOPQRSTUVWXYZ",
        "#   #  ###  ####   ###  ####   #### ##### #   # #   # #   # #   # #   # ##### ",
        "##  # #   # #   # #   # #   # #       #   #   # #   # #   # #   # #   #     # ",
        "##  # #   # #   # #   # #   # #       #   #   # #   # #   #  # #   # #     #  ",
        "# # # #   # ####  #   # ####   ###    #   #   # #   # # # #   #     #     #   ",
        "#  ## #   # #     # # # # #       #   #   #   # #   # # # #  # #    #    #    ",
        "#  ## #   # #     #  #  #  #      #   #   #   #  # #  ## ## #   #   #   #     ",
        "#   #  ###  #      ## # #   # ####    #    ###    #   #   # #   #   #   ##### ",
    ),
    (
        "0123456789.,:",
        " ###    #    ###  ####     #  #####  ###  #####  ###   ###                    ",
        "#   #  ##   #   #     #   ##  #     #         # #   # #   #              ##   ",
        "#  ##   #       #     #  # #  ####  #        #  #   # #   #              ##   ",
        "# # #   #      #   ###  #  #      # ####    #    ###   ####                   ",
        "##  #   #     #       # #####     # #   #   #   #   #     #              ##   ",
        "#   #   #    #        #    #  #   # #   #   #   #   #     #  ##    ##    ##   ",
        " ###   ###  ##### ####     #   ###   ###    #    ###   ###   ##    #          ",
    ),
    (
        "-+/'()_=?!<>%",
        "                #   #      #   #                 ###    #      #   #    ##    ",
        "        #       #   #     #     #               #   #   #     #     #   ##  # ",
        "        #      #   #     #       #        #####     #   #    #       #     #  ",
        "##### #####   #          #       #                 #    #   #         #   #   ",
        "        #    #           #       #        #####   #     #    #       #   #    ",
        "        #   #             #     #                             #     #   #  ## ",
        "            #              #   #    #####         #     #      #   #       ## ",
    ),
    (
        '[];&@#*"`{}|~',
        "  ### ###          ##    ###   # #         # #   #       ## ##      #         ",
        "  #     #    ##   #  #  #   #  # #    #    # #    #     #     #     #         ",
        "  #     #    ##   #  #  # ### ##### # # #  # #     #    #     #     #    #    ",
        "  #     #          ##   # # #  # #   ###               #       #    #   # # # ",
        "  #     #    ##   # # # # ### ##### # # #               #     #     #      #  ",
        "  #     #     #   #  #  #      # #    #                 #     #     #         ",
        "  ### ###    #     ## #  ###   # #                       ## ##      #         ",
    ),
)


@cache
def _glyphs() -> dict[str, np.ndarray]:
    """bool (7, 5) a character."""
    glyphs = {" ": np.zeros((_HEIGHT, _WIDTH), bool)}
    for characters, *rows in _SHEETS:
        sheet = np.array([[dot == "#" for dot in row.ljust(ADVANCE * len(characters))] for row in rows])
        for i, character in enumerate(characters):
            glyphs[character] = sheet[:, i * ADVANCE : i * ADVANCE + _WIDTH]
    return glyphs


def dots(lines: Sequence[str]) -> np.ndarray:
    """bool (height, width), top row first. Small letters are capitals; what has no glyph is a `?`."""
    glyphs = _glyphs()
    width = max((len(line) for line in lines), default=0)
    field = np.zeros((max(LINE_HEIGHT * len(lines), 1), max(ADVANCE * width, 1)), bool)
    for row, line in enumerate(lines):
        for column, character in enumerate(line.upper()):
            y, x = row * LINE_HEIGHT, column * ADVANCE
            field[y : y + _HEIGHT, x : x + _WIDTH] = glyphs.get(character, glyphs["?"])
    return field
