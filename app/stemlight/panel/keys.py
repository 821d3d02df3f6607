"""The panel's keys, and the sheet that `?` shows. They do what the same keys do in the picture's window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QDialog, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from stemlight.panel.link import Link
from stemlight.panel.translation import marked, tr

BRIGHTNESS_STEP = 0.05
USUAL_PX = (1000, 600)  # a screen that is narrower gets the sheet in one column, with a bar
BAR_PX, EDGE_PX = 16, 40


@dataclass(frozen=True, slots=True)
class Key:
    """One key; without `does` it belongs to a page and only stands on the sheet."""

    sequence: str
    title: str
    does: Callable[[Link], None] | None = None


def _fire(name: str) -> Callable[[Link], None]:
    return lambda link: link.fire(name)


def _toggle(name: str) -> Callable[[Link], None]:
    return lambda link: link.set(name, not link.controls.get(name))


def _brighter(step: float) -> Callable[[Link], None]:
    name = "stage.brightness"
    return lambda link: link.set(name, float(link.controls.get(name)) + step)


KEYS: tuple[Key, ...] = (
    Key("B", marked("blackout"), _toggle("stage.blackout")),
    Key("P", marked("hold the picture"), _toggle("stage.freeze")),
    Key("Ctrl+Right", marked("next look"), _fire("stage.next_preset")),
    Key("Ctrl+Left", marked("previous look"), _fire("stage.previous_preset")),
    Key("Ctrl+Up", marked("brighter"), _brighter(BRIGHTNESS_STEP)),
    Key("Ctrl+Down", marked("darker"), _brighter(-BRIGHTNESS_STEP)),
    Key("1 … 9, 0", marked("a look of the bank")),
    Key("PgUp, PgDown", marked("another bank")),
    Key("+, *", marked("a look into the playlist, to the favourites")),
    Key("Alt+Left, Alt+Right", marked("move a look")),
    Key("A", marked("autopilot"), _toggle("autopilot.on")),
    Key("T", marked("next transition"), _fire("stage.next_transition")),
    Key("Space", marked("tap the beat"), _fire("beat.tap")),
    Key("Enter", marked("press what has the focus")),
    Key("R", marked("the one is now"), _fire("beat.resync")),
    Key("D", marked("tempo x2"), _fire("beat.double")),
    Key("S", marked("tempo /2"), _fire("beat.halve")),
    Key("X", marked("shift half a beat"), _fire("beat.half_shift")),
    Key("K", marked("lock the tempo"), _toggle("beat.lock")),
    Key("Y", marked("whose beat is followed"), _fire("sync.next_source")),
    Key("L", marked("lead Ableton Link"), _toggle("sync.lead")),
    Key("F", marked("fill the monitor"), _toggle("stage.fullscreen")),
    Key("H", marked("keys on the picture"), _toggle("stage.help")),
    Key("Ctrl+Z, Ctrl+Shift+Z", marked("take an edit back, do it again")),
    Key("Ctrl+S", marked("save what is edited")),
    Key("F1 … F8", marked("the pages")),
    Key("?", marked("this sheet")),
)


class KeySheet(QDialog):
    """All keys at a glance."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        screen = self.screen()
        room = screen.availableGeometry().size() if screen else QSize(*USUAL_PX)
        columns = 2 if room.width() >= USUAL_PX[0] else 1
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(28, 22, 28, 26)
        grid.setHorizontalSpacing(22)
        grid.setVerticalSpacing(9)
        n_rows = -(-len(KEYS) // columns)
        for place, key in enumerate(KEYS):
            name, words = QLabel(key.sequence), QLabel(tr(key.title))
            name.setProperty("title", True)
            words.setProperty("quiet", True)
            at = place // n_rows * 2
            grid.addWidget(name, place % n_rows, at, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(words, place % n_rows, at + 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(sheet)
        area.setAccessibleName(tr("Keys"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        wanted = sheet.sizeHint() + QSize(BAR_PX, 2)
        self.resize(wanted.boundedTo(room - QSize(EDGE_PX, EDGE_PX)))
