"""What stands for an input, by its kind: a slider, a switch, a menu, a button, a colour, a pad, a picture."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QColorDialog,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from stemlight.panel.buttons import Menu
from stemlight.panel.editor.shown_input import ShownInput
from stemlight.panel.editor.value_slider import ValueSlider
from stemlight.panel.page import quiet
from stemlight.panel.theme import GOOD, GROUND, INK, LINE, RAISED, STEM_COLOURS, TARGET_PX, colour, stem_shape
from stemlight.panel.translation import tr

BOX_PX = 84
PAD_PX = QSize(150, 96)
PICTURES = "*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff"

Live = bool | float | tuple[float, ...] | None


class InputControl(QWidget):
    """Shows the value that a person has set, and beside it what the music makes of it."""

    chosen = pyqtSignal(object)  # InputValue; None: the default
    pressed = pyqtSignal()  # of an event

    def __init__(self, entry: ShownInput) -> None:
        super().__init__()
        self.entry = entry
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)

    def show_value(self, value: object) -> None:
        """What a person has set."""

    def show_live(self, value: Live) -> None:
        """What it is at this moment; None: nothing moves it."""

    def show_reach(self, amounts: list[float], family: str) -> None:
        """How far mappings can move it."""


def control_for(entry: ShownInput) -> InputControl:
    """The control of an input."""
    if entry.kind == "long" and entry.choices:
        return ChoiceControl(entry)
    kinds = {
        "float": NumberControl,
        "long": NumberControl,
        "bool": SwitchControl,
        "event": EventControl,
        "color": ColourControl,
        "point2D": PointControl,
        "image": PictureControl,
    }
    return kinds[entry.kind](entry)


def number_box(low: float, high: float, title: str, *, decimals: int = 2, suffix: str = "") -> QDoubleSpinBox:
    """A number that is typed."""
    box = _Box()
    box.setRange(low, high)
    box.setDecimals(decimals)
    box.setSingleStep(max((high - low) / 100, 10.0**-decimals))
    box.setSuffix(suffix)
    box.setAccessibleName(title)
    box.setKeyboardTracking(False)
    box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setFixedWidth(BOX_PX)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def show_number(box: QDoubleSpinBox, value: float) -> None:
    """Shows it; that is no choice."""
    box.blockSignals(True)
    box.setValue(value)
    box.blockSignals(False)


class _Box(QDoubleSpinBox):
    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A wheel over the list scrolls it; it sets nothing by accident."""
        if event:
            event.ignore()


class NumberControl(InputControl):
    """A slider and the number."""

    def __init__(self, entry: ShownInput) -> None:
        super().__init__(entry)
        self._is_whole = entry.kind == "long"
        low, high = entry.low[0], entry.high[0]
        self.slider = ValueSlider(low, high, entry.label)
        decimals = 0 if self._is_whole or high - low >= 1000 else 1 if high - low >= 100 else 2
        self.box = number_box(low, high, tr("{}, typed").format(entry.label), decimals=decimals)
        self.row.addWidget(self.slider, 1)
        self.row.addWidget(self.box)
        self.slider.chosen.connect(self._choose)
        self.box.valueChanged.connect(self._choose)

    def show_value(self, value: object) -> None:
        number = float(value) if isinstance(value, bool | int | float) else self.entry.low[0]
        self.slider.show_base(number)
        show_number(self.box, number)

    def show_live(self, value: Live) -> None:
        self.slider.show_live(float(value) if isinstance(value, bool | int | float) else None)

    def show_reach(self, amounts: list[float], family: str) -> None:
        self.slider.show_reach(amounts, family)

    def _choose(self, value: float | None) -> None:
        if value is not None:
            show_number(self.box, value)
        self.chosen.emit(round(value) if self._is_whole and value is not None else value)


class _Lamp(QWidget):
    """Lit while the music has it so."""

    def __init__(self) -> None:
        super().__init__()
        self._is_lit: bool | None = None
        self._family = ""
        self.setFixedSize(22, 22)

    def show_lit(self, is_lit: bool | None, family: str = "") -> None:
        """None: no lamp."""
        if (is_lit, family or self._family) != (self._is_lit, self._family):
            self._is_lit, self._family = is_lit, family or self._family
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self._is_lit is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        code = STEM_COLOURS.get(self._family, INK)
        painter.setPen(QPen(colour(code), 2))
        painter.setBrush(colour(code) if self._is_lit else colour(GROUND))
        painter.drawPath(stem_shape(self._family, QRectF(self.rect()).adjusted(3, 3, -3, -3)))
        painter.end()


