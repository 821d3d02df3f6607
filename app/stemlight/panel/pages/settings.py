"""Settings: how large everything is, where things are kept, the keys."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout

from stemlight import __version__
from stemlight.panel.keys import KeySheet
from stemlight.panel.link import Link
from stemlight.panel.memory import SCALES, Memory, thumbnails_dir
from stemlight.panel.page import Page, card, quiet, row
from stemlight.panel.strips import Line
from stemlight.preset.library import user_presets_dir, user_shaders_dir
from stemlight.settings import settings_path


class SettingsPage(Page):
    """A column of cards."""

    name = "settings"
    restart_wanted = pyqtSignal()

    def __init__(self, link: Link, memory: Memory) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Settings")
        self._trouble = Line()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 12)
        whole.setSpacing(14)
        group = QButtonGroup(self)
        buttons = []
        for scale in SCALES:
            button = QPushButton(f"{scale} %")
            button.setCheckable(True)
            button.setChecked(scale == memory.scale)
            button.setAccessibleName(self.tr("Scale {} %").format(scale))
            button.clicked.connect(lambda _, scale=scale: self._scale(scale))
            group.addButton(button)
            buttons.append(button)
        said = quiet(self.tr("The panel starts again for it; the show goes on."))
        whole.addWidget(card(self.tr("Size of everything"), row(*buttons, 1), said))
        folders = [
            (self.tr("Settings"), settings_path().parent),
            (self.tr("Your presets"), user_presets_dir()),
            (self.tr("Your shaders"), user_shaders_dir()),
            (self.tr("Thumbnails"), thumbnails_dir()),
        ]
        rows = []
        for title, folder in folders:
            line, button = Line(quiet=True), QPushButton(self.tr("Open"))
            line.say(str(folder))
            button.setAccessibleName(self.tr("Open the folder of: {}").format(title))
            button.clicked.connect(lambda _, folder=folder: self._open(folder))
            label = quiet(title)
            label.setMinimumWidth(130)
            rows.append(row(label, line, button))
        whole.addWidget(card(self.tr("Folders"), *rows, self._trouble))
        keys = QPushButton(self.tr("Keys"))
        keys.clicked.connect(lambda: KeySheet(self).exec())
        words = quiet(self.tr("Stemlight {}. GPL-3.0-or-later.").format(__version__))
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        whole.addWidget(card(self.tr("Help"), row(keys, 1), words))
        whole.addStretch(1)

    def look(self) -> None:
        self._trouble.say(self.memory.trouble, warns=True)

    def _scale(self, scale: int) -> None:
        if scale != self.memory.scale:
            self.memory.keep({"scale": scale})
            if not self.memory.trouble:
                self.restart_wanted.emit()
        self.look()

    def _open(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
