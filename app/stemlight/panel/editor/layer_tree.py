"""The layers of a preset and their filters: what is drawn last stands highest, as it lies highest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from stemlight.panel.editor.arrangement import WHOLE, Part, parts, shader_of
from stemlight.panel.on_air import title_of
from stemlight.panel.theme import HOVER, INK, QUIET, TARGET_PX, WARN, colour
from stemlight.preset.preset import Layer, Preset

_STYLE = f"""
QTreeWidget::indicator {{ width: 16px; height: 16px; border: 2px solid {QUIET}; border-radius: 5px; }}
QTreeWidget::indicator:checked {{ background: {INK}; border-color: {INK}; }}
QTreeWidget::item {{ border-radius: 8px; }}
QTreeWidget::item:selected {{ background: {HOVER}; color: {INK}; }}
QTreeWidget:focus {{ border: 2px solid {QUIET}; border-radius: 8px; }}
"""
_PLACE = Qt.ItemDataRole.UserRole


class LayerTree(QTreeWidget):
    """`chosen` gets a place, `enabled` a place and whether it is to be drawn."""

    chosen = pyqtSignal(str)
    enabled = pyqtSignal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setStyleSheet(_STYLE)
        self.setIndentation(18)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setMinimumSize(120, TARGET_PX)
        self.setAccessibleName(self.tr("Layers and filters"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._wanted: list[str] = []  # places
        self._items: dict[str, QTreeWidgetItem] = {}
        self._showing = False
        self.currentItemChanged.connect(self._on_chosen)
        self.itemChanged.connect(self._on_changed)

    @property
    def place(self) -> str:
        """The one that is chosen."""
        item = self.currentItem()
        return str(item.data(0, _PLACE)) if item else WHOLE

    def show_preset(self, preset: Preset, undrawn: Sequence[str], place: str) -> None:
        """`undrawn`: places of which nothing is seen because they fail. Chooses `place`.

        Items are made anew only where others are wanted: a click on one must not be its end.
        """
        self._showing = True
        wanted = [at for at, _ in parts(preset)]
        if wanted != self._wanted:
            self._wanted = wanted
            self._make_items(preset)
        for at, part in parts(preset):
            self._show_part(self._items[at], part, at in undrawn)
        chosen = self._items.get(place, self._items[WHOLE])
        if chosen is not self.currentItem():
            self.setCurrentItem(chosen)
        self._showing = False

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """What is chosen stays in sight."""
        super().resizeEvent(event)
        self.scrollToItem(self.currentItem())

    def _make_items(self, preset: Preset) -> None:
        self.clear()
        self._items.clear()
        whole = self._make_item(self.invisibleRootItem(), WHOLE)
        whole.setText(0, self.tr("Whole picture"))
        for j in range(len(preset.filters)):
            self._make_item(whole, f"filters[{j}]")
        for i in reversed(range(len(preset.layers))):
            item = self._make_item(self.invisibleRootItem(), f"layers[{i}]")
            for j in range(len(preset.layers[i].filters)):
                self._make_item(item, f"layers[{i}].filters[{j}]")
        self.expandAll()

    def _make_item(self, parent: QTreeWidgetItem | None, place: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent)
        item.setData(0, _PLACE, place)
        item.setSizeHint(0, QSize(100, TARGET_PX - 4))
        self._items[place] = item
        return item

    def _show_part(self, item: QTreeWidgetItem, part: Part, fails: bool) -> None:
        words = _words(part)
        item.setText(0, f"⚠ {words}" if fails else words)
        item.setForeground(0, colour(WARN if fails else INK if part.enabled else QUIET))
        item.setCheckState(0, Qt.CheckState.Checked if part.enabled else Qt.CheckState.Unchecked)
        item.setToolTip(0, str(shader_of(part)))

    def _on_chosen(self, item: QTreeWidgetItem | None) -> None:
        if item and not self._showing:
            self.chosen.emit(str(item.data(0, _PLACE)))

    def _on_changed(self, item: QTreeWidgetItem) -> None:
        if not self._showing and item.data(0, _PLACE):
            self.enabled.emit(str(item.data(0, _PLACE)), item.checkState(0) == Qt.CheckState.Checked)


def _words(part: Part) -> str:
    """Its name, and of a layer how it lies on the others where that says something."""
    said = [title_of(str(Path(shader_of(part)).stem))]
    if isinstance(part, Layer) and part.blend != "normal":
        said.append(part.blend)
    if part.opacity < 1.0:
        said.append(f"{part.opacity:.0%}")
    return " · ".join(said)
