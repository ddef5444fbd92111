"""Filled rectangles over the cells: lines that are sharp and as wide as they should be."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QRegion
from qtpy.QtWidgets import QWidget

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels."""
Rgba = tuple[float, float, float, float]
Bar = tuple[Rect, Rgba]


class BarSheet(QWidget):
    """A transparent sheet over a canvas, with rectangles; later ones over earlier ones.

    Qt paints it, so that a selection draws no cell again: where a processor stands in for a
    graphics card, that is half of the time of a redraw.

    Attributes
    ----------
    redraws : int
        How often other rectangles were painted so far.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.redraws = 0
        self._has_changed = False
        self.shown: tuple[Bar, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        # A theme's style sheet must not fill it.
        self.setStyleSheet("background: transparent")

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show other rectangles; only what changes is painted."""
        changed = set(self.shown).symmetric_difference(bars)
        self.shown = tuple(bars)
        if changed:
            self._has_changed = True
            region = QRegion()
            for rect, _color in changed:
                region += _placed(rect).toAlignedRect()
            self.update(region)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the rectangles."""
        del event
        self.redraws += self._has_changed
        self._has_changed = False
        painter = QPainter(self)
        for rect, color in self.shown:
            painter.fillRect(_placed(rect), QColor.fromRgbF(*color))
        painter.end()


def around(rect: Rect, outside: float, inside: float, color: Rgba) -> tuple[Bar, ...]:
    """Four bars around a rectangle, from so far outside of it to so far inside."""
    left, top, right, bottom = rect
    outer = (left - outside, top - outside, right + outside, bottom + outside)
    inner = (left + inside, top + inside, right - inside, bottom - inside)
    return (
        ((outer[0], outer[1], outer[2], inner[1]), color),
        ((outer[0], inner[3], outer[2], outer[3]), color),
        ((outer[0], inner[1], inner[0], inner[3]), color),
        ((inner[2], inner[1], outer[2], inner[3]), color),
    )


def _placed(rect: Rect) -> QRectF:
    """On whole pixels: lines must not fade."""
    left, top, right, bottom = (float(round(edge)) for edge in rect)
    return QRectF(left, top, right - left, bottom - top)
