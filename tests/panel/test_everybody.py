"""The panel is for everybody: every widget has a name and is reached by keys; colours are told apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QWidget,
)
from stemlight.panel import theme
from stemlight.panel.keys import KEYS, KeySheet

INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)
PAGES = ("looks", "edit", "sound", "beat", "outputs", "controllers", "health", "settings")


def is_part(widget: QWidget) -> bool:
    """Of a larger widget that has the name: Qt's own scroll bars, a spin box's line, a menu's list."""
    parent = widget.parentWidget()
    inside = (QAbstractSpinBox, QComboBox, QAbstractItemView, QPlainTextEdit, QLineEdit)
    while parent is not None:
        if isinstance(parent, inside):
            return True
        parent = parent.parentWidget()
    return isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_")


def interactive(window: QWidget) -> list[QWidget]:
    found = window.findChildren(QWidget)
    wanted = (w for w in found if isinstance(w, INTERACTIVE) or w.focusPolicy() != Qt.FocusPolicy.NoFocus)
    plain = (QLabel, QScrollArea)  # text to be copied: its name is itself; what only scrolls
    return [w for w in wanted if not is_part(w) and type(w) is not QWidget and not isinstance(w, plain)]


def is_only_looked_at(widget: QWidget) -> bool:
    """A table in which nothing can be chosen; what stands in it can have the focus."""
    none = QAbstractItemView.SelectionMode.NoSelection
    return isinstance(widget, QAbstractItemView) and widget.selectionMode() == none


def name_of(widget: QWidget) -> str:
    """As a screen reader says it: the name, else a button's own words, if they are words."""
    said = widget.accessibleName()
    if not said and isinstance(widget, QAbstractButton):
        said = widget.text()
    return said if any(letter.isalpha() for letter in said) or "%" in said else ""


def test_every_widget_of_every_page_has_a_name(open_panel, show):
    window = open_panel()
    nameless = {}
    for name in window.pages:
        window.open_page(name)
    for widget in interactive(window):
        if not name_of(widget):
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            nameless[f"{type(widget).__name__} {text!r} in {type(widget.parentWidget()).__name__}"] = 1
    assert not nameless
    assert len(interactive(window)) > 60


@pytest.mark.parametrize("page", PAGES)
def test_every_widget_in_sight_is_reached_by_tab(open_panel, page):
    window = open_panel()
    window.open_page(page)
    wanted = {
        widget
        for widget in interactive(window)
        if widget.isVisible() and widget.isEnabled() and not is_only_looked_at(widget)
    }
    window.setFocus()
    reached, n_steps = set(), 0
    while n_steps < 3 * len(wanted):
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        focus = window.focusWidget()
        while focus is not None and is_part(focus) and focus.parentWidget():
            focus = focus.parentWidget()
        reached.add(focus)
        n_steps += 1
    # Of a group of which one counts, Qt gives Tab to that one and the arrows to the rest.
    groups = {w.group() for w in reached if isinstance(w, QAbstractButton) and w.group()}
    grouped = {w for w in wanted if isinstance(w, QAbstractButton) and w.group() in groups}
    missed = wanted - reached - grouped
    assert not {f"{type(widget).__name__} {name_of(widget)}" for widget in missed}


def test_every_key_of_the_panel_is_on_the_sheet_and_fits_the_screen(open_panel, application):
    window = open_panel()
    sheet = KeySheet(window)
    words = [label.text() for label in sheet.findChildren(QWidget) if hasattr(label, "text")]
    for key in KEYS:
        assert key.sequence in words
    room = sheet.screen().availableGeometry().size()
    assert sheet.size().boundedTo(room) == sheet.size()
    (area,) = sheet.findChildren(QScrollArea)
    assert area.widget().sizeHint().width() < min(600, room.width())  # nothing is cut off sideways
    assert len({key.sequence for key in KEYS}) == len(KEYS)


# --- colours -----------------------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency"
# (IEEE TVCG 2009), severity 1.0, on linear light.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# CIE 1976 difference; 2.3 is just seen side by side, 20 is another colour at a glance.
LEAST_DIFFERENCE = 20.0


def lab(code: str, sight: str) -> np.ndarray:
    """CIE L*a*b* of a colour as that eye has it."""
    rgb = np.array(QColor(code).getRgbF()[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(SIGHT[sight] @ linear, 0.0, 1.0)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in to_xyz @ seen / np.array([0.9505, 1.0, 1.089])
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(
    "codes",
    [
        (theme.INK, theme.WARN, theme.GOOD),
        (theme.WARN, theme.GOOD, theme.QUIET),
        (theme.GROUND, theme.WARN, theme.GOOD, theme.QUIET),
        tuple(theme.STEM_COLOURS.values()),
    ],
    ids=["words", "states", "on the ground", "stems"],
)
def test_colours_that_mean_something_are_told_apart_by_everybody(codes, sight):
    for one, other in itertools.combinations(codes, 2):
        difference = float(np.linalg.norm(lab(one, sight) - lab(other, sight)))
        assert difference >= LEAST_DIFFERENCE, (one, other, difference)


def contrast(one: str, other: str) -> float:
    """WCAG 2.x (1.4.3)."""

    def luminance(code: str) -> float:
        rgb = np.array(QColor(code).getRgbF()[:3])
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", [theme.GROUND, theme.RAISED, theme.HOVER])
@pytest.mark.parametrize("ink", [theme.INK, theme.QUIET, theme.WARN, theme.GOOD])
def test_words_are_read_on_every_ground(ink, ground):
    assert contrast(ink, ground) >= 4.5


def test_nothing_blinks(application):
    assert application.cursorFlashTime() <= 0


# --- sizes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size_px", [(1280, 800), (640, 400)], ids=["usual", "twice as large"])
@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_the_window(open_panel, page, size_px):
    """At 200 % a 1280 pixel screen is 640 wide."""
    window = open_panel()
    window.resize(*size_px)
    window.open_page(page)
    QTest.qWait(30)
    assert (window.width(), window.height()) == size_px
    shown = window.pages[page]
    assert shown.width() <= size_px[0]
    edge = window.width()
    out = [
        f"{type(widget).__name__} {name_of(widget)}"
        for widget in interactive(window)
        if widget.isVisible() and widget.mapTo(window, widget.rect().topRight()).x() >= edge
    ]
    assert not out
