"""Colours, sizes and the style sheet of the panel: dark, and readable at arm's length.

The colours are those of the remote page; the stems' are told apart under every kind of colour blindness
(tests/panel measures it), and each stem has a shape besides.
"""

from __future__ import annotations

from functools import lru_cache

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QPainterPath, QPalette, QPolygonF
from PyQt6.QtWidgets import QApplication

GROUND, RAISED, HOVER, LINE = "#0c0d0f", "#17191d", "#22262c", "#30343b"
CARD = "#121417"  # what belongs together lies on it
INK, QUIET = "#eeebe4", "#a2a4ab"  # 16:1 and 7.6:1 on the ground
WARN, GOOD = "#ff5a4f", "#4fd08a"
STEM_COLOURS = {"drums": "#f5a800", "bass": "#3f8efc", "vocals": "#f4eec8", "other": "#c14a8f"}
ALL_COLOUR = INK

TARGET_PX = 44  # the smallest thing that a finger or a hurried mouse is to hit
GAP_PX = 10


@lru_cache(256)
def colour(code: str, opacity: float = 1.0) -> QColor:
    """A colour of the theme, `opacity` 0..1. Made once: change a copy."""
    made = QColor(code)
    made.setAlphaF(opacity)
    return made


def font(size_px: int, bold: bool = False) -> QFont:
    """The panel's font at a size; digits are all as wide as each other in it."""
    made = QFont(QApplication.font())
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def stem_shape(stem: str, box: QRectF) -> QPainterPath:
    """A stem's own shape, as large as `box`: the second cue beside its colour."""
    path = QPainterPath()
    middle = box.center()
    if stem == "drums":
        path.addRect(box.adjusted(1, 1, -1, -1))
    elif stem == "bass":
        corners = [box.topLeft(), box.topRight(), QPointF(middle.x(), box.bottom())]
        path.addPolygon(QPolygonF(corners))
        path.closeSubpath()
    elif stem == "other":
        corners = [
            QPointF(middle.x(), box.top()),
            QPointF(box.right(), middle.y()),
            QPointF(middle.x(), box.bottom()),
            QPointF(box.left(), middle.y()),
        ]
        path.addPolygon(QPolygonF(corners))
        path.closeSubpath()
    else:
        path.addEllipse(box)
    return path


def dress(application: QApplication) -> None:
    """Gives every widget the panel's colours, whatever the system's are."""
    application.setStyle("Fusion")
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, code in (
        (roles.Window, GROUND),
        (roles.Base, RAISED),
        (roles.AlternateBase, HOVER),
        (roles.Button, RAISED),
        (roles.WindowText, INK),
        (roles.Text, INK),
        (roles.ButtonText, INK),
        (roles.ToolTipBase, RAISED),
        (roles.ToolTipText, INK),
        (roles.PlaceholderText, QUIET),
        (roles.Highlight, INK),
        (roles.HighlightedText, GROUND),
        (roles.Link, INK),
    ):
        palette.setColor(role, colour(code))
    palette.setColor(QPalette.ColorGroup.Disabled, roles.WindowText, colour(QUIET, 0.5))
    palette.setColor(QPalette.ColorGroup.Disabled, roles.ButtonText, colour(QUIET, 0.5))
    application.setPalette(palette)
    family = ["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans", "Sans Serif"]
    base = QFont()
    base.setFamilies(family)
    base.setPixelSize(14)
    base.setStyleHint(QFont.StyleHint.SansSerif)
    application.setFont(base)
    application.setStyleSheet(STYLE)
    application.setCursorFlashTime(0)  # nothing blinks without meaning
    application.setEffectEnabled(Qt.UIEffect.UI_AnimateCombo, False)


STYLE = f"""
* {{ outline: none; }}
QToolTip {{ background: {RAISED}; color: {INK}; border: 1px solid {LINE}; padding: 6px; }}
QLabel[quiet="true"] {{ color: {QUIET}; }}
QLabel[title="true"] {{ font-size: 15px; font-weight: 600; }}
QLabel[warn="true"] {{ color: {WARN}; }}
QPushButton {{
    background: {RAISED}; color: {INK}; border: 1px solid {LINE}; border-radius: 8px;
    min-height: {TARGET_PX - 2}px; padding: 0 14px; font-weight: 600;
}}
QPushButton:hover {{ background: {HOVER}; }}
QPushButton:pressed {{ background: {LINE}; }}
QPushButton:checked {{ background: {INK}; color: {GROUND}; border-color: {INK}; }}
QPushButton:focus {{ border: 2px solid {INK}; }}
QPushButton:checked:focus {{ border: 2px solid {GOOD}; }}
QPushButton:disabled {{ color: #5d6067; background: {GROUND}; }}
QPushButton[danger="true"] {{ border-color: #7c3a36; }}
QPushButton[danger="true"]:checked {{ background: {WARN}; border-color: {WARN}; color: #180504; }}
QPushButton[flat="true"] {{ background: transparent; border-color: transparent; padding: 0 8px; }}
QPushButton[flat="true"]:hover {{ background: {HOVER}; }}
QPushButton[flat="true"]:focus {{ border: 2px solid {INK}; }}
QPushButton[learning="true"], QComboBox[learning="true"] {{ border: 2px dashed {STEM_COLOURS["drums"]}; }}
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
    background: {RAISED}; color: {INK}; border: 1px solid {LINE}; border-radius: 8px;
    min-height: {TARGET_PX - 2}px; padding: 0 10px; selection-background-color: {INK};
    selection-color: {GROUND};
}}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
    border: 2px solid {INK}; padding: 0 9px;
}}
QLineEdit[wrong="true"] {{ border: 2px solid {WARN}; padding: 0 9px; }}
QComboBox::drop-down {{ border: none; width: 28px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {RAISED}; border: 1px solid {LINE}; padding: 4px; }}
QComboBox QAbstractItemView::item {{ min-height: 36px; padding: 0 8px; }}
QAbstractItemView {{
    background: transparent; border: none; color: {INK};
    selection-background-color: {HOVER}; selection-color: {INK};
}}
QListWidget::item {{ border-radius: 8px; padding: 8px 10px; }}
QListWidget::item:selected {{ background: {HOVER}; color: {INK}; }}
QListWidget:focus {{ border: none; }}
QListWidget::item:selected:focus, QListWidget::item:focus {{ border: 2px solid {INK}; }}
QHeaderView {{ background: transparent; }}
QHeaderView::section {{ background: transparent; color: {QUIET}; border: none; padding: 8px 10px; }}
QTableView {{ gridline-color: {RAISED}; }}
QTableView::item {{ padding: 6px 10px; border-bottom: 1px solid {RAISED}; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {LINE}; border-radius: 4px; margin: 2px; min-height: 36px; }}
QScrollBar::handle:hover {{ background: {QUIET}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMenu {{ background: {RAISED}; border: 1px solid {LINE}; padding: 6px; }}
QMenu::item {{ padding: 9px 26px 9px 14px; border-radius: 6px; }}
QMenu::item:selected {{ background: {LINE}; }}
QMenu::item:disabled {{ color: {QUIET}; }}
QMenu::separator {{ height: 1px; background: {LINE}; margin: 6px 4px; }}
QPlainTextEdit {{ background: {RAISED}; border: 1px solid {LINE}; border-radius: 8px; padding: 8px; }}
QFrame[card="true"] {{ background: {CARD}; border: 1px solid #1e2126; border-radius: 12px; }}
QFrame[strip="true"] {{ background: {CARD}; border: none; }}
QDialog, QMessageBox {{ background: {GROUND}; }}
"""
