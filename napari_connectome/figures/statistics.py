"""All statistics of some connections on one page, for print."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from matplotlib.figure import Figure

from napari_connectome.core.analysis.weight_statistics import WeightStatistics
from napari_connectome.core.errors import DataError
from napari_connectome.figures.distance import distance_figure, distance_key, draw_distance
from napari_connectome.figures.distributions import (
    distribution_figure,
    distribution_key,
    draw_distribution,
)
from napari_connectome.figures.mixture import draw_mixture, mixture_figure, mixture_key
from napari_connectome.figures.plot_panel import Key, Panel, panel_mm, panel_page

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
        Width on paper, 85 to 400; below 140 tables stand under the plots.

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
    panels = [panel for one in statistics for panel in _panels(one)]
    page = panel_page(width_mm, *(key for key, _ in panels))
    top = 0.0
    for key, draw in panels:
        draw(Panel(page, top))
        top += panel_mm(width_mm, key)
    return page.figure


def _panels(one: WeightStatistics) -> Iterator[tuple[Key, Callable[[Panel], None]]]:
    connections = one.connections
    yield (
        distribution_key(connections, one.distribution),
        lambda panel: draw_distribution(panel, connections, one.distribution),
    )
    yield (
        mixture_key(connections, one.mixture),
        lambda panel: draw_mixture(panel, connections, one.mixture),
    )
    distance = one.distance
    if distance is not None:
        yield (
            distance_key(connections, distance),
            lambda panel: draw_distance(panel, connections, distance),
        )


def statistics_figures(one: WeightStatistics, *, width_mm: float = WIDTH_MM) -> dict[str, Figure]:
    """Draw the statistics of one group as figures of their own, by name.

    Parameters
    ----------
    one : WeightStatistics
        The fall-off is left out where it could not be computed.
    width_mm : float
        Width on paper, 85 to 400; below 140 tables stand under the plots.
    """
    figures = {
        "distribution": distribution_figure(one.connections, one.distribution, width_mm=width_mm),
        "mixture": mixture_figure(one.connections, one.mixture, width_mm=width_mm),
    }
    if one.distance is not None:
        figures["distance"] = distance_figure(one.connections, one.distance, width_mm=width_mm)
    return figures
