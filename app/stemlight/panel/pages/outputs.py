"""Outputs: the picture's window and recorder, and where OSC goes."""

from __future__ import annotations

from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QFrame,
    QLayout,
    QVBoxLayout,
    QWidget,
)

from stemlight.bus.controls import CONTROLS
from stemlight.panel import on_air
from stemlight.panel.buttons import ChoiceMenu, Fader, SwitchButton
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.osc_card import OscCard
from stemlight.panel.page import Page, card, quiet, row
from stemlight.panel.settings import PanelSettings
from stemlight.panel.strips import Line

NAMES = {control.name for control in CONTROLS}
SAID_OF = ("record", "mirror", "ndi", "spout", "syphon", "camera")  # topics of the stage
RATE_S = 1.0  # over which packets are counted


class OutputsPage(Page):
    """The picture above, OSC below."""

    name = "outputs"

    def __init__(self, link: Link, memory: Memory, settings: PanelSettings) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Outputs")
        self._window = Line(quiet=True)
        self.osc = OscCard(link, settings)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 12)
        column.setSpacing(14)
        if settings.has_stage:
            column.addWidget(self._make_picture())
        column.addWidget(self.osc)
        column.addStretch(1)

    def look(self) -> None:
        said = [on_air.stage_words(self.link, topic) for topic in ("window", *SAID_OF)]
        self._window.say(" · ".join(filter(None, said)))
        self.osc.look()

    def set_narrow(self, narrow: bool) -> None:
        self.osc.set_narrow(narrow)

    def _make_picture(self) -> QFrame:
        link = self.link
        fill = SwitchButton(link, "stage.fullscreen", self.tr("Fill the monitor"))
        keys = SwitchButton(link, "stage.help", self.tr("Keys on the picture"))
        rows: list[QWidget | QLayout] = [row(fill, keys, 1)]
        more: list[QWidget | str | int] = []
        if "stage.mirror" in NAMES:
            more += [self.tr("Mirror"), MonitorMenu(link, self.tr("Monitor that mirrors the picture"))]
        if "record.on" in NAMES:
            more.append(SwitchButton(link, "record.on", self.tr("Record"), danger=True))
        if "stage.flash_limit" in NAMES:
            more.append(SwitchButton(link, "stage.flash_limit", self.tr("Limit flashes")))
        if more:
            rows.append(row(*more, 1))
        if "stage.render_scale" in NAMES:
            scale = Fader(link, "stage.render_scale", self.tr("Render scale"), "%")
            words = quiet("")
            words.setMinimumWidth(52)
            link.bind(words, "stage.render_scale", lambda value: words.setText(f"{float(value):.0%}"))
            steps = SwitchButton(link, "stage.auto_scale", self.tr("Step down by itself"))
            rows.append(row(self.tr("Render scale"), scale, words, steps))
        others = [
            (name, title)
            for name, title in (
                ("output.ndi", "NDI"),
                ("output.spout", "Spout"),
                ("output.syphon", "Syphon"),
                ("output.camera", self.tr("Virtual camera")),
            )
            if name in NAMES
        ]
        if others:
            rows.append(row(self.tr("Also to"), *(SwitchButton(link, *each) for each in others), 1))
        return card(self.tr("Picture"), *rows, self._window)


class MonitorMenu(ChoiceMenu):
    """Monitors by number; -1 is none."""

    def __init__(self, link: Link, title: str) -> None:
        screens = [
            (str(i), f"{i + 1}: {screen.name()}") for i, screen in enumerate(QGuiApplication.screens())
        ]
        super().__init__(link, "stage.mirror", [("-1", self.tr("none")), *screens], title)
        self.activated.disconnect()
        self.activated.connect(lambda index: link.set("stage.mirror", int(self.itemData(index))))

    def _show(self, value: object) -> None:
        super()._show(str(value))
