"""The four panels of the spline models' test problem: what was planted, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from napari_connectome.figures.page import Page

Matrix = npt.NDArray[np.float64]
TITLE_PT, TEXT_PT = 8.0, 6.5
LEFT_MM, TOP_MM, BELOW_MM, GAP_MM, BAR_MM = 10.0, 6.0, 12.0, 6.0, 2.0
BAR_TEXT_MM = 6.0
INJECTION_COLOR = "#ff3d6e"


def line_figure(
    panels: Mapping[str, Matrix], injections: Matrix, *, width_mm: float = 190.0
) -> Figure:
    """Weights between the points of a line, side by side, each with a scale of its own.

    Parameters
    ----------
    panels : mapping of str to ndarray, shape (n, n)
        Title and W[source, target] of each panel.
    injections : ndarray, shape (m, n)
        Tracer of each experiment: bars at the foot of each panel.
    width_mm : float
        Width on paper.
    """
    each = (width_mm - LEFT_MM) / len(panels)
    side = each - GAP_MM - BAR_MM - BAR_TEXT_MM
    page = Page(width_mm, TOP_MM + side + BELOW_MM)
    for number, (title, weights) in enumerate(panels.items()):
        x = LEFT_MM + number * each
        page.text(x, TOP_MM / 2, title, TITLE_PT, weight="bold")
        axes = page.axes(x, TOP_MM, side, side)
        image = axes.imshow(weights.T, origin="lower", extent=(0, 1, 0, 1), vmin=0)
        for row in injections > 0:
            places = np.flatnonzero(row) / (len(row) - 1)
            bar = [places[0], places[-1]]
            axes.plot(bar, [0.02, 0.02], color=INJECTION_COLOR, linewidth=2, clip_on=True)
        axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        axes.tick_params(labelsize=TEXT_PT, labelleft=number == 0)
        axes.set_xlabel("source", fontsize=TEXT_PT)
        if number == 0:
            axes.set_ylabel("target", fontsize=TEXT_PT)
        scale = page.axes(x + side + 1, TOP_MM, BAR_MM, side)
        bar_axes = page.figure.colorbar(image, cax=scale)
        bar_axes.ax.tick_params(labelsize=TEXT_PT)
    return page.figure
