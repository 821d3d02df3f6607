"""OSC destinations are changed in the settings file, whole, and everything else in it stays."""

from __future__ import annotations

import pytest
from stemlight.errors import UserError
from stemlight.osc.outputs import load_outputs
from stemlight.panel.osc_tables import add, change, put_back, read_rows, remove

FILE = """# mine
[panel]
page = "beat"

[[osc]]  # the desk
to = "127.0.0.1:9000"
rate_hz = 30.0  # is enough

[[osc]]
to = "10.0.0.2:7000"
profile = "resolume"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text(FILE)
    return path


def test_rows_are_the_tables(file):
    first, second = read_rows(file)
    assert (first.to, first.on, first.destination.rate_hz) == ("127.0.0.1:9000", True, 30.0)
    assert second.destination.profile == "resolume"


def test_who_is_off_is_sent_nothing_and_stays_in_the_file(file):
    change(file, 0, {"on": False})
    assert [str(each) for each in load_outputs(file)] == ["10.0.0.2:7000"]
    assert [row.on for row in read_rows(file)] == [False, True]
    assert "# mine" in file.read_text()
    assert "# the desk" in file.read_text()
    assert "# is enough" in file.read_text()
    change(file, 0, {"on": True})
    assert len(load_outputs(file)) == 2


def test_a_new_one_is_checked_before_it_is_written(file):
    add(file, {"to": "127.0.0.1:9100", "profile": "synesthesia"})
    assert load_outputs(file)[-1].port == 9100
    before = file.read_text()
    with pytest.raises(UserError, match="no OSC destination"):
        add(file, {"to": "nowhere"})
    with pytest.raises(UserError, match="rate_hz"):
        change(file, 0, {"rate_hz": 1e6})
    assert file.read_text() == before


def test_none_leaves_a_key_out_and_remove_a_table(file):
    change(file, 0, {"rate_hz": None})
    assert read_rows(file)[0].destination.rate_hz is None
    remove(file, 0)
    assert [row.to for row in read_rows(file)] == ["10.0.0.2:7000"]
    remove(file, 0)
    assert load_outputs(file) == ()
    assert 'page = "beat"' in file.read_text()


def test_a_file_that_is_not_there_is_made(tmp_path):
    path = tmp_path / "new" / "settings.toml"
    assert read_rows(path) == []
    add(path, {"to": "127.0.0.1:9000"})
    assert len(load_outputs(path)) == 1


def test_a_table_that_is_wrong_is_listed_with_its_reason(file):
    file.write_text(FILE + '\n[[osc]]\nto = "x"\n')
    assert "no OSC destination" in read_rows(file)[2].wrong


def test_on_must_be_a_switch(file):
    file.write_text('[[osc]]\nto = "127.0.0.1:9000"\non = 1\n')
    with pytest.raises(UserError, match="on is true or false"):
        load_outputs(file)


def test_what_is_removed_comes_back_to_the_letter(file):
    for place in (0, 1):
        removed = remove(file, place)
        assert len(read_rows(file)) == 1
        put_back(file, removed)
        assert file.read_text() == FILE


def test_a_table_that_is_another_one_by_now_is_left_alone(file):
    seen = read_rows(file)[0].table
    file.write_text(FILE.replace("9000", "9001"))
    before = file.read_text()
    for act in (lambda: change(file, 0, {"on": False}, seen), lambda: remove(file, 0, seen)):
        with pytest.raises(UserError, match="look again"):
            act()
    with pytest.raises(UserError, match="look again"):
        change(file, 7, {"on": False})
    assert file.read_text() == before


@pytest.mark.parametrize("text", ["[[osc]", "osc = [{to = 'a:1'}]\n", "osc = 3\n"])
def test_what_cannot_be_edited_is_refused_and_left_alone(file, text):
    file.write_text(text)
    with pytest.raises(UserError):
        add(file, {"to": "127.0.0.1:9000"})
    assert file.read_text() == text
