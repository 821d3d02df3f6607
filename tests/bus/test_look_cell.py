"""The edited preset crosses whole or not at all, outlives its writer, and is answered."""

import pytest
from stemlight.bus.look_cell import _CELL_BYTES, _HEAD, LISTENS_S, MAX_BYTES, LookCell, ShownLook
from stemlight.bus.segment import segment_name
from stemlight.errors import UserError


@pytest.fixture
def name():
    return segment_name("look")


@pytest.fixture
def show(name):
    cell = LookCell.create(name)
    yield cell
    cell.close()


@pytest.fixture
def panel(show, name):
    cell = LookCell.attach(name)
    yield cell
    cell.close()


def test_an_edit_is_news_once(show, panel):
    assert show.edit() is None
    serial = panel.write_edit("ember", 'name = "Ember"')
    edit = show.edit()
    assert (edit.serial, edit.name, edit.toml) == (serial, "ember", 'name = "Ember"')
    assert show.edit(after=serial) is None
    assert panel.write_edit("ember", 'name = "Émber"') == serial + 1
    assert show.edit(after=serial).toml == 'name = "Émber"'


def test_an_edit_outlives_its_panel_and_is_found_by_the_next_stage(show, panel, name):
    panel.write_edit("ember", "version = 2")
    panel.close()
    stage = LookCell.attach(name)
    assert stage.edit().toml == "version = 2"
    assert stage.end_edit() == 2
    assert stage.edit().toml == ""
    stage.close()


def test_a_writer_that_died_in_the_middle_is_not_read_and_the_next_goes_on(show, panel):
    panel.write_edit("ember", "whole")
    show._memory[_HEAD.size + 12] ^= 1  # half of another text
    assert show.edit() is None
    sequence, *rest = _HEAD.unpack_from(show._memory, 0)
    _HEAD.pack_into(show._memory, 0, sequence + 1, *rest)
    assert show.edit() is None
    panel.write_edit("ember", "whole again")
    assert show.edit().toml == "whole again"


def test_what_is_too_long_is_refused_and_what_was_there_stays(show, panel):
    panel.write_edit("ember", "short")
    with pytest.raises(ValueError, match="fit into the cell"):
        panel.write_edit("ember", "x" * MAX_BYTES)
    assert show.edit().toml == "short"


def test_the_stage_says_what_it_draws(show, panel):
    assert panel.look() is None
    inputs = [{"name": "spin", "kind": "float", "low": 0.0, "high": 4.0, "default": 1.0}]
    look = ShownLook("ember", 3, {"layers[0]": inputs, "filters[0]": []}, ("ember.fs:3: no",), ("odd",))
    show.write_look(look)
    assert panel.look() == look


def test_live_values_come_back_as_they_were(show, panel):
    assert panel.live() == {}
    values = {"layers[0].inputs.spin": 1.5, "layers[0].inputs.tint": (1.0, 0.5, 0.0, 1.0), "a.on": True}
    show.write_live(values)
    assert panel.live() == values


def test_who_asks_for_live_values_is_heard_for_a_while(show, panel):
    assert not show.is_listened_to(100.0)
    panel.listen(100.0)
    assert show.is_listened_to(100.0 + 0.9 * LISTENS_S)
    assert not show.is_listened_to(100.0 + 1.1 * LISTENS_S)


def test_cells_do_not_touch_each_other(show, panel):
    panel.write_edit("a", "x" * (MAX_BYTES - 40))
    show.write_look(ShownLook("a"))
    show.write_live({"x": 1.0})
    assert len(show.edit().toml) == MAX_BYTES - 40
    assert panel.look().name == "a"
    assert panel.live() == {"x": 1.0}
    assert _CELL_BYTES > MAX_BYTES


def test_no_show_is_said(name):
    with pytest.raises(UserError, match="no running show"):
        LookCell.attach(name + "-none")
