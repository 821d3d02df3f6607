"""Outputs: the picture's window, the recorder, and where OSC goes."""

from __future__ import annotations

from PyQt6.QtWidgets import QBoxLayout, QFrame, QInputDialog, QLayout, QVBoxLayout, QWidget

from stemlight.panel import on_air
from stemlight.panel.buttons import ChoiceMenu, Fader, SwitchButton
from stemlight.panel.fields import OffsetField
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.osc_card import OscCard
from stemlight.panel.page import Page, card, quiet, row
from stemlight.panel.record_card import RecordCard
from stemlight.panel.settings import PanelSettings
from stemlight.panel.strips import Line

SAID_OF = ("mirror", "ndi", "spout", "syphon", "camera")  # topics of the stage
A_WINDOW = 15  # of `stage.mirror`: no such monitor, so it is a window
SIZES = ("1280x720", "1920x1080", "1920x1200", "2560x1440", "3840x2160", "1024x768", "1080x1920")


class OutputsPage(Page):
    """The picture above, OSC below."""

    name = "outputs"

    def __init__(self, link: Link, memory: Memory, settings: PanelSettings) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Outputs")
        self._window = Line(quiet=True)
        self.monitors: list[MonitorMenu] = []
        self._beside: list[QBoxLayout] = []
        self.record = RecordCard(link) if settings.has_stage else None
        self.osc = OscCard(link, settings)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 12)
        column.setSpacing(14)
        if self.record:
            column.addWidget(self._make_picture())
            column.addWidget(self.record)
        column.addWidget(self.osc)
        column.addStretch(1)

    def look(self) -> None:
        said = [on_air.stage_words(self.link, topic) for topic in ("window", *SAID_OF)]
        self._window.say(" · ".join(filter(None, said)))
        monitors = on_air.stage_words(self.link, "monitors").splitlines()
        for menu in self.monitors:
            menu.show_monitors(monitors)
        if self.record:
            self.record.look()
        self.osc.look()

    def set_narrow(self, narrow: bool) -> None:
        directions = QBoxLayout.Direction
        for part in self._beside:
            part.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
        if self.record:
            self.record.set_narrow(narrow)
        self.osc.set_narrow(narrow)

    def _make_picture(self) -> QFrame:
        link = self.link
        on_it = [(-1, self.tr("the one it is on"))]
        filled = MonitorMenu(link, "stage.monitor", on_it, self.tr("Monitor that is filled"))
        others = [(-1, self.tr("none")), (A_WINDOW, self.tr("a second window"))]
        mirror = MonitorMenu(link, "stage.mirror", others, self.tr("Monitor that mirrors the picture"))
        self.monitors = [filled, mirror]
        offset = OffsetField(link, "stage.offset_ms", self.tr("The picture's beats are early by, on top"))
        scale = Fader(link, "stage.render_scale", self.tr("Render scale"), "%")
        words = quiet("")
        words.setMinimumWidth(52)
        link.bind(words, "stage.render_scale", lambda value: words.setText(f"{float(value):.0%}"))
        also = (
            ("output.ndi", "NDI"),
            ("output.spout", "Spout"),
            ("output.syphon", "Syphon"),
            ("output.camera", self.tr("Virtual camera")),
        )
        fill = SwitchButton(link, "stage.fullscreen", self.tr("Fill the monitor"))
        size = SizeMenu(link, self.tr("Size of the window"))
        limit = SwitchButton(link, "stage.flash_limit", self.tr("Limit flashes"))
        keys = SwitchButton(link, "stage.help", self.tr("Keys on the picture"))
        rows: list[QWidget | QLayout] = [
            self._side_by_side(
                row(fill, filled, 1), row(self.tr("Window"), size, self.tr("Mirror"), mirror, 1)
            ),
            self._side_by_side(
                row(limit, keys, 1),
                row(self.tr("Beats early by"), offset, self.tr("on top of the beat page's"), 1),
            ),
            row(
                self.tr("Render scale"),
                scale,
                words,
                SwitchButton(link, "stage.auto_scale", self.tr("Step down by itself")),
            ),
            row(self.tr("Also to"), *(SwitchButton(link, *each) for each in also), 1),
        ]
        return card(self.tr("Picture"), *rows, self._window)

    def _side_by_side(self, *parts: QLayout) -> QBoxLayout:
        """Below one another in a narrow window."""
        both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        both.setSpacing(10)
        for part in parts:
            both.addLayout(part)
        self._beside.append(both)
        return both


class MonitorMenu(ChoiceMenu):
    """Monitors as the stage numbers them, and what stands for none of them."""

    def __init__(self, link: Link, name: str, others: list[tuple[int, str]], title: str) -> None:
        self._others = [(str(number), words) for number, words in others]
        self._monitors: list[str] = []
        super().__init__(link, name, self._others, title)
        self.setMaximumWidth(260)
        self.activated.disconnect()
        self.activated.connect(lambda index: link.set(name, int(self.itemData(index))))

    def show_monitors(self, monitors: list[str]) -> None:
        """Those that there are now."""
        if monitors != self._monitors:
            self._monitors = monitors
            there = [(str(number), f"{number}: {words}") for number, words in enumerate(monitors)]
            self.set_choices([*self._others, *there])

    def _show(self, value: object) -> None:
        super()._show(str(value))
        if self.currentText() == self.currentData():  # a number of which nothing is known
            self.setItemText(self.currentIndex(), self.tr("{}: not there").format(value))


class SizeMenu(ChoiceMenu):
    """Usual sizes, and any other."""

    OTHER = "?"

    def __init__(self, link: Link, title: str) -> None:
        sizes = [(size, size.replace("x", " x ")) for size in SIZES]
        choices = [("", self.tr("as it is")), *sizes, (self.OTHER, self.tr("other …"))]
        super().__init__(link, "stage.size", choices, title)
        self.activated.disconnect()
        self.activated.connect(self._choose)
        self._link = link

    def _choose(self, index: int) -> None:
        wanted = str(self.itemData(index))
        before = str(self._link.controls.get("stage.size"))
        if wanted == self.OTHER:
            asked = self.tr("Width and height in pixels, as 1600x900")
            wanted, is_said = QInputDialog.getText(self, self.tr("Size of the window"), asked, text=before)
            wanted = wanted.strip() if is_said else before
        self._link.set("stage.size", wanted)
        self._show(wanted)
