"""Factor pairs of a low-rank model on maps of the cortex, and energy by rank of a spline model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.flatmap import CorticalView
from napari_connectome.core.sides import Side
from napari_connectome.core.spline.energy import EnergySpectrum
from napari_connectome.figures.map_drawing import draw_borders, draw_names, draw_sides, map_extent
from napari_connectome.figures.page import Page

TITLE_PT, TEXT_PT = 8.0, 6.5
EDGE_MM, GAP_MM, TITLE_MM, BAR_MM = 3.5, 4.0, 7.0, 10.0
PLOT_MM, SCALE_MM, AXIS_MM = 52.0, 14.0, 11.0
COLORS: Mapping[Side, str] = {"ipsi": "#0072b2", "contra": "#d55e00"}
NAMES: Mapping[Side, str] = {"ipsi": "ipsilateral", "contra": "contralateral"}
LEVELS = (0.95, 0.99)
"""Parts of the energy whose rank is written beside the curve, as in Harris et al. 2016."""
Image = npt.NDArray[np.float32]


def pair_figure(
    view: CorticalView,
    images: Mapping[str, Image],
    atlas: Atlas,
    *,
    width_mm: float = 170.0,
) -> Figure:
    """Patterns of a pair on maps of the cortex, side by side, each scaled to its largest voxel.

    Parameters
    ----------
    view : CorticalView
        The map.
    images : mapping of str to ndarray
        Title and values of each map.
    atlas : Atlas
        Regions and their names.
    width_mm : float
        Width on paper.
    """
    extent = map_extent(view)
    left, right, bottom, top = extent
    columns = len(images)
    width = (width_mm - 2 * EDGE_MM - (columns - 1) * GAP_MM) / columns
    height = width * (bottom - top) / (right - left)
    page = Page(width_mm, TITLE_MM + height + BAR_MM + EDGE_MM)
    regions = view.region_image(atlas)
    for column, (title, image) in enumerate(images.items()):
        x = EDGE_MM + column * (width + GAP_MM)
        page.text(x, TITLE_MM / 2 + 0.5, title, TITLE_PT, weight="bold")
        axes = page.axes(x, TITLE_MM, width, height)
        axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
        axes.set_axis_off()
        shown = axes.imshow(
            image,
            cmap="inferno",
            vmin=0.0,
            vmax=float(np.nanmax(image, initial=0.0)) or 1.0,
            extent=(0, view.shape[1], view.shape[0], 0),
            interpolation="nearest",
        )
        draw_borders(axes, view, regions)
        draw_names(axes, view, regions, atlas, width / (right - left))
        draw_sides(axes)
        below = page.axes(x + 0.2 * width, TITLE_MM + height + 2.0, 0.6 * width, 2.0)
        bar = page.figure.colorbar(shown, cax=below, orientation="horizontal")
        bar.ax.tick_params(labelsize=TEXT_PT, width=0.5, length=2)
        bar.locator = MaxNLocator(3)
        bar.outline.set_linewidth(0.5)
    return page.figure


def spectrum_figure(spectra: Mapping[Side, EnergySpectrum], *, width_mm: float = 140.0) -> Figure:
    """Singular values of W, and the part of ‖W‖² that the largest hold together.

    Parameters
    ----------
    spectra : mapping of str to EnergySpectrum
        By side ("ipsi", "contra").
    width_mm : float
        Width on paper.
    """
    page = Page(width_mm, TITLE_MM + PLOT_MM + AXIS_MM + EDGE_MM)
    width = (width_mm - 2 * EDGE_MM - GAP_MM) / 2 - SCALE_MM
    for number, title in enumerate(("Singular values of W", "Energy of the largest together")):
        x = EDGE_MM + SCALE_MM + number * (width + SCALE_MM + GAP_MM)
        page.text(x - SCALE_MM, TITLE_MM / 2 + 0.5, title, TITLE_PT, weight="bold")
        axes = page.axes(x, TITLE_MM, width, PLOT_MM)
        axes.tick_params(labelsize=TEXT_PT, width=0.5, length=2)
        axes.tick_params(which="minor", width=0.4, length=1.5)
        for spine in ("top", "right"):
            axes.spines[spine].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_xlabel("rank", fontsize=TEXT_PT)
        for side, spectrum in spectra.items():
            known = spectrum.cumulative if number else spectrum.values
            label = NAMES[side] + (_levels(spectrum) if number else "")
            ranks = np.arange(1, len(known) + 1)
            axes.plot(ranks, known, ".-", color=COLORS[side], lw=0.9, ms=3, label=label)
        if number == 0:
            axes.set_yscale("log")
            axes.set_ylabel("singular value", fontsize=TEXT_PT)
        else:
            axes.yaxis.set_major_locator(MaxNLocator(5))
            axes.set_ylim(0, 1.02)
            axes.set_ylabel("part of ‖W‖²", fontsize=TEXT_PT)
        axes.legend(fontsize=TEXT_PT, frameon=False, loc="best")
    return page.figure


def _levels(spectrum: EnergySpectrum) -> str:
    """How many patterns hold 95 % and 99 % of the energy, and what factors of that rank save."""
    said = [
        f"{level:.0%} in {count} ({spectrum.compression(count):,.0f}× smaller)"
        for level in LEVELS
        if (count := spectrum.components(level)) is not None
    ]
    return "".join(f"\n{line}" for line in said)
