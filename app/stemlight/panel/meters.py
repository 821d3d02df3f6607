"""Meters: the mix and the stems with their hits, the spectrum, the waveform. They repaint what has moved.

They lie on cards and paint the ground themselves: else Qt would paint all that is below them each time.
"""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from stemlight.analysis.feature_frame import FAMILIES, N_SPECTRUM, STEMS, FeatureFrame
from stemlight.panel.theme import (
    ALL_COLOUR,
    CARD,
    INK,
    LINE,
    QUIET,
    RAISED,
    STEM_COLOURS,
    colour,
    font,
    stem_shape,
)

ROWS = ("all", *STEMS)
_AT = [FAMILIES.index(name) for name in ROWS]
THIN = 1.0  # pixel: what is wider is outlined first and costs more
QUIETEST = 0.02  # a waveform is drawn as large as it fits, but noise stays small
_BAR_LEFT = 72  # pixels, for the titles
_EVERY = 2  # samples of the waveform in a point of its line
_STEPS = 256  # of a meter; what moves less is not painted anew


class StemMeters(QWidget):
    """Level, presence and hits of the mix and of each stem, a row each."""

    def __init__(self, rows: tuple[str, ...] = ROWS, row_px: int = 34) -> None:
        super().__init__()
        self._rows = rows
        self._titles = {
            "all": self.tr("Mix"),
            "drums": self.tr("Drums"),
            "bass": self.tr("Bass"),
            "vocals": self.tr("Voice"),
            "other": self.tr("Other"),
        }
        self._at = [FAMILIES.index(name) for name in rows]
        self._row_px = row_px
        self._shown: list[tuple[int, int, int]] = [(0, 0, 0)] * len(rows)
        self._colours = [colour(STEM_COLOURS.get(name, ALL_COLOUR)) for name in rows]
        self._quiet = [colour(STEM_COLOURS.get(name, ALL_COLOUR), 0.3) for name in rows]
        self.setAccessibleName(self.tr("Meters of the mix and the stems"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(260, row_px * len(rows))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(420, self._row_px * len(self._rows))

    def show_frame(self, frame: FeatureFrame | None) -> None:
        """The levels of `frame`; None: nothing is heard."""
        if frame is None:
            shown = [(0, 0, 0)] * len(self._rows)
        else:
            values = (frame.record[name][self._at] for name in ("level", "hits", "presence"))
            scaled = [np.clip(value * _STEPS, 0, _STEPS).astype(int).tolist() for value in values]
            shown = list(zip(*scaled, strict=True))
        for row, (before, now) in enumerate(zip(self._shown, shown, strict=True)):
            self._update_row(row, before, now)
        self._shown = shown

    def _update_row(self, row: int, before: tuple[int, int, int], now: tuple[int, int, int]) -> None:
        """Has painted anew what lies between the ends of the bars then and now, and the lamp."""
        top, ends = row * self._row_px, [*before[::2], *now[::2]]
        if before[::2] != now[::2]:
            left, width = _BAR_LEFT, self._bar_width()
            begin, end = (int(left + width * place / _STEPS) for place in (min(ends), max(ends)))
            self.update(begin - 1, top, end - begin + 3, self._row_px)
        if before[1] != now[1]:
            lamp = self._row_px // 2 + 6
            self.update(self.width() - lamp, top, lamp, self._row_px)

    def _bar_width(self) -> float:
        return self.width() - _BAR_LEFT - self._row_px * 0.5 - 14

    def paintEvent(self, event: QPaintEvent | None) -> None:
        assert event
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour(CARD))
        height = self._row_px
        left, lamp = float(_BAR_LEFT), height * 0.5
        width = self._bar_width()
        bar = height * 0.44
        moved, edge = event.region(), int(left + width) + 4  # between the bars and the lamps
        has_titles = event.rect().left() < _BAR_LEFT - 1
        if has_titles:
            painter.setFont(font(14))
        for row, name in enumerate(self._rows):
            top = row * height
            if not moved.intersects(QRect(0, top, self.width(), height)):
                continue
            level, hits, presence = (value / _STEPS for value in self._shown[row])
            if has_titles:
                painter.setPen(colour(INK if name == "all" else QUIET))
                box = QRectF(0, top, left - 8, height)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._titles[name])
            if moved.intersects(QRect(_BAR_LEFT - 1, top, edge - _BAR_LEFT, height)):
                y = top + (height - bar) / 2
                painter.fillRect(QRectF(left, y, width, bar), colour(RAISED))
                painter.fillRect(QRectF(left, y, width * presence, bar), self._quiet[row])
                painter.fillRect(QRectF(left, y, width * level, bar), self._colours[row])
            if moved.intersects(QRect(edge, top, self.width() - edge, height)):
                box = QRectF(left + width + 12, top + (height - lamp) / 2, lamp, lamp)
                self._lamp(painter, name, row, hits, box)
        painter.end()

    def _lamp(self, painter: QPainter, name: str, row: int, hits: float, box: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = QColor(self._colours[row])
        lit.setAlphaF(min(1.0, 0.12 + hits))
        painter.setPen(QPen(self._quiet[row], 1))
        painter.setBrush(lit)
        painter.drawPath(stem_shape(name, box.adjusted(1, 1, -1, -1)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class SoundMeter(QWidget):
    """One bar: that sound arrives, at a glance. Grey while it does not."""

    def __init__(self) -> None:
        super().__init__()
        self._level = 0
        self._arrives = False
        self.setMinimumSize(80, 10)
        self.setFixedHeight(12)
        self.setAccessibleName(self.tr("Level of the sound that arrives"))

    def show_level(self, level: float, arrives: bool) -> None:
        """0..1."""
        now = round(min(max(level, 0.0), 1.0) * _STEPS)
        if (now, arrives) != (self._level, self._arrives):
            self._level, self._arrives = now, arrives
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(RAISED))
        width = self.width() * self._level / _STEPS
        painter.fillRect(QRectF(0, 0, width, self.height()), colour(INK if self._arrives else LINE))
        painter.end()


class _Line:
    """Points that numpy sets and Qt draws: made one by one they cost more than the drawing."""

    def __init__(self, n_points: int) -> None:
        self.polygon = QPolygonF([QPointF()] * n_points)
        memory = self.polygon.data()
        assert memory is not None
        memory.setsize(16 * n_points)  # each two doubles
        # float64 (n_points, 2): x, y. The polygon is never made longer, so they stay where they are.
        self.points = np.frombuffer(memory, np.float64).reshape(n_points, 2)  # type: ignore[call-overload]


class SpectrumView(QWidget):
    """The mix in 64 bands as a filled line."""

    def __init__(self) -> None:
        super().__init__()
        self._bands = np.zeros(N_SPECTRUM, np.float32)
        self._line, self._outline = _Line(N_SPECTRUM), _Line(N_SPECTRUM + 2)
        self.setMinimumHeight(90)
        self.setAccessibleName(self.tr("Spectrum of the mix"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_frame(self, frame: FeatureFrame | None) -> None:
        """The spectrum of `frame`."""
        bands = np.zeros(N_SPECTRUM, np.float32) if frame is None else frame.spectrum
        if np.abs(bands - self._bands).max() > 1 / 128:
            self._bands = np.array(bands)
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(CARD))
        width, height = float(self.width()), float(self.height())
        line, outline = self._line.points, self._outline.points
        line[:, 0] = np.linspace(0.0, width, N_SPECTRUM)
        line[:, 1] = height - 1 - np.clip(self._bands, 0, 1) * (height - 4)
        outline[0], outline[1:-1], outline[-1] = (0.0, height), line, (width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(LINE))
        painter.drawPolygon(self._outline.polygon)
        painter.setPen(QPen(colour(INK), THIN))
        painter.drawPolyline(self._line.polygon)
        painter.end()


class WaveView(QWidget):
    """The newest hop, 12 ms of sound, begun where it crosses zero, so that it stands still."""

    def __init__(self) -> None:
        super().__init__()
        self._wave = np.zeros(256, np.float32)
        self._line = _Line(len(self._wave) // _EVERY)
        self._peak = QUIETEST
        self.setMinimumHeight(70)
        self.setAccessibleName(self.tr("Waveform of the mix"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_frame(self, frame: FeatureFrame | None) -> None:
        """The waveform of `frame`."""
        if frame is None:
            wave = np.zeros(256, np.float32)
        else:
            whole = frame.waveform
            rising = np.flatnonzero((whole[:255] < 0) & (whole[1:256] >= 0))
            begin = int(rising[0]) if len(rising) else 0
            self._peak = max(self._peak * 0.97, float(np.abs(whole).max()), QUIETEST)
            wave = whole[begin : begin + 256] * (0.95 / self._peak)
        if np.abs(wave - self._wave).max() > 1 / 128:
            self._wave = np.array(wave)
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(CARD))
        width, height = float(self.width()), float(self.height())
        painter.setPen(colour(LINE))
        painter.drawLine(QPointF(0, height / 2), QPointF(width, height / 2))
        line = self._line.points
        line[:, 0] = np.linspace(0.0, width, len(line))
        line[:, 1] = height / 2 - np.clip(self._wave[::_EVERY], -1, 1) * (height / 2 - 2)
        painter.setPen(QPen(colour(INK), THIN))
        painter.drawPolyline(self._line.polygon)
        painter.end()
