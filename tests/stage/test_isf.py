import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stemlight.errors import UserError
from stemlight.stage.isf import parse_isf, read_isf
from stemlight.stage.shader_error import ShaderError
from stemlight.stage.shader_program import ShaderProgram

# Time limits would fail on a busy machine and say nothing of the code.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

FILE = Path("some/scene.fs")
BODY = "\nvoid main() { gl_FragColor = vec4(1.0); }\n"


def parsed(header: object, body: str = BODY) -> ShaderProgram:
    return parse_isf(f"/*{json.dumps(header)}*/{body}", FILE)


def only_input(**keys: object):
    (entry,) = parsed({"INPUTS": [{"NAME": "x", **keys}]}).inputs
    return entry


def test_the_body_keeps_its_lines():
    text = '// first\n\n/*{\n  "INPUTS": []\n}*/\nvoid main() {}\n'
    program = parse_isf(text, FILE)
    assert program.passes[0].code[-1].text.splitlines()[5] == "void main() {}"
    assert program.passes[0].code[-1].text.count("\n") == text.count("\n")
    assert "INPUTS" not in program.passes[0].code[-1].text


def test_without_passes_there_is_one_of_full_size():
    (only,) = parsed({}).passes
    assert only.target is None
    assert only.width.pixels({"WIDTH": 640, "HEIGHT": 360}) == 640
    assert only.height.pixels({"WIDTH": 640, "HEIGHT": 360}) == 360


@pytest.mark.parametrize(
    ("header", "line"), [('{\n"INPUTS": [\n{]\n}', 3), ('{"a": ', 1), ('{\n\n"a" 1}', 3), ("{" * 3000, 1)]
)
def test_a_broken_header_is_blamed_on_its_line(header, line):
    with pytest.raises(ShaderError) as caught:
        parse_isf(f"/*{header}*/{BODY}", FILE)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"{FILE}:{line}: ISF header")
    assert "\n" not in str(caught.value)


def test_a_file_without_header_says_what_is_missing():
    with pytest.raises(ShaderError, match="no ISF header"):
        parse_isf("void main() {}", FILE)
    with pytest.raises(ShaderError, match="the file is empty"):
        parse_isf(" \n", FILE)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ShaderError, match=r"nowhere\.fs: cannot read"):
        read_isf(tmp_path / "nowhere.fs")


def test_json_as_people_write_it():
    program = parse_isf(
        """/*{
            // what it is
            "DESCRIPTION": "two
lines, and a , ] in it",
            "INPUTS": [ {"NAME": "a", "TYPE": "float", "DEFAULT": .5, "MAX": +2., "MIN": 0,}, ],
            "CATEGORIES": ["x", "y",],
        }*/""",
        FILE,
    )
    assert program.description == "two\nlines, and a , ] in it"
    assert program.categories == ("x", "y")
    assert program.inputs[0].default == 0.5
    assert program.inputs[0].high == (2.0,)


@pytest.mark.parametrize(
    ("keys", "default", "low", "high"),
    [
        ({}, 0.5, 0.0, 1.0),
        ({"MIN": 2, "MAX": 4}, 3.0, 2.0, 4.0),
        ({"MIN": 2}, 0.5, 0.0, 1.0),  # one bound alone is none
        ({"MIN": 0, "MAX": 1, "DEFAULT": 7}, 1.0, 0.0, 1.0),
        ({"MIN": "0.5", "MAX": "2", "DEFAULT": "1.5"}, 1.5, 0.5, 2.0),
        ({"DEFAULT": True}, 1.0, 0.0, 1.0),
        ({"DEFAULT": "lots"}, 0.5, 0.0, 1.0),
    ],
)
def test_float_ranges(keys, default, low, high):
    entry = only_input(TYPE="float", **keys)
    assert (entry.default, entry.low, entry.high) == (default, (low,), (high,))


@pytest.mark.parametrize(
    ("default", "value"),
    [(True, True), (0, False), (1.0, True), (0.0, False), ("true", True), ("false", False), (None, True)],
)
def test_bool_defaults(default, value):
    keys = {} if default is None else {"DEFAULT": default}
    assert only_input(TYPE="bool", **keys).default is value


def test_an_event_waits():
    assert only_input(TYPE="event", DEFAULT=True).default is False


def test_long_values_and_labels():
    entry = only_input(TYPE="long", VALUES=[1, 4, 9], LABELS=["one", "four"], DEFAULT=4)
    assert entry.default == 4
    assert entry.values == (1, 4, 9)
    assert entry.labels == ("one", "four", "9")
    assert only_input(TYPE="long", VALUES=[3, 5]).default == 3
    assert only_input(TYPE="long", MIN=2, MAX=8).default == 2
    assert only_input(TYPE="long").coerced(7) == 7


def test_points_and_colors():
    assert only_input(TYPE="point2D").default == (0.0, 0.0)
    assert only_input(TYPE="point2D", MIN=[0, 0], MAX=[1, 4]).default == (0.5, 2.0)
    assert only_input(TYPE="point2D", DEFAULT=[320, 240]).default == (320.0, 240.0)
    assert only_input(TYPE="color").default == (1.0, 1.0, 1.0, 1.0)
    assert only_input(TYPE="color", DEFAULT=[0, 0.5, 1]).default == (0.0, 0.5, 1.0, 1.0)
    assert only_input(TYPE="color", DEFAULT=[1, 0, 0, 0.5]).coerced("0 1 0") == (0.0, 1.0, 0.0, 1.0)


