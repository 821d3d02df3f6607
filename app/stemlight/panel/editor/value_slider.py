"""A slider that shows two things: where a person has put it, and where the music has moved it."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PyQt6.QtWidgets import QSlider

from stemlight.panel.theme import GROUND, INK, LINE, QUIET, STEM_COLOURS, TARGET_PX, colour, stem_shape

STEPS = 1000  # finer than a screen
KEY_STEP, PAGE_STEP = STEPS // 100, STEPS // 10
KNOB_PX = TARGET_PX * 0.5
MARK_PX = 14.0
LOOK_PX = 0.5  # a mark that moves less is not painted anew


class ValueSlider(QSlider):
    """A number in a range. A click goes there; a double click or Delete asks for the default."""

    chosen = pyqtSignal(object)  # float; None: the default

    def __init__(self, low: float, high: float, title: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._low, self._high = low, high if high > low else low + 1.0
        self._base = low
        self._live: float | None = None
        self._reach: tuple[float, float] | None = None  # where mappings can take it
        self._family = ""
        self._showing = False
        self.setRange(0, STEPS)
        self.setSingleStep(KEY_STEP)
        self.setPageStep(PAGE_STEP)
        self.setMinimumSize(70, TARGET_PX - 4)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._on_moved)

    @property
    def live(self) -> float | None:
        """Where the music has it; None where nothing moves it."""
        return self._live

    def show_base(self, value: float) -> None:
        """Where a person has put it."""
        self._base = value
        self._showing = True  # else our own rounding would come back as a choice
        self.setValue(round(self._part(value) * STEPS))
        self._showing = False
        self.update()

    def show_reach(self, amounts: list[float], family: str) -> None:
        """By how much mappings move it, in parts of the range; `family` gives the mark its form."""
        span = self._high - self._low
        up = sum(amount for amount in amounts if amount > 0)
        down = sum(amount for amount in amounts if amount < 0)
        self._reach = (self._base + down * span, self._base + up * span) if amounts else None
        self._family = family
        if not amounts:
            self._live = None
        self.update()

    def show_live(self, value: float | None) -> None:
        """Where it is at this moment."""
        if self._live is None or value is None:
            has_moved = self._live is not value
        else:
            has_moved = abs(self._part(value) - self._part(self._live)) * self.width() > LOOK_PX
        if has_moved:
            self._live = value
            self.update()

    def _part(self, value: float) -> float:
        return min(max((value - self._low) / (self._high - self._low), 0.0), 1.0)

    def _x(self, value: float) -> float:
        return KNOB_PX / 2 + max(1.0, self.width() - KNOB_PX) * self._part(value)

    def _on_moved(self, step: int) -> None:
        if not self._showing:
            self._base = self._low + step / STEPS * (self._high - self._low)
            self.chosen.emit(self._base)

    def _step_at(self, x: float) -> int:
        span = max(1.0, self.width() - KNOB_PX)
        return round(min(max((x - KNOB_PX / 2) / span, 0.0), 1.0) * STEPS)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event and event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.setSliderDown(True)
            self.setValue(self._step_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event and self.isSliderDown():
            self.setValue(self._step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.chosen.emit(None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.chosen.emit(None)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A wheel over the list scrolls it; it moves nothing by accident."""
        if event:
            event.ignore()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        base, zero = self._x(self._base), self._x(0.0)
        mark = colour(STEM_COLOURS.get(self._family, INK))
        painter.setBrush(colour(LINE))
        painter.drawRoundedRect(QRectF(KNOB_PX / 2, middle - 4, self.width() - KNOB_PX, 8), 4, 4)
        painter.setBrush(colour(QUIET if self.isEnabled() else LINE))
        painter.drawRoundedRect(QRectF(min(zero, base), middle - 4, abs(base - zero), 8), 4, 4)
        if self._reach:
            left, right = (self._x(end) for end in self._reach)
            dim = colour(STEM_COLOURS.get(self._family, INK), 0.55)
            painter.setBrush(dim)
            painter.drawRoundedRect(QRectF(left, middle + 8, right - left, 3), 1.5, 1.5)
        painter.setPen(QPen(colour(INK), 3 if self.hasFocus() else 2))
        painter.setBrush(colour(GROUND))
        size = KNOB_PX - 4
        painter.drawEllipse(QRectF(base - size / 2, middle - size / 2, size, size))
        if self._live is not None:
            box = QRectF(self._x(self._live) - MARK_PX / 2, middle - MARK_PX / 2, MARK_PX, MARK_PX)
            painter.setPen(QPen(colour(GROUND), 2))
            painter.setBrush(mark)
            painter.drawPath(stem_shape(self._family, box))
        painter.end()
