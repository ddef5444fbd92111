"""Text and lines with a halo, painted into a picture that a canvas shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from napari_connectome.widgets.appearance import there
from napari_connectome.widgets.flatmap.colors import Colored
from napari_connectome.widgets.flatmap.frame import Size
from napari_connectome.widgets.flatmap.pixels import Area

HALO = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
"""Where a text is written once more, in logical pixels."""
EDGE = 2.0
"""Room around a text for its halo and for strokes that leave its box."""


@dataclass(frozen=True)
class Ink:
    """Colours of the writing and of the halos around it, on the map and beside it."""

    on_map: QColor
    map_halo: QColor
    beside: QColor
    halo: QColor


@dataclass(frozen=True)
class Paper:
    """What is written on.

    Parameters
    ----------
    size : tuple of float
        Width and height in logical pixels.
    ratio : float
        Physical pixels per logical one.
    font : QFont
        The theme's font.
    ink : Ink
        The theme's colours.
    """

    size: Size
    ratio: float
    font: QFont
    ink: Ink


@dataclass(frozen=True, eq=False)
class Painted:
    """The writing: RGBA bytes in physical pixels, and the parts that are not empty."""

    pixels: Colored
    areas: tuple[Area, ...]
    ratio: float


class Writer:
    """Writes on a paper, and knows where."""

    def __init__(self, paper: Paper) -> None:
        self._ratio = paper.ratio
        width, height = (max(1, round(edge * paper.ratio)) for edge in paper.size)
        self._image = QImage(width, height, QImage.Format.Format_RGBA8888)
        self._image.setDevicePixelRatio(paper.ratio)
        self._image.fill(Qt.GlobalColor.transparent)
        self._painter = QPainter(self._image)
        self._areas: list[Area] = []

    def write(self, place: QPointF, text: str, font: QFont, color: QColor, halo: QColor) -> None:
        """Write a text; `place` is the start of its base line."""
        start = QPointF(round(place.x()), round(place.y()))
        painter = self._painter
        painter.setFont(font)
        painter.setPen(halo)
        for dx, dy in HALO:
            painter.drawText(start + QPointF(dx, dy), text)
        painter.setPen(color)
        painter.drawText(start, text)
        self._note(QFontMetricsF(font).boundingRect(text).translated(start))

    def draw_line(self, start: QPointF, end: QPointF, color: QColor, halo: QColor) -> None:
        """Draw a line two pixels thick."""
        for tint, thickness in ((halo, 4.0), (color, 2.0)):
            pen = QPen(tint, thickness, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            self._painter.setPen(pen)
            self._painter.drawLine(start, end)
        self._note(QRectF(start, end))

    def finish(self) -> Painted:
        """End writing."""
        self._painter.end()
        rows, columns = self._image.height(), self._image.width()
        pixels = there(self._image.constBits()).asstring(self._image.sizeInBytes())
        colored = np.frombuffer(pixels, dtype=np.uint8).reshape(rows, columns, 4)
        return Painted(colored, tuple(self._areas), self._ratio)

    def _note(self, area: QRectF) -> None:
        box = area.adjusted(-EDGE, -EDGE, EDGE, EDGE)
        edges = (box.left(), box.top(), box.width(), box.height())
        left, top, width, height = (edge * self._ratio for edge in edges)
        self._areas.append((left, top, width, height))


def scaled(font: QFont, scale: float) -> QFont:
    """A font of another size."""
    result = QFont(font)
    if font.pixelSize() > 0:
        result.setPixelSize(max(1, round(font.pixelSize() * scale)))
    else:
        result.setPointSizeF(font.pointSizeF() * scale)
    return result
