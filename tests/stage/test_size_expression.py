import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stemlight.stage.size_expression import MAX_SIZE_PX, SizeExpression, SizeExpressionError

# Time limits would fail on a busy machine and say nothing of the code.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SIZES = {"WIDTH": 1280.0, "HEIGHT": 720.0, "quality": 0.5}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("$WIDTH", 1280),
        ("$WIDTH/3.0", 1280 / 3),
        ("floor($WIDTH*$quality)", 640),
        ("max(floor($WIDTH / 100.0), 20)", 20),
        ("min($HEIGHT,128)", 128),
        ("2 + 3 * 4 - 5", 9),
        ("8 - 3 - 2", 3),
        ("-(2 + 3)", -5),
        ("2 ^ 3", 8),
        ("7 % 4", 3),
        ("$quality > 0.4 ? 3 : 1/0", 3),
        ("$quality > 0.9 || !0 ? 5 : 6", 5),
        ("1 ? 0 ? 1 : 2 : 3", 2),
        (".5e1", 5),
        ("clamp($WIDTH, 1, 100)", 100),
        ("round(2.5)", 3),
        ("$floor", math.nan),
    ],
)
def test_value(text, value):
    assert SizeExpression.parse(text).value(SIZES) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize(
    "text", ["", "1 +", "(1", "1)", "min(1)", "floor 2", "1 2", "a.b", "'x'", "1 ? 2", "*"]
)
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(SizeExpressionError):
        SizeExpression.parse(text)


@pytest.mark.parametrize(
    ("text", "pixels"),
    [("1/0", 1), ("0/0", 1), ("-5", 1), ("0.3", 1), ("2.9", 2), ("1e30", MAX_SIZE_PX), ("$no", 1)],
)
def test_pixels_are_whole_and_in_range(text, pixels):
    assert SizeExpression.parse(text).pixels(SIZES) == pixels


def test_names_are_those_without_the_dollar():
    assert SizeExpression.parse("floor($WIDTH * $quality)").names == {"WIDTH", "quality"}


@patient
@given(st.text(alphabet="0123456789.+-*/%^()$,<>=!&|?: abWIDTHfloormaxmin", max_size=60))
def test_any_text_is_pixels_or_refused(text):
    try:
        pixels = SizeExpression.parse(text).pixels(SIZES)
    except SizeExpressionError:
        return
    assert 1 <= pixels <= MAX_SIZE_PX


@pytest.mark.parametrize(
    "text", ["(" * 5_000, "-" * 5_000 + "1", "1?" * 5_000, "floor(" * 50 + "1" + ")" * 50]
)
def test_deep_nesting_ends_in_a_value_or_an_error(text):
    try:
        assert SizeExpression.parse(text).pixels(SIZES) == 1
    except SizeExpressionError as error:
        assert "size" in str(error)


@patient
@given(
    st.recursive(
        st.integers(0, 99).map(str),
        lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        max_leaves=12,
    )
)
def test_arithmetic_is_pythons(text):
    expected = eval(text, {"__builtins__": {}})  # of our own numbers and signs only
    assert SizeExpression.parse(text).value({}) == pytest.approx(float(expected))
