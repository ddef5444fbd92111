"""A map of the cortex as a figure for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from scipy.ndimage import distance_transform_edt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.flatmap import CorticalView
from napari_connectome.figures.borders import border_lines

WIDTH_IN = 170 / 25.4
LOG_DECADES = 3
"""A logarithmic scale without limits of its own reaches this far below the largest value."""
NAME_PT = 4.5
CHARACTER_PT = 0.6 * NAME_PT
"""Width of a character of a region's name, on average."""
BORDER: dict[str, Any] = {"colors": "0.75", "linewidths": 0.35}
EDGE: dict[str, Any] = {"colors": "0.45", "linewidths": 0.6}
SOURCE_COLOUR = "#19e6ff"
MISSING_COLOUR = "0.8"
MARGIN_PIXELS = 2
CAPTION_CHARACTERS = 165
"""In a line of small print as wide as the figure."""
MAP_PART = (0.02, 0.11, 0.85, 0.78)
"""Left, bottom, width and height of the map, as parts of the figure."""
Extent = tuple[int, int, int, int]


@dataclass(frozen=True)
class MapSource:
    """What is marked as the source.

    Parameters
    ----------
    pixel : tuple of int, optional
        Row and column of a place.
    structure_ids : sequence of int
        Whole structures; their summary structures are outlined.
    left : bool
        Hemisphere of the structures.
    """

    pixel: tuple[int, int] | None = None
    structure_ids: Sequence[int] = ()
    left: bool = False


def flatmap_figure(
    view: CorticalView,
    image: npt.NDArray[np.float32],
    atlas: Atlas,
    *,
    title: str,
    unit: str,
    caption: str = "",
    log: bool = False,
    limits: tuple[float, float] | None = None,
    source: MapSource | None = None,
) -> Figure:
    """Draw values on a map of the cortex with the borders and names of its regions.

    Borders are vector lines, values one image. :func:`save_figure` writes it.

    Parameters
    ----------
    view : CorticalView
        The map.
    image : ndarray, shape of the view
        Values, NaN where there is no path.
    atlas : Atlas
        Names and regions.
    title : str
        Above the map.
    unit : str
        Of the values, beside the colour bar.
    caption : str
        Small print under the map.
    log : bool
        Logarithmic colours; values of 0 have the lowest one.
    limits : tuple of float, optional
        Values of the lowest and the highest colour; by default 0 (three decades below
        the largest value on a logarithmic scale) and the largest value.
    source : MapSource, optional
        Marked in cyan.

    Returns
    -------
    Figure
        170 mm wide, without pyplot.
    """
    extent = _extent(view)
    left, right, bottom, top = extent
    height = WIDTH_IN * MAP_PART[2] * (bottom - top) / (right - left) / MAP_PART[3]
    figure = Figure(figsize=(WIDTH_IN, height), facecolor="white")
    axes = figure.add_axes(MAP_PART)
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.set_axis_off()
    norm = _norm(image, log, limits)
    shown = axes.imshow(
        # A logarithm has no colour for 0, and NaN must stay what it is.
        np.maximum(image, np.float32(norm.vmin or 0.0)) if log else image,
        cmap="inferno",
        norm=norm,
        extent=(0, view.shape[1], view.shape[0], 0),
        interpolation="nearest",
    )
    regions = view.region_image(atlas)
    _draw_borders(axes, view, regions)
    _draw_names(axes, view, regions, atlas)
    if source is not None:
        _draw_source(axes, view, regions, atlas, source)
    _draw_scale(axes, view, extent)
    _draw_bar(figure, shown, unit)
    figure.text(0.02, 0.98, title, fontsize=8, va="top", weight="bold")
    middle = MAP_PART[0] + MAP_PART[2] / 2
    figure.text(middle, MAP_PART[1] + MAP_PART[3], "anterior ↑", fontsize=6, ha="center")
    small = fill(caption, CAPTION_CHARACTERS)
    figure.text(0.02, 0.015, small, fontsize=5.5, va="bottom", color="0.3")
    return figure


def _extent(view: CorticalView) -> Extent:
    """Left, right, bottom and top of the part of the map that holds anything."""
    rows, columns = np.nonzero(view.lookup >= 0)
    return (
        int(columns.min()) - MARGIN_PIXELS,
        int(columns.max()) + 1 + MARGIN_PIXELS,
        int(rows.max()) + 1 + MARGIN_PIXELS,
        int(rows.min()) - MARGIN_PIXELS,
    )


