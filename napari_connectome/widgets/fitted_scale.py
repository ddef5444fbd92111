"""A colour scale that can stand in one line of text, for views of little height."""

from __future__ import annotations

from qtpy.QtCore import QRectF, QSize, Qt
from qtpy.QtGui import QPainter, QPaintEvent
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.appearance import faint, text_color
from napari_connectome.widgets.color_bar import ColorScale
from napari_connectome.widgets.ticks import number_text

LEAST_BAR_EM = 4
"""Letters that the colours keep at least; numbers without room are left out."""
BAR_PART = 0.75
"""Height of the colours in the line."""


class FittedScale(ColorScale):
    """Ticks and numbers under the colours, or the two limits beside them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._one_line = False

    @property
    def is_one_line(self) -> bool:
        """Whether the limits stand beside the colours."""
        return self._one_line

    def set_one_line(self, on: bool) -> None:
        """Take one line, or as much as ticks and numbers need."""
        if on != self._one_line:
            self._one_line = on
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line of text, or colours, ticks and numbers."""
        hint = super().sizeHint()
        return QSize(hint.width(), self.fontMetrics().height()) if self._one_line else hint

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same height, narrower."""
        return QSize(LEAST_BAR_EM * self.fontMetrics().averageCharWidth(), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the scale as it fits."""
        if not self._one_line:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(text_color(self))
        left, right = self._paint_limits(painter)
        height = round(BAR_PART * self.height())
        top = (self.height() - height) // 2
        bar = QRectF(left + 0.5, top + 0.5, right - left - 1.0, height - 1.0)
        painter.fillRect(bar, self._gradient(bar))
        painter.setPen(faint(text_color(self), 0.4))
        painter.drawRect(bar)
        painter.end()

    def _paint_limits(self, painter: QPainter) -> tuple[int, int]:
        """Write the limits; from where to where there is room for the colours."""
        metrics, whole = self.fontMetrics(), QRectF(self.rect())
        em, middle = metrics.averageCharWidth(), Qt.AlignmentFlag.AlignVCenter
        low, high = (number_text(value) for value in self.limits)
        before, after = (metrics.horizontalAdvance(text) + em for text in (low, high))
        if self.width() < before + after + LEAST_BAR_EM * em:
            return 0, self.width()
        painter.drawText(whole, middle | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(whole, middle | Qt.AlignmentFlag.AlignRight, high)
        return before, self.width() - after
