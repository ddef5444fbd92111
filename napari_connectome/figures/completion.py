"""A matrix before and after completion, and its spectrum, for print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from napari_connectome.core.completion.result import Completion
from napari_connectome.core.errors import DataError
from napari_connectome.figures.page import Page, check_width
from napari_connectome.figures.plot_panel import GREY, LABEL_PT, SMALL_PT, TITLE_PT, style

EDGE_MM, HEAD_MM, GAP_MM, FOOT_MM, SCALE_MM = 4.0, 12.0, 5.0, 8.0, 12.0
LEAST_WIDTH_MM, PLOT_MM = 85.0, 55.0
DECADES = 4.0
MAP = "inferno"
MISSING = "0.82"
Matrix = npt.NDArray[np.float64]


def matrices_figure(found: Completion, truth: Matrix, *, width_mm: float = 180.0) -> Figure:
    """Draw what was observed (missing entries hatched), the completed matrix, and the truth.

    Parameters
    ----------
    found : Completion
        The answer.
    truth : ndarray of float64, shape (r, c)
        What is known; NaN elsewhere. It is drawn where entries of it were hidden.
    width_mm : float
        Width on paper, at least 85.

    Raises
    ------
    DataError
        When the paper is too narrow.
    """
    check_width(width_mm, LEAST_WIDTH_MM)
    observed = np.where(found.problem.observed, found.problem.known, np.nan)
    panels = [("Observed", observed), ("Completed", found.matrix)]
    if (np.isfinite(truth) & ~found.problem.observed).any():
        panels.append(("Known", truth))
    room = (width_mm - 2 * EDGE_MM - GAP_MM * (len(panels) - 1)) / len(panels)
    height = room * found.problem.shape[0] / found.problem.shape[1]
    height = float(np.clip(height, 0.8 * room, 1.6 * room))
    page = Page(width_mm, HEAD_MM + height + FOOT_MM)
    page.text(EDGE_MM, 4.0, "Rows are sources, columns targets", TITLE_PT, weight="bold")
    norm = _norm(truth, found)
    for number, (title, values) in enumerate(panels):
        left = EDGE_MM + number * (room + GAP_MM)
        page.text(left, 9.5, title, LABEL_PT)
        _draw_matrix(page.axes(left, HEAD_MM, room, height), values, norm)
    words = (
        f"Logarithmic colours from {norm.vmin:.2g} to {norm.vmax:.2g}; hatched: missing; what is "
        "lower or negative has the darkest colour."
    )
    page.text(EDGE_MM, HEAD_MM + height + 4.0, words, SMALL_PT, color=GREY)
    return page.figure


def removed_figure(
    series: Sequence[tuple[float, Completion]], truth: Matrix, *, width_mm: float = 180.0
) -> Figure:
    """Draw the matrix beside its completions with more and less of it removed.

    Parameters
    ----------
    series : sequence of (float, Completion)
        Removed part, and the answer.
    truth : ndarray of float64, shape (r, c)
        What is known; NaN elsewhere.
    width_mm : float
        Width on paper, at least 85.

    Raises
    ------
    DataError
        When there is none, or the paper is too narrow.
    """
    check_width(width_mm, LEAST_WIDTH_MM)
    if not series:
        raise DataError("Nothing was completed yet: there is nothing to draw.")
    room = (width_mm - 2 * EDGE_MM - GAP_MM) / 2
    height = float(np.clip(room * truth.shape[0] / truth.shape[1], room / 2, 1.6 * room))
    lines = (len(series) + 2) // 2
    page = Page(width_mm, 6.0 + lines * (height + 7.0) + FOOT_MM)
    page.text(EDGE_MM, 4.0, "Rows are sources, columns targets", TITLE_PT, weight="bold")
    norm = _norm(truth, series[0][1])
    panels = [("Known", truth)]
    for removed, found in series:
        error = found.relative_error(truth)
        panels.append((f"{removed:.0%} removed, completed: error {error:.2f}", found.matrix))
    for number, (title, values) in enumerate(panels):
        left = EDGE_MM + (number % 2) * (room + GAP_MM)
        top = 12.0 + (number // 2) * (height + 7.0)
        page.text(left, top - 2.5, title, SMALL_PT)
        _draw_matrix(page.axes(left, top, room, height), values, norm)
    return page.figure


def _norm(truth: Matrix, found: Completion) -> LogNorm:
    values = np.concatenate([truth[np.isfinite(truth)], found.problem.known.ravel()])
    top = float(values.max(initial=0.0)) or 1.0
    return LogNorm(top / 10**DECADES, top, clip=True)


def _draw_matrix(axes: Axes, values: Matrix, norm: LogNorm) -> None:
    rows, columns = values.shape
    extent = (0.0, float(columns), float(rows), 0.0)
    axes.set_facecolor(MISSING)
    axes.patch.set(hatch="//////", edgecolor="0.6", linewidth=0)
    shown = np.ma.masked_invalid(np.maximum(values, float(norm.vmin or 0.0)))
    axes.imshow(shown, norm=norm, cmap=MAP, extent=extent, aspect="auto", interpolation="nearest")
    axes.set(xticks=[], yticks=[])


def spectrum_figure(found: Completion, truth: Matrix, *, width_mm: float = 120.0) -> Figure:
    """Draw singular values, and the part of the squared norm that the first k of them hold.

    Parameters
    ----------
    found, truth
        As in :func:`matrices_figure`.
    width_mm : float
        Width on paper, at least 85.
    """
    check_width(width_mm, LEAST_WIDTH_MM)
    page = Page(width_mm, HEAD_MM + 2 * (PLOT_MM + FOOT_MM + 3.0))
    page.text(EDGE_MM, 4.0, "Singular values and explained variance", TITLE_PT, weight="bold")
    curves = [("completed", found.singular_values, "#D55E00")]
    if np.isfinite(truth).mean() > found.problem.fraction:
        known = np.where(np.isfinite(truth), truth, 0.0)
        curves.insert(0, ("known", np.linalg.svd(known, compute_uv=False), "#0072B2"))
    for number, (name, _, color) in enumerate(curves):
        left = EDGE_MM + 26.0 * number
        page.line((left, 9.5), (left + 3.0, 9.5), color=color, linewidth=1.6)
        page.text(left + 4.2, 9.5, name, SMALL_PT)
    width = width_mm - 2 * EDGE_MM - SCALE_MM
    for place in range(2):
        top = HEAD_MM + place * (PLOT_MM + FOOT_MM + 3.0)
        axes = page.axes(EDGE_MM + SCALE_MM, top, width, PLOT_MM)
        style(axes)
        for _, values, color in curves:
            energy = np.cumsum(values**2) / max(float((values**2).sum()), 1e-300)
            ranks = np.arange(1, len(values) + 1)
            axes.plot(ranks, energy if place else values, color=color, linewidth=1.1)
        axes.set_xscale("log")
        axes.set_xlim(1, len(found.singular_values))
        if place:
            axes.set_ylim(0, 1.02)
            axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
            axes.set_ylabel("Explained variance", fontsize=LABEL_PT)
            axes.set_xlabel("Rank", fontsize=LABEL_PT)
        else:
            axes.set_yscale("log")
            largest = float(max(values[0] for _, values, _ in curves)) or 1.0
            axes.set_ylim(largest * 1e-5, largest * 1.5)
            axes.set_ylabel("Singular value", fontsize=LABEL_PT)
    return page.figure