def _norm(
    image: npt.NDArray[np.float32], log: bool, limits: tuple[float, float] | None
) -> Normalize:
    largest = float(np.nanmax(image, initial=0.0)) or 1.0
    if log:
        return LogNorm(*(limits or (largest / 10**LOG_DECADES, largest)))
    return Normalize(*(limits or (0.0, largest)))


def _draw_borders(axes: Axes, view: CorticalView, regions: npt.NDArray[np.uint32]) -> None:
    """Borders of regions, and pixels inside the map of which nothing is known."""
    sided = 2 * regions.astype(np.int64) + view.left_image() + 2 * (view.lookup >= 0)
    axes.add_collection(LineCollection(border_lines(sided), **BORDER))
    covered = (view.lookup >= 0) | view.missing
    axes.add_collection(LineCollection(border_lines(covered), **EDGE))
    for row, column in np.argwhere(view.missing).tolist():
        axes.add_patch(Rectangle((column, row), 1, 1, color=MISSING_COLOUR, linewidth=0))


def _draw_names(
    axes: Axes, view: CorticalView, regions: npt.NDArray[np.uint32], atlas: Atlas
) -> None:
    """Names of regions where they are widest, left out where there is no room."""
    pixel_pt = axes.get_position().width * WIDTH_IN * 72 / abs(np.subtract(*axes.get_xlim()))
    left = view.left_image()
    for structure_id in np.unique(regions[regions > 0]).tolist():
        acronym = atlas.tree[structure_id].acronym
        for side in (left, ~left):
            depth = distance_transform_edt(np.pad((regions == structure_id) & side, 1))[1:-1, 1:-1]
            row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
            if 2 * depth[row, column] * pixel_pt < 0.6 * len(acronym) * CHARACTER_PT:
                continue
            axes.text(
                column + 0.5,
                row + 0.5,
                acronym,
                fontsize=NAME_PT,
                color="white",
                ha="center",
                va="center",
                path_effects=[withStroke(linewidth=0.9, foreground="black", alpha=0.7)],
            )


def _draw_source(
    axes: Axes,
    view: CorticalView,
    regions: npt.NDArray[np.uint32],
    atlas: Atlas,
    source: MapSource,
) -> None:
    if source.pixel is not None:
        row, column = source.pixel
        ring: dict[str, Any] = {"markersize": 6, "markerfacecolor": "none", "markeredgewidth": 1.1}
        axes.plot(column + 0.5, row + 0.5, "o", markeredgecolor=SOURCE_COLOUR, **ring)
    if source.structure_ids:
        below = [i for s in source.structure_ids for i in atlas.tree.descendant_ids(s)]
        side = view.left_image() == source.left
        lines = border_lines(np.isin(regions, below) & side & (view.lookup >= 0))
        axes.add_collection(LineCollection(lines, colors=SOURCE_COLOUR, linewidths=1.1))


def _draw_scale(axes: Axes, view: CorticalView, extent: Extent) -> None:
    """A bar of a millimetre, and the hemispheres."""
    left, right, bottom, top = extent
    length = 1000.0 / view.pixel_um
    x, y = left + MARGIN_PIXELS, bottom - MARGIN_PIXELS
    axes.plot([x, x + length], [y, y], color="black", linewidth=1.2, solid_capstyle="butt")
    about = "" if view.name == "top" else "about "
    small: dict[str, Any] = {"fontsize": 6, "ha": "left"}
    axes.text(x, y - 1, f"{about}1 mm", va="bottom", **small)
    axes.text(left + MARGIN_PIXELS, top + MARGIN_PIXELS, "L", va="top", fontsize=8)
    axes.text(right - MARGIN_PIXELS, top + MARGIN_PIXELS, "R", va="top", ha="right", fontsize=8)


def _draw_bar(figure: Figure, shown: AxesImage, unit: str) -> None:
    bottom, height = MAP_PART[1] + 0.08, MAP_PART[3] - 0.16
    bar = figure.colorbar(shown, cax=figure.add_axes((0.89, bottom, 0.015, height)))
    bar.set_label(unit, fontsize=6)
    bar.ax.tick_params(labelsize=6, width=0.5, length=2)
    bar.outline.set_linewidth(0.5)
