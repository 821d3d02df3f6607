"""Keeps the list of sound inputs fresh: a child process looks now and then, and never disturbs a stream."""

from __future__ import annotations

import json
import sys

from PyQt6.QtCore import QObject, QProcess, QTimer, pyqtSignal

from stemlight.audio.devices import CHILD_TIMEOUT_S, Device, useful

LOOK_MS = 3000  # between looks: who plugs something in looks at the panel next


class DeviceList(QObject):
    """Looks while somebody watches. Qt's thread."""

    came = pyqtSignal(list)  # of Device, whenever the list is another one
    failed = pyqtSignal(str)  # why there is no list

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.devices: list[Device] = []
        self._process: QProcess | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._give_up)

    def watch(self, wanted: bool) -> None:
        """Whether somebody watches."""
        if wanted and not self._timer.isActive():
            self.look()
            self._timer.start(LOOK_MS)
        elif not wanted:
            self._timer.stop()

    def look(self) -> None:
        """Asks once; the answer comes as a signal."""
        if self._process is None:
            self._process = QProcess(self)
            self._process.finished.connect(self._done)
            self._process.errorOccurred.connect(lambda error: self._done())
            self._process.start(sys.executable, ["-P", "-m", "stemlight.audio.devices", "list", "null"])
            self._limit.start(round(CHILD_TIMEOUT_S * 1e3))

    def close(self) -> None:
        """Ends a look that is under way."""
        self._timer.stop()
        self._give_up(silently=True)

    def _done(self) -> None:
        process, self._process = self._process, None
        self._limit.stop()
        if process is None:
            return
        answer = bytes(process.readAllStandardOutput().data()).decode(errors="replace").splitlines()
        process.deleteLater()
        try:
            said = json.loads(answer[-1])
            devices = useful([Device(**entry) for entry in said["devices"]])
        except (IndexError, KeyError, TypeError, ValueError):
            reason = self.tr("The sound system does not answer.")
            if answer and answer[-1].startswith("{"):
                reason = str(json.loads(answer[-1]).get("error", reason))
            self.failed.emit(reason)
            return
        if devices != self.devices:
            self.devices = devices
            self.came.emit(devices)

    def _give_up(self, silently: bool = False) -> None:
        process, self._process = self._process, None
        if process:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.kill()
            process.waitForFinished(500)
            process.deleteLater()
            if not silently:
                self.failed.emit(self.tr("The sound system does not answer."))