def test_what_an_input_does_not_take_is_said():
    with pytest.raises(UserError, match="input x takes a number, not 'loud'"):
        only_input(TYPE="float").coerced("loud")
    with pytest.raises(UserError, match="takes 2 numbers"):
        only_input(TYPE="point2D").coerced([1])
    with pytest.raises(UserError, match="no input 'y'; it has: x"):
        parsed({"INPUTS": [{"NAME": "x", "TYPE": "float"}]}).input("y")
    with pytest.raises(UserError, match="is a picture"):
        only_input(TYPE="image").coerced(1)


def test_inputs_that_cannot_be_are_left_out_with_a_word():
    inputs = [
        {"NAME": "deep", "TYPE": "point3D"},
        {"NAME": "a b", "TYPE": "float"},
        {"NAME": "x", "TYPE": "float"},
        {"NAME": "x", "TYPE": "bool"},
        "nonsense",
    ]
    program = parsed({"INPUTS": inputs})
    assert [entry.name for entry in program.inputs] == ["x"]
    assert len(program.warnings) == 4
    assert "point3D" in program.warnings[0]


def test_passes_and_the_liberties_they_take():
    passes = parsed(
        {
            "PASSES": [
                {"TARGET": "a", "persistent": 1, "FLOAT": "true", "WIDTH": 4, "HEIGHT": "$WIDTH/2"},
                {"TARGET": "b", "WIDTH": "(", "HEIGHT": ""},
                {"TARGET": "no good"},
                {},
            ]
        }
    ).passes
    sizes = {"WIDTH": 100.0, "HEIGHT": 50.0}
    assert (passes[0].target, passes[0].persistent, passes[0].is_float) == ("a", True, True)
    assert (passes[0].width.pixels(sizes), passes[0].height.pixels(sizes)) == (4, 50)
    assert (passes[1].persistent, passes[1].is_float) == (False, False)
    assert (passes[1].width.pixels(sizes), passes[1].height.pixels(sizes)) == (100, 50)
    assert passes[2].target is None


@pytest.mark.parametrize("buffers", [["kept"], {"kept": {"WIDTH": "8", "FLOAT": True}}])
def test_v1_persistent_buffers(buffers):
    first, second = parsed(
        {"PERSISTENT_BUFFERS": buffers, "PASSES": [{"TARGET": "kept"}, {"TARGET": "b"}]}
    ).passes
    assert first.persistent and not second.persistent
    assert first.is_float == isinstance(buffers, dict)
    assert first.width.pixels({"WIDTH": 100.0}) == (8 if isinstance(buffers, dict) else 100)


def test_buffers_are_all_that_may_be_sampled():
    program = parsed({"PERSISTENT_BUFFERS": ["kept", "a b"], "PASSES": [{"TARGET": "a"}, {}]})
    assert program.buffers == {"a", "kept"}


@pytest.mark.parametrize(
    "imported",
    [{"pic": {"PATH": "a.png"}}, [{"NAME": "pic", "PATH": "a.png"}], {"pic": {"PATH": ["a.png"]}}],
)
def test_imported_pictures(imported):
    (entry,) = parsed({"IMPORTED": imported}).imports
    assert (entry.name, entry.paths, entry.is_cube) == ("pic", (Path("some/a.png"),), False)


def test_an_imported_cube_has_six_sides():
    (entry,) = parsed({"IMPORTED": {"sky": {"TYPE": "cube", "PATH": [f"{i}.png" for i in range(6)]}}}).imports
    assert entry.is_cube


@pytest.mark.parametrize(
    ("names", "role"),
    [
        ([], "generator"),
        (["inputImage"], "filter"),
        (["startImage", "endImage"], "generator"),
        (["startImage", "endImage", "progress"], "transition"),
    ],
)
def test_roles(names, role):
    kinds = {"progress": "float"}
    inputs = [{"NAME": name, "TYPE": kinds.get(name, "image")} for name in names]
    assert parsed({"INPUTS": inputs}).role == role


def test_a_vertex_shader_beside_it_is_found(shaders):
    assert "isf_vertShaderInit" in read_isf(shaders / "varying.fs").vertex.text
    assert read_isf(shaders / "counter.fs").vertex is None


# A session that flushes subnormals (the networks' do) changes the whole thread: hypothesis must not make any.
FLOATS = st.floats(allow_subnormal=False)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | st.text(alphabet="aé0. ", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["NAME", "TYPE", "DEFAULT", "MIN", "MAX", "VALUES", "LABELS", "PATH", "TARGET", "WIDTH"]
            ),
            inner | st.sampled_from(["float", "color", "point2D", "long", "bool", "audio", "x", "$WIDTH"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@patient
@given(
    st.dictionaries(
        st.sampled_from(["INPUTS", "PASSES", "IMPORTED", "PERSISTENT_BUFFERS", "CATEGORIES", "CREDIT"]),
        JSON,
        max_size=5,
    )
)
def test_any_header_is_a_program(header):
    program = parsed(header)
    assert program.passes
    for entry in program.inputs:
        if entry.default is not None:
            assert entry.coerced(entry.default) == entry.default


@patient
@given(st.text(alphabet='{}[]",:/*\\ \n0123456789.+-eEabINPUTSNAME', max_size=80))
def test_any_text_is_a_program_or_one_line_of_error(text):
    try:
        parse_isf(f"/*{{{text}*/{BODY}", FILE)
    except ShaderError as error:
        assert "\n" not in str(error)
