"""Buttons, menus and faders that stand for a control of the one table."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PyQt6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QPushButton, QSlider, QSpinBox, QWidget

from stemlight.bus.controls import Value, control
from stemlight.panel.link import Link
from stemlight.panel.theme import GROUND, INK, LINE, QUIET, TARGET_PX, colour

STEPS = 1000  # of a fader: finer than a screen
KEY_STEP, PAGE_STEP = STEPS // 100, STEPS // 10


class TriggerButton(QPushButton):
    """Fires a trigger when it is pressed, not when it is let go: a tap is a moment."""

    def __init__(self, link: Link, name: str, text: str) -> None:
        super().__init__(text)
        if any(letter.isalpha() for letter in text):  # else the control's own words say more than a sign
            self.setAccessibleName(text)
        self.setAutoRepeat(False)
        link.bind(self, name)
        self.pressed.connect(lambda: link.fire(name))


class SwitchButton(QPushButton):
    """On or off, as its control is."""

    def __init__(self, link: Link, name: str, text: str, danger: bool = False) -> None:
        super().__init__(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setProperty("danger", danger)
        link.bind(self, name, lambda value: self.setChecked(bool(value)))
        self.clicked.connect(lambda checked: link.set(name, checked))


class Menu(QComboBox):
    """A menu with a hook that says it opens; the style sheet takes Qt's own away."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(QUIET), 2))
        right, middle = self.width() - 16.0, self.height() / 2
        hook = [QPointF(right - 5, middle - 2), QPointF(right, middle + 3), QPointF(right + 5, middle - 2)]
        painter.drawPolyline(QPolygonF(hook))
        painter.end()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A wheel over a page scrolls it; it chooses nothing by accident."""
        if event:
            event.ignore()


class ChoiceMenu(Menu):
    """A text that is one of several."""

    def __init__(self, link: Link, name: str, choices: Sequence[tuple[str, str]], title: str) -> None:
        """`choices`: value and what a person reads."""
        super().__init__()
        self.setAccessibleName(title)
        self.setMinimumWidth(110)
        self._name = name
        self.set_choices(choices)
        link.bind(self, name, self._show)
        self.activated.connect(lambda index: link.set(name, self.itemData(index)))

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Other choices, the chosen one kept."""
        chosen = self.currentData()
        self.clear()
        for value, text in choices:
            self.addItem(text, value)
        if chosen is not None:
            self._show(chosen)

    def _show(self, value: Value) -> None:
        at = self.findData(value)
        if at < 0 and value != "":  # somebody chose what we do not list
            self.addItem(str(value), value)
            at = self.count() - 1
        self.setCurrentIndex(at)


class Segments(QWidget):
    """A text that is one of few: a button each, side by side."""

    def __init__(self, link: Link, name: str, choices: Sequence[tuple[str, str]], title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for value, text in choices:
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAccessibleName(f"{title}: {text}")
            button.clicked.connect(lambda _, value=value: link.set(name, value))
            self._group.addButton(button)
            self.buttons[value] = button
            row.addWidget(button)
        link.bind(self, name, self._show)
        for button in self.buttons.values():
            link.bind(button, name)

    def _show(self, value: Value) -> None:
        button = self.buttons.get(str(value))
        if button:
            button.setChecked(True)


class Fader(QSlider):
    """A number between two ends. A click goes there, a double click back to the default."""

    def __init__(
        self,
        link: Link,
        name: str,
        title: str,
        unit: str = "",
        *,
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        """`low`, `high`: the part of the control's range that is shown; all of it where not said."""
        super().__init__(Qt.Orientation.Horizontal)
        self._row = control(name)
        self._low = self._row.low if low is None else low
        self._high = self._row.high if high is None else high
        self._link = link
        self.unit = unit
        self._value = float(self._row.default)
        self.setRange(0, STEPS)
        self.setSingleStep(KEY_STEP)
        self.setPageStep(PAGE_STEP)
        self.setMinimumSize(120, TARGET_PX)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._showing = False
        link.bind(self, name, self._show)
        self.valueChanged.connect(self._moved)

    @property
    def words(self) -> str:
        """The value as a person reads it."""
        if self.unit == "%":
            return f"{self._value * 100:.0f} %"
        places = 0 if self._high - self._low >= 50 else 1
        sign = "+" if self._low < 0 < self._value else ""
        return f"{sign}{self._value:.{places}f} {self.unit}".strip()

    def _show(self, value: Value) -> None:
        self._value = float(value)
        span = self._high - self._low
        self._showing = True  # else our own rounding would be written back
        self.setValue(round((self._value - self._low) / span * STEPS))
        self._showing = False
        self.update()

    def _moved(self, step: int) -> None:
        if not self._showing:
            self._link.set(self._row.name, self._low + step / STEPS * (self._high - self._low))

    def _step_at(self, x: float) -> int:
        span = max(1.0, self.width() - TARGET_PX * 0.6)
        return round(min(max((x - TARGET_PX * 0.3) / span, 0.0), 1.0) * STEPS)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._step_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event
        if self.isSliderDown():
            self.setValue(self._step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self._link.set(self._row.name, self._row.default)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A wheel over a page scrolls it; it moves no fader by accident."""
        if event:
            if self.hasFocus():
                self.setValue(self.value() + (KEY_STEP if event.angleDelta().y() > 0 else -KEY_STEP))
                event.accept()
            else:
                event.ignore()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._link.set(self._row.name, self._row.default)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        knob = TARGET_PX * 0.6
        middle = self.height() / 2
        left, span = knob / 2, max(1.0, self.width() - knob)
        at = left + span * self.value() / STEPS
        painter.setBrush(colour(LINE))
        painter.drawRoundedRect(QRectF(left, middle - 5, span, 10), 5, 5)
        zero = left + span * min(max(-self._low / (self._high - self._low), 0.0), 1.0)
        painter.setBrush(colour(INK if self.isEnabled() else QUIET))
        painter.drawRoundedRect(QRectF(min(zero, at), middle - 5, abs(at - zero), 10), 5, 5)
        painter.setPen(QPen(colour(INK), 3 if self.hasFocus() else 2))
        painter.setBrush(colour(GROUND))
        size = knob - 4
        painter.drawEllipse(QRectF(at - size / 2, middle - size / 2, size, size))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(INK))
        painter.drawEllipse(QRectF(at - size / 4, middle - size / 4, size / 2, size / 2))
        painter.end()


class NumberBox(QSpinBox):
    """A whole number, typed or stepped."""

    def __init__(self, link: Link, name: str, title: str) -> None:
        super().__init__()
        row = control(name)
        self.setRange(int(row.low), int(row.high))
        self.setAccessibleName(title)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        link.bind(self, name, lambda value: self.setValue(int(value)))
        self.valueChanged.connect(lambda value: link.set(name, value))
