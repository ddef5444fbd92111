"""Weights on a logarithmic axis, and what is said about them in every figure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from napari_connectome.core.analysis.connections import Connections
from napari_connectome.figures.plot_panel import LABEL_PT, counted, log_ticks

HISTOGRAM = "0.84"
SHOWN_FROM_PERCENT = 0.5
"""The axis starts there: the few weights below would take most of it."""


def shown_range(weights: npt.NDArray[np.float64]) -> tuple[float, float, int]:
    """Ends of a logarithmic axis, and how many weights lie below it."""
    low = float(np.percentile(weights, SHOWN_FROM_PERCENT))
    high = float(weights.max())
    margin = max((high / low) ** 0.03, 1.05)
    low, high = low / margin, high * margin
    return low, high, int(np.count_nonzero(weights < low))


def draw_histogram(axes: Axes, weights: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Draw the density per decade as steps; returns the ends of the axis."""
    low, high, _ = shown_range(weights)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    decades = np.log10(high / low)
    bins = int(np.clip(2.0 * np.cbrt(len(weights)), 8, 60))
    counts, edges = np.histogram(np.log10(weights), bins, (np.log10(low), np.log10(high)))
    heights = counts / len(weights) / (decades / bins)
    axes.stairs(heights, 10.0**edges, fill=True, color=HISTOGRAM, linewidth=0, zorder=1)
    axes.stairs(heights, 10.0**edges, color="0.6", linewidth=0.5, zorder=2)
    axes.set_ylim(0, 1.35 * float(heights.max()))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_ylabel("Share of connections per decade", fontsize=LABEL_PT)
    log_ticks(axes)
    return low, high


def about(connections: Connections) -> list[str]:
    """What stands under every table: how many connections, and what is not shown."""
    zero = f"{counted(connections.zeros)} {'is' if connections.zeros == 1 else 'are'} zero"
    missing = f", {counted(connections.missing)} missing" if connections.missing else ""
    lines = [f"{counted(len(connections))} connections above zero; {zero}{missing}."]
    below = shown_range(connections.weights)[2]
    if below:
        lines.append(f"{counted(below)} weaker than the axis shows.")
    return lines
