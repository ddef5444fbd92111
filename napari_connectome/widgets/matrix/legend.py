"""The colour scale of the matrix, and what zero and missing cells look like."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from qtpy.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget
from superqt import QElidingLabel

from napari_connectome.widgets.appearance import FontFollower, faint, text_color, text_label
from napari_connectome.widgets.color_bar import ColorScale
from napari_connectome.widgets.matrix.block_image import HATCH_PERIOD_PX, STRIPE_PART, hatch_tones
from napari_connectome.widgets.matrix.colors import (
    FLOOR_DECADES,
    ROBUST_PERCENTILE,
    ZERO_RGBA,
    ColorLimits,
    scale_colors,
)
from napari_connectome.widgets.ticks import number_text

SHORTEST_SCALE_EM = 17
"""Letters that the scale must be wide to stand in one row with the rest."""


class CellKey(QWidget):
    """A cell's look and what it means.

    Parameters
    ----------
    text : str
        What it means.
    hatched : bool
        A missing cell; else one that is zero.
    """

    def __init__(self, text: str, *, hatched: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._hatched = text, hatched
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The square and the text."""
        metrics = self.fontMetrics()
        height = metrics.height()
        return QSize(round(1.5 * height) + metrics.horizontalAdvance(self._text) + 2, height)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Follow the theme's font and colours."""
        super().changeEvent(event)
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the square and the text."""
        del event
        painter = QPainter(self)
        height = self.height()
        square = QRectF(0.5, 1.5, 1.2 * height - 1, height - 3)
        painter.fillRect(square, QColor(*ZERO_RGBA))
        if self._hatched:
            self._paint_hatch(painter, square)
        painter.setPen(faint(text_color(self), 0.5))
        painter.drawRect(square)
        painter.setPen(text_color(self))
        left = round(1.5 * height)
        area = QRectF(left, 0, self.width() - left, height)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, flags, self._text)
        painter.end()

    def _paint_hatch(self, painter: QPainter, square: QRectF) -> None:
        """The stripes that missing cells have on the canvas."""
        background = self.palette().color(QPalette.ColorRole.Window).getRgbF()
        stripe, ground = hatch_tones(text_color(self).getRgbF(), background)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(square)
        painter.fillRect(square, QColor.fromRgbF(*ground))
        pen = painter.pen()
        pen.setColor(QColor.fromRgbF(*stripe))
        pen.setWidthF(STRIPE_PART * HATCH_PERIOD_PX * 0.7)
        painter.setPen(pen)
        x = square.left() - square.height()
        while x < square.right():
            foot = QPointF(x, square.bottom())
            painter.drawLine(foot, foot + QPointF(square.height(), -square.height()))
            x += HATCH_PERIOD_PX
        painter.restore()


class MatrixLegend(QWidget):
    """Measure, unit, scale and keys; in one row where there is room, else in two."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix_legend")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._title = text_label("matrix_measure_title", wrap=False)
        self._unit = _Line()
        self._unit.setObjectName("matrix_unit")
        self._words = _stacked(self._title, self._unit)
        self.scale = ColorScale()
        self.scale.set_colors(scale_colors())
        zero, missing = CellKey("0", hatched=False), CellKey("missing", hatched=True)
        zero.setToolTip("The model says exactly zero")
        missing.setToolTip("No value: a region without voxels, or without data")
        self._keys = _stacked(zero, missing)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._one_row: bool | None = None
        self._arrange()
        FontFollower(self._title, self.scale, zero, missing)

    def set_scale(
        self, title: str, unit: str, values: NDArray[np.float64], limits: ColorLimits | None
    ) -> None:
        """Say what the colours mean.

        Parameters
        ----------
        title, unit : str
            The measure.
        values : ndarray of float64
            What is shown; the scale says where it ends before they do.
        limits : ColorLimits or None
            None: no value is above zero, there is no scale to show.
        """
        self.scale.setVisible(limits is not None)
        notes = ["no value above zero"]
        if limits is not None:
            self.scale.set_scale(limits.low, limits.high, log=limits.log)
            notes = _cut_notes(values, limits)
        self._title.setText(title)
        self._unit.setText(" · ".join([*notes, unit] if unit else notes))
        self._unit.setToolTip(f"{title}: {unit}" if unit else title)
        self.scale.setToolTip(_scale_tip(limits))
        self._arrange()

    def one_row_width(self) -> int:
        """Width from which everything stands in one row."""
        metrics = self._title.fontMetrics()
        title = metrics.horizontalAdvance(self._title.text())
        scale = SHORTEST_SCALE_EM * metrics.averageCharWidth()
        return title + scale + self._keys.sizeHint().width() + metrics.height()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """One row or two."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        one_row = self.width() >= self.one_row_width()
        self._title.setWordWrap(not one_row)
        if one_row == self._one_row:
            return
        self._one_row = one_row
        for part in (self._words, self.scale, self._keys):
            self._grid.removeWidget(part)
        self._grid.addWidget(self._words, 0, 0)
        if one_row:
            self._grid.addWidget(self.scale, 0, 1)
            self._grid.addWidget(self._keys, 0, 2)
        else:
            self._grid.addWidget(self._keys, 0, 1)
            self._grid.addWidget(self.scale, 1, 0, 1, 2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if one_row else 0)


class _Line(QElidingLabel):
    """One line that may be as narrow as its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setIndent(0)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Any width, one line high."""
        return QSize(0, self.fontMetrics().height())


def _stacked(*parts: QWidget) -> QWidget:
    """One above the other."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    for part in parts:
        column.addWidget(part)
    return widget


def _cut_notes(values: NDArray[np.float64], limits: ColorLimits) -> list[str]:
    """Where the scale ends before the values do."""
    positive = values[np.isfinite(values) & (values > 0)]
    notes = []
    if limits.log and positive.min() < limits.low:
        notes.append(f"floor {number_text(limits.low)}")
    if positive.max() > limits.high:
        notes.append(f"top {number_text(limits.high)}")
    return notes


def _scale_tip(limits: ColorLimits | None) -> str:
    if limits is None:
        return ""
    low, high = number_text(limits.low), number_text(limits.high)
    if limits.log:
        return (
            f"Logarithmic from {low} to {high}: down to the smallest value above zero, "
            f"but not more than {FLOOR_DECADES:.0f} decades"
        )
    return (
        f"Linear from {low} to {high}: {ROBUST_PERCENTILE} % of the values above zero "
        "are below the top"
    )
