"""Where everything lies in a scatter of regions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qtpy.QtCore import QPointF, QRectF, QSize
from qtpy.QtGui import QFontMetrics

from napari_connectome.widgets.compare.points import PointScale, RegionPoint
from napari_connectome.widgets.ticks import nice_ticks, number_text

PAD_PX = 4.0
TICK_PX = 4.0
ZERO_EM = 2.5
"""Width of the strip where zeros stand, in widths of a letter."""
WIDEST_NUMBER = "5×10⁻⁵"
EM_PER_TICK = 9.0


@dataclass(frozen=True)
class ScatterFrame:
    """Places in pixels: A from left to right, B from bottom to top.

    Parameters
    ----------
    plot : QRectF
        Where values above zero lie.
    zero : float
        Width of the strip of zeros to the left of it, and below it.
    scale : PointScale
        Both axes.
    ticks : tuple of (float, str)
        Values and numbers.
    """

    plot: QRectF
    zero: float
    scale: PointScale
    ticks: tuple[tuple[float, str], ...]

    def part(self, value: float) -> float:
        """Place of a value along an axis, 0 to 1; below 0 for the strip of zeros."""
        scale = self.scale
        if value < scale.low:
            return -1.0
        return math.log(value / scale.low) / math.log(scale.high / scale.low)

    def x_of(self, value: float) -> float:
        """Place of a value of A."""
        part = self.part(value)
        if part < 0:
            return self.plot.left() - self.zero / 2
        return self.plot.left() + part * self.plot.width()

    def y_of(self, value: float) -> float:
        """Place of a value of B."""
        part = self.part(value)
        if part < 0:
            return self.plot.bottom() + self.zero / 2
        return self.plot.bottom() - part * self.plot.height()

    def place_of(self, point: RegionPoint) -> QPointF:
        """Where a region is painted."""
        return QPointF(self.x_of(point.a), self.y_of(point.b))

    @property
    def whole(self) -> QRectF:
        """Plot and strips."""
        return self.plot.adjusted(-self.zero, 0, 0, self.zero)


def frame_of(size: QSize, metrics: QFontMetrics, scale: PointScale) -> ScatterFrame:
    """Lay a scatter out: numbers at the left and below, a line of words below them.

    Parameters
    ----------
    size : QSize
        The whole.
    metrics : QFontMetrics
        Of the text.
    scale : PointScale
        Both axes.
    """
    line, em = float(metrics.height()), float(metrics.averageCharWidth())
    zero = ZERO_EM * em
    left = line + metrics.horizontalAdvance(WIDEST_NUMBER) + TICK_PX + PAD_PX + zero
    bottom = size.height() - 2 * line - TICK_PX - PAD_PX - zero
    right, top = size.width() - 2.5 * em, PAD_PX + line / 2
    width, height = max(right - left, 1.0), max(bottom - top, 1.0)
    count = max(2, min(6, int(min(width / (EM_PER_TICK * em), height / (1.5 * line)))))
    values = nice_ticks(scale.low, scale.high, log=True, count=count)
    ticks = tuple((value, number_text(value)) for value in values)
    return ScatterFrame(QRectF(left, top, width, height), zero, scale, ticks)
