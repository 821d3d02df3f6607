from stemlight.stage.help_overlay import wrapped
from stemlight.stage.keyboard import HELP

COLUMNS_16_9 = 75  # of a picture of 480x270; larger ones have more


def test_the_keys_stand_in_their_columns_on_a_small_picture():
    assert wrapped(HELP, COLUMNS_16_9) == HELP


def test_a_long_line_is_broken_between_words_and_none_is_lost():
    line = (
        "ember.toml: layers[0].inputs: prism.fs has no input 'spim'; it has: spin, dispersion, facets, light"
    )
    broken = wrapped([line, "short"], 40)
    assert max(map(len, broken)) <= 40
    assert " ".join(" ".join(broken).split()) == f"{line} short"


def test_a_picture_of_no_width_is_no_reason_to_fall():
    assert wrapped(["ab cd"], -3)
