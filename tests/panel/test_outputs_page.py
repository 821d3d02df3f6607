"""The outputs page: where the picture goes, how large, how early, and what it is recorded into."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QInputDialog
from stemlight.panel.fields import OffsetField
from stemlight.panel.memory import recalled_controls
from stemlight.panel.pages.outputs import SizeMenu

LAPTOP, PROJECTOR = "eDP-1, 1920x1200 at 60 Hz", "HDMI-1, 1920x1080 at 60 Hz"


@pytest.fixture
def page(open_panel):
    window = open_panel()
    window.open_page("outputs")
    return window.page


def choose(menu, value: str) -> None:
    menu.setCurrentIndex(menu.findData(value))
    menu.activated.emit(menu.currentIndex())


def words(menu) -> list[str]:
    return [menu.itemText(place) for place in range(menu.count())]


def test_the_monitors_are_those_of_the_stage_and_by_its_numbers(page, show):
    filled, mirror = page.monitors
    show.health.part("stage").say("monitors", f"{LAPTOP}\n{PROJECTOR}")
    page.look()
    assert words(filled) == ["the one it is on", f"0: {LAPTOP}", f"1: {PROJECTOR}"]
    assert words(mirror) == ["none", "a second window", f"0: {LAPTOP}", f"1: {PROJECTOR}"]
    choose(filled, "1")
    choose(mirror, "0")
    assert (show.controls.get("stage.monitor"), show.controls.get("stage.mirror")) == (1, 0)
    show.health.part("stage").say("monitors", LAPTOP)  # the projector is pulled out
    page.look()
    assert (filled.currentText(), filled.currentData()) == ("1: not there", "1")
    assert show.controls.get("stage.monitor") == 1


def test_a_size_is_chosen_typed_or_left(page, show, monkeypatch):
    menu = page.findChild(SizeMenu)
    choose(menu, "1920x1080")
    assert show.controls.get("stage.size") == "1920x1080"
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("", False))
    choose(menu, SizeMenu.OTHER)
    assert (show.controls.get("stage.size"), menu.currentData()) == ("1920x1080", "1920x1080")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (" 1600x900 ", True))
    choose(menu, SizeMenu.OTHER)
    assert (show.controls.get("stage.size"), menu.currentText()) == ("1600x900", "1600x900")
    choose(menu, "")
    assert show.controls.get("stage.size") == ""


def test_the_picture_has_an_offset_of_its_own_with_its_sign(page, show, link):
    field = next(f for f in page.findChildren(OffsetField) if f.property("control") == "stage.offset_ms")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "-45")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert show.controls.get("stage.offset_ms") == -45.0
    show.controls.set("stage.offset_ms", 30.0)
    link.refresh()
    assert field.text() == "+30 ms"
    assert show.controls.get("beat.offset_ms") == 0.0


def test_a_file_to_record_into_is_chosen_or_refused_in_one_line(page, show, monkeypatch, tmp_path):
    asked = []

    def answer(name):
        monkeypatch.setattr(
            QFileDialog, "getSaveFileName", lambda *options, **_: asked.append(options[2]) or (name, "")
        )
        page.record.choose()
        return page.record.says.text()

    answer(str(tmp_path / "tonight"))
    assert show.controls.get("record.file") == str(tmp_path / "tonight.mp4")
    assert page.record.file.text() == str(tmp_path / "tonight.mp4")
    assert "name it so" in answer(str(tmp_path / "tonight.avi"))
    assert page.record.says.warns
    assert "there is no folder" in answer(str(tmp_path / "no" / "tonight.mp4"))
    assert "too long a name" in answer(str(tmp_path / f"{240 * 'n'}.mp4"))
    answer("")  # given up
    assert show.controls.get("record.file") == str(tmp_path / "tonight.mp4")
    assert asked[1] == str(tmp_path / "tonight.mp4")  # the dialog begins where the last one ended
    QTest.mouseClick(page.record.usual, Qt.MouseButton.LeftButton)
    assert show.controls.get("record.file") == ""
    assert page.record.file.text().startswith("a new file in ")
    assert "GB free" in page.record.says.text()


def test_what_the_stage_says_of_a_recording_stands_beside_it(page, show):
    show.health.part("stage").say("record", "recording /tmp/tonight.mp4")
    page.look()
    assert "recording /tmp/tonight.mp4" in page.record.says.text()


def test_screens_and_offsets_are_there_the_next_night_and_a_full_screen_is_not(open_panel, show):
    window = open_panel()
    values = {"stage.monitor": 1, "stage.mirror": 0, "stage.size": "1920x1080", "stage.offset_ms": -45.0}
    for name, value in (values | {"stage.fullscreen": True, "record.on": True}).items():
        show.controls.set(name, value)
    window.leave(0)
    kept = recalled_controls()
    assert {name: kept[name] for name in values} == values
    assert not {"stage.fullscreen", "record.on", "beat.lock"} & set(kept)
