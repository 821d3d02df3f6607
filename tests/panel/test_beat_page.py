"""The beat page: what a hand does of the beat, and what it shows of it everywhere."""

from __future__ import annotations

import time

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from stemlight.panel.buttons import SwitchButton
from stemlight.panel.strips import TopStrip


def test_the_tempo_is_locked_by_a_click_and_that_is_said_on_every_page(open_panel, show, link):
    window = open_panel()
    window.open_page("beat")
    switches = window.page.findChildren(SwitchButton)
    (lock,) = [switch for switch in switches if switch.property("control") == "beat.lock"]
    strip = window.findChild(TopStrip)
    show.hear(time.perf_counter(), tempo_bpm=128.0, beat_count=9)
    link.tick()
    link.looked.emit()
    assert not strip._locked.isVisible()
    QTest.mouseClick(lock, Qt.MouseButton.LeftButton)
    assert show.controls.get("beat.lock") is True
    for page in ("beat", "looks"):
        window.open_page(page)
        link.looked.emit()
        assert (strip._locked.isVisible(), strip._locked.text()) == (True, "locked")
    show.controls.set("beat.lock", False)  # by another door
    link.refresh()
    link.looked.emit()
    assert not (lock.isChecked() or strip._locked.isVisible())


@pytest.mark.parametrize("door", ["panel", "osc", "keyboard", "midi"])
def test_every_door_locks(show, door):
    from stemlight.bus.controls import ControlBus
    from stemlight.bus.segment import segment_name

    bus = ControlBus.attach(segment_name("controls"), door)
    bus.set("beat.lock", True)
    assert show.controls.get("beat.lock") is True
    bus.close()
