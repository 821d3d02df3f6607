"""Pictures of looks: the one beside the preset, else rendered once by a child process and kept.

The name of a kept picture has the look's mark in it: what is edited is rendered anew.
"""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal
from PyQt6.QtGui import QPixmap

from stemlight.panel.looks import Look
from stemlight.panel.memory import thumbnails_dir

SIZE_PX = (320, 180)
COMMAND = ("-P", "-m", "stemlight.stage.thumbnail")


class Thumbnails(QObject):
    """Gives pictures that are there, and makes the others one at a time. Qt's thread."""

    came = pyqtSignal(str)  # a look's name

    def __init__(self, parent: QObject | None = None, folder: Path | None = None) -> None:
        super().__init__(parent)
        self._folder = folder or thumbnails_dir()
        self._pictures: dict[tuple[str, str], QPixmap] = {}
        self._waiting: deque[tuple[Look, Path]] = deque()
        self._asked: set[Path] = set()
        self._process: QProcess | None = None

    def picture(self, look: Look) -> QPixmap | None:
        """The look's picture, scaled for the grid; None while there is none. Asks for one."""
        path = look.picture or self._kept(look)
        if path is None:
            return None
        key = (look.name, str(path))
        if key not in self._pictures:
            loaded = QPixmap(str(path))
            if loaded.isNull():
                self._ask(look, path)
                return None
            self._pictures[key] = loaded
        return self._pictures[key]

    @property
    def is_busy(self) -> bool:
        """A picture is being drawn."""
        return self._process is not None

    def close(self) -> None:
        """Ends what is being rendered."""
        self._waiting.clear()
        if self._process:
            self._process.finished.disconnect()
            self._process.kill()
            self._process.waitForFinished(1000)
            self._process = None

    def _kept(self, look: Look) -> Path | None:
        """Where the rendered picture is or will be."""
        return None if look.wrong else self._folder / f"{look.path.stem}-{look.mark}.png"

    def _ask(self, look: Look, out: Path) -> None:
        if out not in self._asked:
            self._asked.add(out)
            self._waiting.append((look, out))
            self._next()

    def _next(self) -> None:
        if self._process or not self._waiting:
            return
        look, out = self._waiting.popleft()
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return
        process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("LP_NUM_THREADS", "1")  # a thumbnail can wait, a show cannot
        process.setProcessEnvironment(environment)
        process.finished.connect(lambda: self._done(look))
        process.errorOccurred.connect(lambda error: None)
        width, height = SIZE_PX
        process.start(sys.executable, [*COMMAND, str(look.path), str(out), f"{width}x{height}"])
        self._process = process

    def _done(self, look: Look) -> None:
        if self._process:
            self._process.deleteLater()
            self._process = None
        self.came.emit(look.name)
        self._next()
