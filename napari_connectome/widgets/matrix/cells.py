"""The cells of the matrix on a vispy canvas, with what is marked over them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qtpy.QtCore import QEvent, QPointF, Qt, Signal
from qtpy.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.canvas import CanvasWidget
from napari_connectome.widgets.matrix.axis_scale import AxisScale
from napari_connectome.widgets.matrix.colors import ColorLimits, block_means, cell_colors
from napari_connectome.widgets.matrix.content import MatrixContent, division_runs, split_of
from napari_connectome.widgets.matrix.pointer import ZOOM_STEP, Pointer, wheel_zoom
from napari_connectome.widgets.matrix.shapes import Bars, BlockImage, Hatch, Rect

LARGEST_TEXTURE = 4096
"""Rows or columns of one texture that every graphics driver takes; more are drawn as means."""
FRAME_PX = 9.0
"""The frame of a selected cell is never smaller."""
PAN_PX = 60.0
MARK_RGBA = (0.2, 0.95, 1.0, 1.0)
OUTLINE_RGBA = (0.0, 0.0, 0.0, 0.85)
BORDER_RGBA = (1.0, 1.0, 1.0, 0.28)


class CellCanvas(CanvasWidget):
    """Pictures of the cells; emits what the mouse and the keys ask for.

    Attributes
    ----------
    rows, columns : AxisScale
        Zoom and place, shared with the labels beside the canvas.
    means : tuple of int
        Cells down and across whose mean one pixel shows; (1, 1) when each is drawn.
    uploads : int
        How often colours went to the graphics card.
    """

    hovered = Signal(object)
    """Place of the mouse (QPointF), or None when it has left."""
    clicked = Signal(object)
    zoomed = Signal(float, object)
    """Factor, and the place that stays where it is."""
    panned = Signal(float, float)
    whole_requested = Signal()

    def __init__(self, rows: AxisScale, columns: AxisScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_cells")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(40, 40)
        self.rows, self.columns = rows, columns
        self.means = (1, 1)
        self.uploads = 0
        self._content: MatrixContent | None = None
        self._limits: ColorLimits | None = None
        self._blocks: list[tuple[slice, BlockImage]] = []
        self._marked: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
        self._framed: tuple[int, int] | None = None
        self._pointer = Pointer()
        self._hatch = Hatch()
        self._borders = Bars(BORDER_RGBA, 1, self.root)
        self._regions = Bars((*MARK_RGBA[:3], 0.75), 2, self.root)
        self._outline = Bars(OUTLINE_RGBA, 3, self.root)
        self._frame = Bars(MARK_RGBA, 4, self.root)
        self.theme_changed.connect(self._look)
        self._look()

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

    def refresh(self) -> None:
        """Follow the zoom and place of the axes."""
        if self._content is None:
            return
        if self._means_needed() != self.means:
            self._upload()
        for _columns, block in self._blocks:
            block.place(self.rows, self.columns)
        self._place_marks()
        self.redraw()

    def _make_blocks(self, content: MatrixContent) -> None:
        for _columns, block in self._blocks:
            block.remove()
        n = len(content.columns)
        split = split_of(content.sides)
        bounds = [(0, n)] if split is None else [(0, split), (split, n)]
        self._blocks = [
            (slice(a, b), BlockImage(a, b, self._hatch, self.root)) for a, b in bounds if b > a
        ]

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
        for columns, block in self._blocks:
            values = self._content.values[:, columns]
            n_rows, n_columns = values.shape
            shape = (math.ceil(n_rows / down), math.ceil(n_columns / across))
            block.set_colors(cell_colors(block_means(values, shape), self._limits))
        self.uploads += 1

    def _place_marks(self) -> None:
        self._borders.set_rects(self._division_borders())
        rows, columns = self._marked
        self._regions.set_rects([*self._edges_of_rows(rows), *self._edges_of_columns(columns)])
        frame = self._framed_rect()
        self._outline.set_rects(() if frame is None else _frame(frame, 3.0, 1.0))
        self._frame.set_rects(() if frame is None else _frame(frame, 2.0, 0.0))

    def _division_borders(self) -> list[Rect]:
        """Thin lines where one division ends; none when sorting has scattered them."""
        if self._content is None:
            return []
        right, bottom = self.columns.end_px, self.rows.end_px
        ys = _borders(self.rows, self._content.rows)
        xs = _borders(self.columns, self._content.columns)
        across = [(0.0, y - 0.5, right, y + 0.5) for y in ys]
        return across + [(x - 0.5, 0.0, x + 0.5, bottom) for x in xs]

    def _edges_of_rows(self, indices: frozenset[int]) -> list[Rect]:
        right = self.columns.end_px
        return [(0.0, y - 0.5, right, y + 0.5) for y in _edges(self.rows, indices)]

    def _edges_of_columns(self, indices: frozenset[int]) -> list[Rect]:
        bottom = self.rows.end_px
        return [(x - 0.5, 0.0, x + 0.5, bottom) for x in _edges(self.columns, indices)]

    def _framed_rect(self) -> Rect | None:
        if self._framed is None:
            return None
        row, column = self._framed
        x, y = self.columns.middle_of(column), self.rows.middle_of(row)
        half_x = max(self.columns.cell_px, FRAME_PX) / 2
        half_y = max(self.rows.cell_px, FRAME_PX) / 2
        return (x - half_x, y - half_y, x + half_x, y + half_y)

    def _look(self) -> None:
        self._hatch.set_look(self.ink(), self.background(), self.devicePixelRatioF())
        self.redraw()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Begin a click or a drag."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pointer.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Drag the matrix, or tell what is under the mouse."""
        if event is None:
            return
        step = self._pointer.move(event.position())
        if step is not None:
            self.panned.emit(step.x(), step.y())
        self.hovered.emit(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """A press that did not become a drag is a click."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._pointer.release():
            self.clicked.emit(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Show the whole matrix."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pointer.forget()
            self.whole_requested.emit()

    def leaveEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Nothing is under the mouse."""
        del event
        self.hovered.emit(None)

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Zoom about the mouse."""
        if event is not None and event.angleDelta().y():
            self.zoomed.emit(wheel_zoom(event.angleDelta().y()), event.position())
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """+ and - zoom about the middle, arrows move, Home shows the whole matrix."""
        if event is None:
            return
        key = Qt.Key(event.key())
        middle = QPointF(self.width() / 2, self.height() / 2)
        steps = {
            Qt.Key.Key_Left: (PAN_PX, 0.0),
            Qt.Key.Key_Right: (-PAN_PX, 0.0),
            Qt.Key.Key_Up: (0.0, PAN_PX),
            Qt.Key.Key_Down: (0.0, -PAN_PX),
        }
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoomed.emit(ZOOM_STEP, middle)
        elif key == Qt.Key.Key_Minus:
            self.zoomed.emit(1 / ZOOM_STEP, middle)
        elif key == Qt.Key.Key_Home:
            self.whole_requested.emit()
        elif key in steps:
            self.panned.emit(*steps[key])
        else:
            super().keyPressEvent(event)


def _borders(scale: AxisScale, regions: Sequence) -> list[float]:
    """Where one division ends and the next begins, inside a block."""
    runs = division_runs(regions, scale.split)
    if len(runs) > (1 if scale.split is None else 2) * len({r.division for r in regions}):
        return []
    return [scale.start_of(run.first) for run in runs if run.first not in (0, scale.split)]


def _edges(scale: AxisScale, indices: frozenset[int]) -> list[float]:
    """Where neighbouring cells among `indices` begin and end."""
    starts = [scale.start_of(i) for i in sorted(indices) if i - 1 not in indices]
    stops = [scale.stop_of(i) for i in sorted(indices) if i + 1 not in indices]
    return starts + stops


def _frame(rect: Rect, outside: float, inside: float) -> tuple[Rect, ...]:
    """Four bars around a rectangle, from so far outside of it to so far inside."""
    left, top, right, bottom = rect
    outer = (left - outside, top - outside, right + outside, bottom + outside)
    inner = (left + inside, top + inside, right - inside, bottom - inside)
    return (
        (outer[0], outer[1], outer[2], inner[1]),
        (outer[0], inner[3], outer[2], outer[3]),
        (outer[0], inner[1], inner[0], inner[3]),
        (inner[2], inner[1], outer[2], inner[3]),
    )
