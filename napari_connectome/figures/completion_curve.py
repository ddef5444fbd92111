"""Completion error by observed fraction, for print."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from napari_connectome.core.completion.curve import Bound, Curve
from napari_connectome.core.errors import DataError
from napari_connectome.figures.page import Page
from napari_connectome.figures.plot_panel import GREY, LABEL_PT, SMALL_PT, TITLE_PT, style

LEAST_WIDTH_MM = 80.0
HEIGHT_MM, EDGE_MM, SCALE_MM, HEAD_MM, FOOT_MM = 85.0, 4.0, 13.0, 16.0, 12.0
COLORS, NAMES = ("#0072B2", "#D55E00"), ("matrix", "rank-2 approximation")


def curve_figure(curve: Curve, *, width_mm: float = 120.0, log: bool = False) -> Figure:
    """Draw mean ± standard deviation of the squared error, and the bound where δ is above 0.

    Parameters
    ----------
    curve : Curve
        Whole or partial.
    width_mm : float
        Width on paper, at least 80.
    log : bool
        Whether the error is on a logarithmic scale.

    Raises
    ------
    DataError
        When there is nothing to draw, or the paper is too narrow.
    """
    if not LEAST_WIDTH_MM <= width_mm < float("inf"):
        raise DataError(
            f"A width of at least {LEAST_WIDTH_MM:g} mm was expected; {width_mm:g} came."
        )
    if not np.isfinite(curve.mse).any():
        raise DataError("Nothing was completed yet: there is no curve to draw.")
    page = Page(width_mm, HEIGHT_MM)
    page.text(EDGE_MM, 4.0, "Completion error by observed fraction", TITLE_PT, weight="bold")
    axes = page.axes(
        EDGE_MM + SCALE_MM,
        HEAD_MM,
        width_mm - 2 * EDGE_MM - SCALE_MM,
        HEIGHT_MM - HEAD_MM - FOOT_MM,
    )
    style(axes)
    x = np.array(curve.request.fractions)
    for number in range(curve.request.curves):
        mean, sd = curve.mean(number), curve.sd(number)
        axes.fill_between(x, mean - sd, mean + sd, color=COLORS[number], alpha=0.2, linewidth=0)
        axes.plot(x, mean, color=COLORS[number], linewidth=1.2)
        left = EDGE_MM + number * 24.0
        page.line((left, 9.5), (left + 3.0, 9.5), color=COLORS[number], linewidth=1.6)
        page.text(left + 4.2, 9.5, NAMES[number], SMALL_PT)
    _draw_bound(axes, curve, x)
    partial = ", partial" if curve.is_partial else ""
    words = f"mean ± SD of {curve.request.repeats} random choices{partial}"
    page.text(EDGE_MM, 13.0, words, SMALL_PT, color=GREY)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_yscale("log" if log else "linear")
    if not log:
        axes.set_ylim(0, 1.1 * float(np.nanmax(curve.mean(0) + curve.sd(0))))
        axes.locator_params(axis="y", nbins=5)
    axes.set_xlabel("Observed fraction", fontsize=LABEL_PT)
    axes.set_ylabel("Mean squared error", fontsize=LABEL_PT)
    return page.figure


def _draw_bound(axes: object, curve: Curve, x: np.ndarray) -> None:
    """As a mean squared error; without noise the bound is zero and says nothing."""
    if not curve.request.delta:
        return
    known = curve.request.there
    delta = curve.request.delta * float(np.linalg.norm(curve.request.matrix[known]))
    above = x[x > 0]
    bound = Bound(delta * 1.0, min(known.shape)).at(above) ** 2 / known.size
    axes.plot(above, bound, color=GREY, linewidth=0.8, linestyle="--")  # type: ignore[attr-defined]
