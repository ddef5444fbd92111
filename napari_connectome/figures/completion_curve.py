"""Completion error by observed fraction, for print."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from napari_connectome.core.completion.bound import CANDES_PLAN, SOURCE, error_bound
from napari_connectome.core.completion.curve import Curve
from napari_connectome.core.errors import DataError
from napari_connectome.figures.page import Page, check_width, text_width_mm, wrapped
from napari_connectome.figures.plot_panel import (
    GREY,
    LABEL_PT,
    SMALL_PT,
    TITLE_PT,
    number_axis,
    style,
)

LEAST_WIDTH_MM = 80.0
PLOT_MM, EDGE_MM, SCALE_MM, LINE_MM = 60.0, 4.0, 14.0, 3.4
TITLE_MM, KEYS_MM, AXIS_MM = 4.0, 9.5, 11.0
COLORS, NAMES = ("#0072B2", "#D55E00"), ("matrix", "rank-2 approximation")
BOUNDS = (
    (CANDES_PLAN, "--", "bound of Candès and Plan"),
    (SOURCE, ":", "the same without the factor 4 (eq. 6)"),
)
KEY_MM, KEY_GAP_MM = 4.2, 5.0
FLOOR = 1e-14
"""Of the largest error: what is recovered lies at the foot of a logarithmic axis."""
BELOW = 3.0
"""Room under the smallest mean on a logarithmic axis, as a factor; the SD may reach further."""
Values = npt.NDArray[np.float64]


def curve_figure(curve: Curve, *, width_mm: float = 120.0, log: bool | None = None) -> Figure:
    """Draw mean ± standard deviation of the squared error, and the bound where δ is above 0.

    Parameters
    ----------
    curve : Curve
        Whole or partial.
    width_mm : float
        Width on paper, at least 80.
    log : bool, optional
        Whether the error is on a logarithmic scale; by default where there is a bound, which
        lies far above the errors.

    Raises
    ------
    DataError
        When there is nothing to draw, or the paper is too narrow.
    """
    check_width(width_mm, LEAST_WIDTH_MM)
    if not np.isfinite(curve.mse).any():
        raise DataError("Nothing was completed yet: there is no curve to draw.")
    delta = curve.request.delta
    is_log = delta > 0 if log is None else log
    notes = wrapped(_note(curve), SMALL_PT, width_mm - 2 * EDGE_MM)
    keys = _keys(curve, width_mm)
    top = keys[-1][1] + 5.5
    page = Page(width_mm, top + PLOT_MM + AXIS_MM + LINE_MM * len(notes) + 1.0)
    page.text(EDGE_MM, TITLE_MM, "Completion error by observed fraction", TITLE_PT, weight="bold")
    for left, height, name, color, dashes in keys:
        page.line((left, height), (left + 3.0, height), color=color, linewidth=1.4, ls=dashes)
        page.text(left + KEY_MM, height, name, SMALL_PT)
    axes = page.axes(EDGE_MM + SCALE_MM, top, width_mm - 2 * EDGE_MM - SCALE_MM, PLOT_MM)
    style(axes)
    _draw_curves(axes, curve, log=is_log)
    if delta:
        _draw_bounds(axes, curve, log=is_log)
    _label(axes)
    for number, line in enumerate(notes):
        height = top + PLOT_MM + AXIS_MM + LINE_MM * number
        page.text(EDGE_MM, height, line, SMALL_PT, color=GREY)
    return page.figure


def _keys(curve: Curve, width_mm: float) -> list[tuple[float, float, str, str, str]]:
    """Left, height, name, colour and dashes of every key; in as many lines as it takes."""
    wanted = [(NAMES[n], COLORS[n], "-") for n in range(curve.request.curves)]
    if curve.request.delta:
        wanted += [(name, GREY, dashes) for _, dashes, name in BOUNDS]
    found, left, height = [], EDGE_MM, KEYS_MM
    for name, color, dashes in wanted:
        width = KEY_MM + text_width_mm(name, SMALL_PT)
        if left > EDGE_MM and left + width > width_mm - EDGE_MM:
            left, height = EDGE_MM, height + LINE_MM
        found.append((left, height, name, color, dashes))
        left += width + KEY_GAP_MM
    return found


def _draw_curves(axes: Axes, curve: Curve, *, log: bool) -> None:
    x = np.array(curve.request.fractions)
    # What is not begun has no points yet.
    begun = [n for n in range(curve.request.curves) if np.isfinite(curve.mse[n]).any()]
    means, sds = ([read(n) for n in begun] for read in (curve.mean, curve.sd))
    largest = max(float(np.nanmax(m + s)) for m, s in zip(means, sds, strict=True)) or 1.0
    if log:
        means = [np.maximum(mean, FLOOR * largest) for mean in means]
        axes.set_yscale("log")
        axes.set_ylim(min(float(np.nanmin(mean)) for mean in means) / BELOW, BELOW * largest)
    else:
        axes.set_ylim(0, 1.1 * largest)
        number_axis(axes)
    foot = axes.get_ylim()[0]
    for mean, sd, color in zip(means, sds, [COLORS[n] for n in begun], strict=True):
        low = np.maximum(mean - sd, foot)
        axes.fill_between(x, low, mean + sd, color=color, alpha=0.2, linewidth=0)
        axes.plot(x, mean, color=color, linewidth=1.2, marker=".", markersize=3)


def _draw_bounds(axes: Axes, curve: Curve, *, log: bool) -> None:
    """As mean squared errors; the noise on what is observed grows with the root of its part."""
    x = np.array(curve.request.fractions)
    above = x[x > 0]
    there = curve.request.there
    norm = float(np.linalg.norm(curve.request.matrix[there]))
    delta = curve.request.delta * norm * np.sqrt(above)
    for factor, dashes, _ in BOUNDS:
        bound = error_bound(above, delta, min(there.shape), factor=factor)
        squared = bound**2 / int(there.sum())
        axes.plot(above, squared, color=GREY, linewidth=0.8, linestyle=dashes)
        if log:
            axes.set_ylim(top=max(axes.get_ylim()[1], BELOW * float(squared.max())))


def _label(axes: Axes) -> None:
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_xlabel("Observed fraction", fontsize=LABEL_PT)
    axes.set_ylabel("Mean squared error", fontsize=LABEL_PT)


def _note(curve: Curve) -> str:
    request = curve.request
    choices = "1 random choice" if request.repeats == 1 else f"{request.repeats} random choices"
    spread = "" if request.repeats == 1 else "mean ± SD of "
    shape = "{} × {}".format(*request.matrix.shape)
    told = f"{shape}, {spread}{choices}{', partial' if curve.is_partial else ''}."
    if request.delta:
        return (
            f"{told} δ is {request.delta:.3g} of the norm of what is observed. The bounds hold for "
            "matrices whose singular vectors are spread out."
        )
    return f"{told} Observed entries are kept (δ = 0): the bound of eq. 6 is 0 and is not drawn."
