"""The cells of the matrix on a vispy canvas, with what is marked over them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from qtpy.QtWidgets import QWidget

from napari_connectome.core.color_limits import ColorLimits
from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.bars import Bar, BarSheet, Rect, around
from napari_connectome.widgets.matrix.block_image import BlockImage
from napari_connectome.widgets.matrix.colors import (
    block_marks,
    block_means,
    cell_colors,
    mark_cells,
)
from napari_connectome.widgets.matrix.content import (
    AxisRegion,
    MatrixContent,
    division_runs,
    is_scattered,
    split_of,
)
from napari_connectome.widgets.matrix.pointed_canvas import PointedCanvas

LARGEST_TEXTURE = 4096
"""Rows or columns of one texture that every graphics driver takes; more are drawn as means."""
FRAME_PX = 9.0
"""The frame of a selected cell is never smaller."""
MARK_RGBA = (0.2, 0.95, 1.0, 1.0)
OUTLINE_RGBA = (0.0, 0.0, 0.0, 0.85)
REGION_RGBA = (*MARK_RGBA[:3], 0.75)
BORDER_RGBA = (1.0, 1.0, 1.0, 0.28)


class CellCanvas(PointedCanvas):
    """Pictures of the cells.

    Attributes
    ----------
    rows, columns : AxisScale
        Zoom and place, shared with the labels beside the canvas.
    means : tuple of int
        Cells down and across whose mean one pixel shows; (1, 1) when each is drawn.
    uploads : int
        How often colours went to the graphics card.
    sheet : BarSheet
        What is marked.
    """

    def __init__(self, rows: AxisScale, columns: AxisScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_cells")
        self.setMinimumSize(40, 40)
        self.rows, self.columns = rows, columns
        self.means = (1, 1)
        self.uploads = 0
        self._content: MatrixContent | None = None
        self._limits: ColorLimits | None = None
        self._blocks: list[BlockImage] = []
        self._marked: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
        self._framed: tuple[int, int] | None = None
        self._borders: tuple[Sequence[int], Sequence[int]] = ((), ())
        self._band: tuple[tuple[int, int], tuple[int, int]] | None = None
        self.sheet = BarSheet(self)
        self.resized.connect(lambda: self.sheet.resize(self.size()))
        self.theme_changed.connect(self._look)

    def set_content(self, content: MatrixContent, limits: ColorLimits | None) -> None:
        """Draw other values or colours."""
        old = self._content
        self._content, self._limits = content, limits
        if old is None or old.axes != content.axes:
            self._make_blocks(content)
        self._upload()
        self.refresh()

    def set_marks(
        self, rows: frozenset[int], columns: frozenset[int], cell: tuple[int, int] | None
    ) -> None:
        """Mark whole rows and columns, and frame one cell."""
        self._marked, self._framed = (rows, columns), cell
        self._place_marks()

    def set_band(self, band: tuple[tuple[int, int], tuple[int, int]] | None) -> None:
        """Frame the rows and columns that are being painted, first and last; None for none."""
        self._band = band
        self._place_marks()

    def refresh(self) -> None:
        """Follow the zoom and place of the axes."""
        if self._content is None:
            return
        if self._means_needed() != self.means:
            self._upload()
        for block in self._blocks:
            block.place(self.rows, self.columns)
        self._place_marks()
        self.redraw()

    def _make_blocks(self, content: MatrixContent) -> None:
        for block in self._blocks:
            block.remove()
        n = len(content.columns)
        split = split_of(content.sides)
        self._borders = _borders(content.rows, None), _borders(content.columns, split)
        bounds = [(0, n)] if split is None else [(0, split), (split, n)]
        self._blocks = [BlockImage(slice(a, b), self.root) for a, b in bounds if b > a]
        self._look()

    def _means_needed(self) -> tuple[int, int]:
        """Cells to a pixel: none is skipped where they are smaller than the screen's pixels."""
        return self._cells_to_one(self.rows), self._cells_to_one(self.columns)

    def _cells_to_one(self, scale: AxisScale) -> int:
        by_screen = math.ceil(1.0 / (scale.cell_px * self.devicePixelRatioF()) - 1e-6)
        return max(by_screen, math.ceil(scale.count / LARGEST_TEXTURE), 1)

    def _upload(self) -> None:
        if self._content is None:
            return
        down, across = self.means = self._means_needed()
        for block in self._blocks:
            values = self._content.values[:, block.columns]
            n_rows, n_columns = values.shape
            shape = (math.ceil(n_rows / down), math.ceil(n_columns / across))
            colors = cell_colors(block_means(values, shape), self._limits)
            if self._content.marks is not None:
                mark_cells(colors, block_marks(self._content.marks[:, block.columns], shape))
            block.set_colors(colors)
        self.uploads += 1

    def _place_marks(self) -> None:
        bars = [*self._division_borders(), *self._region_edges()]
        frame = self._framed_rect()
        if frame is not None:
            bars += around(frame, 3.0, 1.0, OUTLINE_RGBA)
            bars += around(frame, 2.0, 0.0, MARK_RGBA)
        if self._band is not None:
            rows, columns = self._band
            left, right = self.columns.start_of(columns[0]), self.columns.stop_of(columns[1])
            top, bottom = self.rows.start_of(rows[0]), self.rows.stop_of(rows[1])
            bars += around((left, top, right, bottom), 2.0, 0.0, MARK_RGBA)
        self.sheet.show_bars(bars)

    def _division_borders(self) -> list[Bar]:
        """Thin lines where one division ends."""
        rows, columns = self._borders
        lines = self._lines(map(self.rows.start_of, rows), map(self.columns.start_of, columns))
        return [(rect, BORDER_RGBA) for rect in lines]

    def _region_edges(self) -> list[Bar]:
        """Lines around whole rows and columns."""
        rows, columns = self._marked
        lines = self._lines(_edges(self.rows, rows), _edges(self.columns, columns))
        return [(rect, REGION_RGBA) for rect in lines]

    def _lines(self, ys: Iterable[float], xs: Iterable[float]) -> list[Rect]:
        """Lines of one pixel across and down the whole matrix, as far as it is in view."""
        right = min(self.columns.end_px, self.columns.room_px)
        bottom = min(self.rows.end_px, self.rows.room_px)
        across = [(0.0, y - 0.5, right, y + 0.5) for y in ys if 0 <= y <= bottom]
        return across + [(x - 0.5, 0.0, x + 0.5, bottom) for x in xs if 0 <= x <= right]

    def _framed_rect(self) -> Rect | None:
        if self._framed is None:
            return None
        row, column = self._framed
        x, y = self.columns.middle_of(column), self.rows.middle_of(row)
        half_x = max(self.columns.cell_px, FRAME_PX) / 2
        half_y = max(self.rows.cell_px, FRAME_PX) / 2
        return (x - half_x, y - half_y, x + half_x, y + half_y)

    def _look(self) -> None:
        for block in self._blocks:
            block.set_look(self.ink(), self.background(), self.devicePixelRatioF())
        self.redraw()


def _borders(regions: Sequence[AxisRegion], split: int | None) -> Sequence[int]:
    """First cell of each division but the first; none when sorting has scattered them."""
    if is_scattered(regions, split):
        return ()
    firsts = [run.first for run in division_runs(regions, split)]
    return [first for first in firsts if first not in (0, split)]


def _edges(scale: AxisScale, indices: frozenset[int]) -> list[float]:
    """Where neighbouring cells among `indices` begin and end."""
    starts = [scale.start_of(i) for i in sorted(indices) if i - 1 not in indices]
    stops = [scale.stop_of(i) for i in sorted(indices) if i + 1 not in indices]
    return starts + stops