class SwitchControl(InputControl):
    """On or off."""

    def __init__(self, entry: ShownInput) -> None:
        super().__init__(entry)
        self.button = QPushButton(tr("Off"))
        self.button.setCheckable(True)
        self.button.setAccessibleName(entry.label)
        self.button.setMinimumWidth(BOX_PX)
        self._lamp = _Lamp()
        self.row.addWidget(self.button)
        self.row.addWidget(self._lamp)
        self.row.addStretch(1)
        self.button.clicked.connect(self.chosen.emit)

    def show_value(self, value: object) -> None:
        self.button.setChecked(bool(value))
        self.button.setText(tr("On") if value else tr("Off"))

    def show_live(self, value: Live) -> None:
        self._lamp.show_lit(None if value is None else bool(value))

    def show_reach(self, amounts: list[float], family: str) -> None:
        self._lamp.show_lit(False if amounts else None, family)


class EventControl(InputControl):
    """Fires when it is pressed, not when it is let go."""

    def __init__(self, entry: ShownInput) -> None:
        super().__init__(entry)
        self.button = QPushButton(tr("Fire"))
        self.button.setAccessibleName(entry.label)
        self.button.setMinimumWidth(BOX_PX)
        self._lamp = _Lamp()
        self.row.addWidget(self.button)
        self.row.addWidget(self._lamp)
        self.row.addStretch(1)
        self.button.pressed.connect(self.pressed.emit)

    def show_live(self, value: Live) -> None:
        self._lamp.show_lit(None if value is None else bool(value))

    def show_reach(self, amounts: list[float], family: str) -> None:
        self._lamp.show_lit(False if amounts else None, family)


class ChoiceControl(InputControl):
    """One of several, by name."""

    def __init__(self, entry: ShownInput) -> None:
        super().__init__(entry)
        self.menu = Menu()
        self.menu.setAccessibleName(entry.label)
        self.menu.setMinimumWidth(110)
        for place, value in enumerate(entry.choices):
            text = entry.labels[place] if place < len(entry.labels) else str(value)
            self.menu.addItem(text, value)
        self._live = quiet("")
        self.row.addWidget(self.menu)
        self.row.addWidget(self._live)
        self.row.addStretch(1)
        self.menu.activated.connect(lambda at: self.chosen.emit(self.menu.itemData(at)))

    def show_value(self, value: object) -> None:
        self.menu.setCurrentIndex(self.menu.findData(value))

    def show_live(self, value: Live) -> None:
        at = self.menu.findData(value) if value is not None else -1
        words = f"→ {self.menu.itemText(at)}" if at >= 0 else ""
        if words != self._live.text():
            self._live.setText(words)


