"""Many small pictures on few large ones, each with its name; what went wrong has a red frame and says why."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np

from stemlight.stage.bitmap_font import ADVANCE, LINE_HEIGHT, dots
from stemlight.stage.png import save_png

LARGE_PX, SMALL_PX = (240, 135), (160, 90)  # of a picture: few are shown larger
FEW = 40
COLUMNS = {LARGE_PX: 6, SMALL_PX: 10}
ROWS_PER_PAGE = 20
GAP_PX = 8
NAME_HEIGHT_PX = LINE_HEIGHT + 4
GROUND = 24  # grey around the pictures
RED = (220, 40, 40)


class ContactSheet:
    """Takes pictures one by one; `save` writes them in that order."""

    def __init__(self, n_pictures: int) -> None:
        self.picture_px = LARGE_PX if n_pictures <= FEW else SMALL_PX
        self._cells: list[np.ndarray] = []

    def add(self, name: str, picture: np.ndarray | None, error: str | None = None) -> None:
        """`picture`: uint8 (h, w, 3 or 4) of any size, top row first; None where nothing was drawn."""
        width, height = self.picture_px
        cell = np.full((height + NAME_HEIGHT_PX, width, 3), GROUND, np.uint8)
        if picture is not None:
            cell[:height] = _scaled(picture[..., :3], self.picture_px)
        if error is not None:
            cell[:height] = cell[:height] // 3
            n_letters, n_lines = (width - 12) // ADVANCE, (height - 12) // LINE_HEIGHT
            _write(cell, textwrap.wrap(error, n_letters)[:n_lines], (6, 6), (255, 200, 200))
            for edge in (cell[:2], cell[height - 2 : height], cell[:height, :2], cell[:height, -2:]):
                edge[:] = RED
        _write(cell, [_fitted(name, width // ADVANCE)], (0, height + 4), RED if error else (230, 230, 230))
        self._cells.append(cell)

    def pages(self) -> list[np.ndarray]:
        """uint8 (h, w, 3) each."""
        columns = COLUMNS[self.picture_px]
        per_page = columns * ROWS_PER_PAGE
        starts = range(0, len(self._cells), per_page)
        return [_page(self._cells[start : start + per_page], columns) for start in starts]

    def save(self, path: Path) -> list[Path]:
        """Writes `path`, then `path-2`, `path-3` ... where one page is not enough; UserError if it cannot."""
        paths = []
        for number, page in enumerate(self.pages(), 1):
            paths.append(path if number == 1 else path.with_stem(f"{path.stem}-{number}"))
            save_png(paths[-1], page)
        return paths


def _page(cells: list[np.ndarray], columns: int) -> np.ndarray:
    height, width, _ = cells[0].shape
    n_rows = -(-len(cells) // columns)
    n_columns = min(columns, len(cells))
    size = GAP_PX + n_rows * (height + GAP_PX), GAP_PX + n_columns * (width + GAP_PX), 3
    page = np.full(size, GROUND, np.uint8)
    for index, cell in enumerate(cells):
        row, column = divmod(index, columns)
        y, x = GAP_PX + row * (height + GAP_PX), GAP_PX + column * (width + GAP_PX)
        page[y : y + height, x : x + width] = cell
    return page


def _scaled(picture: np.ndarray, size_px: tuple[int, int]) -> np.ndarray:
    """The nearest pixels, fitted into `size_px`."""
    width, height = size_px
    h, w, _ = picture.shape
    return picture[(np.arange(height) * h) // height][:, (np.arange(width) * w) // width]


def _fitted(name: str, n_letters: int) -> str:
    """The end of a name that is too long says more than its beginning."""
    return name if len(name) <= n_letters else f"..{name[2 - n_letters :]}"


def _write(cell: np.ndarray, lines: list[str], place_px: tuple[int, int], color: tuple[int, ...]) -> None:
    x, y = place_px
    field = dots(lines)[: cell.shape[0] - y, : cell.shape[1] - x]
    height, width = field.shape
    cell[y : y + height, x : x + width][field] = color
