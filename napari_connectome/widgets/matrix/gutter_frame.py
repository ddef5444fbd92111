"""Drawing beside an axis, the same for rows (left of the cells) and columns (above them)."""

from __future__ import annotations

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QPainter, QPolygonF

Align = Qt.AlignmentFlag


class GutterFrame:
    """Places by their distance from the cells and by their position along the axis.

    Parameters
    ----------
    rows : bool
        True: left of the cells, the axis runs down. False: above them, it runs right.
    depth : float
        From the cells to the far edge, pixels.
    """

    def __init__(self, rows: bool, depth: float) -> None:
        self._rows = rows
        self._depth = depth

    def rect(self, near: float, far: float, start: float, stop: float) -> QRectF:
        """Rectangle between two distances from the cells and two positions along the axis."""
        if self._rows:
            return QRectF(self._depth - far, start, far - near, stop - start)
        return QRectF(start, self._depth - far, stop - start, far - near)

    def point(self, distance: float, along: float) -> QPointF:
        """Point at a distance from the cells."""
        if self._rows:
            return QPointF(self._depth - distance, along)
        return QPointF(along, self._depth - distance)

    def arrow(self, near: float, far: float, middle: float, half: float) -> QPolygonF:
        """Triangle that points at the cells."""
        corners = ((near, middle), (far, middle - half), (far, middle + half))
        return QPolygonF([self.point(distance, along) for distance, along in corners])

    def text_across(
        self, painter: QPainter, near: float, far: float, middle: float, text: str
    ) -> None:
        """Text that ends (or, beside columns, begins) at the cells; it is cut to fit."""
        metrics = painter.fontMetrics()
        line = metrics.height()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(far - near))
        if self._rows:
            area = self.rect(near, far, middle - line / 2, middle + line / 2)
            painter.drawText(area, Align.AlignRight | Align.AlignVCenter, shown)
            return
        painter.save()
        painter.translate(self.point(near, middle))
        painter.rotate(-90)
        area = QRectF(0, -line / 2, far - near, line)
        painter.drawText(area, Align.AlignLeft | Align.AlignVCenter, shown)
        painter.restore()

    def text_along(
        self, painter: QPainter, near: float, far: float, start: float, stop: float, text: str
    ) -> None:
        """Text in the middle between two positions along the axis; it is cut to fit."""
        area = self.rect(near, far, start, stop)
        elide = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(text, elide, int(stop - start))
        if not self._rows:
            painter.drawText(area, Align.AlignCenter, text)
            return
        painter.save()
        painter.translate(area.bottomLeft())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), area.width()), Align.AlignCenter, text)
        painter.restore()
