"""Measured against predicted projections of one source, target by target, for print."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from napari_connectome.core.errors import DataError
from napari_connectome.core.structures import StructureTree
from napari_connectome.figures.page import Page, check_width
from napari_connectome.figures.plot_panel import GREY, LABEL_PT, SMALL_PT, TITLE_PT, style

EDGE_MM, HEAD_MM, FOOT_MM, SCALE_MM, GAP_MM = 4.0, 14.0, 14.0, 11.0, 9.0
LEAST_WIDTH_MM, SMALLEST_PLOT_MM, LARGEST_PLOT_MM = 120.0, 55.0, 80.0
DECADES = 5.0
NAMED = 8
"""The strongest targets have their acronyms beside them."""


def scatter_figure(
    table: pd.DataFrame, tree: StructureTree, title: str, *, width_mm: float = 180.0
) -> Figure:
    """Draw one panel per model.

    Parameters
    ----------
    table : DataFrame
        From :func:`~napari_connectome.core.validation.scatter.source_scatter`.
    tree : StructureTree
        Colours.
    title : str
        Of the figure: the source.
    width_mm : float
        Width on paper, at least 120.

    Raises
    ------
    DataError
        When no target has both numbers above zero, or the paper is too narrow.
    """
    check_width(width_mm, LEAST_WIDTH_MM)
    shown = shown_rows(table)
    models = list(dict.fromkeys(table["model"]))
    columns = min(len(models), int((width_mm - 2 * EDGE_MM) / SMALLEST_PLOT_MM))
    room = (width_mm - 2 * EDGE_MM - SCALE_MM) / columns - GAP_MM
    side = min(room, LARGEST_PLOT_MM)
    lines = -(-len(models) // columns)
    page = Page(width_mm, HEAD_MM + lines * (side + FOOT_MM))
    page.text(EDGE_MM, 4.0, title, TITLE_PT, weight="bold")
    counts = len(table["experiment_id"].unique())
    words = (
        f"{counts} held-out experiment{'' if counts == 1 else 's'}; ● ipsilateral, ○ contralateral"
    )
    page.text(EDGE_MM, 9.0, words, SMALL_PT, color=GREY)
    low, high = _limits(shown)
    for number, model in enumerate(models):
        line, column = divmod(number, columns)
        left, top = column * (room + GAP_MM), line * (side + FOOT_MM)
        axes = page.axes(EDGE_MM + SCALE_MM + left, HEAD_MM + top, side, side)
        style(axes)
        _draw(axes, shown[shown["model"] == model], tree, (low, high))
        r = _correlation(table[table["model"] == model])
        axes.set_xlabel(f"Predicted by the {model}\nmodel (r = {r:.2f})", fontsize=LABEL_PT)
        if column == 0:
            axes.set_ylabel("Measured, per unit of injection", fontsize=LABEL_PT)
    return page.figure


def shown_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Rows that a logarithmic plot can show, in the order in which they are drawn.

    Raises
    ------
    DataError
        When there is none.
    """
    shown = table[(table["measured"] > 0) & (table["predicted"] > 0)]
    if shown.empty:
        raise DataError("No target has a measured and a predicted projection above zero.")
    floor = float(shown[["measured", "predicted"]].max().max()) / 10**DECADES
    above = shown[(shown["measured"] >= floor) & (shown["predicted"] >= floor)]
    return above.sort_values(["model", "measured"], kind="stable").reset_index(drop=True)


def _limits(shown: pd.DataFrame) -> tuple[float, float]:
    values = shown[["measured", "predicted"]].to_numpy()
    return float(values.min()) / 1.5, float(values.max()) * 1.8


def _draw(
    axes: Axes, shown: pd.DataFrame, tree: StructureTree, limits: tuple[float, float]
) -> None:
    axes.set(xscale="log", yscale="log", xlim=limits, ylim=limits)
    axes.plot(limits, limits, color="0.7", linewidth=0.6, zorder=0)
    colors: Any = np.array([tree[int(i)].rgb for i in shown["region_id"]]).reshape(-1, 3) / 255.0
    ipsi = (shown["side"] == "ipsi").to_numpy()
    x, y = shown["predicted"].to_numpy(), shown["measured"].to_numpy()
    axes.scatter(x[ipsi], y[ipsi], s=7, c=colors[ipsi], edgecolors="0.3", linewidths=0.25)
    axes.scatter(
        x[~ipsi], y[~ipsi], s=7, facecolors="none", edgecolors=colors[~ipsi], linewidths=0.7
    )
    named = shown.nlargest(NAMED, "measured").drop_duplicates("region_id")
    for name, at_x, at_y in named[["region", "predicted", "measured"]].to_numpy().tolist():
        axes.annotate(
            name,
            (at_x, at_y),
            xytext=(2.5, 1.5),
            textcoords="offset points",
            fontsize=SMALL_PT - 0.8,
        )


def _correlation(table: pd.DataFrame) -> float:
    x, y = table["predicted"].to_numpy(), table["measured"].to_numpy()
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])