class _Swatch(QPushButton):
    """The colour that was set, and at its right the one that it is now."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.base, self.live = QColor(0, 0, 0), QColor()
        self.setAccessibleName(title)
        self.setMinimumWidth(120)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(colour(INK if self.hasFocus() else LINE), 3 if self.hasFocus() else 1))
        painter.setBrush(self.base)
        painter.drawRoundedRect(box, 8, 8)
        if self.live.isValid():
            painter.setBrush(self.live)
            painter.drawRoundedRect(box.adjusted(box.width() * 0.55, 0, 0, 0), 8, 8)
        painter.end()


class ColourControl(InputControl):
    """A swatch that opens a wheel."""

    def __init__(self, entry: ShownInput) -> None:
        super().__init__(entry)
        self.swatch = _Swatch(entry.label)
        self._words = quiet("")
        self._dialog: QColorDialog | None = None
        self.row.addWidget(self.swatch)
        self.row.addWidget(self._words)
        self.row.addStretch(1)
        self.swatch.clicked.connect(self.open_wheel)

    def show_value(self, value: object) -> None:
        self.swatch.base = _colour_of(value)
        self._words.setText(self.swatch.base.name())
        self.swatch.update()

    def show_live(self, value: Live) -> None:
        live = _colour_of(value) if isinstance(value, tuple) else QColor()
        if live != self.swatch.live:
            self.swatch.live = live
            self.swatch.update()

    def open_wheel(self) -> QColorDialog:
        """Shown on stage while it is chosen."""
        dialog = QColorDialog(self.swatch.base, self)
        dialog.setOptions(
            QColorDialog.ColorDialogOption.ShowAlphaChannel
            | QColorDialog.ColorDialogOption.DontUseNativeDialog
        )
        dialog.setWindowTitle(self.entry.label)
        before = self.swatch.base
        dialog.currentColorChanged.connect(self._choose)
        dialog.rejected.connect(lambda: self._choose(before))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        self._dialog = dialog
        return dialog

    def _choose(self, chosen: QColor) -> None:
        numbers = (chosen.redF(), chosen.greenF(), chosen.blueF(), chosen.alphaF())
        self.chosen.emit(tuple(round(number, 4) for number in numbers))


def _colour_of(value: object) -> QColor:
    numbers = [min(max(float(n), 0.0), 1.0) for n in value] if isinstance(value, tuple) else [0.0, 0.0, 0.0]
    return QColor.fromRgbF(*numbers[:4])


class _Pad(QWidget):
    """Two numbers at once. Up is more."""

    chosen = pyqtSignal(object)  # tuple of two; None: the default

    def __init__(self, entry: ShownInput) -> None:
        super().__init__()
        self._low, self._high = entry.low, entry.high
        self._base = entry.low
        self._live: tuple[float, ...] | None = None
        self.setMinimumSize(PAD_PX)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(entry.label)

    def show_base(self, value: tuple[float, ...]) -> None:
        """Where a person has put it."""
        self._base = value
        self.update()

    def show_live(self, value: tuple[float, ...] | None) -> None:
        """Where it is."""
        if value != self._live:
            self._live = value
            self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event and event.buttons() & Qt.MouseButton.LeftButton:
            at = event.position()
            part = (at.x() - 8) / (self.width() - 16), 1 - (at.y() - 8) / (self.height() - 16)
            self._go(*(self._at(i, min(max(p, 0.0), 1.0)) for i, p in enumerate(part)))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        self.mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.chosen.emit(None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Down: (0, -1),
            Qt.Key.Key_Up: (0, 1),
        }
        step = steps.get(Qt.Key(event.key())) if event else None
        if step is None or (event and event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            super().keyPressEvent(event)
            return
        part = [min(max(self._part(i, self._base[i]) + step[i] / 100, 0.0), 1.0) for i in (0, 1)]
        self._go(*(self._at(i, p) for i, p in enumerate(part)))

    def _go(self, x: float, y: float) -> None:
        self._base = (x, y)
        self.update()
        self.chosen.emit((round(x, 4), round(y, 4)))

    def _at(self, i: int, part: float) -> float:
        return self._low[i] + part * (self._high[i] - self._low[i])

    def _part(self, i: int, value: float) -> float:
        span = self._high[i] - self._low[i]
        return min(max((value - self._low[i]) / span if span else 0.0, 0.0), 1.0)

    def _point(self, value: tuple[float, ...]) -> QPointF:
        x, y = self._part(0, value[0]), self._part(1, value[1])
        return QPointF(8 + x * (self.width() - 16), 8 + (1 - y) * (self.height() - 16))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(INK if self.hasFocus() else LINE), 2 if self.hasFocus() else 1))
        painter.setBrush(colour(RAISED))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        at = self._point(self._base)
        painter.setPen(QPen(colour(LINE), 1))
        painter.drawLine(QPointF(at.x(), 6), QPointF(at.x(), self.height() - 6.0))
        painter.drawLine(QPointF(6, at.y()), QPointF(self.width() - 6.0, at.y()))
        painter.setPen(QPen(colour(INK), 2))
        painter.setBrush(colour(GROUND))
        painter.drawEllipse(at, 8, 8)
        if self._live:
            painter.setPen(QPen(colour(GROUND), 2))
            painter.setBrush(colour(GOOD))
            painter.drawEllipse(self._point(self._live), 6, 6)
        painter.end()


class PointControl(InputControl):
    """A pad and its two numbers."""

    def __init__(self, entry: ShownInput) -> None:
        super().__init__(entry)
        self.pad = _Pad(entry)
        self.boxes = [
            number_box(entry.low[i], entry.high[i], f"{entry.label}, {name}") for i, name in enumerate("xy")
        ]
        self.row.addWidget(self.pad)
        for box in self.boxes:
            self.row.addWidget(box)
            box.valueChanged.connect(lambda _: self.chosen.emit(tuple(b.value() for b in self.boxes)))
        self.row.addStretch(1)
        self.pad.chosen.connect(self.chosen.emit)

    def show_value(self, value: object) -> None:
        point = tuple(map(float, value)) if isinstance(value, tuple) else self.entry.low
        self.pad.show_base(point)
        for box, number in zip(self.boxes, point, strict=False):
            show_number(box, number)

    def show_live(self, value: Live) -> None:
        self.pad.show_live(value if isinstance(value, tuple) else None)


class PictureControl(InputControl):
    """A file, or none."""

    def __init__(self, entry: ShownInput) -> None:
        super().__init__(entry)
        self.button = QPushButton()
        self.button.setAccessibleName(entry.label)
        self.button.setMinimumWidth(60)
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._none = QPushButton("✕")
        self._none.setAccessibleName(tr("No picture for {}").format(entry.label))
        self._none.setFixedWidth(TARGET_PX)
        self.row.addWidget(self.button, 1)
        self.row.addWidget(self._none)
        self.button.clicked.connect(self._ask)
        self._none.clicked.connect(lambda: self.chosen.emit(None))

    def show_value(self, value: object) -> None:
        name = Path(str(value)).name if value else ""
        self.button.setText(name or tr("Choose a picture…"))
        self.button.setToolTip(str(value or ""))
        self._none.setVisible(bool(name))

    def _ask(self) -> None:
        filters = tr("Pictures ({})").format(PICTURES)
        file, _ = QFileDialog.getOpenFileName(self, self.entry.label, "", filters)
        if file:
            self.chosen.emit(file)
