"""The panel's window: a rail of pages, what is always in sight, and what its closing means."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer
from PyQt6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PyQt6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMessageBox,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from stemlight.bus.frame_ring import Published
from stemlight.bus.preview_cell import PreviewCell
from stemlight.panel.icons import icon
from stemlight.panel.keys import KEYS, KeySheet
from stemlight.panel.link import Link
from stemlight.panel.memory import KEPT, Memory
from stemlight.panel.page import Page
from stemlight.panel.pages import all_pages
from stemlight.panel.pages.settings import SettingsPage
from stemlight.panel.preview_view import PreviewView
from stemlight.panel.settings import AGAIN, CLOSED, PanelSettings
from stemlight.panel.strips import CONTROL_NAMES, BottomStrip, TopStrip

USUAL_PX = QSize(1280, 800)
RAIL_PX = 92
KEEP_LOOKS = 20  # every five seconds
NARROW_PX = 900  # below this the rail shows icons alone
_RAIL_STYLE = """
QToolButton { border: none; border-radius: 10px; color: #a2a4ab; background: transparent;
              font-size: 12px; font-weight: 600; padding: 6px 0; }
QToolButton:hover { background: #22262c; }
QToolButton:checked { background: #eeebe4; color: #0c0d0f; }
QToolButton:focus { border: 2px solid #eeebe4; }
QToolButton:checked:focus { border: 2px solid #4fd08a; }
"""


class PanelWindow(QWidget):
    """All of the panel. `done` is called with the exit code once a person has said what becomes of it."""

    def __init__(
        self, link: Link, memory: Memory, settings: PanelSettings, done: Callable[[int], None]
    ) -> None:
        super().__init__()
        self.link, self.memory, self._done = link, memory, done
        self._leaving = False
        self._keeps = settings.keeps
        self._looks = 0
        self.setWindowTitle(self.tr("Stemlight: control panel"))
        self.setMinimumSize(600, 380)
        self.pages: dict[str, Page] = {page.name: page for page in all_pages(link, memory, settings)}
        self._areas: dict[str, QWidget] = {}
        self._stack = QStackedWidget()
        self._rail = self._make_rail()
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._rail)
        body.addWidget(self._stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._pictures = PreviewCell.attach(settings.preview) if settings.preview else None
        self._preview = PreviewView(link, self._pictures, settings.has_stage)
        whole.addWidget(TopStrip(link, self._preview))
        whole.addLayout(body, 1)
        self._bottom = BottomStrip(link)
        whole.addWidget(self._bottom)
        self._make_keys()
        scaled = self.pages["settings"]
        assert isinstance(scaled, SettingsPage)
        scaled.restart_wanted.connect(lambda: self.leave(AGAIN))
        link.frame_came.connect(self._show_frame)
        link.looked.connect(self._look)
        link.ended.connect(lambda: self.leave(0))
        self._restore()
        self.setFocus()

    @property
    def page(self) -> Page:
        """The one in sight."""
        return next(
            page for name, page in self.pages.items() if self._areas[name] is self._stack.currentWidget()
        )

    def open_page(self, name: str) -> None:
        """Brings a page into sight."""
        self._stack.setCurrentWidget(self._areas[name])
        self._buttons[name].setChecked(True)
        self.memory.keep({"page": name})
        self._look()

    def _jump_to(self, name: str) -> None:
        """By its key: what had the focus before is out of sight or means nothing now."""
        self.open_page(name)
        self.setFocus()

    def leave(self, code: int) -> None:
        """Keeps what lasts and ends the panel."""
        if not self._leaving:
            self._leaving = True
            self._keep_geometry()
            self._keep_controls()
            for page in self.pages.values():
                page.leave()
            self._done(code)

    # What Qt tells us.

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """A closed panel must not end a show by accident, and none may be left running unseen: ask."""
        assert event
        if self._leaving:
            event.accept()
            return
        event.ignore()
        code = self.ask_what_closing_means()
        if code is not None:
            self.leave(code)

    def showEvent(self, event: QShowEvent | None) -> None:
        handle = self.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        self._notice_sight()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Nothing is kept from anybody; but the system's word that nobody sees the window is heard."""
        if event and event.type() == QEvent.Type.Expose:
            QTimer.singleShot(0, self._notice_sight)
        return False

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._notice_sight()

    def changeEvent(self, event: QEvent | None) -> None:
        if event and event.type() == QEvent.Type.WindowStateChange:
            self._notice_sight()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """What no widget wanted is for the page in sight, else a look: those are one key away everywhere."""
        focus = self.focusWidget()
        is_enter = event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(focus, QAbstractButton):
            focus.click()  # the space bar is the beat's
        elif event and not (self.page.take_key(event) or self.pages["looks"].take_key(event)):
            super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        narrow = self.width() < NARROW_PX
        self._rail.setFixedWidth(60 if narrow else RAIL_PX)
        style = (
            Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        )
        for button in self._buttons.values():
            button.setToolButtonStyle(style)
            button.setFixedHeight(35 if narrow else 62)
        self._bottom.set_narrow(narrow)
        self._preview.set_narrow(narrow)
        for page in self.pages.values():
            page.set_narrow(narrow)

    def ask_what_closing_means(self) -> int | None:
        """The exit code that a person chose; None: the panel stays."""
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("Stemlight"))
        box.setText(self.tr("Close the control panel?"))
        box.setInformativeText(
            self.tr("The show can go on without it. C in the picture's window brings the panel back.")
        )
        stay = box.addButton(self.tr("Stay"), QMessageBox.ButtonRole.RejectRole)
        close = box.addButton(self.tr("Close the panel"), QMessageBox.ButtonRole.AcceptRole)
        end = box.addButton(self.tr("End the show"), QMessageBox.ButtonRole.DestructiveRole)
        assert end
        end.setProperty("danger", True)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.exec()
        return {id(close): CLOSED, id(end): 0}.get(id(box.clickedButton()))

    # Its parts.

    def _make_rail(self) -> QFrame:
        rail = QFrame()
        rail.setProperty("strip", True)
        rail.setStyleSheet(_RAIL_STYLE)
        column = QVBoxLayout(rail)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(4)
        group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        for number, (name, page) in enumerate(self.pages.items(), 1):
            button = QToolButton()
            button.setCheckable(True)
            button.setIcon(icon(name))
            button.setIconSize(QSize(26, 26))
            button.setText(page.title)
            button.setAccessibleName(page.title)
            button.setToolTip(f"{page.title}  (F{number})")
            button.setSizePolicy(*2 * (button.sizePolicy().Policy.Expanding,))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _, name=name: self.open_page(name))
            group.addButton(button)
            column.addWidget(button)
            self._buttons[name] = button
            self._areas[name] = self._area(page)
            self._stack.addWidget(self._areas[name])
            QShortcut(QKeySequence(f"F{number}"), self, lambda name=name: self._jump_to(name))
        column.addStretch()
        return rail

    @staticmethod
    def _area(page: Page) -> QWidget:
        """The page itself, or with bars where it is larger than the window."""
        if page.scrolls_itself:
            return page
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        return area

    def _make_keys(self) -> None:
        for key in KEYS:
            if key.does:
                QShortcut(QKeySequence(key.sequence), self, lambda key=key: key.does(self.link))
        QShortcut(QKeySequence("?"), self, lambda: KeySheet(self).exec())

    def _show_frame(self, newest: Published) -> None:
        self.page.show_frame(newest if self.link.engine_is_there else None)

    def _look(self) -> None:
        self.page.look()
        self._looks += 1
        if self._looks % KEEP_LOOKS == 0:
            self._keep_controls()

    def _keep_controls(self) -> None:
        """Keeps what the next night begins with: also where this one ends in the dark."""
        if self._keeps:
            there = [name for name in KEPT if name in CONTROL_NAMES]
            values = {name: self.link.controls.get(name) for name in there}
            self.memory.keep({"controls": {name: v for name, v in values.items() if v != ""}})

    def _notice_sight(self) -> None:
        handle = self.windowHandle()
        exposed = handle is not None and handle.isExposed()  # not behind another desktop, not iconified
        self.link.set_seen(exposed and self.isVisible() and not self.isMinimized())

    def _restore(self) -> None:
        self.open_page(name if (name := self.memory.text("page")) in self.pages else next(iter(self.pages)))
        place = self.memory.numbers("window")
        self.resize(USUAL_PX)
        if len(place) == 4:
            wanted = QRect(*place)
            if any(screen.availableGeometry().intersects(wanted) for screen in QGuiApplication.screens()):
                self.setGeometry(wanted)
        screen = self.screen()
        if screen and not screen.availableGeometry().contains(self.geometry()):
            room = screen.availableGeometry()
            self.resize(self.size().boundedTo(room.size()))
            if not room.intersects(self.geometry()):
                self.move(room.topLeft())

    def _keep_geometry(self) -> None:
        if not self.isMinimized():
            here = self.geometry()
            self.memory.keep({"window": [here.x(), here.y(), here.width(), here.height()]})
