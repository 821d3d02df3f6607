"""A panel on the real tables, without a display, a show or anybody's settings."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from stemlight.analysis.feature_frame import FAMILIES, FeatureFrame, empty_record
from stemlight.bus.controls import ControlBus
from stemlight.bus.frame_ring import FrameRing
from stemlight.bus.health import Health
from stemlight.bus.look_cell import LookCell
from stemlight.bus.preview_cell import PreviewCell
from stemlight.bus.segment import segment_name
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.settings import PanelSettings
from stemlight.panel.theme import dress
from stemlight.panel.window import PanelWindow


@pytest.fixture(scope="session")
def application():
    application = QApplication.instance() or QApplication([])
    dress(application)
    return application


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Settings, presets and kept pictures of a person who has none."""
    monkeypatch.setenv("STEMLIGHT_SETTINGS", str(tmp_path / "settings" / "settings.toml"))
    monkeypatch.setenv("STEMLIGHT_PRESETS", str(tmp_path / "presets"))
    monkeypatch.setattr("stemlight.panel.thumbnails.Thumbnails._next", lambda self: None)  # no child process
    monkeypatch.setattr("stemlight.panel.device_list.DeviceList.look", lambda self: None)


@pytest.fixture
def show(application):
    """The memory of a show, as its engine and stage would write it."""
    names = [segment_name(part) for part in ("frames", "controls", "health", "look", "preview")]
    parts = [
        FrameRing.create(names[0]),
        ControlBus.create(names[1]),
        Health.create(names[2]),
        LookCell.create(names[3]),
        PreviewCell.create(names[4]),
    ]
    yield Show(*parts)
    for part in parts:
        part.close()


class Show:
    """What the other processes do."""

    def __init__(self, ring, controls, health, look, preview) -> None:
        self.ring, self.controls, self.health, self.look = ring, controls, health, look
        self.preview = preview
        self._engine = FrameRing.attach(segment_name("frames"), writer=True)

    def hear(self, captured_s: float, **values) -> None:
        """Publishes a frame. `drums_level=0.5`, `tempo_bpm=128.0`."""
        record = empty_record()
        for name, value in values.items():
            family, _, quantity = name.partition("_")
            if family in FAMILIES and quantity in ("level", "hits", "presence"):
                record[quantity][FAMILIES.index(family)] = value
            else:
                record[name] = value
        self._engine.publish(FeatureFrame(record), captured_s)


@pytest.fixture
def link(show):
    bus = ControlBus.attach(segment_name("controls"), "panel")
    link = Link(show.ring, bus, show.health)
    yield link
    link.end()
    link.deleteLater()
    bus.close()


@pytest.fixture
def settings():
    names = [segment_name(part) for part in ("frames", "controls", "health", "look", "preview")]
    return PanelSettings(*names, source="test")


@pytest.fixture
def open_panel(show, link, settings, application):
    """Opens panels; `codes` gets what they ended with."""
    opened = []

    def make():
        codes = []
        window = PanelWindow(link, Memory(), settings, codes.append)
        window.codes = codes
        window.resize(1280, 800)
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window, 5000)
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.leave(0)
        window.hide()
        window.deleteLater()
    application.processEvents()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # gone before the show's memory is
