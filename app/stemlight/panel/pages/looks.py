"""Looks: everything that can be put on air, how it comes there, and the autopilot."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from stemlight.bus.controls import CONTROLS
from stemlight.panel import on_air
from stemlight.panel.buttons import ChoiceMenu, NumberBox, Segments, SwitchButton
from stemlight.panel.icons import icon
from stemlight.panel.link import Link
from stemlight.panel.look_grid import COMING, ON_AIR, LookGrid, LookModel
from stemlight.panel.looks import BANK, Look, chosen, find_looks, in_order
from stemlight.panel.memory import Memory
from stemlight.panel.page import Page, quiet
from stemlight.panel.playlist import Playlist
from stemlight.panel.thumbnails import Thumbnails
from stemlight.preset.library import preset_paths, transition_paths

NAMES = {row.name for row in CONTROLS}
FILES_MS = 2000  # between looks at the folders: a preset saved elsewhere is soon here
GRID_PX = 150  # a row of looks at least; in a lower window the page has a bar
_DIGITS = "1234567890"


class LooksPage(Page):
    """The grid, a search, favourites, banks; below, how the next look comes."""

    name = "looks"

    def __init__(self, link: Link, memory: Memory) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Looks")
        self._looks: list[Look] = []
        self._files: dict[Path, int] = {}
        self._favourites = memory.names("favourites")
        self._order = memory.names("order")
        self._bank = 0
        self.thumbnails = Thumbnails(self)
        self.model = LookModel(self.thumbnails.picture)
        self.grid = LookGrid(self.model)
        self.thumbnails.came.connect(self.model.picture_came)
        self.model.moved.connect(self._reorder)
        self._list_button = QPushButton(icon("playlist"), "")
        self.playlist = Playlist(link, self.thumbnails.picture, self._list_button)
        self.thumbnails.came.connect(self.playlist.model.picture_came)
        self.playlist.put_on_air.connect(self.put_on_air)
        self.playlist.changed.connect(lambda: self.model.show_turns(self.playlist.turns))
        self.grid.put_on_air.connect(self._pressed)
        self.grid.star_wanted.connect(self._star)
        self.grid.turn_wanted.connect(self.playlist.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 8)
        column.setSpacing(10)
        column.addLayout(self._make_top())
        self.grid.setMinimumHeight(GRID_PX)
        column.addWidget(self.grid, 1)
        column.addWidget(self.playlist)
        column.addLayout(self._make_transport())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look_at_files)
        self._timer.start(FILES_MS)
        self._look_at_files()

    def put_on_air(self, look: Look) -> None:
        """By the transition that is chosen."""
        if look.wrong:
            self.link.said.emit(look.wrong)
        else:
            self.link.set("stage.preset", look.name)
            self.look()

    def look(self) -> None:
        shown, wanted = on_air.on_air(self.link), on_air.coming(self.link)
        for model in (self.model, self.playlist.model):
            model.show_state({wanted: COMING} | {shown: ON_AIR} if shown else {})

    def _pressed(self, look: Look) -> None:
        if self.playlist.picks.isChecked():
            self.playlist.toggle(look)
        else:
            self.put_on_air(look)

    def take_key(self, event: QKeyEvent) -> bool:
        """A number is a look of the bank, PgUp and PgDown are other banks."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._turn(-1 if event.key() == Qt.Key.Key_PageUp else 1)
            return True
        text = event.text()
        if len(text) == 1 and text in _DIGITS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            place = self._bank * BANK + _DIGITS.index(text)
            if place < len(self.model.looks):
                self.put_on_air(self.model.looks[place])
            return True
        return False

    def set_narrow(self, narrow: bool) -> None:
        super().set_narrow(narrow)
        self._bank_words.setVisible(not narrow)

    def leave(self) -> None:
        self._timer.stop()
        self.thumbnails.close()

    def _make_top(self) -> QHBoxLayout:
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search"))
        self._search.setAccessibleName(self.tr("Search the looks"))
        self._search.setClearButtonEnabled(True)
        self._search.setMaximumWidth(300)
        self._search.textChanged.connect(self._show)
        self._starred = QPushButton(icon("star"), self.tr("Favourites"))
        self._starred.setCheckable(True)
        self._starred.toggled.connect(self._show)
        self._back, self._ahead = QPushButton("‹"), QPushButton("›")
        self._back.setAccessibleName(self.tr("Previous bank"))
        self._ahead.setAccessibleName(self.tr("Next bank"))
        for button, step in ((self._back, -1), (self._ahead, 1)):
            button.setFixedWidth(44)
            button.clicked.connect(lambda _, step=step: self._turn(step))
        self._bank_words = quiet("")
        row = QHBoxLayout()
        row.addWidget(self._search, 2)
        row.addWidget(self._starred)
        row.addWidget(self._list_button)
        row.addStretch(1)
        row.addWidget(self._bank_words)
        row.addWidget(self._back)
        row.addWidget(self._ahead)
        return row

    def _make_transport(self) -> QHBoxLayout:
        """What this version of the show can do on the way from look to look."""
        both = self.sides = QHBoxLayout()
        row, link = QHBoxLayout(), self.link
        both.addLayout(row)
        if "stage.transition" in NAMES:
            row.addWidget(quiet(self.tr("By")))
            names = [(path.stem, on_air.title_of(path.stem)) for path in transition_paths()]
            row.addWidget(ChoiceMenu(link, "stage.transition", names, self.tr("Transition")))
            beats = NumberBox(link, "stage.transition_beats", self.tr("Length of the transition in beats"))
            beats.setSuffix(self.tr(" beats"))
            beats.setSpecialValueText(self.tr("cut"))
            row.addWidget(beats)
            moments = [
                ("now", self.tr("at once")),
                ("beat", self.tr("beat")),
                ("bar", self.tr("bar")),
            ]
            row.addWidget(Segments(link, "stage.transition_at", moments, self.tr("A transition begins")))
        row.addStretch(1)
        row = QHBoxLayout()
        both.addLayout(row)
        if "autopilot.on" in NAMES:
            row.addWidget(SwitchButton(link, "autopilot.on", self.tr("Autopilot")))
            bars = NumberBox(link, "autopilot.bars", self.tr("Bars that a look stays"))
            bars.setSuffix(self.tr(" bars"))
            row.addWidget(bars)
            orders = [("shuffle", self.tr("shuffle")), ("playlist", self.tr("in order"))]
            row.addWidget(ChoiceMenu(link, "autopilot.order", orders, self.tr("Order of the autopilot")))
            row.addWidget(SwitchButton(link, "autopilot.drops", self.tr("At drops")))
        return both

    def _look_at_files(self) -> None:
        """Reads the presets anew if a file of theirs came, went or was written."""
        if not self.link.seen and self._looks:
            return
        if self._looks and self._stamps() == self._files:
            return
        self._looks = find_looks()
        self._files = self._stamps()
        self._show()

    def _stamps(self) -> dict[Path, int]:
        """When presets and what they are made of were last written."""
        made_of = (file for look in self._looks for file in look.files)
        found = {}
        for file in dict.fromkeys((*preset_paths(), *made_of)):
            with contextlib.suppress(OSError):
                found[file] = file.stat().st_mtime_ns
        return found

    def _show(self) -> None:
        self.playlist.show_looks(self._looks)
        looks = in_order(self._looks, self._order)
        search, only_starred = self._search.text(), self._starred.isChecked()
        found = chosen(looks, search, self._favourites, only_starred)
        self._bank = min(self._bank, max(0, (len(found) - 1) // BANK))
        self.model.may_move = not search and not only_starred
        self.model.show_looks(found, self._favourites, self._keys(found))
        self.model.show_turns(self.playlist.turns)
        self._say_bank()
        self.look()

    def _keys(self, looks: list[Look]) -> dict[str, str]:
        first = self._bank * BANK
        return {look.name: _DIGITS[i] for i, look in enumerate(looks[first : first + BANK])}

    def _turn(self, step: int) -> None:
        n_banks = max(1, -(-len(self.model.looks) // BANK))
        self._bank = (self._bank + step) % n_banks
        self.model.show_keys(self._keys(self.model.looks))
        self._say_bank()
        if self.model.looks:
            self.grid.scrollTo(self.model.index(self._bank * BANK))

    def _say_bank(self) -> None:
        n_banks = max(1, -(-len(self.model.looks) // BANK))
        words = self.tr("Keys 1–0: bank {} of {}").format(self._bank + 1, n_banks)
        self._bank_words.setText(words if n_banks > 1 else self.tr("Keys 1–0"))
        for button in (self._back, self._ahead):
            button.setVisible(n_banks > 1)

    def _star(self, look: Look) -> None:
        if look.name in self._favourites:
            self._favourites.remove(look.name)
        else:
            self._favourites.append(look.name)
        self.memory.keep({"favourites": list(self._favourites)})
        self._show()

    def _reorder(self, names: list[str]) -> None:
        self._order = names
        self.memory.keep({"order": names})
        self._show()
