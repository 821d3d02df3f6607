"""Looks: what is found, in which order, by which key, and what a press does."""

from __future__ import annotations

import os

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from stemlight.bus.text_cell import MAX_BYTES
from stemlight.panel.look_grid import COMING, ON_AIR, STARRED, STATE, TURN, LookModel
from stemlight.panel.looks import Look, chosen, find_looks, in_order
from stemlight.panel.memory import Memory
from stemlight.panel.playlist import names_in
from stemlight.preset.library import preset_paths


def look(name, *tags, description=""):
    return Look(name, name.title(), description, tags, None, None)


LOOKS = [look("aurora", "cold"), look("ember", "warm", "fast"), look("nave", description="a warm church")]


@pytest.fixture
def page(open_panel):
    window = open_panel()
    return window.pages["looks"]


def names(looks):
    return [each.name for each in looks]


def test_every_word_of_a_search_must_be_somewhere():
    assert names(chosen(LOOKS, "", [], False)) == ["aurora", "ember", "nave"]
    assert names(chosen(LOOKS, "WARM", [], False)) == ["ember", "nave"]
    assert names(chosen(LOOKS, "warm fast", [], False)) == ["ember"]
    assert names(chosen(LOOKS, "warm", ["nave"], True)) == ["nave"]


def test_the_persons_order_comes_first_and_new_looks_follow():
    assert names(in_order(LOOKS, ["nave", "gone", "aurora"])) == ["nave", "aurora", "ember"]
    assert names(in_order(LOOKS, [])) == ["aurora", "ember", "nave"]


def test_moving_keeps_all_and_says_the_new_order(application):
    model, said = LookModel(lambda look: None), []
    model.moved.connect(said.append)
    model.show_looks(LOOKS, [], {})
    model.move(0, 3)
    assert names(model.looks) == ["ember", "nave", "aurora"] == said[-1]
    model.move(2, 0)
    assert names(model.looks) == ["aurora", "ember", "nave"] == said[-1]
    model.move(1, 1)
    model.move(1, 2)
    assert len(said) == 2  # these move nothing


def test_a_dragged_look_is_dropped_where_it_is_let_go(application):
    model = LookModel(lambda look: None)
    model.show_looks(LOOKS, [], {})
    dragged = model.mimeData([model.index(2)])
    model.dropMimeData(dragged, Qt.DropAction.MoveAction, -1, -1, model.index(0))
    assert names(model.looks) == ["nave", "aurora", "ember"]


def test_all_presets_are_there(page):
    assert names(page.model.looks) == [each.name for each in in_order(find_looks(), [])]
    assert {each.name for each in page.model.looks} == {path.stem for path in preset_paths()}


def test_a_press_and_a_number_put_on_air(page, show):
    first, third = page.model.looks[0], page.model.looks[2]
    QTest.keyClick(page.window(), "3")
    assert show.controls.get("stage.preset") == third.name
    page.grid.clicked.emit(page.model.index(0))
    assert show.controls.get("stage.preset") == first.name
    assert page.model.data(page.model.index(0), STATE) == ON_AIR


def test_the_number_keys_go_on_with_the_next_bank(page, show):
    if len(page.model.looks) < 12:
        pytest.skip("one bank holds all presets")
    QTest.keyClick(page.window(), Qt.Key.Key_PageDown)
    QTest.keyClick(page.window(), "2")
    assert show.controls.get("stage.preset") == page.model.looks[11].name


def test_numbers_choose_from_other_pages_too(page, show):
    page.window().open_page("beat")
    QTest.keyClick(page.window(), "1")
    assert show.controls.get("stage.preset") == page.model.looks[0].name


def test_what_the_stage_says_is_on_air_and_coming_is_seen(page, show):
    on_air, coming = page.model.looks[1].name, page.model.looks[4].name
    show.health.part("stage").say("on_air", on_air)
    show.health.part("stage").say("coming", coming)
    page.look()
    states = {
        each.name: page.model.data(page.model.index(i), STATE) for i, each in enumerate(page.model.looks)
    }
    assert {name: state for name, state in states.items() if state} == {on_air: ON_AIR, coming: COMING}


def test_a_star_and_an_order_outlast_the_panel(page):
    wanted = page.model.looks[1]
    page._star(wanted)
    assert page.model.data(page.model.index(1), STARRED)
    page.model.move(1, 0)
    assert Memory().names("favourites") == [wanted.name]
    assert Memory().names("order")[0] == wanted.name
    assert page.model.looks[0] == wanted


def test_a_preset_of_ones_own_appears_and_a_broken_one_says_why(page, tmp_path, link):
    folder = tmp_path / "presets"
    folder.mkdir()
    (folder / "mine.toml").write_text('version = 2\nname = "Mine"\n[[layers]]\nscene = "nave"\n')
    (folder / "torn.toml").write_text("version = 2\nname = ")
    link.set_seen(True)
    page._look_at_files()
    by_name = {each.name: each for each in page.model.looks}
    assert by_name["mine"].title == "Mine"
    assert "TOML" in by_name["torn"].wrong
    said = []
    link.said.connect(said.append)
    page.put_on_air(by_name["torn"])
    assert "TOML" in said[0]
    assert link.controls.get("stage.preset") == ""


