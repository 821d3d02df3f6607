"""Controllers: which MIDI devices are heard, and what is bound to what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from stemlight.bus.controls import CONTROLS
from stemlight.errors import UserError
from stemlight.midi.device_map import Binding, maps_dir, parse_map
from stemlight.panel.buttons import Menu
from stemlight.panel.learn import learn, osc_address, stop_learning
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.page import Page, card, quiet, row
from stemlight.panel.strips import Line
from stemlight.panel.translation import tr


@dataclass(frozen=True, slots=True)
class Bound:
    """One binding and whose it is."""

    device: str
    binding: Binding


def read_bindings(folder: Path) -> list[Bound]:
    """Of all maps in the folder; a broken one is left to the doors, who set it aside."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            device_map = parse_map(path.read_text(encoding="utf-8"), path, path.stem)
        except (UserError, OSError, UnicodeDecodeError):
            continue
        found += [Bound(device_map.device, binding) for binding in device_map.bindings]
    return found


class ControllersPage(Page):
    """Devices and learning above, the bindings below."""

    name = "controllers"

    def __init__(self, link: Link, memory: Memory) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Controllers")
        self._bindings: list[Bound] | None = None
        self._stamps: list[tuple[str, int]] = []
        self._use = QPushButton(self.tr("Use all MIDI controllers"))
        self._use.setCheckable(True)
        self._use.clicked.connect(lambda checked: link.set("midi.ports", "all" if checked else ""))
        link.bind(self._use, "midi.ports", lambda value: self._use.setChecked(bool(value)))
        self._devices, self._learning, self._remote = Line(quiet=True), Line(), Line(quiet=True)
        self._what = Menu()
        self._what.setAccessibleName(self.tr("Control to be learnt"))
        for control in CONTROLS:
            if not control.name.startswith("midi."):
                self._what.addItem(f"{control.name}: {tr(control.doc).partition(';')[0]}", control.name)
        self._what.setMinimumWidth(380)
        self._learn = QPushButton(self.tr("Learn"))
        self._learn.setCheckable(True)
        self._learn.clicked.connect(self._press_learn)
        self._table = QTableWidget(0, 4)
        self._table.setHorizontalHeaderLabels(
            [self.tr("control"), self.tr("moved by"), self.tr("device"), ""]
        )
        self._table.setAccessibleName(self.tr("Learnt bindings"))
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._table.setShowGrid(False)
        rows, columns = self._table.verticalHeader(), self._table.horizontalHeader()
        assert rows is not None and columns is not None
        rows.hide()
        rows.setDefaultSectionSize(50)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        for column in range(3):
            columns.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        columns.setSectionResizeMode(3, QHeaderView.ResizeMode.ResizeToContents)
        self._table.setMinimumHeight(160)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 12)
        whole.setSpacing(14)
        whole.addWidget(card(self.tr("MIDI"), row(self._use, 1), self._devices))
        hint = quiet(
            self.tr(
                "Or right-click any button or fader of the panel. "
                "A knob takes over when it comes to where the control is."
            ),
            wraps=True,
        )
        whole.addWidget(card(self.tr("Learn"), row(self._what, self._learn, 1), self._learning, hint))
        whole.addWidget(card(self.tr("Learnt"), self._table), 1)
        self._osc = Line(quiet=True)
        whole.addWidget(card(self.tr("OSC and the remote page"), self._osc, self._remote))

    def look(self) -> None:
        doors = self.link.part("doors")
        self._devices.say(doors.words("midi") or self.tr("No MIDI controller is in use."))
        name = str(self.link.controls.get("midi.learn"))
        self._learn.setChecked(bool(name))
        self._learn.setText(self.tr("Stop") if name else self.tr("Learn"))
        self._learning.say(doors.words("midi_learn"))
        chosen = str(self._what.currentData())
        self._osc.say(
            self.tr("{} came in. This control is {}").format(
                self.tr("{} messages").format(doors.get("osc_in")), osc_address(chosen)
            )
        )
        remote = doors.words("remote")
        self._remote.say(remote or self.tr("No remote page: start with --remote 8080 for one."))
        folder = maps_dir()
        stamps = [(str(path), path.stat().st_mtime_ns) for path in sorted(folder.glob("*.toml"))]
        if stamps != self._stamps or self._bindings is None:
            self._stamps, self._bindings = stamps, read_bindings(folder)
            self._fill(self._bindings)

    def _fill(self, bindings: list[Bound]) -> None:
        self._table.setRowCount(len(bindings))
        for place, bound in enumerate(bindings):
            binding = bound.binding
            message = f"{binding.message} {binding.number}, " + self.tr("channel {}").format(binding.channel)
            value = "" if binding.value is None else f" = {binding.value}"
            for column, text in enumerate((binding.control + value, message, bound.device)):
                self._table.setItem(place, column, QTableWidgetItem(text))
            gone = QPushButton(self.tr("Forget"))
            gone.setAccessibleName(self.tr("Forget {}").format(binding.control))
            gone.clicked.connect(lambda _, name=binding.control: self.link.set("midi.forget", name))
            self._table.setCellWidget(place, 3, gone)

    def _press_learn(self, checked: bool) -> None:
        if checked:
            learn(self.link, str(self._what.currentData()))
        else:
            stop_learning(self.link)
        self.look()
