"""What is written on a map: acronyms, L and R, a scale bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from qtpy.QtCore import QPointF
from qtpy.QtGui import QFont, QFontMetricsF

from napari_connectome.widgets.flatmap.content import FlatmapContent
from napari_connectome.widgets.flatmap.frame import MARGIN, Frame
from napari_connectome.widgets.flatmap.labels import fitting_labels
from napari_connectome.widgets.flatmap.outlines import LabelPlace
from napari_connectome.widgets.flatmap.paper import Painted, Paper, Writer, scaled

BAR_LENGTHS_MM = (10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05)
BAR_SHARE = 0.2
"""Part of the canvas that the scale bar takes at most."""
BAR_FONT = 0.95
"""Size of its text, as a part of the theme's font."""


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

    def painted(self, frame: Frame, paper: Paper, *, names: bool) -> Painted:
        """The writing for what is seen of the map, with or without acronyms."""
        writer = Writer(paper)
        if names:
            ink = paper.ink
            for label in fitting_labels(self._places, frame, paper.size, paper.font):
                place = label.area.bottomLeft()
                writer.write(place, label.text, label.font, ink.on_map, ink.map_halo)
        self._write_sides(writer, frame, paper)
        self._draw_bar(writer, frame, paper)
        return writer.finish()

    def _write_sides(self, writer: Writer, frame: Frame, paper: Paper) -> None:
        """L and R above the outer corners of the hemispheres, always in sight."""
        bold = QFont(paper.font)
        bold.setBold(True)
        metrics = QFontMetricsF(bold)
        right, bottom = (edge - MARGIN for edge in paper.size)
        for text, (corner, top, outward) in self._sides.items():
            x, y = frame.screen_point(corner, top)
            width = metrics.horizontalAdvance(text)
            x = min(max(x - (width if outward > 0 else 0), MARGIN), right - width)
            y = min(max(y - MARGIN / 2, MARGIN + metrics.capHeight()), bottom)
            writer.write(QPointF(x, y), text, bold, paper.ink.beside, paper.ink.halo)

    def _draw_bar(self, writer: Writer, frame: Frame, paper: Paper) -> None:
        """A length in mm at the lower left, where a map of round outline leaves a corner."""
        um_per_pixel = self._content.pixel_um / frame.scale
        length_mm = bar_length_mm(um_per_pixel, paper.size[0])
        end = MARGIN + 1000 * length_mm / um_per_pixel
        font = scaled(paper.font, BAR_FONT)
        y = paper.size[1] - MARGIN / 2
        color, halo = paper.ink.beside, paper.ink.halo
        writer.draw_line(QPointF(MARGIN, y), QPointF(end, y), color, halo)
        text = f"{'' if self._content.has_true_scale else '≈ '}{length_mm:g} mm"
        writer.write(QPointF(MARGIN, y - MARGIN * 0.75), text, font, color, halo)


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
