"""The panel's icons, drawn: sharp at every scale, in the colour of the text."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QIcon, QPainter, QPen, QPixmap, QPolygonF

from stemlight.panel.theme import GROUND, INK, QUIET, colour

_SIDE = 24.0  # of the square that the drawings are made for
_PIXELS = 96  # of the pixmap: four times, for screens of any density


def icon(name: str) -> QIcon:
    """The drawing called `name`; ground-coloured while its button is checked."""
    made = QIcon()
    made.addPixmap(_drawn(name, INK), QIcon.Mode.Normal, QIcon.State.Off)
    made.addPixmap(_drawn(name, GROUND), QIcon.Mode.Normal, QIcon.State.On)
    made.addPixmap(_drawn(name, QUIET), QIcon.Mode.Disabled, QIcon.State.Off)
    return made


def _drawn(name: str, code: str) -> QPixmap:
    pixmap = QPixmap(_PIXELS, _PIXELS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_PIXELS / _SIDE, _PIXELS / _SIDE)
    pen = QPen(colour(code), 1.9)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    _DRAWINGS[name](painter, code)
    painter.end()
    return pixmap


def _line(painter: QPainter, *xy: float) -> None:
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(xy[::2], xy[1::2], strict=True)]))


def _filled(painter: QPainter, code: str, *xy: float) -> None:
    painter.setBrush(colour(code))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in zip(xy[::2], xy[1::2], strict=True)]))


def _looks(painter: QPainter, code: str) -> None:
    for x in (3.5, 13.5):
        for y in (4.5, 13.5):
            painter.drawRoundedRect(QRectF(x, y, 7, 6), 1.5, 1.5)


def _sound(painter: QPainter, code: str) -> None:
    for x, half in ((4, 2), (8, 5), (12, 9), (16, 4), (20, 6)):
        _line(painter, x, 12 - half, x, 12 + half)


def _edit(painter: QPainter, code: str) -> None:
    for y in (16.5, 12.0):
        _line(painter, 3.5, y, 12, y + 4.2, 20.5, y)
    painter.drawPolygon(
        QPolygonF([QPointF(3.5, 7.5), QPointF(12, 3.3), QPointF(20.5, 7.5), QPointF(12, 11.7)])
    )


def _beat(painter: QPainter, code: str) -> None:
    painter.drawEllipse(QRectF(3.5, 3.5, 17, 17))
    _line(painter, 12, 12, 12, 6.5)
    _line(painter, 12, 12, 16, 14)


def _outputs(painter: QPainter, code: str) -> None:
    painter.drawRoundedRect(QRectF(3, 5, 18, 12), 1.5, 1.5)
    _line(painter, 8, 20.5, 16, 20.5)
    _line(painter, 12, 17, 12, 20.5)


def _controllers(painter: QPainter, code: str) -> None:
    for x, y in ((6, 8), (12, 15), (18, 6.5)):
        _line(painter, x, 3.5, x, 20.5)
        painter.setBrush(colour(code))
        painter.drawRoundedRect(QRectF(x - 2.5, y - 1.6, 5, 3.2), 1, 1)


def _health(painter: QPainter, code: str) -> None:
    _line(painter, 2.5, 13, 7, 13, 9.5, 6, 13.5, 19, 16.5, 10.5, 18, 13, 21.5, 13)


def _settings(painter: QPainter, code: str) -> None:
    for y, x in ((6, 15.5), (12, 8), (18, 13.5)):
        _line(painter, 3.5, y, 20.5, y)
        painter.setBrush(colour(GROUND if code == INK else INK))
        painter.drawEllipse(QPointF(x, y), 2.4, 2.4)


def _previous(painter: QPainter, code: str) -> None:
    _line(painter, 6, 5, 6, 19)
    _filled(painter, code, 19, 4.5, 19, 19.5, 8.5, 12)


def _next(painter: QPainter, code: str) -> None:
    _line(painter, 18, 5, 18, 19)
    _filled(painter, code, 5, 4.5, 5, 19.5, 15.5, 12)


def _star(painter: QPainter, code: str) -> None:
    from math import pi, sin

    outline = [
        (
            12 + (9 if i % 2 == 0 else 3.8) * sin(i * pi / 5),
            12.6 - (9 if i % 2 == 0 else 3.8) * sin(i * pi / 5 + pi / 2),
        )
        for i in range(10)
    ]
    _filled(painter, code, *(number for point in outline for number in point))


def _playlist(painter: QPainter, code: str) -> None:
    for y in (6, 12):
        _line(painter, 3.5, y, 20.5, y)
    _line(painter, 3.5, 18, 10, 18)
    _filled(painter, code, 14, 14.5, 14, 21.5, 20.5, 18)


_DRAWINGS: dict[str, Callable[[QPainter, str], None]] = {
    "looks": _looks,
    "edit": _edit,
    "sound": _sound,
    "beat": _beat,
    "outputs": _outputs,
    "controllers": _controllers,
    "health": _health,
    "settings": _settings,
    "previous": _previous,
    "next": _next,
    "star": _star,
    "playlist": _playlist,
}
