"""Widgets that stand for a control show what it is, whoever set it, and set it when a hand moves them."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from stemlight.osc.receiver import CONTROL_ROOT
from stemlight.panel.buttons import ChoiceMenu, Fader, NumberBox, Segments, SwitchButton, TriggerButton
from stemlight.panel.learn import control_menu, osc_address

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def on_screen(application):
    shown = []

    def make(widget, width=400, height=44):
        widget.resize(width, height)
        widget.show()
        shown.append(widget)
        return widget

    yield make
    for widget in shown:
        widget.hide()
        widget.deleteLater()


def test_a_trigger_fires_when_it_is_pressed_not_when_it_is_let_go(link, show, on_screen):
    button = on_screen(TriggerButton(link, "beat.tap", "Tap"))
    QTest.mousePress(button, LEFT)
    assert show.controls.get("beat.tap") == 1
    QTest.mouseRelease(button, LEFT)
    assert show.controls.get("beat.tap") == 1


def test_a_switch_follows_other_doors(link, show, on_screen):
    button = on_screen(SwitchButton(link, "stage.blackout", "Blackout"))
    QTest.mouseClick(button, LEFT)
    assert show.controls.get("stage.blackout") is True
    show.controls.set("stage.blackout", False)
    link.refresh()
    assert not button.isChecked()


def test_a_fader_goes_where_it_is_pressed_and_back_by_a_double_click(link, show, on_screen):
    fader = on_screen(Fader(link, "stage.brightness", "Light", "%"))
    QTest.mousePress(fader, LEFT, pos=QPoint(200, 22))
    assert show.controls.get("stage.brightness") == pytest.approx(0.5, abs=0.01)
    QTest.mouseMove(fader, QPoint(0, 22))
    QTest.mouseRelease(fader, LEFT)
    assert show.controls.get("stage.brightness") == pytest.approx(0.0, abs=0.01)
    QTest.mouseDClick(fader, LEFT)
    assert show.controls.get("stage.brightness") == 1.0


def test_a_fader_moves_by_keys(link, show, on_screen):
    fader = on_screen(Fader(link, "stage.brightness", "Light", "%"))
    QTest.keyClick(fader, Qt.Key.Key_Left)
    assert show.controls.get("stage.brightness") == pytest.approx(0.99)
    QTest.keyClick(fader, Qt.Key.Key_Home)
    assert show.controls.get("stage.brightness") == 0.0
    QTest.keyClick(fader, Qt.Key.Key_Delete)
    assert show.controls.get("stage.brightness") == 1.0


def test_showing_a_value_does_not_write_it_back_rounded(link, show, on_screen):
    on_screen(Fader(link, "beat.offset_ms", "Offset", "ms", low=-250.0, high=250.0))
    show.controls.set("beat.offset_ms", 12.3456)
    link.refresh()
    assert show.controls.get("beat.offset_ms") == 12.3456
    show.controls.set("beat.offset_ms", 400.0)  # beyond what the fader shows
    link.refresh()
    assert show.controls.get("beat.offset_ms") == 400.0


def test_segments_choose_and_follow(link, show, on_screen):
    choice = on_screen(Segments(link, "sync.source", [("sound", "Sound"), ("tap", "Taps")], "Beat"))
    QTest.mouseClick(choice.buttons["tap"], LEFT)
    assert show.controls.get("sync.source") == "tap"
    show.controls.set("sync.source", "sound")
    link.refresh()
    assert choice.buttons["sound"].isChecked()


def test_a_menu_shows_also_what_it_does_not_list(link, show, on_screen):
    menu = on_screen(ChoiceMenu(link, "stage.transition", [("dissolve", "Dissolve"), ("burn", "Burn")], "By"))
    menu.setCurrentIndex(1)
    menu.activated.emit(1)
    assert show.controls.get("stage.transition") == "burn"
    show.controls.set("stage.transition", "/mine/swirl.fs")
    link.refresh()
    assert menu.currentData() == "/mine/swirl.fs"


def test_a_number_is_typed(link, show, on_screen):
    box = on_screen(NumberBox(link, "autopilot.bars", "Bars"))
    box.selectAll()
    QTest.keyClicks(box, "32")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert show.controls.get("autopilot.bars") == 32


def test_the_menu_of_a_control_learns_forgets_resets_and_copies(link, show, on_screen, application):
    fader = on_screen(Fader(link, "stage.brightness", "Light", "%"))
    link.set("stage.brightness", 0.2)
    does = {
        action.text().split()[0]: action
        for action in control_menu(link, "stage.brightness", fader).actions()[1:]
        if action.text()
    }
    does["Learn"].trigger()
    assert (show.controls.get("midi.learn"), show.controls.get("midi.ports")) == ("stage.brightness", "all")
    does["Forget"].trigger()
    assert show.controls.get("midi.forget") == "stage.brightness"
    does["Reset"].trigger()
    assert show.controls.get("stage.brightness") == 1.0
    does["Copy"].trigger()
    assert application.clipboard().text() == "/stemlight/ctl/stage/brightness"


def test_osc_addresses_are_those_that_osc_takes():
    assert osc_address("beat.tap").startswith(CONTROL_ROOT)
