"""Outputs: the picture's window and recorder, and where OSC goes."""

from __future__ import annotations

import time
from functools import partial

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from stemlight.bus.controls import CONTROLS
from stemlight.errors import UserError
from stemlight.osc.outputs import OscDestination
from stemlight.osc.profiles import PROFILES
from stemlight.panel import on_air
from stemlight.panel.buttons import ChoiceMenu, Fader, Menu, SwitchButton
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.osc_tables import OscRow, add, change, read_rows, remove
from stemlight.panel.page import Page, card, quiet, row
from stemlight.panel.settings import PanelSettings
from stemlight.panel.strips import Line
from stemlight.settings import settings_path

NAMES = {control.name for control in CONTROLS}
SAID_OF = ("record", "mirror", "ndi", "spout", "syphon", "camera")  # topics of the stage
RATE_S = 1.0  # over which packets are counted


class OutputsPage(Page):
    """The picture above, OSC below."""

    name = "outputs"

    def __init__(self, link: Link, memory: Memory, settings: PanelSettings) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Outputs")
        self._given = [OscDestination.parse(text) for text in settings.osc_given]
        self._file = settings.osc_config or settings_path()
        self._follows = settings.osc_config is not None
        self._rows: list[OscRow] = []
        self._stamp = -1
        self._window = Line(quiet=True)
        self._counts: dict[int, tuple[float, int]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 12)
        column.setSpacing(14)
        if settings.has_stage:
            column.addWidget(self._make_picture())
        column.addWidget(self._make_osc())
        column.addStretch(1)

    def look(self) -> None:
        said = [on_air.stage_words(self.link, topic) for topic in ("window", *SAID_OF)]
        self._window.say(" · ".join(filter(None, said)))
        self._read()
        self._count()

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

    def _make_osc(self) -> QFrame:
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(10)
        self._table.setVerticalSpacing(6)
        self._table.setColumnStretch(4, 1)
        self._to, self._profile = QLineEdit(), Menu()
        self._to.setPlaceholderText("127.0.0.1:9000")
        self._to.setAccessibleName(self.tr("Host and port of a new OSC destination"))
        self._to.setMaximumWidth(220)
        self._to.returnPressed.connect(self._add)
        for profile in PROFILES:
            self._profile.addItem(profile, profile)
        self._profile.setAccessibleName(self.tr("Profile of a new OSC destination"))
        button = QPushButton(self.tr("Add"))
        button.clicked.connect(self._add)
        self._wrong = Line()
        follows = quiet(
            self.tr("Kept in {}; the engine follows within a second.").format(self._file), wraps=True
        )
        if not self._follows:
            follows.setText(
                self.tr(
                    "This show was told its OSC destinations on the command line; "
                    "what is added here is for the next one."
                )
            )
        return card(
            self.tr("OSC"), self._table, row(self._to, self._profile, button, 1), self._wrong, follows
        )

    def _add(self) -> None:
        table = {
            "to": self._to.text().strip() or self._to.placeholderText(),
            "profile": self._profile.currentData(),
        }
        if self._try(partial(add, self._file, table)):
            self._to.clear()

    def _try(self, act: object) -> bool:
        assert callable(act)
        try:
            act()
        except UserError as error:
            self._wrong.say(str(error), warns=True)
            return False
        self._wrong.say("")
        self._read()
        return True

    def _read(self) -> None:
        """Lists anew if the file was written."""
        try:
            stamp = self._file.stat().st_mtime_ns
        except OSError:
            stamp = 0
        if stamp != self._stamp:
            self._stamp = stamp
            self._rows = read_rows(self._file)
            self._counts.clear()
            self._fill()

    def _fill(self) -> None:
        while (item := self._table.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._rates: dict[int, Line] = {}  # by place in the engine's health
        heads = ("", self.tr("to"), self.tr("profile"), self.tr("at most"), self.tr("sent"), "")
        for at, words in enumerate(heads if self._rows or self._given else ()):
            self._table.addWidget(quiet(words), 0, at)
        place = 0  # in the engine's list: those of the command line, then those of the file that are on
        for number, given in enumerate(self._given, 1):
            self._table.addWidget(quiet(self.tr("given")), number, 0)
            self._table.addWidget(_words(str(given)), number, 1)
            self._table.addWidget(quiet(given.profile), number, 2)
            self._table.addWidget(self._rate_words(place), number, 4)
            place += 1
        for at, each in enumerate(self._rows):
            number = at + 1 + len(self._given)
            on = QPushButton(self.tr("on") if each.on else self.tr("off"))
            on.setCheckable(True)
            on.setChecked(each.on)
            on.setAccessibleName(self.tr("Send to {}").format(each.to))
            on.clicked.connect(
                lambda checked, at=at: self._try(partial(change, self._file, at, {"on": checked}))
            )
            self._table.addWidget(on, number, 0)
            self._table.addWidget(_words(each.to), number, 1)
            self._table.addWidget(quiet(str(each.table.get("profile", "stemlight"))), number, 2)
            self._table.addWidget(self._rate_box(at, each), number, 3)
            if each.wrong or not each.on or not self._follows:
                line = Line(quiet=True)
                line.say(each.wrong, warns=True)
                self._table.addWidget(line, number, 4)
            else:
                self._table.addWidget(self._rate_words(place), number, 4)
            place += each.on and not each.wrong
            gone = QPushButton("✕")
            gone.setProperty("flat", True)
            gone.setAccessibleName(self.tr("Remove {}").format(each.to))
            gone.clicked.connect(lambda _, at=at: self._try(partial(remove, self._file, at)))
            self._table.addWidget(gone, number, 5)
        if not self._rows and not self._given:
            self._table.addWidget(quiet(self.tr("Nothing is sent yet.")), 1, 0, 1, 5)

    def _rate_box(self, at: int, each: OscRow) -> QSpinBox:
        box = QSpinBox()
        box.setRange(0, 87)
        box.setSpecialValueText(self.tr("usual"))
        box.setSuffix(" Hz")
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.setMinimumWidth(84)
        box.setKeyboardTracking(False)
        box.setAccessibleName(self.tr("Packets a second at most to {}").format(each.to))
        rate = each.destination.rate_hz if each.destination else None
        box.setValue(round(rate) if rate else 0)
        box.valueChanged.connect(
            lambda value: self._try(
                partial(change, self._file, at, {"rate_hz": float(value) if value else None})
            )
        )
        return box

    def _rate_words(self, place: int) -> Line:
        line = Line(quiet=True)
        self._rates[place] = line
        return line

    def _count(self) -> None:
        """Packets a second, and the last error."""
        engine, now_s = self.link.part("engine"), time.monotonic()
        for place, line in self._rates.items():
            packets = engine.get(f"osc.{place}.packets")
            before_s, before = self._counts.get(place, (0.0, packets))
            if now_s - before_s >= RATE_S:
                rate = (packets - before) / (now_s - before_s) if before_s else 0.0
                self._counts[place] = (now_s, packets)
                errors = engine.get(f"osc.{place}.errors")
                says = engine.words(f"osc.{place}").removeprefix("OSC: ") if errors else ""
                words = self.tr("{:.0f} packets/s").format(rate)
                line.say(f"{words} · {says}" if says else words, warns=bool(says))


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


def _words(text: str) -> Line:
    line = Line()
    line.say(text)
    line.setMinimumWidth(190)
    return line
