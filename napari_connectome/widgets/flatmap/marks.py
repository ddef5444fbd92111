"""What is written on a map: acronyms, L and R, a scale bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from napari_connectome.widgets.appearance import there
from napari_connectome.widgets.flatmap.content import FlatmapContent
from napari_connectome.widgets.flatmap.frame import MARGIN, Frame, Size
from napari_connectome.widgets.flatmap.outlines import LabelPlace

BAR_LENGTHS_MM = (10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05)
BAR_SHARE = 0.2
"""Part of the canvas that the scale bar takes at most."""
FONT_SCALES = (0.95, 0.8)
"""Sizes tried for an acronym, as parts of the theme's font."""
SPILL = 1.2
"""An acronym may be this much wider than its region: the borders stay in sight above it."""
AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
BETWEEN = 4.0
"""Screen pixels left free between two acronyms."""


@dataclass(frozen=True)
class Ink:
    """Colours of the writing and of the halos around it, on the map and beside it."""

    on_map: QColor
    map_halo: QColor
    beside: QColor
    halo: QColor


@dataclass(frozen=True)
class Label:
    """An acronym, its font and the screen pixels that it covers."""

    text: str
    font: QFont
    area: QRectF


def fitting_labels(
    places: Sequence[LabelPlace], frame: Frame, size: Size, font: QFont
) -> list[Label]:
    """Acronyms that fit into their region on the screen and keep clear of one another.

    Parameters
    ----------
    places : sequence of LabelPlace
        The first ones go first.
    frame : Frame
        What is seen of the map.
    size : tuple of float
        Width and height of the canvas.
    font : QFont
        The theme's font.
    """
    fonts = [_scaled(font, scale) for scale in FONT_SCALES]
    metrics = [QFontMetricsF(f) for f in fonts]
    screen = QRectF(0, 0, *size)
    kept: list[Label] = []
    for place in places:
        x, y = frame.screen_point(place.x, place.y)
        room = (place.width * frame.scale, place.height * frame.scale)
        for tried, metric in zip(fonts, metrics, strict=True):
            width = metric.horizontalAdvance(place.region.acronym)
            height = metric.capHeight()
            area = QRectF(x - width / 2, y - height / 2, width, height)
            if width <= SPILL * room[0] and height * 1.4 <= room[1]:
                if screen.contains(area) and _is_free(area, kept):
                    kept.append(Label(place.region.acronym, tried, area))
                break
    return kept


def bar_length_mm(um_per_screen_pixel: float, width: float) -> float:
    """A round length that a scale bar shows on a canvas of this width."""
    longest = width * BAR_SHARE * um_per_screen_pixel / 1000
    return next((length for length in BAR_LENGTHS_MM if length <= longest), BAR_LENGTHS_MM[-1])


