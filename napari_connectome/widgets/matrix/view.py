"""The regional matrix as a view: controls, picture, legend, and what the mouse points at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from qtpy.QtCore import Signal
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from napari_connectome.core.color_limits import color_limits
from napari_connectome.core.regional_matrix import COMPLETED, UNDETERMINED
from napari_connectome.widgets.appearance import FontFollower, HintLabel
from napari_connectome.widgets.matrix.content import (
    PAINTED,
    SIDE_NAMES,
    AxisRegion,
    Cell,
    MatrixContent,
    MeasureName,
)
from napari_connectome.widgets.matrix.controls import MatrixControls
from napari_connectome.widgets.matrix.info_line import InfoLine
from napari_connectome.widgets.matrix.legend import MatrixLegend
from napari_connectome.widgets.matrix.picture import MatrixPicture, Place
from napari_connectome.widgets.ticks import number_text

EMPTY_HINT = "Fit a model to see how its regions are connected."
LOW_LINES = 26
"""A view of fewer lines of text has smaller labels, and its legend in the corner beside them."""
HELP = (
    "Click a cell (again: why this number), or the name of a region. Wheel: zoom, drag: move, "
    "double-click: whole matrix."
)

PAINT_HELP = (
    "Drag over cells: they count as missing for completion; from a marked cell: no longer. "
    "Wheel: zoom, arrow keys: move."
)
MARK_WORDS = {
    COMPLETED: " (completed)",
    UNDETERMINED: " (completed, not determined)",
    PAINTED: " (marked missing)",
}


class MatrixView(QWidget):
    """Sources as rows, targets as columns; shows plain content and emits requests."""

    row_chosen = Signal(int)
    """Structure that should become the source."""
    column_chosen = Signal(int, str)
    """Structure and side: what projects to it?"""
    cell_chosen = Signal(int, int, str)
    """Structure of the source, of the target, and the target's side."""
    measure_changed = Signal(str)
    order_changed = Signal(str)
    """ "ontology" or "clustered"."""
    log_changed = Signal(bool)
    export_requested = Signal(str)
    """ "csv" or "figure"."""
    open_requested = Signal()
    cells_painted = Signal(object, object, bool)
    """Structures of sources; targets with their sides; whether they were marked as missing."""
    wipe_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_view")
        self._content: MatrixContent | None = None
        self._selected: tuple[int, ...] = ()
        self._sources: tuple[int, ...] = ()
        self._cell: Cell | None = None
        self._hover: Place | None = None
        self.controls = MatrixControls()
        self.picture = MatrixPicture()
        self.legend = MatrixLegend()
        self.info = InfoLine()
        self._hint = HintLabel(EMPTY_HINT)
        self._hint.setObjectName("matrix_hint")
        self._arrange()
        self._connect()
        self.set_content(None)

    @property
    def redraws(self) -> int:
        """How often the cells, and what is marked on them, were drawn so far."""
        return self.picture.cells.redraws + self.picture.cells.sheet.redraws

    @property
    def content(self) -> MatrixContent | None:
        """What is shown."""
        return self._content

    def set_measures(self, measures: Mapping[str, MeasureName]) -> None:
        """Offer measures by name; no signal comes back."""
        self.controls.set_measures(measures)

    def set_measure(self, name: str) -> None:
        """Show which measure is chosen; no signal comes back."""
        self.controls.set_measure(name)

    def set_order(self, name: str) -> None:
        """Show which order is chosen; no signal comes back."""
        self.controls.set_order(name)

    def set_log(self, on: bool) -> None:
        """Take logarithmic or linear colours; no signal comes back."""
        if on != self.controls.log:
            self.controls.set_log(on)
            self._draw()

    def set_content(self, content: MatrixContent | None, reason: str = "") -> None:
        """Show a matrix.

        Parameters
        ----------
        content : MatrixContent or None
            None: nothing to show. With the same axes as before, zoom, place and selection stay.
        reason : str
            Why there is nothing.
        """
        if content is not None and not content.values.size:
            content, reason = None, reason or "The matrix has no regions."
        self._content = content
        self.controls.set_has_matrix(content is not None)
        self._hint.setText(reason or EMPTY_HINT)
        self._pages.setCurrentIndex(0 if content is None else 1)
        if content is None:
            self._hover = None
        self._draw()
        self._mark()

    def set_paintable(self, on: bool) -> None:
        """Let cells be marked as missing."""
        self.controls.set_paintable(on)
        self.picture.cells.set_painted_on(on)
        self._tell()

    def set_regions(self, ids: tuple[int, ...]) -> None:
        """Mark the rows and columns of selected structures."""
        if ids != self._selected:
            self._selected = ids
            self._mark()

    def set_cell(self, cell: Cell | None) -> None:
        """Frame a cell (source, target, side), and bring it into view."""
        if cell == self._cell:
            return
        self._cell = cell
        self._mark()
        place = self._place_of_cell()
        if place is not None:
            self.picture.show_cell(*place)

    def mark_source(self, ids: tuple[int, ...]) -> None:
        """Mark the rows of the present source."""
        if ids != self._sources:
            self._sources = ids
            self._mark()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Put the legend where there is room for it."""
        super().resizeEvent(event)
        self.picture.column_labels.set_low(self._is_low())
        self._place_legend()

    def _draw(self) -> None:
        if self._content is None:
            self._place_legend()
            return
        limits = color_limits(self._content.values, log=self.controls.log)
        self.picture.set_content(self._content, limits)
        content = self._content
        self.legend.set_scale(content.title, content.unit, content.values, limits)
        self.legend.set_marks([mark for mark in MARK_WORDS if content.has_mark(mark)])
        self._place_legend()
        self._tell()

    def _mark(self) -> None:
        if self._content is None:
            return
        rows = _indices(self._content.rows, self._selected)
        columns = _indices(self._content.columns, self._selected)
        sources = _indices(self._content.rows, self._sources)
        self.picture.set_marks((rows, columns), sources, self._place_of_cell())
        self._tell()

    def _place_of_cell(self) -> tuple[int, int] | None:
        if self._content is None or self._cell is None:
            return None
        return self._content.place_of(self._cell)

    def _on_hover(self, place: Place | None) -> None:
        if place != self._hover:
            self._hover = place
            self._tell()

    def _tell(self) -> None:
        """Say what is under the mouse, else what is selected, else what can be done."""
        place = self._hover or self._place_of_cell()
        if self._content is None or place is None:
            self.info.set_text((self._help(),), hint=True)
            return
        row, column = place
        names = []
        if row is not None:
            names.append(_named(self._content.rows[row]))
        if column is not None:
            side = SIDE_NAMES[self._content.sides[column]]
            names.append(f"{_named(self._content.columns[column])} ({side})")
        if row is None or column is None:
            self.info.set_text(tuple(names))
            return
        value = value_text(self._content, row, column)
        value += MARK_WORDS.get(self._content.mark_at(row, column), "")
        known = np.isfinite(self._content.values[row, column])
        self.info.set_text(tuple(names), value, self._content.unit if known else "")

    def _help(self) -> str:
        if self.picture.cells.is_painted_on:
            return PAINT_HELP
        down, across = self.picture.cells.means
        if (down, across) == (1, 1):
            return HELP
        return f"Each pixel is the mean of {down} × {across} cells: zoom in to see all. {HELP}"

    def _on_row(self, row: int) -> None:
        if self._content is not None:
            self.row_chosen.emit(self._content.rows[row].structure_id)

    def _on_column(self, column: int) -> None:
        if self._content is not None:
            region = self._content.columns[column]
            self.column_chosen.emit(region.structure_id, self._content.sides[column])

    def _on_cell(self, row: int, column: int) -> None:
        if self._content is not None:
            self.cell_chosen.emit(*self._content.cell_at(row, column))

    def _on_painting(self, on: bool) -> None:
        self.picture.cells.set_painted_on(on)
        self._tell()

    def _on_painted(self, rows: tuple[int, int], columns: tuple[int, int], missing: bool) -> None:
        if self._content is not None:
            sources, targets = self._content.axes
            self.cells_painted.emit(
                sources[rows[0] : rows[1] + 1], targets[columns[0] : columns[1] + 1], missing
            )

    def _on_log(self, on: bool) -> None:
        self._draw()
        self.log_changed.emit(on)

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.picture, 1)
        column.addWidget(self.info)
        self._body = column
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._hint)
        column.addStretch(1)
        self._pages = QStackedLayout()
        self._pages.addWidget(empty)
        self._pages.addWidget(body)
        sample = QLabel(self)
        sample.hide()
        FontFollower(sample, self.info, self.picture.row_labels, self.picture.column_labels)
        self._top = QHBoxLayout()
        self._top.setSpacing(12)
        self._top.addWidget(self.controls)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addLayout(self._top)
        layout.addLayout(self._pages, 1)

    def _is_low(self) -> bool:
        return self.height() < LOW_LINES * self.info.fontMetrics().height()

    def _place_legend(self) -> None:
        """In the corner of a low view, else beside the controls or below, as there is room."""
        low = self._is_low()
        needed = self.controls.sizeHint().width() + self.legend.one_row_width()
        beside = self.width() >= needed + 2 * self.fontMetrics().height()
        parent = self._top if beside else self._body
        self.legend.set_in_corner(low)
        if low:
            self.picture.set_corner(self.legend)
        elif parent.indexOf(self.legend) < 0:
            parent.addWidget(self.legend)
            self._top.setStretchFactor(self.legend, 1)
        self.legend.setVisible(self._content is not None)

    def _connect(self) -> None:
        for signal in (
            "measure_changed",
            "order_changed",
            "export_requested",
            "open_requested",
            "wipe_requested",
        ):
            getattr(self.controls, signal).connect(getattr(self, signal))
        self.controls.log_changed.connect(self._on_log)
        self.controls.painting_changed.connect(self._on_painting)
        self.picture.painter.painted.connect(self._on_painted)
        self.picture.hovered.connect(self._on_hover)
        self.picture.row_clicked.connect(self._on_row)
        self.picture.column_clicked.connect(self._on_column)
        self.picture.cell_clicked.connect(self._on_cell)
        self.picture.moved.connect(self._tell)


def value_text(content: MatrixContent, row: int, column: int) -> str:
    """A cell's value, or why there is none."""
    value = content.values[row, column]
    if np.isfinite(value):
        return number_text(float(value))
    if not np.isfinite(content.values[row]).any():
        return f"missing: no data for {content.rows[row].acronym} as a source"
    if not np.isfinite(content.values[:, column]).any():
        return f"missing: no data for {content.columns[column].acronym} as a target"
    return "missing: no value for this pair"


def _indices(regions: tuple[AxisRegion, ...], ids: tuple[int, ...]) -> frozenset[int]:
    wanted = set(ids)
    return frozenset(i for i, r in enumerate(regions) if r.structure_id in wanted)


def _named(region: AxisRegion) -> str:
    return f"{region.acronym} {region.name}"
