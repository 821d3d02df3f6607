"""Beat: where in the bar the music is, how sure that is, and everything a hand can do about it."""

from __future__ import annotations

from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from stemlight.bus.controls import CONTROLS
from stemlight.bus.frame_ring import Published
from stemlight.panel.beat_views import BarLamps, PhaseWheel
from stemlight.panel.buttons import Fader, NumberBox, Segments, SwitchButton, TriggerButton
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.page import Page, card, quiet, row
from stemlight.panel.strips import Line
from stemlight.panel.theme import INK, RAISED, font

NUDGE_MS = 5.0  # a step that the eye sees at last against the ear
NAMES = {control.name for control in CONTROLS}
_BAR_STYLE = f"""
QProgressBar {{ background: {RAISED}; border: none; border-radius: 5px; max-height: 10px; }}
QProgressBar::chunk {{ background: {INK}; border-radius: 5px; }}
"""


class BeatPage(Page):
    """The wheel on the left, the hands on the right."""

    name = "beat"

    def __init__(self, link: Link, memory: Memory) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Beat")
        self._wheel = PhaseWheel()
        self._lamps = BarLamps(64, 72)
        self._sure = QProgressBar()
        self._sure.setRange(0, 100)
        self._sure.setTextVisible(False)
        self._sure.setStyleSheet(_BAR_STYLE)
        self._sure.setAccessibleName(self.tr("How sure the beat is"))
        self._sure_words = quiet("")
        self._sync_words, self._link_words = Line(quiet=True), Line(quiet=True)
        left = QVBoxLayout()
        left.addWidget(self._wheel, 1)
        left.addWidget(self._lamps)
        left.addLayout(row(self.tr("Sure"), self._sure, self._sure_words))
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addLayout(self._hands())
        right.addWidget(self._offset())
        right.addWidget(self._source())
        right.addStretch(1)
        whole = self.sides = QHBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 12)
        whole.setSpacing(20)
        whole.addLayout(left, 5)
        whole.addLayout(right, 6)

    def show_frame(self, newest: Published | None) -> None:
        self._wheel.show_beat(newest)
        self._lamps.show_beat(newest)

    def look(self) -> None:
        newest = self.link.newest if self.link.engine_is_there else None
        sure = round(newest.frame.tempo_confidence * 100) if newest and newest.frame.beat_count else 0
        self._sure.setValue(sure)
        self._sure_words.setText(f"{sure} %")
        doors = self.link.part("doors")
        self._sync_words.say(doors.words("sync") or self.tr("following the sound"))
        self._link_words.say(doors.words("link"))

    def _hands(self) -> QVBoxLayout:
        tap = TriggerButton(self.link, "beat.tap", self.tr("Tap"))
        one = TriggerButton(self.link, "beat.resync", self.tr("The one"))
        for button in (tap, one):
            button.setStyleSheet("font-size: 24px; min-height: 92px;")
        halve = TriggerButton(self.link, "beat.halve", self.tr("÷ 2"))
        double = TriggerButton(self.link, "beat.double", self.tr("× 2"))
        shift = TriggerButton(self.link, "beat.half_shift", self.tr("Half a beat"))
        more: list[QWidget] = [halve, double, shift]
        if "beat.lock" in NAMES:
            more.append(SwitchButton(self.link, "beat.lock", self.tr("Lock tempo")))
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(row(tap, one))
        column.addLayout(row(*more))
        return column

    def _offset(self) -> QFrame:
        fader = Fader(
            self.link, "beat.offset_ms", self.tr("Beats are early by"), "ms", low=-250.0, high=250.0
        )
        words = QLabel()
        words.setFont(font(20, bold=True))
        words.setMinimumWidth(110)
        self.link.bind(words, "beat.offset_ms", lambda value: words.setText(f"{float(value):+.0f} ms"))
        later, earlier = QPushButton(self.tr("later")), QPushButton(self.tr("earlier"))
        for button, step in ((later, -NUDGE_MS), (earlier, NUDGE_MS)):
            button.setAccessibleName(self.tr("Beats {} ms {}").format(abs(step), button.text()))
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _, step=step: self._nudge(step))
        own = quiet(self.tr("For all outputs; each has one more of its own on their page."), wraps=True)
        return card(self.tr("Offset"), row(words, fader), row(later, earlier, 1), own)

    def _source(self) -> QFrame:
        sources = [
            ("sound", self.tr("Sound")),
            ("link", self.tr("Link")),
            ("midi", self.tr("MIDI")),
            ("osc", self.tr("OSC")),
            ("tap", self.tr("Taps")),
        ]
        choice = Segments(self.link, "sync.source", sources, self.tr("Whose beat is followed"))
        join = SwitchButton(self.link, "sync.link", self.tr("In the Link session"))
        bar = NumberBox(self.link, "sync.beats_per_bar", self.tr("Beats in a bar of the followed beat"))
        lead = SwitchButton(self.link, "sync.lead", self.tr("Lead Link"))
        return card(
            self.tr("Whose beat"),
            choice,
            self._sync_words,
            row(join, lead, 1, self.tr("Beats in a bar"), bar),
            self._link_words,
        )

    def _nudge(self, step_ms: float) -> None:
        name = "beat.offset_ms"
        self.link.set(name, float(self.link.controls.get(name)) + step_ms)
