"""Health: whether everything keeps time, what it cost, and what happened, in words."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from stemlight.bus.health import PARTS
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.page import Page, card, quiet, row
from stemlight.panel.report import HOP_BUDGET_MS, report, restarts, sound_to_picture
from stemlight.panel.strips import Line
from stemlight.panel.theme import GOOD, INK, LINE, QUIET, RAISED, STEM_COLOURS, WARN, colour, font

AIM_MS = 2.0  # of a hop, p99, on one core
LOG_LINES = 200


@dataclass(frozen=True, slots=True)
class _Said:
    part: str
    topic: str
    words: str


class HealthPage(Page):
    """Numbers on the left, the way of the sound and the log on the right."""

    name = "health"

    def __init__(self, link: Link, memory: Memory) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Health")
        self._spoken: dict[tuple[str, str], str] = {}
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._hop = BudgetBar()
        self._numbers: dict[str, Line] = {}
        self._way = WayBar()
        copy = QPushButton(self.tr("Copy report"))
        copy.clicked.connect(self._copy)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName(self.tr("What happened"))
        left = QVBoxLayout()
        left.setSpacing(14)
        left.addWidget(card(self.tr("A hop against its budget"), self._hop))
        left.addWidget(self._make_numbers())
        left.addStretch(1)
        left.addLayout(row(copy, 1))
        right = QVBoxLayout()
        right.setSpacing(14)
        right.addWidget(card(self.tr("From sound to picture, median"), self._way))
        right.addWidget(card(self.tr("What happened"), self._text), 1)
        whole = self.sides = QHBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 12)
        whole.setSpacing(16)
        whole.addLayout(left, 5)
        whole.addLayout(right, 6)
        link.looked.connect(self._listen)

    def look(self) -> None:
        health = self.link.health
        engine, stage, doors = (health.part(name) for name in ("engine", "stage", "doors"))
        hop, interval, draw = engine.timing("hop_ms"), stage.timing("interval_ms"), stage.timing("draw_ms")
        self._hop.show_ms(hop.quantile(0.5), hop.quantile(0.99))
        self._way.show_legs([(leg.title, leg.ms) for leg in sound_to_picture(health)])
        every = interval.quantile(0.5)
        back = {name: n for name, n in restarts(health).items() if n}
        lost, late, overflows = (engine.get(name) for name in ("lost_hops", "late", "overflows"))
        say = self._say
        say("hops", f"{engine.get('hops')}")
        say("late", f"{late}", late > 0)
        say("lost", f"{lost}", lost > 0)
        say("overflows", f"{overflows}", overflows > 0)
        say("rate", f"{1e3 / every:.0f} / s" if every else "–")
        say("draw", f"{draw.quantile(0.5):.1f} / {draw.quantile(0.99):.1f} ms" if every else "–")
        say("late_draws", f"{stage.get('late_draws')}")
        say("shaders", f"{stage.get('shader_errors')}", stage.get("shader_errors") > 0)
        say("inputs", f"{engine.get('input_restarts')}")
        say("osc", f"{doors.get('osc_in')}")
        say("back", ", ".join(f"{name} {n}×" for name, n in back.items()) or self.tr("none"), bool(back))

    def _make_numbers(self) -> QFrame:
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(5)
        titles = {
            "hops": self.tr("hops analysed"),
            "late": self.tr("hops late"),
            "lost": self.tr("hops lost"),
            "overflows": self.tr("samples lost"),
            "rate": self.tr("pictures"),
            "draw": self.tr("a draw, median / p99"),
            "late_draws": self.tr("pictures late"),
            "shaders": self.tr("shader errors"),
            "inputs": self.tr("input taken back"),
            "osc": self.tr("OSC messages in"),
            "back": self.tr("processes restarted"),
        }
        for place, (name, title) in enumerate(titles.items()):
            self._numbers[name] = Line(size_px=15, bold=True)
            grid.addWidget(quiet(title), place, 0)
            grid.addWidget(self._numbers[name], place, 1)
        grid.setColumnStretch(1, 1)
        return card(self.tr("Counted since the show began"), grid)

    def _say(self, name: str, words: str, warns: bool = False) -> None:
        self._numbers[name].say(words, warns)

    def _listen(self) -> None:
        """Keeps what the processes say, as long as the panel lives; also out of sight."""
        new = []
        for name, table in PARTS.items():
            for topic in (*table.news, *(["last"] if "last" in table.words else [])):
                words = self.link.part(name).words(topic)
                if words != self._spoken.get((name, topic), ""):
                    self._spoken[name, topic] = words
                    if words:
                        new.append(f"{time.strftime('%H:%M:%S')}  {name}: {words}")
        for name, n in restarts(self.link.health).items():
            if f"{n}" != self._spoken.get((name, "restarts"), "0"):
                self._spoken[name, "restarts"] = f"{n}"
                new.append(f"{time.strftime('%H:%M:%S')}  {name}: " + self.tr("was brought back"))
        for line in new:
            self._log.append(line)
            self._text.appendPlainText(line)

    def _copy(self) -> None:
        board = QApplication.clipboard()
        if board:
            log = "\n".join(self._log)
            board.setText(f"{report(self.link.health)}\n\n{log}\n")
            self.link.said.emit(self.tr("The report is in the clipboard"))


class BudgetBar(QWidget):
    """A hop's median and p99 on the way to its 11.61 ms; half of it and the aim are marked."""

    def __init__(self) -> None:
        super().__init__()
        self._p50 = self._p99 = 0.0
        self.setMinimumHeight(74)
        self.setAccessibleName(self.tr("Time of a hop against its budget"))

    def show_ms(self, p50: float, p99: float) -> None:
        """Milliseconds."""
        if (round(p50, 2), round(p99, 2)) != (self._p50, self._p99):
            self._p50, self._p99 = round(p50, 2), round(p99, 2)
            self.setAccessibleDescription(f"{self._p50} ms, p99 {self._p99} ms")
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        width = float(self.width())
        scale = width / HOP_BUDGET_MS
        bar = QRectF(0, 32, width, 16)
        painter.fillRect(bar, colour(RAISED))
        over = self._p99 > HOP_BUDGET_MS / 2
        painter.fillRect(
            QRectF(0, 32, min(self._p99 * scale, width), 16), colour(WARN if over else GOOD, 0.45)
        )
        painter.fillRect(QRectF(0, 32, min(self._p50 * scale, width), 16), colour(WARN if over else GOOD))
        painter.setFont(font(16, bold=True))
        painter.setPen(colour(INK))
        words = f"{self._p50:.2f} ms" + self.tr(" median   ") + f"{self._p99:.2f} ms p99"
        painter.drawText(QRectF(0, 0, width, 26), Qt.AlignmentFlag.AlignVCenter, words)
        painter.setFont(font(11))
        for at_ms, title in ((AIM_MS, self.tr("aim")), (HOP_BUDGET_MS / 2, self.tr("half"))):
            x = at_ms * scale
            painter.fillRect(QRectF(x, 28, 2, 24), colour(QUIET))
            painter.setPen(colour(QUIET))
            painter.drawText(QRectF(x - 40, 54, 80, 16), Qt.AlignmentFlag.AlignCenter, f"{title} {at_ms:.1f}")
        box = QRectF(width - 80, 54, 80, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, f"{HOP_BUDGET_MS} ms")
        painter.end()


