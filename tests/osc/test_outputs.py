"""Destinations as people write them: on the command line and in files."""

import pytest
from stemlight.errors import UserError
from stemlight.osc.outputs import OscDestination, load_outputs, outputs_from_tables

WHOLE = """
[[osc]]
to = "127.0.0.1:7000"
profile = "resolume"
rate_hz = 30
only_on_change = false
prefix = "/left"
offset_ms = -40
time_tags = true
tempo = "raw"
resync = "bar"
values = { "vocals.level" = "layer 1 opacity", bass.hits = "/composition/master" }
[osc.triggers]
drop = "column 2"

[[osc]]
to = "[::1]:9000:touchdesigner"
"""


def test_a_line_says_where_and_how():
    line = "studio.local:7000:resolume?rate_hz=30&offset_ms=-40.5&only_on_change=false&prefix=/left&tempo=raw"
    assert OscDestination.parse(line) == OscDestination(
        "studio.local", 7000, "resolume", rate_hz=30.0, offset_ms=-40.5, only_on_change=False, prefix="/left",
        tempo="raw",
    )  # fmt: skip
    assert OscDestination.parse("a:1?time_tags=true") == OscDestination("a", 1, time_tags=True)


def test_a_file_says_the_same_and_maps(tmp_path):
    file = tmp_path / "outputs.toml"
    file.write_text(WHOLE)
    resolume, touchdesigner = load_outputs(file)
    assert resolume == OscDestination(
        "127.0.0.1", 7000, "resolume", rate_hz=30.0, only_on_change=False, prefix="/left", offset_ms=-40.0,
        time_tags=True, tempo="raw", resync="bar",
        values=(("vocals.level", "layer 1 opacity"), ("bass.hits", "/composition/master")),
        triggers=(("drop", "column 2"),),
    )  # fmt: skip
    assert touchdesigner == OscDestination("::1", 9000, "touchdesigner")
    assert str(touchdesigner) == "[::1]:9000"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a:1?", None),  # nothing is asked for: nothing is wrong
        ("a:1?rate", "key=value"),
        ("a:1?rate=30", "did you mean 'rate_hz'"),
        ("a:1?rate_hz=0", "rate_hz is a number from 0.1 to 1000, not 0.0"),
        ("a:1?rate_hz=nan", "rate_hz is a number"),
        ("a:1?rate_hz=true", "rate_hz is a number"),
        ("a:1?offset_ms=9999", "-2000 to 2000"),
        ("a:1?time_tags=1", "time_tags is true or false"),
        ("a:1?prefix=left", "such as /left"),
        ("a:1?prefix=/a b", "such as /left"),
        ("a:1?tempo=raw", "tempo belongs to the profile resolume, not to stemlight"),
        ("a:1:resolume?tempo=rwa", "one of normalised, raw, off"),
        ("a:1:resolume?values=x", "unknown key 'values'"),
        ("a:1:resolum", "did you mean 'resolume'"),
    ],
)
def test_what_is_wrong_with_a_line_is_one_clear_line(line, said):
    if said is None:
        assert OscDestination.parse(line) == OscDestination("a", 1)
        return
    with pytest.raises(UserError) as error:
        OscDestination.parse(line)
    assert said in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[osc]]\nto = 'a:1'\nrate = 3", "outputs.toml: osc 1: unknown key 'rate'; did you mean 'rate_hz'"),
        ("[[osc]]\nto = 'a:1'\n[[osc]]\nport = 3", "outputs.toml: osc 2: `to` says where"),
        ("[[osc]]\nto = 'a:1'\nprofile = 'x'", "outputs.toml: osc 1: no OSC profile 'x'"),
        ("[[osc]]\nto = 'a:1'\nprofile = 3", "profile is a text"),
        ("[[osc]]\nto = 'a'", "HOST:PORT"),
        ("[[osc]]\nto = 'a:1'\noffset_ms = '3'", "offset_ms is a number from -2000 to 2000, not '3'"),
        ("[[osc]]\nto = 'a:1:resolume'\nvalues = 3", "values is a table"),
        ("[[osc]]\nto = 'a:1:resolume'\nvalues = { 'bass.lvl' = 'link 1' }", "did you mean 'bass.level'"),
        ("[[osc]]\nto = 'a:1:resolume'\ntriggers = { kick = 'clip 3' }", "is no place in Resolume"),
        (
            "[[osc]]\nto = 'a:1:resolume'\nvalues = { 'bass.level' = 'link 1', 'drums.level' = 'link 1' }",
            "/composition/dashboard/link1 is sent two things",
        ),
        ("osc = 3", "osc is a list of tables"),
        ("[osc]\nto = 'a:1'", "osc is a list of tables"),
        ("[[ocs]]\nto = 'a:1'", "unknown key 'ocs'; did you mean 'osc'"),
        ("[[osc]", "is no TOML"),
    ],
)
def test_what_is_wrong_with_a_file_names_it_and_the_key(text, said, tmp_path):
    file = tmp_path / "outputs.toml"
    file.write_text(text)
    with pytest.raises(UserError) as error:
        load_outputs(file)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_other_tables_of_a_file_are_for_others(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("[models]\nstems = 'x'\n[[osc]]\nto = 'a:1'\n")
    assert load_outputs(file) == (OscDestination("a", 1),)


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        load_outputs(tmp_path / "none.toml")
    with pytest.raises(UserError, match="cannot read"):
        load_outputs(tmp_path)


def test_there_may_not_be_more_than_a_hop_can_serve():
    with pytest.raises(UserError, match="at most 32"):
        outputs_from_tables([{"to": f"a:{n}"} for n in range(1, 34)], "x")


@pytest.mark.parametrize(
    "line",
    [
        "127.0.0.1:9000",
        "[::1]:9000:spectra",
        "studio.local:7000:resolume?rate_hz=30&offset_ms=-40.5&only_on_change=false&prefix=/left&tempo=raw",
        "a:1:touchdesigner?time_tags=true&rate_hz=0.1",
    ],
)
def test_a_destination_is_itself_again_from_its_line_and_from_its_table(line):
    found = OscDestination.parse(line)
    assert OscDestination.parse(found.line) == found
    assert outputs_from_tables([found.as_table()], "here") == (found,)


def test_mappings_are_in_the_table_alone():
    table = {
        "to": "127.0.0.1:7000",
        "profile": "resolume",
        "values": {"vocals.level": "layer 1 opacity"},
        "triggers": {"drop": "column 2"},
    }
    (found,) = outputs_from_tables([table], "here")
    assert outputs_from_tables([found.as_table()], "here") == (found,)
    assert found.line == "127.0.0.1:7000:resolume"
