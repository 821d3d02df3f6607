"""What is always in sight: above, whether sound arrives, the beat, what is on air; below, the panic row."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from stemlight.bus.controls import CONTROLS
from stemlight.bus.frame_ring import Published
from stemlight.panel.beat_views import BarLamps
from stemlight.panel.buttons import Fader, SwitchButton, TriggerButton
from stemlight.panel.icons import icon
from stemlight.panel.link import Link
from stemlight.panel.meters import SoundMeter
from stemlight.panel.on_air import coming_title, on_air_title
from stemlight.panel.preview_view import PreviewView
from stemlight.panel.theme import INK, QUIET, WARN, colour, font
from stemlight.panel.why_silent import sound_state

_TALL = "min-height: 50px; font-size: 15px;"
SAID_MS = 6000  # a message stays as long as it takes to read it twice
CONTROL_NAMES = {row.name for row in CONTROLS}


class Line(QLabel):
    """One line of text that ends in an ellipsis where it does not fit, and says all of it as a tool tip."""

    def __init__(self, quiet: bool = False, size_px: int = 13, bold: bool = False) -> None:
        super().__init__()
        self._whole = ""
        self._quiet = quiet
        self.warns = False
        self.setFont(font(size_px, bold))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(QFontMetrics(self.font()).height() + 2)

    def say(self, text: str, warns: bool = False) -> None:
        """Shows `text`."""
        if (text, warns) != (self._whole, self.warns):
            self._whole, self.warns = text, warns
            self.setText(text)
            self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(colour(WARN if self.warns else QUIET if self._quiet else INK))
        short = painter.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | self.alignment()), short)
        painter.end()


class TopStrip(QFrame):
    """Sound, beat, on air, and what the audience sees."""

    def __init__(self, link: Link, preview: PreviewView) -> None:
        super().__init__()
        self.setProperty("strip", True)
        self._link = link
        self._arrives = False
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(18)
        self._sound_title, self._sound_line = Line(size_px=15, bold=True), Line(quiet=True, size_px=12)
        self._meter = SoundMeter()
        row.addLayout(_column(self._sound_title, self._meter, self._sound_line), 4)
        self._tempo = QLabel("–")
        self._tempo.setFont(font(30, bold=True))
        self._tempo.setMinimumWidth(84)
        self._tempo.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._tempo.setAccessibleName(self.tr("Tempo in beats a minute"))
        self._locked = Line(quiet=True, size_px=11)
        self._locked.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._lamps = BarLamps(38, 44)
        row.addLayout(_column(self._tempo, self._locked))
        row.addWidget(self._lamps, 2)
        self._on_air, self._coming = Line(size_px=15, bold=True), Line(quiet=True, size_px=12)
        row.addLayout(_column(self._on_air, self._coming), 4)
        row.addWidget(preview)
        self._last_said = ""
        self._said_until = QTimer(self)
        self._said_until.setSingleShot(True)
        self._said_until.timeout.connect(self._look)
        link.frame_came.connect(self._show_frame)
        link.looked.connect(self._look)
        link.said.connect(self._say)

    def _show_frame(self, newest: Published) -> None:
        there = self._link.engine_is_there
        self._meter.show_level(float(newest.frame.level[0]) if there else 0.0, self._arrives)
        self._lamps.show_beat(newest if there else None)

    def _look(self) -> None:
        state = sound_state(self._link)
        self._arrives = state.arrives
        self._sound_title.say(state.title, warns=not state.arrives)
        self._sound_line.say(state.line)
        newest = self._link.newest
        has_beat = newest is not None and self._link.engine_is_there and newest.frame.beat_count
        tempo = f"{newest.frame.tempo_bpm:.1f}" if has_beat and newest else "–"
        if tempo != self._tempo.text():
            self._tempo.setText(tempo)
        locked = bool(self._link.controls.get("beat.lock"))
        self._locked.setVisible(locked)
        self._locked.say(self.tr("locked") if locked else "")
        self._on_air.say(on_air_title(self._link))
        learnt = self._link.part("doors").words("midi_learn")
        if learnt != self._last_said:
            if self._last_said or self._link.controls.get("midi.learn"):
                self._say(learnt)
            self._last_said = learnt
        if not self._said_until.isActive():
            error = self._link.part("stage").words("error")
            coming = coming_title(self._link)
            self._coming.say(error or coming, warns=bool(error))

    def _say(self, words: str) -> None:
        """A message in place of what is coming, for a while."""
        if words:
            self._coming.say(words)
            self._said_until.start(SAID_MS)


class BottomStrip(QFrame):
    """What a hand does in a hurry, one click from anywhere."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.setProperty("strip", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(8)
        back = TriggerButton(link, "stage.previous_preset", "")
        back.setIcon(icon("previous"))
        back.setAccessibleName(self.tr("Previous look"))
        ahead = TriggerButton(link, "stage.next_preset", "")
        ahead.setIcon(icon("next"))
        ahead.setAccessibleName(self.tr("Next look"))
        tap = TriggerButton(link, "beat.tap", self.tr("Tap"))
        one = TriggerButton(link, "beat.resync", self.tr("The one"))
        for button in (back, ahead, tap, one):
            button.setMinimumWidth(64)
            button.setStyleSheet(_TALL)
            row.addWidget(button)
        row.addSpacing(10)
        title = _quiet(self.tr("Light"))
        row.addWidget(title)
        self._light = Fader(link, "stage.brightness", self.tr("Master brightness"), "%")
        self._light_words = QLabel()
        self._light_words.setMinimumWidth(54)
        self._light_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._light, 1)
        row.addWidget(self._light_words)
        row.addSpacing(10)
        self.freeze = SwitchButton(link, "stage.freeze", self.tr("Freeze"))
        self.blackout = SwitchButton(link, "stage.blackout", self.tr("Blackout"), danger=True)
        self.freeze.setMinimumWidth(104)
        self.blackout.setMinimumWidth(140)
        for switch in (self.freeze, self.blackout):
            switch.setStyleSheet(_TALL)
        row.addWidget(self.freeze)
        row.addWidget(self.blackout)
        self._wide_only = (tap, one, title, self._light_words)
        link.bind(
            self._light_words,
            "stage.brightness",
            lambda value: self._light_words.setText(f"{float(value):.0%}"),
        )

    def set_narrow(self, narrow: bool) -> None:
        """The window is narrow: what has a key or a page besides makes room for the panic controls."""
        for widget in self._wide_only:
            widget.setVisible(not narrow)


def _column(*widgets: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(3)
    column.addStretch()
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch()
    return column


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("quiet", True)
    return label
