"""The recorder: on and off, into which file, and how much room there is for it."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path

from PyQt6.QtWidgets import QBoxLayout, QFileDialog, QPushButton, QVBoxLayout, QWidget

from stemlight.bus.text_cell import MAX_BYTES
from stemlight.errors import UserError
from stemlight.panel import on_air
from stemlight.panel.buttons import SwitchButton
from stemlight.panel.link import Link
from stemlight.panel.page import card, row
from stemlight.panel.strips import Line
from stemlight.recordings import recording_path, recordings_dir

DISK_S = 5.0  # between looks at how much room there is
LONGEST_NAME = 240  # bytes; most disks take 255, and it has `.part` in it while it records


class RecordCard(QWidget):
    """One switch, one file."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link
        self._wrong = ""
        self._room, self._looked_s = "", 0.0
        self.file, self.says = Line(), Line(quiet=True)
        choose = QPushButton(self.tr("Choose a file …"))
        choose.clicked.connect(self.choose)
        self.usual = QPushButton(self.tr("The usual place"))
        self.usual.clicked.connect(self._take_usual)
        link.bind(choose, "record.file", self._show)
        choose.setAccessibleName(self.tr("Choose the file that is recorded into"))
        switch = SwitchButton(link, "record.on", self.tr("Record"), danger=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._both.addLayout(row(switch, choose, self.usual))
        self._both.addWidget(self.file, 1)
        whole.addWidget(card(self.tr("Recording"), self._both, self.says))

    def set_narrow(self, narrow: bool) -> None:
        """The file stands below the buttons."""
        directions = QBoxLayout.Direction
        self._both.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)

    def look(self) -> None:
        """What is recorded, and how much room there is."""
        if time.monotonic() - self._looked_s > DISK_S:
            self._looked_s = time.monotonic()
            self._room = self._free()
        said = on_air.stage_words(self._link, "record")
        self.says.say(self._wrong or " · ".join(filter(None, (self._room, said))), warns=bool(self._wrong))

    def choose(self) -> None:
        """Asks for a file. What is there already is never written over, so nothing need be confirmed."""
        before = str(self._link.controls.get("record.file"))
        start = before or str(recordings_dir())
        name, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Record into"),
            start,
            self.tr("Videos (*.mp4)"),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".mp4")
        self._wrong = ""
        try:
            if len(path.name.encode()) > LONGEST_NAME or len(str(path).encode()) > MAX_BYTES:
                raise UserError(self.tr("{} is too long a name").format(path))
            recording_path(str(path), datetime.now())
            self._link.set("record.file", str(path))
        except UserError as error:
            self._wrong = str(error)
        self._looked_s = 0.0
        self.look()

    def _take_usual(self) -> None:
        self._link.set("record.file", "")
        self.look()

    def _show(self, value: object) -> None:
        """Which file; of the usual ones each has its own name."""
        self.file.say(str(value) or self.tr("a new file in {}").format(recordings_dir()))
        self.usual.setEnabled(bool(value))
        self._wrong = ""
        self._looked_s = 0.0

    def _free(self) -> str:
        """Of the disk that it goes to."""
        asked = str(self._link.controls.get("record.file"))
        folder = Path(asked).expanduser().parent if asked else recordings_dir()
        there = next((each for each in (folder, *folder.parents) if each.is_dir()), None)
        try:
            free_gb = shutil.disk_usage(there).free / 1e9 if there else 0.0
        except OSError:
            return ""
        return self.tr("{:.1f} GB free").format(free_gb)
