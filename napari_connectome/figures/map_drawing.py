"""What every drawing of a map of the cortex has: borders and names of regions, sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle
from scipy.ndimage import distance_transform_edt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.flatmap import CorticalView
from napari_connectome.figures.borders import border_lines
from napari_connectome.figures.page import text_width_mm

NAME_PT = 4.5
SIDE_PT = 8.0
BORDER: dict[str, Any] = {"colors": "0.75", "linewidths": 0.35}
EDGE: dict[str, Any] = {"colors": "0.45", "linewidths": 0.6}
SOURCE_COLOUR = "#19e6ff"
MISSING_COLOUR = "0.8"
MARGIN_PIXELS = 2
Extent = tuple[int, int, int, int]


def map_extent(view: CorticalView) -> Extent:
    """Left, right, bottom and top of the part of the map that holds anything."""
    rows, columns = np.nonzero(view.lookup >= 0)
    return (
        int(columns.min()) - MARGIN_PIXELS,
        int(columns.max()) + 1 + MARGIN_PIXELS,
        int(rows.max()) + 1 + MARGIN_PIXELS,
        int(rows.min()) - MARGIN_PIXELS,
    )


def draw_borders(axes: Axes, view: CorticalView, regions: npt.NDArray[np.uint32]) -> None:
    """Borders of regions, and pixels inside the map of which nothing is known."""
    sided = 2 * regions.astype(np.int64) + view.left_image() + 2 * (view.lookup >= 0)
    axes.add_collection(LineCollection(border_lines(sided), **BORDER))
    covered = (view.lookup >= 0) | view.missing
    axes.add_collection(LineCollection(border_lines(covered), **EDGE))
    for row, column in np.argwhere(view.missing).tolist():
        axes.add_patch(Rectangle((column, row), 1, 1, color=MISSING_COLOUR, linewidth=0))


def draw_names(
    axes: Axes,
    view: CorticalView,
    regions: npt.NDArray[np.uint32],
    atlas: Atlas,
    pixel_mm: float,
) -> None:
    """Names of regions where they are widest, left out where there is no room."""
    left = view.left_image()
    for structure_id in np.unique(regions[regions > 0]).tolist():
        acronym = atlas.tree[structure_id].acronym
        needed = 0.8 * text_width_mm(acronym, NAME_PT) / pixel_mm
        for side in (left, ~left):
            depth = distance_transform_edt(np.pad((regions == structure_id) & side, 1))[1:-1, 1:-1]
            row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
            if 2 * depth[row, column] < needed:
                continue
            axes.text(
                column + 0.5,
                row + 0.5,
                acronym,
                fontsize=NAME_PT,
                color="white",
                ha="center",
                va="center",
                # An outline around the letters would turn them into shapes that cannot be edited.
                bbox={"facecolor": "black", "alpha": 0.35, "linewidth": 0, "pad": 0.4},
            )


def draw_sides(axes: Axes, **options: Any) -> None:
    """L and R in the upper corners."""
    for x, side in ((0.0, "L"), (1.0, "R")):
        where = "left" if side == "L" else "right"
        axes.text(
            x, 1.0, side, fontsize=SIDE_PT, ha=where, va="top", transform=axes.transAxes, **options
        )
