"""How a fit converges, drawn while it runs: objective and bound, or the residual, over time."""

from __future__ import annotations

import math
from collections.abc import Mapping

from qtpy.QtCore import QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_connectome.widgets.appearance import faint, text_color
from napari_connectome.widgets.ticks import nice_ticks, number_text

SHOWN = (("objective", "lower_bound"), ("gap",), ("residual",))
"""What is drawn together; the first of which anything is known."""
NAMES = {
    "objective": "objective",
    "lower_bound": "lower bound",
    "gap": "gap",
    "residual": "residual",
}
MOST_POINTS = 2000
LINES = 9
"""Height in lines of text."""
Point = tuple[float, float]


class LivePlot(QWidget):
    """Curves over the seconds since the start, on a logarithmic scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("live_plot")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._curves: dict[str, list[Point]] = {}
        self._part = 0.0

    def sizeHint(self) -> QSize:  # noqa: N802
        """A few lines of text high."""
        return QSize(200, LINES * self.fontMetrics().height())

    @property
    def curves(self) -> dict[str, list[Point]]:
        """Seconds and values of everything that was added."""
        return self._curves

    def clear(self) -> None:
        """Forget the fit before."""
        self._curves = {}
        self.update()

    def add(self, elapsed_s: float, figures: Mapping[str, float]) -> None:
        """Add a moment; what is not above zero cannot be drawn.

        Figures with another ``part`` than those before are of another fit: curves begin anew.
        """
        part = figures.get("part", self._part)
        if part != self._part:
            self._curves, self._part = {}, part
        for name, value in figures.items():
            if name in NAMES and math.isfinite(value) and value > 0:
                curve = self._curves.setdefault(name, [])
                if not curve or curve[-1] != (elapsed_s, value):
                    curve.append((elapsed_s, value))
                if len(curve) > MOST_POINTS:
                    del curve[1:-1:2]
        self.update()

    def drawn(self) -> tuple[str, ...]:
        """Names of the curves that are shown."""
        for group in SHOWN:
            found = tuple(name for name in group if self._curves.get(name))
            if found:
                return found
        return ()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint axes and curves."""
        del event
        names = self.drawn()
        if not names:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = painter.fontMetrics()
        line, em = metrics.height(), metrics.averageCharWidth()
        scale = _Scale([self._curves[name] for name in names])
        labels = _written(scale.ticks())
        left = max((metrics.horizontalAdvance(text) for _, text in labels), default=0) + em
        frame = QRectF(left, 1.3 * line, self.width() - left - em, self.height() - 3.0 * line)
        ink = text_color(self)
        self._paint_axes(painter, frame, scale, labels, ink)
        for number, name in enumerate(names):
            pen = QPen(ink if number == 0 else faint(ink, 0.6), 2 if number == 0 else 1.5)
            pen.setStyle(Qt.PenStyle.SolidLine if number == 0 else Qt.PenStyle.DashLine)
            painter.setPen(pen)
            points = [scale.place(point, frame) for point in self._curves[name]]
            painter.drawPolyline(QPolygonF(points))
            if len(points) == 1:
                painter.drawEllipse(points[0], 2.0, 2.0)
        painter.setPen(faint(ink, 0.8))
        lasts = [f"{NAMES[name]} {number_text(self._curves[name][-1][1])}" for name in names]
        legend = "   - - ".join(["— " + lasts[0], *lasts[1:]])
        painter.drawText(QPointF(left, metrics.ascent()), legend)
        painter.end()

    def _paint_axes(
        self,
        painter: QPainter,
        frame: QRectF,
        scale: _Scale,
        labels: list[tuple[float, str]],
        ink: QColor,
    ) -> None:
        metrics = painter.fontMetrics()
        for value, text in labels:
            y = scale.place((0.0, value), frame).y()
            painter.setPen(faint(ink, 0.2))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(faint(ink, 0.8))
            width = metrics.horizontalAdvance(text) + metrics.averageCharWidth() / 2
            painter.drawText(QPointF(frame.left() - width, y + metrics.ascent() / 3), text)
        painter.setPen(faint(ink, 0.8))
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        base = frame.bottom() + metrics.ascent() + 2
        for seconds in nice_ticks(0.0, scale.seconds, count=4):
            text = f"{number_text(seconds)} s" if seconds else "0"
            x = scale.place((seconds, scale.low), frame).x()
            width = metrics.horizontalAdvance(text)
            painter.drawText(QPointF(min(x - width / 2, frame.right() - width), base), text)


def _written(values: list[float]) -> list[tuple[float, str]]:
    """Values with as many digits as it takes to tell them apart."""
    for digits in range(3, 9):
        texts = [number_text(value, digits) for value in values]
        if len(set(texts)) == len(texts):
            break
    return list(zip(values, texts, strict=True)) if values else []


class _Scale:
    """Where moments and values are in a frame."""

    def __init__(self, curves: list[list[Point]]) -> None:
        values = [value for curve in curves for _, value in curve]
        self.seconds = max(max(s for curve in curves for s, _ in curve), 1.0)
        low, high = min(values), max(values)
        room = max((high / low) ** 0.05, 1.001)
        self.low, self.high = low / room, high * room

    def ticks(self) -> list[float]:
        """Round values on the axis of values."""
        return nice_ticks(self.low, self.high, log=True, count=4)

    def place(self, point: Point, frame: QRectF) -> QPointF:
        """Position of a moment's value."""
        part = math.log(point[1] / self.low) / math.log(self.high / self.low)
        return QPointF(
            frame.left() + frame.width() * point[0] / self.seconds,
            frame.bottom() - frame.height() * part,
        )
