"""Regions as points of two answers: hover names one, a click selects it."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QEvent, QPointF, QSize, Qt, Signal
from qtpy.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_connectome.widgets.compare.points import RegionPoint, scale_of
from napari_connectome.widgets.compare.scatter_frame import ScatterFrame, frame_of
from napari_connectome.widgets.compare.scatter_paint import ScatterPainter

REACH_PX = 9.0
"""How near the mouse must be to a point."""


class RegionScatter(QWidget):
    """A painted scatter with logarithmic axes; zeros stand in strips of their own.

    Attributes
    ----------
    points : sequence of RegionPoint
        What is shown; regions without anything in either answer are left out.
    redraws : int
        Paints so far.
    """

    hovered = Signal(object)
    """The point under the mouse, or None."""
    chosen = Signal(int)
    """Structure that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("region_scatter")
        self.setAccessibleName("Regions of two answers")
        self.points: Sequence[RegionPoint] = ()
        self.redraws = 0
        self._captions = ("A", "B")
        self._selected: frozenset[int] = frozenset()
        self._hovered: RegionPoint | None = None
        self._mouse: QPointF | None = None
        self._frame: ScatterFrame | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def frame(self) -> ScatterFrame | None:
        """Where things lie now; None while nothing is above zero."""
        return self._frame

    def set_points(self, points: Sequence[RegionPoint], captions: tuple[str, str]) -> None:
        """Show other regions; `captions` name the axes of A and B."""
        self.points = [point for point in points if point.a > 0 or point.b > 0]
        self._captions = captions
        self._lay_out()

    def set_selected(self, ids: frozenset[int]) -> None:
        """Mark structures."""
        if ids != self._selected:
            self._selected = ids
            self.update()

    def point_at(self, place: QPointF) -> RegionPoint | None:
        """The nearest region within reach of a place."""
        frame = self._frame
        if frame is None:
            return None
        offsets = [(frame.place_of(point) - place, point) for point in self.points]
        near = [(QPointF.dotProduct(offset, offset), point) for offset, point in offsets]
        distance, nearest = min(near, key=lambda one: one[0], default=(REACH_PX**2 + 1, None))
        return nearest if distance <= REACH_PX**2 else None

    def sizeHint(self) -> QSize:  # noqa: N802
        """About as wide as high."""
        line = self.fontMetrics().height()
        return QSize(18 * line, 16 * line)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Axes, and room for some points."""
        line = self.fontMetrics().height()
        return QSize(9 * line, 8 * line)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the theme's font and colours."""
        super().changeEvent(event)
        self.updateGeometry()
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Lay the scatter out in another size."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint axes and points."""
        del event
        self.redraws += 1
        if self._frame is not None:
            painter = QPainter(self)
            paint = ScatterPainter(painter, self, self._frame)
            paint.paint(self.points, self._selected, self._hovered, self._captions)
            painter.end()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Tell what is under the mouse."""
        if event is not None:
            self._mouse = event.position()
            self._point()

    def leaveEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Nothing is under the mouse any more."""
        super().leaveEvent(event)
        self._mouse = None
        self._point()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Choose the region under the mouse."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            point = self.point_at(event.position())
            if point is not None:
                self.chosen.emit(point.structure_id)

    def _lay_out(self) -> None:
        scale = scale_of(self.points)
        self._frame = None if scale is None else frame_of(self.size(), self.fontMetrics(), scale)
        self._point()
        self.update()

    def _point(self) -> None:
        point = None if self._mouse is None else self.point_at(self._mouse)
        if point != self._hovered:
            self._hovered = point
            self.update()
            self.hovered.emit(point)
