"""The autopilot's playlist: looks picked by hand, in the order of their turns, as its control has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QPixmap
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from stemlight.bus.controls import Value
from stemlight.bus.text_cell import MAX_BYTES
from stemlight.panel.link import Link
from stemlight.panel.look_grid import LookModel, PlaylistRow
from stemlight.panel.looks import Look
from stemlight.panel.page import quiet
from stemlight.preset.library import name_key

CONTROL = "autopilot.playlist"


def names_in(text: str) -> list[str]:
    """The names in a playlist, as the control has them."""
    return [name.strip() for name in text.split(",") if name.strip()]


class Playlist(QFrame):
    """A row of the looks that the autopilot chooses from. What the control says counts, whoever wrote it."""

    changed = pyqtSignal()
    put_on_air = pyqtSignal(object)  # Look

    def __init__(self, link: Link, picture_of: Callable[[Look], QPixmap | None], button: QPushButton) -> None:
        """`button` stands for the control and opens the row."""
        super().__init__()
        self._link = link
        self._looks: dict[str, Look] = {}
        self.names: list[str] = []  # also of those that are not there now
        self.model = LookModel(picture_of)
        self.row = PlaylistRow(self.model)
        self.model.moved.connect(self._reorder)
        self.model.dropped.connect(self._insert)
        self.row.put_on_air.connect(self.put_on_air)
        self.row.unwanted.connect(self.toggle)
        self.setProperty("card", True)
        self.picks = QPushButton(self.tr("Pick"))
        self.picks.setCheckable(True)
        self.picks.setToolTip(self.tr("While this is on, a press on a look adds it or takes it away"))
        self.picks.toggled.connect(lambda on: self._say())
        self._clear = QPushButton(self.tr("Clear"))
        self._clear.setToolTip(self.tr("Takes all away: the autopilot chooses from all looks"))
        self._clear.clicked.connect(lambda: self._set([]))
        self._words = quiet("", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self._words, 1)
        top.addWidget(self.picks)
        top.addWidget(self._clear)
        column.addLayout(top)
        column.addWidget(self.row)
        button.setCheckable(True)
        button.toggled.connect(self._open)
        self.setVisible(False)
        self._button = button
        link.bind(button, CONTROL, self._obey)

    def show_looks(self, looks: Sequence[Look]) -> None:
        """All looks that there are."""
        self._looks = {name_key(look.name): look for look in looks}
        self._show()

    @property
    def turns(self) -> dict[str, str]:
        """When it is whose turn, from 1, by name."""
        return {look.name: str(place) for place, look in enumerate(self.model.looks, 1)}

    def has(self, look: Look) -> bool:
        """Whether `look` is in it."""
        return name_key(look.name) in map(name_key, self.names)

    def toggle(self, look: Look) -> None:
        """Adds a look at the end, or takes it away."""
        if self.has(look):
            self._set([name for name in self.names if name_key(name) != name_key(look.name)])
        else:
            self._insert(look.name, len(self.names))

    def _insert(self, name: str, row: int) -> None:
        if "," in name:
            self._link.said.emit(self.tr("{}: a playlist has no names with commas").format(name))
            return
        seen = [look.name for look in self.model.looks]
        before = seen[row] if row < len(seen) else None
        others = list(self.names)
        others.insert(others.index(before) if before in others else len(others), name)
        self._set(others)

    def _reorder(self, names: list[str]) -> None:
        gone = [name for name in self.names if name_key(name) not in self._looks]
        self._set([*names, *gone])

    def _set(self, names: Sequence[str]) -> None:
        text = ", ".join(names)
        if len(text.encode()) > MAX_BYTES:
            self._link.said.emit(self.tr("The playlist is full"))
            return
        self._link.set(CONTROL, text)

    def _obey(self, value: Value) -> None:
        self.names = list(dict.fromkeys(names_in(str(value))))
        self._show()

    def _show(self) -> None:
        found = [self._looks.get(name_key(name)) for name in self.names]
        looks = [look for look in found if look is not None]
        if [look.name for look in looks] != [look.name for look in self.model.looks] or looks:
            row = self.row.currentIndex().row()
            self.model.show_looks(looks, (), {})
            self.model.show_keys(self.turns)
            self.row.setCurrentIndex(self.model.index(min(row, len(looks) - 1)))
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        n_gone = len(self.names) - len(self.model.looks)
        if self.picks.isChecked():
            words = self.tr("A press on a look adds it or takes it away; nothing goes on air")
        elif not self.names:
            words = self.tr("Empty: the autopilot chooses from all looks. Drag looks here, or press Pick.")
        else:
            words = self.tr("The autopilot chooses from these. Drag to reorder; Del takes one away.")
        if n_gone:
            words += " " + self.tr("{} of them are not there now.").format(n_gone)
        self._words.setText(words)
        counted = self.tr("Playlist ({})").format(len(self.names))
        self._button.setText(counted if self.names else self.tr("Playlist"))
        self._clear.setEnabled(bool(self.names))

    def _open(self, opened: bool) -> None:
        self.setVisible(opened)
        if not opened:
            self.picks.setChecked(False)
