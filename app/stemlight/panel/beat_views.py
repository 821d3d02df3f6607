"""What shows the beat: the lamps of the bar and the wheel. Both foresee it from the timeline."""

from __future__ import annotations

import math
import time

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from stemlight.bus.frame_ring import Published
from stemlight.panel.theme import GROUND, INK, LINE, QUIET, RAISED, colour, font

_STEPS = 64  # of a beat on the wheel
PEN = 0.07  # of the wheel's size, the ring's width


def beat_now(newest: Published, early_s: float = 0.0) -> float:
    """Position in beats at this moment of the host's clock."""
    return newest.frame.timeline.beat_at(newest.stream_time_at(time.perf_counter()) + early_s)


class BarLamps(QWidget):
    """A lamp for each beat of the bar, numbered; the one is the brightest."""

    def __init__(self, height_px: int = 40, lamp_px: int = 44) -> None:
        super().__init__()
        self._per_bar = 4
        self._now = 0  # 1..; 0: none is lit
        self._lamp_px = lamp_px
        self.setFixedHeight(height_px)
        self.setMinimumWidth(4 * 26)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Beat of the bar"))

    def sizeHint(self) -> QSize:
        return QSize(4 * self._lamp_px, self.height())

    def show_beat(self, newest: Published | None) -> None:
        """The beat that is now; None: there is none."""
        per_bar, now = self._per_bar, 0
        if newest is not None and newest.frame.beat_count:
            per_bar = newest.frame.beats_per_bar
            now = math.floor(beat_now(newest)) % per_bar + 1
        if (per_bar, now) != (self._per_bar, self._now):
            self._per_bar, self._now = per_bar, now
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap = 5.0
        width = (self.width() - gap * (self._per_bar - 1)) / self._per_bar
        painter.setFont(font(round(min(self.height() * 0.45, 34)), bold=True))
        for beat in range(1, self._per_bar + 1):
            box = QRectF((beat - 1) * (width + gap), 0.5, width, self.height() - 1)
            lit = beat == self._now
            ground = (INK if beat == 1 else "#73767d") if lit else RAISED
            painter.setPen(QPen(colour(ground if lit else LINE), 1))
            painter.setBrush(colour(ground))
            painter.drawRoundedRect(box.adjusted(0.5, 0, -0.5, 0), 7, 7)
            painter.setPen(colour((GROUND if beat == 1 else "#ffffff") if lit else QUIET))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(beat))
        painter.end()


class PhaseWheel(QWidget):
    """The tempo in the middle of a ring that fills once a bar; how sure the beat is by the ring's light."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[int, int, int, str] = (0, 4, 0, "–")  # place in the bar, beats, sureness, tempo
        self.setMinimumSize(180, 180)
        self.setMaximumHeight(440)  # larger says no more and costs more
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Tempo and place in the bar"))

    def sizeHint(self) -> QSize:
        return QSize(300, 300)

    def show_beat(self, newest: Published | None) -> None:
        """The place in the bar that is now."""
        shown = (0, 4, 0, "–")
        if newest is not None and newest.frame.beat_count:
            per_bar = newest.frame.beats_per_bar
            place = int(beat_now(newest) % per_bar * _STEPS)
            sure = round(newest.frame.tempo_confidence * 20)
            shown = (place, per_bar, sure, f"{newest.frame.tempo_bpm:.1f}")
        before, self._shown = self._shown, shown
        if shown[1:] != before[1:] or shown[0] < before[0]:
            self.update()
        elif shown != before:
            self.update(self._between(before[0], shown[0]))

    def _between(self, place: int, later: int) -> QRect:
        """Where the ring fills between two places of the bar: all else stays as it is."""
        box, per_bar = self._box(), self._shown[1]
        size = box.width()
        edges = []
        for step in {*range(place, later, 4), later}:  # no arc bulges between two of them by a pixel
            angle = math.tau * step / _STEPS / per_bar
            way = QPointF(math.sin(angle), -math.cos(angle))
            edges += [box.center() + way * (size / 2), box.center() + way * (size * (0.5 - PEN))]
        return QPolygonF(edges).boundingRect().adjusted(-2, -2, 2, 2).toAlignedRect()

    def _box(self) -> QRectF:
        size = float(min(self.width(), self.height()) - 8)
        return QRectF((self.width() - size) / 2, (self.height() - size) / 2, size, size)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        assert event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._box()
        self._paint_ring(painter, box)
        hole = box.width() * (0.5 - PEN) / math.sqrt(2.0)  # half the side of a square inside the ring
        if event.rect().intersects(
            QRectF(-hole, -hole, 2 * hole, 2 * hole).translated(box.center()).toRect()
        ):
            self._paint_tempo(painter, box)
        painter.end()

    def _paint_ring(self, painter: QPainter, box: QRectF) -> None:
        place, per_bar, sure, _ = self._shown
        size = box.width()
        pen = size * PEN
        ring = box.adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2)
        painter.setPen(QPen(colour(RAISED), pen))
        painter.drawEllipse(ring)
        turn = place / _STEPS / per_bar
        light = 0.35 + 0.65 * sure / 20
        painter.setPen(QPen(colour(INK, light), pen, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, 90 * 16, -round(turn * 360 * 16))
        middle, radius = box.center(), size / 2
        painter.setPen(QPen(colour(GROUND), 3))
        for beat in range(per_bar):
            angle = math.tau * beat / per_bar
            way = QPointF(math.sin(angle), -math.cos(angle))
            painter.drawLine(middle + way * (radius - pen), middle + way * radius)

    def _paint_tempo(self, painter: QPainter, box: QRectF) -> None:
        tempo, middle, size = self._shown[3], box.center(), box.width()
        whole, _, tenth = tempo.partition(".")
        painter.setPen(colour(INK))
        big, small = font(round(size * 0.27), bold=True), font(round(size * 0.12), bold=True)
        painter.setFont(big)
        wide = painter.fontMetrics().horizontalAdvance(whole)
        painter.setFont(small)
        more = painter.fontMetrics().horizontalAdvance("." + tenth) if tenth else 0
        left = middle.x() - (wide + more) / 2
        base = middle.y() + size * 0.07
        painter.setFont(big)
        painter.drawText(QPointF(left, base), whole)
        painter.setFont(small)
        if tenth:
            painter.drawText(QPointF(left + wide, base), "." + tenth)
        painter.setPen(colour(QUIET))
        painter.setFont(font(round(size * 0.06)))
        words = QRectF(box.left(), base + size * 0.05, size, size * 0.1)
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter, "BPM")
