"""What is set at one place of the preset: a row for each input of its shader; of the whole, its words."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import replace

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from stemlight.panel.buttons import Menu
from stemlight.panel.editor.arrangement import WHOLE, Part, part_at, shader_of, with_part
from stemlight.panel.editor.input_controls import Live
from stemlight.panel.editor.input_row import NAME_PX, InputRow
from stemlight.panel.editor.shown_input import ShownInput
from stemlight.panel.editor.work import Work
from stemlight.panel.on_air import title_of
from stemlight.panel.page import quiet
from stemlight.panel.strips import Line
from stemlight.preset.preset import BLENDS, Layer, Preset

_NARROW_PX = 520
_NARROW_NAME_PX = 84
_LOW_PX = 300  # below this values need the room more than advice does


class Inspector(QWidget):
    """Shows a place of `work`, and changes it there."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work
        self.place = WHOLE
        self.rows: list[InputRow] = []
        self.errors: tuple[str, ...] = ()  # of the shader that is shown here
        self._shown: tuple[object, ...] = ("nothing",)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._title = Line(size_px=16, bold=True)
        self._blend = Menu()
        self._blend.setAccessibleName(self.tr("How it lies on what is below"))
        self._blend.setMinimumWidth(110)
        for blend in BLENDS:
            self._blend.addItem(self.tr("Blend: {}").format(blend), blend)
        self._alpha = QPushButton(self.tr("See-through"))
        self._alpha.setCheckable(True)
        self._alpha.setToolTip(self.tr("Where the scene itself is transparent, what is below shows"))
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._blend)
        head.addWidget(self._alpha)
        column.addLayout(head)
        self._wrong = QLabel()
        self._wrong.setProperty("warn", True)
        self._wrong.setWordWrap(True)
        self._wrong.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._wrong)
        hint = self.tr("∿ or a right click lets the music move a value. A double click resets it.")
        self._hint = quiet(hint, wraps=True)
        column.addWidget(self._hint)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self._area, 1)
        self._blend.activated.connect(lambda at: self._set_layer(blend=self._blend.itemData(at)))
        self._alpha.clicked.connect(lambda checked: self._set_layer(keep_alpha=checked))

    def show_place(self, place: str) -> None:
        """What is there now; rows are made anew only where the inputs are others."""
        self.place = place
        preset = self._work.preset
        part = part_at(preset, place) if preset else None
        inputs = self._work.inputs(place) if part else None
        name_px = _NARROW_NAME_PX if self.width() < _NARROW_PX else NAME_PX
        self._say_errors(part)
        shown = (
            place,
            shader_of(part) if part else self._work.name,
            inputs,
            name_px,
            preset is None,
            self.errors,
        )
        is_layer = isinstance(part, Layer)
        self._blend.setVisible(is_layer)
        self._alpha.setVisible(is_layer)
        if isinstance(part, Layer):
            self._blend.setCurrentIndex(self._blend.findData(part.blend))
            self._alpha.setChecked(part.keep_alpha)
        self._title.say(title_of(shader_of(part).stem) if part else self.tr("Whole picture"))
        self._hint.setVisible(bool(inputs) and self.height() >= _LOW_PX)
        if shown != self._shown:
            self._shown = shown
            self._make_rows(preset, part, inputs, name_px)
        elif part:
            for row in self.rows:
                row.show_part(part)
        elif preset:
            self._show_words(preset)

    def show_live(self, values: MappingOf[str, Live]) -> None:
        """What the music makes of the inputs, thirty times a second."""
        for row in self.rows:
            row.show_live(values.get(row.entry.live_name(self.place)))

    def resizeEvent(self, event: object) -> None:
        self.show_place(self.place)

    def _say_errors(self, part: Part | None) -> None:
        self.errors = tuple(error for error in self._work.errors if part and shader_of(part).name in error)
        self._wrong.setText("\n".join(self.errors))
        self._wrong.setVisible(bool(self.errors))

    def _make_rows(
        self,
        preset: Preset | None,
        part: Part | None,
        inputs: tuple[ShownInput, ...] | None,
        name_px: int,
    ) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(0)
        self.rows = []
        if part is None and preset is not None:
            self._make_words(column, preset)
        elif part and inputs:
            for entry in inputs:
                row = InputRow(entry, part, name_px)
                row.changed.connect(self._change)
                row.pressed.connect(lambda name: self._work.press(self.place, name))
                column.addWidget(row)
                self.rows.append(row)
        elif part and not self._wrong.text():
            column.addWidget(quiet(self.tr("The picture has not said yet what can be set here."), wraps=True))
        column.addStretch(1)
        before = self._area.takeWidget()
        if before:
            before.deleteLater()  # it may be one of its own menus that asked for others
        self._area.setWidget(inside)

    def _make_words(self, column: QVBoxLayout, preset: Preset) -> None:
        self._words: dict[str, QLineEdit] = {}
        titles = {
            "name": self.tr("Name"),
            "description": self.tr("What it is like"),
            "tags": self.tr("Tags, with commas"),
        }
        for field, title in titles.items():
            line = QLineEdit()
            line.setAccessibleName(title)
            line.editingFinished.connect(lambda field=field: self._set_words(field))
            column.addWidget(quiet(title))
            column.addWidget(line)
            column.addSpacing(8)
            self._words[field] = line
        words = self.tr("Filters here lie over all layers. Drop a shader file on this page to add it.")
        column.addWidget(quiet(words, wraps=True))
        self._show_words(preset)

    def _show_words(self, preset: Preset) -> None:
        said = {"name": preset.name, "description": preset.description, "tags": ", ".join(preset.tags)}
        for field, line in self._words.items():
            if line.text() != said[field] and not line.hasFocus():
                line.setText(said[field])

    def _set_words(self, field: str) -> None:
        preset, text = self._work.preset, self._words[field].text().strip()
        if preset is None or (field == "name" and not text):
            return
        if field == "tags":
            tags = tuple(word.strip() for word in text.split(",") if word.strip())
            self._work.change(replace(preset, tags=tags))
        else:
            self._work.change(replace(preset, **{field: text}))  # type: ignore[arg-type]

    def _change(self, part: Part, what: str) -> None:
        if self._work.preset:
            thing = f"{self.place}.{what}" if what else ""
            self._work.change(with_part(self._work.preset, self.place, part), thing)

    def _set_layer(self, **fields: object) -> None:
        preset = self._work.preset
        part = part_at(preset, self.place) if preset else None
        if isinstance(part, Layer) and preset:
            self._work.change(with_part(preset, self.place, replace(part, **fields)))  # type: ignore[arg-type]
