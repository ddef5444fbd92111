"""Cross-validated models beside each other, for print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from napari_connectome.core.errors import DataError
from napari_connectome.core.validation.comparison import paired_tests
from napari_connectome.core.validation.result import ValidationResult
from napari_connectome.core.validation.tables import ALL, SCORES, experiment_table, score_table
from napari_connectome.figures.page import Page, check_width, text_width_mm
from napari_connectome.figures.plot_panel import GREY, LABEL_PT, SMALL_PT, TITLE_PT, style
from napari_connectome.figures.plot_panel import number as written

# Okabe and Ito's colours: told apart by every kind of colour vision.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
EDGE_MM, HEAD_MM, LINE_MM, FOOT_MM = 4.0, 16.0, 3.0, 13.0
ROW_MM, NAME_MM, GAP_MM = 2.6, 16.0, 7.0
STRIP_HEIGHT_MM = 55.0
LEAST_WIDTH_MM = 120.0
ERRORS = ("voxel_mse_rel", "regional_mse_rel")


def errors_figure(result: ValidationResult, *, width_mm: float = 180.0) -> Figure:
    """Draw MSE_rel of every model in every division, over voxels and over regions.

    Parameters
    ----------
    result : ValidationResult
        Whole or partial.
    width_mm : float
        Width on paper, at least 120.

    Raises
    ------
    DataError
        When nothing was predicted, or the paper is too narrow.
    """
    _check_width(width_mm)
    table = score_table(result)
    names = [ALL, *(n for n in dict.fromkeys(table["division"]) if n != ALL)]
    models = [model.name for model in result.models]
    step = ROW_MM * (len(models) + 1)
    head = head_mm(result, width_mm)
    page = Page(width_mm, head + step * len(names) + FOOT_MM)
    page.text(EDGE_MM, 4.0, "Held-out and training error by division", TITLE_PT, weight="bold")
    draw_models_key(page, result, "Filled: held out; open: training; ")
    plot = (width_mm - NAME_MM - GAP_MM - 2 * EDGE_MM) / 2
    for number, score in enumerate(ERRORS):
        left = EDGE_MM + NAME_MM + number * (plot + GAP_MM)
        axes = page.axes(left, head, plot, step * len(names))
        style(axes)
        _draw_errors(axes, table[table["score"] == score], names, models)
        axes.set_xlabel(f"{SCORES[score]} (0 perfect, 2 worst)", fontsize=LABEL_PT)
        if number == 0:
            axes.set_yticks(np.arange(len(names)) * (len(models) + 1) + (len(models) - 1) / 2)
            axes.set_yticklabels(["whole brain" if n == ALL else n for n in names])
    return page.figure


def _draw_errors(
    axes: Axes, table: pd.DataFrame, names: Sequence[str], models: Sequence[str]
) -> None:
    for name, model, test, train in table[["division", "model", "test", "train"]].to_numpy():
        at = names.index(name) * (len(models) + 1) + models.index(model)
        color = COLORS[models.index(model) % len(COLORS)]
        axes.plot([train, test], [at, at], color=color, linewidth=0.7, alpha=0.6)
        axes.plot(train, at, "o", color=color, markersize=3, markerfacecolor="white")
        axes.plot(test, at, "o", color=color, markersize=3.6)
    axes.set(xlim=(0, 2), ylim=(len(names) * (len(models) + 1) - 1, -1))
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="x", color="0.9", linewidth=0.4)
    axes.set_axisbelow(True)


def correlation_figure(result: ValidationResult, *, width_mm: float = 180.0) -> Figure:
    """Draw Pearson's r of every held-out experiment under every model, the same one joined.

    Parameters
    ----------
    result : ValidationResult
        Whole or partial.
    width_mm : float
        Width on paper, at least 120.

    Raises
    ------
    DataError
        When no experiment has a correlation, or the paper is too narrow.
    """
    _check_width(width_mm)
    table = experiment_table(result)
    models = [model.name for model in result.models]
    head = head_mm(result, width_mm)
    page = Page(width_mm, head + STRIP_HEIGHT_MM + FOOT_MM)
    page.text(EDGE_MM, 4.0, "Measured and predicted targets, correlated", TITLE_PT, weight="bold")
    draw_models_key(page, result, "One line per held-out experiment; bars: medians; ")
    titles = {"both": "both hemispheres", "ipsi": "ipsilateral", "contra": "contralateral"}
    tests = paired_tests(result)
    every = table[[f"pearson_{side}" for side in titles]].to_numpy(dtype=np.float64)
    lowest = float(np.nanmin(every, initial=0.0))
    room = (width_mm - 2 * EDGE_MM - NAME_MM) / len(titles)
    found = False
    for number, (side, title) in enumerate(titles.items()):
        left = EDGE_MM + 0.6 * NAME_MM + number * room
        axes = page.axes(left, head, room - GAP_MM, STRIP_HEIGHT_MM)
        style(axes)
        wide = table.pivot_table(index="experiment_id", columns="model", values=f"pearson_{side}")
        found |= _draw_strips(axes, wide.reindex(columns=models), models)
        axes.set_ylim(lowest, 1.0)
        axes.set_xlabel(f"{title}\n{_verdict(tests, side)}", fontsize=LABEL_PT)
        if number == 0:
            axes.set_ylabel("Pearson's r", fontsize=LABEL_PT)
    if not found:
        raise DataError("No experiment has a correlation yet: nothing was predicted.")
    return page.figure


def _draw_strips(axes: Axes, wide: pd.DataFrame, models: Sequence[str]) -> bool:
    """Strips of points; says whether there is any."""
    values = wide.to_numpy(dtype=np.float64)
    rng = np.random.default_rng(0)
    shift = rng.uniform(-0.12, 0.12, len(values))
    axes.plot(
        (np.arange(len(models))[None, :] + shift[:, None]).T,
        values.T,
        color="0.8",
        linewidth=0.3,
        zorder=1,
    )
    for number in range(len(models)):
        known = values[:, number]
        color = COLORS[number % len(COLORS)]
        axes.plot(number + shift, known, "o", color=color, markersize=1.6, alpha=0.7)
        if np.isfinite(known).any():
            axes.plot([number - 0.3, number + 0.3], [np.nanmedian(known)] * 2, "k-", linewidth=1.2)
    axes.set_xlim(-0.6, len(models) - 0.4)
    axes.set_xticks([])
    axes.yaxis.set_major_locator(MaxNLocator(5))
    return bool(np.isfinite(values).any())


def _verdict(tests: pd.DataFrame, side: str) -> str:
    """The paired test where there are two models; bars are medians anyway."""
    rows = tests[(tests["division"] == ALL) & (tests["score"] == f"pearson_{side}")]
    known = rows[rows["note"] == ""]
    if len(rows) != 1 or not len(known):
        return ""
    row = known.iloc[0]
    return f"paired t test of {row['experiments']}:\np = {written(row['p_t'])}"


def head_mm(result: ValidationResult, width_mm: float) -> float:
    """Room for the title and what :func:`draw_models_key` draws."""
    return HEAD_MM + LINE_MM * (len(_key_lines(result, width_mm)) - 1)


def draw_models_key(page: Page, result: ValidationResult, about: str = "") -> None:
    """Draw what stands for which model, and how it was validated, under the title."""
    y = 9.0
    for line in _key_lines(result, page.width_mm):
        x = EDGE_MM
        for number in line:
            title, color = result.models[number].title, COLORS[number % len(COLORS)]
            page.line((x, y), (x + 3.0, y), color=color, linewidth=2.0)
            page.text(x + 4.2, y, title, SMALL_PT)
            x += _key_mm(title)
        y += LINE_MM
    kind = "leave-one-out" if result.folds == "loo" else f"{result.folds} folds"
    partial = ", partial" if result.partial else ""
    page.text(EDGE_MM, y, f"{about}{kind}{partial}", SMALL_PT, color=GREY)


def _key_lines(result: ValidationResult, width_mm: float) -> list[list[int]]:
    """Models that stand beside each other, line by line."""
    lines: list[list[int]] = [[]]
    x = EDGE_MM
    for number, model in enumerate(result.models):
        if lines[-1] and x + _key_mm(model.title) > width_mm:
            lines.append([])
            x = EDGE_MM
        lines[-1].append(number)
        x += _key_mm(model.title)
    return lines


def _key_mm(title: str) -> float:
    return 8.5 + text_width_mm(title, SMALL_PT)


def _check_width(width_mm: float) -> None:
    check_width(width_mm, LEAST_WIDTH_MM, "A figure of a cross-validation")
