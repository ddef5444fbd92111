"""A figure laid out in millimetres from its top left corner, as on a printed page."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from scipy.optimize import isotonic_regression

from napari_connectome.core.errors import DataError
from napari_connectome.figures.saving import MM_PER_INCH

POINT_MM = MM_PER_INCH / 72.0
MEASURED = FontProperties(size=100.0)


def check_width(width_mm: float, least_mm: float, what: str = "This figure") -> None:
    """Refuse paper on which a figure has no room.

    Raises
    ------
    DataError
        When it is narrower than `least_mm`, or has no end.
    """
    if not least_mm <= width_mm < float("inf"):
        raise DataError(f"{what} needs a width of at least {least_mm:g} mm; {width_mm:g} came.")


class Page:
    """A white figure of a given size.

    Parameters
    ----------
    width_mm, height_mm : float
        Size on paper.
    """

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self.width_mm, self.height_mm = width_mm, height_mm
        self.figure = Figure(
            figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), facecolor="white"
        )

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes without ticks whose top left corner is at (x, y)."""
        box = (
            x / self.width_mm,
            1.0 - (y + height) / self.height_mm,
            width / self.width_mm,
            height / self.height_mm,
        )
        axes = self.figure.add_axes(box)
        axes.set_xticks([])
        axes.set_yticks([])
        return axes

    def text(self, x: float, y: float, text: str, size_pt: float, **options: Any) -> Text:
        """Text at (x, y), by default left-aligned and centred vertically."""
        options = {"va": "center", "ha": "left"} | options
        place = (x / self.width_mm, 1.0 - y / self.height_mm)
        return self.figure.text(*place, text, fontsize=size_pt, **options)

    def line(self, start: tuple[float, float], end: tuple[float, float], **options: Any) -> None:
        """Line between two points (x, y)."""
        xs = [start[0] / self.width_mm, end[0] / self.width_mm]
        ys = [1.0 - start[1] / self.height_mm, 1.0 - end[1] / self.height_mm]
        self.figure.add_artist(Line2D(xs, ys, **options))

    def box(self, x: float, y: float, width: float, height: float, **options: Any) -> None:
        """Rectangle whose top left corner is at (x, y)."""
        corner = (x / self.width_mm, 1.0 - (y + height) / self.height_mm)
        size = (width / self.width_mm, height / self.height_mm)
        self.figure.add_artist(
            Rectangle(corner, *size, transform=self.figure.transFigure, **options)
        )


def text_width_mm(text: str, size_pt: float) -> float:
    """Room that a line of text needs."""
    return _width_em(text) * size_pt * POINT_MM


def wrapped(text: str, size_pt: float, width_mm: float) -> list[str]:
    """Text in lines that are no wider than `width_mm`, unless a single word is."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width_mm(longer, size_pt) > width_mm:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def _width_em(text: str) -> float:
    # From the widths of the letters: following their outlines takes fifty times as long.
    width, _, _ = text_to_path.get_text_width_height_descent(text, MEASURED, "$" in text)
    return float(width) / MEASURED.get_size_in_points()


def spread(
    centres: npt.NDArray[np.float64], spacing: float, low: float, high: float
) -> npt.NDArray[np.float64]:
    """Places near the given ones, in their order, at least `spacing` apart.

    The sum of squared shifts is the smallest that is possible between `low` and `high`;
    where there is too little room they go on beyond `high`.
    """
    if not len(centres):
        return centres
    steps = spacing * np.arange(len(centres))
    shifted = isotonic_regression(centres - steps).x
    return np.asarray(np.clip(shifted, low, max(high - steps[-1], low)) + steps, dtype=np.float64)
