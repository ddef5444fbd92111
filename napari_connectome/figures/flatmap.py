"""A map of the cortex as a figure for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.color_limits import PROJECTION_DECADES
from napari_connectome.core.flatmap import CorticalView
from napari_connectome.figures.borders import border_lines
from napari_connectome.figures.map_drawing import (
    SOURCE_COLOUR,
    Extent,
    draw_borders,
    draw_names,
    draw_sides,
    map_extent,
)
from napari_connectome.figures.page import POINT_MM, Page, check_width, wrapped

LEAST_WIDTH_MM = 60.0
EDGE_MM = 3.5
BAR_MM = 22.0
"""Room for the colour bar and its label."""
TITLE_PT, TEXT_PT, SMALL_PT = 8.0, 6.0, 5.5
LINE = 1.3
"""Height of a line of text over the size of its letters."""


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
    width_mm: float = 170.0,
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
    width_mm : float
        Width on paper; names of regions are written where there is room for them.

    Returns
    -------
    Figure
        Made without pyplot.

    Raises
    ------
    DataError
        When the width is less than 60 mm.
    """
    check_width(width_mm, LEAST_WIDTH_MM, "A map figure")
    extent = map_extent(view)
    page, axes = _page(view, extent, width_mm, title, caption)
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
    draw_borders(axes, view, regions)
    draw_names(axes, view, regions, atlas, (width_mm - EDGE_MM - BAR_MM) / (extent[1] - extent[0]))
    if source is not None:
        _draw_source(axes, view, regions, atlas, source)
    draw_sides(axes)
    _draw_bar(page.figure, axes, shown, unit)
    return page.figure


def _page(
    view: CorticalView, extent: Extent, width_mm: float, title: str, caption: str
) -> tuple[Page, Axes]:
    """Title, map, scale and small print, one under the other."""
    left, right, bottom, top = extent
    room = width_mm - 2 * EDGE_MM
    titles = [line for part in title.splitlines() for line in wrapped(part, TITLE_PT, room)]
    small = wrapped(caption, SMALL_PT, room)
    title_mm, text_mm, small_mm = (LINE * POINT_MM * s for s in (TITLE_PT, TEXT_PT, SMALL_PT))
    map_width = width_mm - EDGE_MM - BAR_MM
    map_height = map_width * (bottom - top) / (right - left)
    map_top = EDGE_MM + len(titles) * title_mm + 2 * text_mm
    scale = map_top + map_height + text_mm
    foot = scale + 1.5 * text_mm
    page = Page(width_mm, foot + len(small) * small_mm + EDGE_MM)
    for number, line in enumerate(titles):
        y = EDGE_MM + (number + 0.5) * title_mm
        page.text(EDGE_MM, y, line, TITLE_PT, weight="bold")
    for number, line in enumerate(small):
        page.text(EDGE_MM, foot + (number + 0.5) * small_mm, line, SMALL_PT, color="0.3")
    page.text(EDGE_MM + map_width / 2, map_top, "anterior ↑", TEXT_PT, ha="center", va="bottom")
    bar = 1000.0 / view.pixel_um * map_width / (right - left)
    page.line((EDGE_MM, scale), (EDGE_MM + bar, scale), color="black", linewidth=1.2)
    length = "1 mm" if view.name == "top" else "about 1 mm"
    page.text(EDGE_MM + bar + 1.0, scale, length, TEXT_PT)
    axes = page.axes(EDGE_MM, map_top, map_width, map_height)
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.set_axis_off()
    return page, axes


def _norm(
    image: npt.NDArray[np.float32], log: bool, limits: tuple[float, float] | None
) -> Normalize:
    largest = float(np.nanmax(image, initial=0.0)) or 1.0
    if log:
        return LogNorm(*(limits or (largest / 10**PROJECTION_DECADES, largest)))
    return Normalize(*(limits or (0.0, largest)))


def _draw_source(
    axes: Axes,
    view: CorticalView,
    regions: npt.NDArray[np.uint32],
    atlas: Atlas,
    source: MapSource,
) -> None:
    # Cyan in a black rim is seen on dark and on bright colours.
    for colour, width in (("black", 2.4), (SOURCE_COLOUR, 1.1)):
        if source.pixel is not None:
            row, column = source.pixel
            ring: dict[str, Any] = {"markersize": 6, "markerfacecolor": "none"}
            ring |= {"markeredgewidth": width, "markeredgecolor": colour}
            axes.plot(column + 0.5, row + 0.5, "o", **ring)
        if source.structure_ids:
            below = [i for s in source.structure_ids for i in atlas.tree.descendant_ids(s)]
            side = view.left_image() == source.left
            lines = border_lines(np.isin(regions, below) & side & (view.lookup >= 0))
            axes.add_collection(LineCollection(lines, colors=colour, linewidths=width))


def _draw_bar(figure: Figure, axes: Axes, shown: AxesImage, unit: str) -> None:
    width_in = figure.get_size_inches()[0]
    place = axes.get_position()
    left = place.x1 + 0.1 / width_in
    box = (left, place.y0 + 0.1 * place.height, 0.1 / width_in, 0.8 * place.height)
    bar = figure.colorbar(shown, cax=figure.add_axes(box))
    bar.set_label(unit, fontsize=TEXT_PT)
    bar.ax.tick_params(labelsize=TEXT_PT, width=0.5, length=2)
    bar.outline.set_linewidth(0.5)
