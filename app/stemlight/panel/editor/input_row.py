"""One input on a line: its name, its control, a button that lets the music move it; below, what moves it."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QContextMenuEvent, QMouseEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from stemlight.panel.editor.arrangement import Part, with_mapping, without_mapping
from stemlight.panel.editor.input_controls import Live, control_for
from stemlight.panel.editor.mapping_row import MappingRow
from stemlight.panel.editor.shown_input import MAPPED, ShownInput
from stemlight.panel.editor.source_menu import pop_up, source_menu
from stemlight.panel.editor.source_titles import begun, family_of
from stemlight.panel.strips import Line
from stemlight.panel.theme import TARGET_PX
from stemlight.preset.preset import Mapping

NAME_PX = 132


class InputRow(QFrame):
    """`changed` gets the layer or filter as it is wanted, and the name of what was touched."""

    changed = pyqtSignal(object, str)
    pressed = pyqtSignal(str)  # an event, by its name

    def __init__(self, entry: ShownInput, part: Part, name_px: int = NAME_PX) -> None:
        super().__init__()
        self.entry, self._part = entry, part
        self.mapping_rows: list[MappingRow] = []
        self._at: list[int] = []  # of each in the part's list of mappings
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        self._name = Line(size_px=14)
        self._name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name.setFixedWidth(name_px)
        self._name.say(entry.label)
        self.control = control_for(entry)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._name)
        line.addWidget(self.control, 1)
        self.wave = QPushButton("∿")
        self.wave.setFixedWidth(TARGET_PX)
        self.wave.setToolTip(self.tr("Let the music move it"))
        self.wave.setAccessibleName(self.tr("Let the music move {}").format(entry.label))
        self.wave.setVisible(entry.kind in MAPPED)
        self.wave.clicked.connect(lambda: self._offer(self.wave.mapToGlobal(self.wave.rect().bottomLeft())))
        line.addWidget(self.wave)
        column.addLayout(line)
        self._below = QVBoxLayout()
        self._is_narrow = name_px < NAME_PX
        self._below.setContentsMargins(8 if self._is_narrow else 40, 0, 0, 0)
        self._below.setSpacing(0)
        column.addLayout(self._below)
        self.control.chosen.connect(self._set)
        self.control.pressed.connect(lambda: self.pressed.emit(entry.name))
        # A click on a menu's own entry field offers its text's menu; here a right click means the input.
        for child in self.control.findChildren(QWidget):
            child.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.show_part(part)

    @property
    def mappings(self) -> list[Mapping]:
        """Those of this input."""
        return [self._part.mappings[at] for at in self._at]

    def show_part(self, part: Part) -> None:
        """As it is now."""
        self._part = part
        self._at = [i for i, mapping in enumerate(part.mappings) if mapping.input == self.entry.name]
        self.control.show_value(self.entry.value_in(part))
        families = {family_of(mapping.source) for mapping in self.mappings}
        family = families.pop() if len(families) == 1 else ""
        self.control.show_reach([mapping.amount for mapping in self.mappings], family)
        if not self._at:
            self.control.show_live(None)
        if len(self.mapping_rows) != len(self._at):
            self._make_mapping_rows()
        for row, mapping in zip(self.mapping_rows, self.mappings, strict=True):
            row.show_mapping(mapping)

    def show_live(self, value: Live) -> None:
        """What the music makes of it at this moment."""
        if self._at:
            self.control.show_live(value)

    def menu(self) -> QMenu:
        """What a right click offers: sources, and the value as the shader has it."""
        menu = source_menu(self.tr("{} is moved by").format(self.entry.label), self.map_to, self)
        reset = QAction(self.tr("Reset to the shader's own value"), menu)
        reset.triggered.connect(lambda: self._set(None))
        menu.insertAction(menu.actions()[1], reset)
        return menu

    def map_to(self, source: str) -> None:
        """Lets `source` move it, by half of its range at first."""
        value = self.entry.value_in(self._part)
        low, high = self.entry.low[0], self.entry.high[0]
        number = float(value) if isinstance(value, bool | int | float) else low
        base = (number - low) / (high - low) if high > low else 0.0
        mapping = begun(source, self.entry.name, self.entry.kind, base)
        self.changed.emit(with_mapping(self._part, mapping), "")

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        if event and self.entry.kind in MAPPED:
            self._offer(event.globalPos())

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """On its name."""
        if event and event.position().x() <= self._name.width():
            self._set(None)

    def _offer(self, at: QPoint) -> None:
        pop_up(self.menu(), at)

    def _set(self, value: object) -> None:
        part = self.entry.set_in(self._part, value)  # type: ignore[arg-type]
        self.changed.emit(part, self.entry.name)

    def _make_mapping_rows(self) -> None:
        while self._below.count():
            item = self._below.takeAt(0)
            widget = item.widget() if item else None
            if widget:
                widget.hide()
                widget.deleteLater()
        self.mapping_rows = []
        for place, mapping in enumerate(self.mappings):
            row = MappingRow(self.entry, mapping, self._is_narrow)
            row.changed.connect(lambda wanted, what, place=place: self._change(place, wanted, what))
            row.removed.connect(lambda place=place: self._remove(place))
            self._below.addWidget(row)
            self.mapping_rows.append(row)

    def _change(self, place: int, wanted: Mapping, what: str) -> None:
        at = self._at[place]
        self.changed.emit(with_mapping(self._part, replace(wanted), at), f"mappings[{at}].{what}")

    def _remove(self, place: int) -> None:
        self.changed.emit(without_mapping(self._part, self._at[place]), "")
