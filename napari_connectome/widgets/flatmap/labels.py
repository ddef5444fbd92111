"""Which acronyms are written on a map, how large, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qtpy.QtCore import QRectF
from qtpy.QtGui import QFont, QFontMetricsF

from napari_connectome.widgets.flatmap.frame import Frame, Size
from napari_connectome.widgets.flatmap.outlines import LabelPlace
from napari_connectome.widgets.flatmap.paper import scaled

FONT_SCALES = (0.95, 0.8)
"""Sizes tried for an acronym, as parts of the theme's font."""
SPILL = 1.2
"""An acronym may be this much wider than its region: the borders stay in sight above it."""
BETWEEN = 4.0
"""Screen pixels left free between two acronyms."""


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
    fonts = [scaled(font, scale) for scale in FONT_SCALES]
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


def _is_free(area: QRectF, kept: Sequence[Label]) -> bool:
    wide = area.adjusted(-BETWEEN, -BETWEEN, BETWEEN, BETWEEN)
    return not any(wide.intersects(label.area) for label in kept)
