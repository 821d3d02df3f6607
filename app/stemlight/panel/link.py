"""What the panel reads of a running show, at a person's pace, and how it tells the show what to do.

One timer, thirty times a second while the window is seen, twice a second while it is not. Widgets say which
control they show; they are told when it changed, whoever changed it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QWidget

from stemlight.bus.controls import ControlBus, Value, control
from stemlight.bus.frame_ring import FrameRing, Published
from stemlight.bus.health import Health, PartHealth
from stemlight.panel.translation import tr

TICK_MS = 33  # a meter that moves thirty times a second looks smooth
HIDDEN_MS = 500  # nobody looks: only whether the show ends
CONTROL_TICKS = 3  # ten times a second: a switch that somebody else threw
LOOK_TICKS = 7  # four times a second: words and counters
SILENT_S = 1.0  # an engine that says nothing for so long is away


@dataclass(frozen=True, slots=True)
class _Bound:
    name: str
    widget: QWidget
    show: Callable[[Value], None]


class Link(QObject):
    """The show, as the panel sees it. Qt's thread."""

    frame_came = pyqtSignal(object)  # Published; also the old one again while no new one comes
    ticked = pyqtSignal()  # thirty times a second while the window is seen, whether frames come or not
    looked = pyqtSignal()  # words and counters may have changed
    ended = pyqtSignal()  # the show is ending
    said = pyqtSignal(str)  # something that the person should read now

    def __init__(self, frames: FrameRing, controls: ControlBus, health: Health) -> None:
        """`controls` is attached through the door `panel`."""
        super().__init__()
        self.frames, self.controls, self.health = frames, controls, health
        self.newest: Published | None = None
        self._bound: list[_Bound] = []
        self._shown: dict[int, Value] = {}  # by place in `_bound`
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tick)

    def begin(self) -> None:
        """Reads from now on, and at once."""
        self.tick()
        self.refresh()
        self.looked.emit()
        self._timer.start(TICK_MS)

    def end(self) -> None:
        """Reads no more: the memory is about to go."""
        self._timer.stop()

    def set_seen(self, seen: bool) -> None:
        """Whether anybody sees the window."""
        wanted_ms = TICK_MS if seen else HIDDEN_MS
        if self._timer.interval() != wanted_ms:
            self._timer.setInterval(wanted_ms)
            if seen:
                self.refresh()
                self.looked.emit()

    @property
    def seen(self) -> bool:
        """Somebody sees the window."""
        return self._timer.interval() == TICK_MS

    def part(self, name: str) -> PartHealth:
        """One process's health."""
        return self.health.part(name)

    @property
    def engine_is_there(self) -> bool:
        """Frames come."""
        return self.newest is not None and time.perf_counter() - self.newest.captured_host_s < SILENT_S

    # What people do.

    def set(self, name: str, value: Value) -> None:
        """Sets a control; what shows it is told at once."""
        self.controls.set(name, value)
        self.refresh(name)

    def fire(self, name: str) -> None:
        """Fires a trigger."""
        self.controls.fire(name)

    def bind(self, widget: QWidget, name: str, show: Callable[[Value], None] | None = None) -> None:
        """`widget` stands for a control: `show` gets its values; a right click offers what any control can.

        KeyError for a name that is not in the table.
        """
        row = control(name)
        widget.setProperty("control", name)
        if not widget.accessibleName():
            widget.setAccessibleName(tr(row.doc))
        widget.setToolTip(tr(row.doc))
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(lambda at: self._offer(widget, name))
        if show:
            self._bound.append(_Bound(name, widget, show))
            self._show(len(self._bound) - 1)

    def refresh(self, name: str = "") -> None:
        """Shows what has changed, of all controls or of one."""
        for place, bound in enumerate(self._bound):
            if name in ("", bound.name):
                self._show(place)

    def tick(self) -> None:
        """One look at the show."""
        if self.health.stopping:
            self._timer.stop()
            self.ended.emit()
            return
        if self._timer.interval() == HIDDEN_MS:
            return
        self._ticks += 1
        self.part("panel").add("ticks")
        newest = self.frames.latest()
        if newest is not None:
            self.newest = newest
            self.frame_came.emit(newest)
        self.ticked.emit()
        if self._ticks % CONTROL_TICKS == 0:
            self._refresh_visible()
        if self._ticks % LOOK_TICKS == 0:
            self.looked.emit()

    def _refresh_visible(self) -> None:
        for place, bound in enumerate(self._bound):
            if bound.widget.isVisible():
                self._show(place)

    def _show(self, place: int) -> None:
        bound = self._bound[place]
        value = self.controls.get(bound.name)
        if self._shown.get(place) != value or place not in self._shown:
            self._shown[place] = value
            bound.show(value)

    def _offer(self, widget: QWidget, name: str) -> None:
        from stemlight.panel.learn import control_menu

        with contextlib.suppress(RuntimeError):  # the widget went away under the menu
            control_menu(self, name, widget).exec(widget.mapToGlobal(widget.rect().center()))
