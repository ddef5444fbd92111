"""Blocks of cells painted with the mouse."""

from __future__ import annotations

from qtpy.QtCore import QObject, QPointF, Signal

from napari_connectome.widgets.matrix.cells import CellCanvas
from napari_connectome.widgets.matrix.content import PAINTED, MatrixContent

Span = tuple[int, int]
"""First and last row or column."""


class CellPainter(QObject):
    """From strokes on the cells to blocks: one that begins on a painted cell wipes.

    Parameters
    ----------
    cells : CellCanvas
        What is painted on; the block is framed there meanwhile.
    """

    painted = Signal(object, object, bool)
    """First and last row, first and last column, and whether they are painted or wiped."""

    def __init__(self, cells: CellCanvas) -> None:
        super().__init__(cells)
        self._cells = cells
        self._content: MatrixContent | None = None
        cells.stroke_moved.connect(lambda begun, at: cells.set_band(self._block(begun, at)))
        cells.stroke_ended.connect(self._on_ended)

    def set_content(self, content: MatrixContent) -> None:
        """Know which cells are painted."""
        self._content = content

    def _block(self, begun: QPointF, at: QPointF) -> tuple[Span, Span]:
        rows = sorted(self._cells.rows.nearest_to(place.y()) for place in (begun, at))
        columns = sorted(self._cells.columns.nearest_to(place.x()) for place in (begun, at))
        return (rows[0], rows[1]), (columns[0], columns[1])

    def _on_ended(self, begun: QPointF, at: QPointF) -> None:
        self._cells.set_band(None)
        if self._content is None:
            return
        rows, columns = self._block(begun, at)
        (row, _), (column, _) = self._block(begun, begun)
        self.painted.emit(rows, columns, self._content.mark_at(row, column) != PAINTED)
