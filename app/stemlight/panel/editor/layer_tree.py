"""The layers of a preset and their filters: what is drawn last stands highest, as it lies highest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from stemlight.panel.editor.arrangement import WHOLE, Part, part_at, parts, shader_of
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
        self.setMinimumWidth(120)
        self.setAccessibleName(self.tr("Layers and filters"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._shown: tuple[object, ...] = ()
        self._showing = False
        self.currentItemChanged.connect(self._on_chosen)
        self.itemChanged.connect(self._on_changed)

    @property
    def place(self) -> str:
        """The one that is chosen."""
        item = self.currentItem()
        return str(item.data(0, _PLACE)) if item else WHOLE

    def show_preset(self, preset: Preset, undrawn: Sequence[str], place: str) -> None:
        """`undrawn`: places of which nothing is seen because they fail. Chooses `place`."""
        rows = [(at, _words(part), part.enabled, at in undrawn) for at, part in parts(preset)]
        shown = (rows, place)
        if shown == self._shown and self.place == place:
            return
        self._shown = shown
        self._showing = True
        self.clear()
        self._add(None, WHOLE, self.tr("Whole picture"), None, False)
        for j, effect in enumerate(preset.filters):
            at = f"filters[{j}]"
            self._add(self.topLevelItem(0), at, _words(effect), effect, at in undrawn)
        for i in reversed(range(len(preset.layers))):
            at, layer = f"layers[{i}]", preset.layers[i]
            item = self._add(None, at, _words(layer), layer, at in undrawn)
            for j, effect in enumerate(layer.filters):
                below = f"{at}.filters[{j}]"
                self._add(item, below, _words(effect), effect, below in undrawn)
        self.expandAll()
        self._choose(place if part_at(preset, place) else WHOLE)
        self._showing = False

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """What is chosen stays in sight."""
        super().resizeEvent(event)
        self.scrollToItem(self.currentItem())

    def _add(
        self, parent: QTreeWidgetItem | None, place: str, words: str, part: Part | None, fails: bool
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent) if parent else QTreeWidgetItem(self)
        item.setText(0, f"⚠ {words}" if fails else words)
        item.setData(0, _PLACE, place)
        item.setSizeHint(0, QSize(100, TARGET_PX - 4))
        seen = part is None or part.enabled
        item.setForeground(0, colour(WARN if fails else INK if seen else QUIET))
        if part is not None:
            item.setCheckState(0, Qt.CheckState.Checked if part.enabled else Qt.CheckState.Unchecked)
            item.setToolTip(0, str(shader_of(part)))
        return item

    def _choose(self, place: str) -> None:
        for item in self.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive):
            if item.data(0, _PLACE) == place:
                self.setCurrentItem(item)

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
