"""Correlations of held-out experiments by the region that they were injected into, for print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from napari_connectome.core.errors import DataError
from napari_connectome.core.validation.result import ValidationResult
from napari_connectome.core.validation.tables import experiment_table
from napari_connectome.figures.page import Page, check_width, text_width_mm
from napari_connectome.figures.plot_panel import GREY, LABEL_PT, SMALL_PT, TITLE_PT, style
from napari_connectome.figures.validation import COLORS, draw_models_key, head_mm

EDGE_MM, FOOT_MM, ROW_MM, COUNT_MM = 4.0, 10.0, 3.4, 8.0
LEAST_WIDTH_MM = 85.0
NO_REGION = "none"
"""The centroid lies in no region."""


def source_correlation_figure(
    result: ValidationResult, *, division: str | None = None, width_mm: float = 180.0
) -> Figure:
    """Draw Pearson's r of every held-out experiment, one line per injected region.

    It is figure 6a of Knox et al. 2018, lying on its side so that names can be read.

    Parameters
    ----------
    result : ValidationResult
        Whole or partial.
    division : str, optional
        Acronym of a division: only its experiments. By default all of them.
    width_mm : float
        Width on paper, at least 85.

    Raises
    ------
    DataError
        When no experiment has a correlation, or the paper is too narrow.
    """
    check_width(width_mm, LEAST_WIDTH_MM, "A figure of correlations")
    table = experiment_table(result)
    table = table[table["pearson_both"].notna()]
    if division is not None:
        table = table[table["division"] == division]
    if not len(table):
        raise DataError(
            f"No experiment{f' of {division}' if division else ''} has a correlation yet: "
            "nothing was predicted."
        )
    names = _in_order(result, set(table["region"]))
    height = ROW_MM * len(names)
    head = head_mm(result, width_mm)
    page = Page(width_mm, head + height + FOOT_MM)
    page.text(EDGE_MM, 4.0, "Measured and predicted targets, by source", TITLE_PT, weight="bold")
    draw_models_key(page, result)
    left = EDGE_MM + max(text_width_mm(name or NO_REGION, SMALL_PT) for name in names) + 2.5
    axes = page.axes(left, head, width_mm - left - COUNT_MM - EDGE_MM, height)
    style(axes)
    _draw_rows(axes, table, names, [model.name for model in result.models])
    counts = table.groupby("region")["experiment_id"].nunique()
    for row, name in enumerate(names):
        y = head + (row + 0.5) * ROW_MM
        page.text(EDGE_MM, y, name or NO_REGION, SMALL_PT)
        right = width_mm - EDGE_MM
        page.text(right, y, f"n = {counts[name]}", SMALL_PT, ha="right", color=GREY)
    axes.set_xlabel("Pearson's r over the regions of both hemispheres", fontsize=LABEL_PT)
    return page.figure


def _in_order(result: ValidationResult, acronyms: set[str]) -> list[str]:
    """Names in the order of the ontology, those without a region at the end."""
    ids = dict.fromkeys(int(i) for i in result.data.region_ids if i)
    ordered = sorted(ids, key=lambda i: result.tree[i].graph_order)
    names = [result.tree[i].acronym for i in ordered]
    return [name for name in (*names, "") if name in acronyms]


def _draw_rows(
    axes: Axes, table: pd.DataFrame, names: Sequence[str], models: Sequence[str]
) -> None:
    spread = 0.5 / max(len(models), 1)
    for row in range(1, len(names), 2):
        axes.axhspan(row - 0.5, row + 0.5, color="0.955", linewidth=0)
    for number, model in enumerate(models):
        ours, color = table[table["model"] == model], COLORS[number % len(COLORS)]
        shift = (number - (len(models) - 1) / 2) * spread
        rows = np.array([names.index(name) for name in ours["region"]])
        axes.plot(ours["pearson_both"], rows + shift, "o", color=color, markersize=2.0, alpha=0.8)
        for name, mean in ours.groupby("region")["pearson_both"].mean().items():
            at = names.index(str(name)) + shift
            axes.plot([mean, mean], [at - 0.24, at + 0.24], color=color, linewidth=1.4)
    low = min(0.0, float(table["pearson_both"].min()) - 0.02)
    axes.set(xlim=(low, 1.0), ylim=(len(names) - 0.5, -0.5))
    axes.xaxis.set_major_locator(MaxNLocator(5))
