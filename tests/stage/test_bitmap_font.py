import string

import numpy as np
from stemlight.stage.bitmap_font import ADVANCE, LINE_HEIGHT, dots
from stemlight.stage.keyboard import HELP


def test_every_character_of_the_help_has_a_glyph_of_its_own():
    characters = (
        string.ascii_uppercase + string.digits + string.punctuation.translate({36: "", 92: "", 94: ""})
    )
    glyphs = {character: dots([character]).tobytes() for character in characters}
    assert len(set(glyphs.values())) == len(characters)
    assert set("".join(HELP).upper()) <= {*characters, " "}


def test_lines_stand_under_each_other():
    field = dots(["AB", "C"])
    assert field.shape == (2 * LINE_HEIGHT, 2 * ADVANCE)
    assert np.array_equal(field[LINE_HEIGHT:, :ADVANCE], dots(["C"]))
    assert not dots([" "]).any()
    assert dots([]).shape == (1, 1)


def test_small_letters_are_capitals_and_the_unknown_is_asked_about():
    assert np.array_equal(dots(["a"]), dots(["A"]))
    assert np.array_equal(dots(["\u4e2d"]), dots(["?"]))
