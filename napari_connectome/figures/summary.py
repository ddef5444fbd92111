"""How well the experiments cover each division, for print."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from napari_connectome.core.analysis.data_summary import DivisionSummary
from napari_connectome.core.errors import DataError
from napari_connectome.core.structures import StructureTree
from napari_connectome.figures.page import Page, check_width, text_width_mm
from napari_connectome.figures.plot_panel import style

TITLE_PT, LABEL_PT, SMALL_PT = 8.0, 7.0, 6.0
EDGE_MM, GAP_MM = 3.0, 5.0
HEAD_MM, FOOT_MM, ROW_MM, BAR_PART = 13.0, 8.0, 4.4, 0.72
LEAST_WIDTH_MM = 85.0
OUTLINE, MARK = "0.35", "black"
Rgb = tuple[float, float, float]


def summary_figure(
    summaries: Sequence[DivisionSummary], tree: StructureTree, *, width_mm: float = 180.0
) -> Figure:
    """Draw one line per division: experiments, regions, distances and injected volumes.

    Parameters
    ----------
    summaries : sequence of DivisionSummary
        From top to bottom.
    tree : StructureTree
        Names and colours.
    width_mm : float
        Width on paper, at least 85; on narrow paper plots stand in two rows.

    Returns
    -------
    Figure
        For :func:`~napari_connectome.figures.saving.save_figure`.

    Raises
    ------
    DataError
        When there is no division, or the paper is too narrow.
    """
    if not summaries:
        raise DataError("A figure of the data needs a division; none came.")
    check_width(width_mm, LEAST_WIDTH_MM, "A figure of the data")
    names = [tree[one.division_id].acronym for one in summaries]
    colors = [_rgb(tree, one.division_id) for one in summaries]
    left = EDGE_MM + max(text_width_mm(name, LABEL_PT) for name in names) + 3.0
    columns = 4 if _room(width_mm, left, 4) >= _widest_title() else 2
    room, height = _room(width_mm, left, columns), len(summaries) * ROW_MM
    band = HEAD_MM + height + FOOT_MM
    page = Page(width_mm, band * -(-len(PLOTS) // columns))
    page.text(EDGE_MM, 4.0, "Data by division", TITLE_PT, weight="bold")
    for number, (title, draw) in enumerate(PLOTS):
        x = left + number % columns * (room + GAP_MM)
        top = HEAD_MM + number // columns * band
        if number % columns == 0:
            for row, name in enumerate(names):
                page.text(EDGE_MM, top + (row + 0.5) * ROW_MM, name, LABEL_PT)
        axes = page.axes(x, top, room, height)
        style(axes)
        axes.spines["left"].set_color(OUTLINE)
        axes.set_ylim(len(summaries) - 0.5, -0.5)
        draw(axes, summaries, colors)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        for line, text in enumerate(title):
            color = MARK if line == 0 else OUTLINE
            page.text(x, top - 4.6 + 2.8 * line, text, SMALL_PT, color=color)
    return page.figure


def _room(width_mm: float, left: float, columns: int) -> float:
    """Width of each of some plots side by side."""
    return (width_mm - EDGE_MM - left + GAP_MM) / columns - GAP_MM


def _widest_title() -> float:
    return max(text_width_mm(line, SMALL_PT) for title, _ in PLOTS for line in title)


def _rgb(tree: StructureTree, division_id: int) -> Rgb:
    red, green, blue = (part / 255 for part in tree[division_id].rgb)
    return red, green, blue


def _experiments(axes: Axes, summaries: Sequence[DivisionSummary], colors: Sequence[Rgb]) -> None:
    _bars(axes, [one.experiments for one in summaries], colors)


def _regions(axes: Axes, summaries: Sequence[DivisionSummary], colors: Sequence[Rgb]) -> None:
    """All regions as outlines; filled as far as they are injected, darker for three or more."""
    places = range(len(summaries))
    total = [one.regions for one in summaries]
    axes.barh(places, total, BAR_PART, color="white", edgecolor=OUTLINE, linewidth=0.4)
    once = [one.regions_injected[0] for one in summaries]
    axes.barh(places, once, BAR_PART, color=colors, alpha=0.5)
    _bars(axes, [one.regions_injected[2] for one in summaries], colors)


def _distances(axes: Axes, summaries: Sequence[DivisionSummary], colors: Sequence[Rgb]) -> None:
    _spreads(axes, [one.nearest_mm for one in summaries], colors)


def _injections(axes: Axes, summaries: Sequence[DivisionSummary], colors: Sequence[Rgb]) -> None:
    _spreads(axes, [one.injection_mm3 for one in summaries], colors)


def _bars(axes: Axes, values: Sequence[float], colors: Sequence[Rgb]) -> None:
    axes.barh(range(len(values)), values, BAR_PART, color=colors, edgecolor=OUTLINE, linewidth=0.3)


def _spreads(axes: Axes, spreads: Sequence[object], colors: Sequence[Rgb]) -> None:
    means = [getattr(one, "mean", np.nan) for one in spreads]
    most = [getattr(one, "most", np.nan) for one in spreads]
    if np.isnan(means).all():
        axes.text(0.5, 0.5, "not known", transform=axes.transAxes, ha="center", fontsize=SMALL_PT)
        return
    _bars(axes, np.nan_to_num(means).tolist(), colors)
    axes.plot(most, range(len(most)), "|", color=MARK, markersize=5, markeredgewidth=0.9)


PLOTS: tuple[
    tuple[tuple[str, str], Callable[[Axes, Sequence[DivisionSummary], Sequence[Rgb]], None]],
    ...,
] = (
    (("Experiments", ""), _experiments),
    (("Regions", "injected ≥ 3, ≥ 1, all"), _regions),
    (("Nearest centroid (mm)", "of a voxel: mean, | largest"), _distances),
    (("Injected volume (mm³)", "mean, | largest"), _injections),
)
"""Title and second line of each column, and what draws it."""
