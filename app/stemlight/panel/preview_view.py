"""What the audience sees, small, in a corner of every page."""

from __future__ import annotations

import time

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from stemlight.bus.preview_cell import BYTES_PER_PIXEL, PreviewCell, PreviewPicture
from stemlight.panel.link import Link
from stemlight.panel.theme import LINE, QUIET, WARN, colour, font

USUAL_PX, NARROW_PX = QSize(150, 84), QSize(96, 54)
ASK_S = 0.4  # well within the time that an asking holds
STALE_S = 2.0  # a stage that draws so seldom has stopped, for all that an audience can tell
_BLACK = QColor("black")


class PreviewView(QWidget):
    """Asks for pictures while somebody can see it; says why where none comes. Qt's thread."""

    def __init__(self, link: Link, cell: PreviewCell | None, has_stage: bool) -> None:
        """`cell`: None where the show has no memory for it."""
        super().__init__()
        self._link, self._cell, self._has_stage = link, cell, has_stage
        self._image: QImage | None = None
        self._serial = 0
        self._asked_s = self._came_s = 0.0  # host clock
        self._is_black = False
        self.words = ""  # why there is no picture
        self.setFixedSize(USUAL_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below it need be painted
        self.setAccessibleName(self.tr("What the audience sees"))
        self.setToolTip(self.tr("What the audience sees"))
        link.ticked.connect(self._tick)

    def set_narrow(self, narrow: bool) -> None:
        """The window is narrow."""
        self.setFixedSize(NARROW_PX if narrow else USUAL_PX)

    def _tick(self) -> None:
        if not self.isVisible():
            return
        now_s = time.perf_counter()
        words = ""
        if self._cell is None or not self._has_stage:
            words = self.tr("No picture in this show")
        else:
            words = self._look(self._cell, now_s)
        is_black = bool(self._link.controls.get("stage.blackout"))
        if (words, is_black) != (self.words, self._is_black):
            self.words, self._is_black = words, is_black
            self.setAccessibleDescription(words)
            self.update()

    def _look(self, cell: PreviewCell, now_s: float) -> str:
        """Asks, and takes what has come; returns why nothing does."""
        if now_s - self._asked_s > ASK_S:
            if now_s - self._asked_s > STALE_S:  # nobody has looked for a while
                self._came_s = now_s
            self._asked_s = now_s
            cell.ask(now_s)
        picture = cell.newest(self._serial)
        if picture is not None:
            self._serial, self._came_s = picture.serial, now_s
            self._image = image_of(picture)
            self.update()
        return self.tr("The picture has stopped") if now_s - self._came_s > STALE_S else ""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _BLACK)
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            fitted = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF(0, 0, fitted.width(), fitted.height())
            box.moveCenter(QRectF(self.rect()).center())
            painter.setOpacity(0.25 if self.words else 1.0)
            painter.drawImage(box, self._image)
            painter.setOpacity(1.0)
        if self.words or self._is_black:
            painter.setFont(font(12, bold=True))
            painter.setPen(colour(WARN if self._has_stage else QUIET))
            align = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(4, 2, -4, -2), align, self.words or self.tr("Blackout"))
        painter.setPen(QPen(colour(WARN if self.words and self._has_stage else LINE), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


def image_of(picture: PreviewPicture) -> QImage:
    """As Qt draws it, top row first."""
    width, height = picture.size_px
    kind = QImage.Format.Format_RGBX8888
    upright = QImage(picture.rgba, width, height, width * BYTES_PER_PIXEL, kind).mirrored(False, True)
    return upright.convertToFormat(QImage.Format.Format_RGB32)  # a third of the time to paint
