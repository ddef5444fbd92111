"""Cells with their labels beside them: zoomed, moved and pointed at as one."""

from __future__ import annotations

from qtpy.QtCore import QPointF, Signal
from qtpy.QtWidgets import QGridLayout, QWidget

from napari_connectome.core.color_limits import ColorLimits
from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.cells import CellCanvas
from napari_connectome.widgets.matrix.content import SIDE_NAMES, MatrixContent, Run, runs_of
from napari_connectome.widgets.matrix.gutter import Gutter
from napari_connectome.widgets.matrix.painting import CellPainter

Place = tuple[int | None, int | None]
"""Row and column under the mouse; None where there is none."""
ROW_TIP = "Click: make it the source"
COLUMN_TIP = "Click: what projects to it?"


class MatrixPicture(QWidget):
    """The cells and both gutters.

    Attributes
    ----------
    rows, columns : AxisScale
        Zoom and place.
    cells : CellCanvas
        The cells.
    row_labels, column_labels : Gutter
        What stands beside them.
    painter : CellPainter
        Makes blocks of strokes on the cells.
    """

    hovered = Signal(object)
    """Row and column under the mouse, or None when it has left."""
    row_clicked = Signal(int)
    column_clicked = Signal(int)
    cell_clicked = Signal(int, int)
    moved = Signal()
    """Zoomed, moved or resized."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows, self.columns = AxisScale(), AxisScale()
        self.cells = CellCanvas(self.rows, self.columns)
        self.row_labels = Gutter(self.rows, rows=True)
        self.column_labels = Gutter(self.columns, rows=False)
        self.cells.setAccessibleName("Regional matrix, sources as rows, targets as columns")
        self.row_labels.setAccessibleName("Sources")
        self.column_labels.setAccessibleName("Targets")
        self.painter = CellPainter(self.cells)
        self._content: MatrixContent | None = None
        self._mouse: QPointF | None = None
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.column_labels, 0, 1)
        grid.addWidget(self.row_labels, 1, 0)
        grid.addWidget(self.cells, 1, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(1, 1)
        self._connect()

    def set_content(self, content: MatrixContent, limits: ColorLimits | None) -> None:
        """Show a matrix; zoom and place stay when the axes are the same."""
        old, self._content = self._content, content
        if old is None or old.axes != content.axes:
            self._hover(None)
            titles = _block_titles(content)
            split = titles[1].first if len(titles) == 2 else None
            self.rows.set_cells(len(content.rows))
            self.columns.set_cells(len(content.columns), split)
            row_title = (Run(0, len(content.rows), "Source"),)
            self.row_labels.set_regions(content.rows, row_title, ROW_TIP)
            self.column_labels.set_regions(content.columns, titles, COLUMN_TIP)
        self.painter.set_content(content)
        self.cells.set_content(content, limits)

    def set_corner(self, widget: QWidget) -> None:
        """Put a widget where nothing is labelled, above the rows' labels."""
        if self._grid.indexOf(widget) < 0:
            self._grid.addWidget(widget, 0, 0)

    def set_marks(
        self,
        selected: tuple[frozenset[int], frozenset[int]],
        sources: frozenset[int],
        cell: tuple[int, int] | None,
    ) -> None:
        """Mark whole rows and columns, the rows of the source, and frame a cell."""
        rows, columns = selected
        self.cells.set_marks(rows, columns, cell)
        at = ((), ()) if cell is None else ((cell[0],), (cell[1],))
        self.row_labels.set_marks(rows.union(at[0]), sources)
        self.column_labels.set_marks(columns.union(at[1]), frozenset())

    def show_cell(self, row: int, column: int) -> None:
        """Bring a cell into view."""
        if self.rows.show(row) | self.columns.show(column):
            self._refresh()

    def zoom_by(self, factor: float, at: QPointF) -> None:
        """Zoom about a place on the cells."""
        most = max(self.rows.most_zoom, self.columns.most_zoom, 1.0)
        zoom = min(max(self.rows.zoom * factor, 1.0), most)
        if zoom != self.rows.zoom:
            self.rows.set_zoom(zoom, at.y())
            self.columns.set_zoom(zoom, at.x())
            self._refresh()

    def show_whole(self) -> None:
        """Show every cell."""
        self.zoom_by(0.0, QPointF(0.0, 0.0))

    def pan(self, right: float, down: float) -> None:
        """Move the cells."""
        self.columns.pan(right)
        self.rows.pan(down)
        self._refresh()

    def place_at(self, at: QPointF) -> Place:
        """Row and column at a place on the cells."""
        return self.rows.index_at(at.y()), self.columns.index_at(at.x())

    def _refresh(self) -> None:
        self.cells.refresh()
        self.row_labels.refresh()
        self.column_labels.refresh()
        if self._mouse is not None:
            self._hover_cells(self._mouse)
        self.moved.emit()

    def _fit(self) -> None:
        self.rows.set_room(self.cells.height())
        self.columns.set_room(self.cells.width())
        self._refresh()

    def _hover(self, place: Place | None) -> None:
        self._mouse = None
        row, column = (None, None) if place is None else place
        self.row_labels.set_hover(row)
        self.column_labels.set_hover(column)
        self.hovered.emit(None if (row, column) == (None, None) else (row, column))

    def _hover_cells(self, at: QPointF | None) -> None:
        place = (None, None) if at is None else self.place_at(at)
        self._hover(None if None in place else place)
        self._mouse = at

    def _click_cells(self, at: QPointF) -> None:
        row, column = self.place_at(at)
        if row is not None and column is not None:
            self.cell_clicked.emit(row, column)

    def _middle(self) -> QPointF:
        return QPointF(self.cells.width() / 2, self.cells.height() / 2)

    def _connect(self) -> None:
        cells, rows, columns = self.cells, self.row_labels, self.column_labels
        cells.resized.connect(self._fit)
        cells.hovered.connect(self._hover_cells)
        cells.clicked.connect(self._click_cells)
        cells.zoomed.connect(self.zoom_by)
        cells.panned.connect(self.pan)
        cells.whole_requested.connect(self.show_whole)
        rows.hovered.connect(lambda i: self._hover((i, None)))
        columns.hovered.connect(lambda i: self._hover((None, i)))
        rows.clicked.connect(self.row_clicked)
        columns.clicked.connect(self.column_clicked)
        rows.panned.connect(lambda step: self.pan(0.0, step))
        columns.panned.connect(lambda step: self.pan(step, 0.0))
        rows.zoomed.connect(lambda f, y: self.zoom_by(f, QPointF(self._middle().x(), y)))
        columns.zoomed.connect(lambda f, x: self.zoom_by(f, QPointF(x, self._middle().y())))


def _block_titles(content: MatrixContent) -> tuple[Run, ...]:
    """What stands over the columns: the side of each block, or of both where they are mixed."""
    runs = runs_of(content.sides)
    if len(runs) <= 2:
        return tuple(Run(r.first, r.stop, f"Target, {SIDE_NAMES[r.key]}") for r in runs)
    return (Run(0, len(content.sides), "Target, both sides"),)