class WayBar(QWidget):
    """Legs of a way side by side, each as long as it takes, with their names below."""

    SHADES = (LINE, STEM_COLOURS["bass"], QUIET, STEM_COLOURS["drums"], "#5d6067", STEM_COLOURS["other"])

    def __init__(self) -> None:
        super().__init__()
        self._legs: list[tuple[str, float]] = []
        self.setMinimumHeight(180)
        self.setAccessibleName(self.tr("Latency from sound to picture in parts"))

    def show_legs(self, legs: list[tuple[str, float]]) -> None:
        """Names and milliseconds."""
        legs = [(title, round(ms, 1)) for title, ms in legs]
        if legs != self._legs:
            self._legs = legs
            self.setAccessibleDescription(", ".join(f"{title} {ms} ms" for title, ms in legs))
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        width = float(self.width())
        whole = sum(ms for _, ms in self._legs)
        painter.setFont(font(16, bold=True))
        painter.setPen(colour(INK))
        words = f"{whole:.1f} ms" if whole else self.tr("nothing measured yet")
        painter.drawText(QRectF(0, 0, width, 26), Qt.AlignmentFlag.AlignVCenter, words)
        x = 0.0
        painter.setFont(font(12))
        for place, (title, ms) in enumerate(self._legs):
            shade = colour(self.SHADES[place % len(self.SHADES)])
            part = width * ms / whole if whole else 0.0
            painter.fillRect(QRectF(x, 32, part, 16), shade)
            x += part
            y = 60 + place * 20
            painter.fillRect(QRectF(0, y + 4, 10, 10), shade)
            painter.setPen(colour(QUIET))
            painter.drawText(QRectF(18, y, width - 80, 18), Qt.AlignmentFlag.AlignVCenter, self.tr(title))
            painter.setPen(colour(INK))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(width - 70, y, 70, 18), right, f"{ms:.1f} ms")
        painter.end()
