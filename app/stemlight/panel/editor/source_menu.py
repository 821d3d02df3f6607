"""The menu of what can move an input: the usual sources first, everything else below."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QMenu, QWidget

from stemlight.panel.editor.source_titles import USUAL, family_of, groups, source_title
from stemlight.panel.theme import INK, STEM_COLOURS, colour, stem_shape

_ICON_PX = 48  # four times what is shown: sharp on any screen


def source_menu(title: str, choose: Callable[[str], None], parent: QWidget) -> QMenu:
    """`choose` gets the source."""
    menu = QMenu(parent)
    heading = menu.addAction(title)
    assert heading
    heading.setEnabled(False)
    menu.addSeparator()
    for source in USUAL:
        _add(menu, source, choose)
    menu.addSeparator()
    for group in groups():
        submenu = menu.addMenu(group.title)
        assert submenu
        for source in group.sources:
            _add(submenu, source, choose)
    return menu


def pop_up(menu: QMenu, at: QPoint) -> None:
    """Shows `menu` until something is chosen, and lets go of it, also where what it belongs to has gone."""
    menu.exec(at)
    with contextlib.suppress(RuntimeError):
        menu.deleteLater()


def source_icon(source: str) -> QIcon:
    """The shape and colour of the stem that it is of."""
    family = family_of(source)
    pixmap = QPixmap(_ICON_PX, _ICON_PX)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(STEM_COLOURS.get(family, INK)))
    painter.drawPath(stem_shape(family, QRectF(8, 8, _ICON_PX - 16, _ICON_PX - 16)))
    painter.end()
    return QIcon(pixmap)


def _add(menu: QMenu, source: str, choose: Callable[[str], None]) -> None:
    action = menu.addAction(source_icon(source), source_title(source))
    assert action
    action.setData(source)
    action.triggered.connect(lambda: choose(source))
