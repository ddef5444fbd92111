"""What cells look like that are zero, missing, or marked."""

from __future__ import annotations

from typing import Literal

from qtpy.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPalette
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_connectome.widgets.appearance import faint, text_color
from napari_connectome.widgets.matrix.block_image import (
    DOT_PART,
    HATCH_PERIOD_PX,
    STRIPE_PART,
    hatch_tones,
)
from napari_connectome.widgets.matrix.colors import ZERO_RGBA

Look = Literal["zero", "missing", "completed", "undetermined", "painted"]
VALUE_RGBA = (231, 155, 72, 255)
"""Some colour of the scale, under the patterns of cells that have a value."""


class CellKey(QWidget):
    """A cell's look and what it means.

    Parameters
    ----------
    text : str
        What it means.
    look : {"zero", "missing", "completed", "undetermined", "painted"}
        Which cell.
    """

    def __init__(self, text: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._look = text, look
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
        painter.fillRect(square, QColor(*(ZERO_RGBA if self._look == "zero" else VALUE_RGBA)))
        if self._look in ("missing", "painted"):
            self._paint_hatch(painter, square)
        elif self._look != "zero":
            self._paint_mark(painter, square)
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
        if self._look == "missing":
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

    def _paint_mark(self, painter: QPainter, square: QRectF) -> None:
        """The dots of completed cells, or the crossing lines of blind ones."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(square)
        ink = QColor(*ZERO_RGBA)
        if self._look == "completed":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            radius, step = DOT_PART * HATCH_PERIOD_PX, HATCH_PERIOD_PX * 0.8
            for down in (0.25, 0.75):
                y = square.top() + down * square.height()
                for number in range(int(square.width() / step)):
                    x = square.left() + (number + 0.6) * step
                    painter.drawEllipse(QPointF(x, y), radius, radius)
        else:
            painter.setPen(ink)
            for lean in (-1.0, 1.0):
                x = square.left() - square.height()
                while x < square.right() + square.height():
                    foot = QPointF(x, square.bottom())
                    painter.drawLine(foot, foot + QPointF(lean * square.height(), -square.height()))
                    x += HATCH_PERIOD_PX
        painter.restore()
