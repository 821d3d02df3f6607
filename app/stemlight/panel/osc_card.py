"""Where OSC goes: every destination a row that is edited in place, with what becomes of it.

The rows are the [[osc]] tables of files that the engine follows; a change is written at once, and the engine
sends by it within a second. What was given on the command line lies in a file of the show's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from stemlight.bus.health import MAX_DESTINATIONS
from stemlight.errors import UserError
from stemlight.osc.outputs import HIGHEST_RATE_HZ, LONGEST_OFFSET_MS
from stemlight.osc.profiles import DEFAULT_PROFILE, PROFILES
from stemlight.panel.buttons import Menu
from stemlight.panel.fields import NumberField, OffsetField, TextField
from stemlight.panel.link import Link
from stemlight.panel.osc_tables import OscRow, Removed, add, change, put_back, read_rows, remove
from stemlight.panel.page import card, quiet, row
from stemlight.panel.settings import PanelSettings
from stemlight.panel.strips import Line
from stemlight.settings import settings_path

COUNT_S = 1.0  # over which packets are counted
RATE_STEP_HZ = 5.0


class DestinationRow(QFrame):
    """One destination: switch, place, profile, prefix, rate and offset, and below what is wrong with it."""

    changed = pyqtSignal(dict)  # values of its table that a person wants; None leaves one out
    removed = pyqtSignal()
    kept = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.shown: OscRow | None = None
        self.refused = False
        self.on = QPushButton()
        self.on.setCheckable(True)
        self.on.setMinimumWidth(58)
        self.on.clicked.connect(lambda checked: self.changed.emit({"on": checked}))
        self.to, self.prefix = TextField("127.0.0.1:9000"), TextField("/…")
        self.to.setMinimumWidth(180)
        self.prefix.setMinimumWidth(80)
        self.to.entered.connect(lambda text: self.changed.emit({"to": text}))
        self.prefix.entered.connect(lambda text: self.changed.emit({"prefix": text or None}))
        self.profile = Menu()
        for name in PROFILES:
            self.profile.addItem(name, name)
        self.profile.activated.connect(
            lambda index: self.changed.emit({"profile": self.profile.itemData(index)})
        )
        self.rate = NumberField(0.0, HIGHEST_RATE_HZ, RATE_STEP_HZ, "Hz", usual=self.tr("usual"))
        self.rate.entered.connect(lambda value: self.changed.emit({"rate_hz": value or None}))
        self.offset = NumberField(
            -LONGEST_OFFSET_MS, LONGEST_OFFSET_MS, OffsetField.STEP_MS, "ms", signed=True
        )
        self.offset.entered.connect(lambda value: self.changed.emit({"offset_ms": value or None}))
        self.keep = QPushButton(self.tr("Keep"))
        self.keep.clicked.connect(self.kept)
        self.gone = QPushButton("✕")
        self.gone.setProperty("flat", True)
        self.gone.clicked.connect(self.removed)
        self.says, self.wrong = Line(quiet=True), Line()
        self.wrong.hide()
        for field in (self.to, self.prefix):
            field.given_up.connect(lambda: self.say_wrong(""))
        first = QHBoxLayout()
        for widget, share in ((self.on, 0), (self.to, 2), (self.profile, 1), (self.says, 3)):
            first.addWidget(widget, share)
        first.addWidget(self.keep)
        first.addWidget(self.gone)
        labels = self.tr("prefix"), self.tr("at most"), self.tr("early by")
        fields = self.prefix, self.rate, self.offset
        second = row(*(each for pair in zip(labels, fields, strict=True) for each in pair), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(6)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.wrong)
        self._first = first
        self._column = column

    def set_narrow(self, narrow: bool) -> None:
        """What becomes of it stands below instead of beside."""
        self._first.removeWidget(self.says)
        self._column.removeWidget(self.says)
        if narrow:
            self._column.insertWidget(2, self.says)
        else:
            self._first.insertWidget(3, self.says, 3)

    def show_row(self, shown: OscRow) -> None:
        """What the file says; what a person is typing stays."""
        self.shown = shown
        found, table = shown.destination, shown.table
        self.on.setChecked(shown.on)
        self.on.setText(self.tr("on") if shown.on else self.tr("off"))
        self.to.show_value(shown.to)
        profile = found.profile if found else str(table.get("profile", DEFAULT_PROFILE))
        self.profile.setCurrentIndex(self.profile.findData(profile))
        self.prefix.show_value(found.prefix if found else str(table.get("prefix", "")))
        self.rate.show_value((found.rate_hz if found else None) or 0.0)
        self.offset.show_value(found.offset_ms if found else 0.0)
        if shown.wrong or not (self.to.is_edited or self.prefix.is_edited):
            self.say_wrong(shown.wrong)
        for widget, words in (
            (self.on, self.tr("Send to {}")),
            (self.to, self.tr("Host and port, {}")),
            (self.profile, self.tr("Profile of {}")),
            (self.prefix, self.tr("Before every address to {}")),
            (self.rate, self.tr("Packets a second at most to {}")),
            (self.offset, self.tr("Beats leave this much earlier to {}, later if negative")),
            (self.keep, self.tr("Keep {} for other shows")),
            (self.gone, self.tr("Remove {}")),
        ):
            widget.setAccessibleName(words.format(shown.to))
            widget.setToolTip(words.format(shown.to))

    def refuse(self, values: Mapping[str, Any], reason: str) -> None:
        """What was wanted cannot be; what was typed stays, and what was chosen goes back."""
        for key, field in (("to", self.to), ("prefix", self.prefix)):
            if key in values:
                field.refuse()
        if self.shown:
            self.show_row(self.shown)
        self.say_wrong(reason)

    def say_wrong(self, words: str) -> None:
        """In a line of its own, which takes no room while nothing is wrong."""
        self.wrong.say(words, warns=True)
        self.wrong.setVisible(bool(words))


@dataclass(slots=True)
class _Counted:
    """Packets that a destination had been sent at a moment."""

    place: int
    at_s: float
    packets: int
    words: str = ""


class OscCard(QWidget):
    """All destinations, and a new one."""

    def __init__(self, link: Link, settings: PanelSettings) -> None:
        super().__init__()
        self._link = link
        self._files = settings.osc_files or (settings_path(),)
        self._given = settings.osc_given
        self._stamps: list[int] | None = None
        self._read: dict[Path, list[OscRow]] = {file: [] for file in self._files}
        self._settings_rows: list[OscRow] = []
        self._counted: dict[tuple[Path, int], _Counted] = {}
        self._removed: tuple[Path, Removed] | None = None
        self._narrow = False
        self.rows: dict[Path, list[DestinationRow]] = {file: [] for file in self._files}
        self._lists = {file: QVBoxLayout() for file in self._files}
        self._nothing = quiet(self.tr("Nothing is sent yet."))
        self.to, self.profile = TextField("127.0.0.1:9000"), Menu()
        self.to.setAccessibleName(self.tr("Host and port of a new OSC destination"))
        self.to.setMaximumWidth(260)
        self.to.returnPressed.connect(self.add)
        for name in PROFILES:
            self.profile.addItem(name, name)
        self.profile.setAccessibleName(self.tr("Profile of a new OSC destination"))
        button = QPushButton(self.tr("Add"))
        button.clicked.connect(self.add)
        self.wrong, self._engine_says = Line(), Line()
        self.back = QPushButton(self.tr("Put it back"))
        self.back.clicked.connect(self._put_back)
        self._gone = Line(quiet=True)
        self._gone_row = QWidget()
        gone = row(self.back, self._gone)
        gone.setContentsMargins(0, 0, 0, 0)
        self._gone_row.setLayout(gone)
        parts: list[QWidget | QVBoxLayout | QHBoxLayout] = [self._nothing]
        for file in self._files:
            parts.append(self._lists[file])
            if len(self._files) > 1 or file == self._given:
                parts.append(quiet(self._about(file), wraps=True))
        parts += [self._gone_row, row(self.to, self.profile, button, 1), self.wrong, self._engine_says]
        if self._files == (self._files[0],) and self._files[0] != self._given:
            parts.append(quiet(self._about(self._files[0]), wraps=True))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card(self.tr("OSC"), *parts))
        for line in (self._gone_row, self.wrong, self._engine_says):
            line.hide()

    def _about(self, file: Path) -> str:
        if file == self._given:
            return self.tr(
                "Given on the command line: what is changed here holds for this show. "
                "Keep puts one into the settings, for shows that are told none."
            )
        return self.tr("Kept in {}; the engine follows within a second.").format(file)

    def set_narrow(self, narrow: bool) -> None:
        """The window is narrow."""
        self._narrow = narrow
        for widgets in self.rows.values():
            for widget in widgets:
                widget.set_narrow(narrow)

    # What the files say.

    def look(self) -> None:
        """Lists anew if a file was written, and says what becomes of each."""
        stamps = [_stamp(file) for file in (*self._files, settings_path())]
        if stamps != self._stamps:
            self._stamps = stamps
            self.read()
        self._count()

    def read(self) -> None:
        """Lists what the files say; where one cannot be read, what it said stays."""
        wrong = ""
        for file in self._files:
            try:
                self._read[file] = read_rows(file)
            except UserError as error:
                wrong = self.tr("{}; sending as before").format(error)
            self._fill(file, self._read[file])
        self._engine_says.say(wrong, warns=True)
        self._engine_says.setVisible(bool(wrong))
        try:
            self._settings_rows = read_rows(settings_path())
        except UserError:
            self._settings_rows = []
        self._nothing.setVisible(not any(self._read.values()))
        for widget in self.rows[self._given] if self._given else []:
            kept = any(_same(widget.shown, each) for each in self._settings_rows)
            widget.keep.setEnabled(not kept)
            widget.keep.setText(self.tr("Kept") if kept else self.tr("Keep"))

    def _fill(self, file: Path, rows: list[OscRow]) -> None:
        widgets = self.rows[file]
        moved = len(rows) != len(widgets)  # then each may stand for another one than before
        while len(widgets) > len(rows):
            widget = widgets.pop()
            widget.hide()
            widget.deleteLater()
        while len(widgets) < len(rows):
            widgets.append(self._new_row(file, len(widgets)))
        for widget, each in zip(widgets, rows, strict=True):
            if moved:
                widget.to.give_up()
                widget.prefix.give_up()
            widget.show_row(each)

    def _new_row(self, file: Path, place: int) -> DestinationRow:
        widget = DestinationRow()
        widget.set_narrow(self._narrow)
        widget.keep.setVisible(file == self._given)
        widget.changed.connect(lambda values: self._change(file, place, values))
        widget.removed.connect(lambda: self._remove(file, place))
        widget.kept.connect(lambda: self._keep(file, place))
        self._lists[file].addWidget(widget)
        return widget

    # What a person does.

    def add(self) -> None:
        """The new one; it belongs to what lasts, where anything does."""
        table = {
            "to": self.to.text().strip() or self.to.placeholderText(),
            "profile": self.profile.currentData(),
        }
        if self._try(partial(add, self._files[-1], table)):
            self.to.clear()
            self.to.show_value("")
        else:
            self.to.refuse()

    def _change(self, file: Path, place: int, values: dict[str, Any]) -> None:
        widget, shown = self.rows[file][place], self._read[file][place]
        try:
            change(file, place, values, shown.table)
        except UserError as error:
            widget.refuse(values, str(error))
            return
        self._stamps = None
        self.look()

    def _remove(self, file: Path, place: int) -> None:
        def act() -> None:
            self._removed = (file, remove(file, place, self._read[file][place].table))

        if self._try(act) and self._removed:
            self._gone.say(self.tr("{} is removed.").format(self._removed[1].to))
            self._gone_row.show()
            self.back.setFocus()

    def _put_back(self) -> None:
        if self._removed and self._try(partial(put_back, *self._removed)):
            self._removed = None
            self._gone_row.hide()

    def _keep(self, file: Path, place: int) -> None:
        self._try(partial(add, settings_path(), self._read[file][place].table))

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except UserError as error:
            self.wrong.say(str(error), warns=True)
            self.wrong.show()
            return False
        self.wrong.say("")
        self.wrong.hide()
        self._stamps = None
        self.look()
        return True

    # What becomes of them.

    def _count(self) -> None:
        """Packets a second, and the last error, of those that the engine says it sends to."""
        engine, now_s = self._link.part("engine"), time.monotonic()
        free: dict[str, list[int]] = {}
        for place in range(MAX_DESTINATIONS):
            if line := engine.words(f"osc.{place}.to"):
                free.setdefault(line, []).append(place)
        for file, widgets in self.rows.items():
            for at, widget in enumerate(widgets):
                shown = widget.shown
                if shown is None or shown.destination is None or not shown.on:
                    widget.says.say("")
                    self._counted.pop((file, at), None)
                    continue
                places = free.get(shown.destination.line)
                if not places:
                    widget.says.say(self.tr("not sent yet"))
                    continue
                self._count_one(widget, (file, at), places.pop(0), now_s)

    def _count_one(self, widget: DestinationRow, key: tuple[Path, int], place: int, now_s: float) -> None:
        engine = self._link.part("engine")
        packets = engine.get(f"osc.{place}.packets")
        before = self._counted.get(key)
        if before is None or before.place != place or packets < before.packets:
            self._counted[key] = _Counted(place, now_s, packets)
        elif now_s - before.at_s >= COUNT_S:
            rate = (packets - before.packets) / (now_s - before.at_s)
            words = self.tr("{:.0f} packets/s").format(rate)
            self._counted[key] = _Counted(place, now_s, packets, words)
        words = self._counted[key].words or "…"
        trouble, is_troubled = engine.words(f"osc.{place}.trouble"), engine.get(f"osc.{place}.troubled")
        if trouble:
            words += " · " + (trouble if is_troubled else self.tr("before: {}").format(trouble))
        widget.says.say(words, warns=bool(is_troubled))


def _same(one: OscRow | None, other: OscRow) -> bool:
    return one is not None and one.destination is not None and one.destination == other.destination


def _stamp(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
