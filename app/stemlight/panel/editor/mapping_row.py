"""One mapping of an input: its source and amount on a line, and the rest of it below when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from stemlight.panel.buttons import Menu
from stemlight.panel.editor.input_controls import number_box, show_number
from stemlight.panel.editor.shown_input import ShownInput
from stemlight.panel.editor.source_menu import pop_up, source_icon, source_menu
from stemlight.panel.editor.source_titles import BEATS_MENU, begun, family_of, source_title
from stemlight.panel.editor.value_slider import ValueSlider
from stemlight.panel.page import quiet
from stemlight.panel.theme import TARGET_PX
from stemlight.preset.preset import CURVES, MAX_ENVELOPE_S, MAX_SOURCE, Mapping
from stemlight.preset.sources import LFOS, counts

LEAST_SPAN = 1e-3  # between low and high; a preset wants them to differ
_NARROW_PX = 560  # below this the details stand in two columns
_EVENTS = ("bool", "event")


class MappingRow(QWidget):
    """`changed` gets the mapping as it is wanted and the name of what was touched."""

    changed = pyqtSignal(object, str)
    removed = pyqtSignal()

    def __init__(self, entry: ShownInput, mapping: Mapping, is_narrow: bool = False) -> None:
        """`is_narrow`: there is room for a slider, but not for the number too."""
        super().__init__()
        self._entry, self._mapping = entry, mapping
        self._columns = 0
        self._placed: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.source = QPushButton()
        self.source.setProperty("flat", True)
        self.source.setStyleSheet("text-align: left;")
        self.amount = ValueSlider(-1.0, 1.0, self.tr("Amount of {}").format(source_title(mapping.source)))
        title = self.tr("Amount of {} in percent").format(source_title(mapping.source))
        self.percent = number_box(-100, 100, title, decimals=0, suffix=" %")
        self.more = QPushButton(self.tr("More"))
        self.more.setCheckable(True)
        self.more.setAccessibleName(self.tr("Curve, range and times of {}").format(title))
        remove = QPushButton("✕")
        remove.setFixedWidth(TARGET_PX)
        remove.setToolTip(self.tr("Remove: the slider stays where you have put it"))
        remove.setAccessibleName(self.tr("Remove {}").format(source_title(mapping.source)))
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.source, 1)
        line.addWidget(self.amount, 1)
        for widget in (self.percent, self.more, remove):
            line.addWidget(widget)
        self.percent.setVisible(not is_narrow)
        self.source.setMinimumWidth(60)
        self.source.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column.addLayout(line)
        self._details = QWidget()
        self._grid = QGridLayout(self._details)
        self._grid.setContentsMargins(8, 0, 0, 8)
        self._fields = self._make_fields()
        self._details.setVisible(False)
        column.addWidget(self._details)
        self.source.clicked.connect(self._ask_source)
        self.amount.chosen.connect(
            lambda value: self._set("amount", 1.0 if value is None else round(value, 3))
        )
        self.percent.valueChanged.connect(lambda value: self._set("amount", value / 100))
        self.more.toggled.connect(self._details.setVisible)
        remove.clicked.connect(self.removed.emit)
        self.show_mapping(mapping)

    def show_mapping(self, mapping: Mapping) -> None:
        """As it is now."""
        self._mapping = mapping
        self.source.setText(source_title(mapping.source))
        self.source.setIcon(source_icon(mapping.source))
        self.source.setAccessibleName(self.tr("Source: {}").format(source_title(mapping.source)))
        self.amount.show_base(mapping.amount)
        self.amount.show_reach([], family_of(mapping.source))
        show_number(self.percent, mapping.amount * 100)
        show_number(self._low, mapping.low)
        show_number(self._high, mapping.high)
        show_number(self._attack, mapping.attack_s)
        show_number(self._release, mapping.falls_in_s)
        show_number(self._threshold, mapping.threshold * 100)
        show_number(self._phase, mapping.phase * 100)
        self._curve.setCurrentIndex(self._curve.findData(mapping.curve))
        self._component.setCurrentIndex(
            self._component.findData(-1 if mapping.component is None else mapping.component)
        )
        at = self._beats.findData(mapping.beats)
        if at < 0:
            self._beats.addItem(self.tr("{:g} beats").format(mapping.beats), mapping.beats)
            at = self._beats.count() - 1
        self._beats.setCurrentIndex(at)
        self._place_fields()

    def resizeEvent(self, event: object) -> None:
        self._place_fields()

    def _make_fields(self) -> dict[str, tuple[str, QWidget]]:
        """By name: title and widget of each."""
        self._curve = self._menu("curve", self._curve_titles(), self.tr("Curve"))
        names: dict[str, tuple[str, ...]] = {"point2D": ("x", "y")}
        names["color"] = (self.tr("Red"), self.tr("Green"), self.tr("Blue"), self.tr("Alpha"))
        components = [(self.tr("All"), -1)]
        components += [(name, i) for i, name in enumerate(names.get(self._entry.kind, ()))]
        self._component = self._menu("component", components, self.tr("Part"))
        periods = [(self.tr("{:g} beats").format(beats), beats) for beats in BEATS_MENU]
        self._beats = self._menu("beats", periods, self.tr("Period"))
        self._low = self._number("low", -MAX_SOURCE, MAX_SOURCE, self.tr("Nothing at"))
        self._high = self._number("high", -MAX_SOURCE, MAX_SOURCE, self.tr("All at"))
        self._attack = self._number("attack_s", 0, MAX_ENVELOPE_S, self.tr("Rises in"), suffix=" s")
        self._release = self._number("release_s", 0, MAX_ENVELOPE_S, self.tr("Falls in"), suffix=" s")
        self._threshold = self._number("threshold", 0, 100, self.tr("Fires at"), suffix=" %", scale=100)
        self._phase = self._number("phase", 0, 100, self.tr("Ahead by"), suffix=" %", scale=100)
        for box in (self._low, self._high, self._attack, self._release):
            box.setSingleStep(0.05)
        return {
            "component": (self.tr("Part"), self._component),
            "curve": (self.tr("Curve"), self._curve),
            "beats": (self.tr("Period"), self._beats),
            "phase": (self.tr("Ahead by"), self._phase),
            "attack_s": (self.tr("Rises in"), self._attack),
            "release_s": (self.tr("Falls in"), self._release),
            "low": (self.tr("Nothing at"), self._low),
            "high": (self.tr("All at"), self._high),
            "threshold": (self.tr("Fires at"), self._threshold),
        }

    def _wanted(self) -> list[str]:
        """The fields that mean something here."""
        is_lfo = self._mapping.source in LFOS
        fires = self._entry.kind in _EVENTS and not counts(self._mapping.source)
        has_parts = self._entry.kind in ("color", "point2D")
        without = {
            "component": not has_parts,
            "beats": not is_lfo,
            "phase": not is_lfo,
            "threshold": not fires and self._mapping.curve != "step",
        }
        return [name for name in self._fields if not without.get(name, False)]

    def _place_fields(self) -> None:
        columns = 3 if self.width() >= _NARROW_PX else 1
        wanted = self._wanted()
        if (columns, wanted) == (self._columns, self._placed):
            return
        self._columns, self._placed = columns, wanted
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item else None
            if widget and widget not in [field for _, field in self._fields.values()]:
                widget.deleteLater()
        for name, (_, widget) in self._fields.items():
            widget.setVisible(name in wanted)
        for place, name in enumerate(wanted):
            title, widget = self._fields[name]
            row, at = divmod(place, columns)
            self._grid.addWidget(quiet(title), row, at * 2)
            self._grid.addWidget(widget, row, at * 2 + 1)
        self._grid.setColumnStretch(columns * 2, 1)

    def _ask_source(self) -> None:
        title = self.tr("{} is moved by").format(self._entry.label)
        menu = source_menu(title, self._set_source, self)
        pop_up(menu, self.source.mapToGlobal(self.source.rect().bottomLeft()))

    def _set_source(self, source: str) -> None:
        if source != self._mapping.source:
            usual = begun(source, self._mapping.input, self._entry.kind, 0.0)
            kept = replace(self._mapping, source=source, low=usual.low, high=usual.high, release_s=None)
            self.changed.emit(replace(kept, beats=usual.beats), "source")

    def _set_amount(self, value: float | None) -> None:
        self._set("amount", 1.0 if value is None else round(value, 3))

    def _set(self, field: str, value: object) -> None:
        if field in ("low", "high"):
            other = self._mapping.high if field == "low" else self._mapping.low
            if abs(float(value) - other) < LEAST_SPAN:  # type: ignore[arg-type]
                self.show_mapping(self._mapping)  # they must differ
                return
        self.changed.emit(replace(self._mapping, **{field: value}), field)  # type: ignore[arg-type]

    def _number(
        self, field: str, low: float, high: float, title: str, *, suffix: str = "", scale: float = 1.0
    ) -> QDoubleSpinBox:
        box = number_box(low, high, title, decimals=0 if scale > 1 else 2, suffix=suffix)
        box.valueChanged.connect(lambda value: self._set(field, value / scale))
        return box

    def _menu(self, field: str, choices: Sequence[tuple[str, object]], title: str) -> Menu:
        menu = Menu()
        menu.setAccessibleName(title)
        menu.setMinimumWidth(110)
        for text, value in choices:
            menu.addItem(text, value)
        menu.activated.connect(
            lambda at: self._set(field, None if menu.itemData(at) == -1 else menu.itemData(at))
        )
        return menu

    def _curve_titles(self) -> list[tuple[str, object]]:
        titles = {
            "linear": self.tr("Straight"),
            "ease_in": self.tr("Late"),
            "ease_out": self.tr("Early"),
            "s": self.tr("S"),
            "step": self.tr("On or off"),
        }
        return [(titles.get(curve, curve), curve) for curve in CURVES]
