"""What every page of the panel is."""

from __future__ import annotations

from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from stemlight.bus.frame_ring import Published
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory


class Page(QWidget):
    """One page. The window tells the one in sight what comes in; the others cost nothing."""

    name = ""  # of its icon too
    scrolls_itself = False

    def __init__(self, link: Link, memory: Memory) -> None:
        super().__init__()
        self.link, self.memory = link, memory
        self.title = ""
        self.sides: QBoxLayout | None = None

    def show_frame(self, newest: Published | None) -> None:
        """Thirty times a second while in sight; None: no engine speaks."""

    def look(self) -> None:
        """Four times a second while in sight, and when it comes into sight."""

    def set_narrow(self, narrow: bool) -> None:
        """The window is narrow: what stands side by side stands below one another."""
        if self.sides is not None:
            directions = QBoxLayout.Direction
            self.sides.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)

    def take_key(self, event: QKeyEvent) -> bool:
        """A key that no widget wanted; whether it meant something here."""
        return False

    def leave(self) -> None:
        """The panel ends: keep what lasts."""


def card(title: str, *rows: QWidget | QLayout) -> QFrame:
    """Things that belong together, under a title."""
    frame = QFrame()
    frame.setProperty("card", True)
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 14)
    column.setSpacing(10)
    if title:
        heading = QLabel(title)
        heading.setProperty("title", True)
        column.addWidget(heading)
    for row in rows:
        if isinstance(row, QWidget):
            column.addWidget(row)
        else:
            column.addLayout(row)
    return frame


def row(*widgets: QWidget | str | int, spacing: int = 8) -> QHBoxLayout:
    """Side by side; a text is a quiet label, a number is room that grows."""
    layout = QHBoxLayout()
    layout.setSpacing(spacing)
    for widget in widgets:
        if isinstance(widget, int):
            layout.addStretch(widget)
        elif isinstance(widget, str):
            layout.addWidget(quiet(widget))
        else:
            grows = widget.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored
            layout.addWidget(widget, 1 if grows else 0)
    return layout


def quiet(text: str, wraps: bool = False) -> QLabel:
    """A label that stands back."""
    label = QLabel(text)
    label.setProperty("quiet", True)
    label.setWordWrap(wraps)
    return label