class Marks:
    """Paints the writing into an image of the canvas.

    Parameters
    ----------
    content : FlatmapContent
        The map.
    places : sequence of LabelPlace
        Where its acronyms stand.
    """

    def __init__(self, content: FlatmapContent, places: Sequence[LabelPlace]) -> None:
        self._content = content
        self._places = places
        self._sides = dict(_side_corners(content))

    def painted(
        self, frame: Frame, size: Size, ratio: float, font: QFont, ink: Ink, *, names: bool
    ) -> npt.NDArray[np.uint8]:
        """RGBA bytes with shape (height, width, 4) in physical pixels.

        Parameters
        ----------
        frame, size : Frame, tuple of float
            What is seen, on a canvas of which width and height.
        ratio : float
            Physical pixels per logical one.
        font, ink : QFont, Ink
            The theme's font and colours.
        names : bool
            Whether acronyms are written.
        """
        image = QImage(
            round(size[0] * ratio), round(size[1] * ratio), QImage.Format.Format_RGBA8888
        )
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        if names:
            for label in fitting_labels(self._places, frame, size, font):
                painter.setFont(label.font)
                _write(painter, label.area.bottomLeft(), label.text, ink.on_map, ink.map_halo)
        self._paint_sides(painter, frame, size, font, ink)
        self._paint_bar(painter, frame, size, font, ink)
        painter.end()
        return _bytes_of(image)

    def _paint_sides(
        self, painter: QPainter, frame: Frame, size: Size, font: QFont, ink: Ink
    ) -> None:
        """L and R above the outer corners of the hemispheres, always in sight."""
        bold = QFont(font)
        bold.setBold(True)
        painter.setFont(bold)
        metrics = QFontMetricsF(bold)
        for text, (corner, top, outward) in self._sides.items():
            x, y = frame.screen_point(corner, top)
            width = metrics.horizontalAdvance(text)
            x = min(max(x - (width if outward > 0 else 0), MARGIN), size[0] - MARGIN - width)
            y = min(max(y - MARGIN / 2, MARGIN + metrics.capHeight()), size[1] - MARGIN)
            _write(painter, QPointF(x, y), text, ink.beside, ink.halo)

    def _paint_bar(
        self, painter: QPainter, frame: Frame, size: Size, font: QFont, ink: Ink
    ) -> None:
        """A length in mm at the lower left."""
        um_per_pixel = self._content.pixel_um / frame.scale
        length_mm = bar_length_mm(um_per_pixel, size[0])
        width = 1000 * length_mm / um_per_pixel
        small = _scaled(font, FONT_SCALES[0])
        metrics = QFontMetricsF(small)
        y = size[1] - MARGIN - metrics.capHeight() / 2
        for color, thickness in ((ink.halo, 4.0), (ink.beside, 2.0)):
            painter.setPen(QPen(color, thickness, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(MARGIN, y), QPointF(MARGIN + width, y))
        painter.setFont(small)
        approximate = "" if self._content.has_true_scale else " approx."
        place = QPointF(MARGIN + width + MARGIN * 0.75, y + metrics.capHeight() / 2)
        _write(painter, place, f"{length_mm:g} mm{approximate}", ink.beside, ink.halo)


def _side_corners(content: FlatmapContent) -> Iterator[tuple[str, tuple[float, float, int]]]:
    """Outer upper corner of each hemisphere on the map, and the way out: -1 left, 1 right."""
    columns = {
        text: np.flatnonzero((content.has_path & side).any(axis=0))
        for text, side in (("L", content.left), ("R", ~content.left))
    }
    if not all(len(found) for found in columns.values()):
        return
    top = float(np.flatnonzero(content.has_path.any(axis=1))[0])
    left_first = columns["L"].mean() < columns["R"].mean()
    for text, found in columns.items():
        if (text == "L") == left_first:
            yield text, (float(found[0]), top, -1)
        else:
            yield text, (float(found[-1]) + 1, top, 1)


def _write(painter: QPainter, place: QPointF, text: str, color: QColor, halo: QColor) -> None:
    """Text with a halo one pixel wide; `place` is the start of its base line."""
    start = QPointF(round(place.x()), round(place.y()))
    painter.setPen(halo)
    for dx, dy in AROUND:
        painter.drawText(start + QPointF(dx, dy), text)
    painter.setPen(color)
    painter.drawText(start, text)


def _is_free(area: QRectF, kept: Sequence[Label]) -> bool:
    wide = area.adjusted(-BETWEEN, -BETWEEN, BETWEEN, BETWEEN)
    return not any(wide.intersects(label.area) for label in kept)


def _scaled(font: QFont, scale: float) -> QFont:
    result = QFont(font)
    if font.pixelSize() > 0:
        result.setPixelSize(max(1, round(font.pixelSize() * scale)))
    else:
        result.setPointSizeF(font.pointSizeF() * scale)
    return result


def _bytes_of(image: QImage) -> npt.NDArray[np.uint8]:
    pixels = there(image.constBits()).asstring(image.sizeInBytes())
    return np.frombuffer(pixels, dtype=np.uint8).reshape(image.height(), image.width(), 4)
