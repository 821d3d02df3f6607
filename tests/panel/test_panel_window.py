"""The window: pages, keys, closing, coming back as it was."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QMessageBox, QSlider, QSpinBox, QWidget
from stemlight.bus.controls import CONTROLS
from stemlight.panel.link import HIDDEN_MS, TICK_MS
from stemlight.panel.memory import KEPT, Memory, recalled_controls
from stemlight.panel.settings import CLOSED
from stemlight.panel.window import PanelWindow
from stemlight.settings import read_settings, settings_path

PAGES = ["looks", "edit", "sound", "beat", "outputs", "controllers", "health", "settings"]


def test_pages_open_by_key_and_the_last_one_is_remembered(open_panel):
    window = open_panel()
    assert set(PAGES) <= set(window.pages)
    assert window.page.name == "looks"
    for number, name in enumerate(window.pages):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_F1 + number))
        assert window.page.name == name
    window.open_page("beat")
    assert open_panel().page.name == "beat"


def test_a_key_throws_a_switch_from_every_page(open_panel, show):
    window = open_panel()
    switches = {"b": "stage.blackout", "p": "stage.freeze", "f": "stage.fullscreen", "l": "sync.lead"}
    for page in PAGES:
        window.open_page(page)
        for key, name in switches.items():
            QTest.keyClick(window, key)
            assert show.controls.get(name) is True, (page, key)
            QTest.keyClick(window, key)
            assert show.controls.get(name) is False, (page, key)


@pytest.mark.parametrize(
    ("key", "name"),
    [(" ", "beat.tap"), ("r", "beat.resync"), ("d", "beat.double"), ("t", "stage.next_transition")],
)
def test_a_key_fires_a_trigger_once(open_panel, show, key, name):
    window = open_panel()
    QTest.keyClick(window, key)
    assert show.controls.get(name) == 1


def test_the_space_bar_taps_also_where_a_button_has_the_focus_and_enter_presses_it(open_panel, show):
    window = open_panel()
    window._bottom.freeze.setFocus()
    QTest.keyClick(window._bottom.freeze, " ")
    assert (show.controls.get("beat.tap"), show.controls.get("stage.freeze")) == (1, False)
    QTest.keyClick(window._bottom.freeze, Qt.Key.Key_Return)
    assert (show.controls.get("beat.tap"), show.controls.get("stage.freeze")) == (1, True)


def test_the_keys_are_those_of_the_picture(open_panel, show):
    """Where both windows have a letter, it does the same: a hand does not ask which of them it is in."""
    from stemlight.stage.keyboard import press

    window = open_panel()
    window.pages["looks"].grid.clearFocus()
    for letter in "abdfhklprstxy":
        before = [show.controls.get(row.name) for row in CONTROLS]
        press(letter, show.controls)
        by_picture = [show.controls.get(row.name) for row in CONTROLS]
        press(letter, show.controls)
        again = [show.controls.get(row.name) for row in CONTROLS]
        QTest.keyClick(window, letter)
        by_panel = [show.controls.get(row.name) for row in CONTROLS]
        moved = [a != b for a, b in zip(before, by_picture, strict=True)]
        assert moved == [a != b for a, b in zip(again, by_panel, strict=True)], letter
        assert any(moved), letter


def test_a_letter_typed_into_a_search_is_no_key(open_panel, application, show):
    window = open_panel()
    search = window.pages["looks"].findChild(QLineEdit)
    search.setFocus()
    QTest.keyClicks(search, "bp")
    assert search.text() == "bp"
    assert not show.controls.get("stage.blackout")


def test_closing_asks_and_ends_nothing_by_itself(open_panel, monkeypatch):
    window = open_panel()
    answers = [None, CLOSED]
    monkeypatch.setattr(window, "ask_what_closing_means", lambda: answers.pop(0))
    window.close()
    assert window.codes == []
    assert window.isVisible()
    window.close()
    assert window.codes == [CLOSED]


@pytest.mark.parametrize(("button", "code"), [(0, None), (1, CLOSED), (2, 0)])
def test_what_is_answered_is_what_happens(open_panel, monkeypatch, button, code):
    def press(box):
        box.buttons()  # all are there before one is pressed
        texts = {each.text(): each for each in box.buttons()}
        each = texts[["Stay", "Close the panel", "End the show"][button]]
        monkeypatch.setattr(box, "clickedButton", lambda: each)

    monkeypatch.setattr(QMessageBox, "exec", press)
    assert open_panel().ask_what_closing_means() == code


def test_the_show_ends_the_panel(open_panel, show, link):
    window = open_panel()
    show.health.stop()
    link.tick()
    assert window.codes == [0]


def test_out_of_sight_it_looks_twice_a_second_and_reads_no_frame(open_panel, link, show):
    window = open_panel()
    link.begin()
    assert link._timer.interval() == TICK_MS
    window.hide()
    assert link._timer.interval() == HIDDEN_MS
    came = []
    link.frame_came.connect(came.append)
    show.hear(time.perf_counter())
    link.tick()
    assert not came
    window.show()
    link.tick()
    assert len(came) == 1


def test_everything_that_can_be_worked_has_a_name_and_can_be_reached_by_keys(open_panel):
    window = open_panel()
    kinds = (QAbstractButton, QSlider, QComboBox, QSpinBox, QLineEdit)
    found = [widget for kind in kinds for widget in window.findChildren(kind)]
    inside = (QComboBox, QSpinBox, QLineEdit)  # what Qt has put into these is theirs
    own = [widget for widget in found if not isinstance(widget.parent(), inside)]
    own = [widget for widget in own if not widget.objectName().startswith("qt_")]
    assert len(own) > 50
    for widget in own:
        said = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        assert said.strip(), f"{widget} has no name"
        group = widget.group() if isinstance(widget, QAbstractButton) else None
        ways = [widget, *(group.buttons() if group else [])]  # arrows go through a group
        reached = any(way.focusPolicy() & Qt.FocusPolicy.TabFocus for way in ways)
        assert reached, f"{said} cannot be reached by Tab"


def test_every_control_of_the_stage_and_the_beat_can_be_worked_somewhere(open_panel):
    window = open_panel()
    shown = {widget.property("control") for widget in window.findChildren(QWidget)}
    elsewhere = {  # the grid, the list of monitors, files, or by key alone
        "stage.preset", "stage.scene", "stage.next_scene", "stage.previous_scene", "sync.next_source",
        "stage.next_transition", "stage.previous_transition", "autopilot.playlist",
    }  # fmt: skip
    wanted = {row.name for row in CONTROLS if row.name.partition(".")[0] not in ("midi", "panel")}
    assert wanted - shown <= elsewhere


def test_a_show_without_a_picture_has_a_panel_all_the_same(link, settings, application):
    window = PanelWindow(link, Memory(), replace(settings, has_stage=False), lambda code: None)
    for name in PAGES:
        window.open_page(name)
    window.leave(0)
    window.deleteLater()


def test_geometry_comes_back_and_nonsense_does_not_matter(open_panel, application):
    window = open_panel()
    window.setGeometry(40, 30, 700, 500)
    window.leave(0)
    assert Memory().numbers("window") == [40, 30, 700, 500]
    settings_path().write_text('[panel]\nwindow = ["a"]\npage = 3\nscale = "x"\nfavourites = 1\norder = {}\n')
    assert open_panel().page.name == "looks"


def test_a_broken_settings_file_is_set_aside_and_the_panel_opens(open_panel, capsys):
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text("[panel\n")
    assert open_panel().isVisible()
    assert settings_path().with_name("settings.toml.broken-1").exists()
    assert "set aside" in capsys.readouterr().err


def test_what_the_next_night_begins_with_is_kept_and_fits(open_panel, show):
    window = open_panel()
    show.controls.set("beat.offset_ms", -40.0)
    show.controls.set("stage.blackout", True)
    show.controls.set("input.device", "Scarlett")
    window.leave(0)
    assert recalled_controls()["beat.offset_ms"] == -40.0
    assert recalled_controls()["input.device"] == "Scarlett"
    assert "stage.blackout" not in recalled_controls()
    assert "input.device" not in recalled_controls(["input.device"])
    kept = read_settings()["panel"]["controls"]
    assert set(kept) <= set(KEPT)


@pytest.mark.parametrize("value", ['"warm"', "1e9", "nan", "true", "[]"])
def test_a_kept_value_that_does_not_fit_is_left_out(value):
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text(f'[panel.controls]\n"beat.offset_ms" = {value}\n"no.control" = 1\n')
    assert recalled_controls() == {}
