"""All statistics of some connections on one page, for print."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from napari_connectome.core.analysis.weight_statistics import WeightStatistics
from napari_connectome.core.errors import DataError
from napari_connectome.figures.distance import distance_figure, draw_distance
from napari_connectome.figures.distributions import distribution_figure, draw_distribution
from napari_connectome.figures.mixture import draw_mixture, mixture_figure
from napari_connectome.figures.plot_panel import PANEL_MM, Panel, panel_page

WIDTH_MM = 170.0


def statistics_figure(
    statistics: Sequence[WeightStatistics], *, width_mm: float = WIDTH_MM
) -> Figure:
    """Draw distribution, mixture and fall-off of some groups of connections, one under the other.

    Parameters
    ----------
    statistics : sequence of WeightStatistics
        From top to bottom; the fall-off is left out where it could not be computed.
    width_mm : float
        Width on paper, 140 to 400.

    Returns
    -------
    Figure
        For :func:`~napari_connectome.figures.saving.save_figure`.

    Raises
    ------
    DataError
        When there is nothing to draw, or the width is another one.
    """
    if not statistics:
        raise DataError("A figure of statistics needs a group of connections; none came.")
    page = panel_page(width_mm, sum(2 + (one.distance is not None) for one in statistics))
    top = 0.0
    for one in statistics:
        draw_distribution(Panel(page, top), one.connections, one.distribution)
        draw_mixture(Panel(page, top + PANEL_MM), one.connections, one.mixture)
        top += 2 * PANEL_MM
        if one.distance is not None:
            draw_distance(Panel(page, top), one.connections, one.distance)
            top += PANEL_MM
    return page.figure


def statistics_figures(one: WeightStatistics, *, width_mm: float = WIDTH_MM) -> dict[str, Figure]:
    """Draw the statistics of one group as figures of their own, by name.

    Parameters
    ----------
    one : WeightStatistics
        The fall-off is left out where it could not be computed.
    width_mm : float
        Width on paper, 140 to 400.
    """
    figures = {
        "distribution": distribution_figure(one.connections, one.distribution, width_mm=width_mm),
        "mixture": mixture_figure(one.connections, one.mixture, width_mm=width_mm),
    }
    if one.distance is not None:
        figures["distance"] = distance_figure(one.connections, one.distance, width_mm=width_mm)
    return figures
