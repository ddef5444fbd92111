"""Marks of completed cells on paper: a dot in each, a cross where nothing determines it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from napari_connectome.core.regional_matrix import COMPLETED, UNDETERMINED, Marks
from napari_connectome.figures.page import Page

Values = npt.NDArray[np.float64]
NAMES = {COMPLETED: "completed", UNDETERMINED: "not determined"}
INK = 0.75
"""Opacity of the marks: black on light cells, white on dark ones."""
FINE, COARSE, MANY = 15, 5, 10_000
"""Points across a cell: in a small matrix, and in one of many cells, where a dot is one of them."""
LIGHTNESS = np.array([0.299, 0.587, 0.114])


def draw_marks(axes: Axes, marks: Marks, rgba: Values) -> None:
    """Draw marks over cells of given colours.

    Parameters
    ----------
    axes : Axes
        Where one cell is one unit, the first with its middle at 0.
    marks : ndarray of int8, shape (r, c)
        See :mod:`napari_connectome.core.regional_matrix`.
    rgba : ndarray of float64, shape (r, c, 4)
        Colours of the cells; transparent ones are missing and get no mark.
    """
    rows, columns = marks.shape
    ink = np.zeros((rows, columns, 4))
    ink[..., :3] = (rgba[..., :3] @ LIGHTNESS < 0.4)[..., None]
    ink[..., 3] = INK * (rgba[..., 3] > 0)
    points = COARSE if marks.size > MANY else FINE
    overlay = np.repeat(np.repeat(ink, points, axis=0), points, axis=1)
    patterns = _patterns(points).items()
    shown = sum(np.kron(marks == mark, pattern) for mark, pattern in patterns)
    overlay[..., 3] *= shown
    extent = (-0.5, columns - 0.5, rows - 0.5, -0.5)
    axes.imshow(overlay, interpolation="nearest", aspect="auto", extent=extent, zorder=1.5)


def _patterns(points: int) -> dict[int, Values]:
    """What lies over one cell by its mark, shape (points, points)."""
    along = np.abs(np.arange(points) - points // 2) / points
    place = (np.arange(points) - points // 2) / points
    dot = np.hypot(*np.meshgrid(along, along)) < 0.15
    lean = np.abs(np.abs(place[:, None]) - np.abs(place[None])) * points
    return {COMPLETED: dot.astype(np.float64), UNDETERMINED: (lean < 1).astype(np.float64)}


def draw_mark_key(page: Page, mark: int, x: float, y: float, width: float, height: float) -> None:
    """Draw two cells of a key that have a mark."""
    axes = page.axes(x, y, width, height)
    cells = np.full((1, 2), mark, dtype=np.int8)
    draw_marks(axes, cells, np.ones((1, 2, 4)))
    axes.set_xlim(-0.5, 1.5)
    axes.set_ylim(0.5, -0.5)
    for spine in axes.spines.values():
        spine.set(linewidth=0.4, color="0.35")
