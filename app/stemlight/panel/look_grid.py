"""The grid of looks: pictures to press, moved by dragging; on air and coming are seen from afar."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PyQt6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from stemlight.panel.icons import icon
from stemlight.panel.looks import Look
from stemlight.panel.theme import GROUND, INK, QUIET, RAISED, WARN, colour, font

LOOK, STATE, KEY, STARRED, TURN = (Qt.ItemDataRole.UserRole + i for i in range(5))
ON_AIR, COMING = "on air", "coming"
WIDTH_PX = 196  # of a look at least
SMALL_PX = QSize(138, 82)  # of one in the playlist
BAR_PX = 14  # kept free for the scroll bar, whether it is there or not
_MIME = "application/x-stemlight-look"
Index = QModelIndex | QPersistentModelIndex


class LookModel(QAbstractListModel):
    """The looks in sight. `moved` says their names in the new order."""

    moved = pyqtSignal(list)
    dropped = pyqtSignal(str, int)  # a look from elsewhere, by name, and before which row

    def __init__(self, picture_of: Callable[[Look], QPixmap | None]) -> None:
        super().__init__()
        self.looks: list[Look] = []
        self._picture_of = picture_of
        self._keys: dict[str, str] = {}
        self._starred: set[str] = set()
        self._state: dict[str, str] = {}
        self._turns: dict[str, str] = {}
        self.may_move = True
        self.takes_others = False

    def show_looks(self, looks: Sequence[Look], starred: Iterable[str], keys: dict[str, str]) -> None:
        """Other looks, or in another order."""
        self.beginResetModel()
        self.looks, self._starred, self._keys = list(looks), set(starred), dict(keys)
        self.endResetModel()

    def show_keys(self, keys: dict[str, str]) -> None:
        """Another bank."""
        self._keys = dict(keys)
        self._changed([KEY])

    def show_turns(self, turns: dict[str, str]) -> None:
        """Another playlist: when it is whose turn, by name."""
        if turns != self._turns:
            self._turns = dict(turns)
            self._changed([TURN])

    def show_state(self, state: dict[str, str]) -> None:
        """What is on air and what is coming, by name."""
        if state != self._state:
            self._state = dict(state)
            self._changed([STATE])

    def picture_came(self, name: str) -> None:
        """A thumbnail has been rendered."""
        for row, look in enumerate(self.looks):
            if look.name == name:
                self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])

    def _changed(self, roles: list[int]) -> None:
        if self.looks:
            self.dataChanged.emit(self.index(0), self.index(len(self.looks) - 1), roles)

    # What Qt asks.

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.looks)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.looks):
            return None
        look = self.looks[index.row()]
        roles = Qt.ItemDataRole
        if role in (roles.DisplayRole, roles.AccessibleTextRole):
            return look.title
        if role in (roles.ToolTipRole, roles.AccessibleDescriptionRole):
            return look.wrong or "\n".join(filter(None, (look.description, ", ".join(look.tags))))
        if role == roles.DecorationRole:
            return self._picture_of(look)
        return {
            LOOK: look,
            STATE: self._state.get(look.name, ""),
            KEY: self._keys.get(look.name, ""),
            STARRED: look.name in self._starred,
            TURN: self._turns.get(look.name, ""),
        }.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag
        if not index.isValid():
            return flags.ItemIsDropEnabled if self.may_move else flags.NoItemFlags
        return flags.ItemIsEnabled | flags.ItemIsSelectable | flags.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_MIME]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        data = QMimeData()
        (name, *_) = [self.looks[index.row()].name for index in indexes]
        data.setData(_MIME, QByteArray(name.encode()))
        return data

    def dropMimeData(
        self, data: QMimeData | None, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        if data is None or not data.hasFormat(_MIME):
            return False
        name = data.data(_MIME).data().decode()
        target = row if row >= 0 else parent.row() if parent.isValid() else len(self.looks)
        here = [place for place, look in enumerate(self.looks) if look.name == name]
        if here and self.may_move:
            self.move(here[0], target)
        elif not here and self.takes_others:
            self.dropped.emit(name, target)
        return False  # we have moved it: the view is not to take the old one away

    def move(self, source: int, target: int) -> None:
        """Puts the look at `source` before the one at `target`; at the end for a `target` beyond it."""
        target = min(max(target, 0), len(self.looks))
        if source in (target, target - 1):
            return
        self.beginResetModel()
        look = self.looks.pop(source)
        self.looks.insert(target - (target > source), look)
        self.endResetModel()
        self.moved.emit([look.name for look in self.looks])


class LookDelegate(QStyledItemDelegate):
    """Paints a look: picture, title, key, star; a white frame on air, a dashed one while it is coming."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._star, self._list = icon("star"), icon("playlist")
        self._on_air, self._coming = self.tr("ON AIR"), self.tr("COMING")

    def _write_turn(self, painter: QPainter, inside: QRectF, turn: str) -> None:
        """When its turn in the playlist is, at the lower right."""
        painter.setFont(font(12, bold=True))
        wide = painter.fontMetrics().horizontalAdvance(turn) + 30
        plate = QRectF(inside.right() + 3 - wide, inside.bottom() - 20, wide, 22)
        _plate(painter, plate, colour(GROUND, 0.8))
        self._list.paint(painter, QRect(int(plate.left()) + 5, int(plate.top()) + 4, 14, 14))
        painter.setPen(colour(INK))
        align = Qt.AlignmentFlag
        painter.drawText(plate.adjusted(0, 0, -7, 0), align.AlignRight | align.AlignVCenter, turn)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        grid = self.parent()
        return grid.gridSize() if isinstance(grid, QListView) else super().sizeHint(option, index)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        assert painter
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(option.rect).adjusted(5, 5, -5, -5)
        shape = QPainterPath()
        shape.addRoundedRect(box, 10, 10)
        painter.setClipPath(shape)
        painter.fillRect(box, colour(RAISED))
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if picture is not None:
            painter.drawPixmap(box, picture, _cut(picture, box))
        shade = QLinearGradient(QPointF(0, box.bottom() - 46), QPointF(0, box.bottom()))
        shade.setColorAt(0, colour("#000000", 0.0))
        shade.setColorAt(1, colour("#000000", 0.85))
        painter.fillRect(box, shade)
        self._write(painter, box, index)
        painter.setClipping(False)
        state = index.data(STATE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state == ON_AIR:
            painter.setPen(QPen(colour(INK), 4))
            painter.drawRoundedRect(box, 10, 10)
        elif state == COMING:
            pen = QPen(colour(INK), 3)
            pen.setDashPattern([3, 2])
            painter.setPen(pen)
            painter.drawRoundedRect(box, 10, 10)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if has_focus or (hovered and not state):
            painter.setPen(QPen(colour(INK if has_focus else QUIET), 1.5))
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 12, 12)
        painter.restore()

    def _write(self, painter: QPainter, box: QRectF, index: QModelIndex) -> None:
        look: Look = index.data(LOOK)
        align = Qt.AlignmentFlag
        inside = box.adjusted(10, 8, -10, -8)
        painter.setFont(font(15 if box.width() > SMALL_PX.width() else 13, bold=True))
        painter.setPen(colour(WARN if look.wrong else INK))
        room = inside.width() - (46 if index.data(TURN) else 0)
        words = painter.fontMetrics().elidedText(look.title, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(inside, align.AlignLeft | align.AlignBottom, words)
        key, state = index.data(KEY), index.data(STATE)
        if key:
            plate = QRectF(inside.left() - 3, inside.top() - 1, 22, 22)
            _plate(painter, plate, colour(GROUND, 0.75))
            painter.setPen(colour(INK))
            painter.setFont(font(13, bold=True))
            painter.drawText(plate, align.AlignCenter, key)
        right = inside.right() + 3
        if state:
            text = self._on_air if state == ON_AIR else self._coming
            painter.setFont(font(11, bold=True))
            wide = painter.fontMetrics().horizontalAdvance(text) + 14
            plate = QRectF(right - wide, inside.top() - 1, wide, 22)
            _plate(
                painter, plate, colour(INK if state == ON_AIR else GROUND, 1.0 if state == ON_AIR else 0.8)
            )
            painter.setPen(colour(GROUND if state == ON_AIR else INK))
            painter.drawText(plate, align.AlignCenter, text)
            right -= wide + 6
        if index.data(TURN):
            self._write_turn(painter, inside, index.data(TURN))
        if index.data(STARRED):
            self._star.paint(painter, QRect(int(right) - 20, int(inside.top()), 20, 20))
        if look.wrong:
            painter.setFont(font(12))
            painter.setPen(colour(WARN))
            place = inside.adjusted(0, 26, 0, -24)
            painter.drawText(place, align.AlignLeft | Qt.TextFlag.TextWordWrap, look.wrong)


class LookView(QListView):
    """Looks that are pressed, dragged, and moved by Alt and an arrow."""

    put_on_air = pyqtSignal(object)  # Look

    def __init__(self, model: LookModel) -> None:
        super().__init__()
        self.looks = model
        self.setModel(model)
        self.setItemDelegate(LookDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setStyleSheet("QListView::item:selected { background: transparent; }")
        self.clicked.connect(lambda index: self.put_on_air.emit(index.data(LOOK)))

    def move_current(self, step: int) -> None:
        """One place back or ahead, and the focus with it."""
        row = self.currentIndex().row()
        if self.looks.may_move and min(row, row + step) >= 0 and row < len(self.looks.looks):
            self.looks.move(row, row + (2 if step > 0 else -1))
            self.setCurrentIndex(self.looks.index(min(row + step, len(self.looks.looks) - 1)))

    def offer(self, menu: QMenu, index: QModelIndex) -> None:
        """Adds to `menu` what can be done with the look at `index`."""

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event
        index = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            menu = QMenu(self)
            self.offer(menu, index)
            menu.exec(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event
        index, keys = self.currentIndex(), Qt.Key
        is_sideways = event.key() in (keys.Key_Left, keys.Key_Right)
        if is_sideways and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_current(-1 if event.key() == keys.Key_Left else 1)
        elif event.key() in (keys.Key_Return, keys.Key_Enter) and index.isValid():
            self.put_on_air.emit(index.data(LOOK))
        elif event.key() in (keys.Key_PageUp, keys.Key_PageDown) or event.text():
            event.ignore()  # keys of the panel, not a search by first letters
        else:
            super().keyPressEvent(event)


class LookGrid(LookView):
    """Looks side by side, as many in a row as fit."""

    star_wanted = pyqtSignal(object)  # Look
    turn_wanted = pyqtSignal(object)  # Look: into the playlist, or out of it

    def __init__(self, model: LookModel) -> None:
        super().__init__(model)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Looks"))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        viewport = self.viewport()
        assert viewport
        width = viewport.width() - BAR_PX
        columns = max(2, width // WIDTH_PX)
        cell = width // columns
        self.setGridSize(QSize(cell, round((cell - 10) * 9 / 16) + 10))
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Asterisk and index.isValid():
            self.star_wanted.emit(index.data(LOOK))
        elif event.key() == Qt.Key.Key_Plus and index.isValid():
            self.turn_wanted.emit(index.data(LOOK))
        else:
            super().keyPressEvent(event)

    def offer(self, menu: QMenu, index: QModelIndex) -> None:
        look: Look = index.data(LOOK)
        menu.addAction(self.tr("Put on air"), lambda: self.put_on_air.emit(look))
        star = self.tr("Take from favourites") if index.data(STARRED) else self.tr("Add to favourites")
        menu.addAction(star, lambda: self.star_wanted.emit(look))
        turn = self.tr("Take from the playlist") if index.data(TURN) else self.tr("Add to the playlist")
        menu.addAction(turn, lambda: self.turn_wanted.emit(look))


class PlaylistRow(LookView):
    """The looks of the playlist in one row, in the order of their turns."""

    unwanted = pyqtSignal(object)  # Look

    def __init__(self, model: LookModel) -> None:
        super().__init__(model)
        model.takes_others = True
        self.setWrapping(False)
        self.setGridSize(SMALL_PX)
        self.setFixedHeight(SMALL_PX.height() + BAR_PX)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Playlist of the autopilot"))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and index.isValid():
            self.unwanted.emit(index.data(LOOK))
        else:
            super().keyPressEvent(event)

    def offer(self, menu: QMenu, index: QModelIndex) -> None:
        look: Look = index.data(LOOK)
        menu.addAction(self.tr("Put on air"), lambda: self.put_on_air.emit(look))
        menu.addAction(self.tr("Earlier"), lambda: self.move_current(-1))
        menu.addAction(self.tr("Later"), lambda: self.move_current(1))
        menu.addAction(self.tr("Take from the playlist"), lambda: self.unwanted.emit(look))


def _cut(picture: QPixmap, box: QRectF) -> QRectF:
    """The middle of `picture` in the shape of `box`."""
    width, height = float(picture.width()), float(picture.height())
    scale = min(width / box.width(), height / box.height())
    cut = QRectF(0, 0, box.width() * scale, box.height() * scale)
    cut.moveCenter(QPointF(width / 2, height / 2))
    return cut


def _plate(painter: QPainter, box: QRectF, ground: Any) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 6, 6)
