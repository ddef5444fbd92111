"""Painting a scatter of regions: axes, the line of equal values, discs and rings."""

from __future__ import annotations

from collections.abc import Sequence, Set

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPalette, QPen
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.appearance import faint, text_color
from napari_connectome.widgets.compare.points import RegionPoint
from napari_connectome.widgets.compare.scatter_frame import PAD_PX, TICK_PX, ScatterFrame
from napari_connectome.widgets.matrix.gutter_look import DARK_ACCENT, LIGHT_ACCENT

RADIUS_PX = 4.0
RING_PX = 1.6
MARK_PX = 7.5
Align = Qt.AlignmentFlag


class ScatterPainter:
    """Paints on a widget in its font and colours.

    Parameters
    ----------
    painter : QPainter
        Of the widget.
    widget : QWidget
        Gives font and colours.
    frame : ScatterFrame
        Where things lie.
    """

    def __init__(self, painter: QPainter, widget: QWidget, frame: ScatterFrame) -> None:
        self._painter, self._frame = painter, frame
        self._ink = text_color(widget)
        self._paper = widget.palette().color(QPalette.ColorRole.Window)
        self._accent = DARK_ACCENT if self._ink.lightnessF() > 0.5 else LIGHT_ACCENT
        painter.setFont(widget.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._metrics = painter.fontMetrics()

    def paint(
        self,
        points: Sequence[RegionPoint],
        selected: Set[int],
        hovered: RegionPoint | None,
        captions: tuple[str, str],
    ) -> None:
        """Paint everything; `captions` name the axes of A and B."""
        self._paint_field()
        self._paint_ticks()
        self._paint_captions(captions)
        for point in points:
            self._paint_point(point)
        for point in points:
            if point.structure_id in selected:
                self._paint_mark(point, self._accent)
        if hovered is not None:
            self._paint_mark(hovered, self._ink)

    def _paint_field(self) -> None:
        """The strips of zeros, the frame, and the line where both are equal."""
        frame, painter = self._frame, self._painter
        whole, plot = frame.whole, frame.plot
        strip = faint(self._ink, 0.06)
        painter.fillRect(QRectF(whole.left(), whole.top(), frame.zero, whole.height()), strip)
        painter.fillRect(QRectF(plot.left(), plot.bottom(), plot.width(), frame.zero), strip)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(faint(self._ink, 0.35), 1))
        painter.drawRect(whole)
        painter.setPen(QPen(faint(self._ink, 0.5), 1, Qt.PenStyle.DashLine))
        painter.drawLine(plot.bottomLeft(), plot.topRight())

    def _paint_ticks(self) -> None:
        frame, painter = self._frame, self._painter
        whole, line = frame.whole, float(self._metrics.height())
        grid, ink = QPen(faint(self._ink, 0.12), 1), QPen(self._ink, 1)
        free_from = 0.0
        for value, text in ((0.0, "0"), *frame.ticks):
            x, y = frame.x_of(value), frame.y_of(value)
            painter.setPen(grid)
            if value > 0:
                painter.drawLine(QPointF(x, whole.top()), QPointF(x, whole.bottom()))
                painter.drawLine(QPointF(whole.left(), y), QPointF(whole.right(), y))
            painter.setPen(ink)
            painter.drawLine(QPointF(x, whole.bottom()), QPointF(x, whole.bottom() + TICK_PX))
            painter.drawLine(QPointF(whole.left() - TICK_PX, y), QPointF(whole.left(), y))
            width = self._metrics.horizontalAdvance(text)
            left = x - width / 2
            if left >= free_from:
                area = QRectF(left, whole.bottom() + TICK_PX, width + 2, line)
                painter.drawText(area, Align.AlignLeft | Align.AlignVCenter, text)
                free_from = left + width + self._metrics.averageCharWidth()
            beside = QRectF(0, y - line / 2, whole.left() - TICK_PX - 2, line)
            painter.drawText(beside, Align.AlignRight | Align.AlignVCenter, text)

    def _paint_captions(self, captions: tuple[str, str]) -> None:
        whole, line, painter = self._frame.whole, self._metrics.height(), self._painter
        painter.setPen(faint(self._ink, 0.85))
        below = QRectF(whole.left(), whole.bottom() + TICK_PX + line, whole.width(), line)
        painter.drawText(below, Align.AlignCenter, self._cut(captions[0], whole.width()))
        painter.save()
        painter.translate(PAD_PX / 2, whole.bottom())
        painter.rotate(-90)
        beside = QRectF(0, 0, whole.height(), line)
        painter.drawText(beside, Align.AlignCenter, self._cut(captions[1], whole.height()))
        painter.restore()

    def _cut(self, text: str, width: float) -> str:
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width))

    def _paint_point(self, point: RegionPoint) -> None:
        """A disc on the right, a ring on the left; an outline keeps either off the background."""
        painter, place, color = self._painter, self._frame.place_of(point), QColor(*point.rgb)
        if point.left:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(faint(self._ink, 0.45), RING_PX + 1.2))
            painter.drawEllipse(place, RADIUS_PX - 0.5, RADIUS_PX - 0.5)
            painter.setPen(QPen(color, RING_PX))
            painter.drawEllipse(place, RADIUS_PX - 0.5, RADIUS_PX - 0.5)
        else:
            painter.setPen(QPen(faint(self._ink, 0.6), 0.8))
            painter.setBrush(color)
            painter.drawEllipse(place, RADIUS_PX, RADIUS_PX)

    def _paint_mark(self, point: RegionPoint, color: QColor) -> None:
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(color, 2))
        self._painter.drawEllipse(self._frame.place_of(point), MARK_PX, MARK_PX)