def test_an_edited_preset_or_shader_is_drawn_anew(open_panel, link, tmp_path):
    scenes = tmp_path / "presets"
    scenes.mkdir()
    scene, path = scenes / "mine.fs", scenes / "mine.toml"
    scene.write_text("/*{}*/ void main() {}\n")
    path.write_text('version = 2\nname = "Mine"\n[[layers]]\nscene = "mine.fs"\n')

    def mine(page):
        return next(each for each in page.model.looks if each.name == "mine")

    page = open_panel().pages["looks"]
    link.set_seen(True)
    asked = page.thumbnails._waiting
    page.thumbnails.picture(mine(page))
    (before,) = [out for _, out in asked]
    for file in (scene, path):
        file.write_text(file.read_text() + "\n")
        os.utime(file, ns=(1, 1))
        page._look_at_files()
        page.thumbnails.picture(mine(page))
    later = [out for look, out in asked if look.name == "mine"]
    assert len(set(later)) == 3
    assert later[0] == before


def test_no_shipped_look_is_drawn_at_the_first_start(open_panel):
    page = open_panel().pages["looks"]
    pictures = [page.thumbnails.picture(each) for each in page.model.looks]
    assert len(pictures) >= 20
    assert all(pictures)
    assert not page.thumbnails._waiting


def by_name(page, name):
    return next(each for each in page.model.looks if each.name == name)


def turns(page):
    return {each.name: page.model.data(page.model.index(i), TURN) for i, each in enumerate(page.model.looks)}


def test_looks_are_picked_for_the_playlist_in_order(page, show):
    for name in ("nave", "aurora", "prism"):
        page.grid.turn_wanted.emit(by_name(page, name))
    assert show.controls.get("autopilot.playlist") == "nave, aurora, prism"
    assert names(page.playlist.model.looks) == ["nave", "aurora", "prism"]
    assert (turns(page)["nave"], turns(page)["prism"], turns(page)["galaxy"]) == ("1", "3", "")
    page.playlist.model.move(2, 0)
    assert show.controls.get("autopilot.playlist") == "prism, nave, aurora"
    page.grid.turn_wanted.emit(by_name(page, "nave"))
    assert show.controls.get("autopilot.playlist") == "prism, aurora"
    page.playlist._clear.click()
    assert show.controls.get("autopilot.playlist") == ""


def test_a_look_is_dragged_into_the_playlist(page, show):
    show.controls.set("autopilot.playlist", "nave, aurora")
    page.link.refresh()
    row = [each.name for each in page.model.looks].index("galaxy")
    dragged = page.model.mimeData([page.model.index(row)])
    playlist = page.playlist.model
    playlist.dropMimeData(dragged, Qt.DropAction.MoveAction, -1, -1, playlist.index(1))
    assert show.controls.get("autopilot.playlist") == "nave, galaxy, aurora"
    before = names(page.model.looks)
    back = playlist.mimeData([playlist.index(0)])
    page.model.dropMimeData(back, Qt.DropAction.MoveAction, -1, -1, page.model.index(0))
    assert sorted(names(page.model.looks)) == sorted(before)  # none comes twice


def test_while_picking_nothing_goes_on_air(page, show):
    page._list_button.click()
    assert page.playlist.isVisible()
    page.playlist.picks.click()
    page.grid.clicked.emit(page.model.index(4))
    assert show.controls.get("autopilot.playlist") == page.model.looks[4].name
    assert show.controls.get("stage.preset") == ""
    page.grid.clicked.emit(page.model.index(4))
    assert show.controls.get("autopilot.playlist") == ""
    page.playlist.picks.click()
    page.playlist.picks.click()
    page._list_button.click()  # closed: picking has ended
    page.grid.clicked.emit(page.model.index(4))
    assert show.controls.get("stage.preset") == page.model.looks[4].name


def test_a_playlist_that_somebody_else_wrote_is_shown(page, show):
    show.controls.set("autopilot.playlist", "Night Signal,nave , gone,nave")
    page.link.refresh()
    assert names(page.playlist.model.looks) == ["night_signal", "nave"]
    assert "1 of them" in page.playlist._words.text()
    page.playlist.toggle(by_name(page, "night_signal"))
    assert show.controls.get("autopilot.playlist") == "nave, gone"  # what is not there now may come back
    page.playlist.model.show_looks(page.playlist.model.looks, (), {})
    page.playlist.toggle(by_name(page, "aurora"))
    page.playlist.model.move(1, 0)
    assert show.controls.get("autopilot.playlist") == "aurora, nave, gone"


def test_all_looks_fit_into_a_playlist(page, show):
    for each in page.model.looks:
        page.playlist.toggle(each)
    shown = show.controls.get("autopilot.playlist")
    assert names_in(shown) == names(page.model.looks)


def test_a_playlist_that_is_full_says_so_and_stays(page, show):
    said = []
    page.link.said.connect(said.append)
    most = "x" * (MAX_BYTES - 4)
    show.controls.set("autopilot.playlist", most)
    page.link.refresh()
    page.playlist.toggle(by_name(page, "nave"))
    assert "full" in said[0]
    assert show.controls.get("autopilot.playlist") == most


def test_looks_are_moved_by_the_keyboard(page, show):
    page.grid.setFocus()
    page.grid.setCurrentIndex(page.model.index(1))
    first, second, third = names(page.model.looks)[:3]
    QTest.keyClick(page.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert names(page.model.looks)[:3] == [first, third, second]
    QTest.keyClick(page.grid, Qt.Key.Key_Plus)
    assert show.controls.get("autopilot.playlist") == second
    row = page.playlist.row
    row.setCurrentIndex(page.playlist.model.index(0))
    QTest.keyClick(row, Qt.Key.Key_Delete)
    assert show.controls.get("autopilot.playlist") == ""
