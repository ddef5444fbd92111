"""Weights against the distance between regions with fitted laws, for print."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from napari_connectome.core.analysis.connections import Connections
from napari_connectome.core.analysis.distance_dependence import (
    DistanceDependence,
    DistanceFit,
    Law,
)
from napari_connectome.core.measures import MEASURES
from napari_connectome.figures.plot_panel import (
    LABEL_PT,
    Key,
    KeyRow,
    Panel,
    log_ticks,
    name_axis,
    number,
    panel_page,
)
from napari_connectome.figures.weight_axes import about, shown_range

WIDTH_MM = 170.0
COLORS: dict[Law, str] = {"power_law": "#0072B2", "exponential": "#D55E00"}
MEDIAN_COLOR = "black"
BINS, LEAST_IN_BIN = 14, 5
TICKS_MM = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


def distance_figure(
    connections: Connections,
    dependence: DistanceDependence,
    *,
    width_mm: float = WIDTH_MM,
    log_distance: bool = True,
) -> Figure:
    """Draw every connection at its distance, with both laws fitted to log weights.

    Parameters
    ----------
    connections : Connections
        What was fitted.
    dependence : DistanceDependence
        The fits.
    width_mm : float
        Width on paper, 85 to 400; below 140 the table stands under the plot.
    log_distance : bool
        A power law is straight on a logarithmic axis, an exponential on a linear one.

    Raises
    ------
    DataError
        When the width is another one.
    """
    page = panel_page(width_mm, distance_key(connections, dependence))
    draw_distance(Panel(page), connections, dependence, log_distance=log_distance)
    return page.figure


def draw_distance(
    panel: Panel,
    connections: Connections,
    dependence: DistanceDependence,
    *,
    log_distance: bool = True,
) -> None:
    """Draw the same as a panel of a page."""
    panel.title("Weight and distance", connections.title)
    axes, d, w = panel.axes(), dependence.distances_mm, dependence.weights
    low, high, _ = shown_range(w)
    axes.set(yscale="log", ylim=(low, high))
    spaced = np.geomspace if log_distance else np.linspace
    size = float(np.clip(40.0 / np.sqrt(len(w)), 0.5, 3.0))
    # Thousands of points are one image in a vector file.
    axes.plot(
        d, w, "o", color="0.55", markersize=size, markeredgewidth=0, alpha=0.35, rasterized=True
    )
    _draw_medians(axes, d, w, spaced(d.min(), d.max() * (1 + 1e-9), BINS + 1))
    x = spaced(d.min(), d.max(), 200)
    for fit in dependence.fits:
        if fit.scale == "log":
            wide = 1.8 if fit is dependence.best else 1.1
            axes.plot(x, fit.weight(x), color=COLORS[fit.law], linewidth=wide, zorder=5)
    _scale_distance(axes, d, log=log_distance)
    log_ticks(axes, "y")
    title = MEASURES[connections.measure].title
    axes.set_ylabel(title, fontsize=LABEL_PT)
    name_axis(panel, axes, "Distance between region centroids (mm)", "")
    panel.key(distance_key(connections, dependence))


def _draw_medians(
    axes: Axes,
    d: npt.NDArray[np.float64],
    w: npt.NDArray[np.float64],
    edges: npt.NDArray[np.float64],
) -> None:
    which = np.digitize(d, edges)
    for one in range(1, BINS + 1):
        inside = w[which == one]
        if len(inside) >= LEAST_IN_BIN:
            middle = np.median(d[which == one])
            quarters = np.percentile(inside, [25, 75])
            axes.plot([middle] * 2, quarters, color=MEDIAN_COLOR, linewidth=0.7, zorder=4)
            axes.plot(middle, np.median(inside), "o", color=MEDIAN_COLOR, markersize=2.6, zorder=4)


def _scale_distance(axes: Axes, d: npt.NDArray[np.float64], *, log: bool) -> None:
    if not log:
        axes.set_xlim(0.0, d.max() * 1.03)
        axes.xaxis.set_major_locator(MaxNLocator(6))
        return
    low, high = d.min() / 1.1, d.max() * 1.1
    axes.set(xscale="log", xlim=(low, high))
    axes.xaxis.set_major_locator(FixedLocator([t for t in TICKS_MM if low <= t <= high]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def distance_key(connections: Connections, dependence: DistanceDependence) -> Key:
    """Both laws, and what was left out."""
    rows = [
        KeyRow(
            (fit.title, _slope(fit), f"{fit.rmse:.3f}"),
            COLORS[fit.law],
            bold=fit is dependence.best,
        )
        for fit in dependence.fits
        if fit.scale == "log"
    ]
    notes = [
        f"w: {connections.unit}.",
        "Least squares of ln w (Levenberg–Marquardt). Standard errors as if connections were "
        "independent.",
        "Dots and bars: median and quartiles in bins of distance.",
    ]
    linear = [fit for fit in dependence.fits if fit.scale == "linear"]
    if linear:
        found = ", ".join(
            f"{fit.title.lower()} {_slope(fit)}, RMSE {number(fit.rmse)}" for fit in linear
        )
        notes.append(f"Least squares of w itself: {found}.")
    if dependence.left_out:
        notes.append(f"{dependence.left_out} without a distance, or of a region with itself.")
    head = KeyRow(("Law", "slope ± SE", "RMSE of ln w"), bold=True)
    return Key((head, *rows), (*notes, *dependence.notes, *about(connections)))


def _slope(fit: DistanceFit) -> str:
    unit = "" if fit.law == "power_law" else "/mm"
    return f"{fit.slope:.2f} ± {fit.slope_error:.2f}{unit}".replace("-", "−")
