"""Fields that a value is typed into, which take it when it is whole and keep what is refused in sight."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QLineEdit

from stemlight.panel.link import Link


class TextField(QLineEdit):
    """A text. Enter or leaving the field says it; what was refused stays, marked, until Escape."""

    entered = pyqtSignal(str)
    given_up = pyqtSignal()

    def __init__(self, placeholder: str = "") -> None:
        super().__init__()
        self._shown = ""
        self.setPlaceholderText(placeholder)
        self.editingFinished.connect(self._finish)

    @property
    def is_edited(self) -> bool:
        """It says something else than what holds."""
        return self.text().strip() != self._shown

    def show_value(self, text: str) -> None:
        """What holds now; what a person is typing stays."""
        if not self.is_edited or text == self.text().strip():
            self._shown = text
            self.setText(text)
            self._mark(False)
        self._shown = text

    def refuse(self) -> None:
        """What was entered does not hold."""
        self._mark(True)

    def give_up(self) -> None:
        """Back to what holds."""
        self.setText(self._shown)
        self._mark(False)
        self.given_up.emit()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event and event.key() == Qt.Key.Key_Escape and self.is_edited:
            self.give_up()
        else:
            super().keyPressEvent(event)

    def _finish(self) -> None:
        if self.is_edited:
            self.entered.emit(self.text().strip())

    def _mark(self, wrong: bool) -> None:
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            style = self.style()
            assert style
            style.unpolish(self)
            style.polish(self)


class NumberField(QDoubleSpinBox):
    """A number with its unit, typed or stepped; `usual` is what stands for none at its low end."""

    entered = pyqtSignal(float)

    def __init__(
        self, low: float, high: float, step: float, unit: str, *, usual: str = "", signed: bool = False
    ) -> None:
        super().__init__()
        self._signed = signed
        self.setDecimals(1)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setSuffix(f" {unit}")
        self.setSpecialValueText(usual)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumWidth(96)
        self.valueChanged.connect(self.entered)

    def show_value(self, value: float) -> None:
        """What holds now; says nothing."""
        if value != self.value() and not self._is_typed_into():
            self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(False)

    def textFromValue(self, value: float) -> str:
        return f"{value:+g}" if self._signed and value else f"{value:g}"

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A wheel over a page scrolls it; it moves no number by accident."""
        if event:
            event.ignore()

    def _is_typed_into(self) -> bool:
        line = self.lineEdit()
        return self.hasFocus() and line is not None and line.isModified()


class OffsetField(NumberField):
    """A control that is milliseconds, early or late."""

    STEP_MS = 5.0  # that the eye sees at last against the ear

    def __init__(self, link: Link, name: str, title: str) -> None:
        from stemlight.bus.controls import control

        row = control(name)
        super().__init__(row.low, row.high, self.STEP_MS, "ms", signed=True)
        self.setAccessibleName(title)
        link.bind(self, name, lambda value: self.show_value(float(value)))
        self.entered.connect(lambda value: link.set(name, value))
