"""A plot with a table beside it: the form that figures of statistics share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from napari_connectome.core.analysis.connections import Connections
from napari_connectome.core.errors import DataError
from napari_connectome.core.measures import MEASURES
from napari_connectome.figures.page import Page, text_width_mm, wrapped

TITLE_PT, LABEL_PT, SMALL_PT = 8.0, 7.0, 6.0
EDGE_MM, GAP_MM = 3.0, 6.0
TITLE_MM, AXIS_MM, LINE_MM = 8.0, 16.5, 3.1
SCALE_MM = 13.0
"""Room for the numbers and the name of the vertical axis."""
PLOT_MM = 56.0
PANEL_MM = TITLE_MM + PLOT_MM + AXIS_MM
KEY_MM = 68.0
LEAST_WIDTH_MM, MOST_WIDTH_MM = 140.0, 400.0
GREY, FAINT, HISTOGRAM = "0.35", "0.9", "0.84"
SHOWN_FROM_PERCENT = 0.5
"""A logarithmic axis starts there: the few weights below would take most of it."""


class KeyRow(NamedTuple):
    """A line of the table.

    Parameters
    ----------
    cells : tuple of str
        One per column; all but the first are aligned to the right.
    color : str or None
        Of the line before it that stands for a curve.
    bold : bool
        Whether it is what was chosen.
    dashed : bool
        Whether the curve is.
    """

    cells: tuple[str, ...]
    color: str | None = None
    bold: bool = False
    dashed: bool = False


@dataclass(frozen=True)
class Panel:
    """Places of one plot on its page, in millimetres.

    Parameters
    ----------
    page : Page
        Where it is drawn.
    top : float
        Of the panel.
    """

    page: Page
    top: float = 0.0

    @property
    def key_left(self) -> float:
        """Where the table starts."""
        return self.page.width_mm - KEY_MM

    @property
    def key_top(self) -> float:
        """Middle of the first line of the table."""
        return self.top + TITLE_MM + 2.0

    def axes(self) -> Axes:
        """Axes of the plot."""
        left = EDGE_MM + SCALE_MM
        width = self.key_left - GAP_MM - left
        axes = self.page.axes(left, self.top + TITLE_MM, width, PLOT_MM)
        style(axes)
        return axes

    def title(self, text: str) -> None:
        """Write the title above the plot."""
        self.page.text(EDGE_MM, self.top + 3.5, text, TITLE_PT, weight="bold")

    def key(self, rows: Sequence[KeyRow], top: float | None = None) -> float:
        """Draw the table; returns the middle of the line after it."""
        y = self.key_top if top is None else top
        columns = list(zip(*(row.cells for row in rows), strict=True))
        widths = [max(_width(text) for text in one) for one in columns]
        for row in rows:
            x = self.key_left
            if row.color is not None:
                style = "--" if row.dashed else "-"
                self.page.line(
                    (x, y), (x + 4.5, y), color=row.color, linewidth=1.2, linestyle=style
                )
            x += 6.0
            weight = "bold" if row.bold else "normal"
            self.page.text(x, y, row.cells[0], SMALL_PT, weight=weight)
            x += widths[0]
            for text, width in zip(row.cells[1:], widths[1:], strict=True):
                x += width + 2.6
                self.page.text(x, y, text, SMALL_PT, ha="right", weight=weight)
            y += LINE_MM
        return y

    def notes(self, texts: Sequence[str], top: float) -> float:
        """Write small grey lines under the table; returns the middle of the line after them."""
        room = self.page.width_mm - self.key_left - EDGE_MM
        for text in texts:
            for line in wrapped(text, SMALL_PT * 1.05, room):
                self.page.text(self.key_left, top, line, SMALL_PT, color=GREY)
                top += LINE_MM
        return top

    def name_weights(self, axes: Axes, connections: Connections) -> None:
        """Write what the horizontal axis shows, with its unit in small print."""
        title = MEASURES[connections.measure].title
        name_axis(self, axes, title, connections.unit)


def panel_page(width_mm: float, panels: int = 1) -> Page:
    """Page for some panels, one above the other.

    Raises
    ------
    DataError
        When the width is not between 140 and 400 mm.
    """
    if not LEAST_WIDTH_MM <= width_mm <= MOST_WIDTH_MM:
        raise DataError(
            f"A figure of statistics is {LEAST_WIDTH_MM:g} to {MOST_WIDTH_MM:g} mm wide; "
            f"{width_mm:g} came."
        )
    return Page(width_mm, panels * PANEL_MM)


def style(axes: Axes) -> None:
    """Thin axes on two sides with small numbers."""
    axes.tick_params(labelsize=SMALL_PT, length=2, width=0.4, pad=1.5)
    axes.tick_params(which="minor", length=1.2, width=0.3)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set(linewidth=0.5, color=GREY)


def name_axis(panel: Panel, axes: Axes, title: str, unit: str) -> None:
    """Name of the horizontal axis, and its unit in small print where there is one."""
    box = axes.get_position()
    middle = (box.x0 + box.width / 2) * panel.page.width_mm
    y = panel.top + TITLE_MM + PLOT_MM + 6.3
    panel.page.text(middle, y, title, LABEL_PT, ha="center")
    room = 2 * min(middle, panel.key_left - middle) - EDGE_MM
    for number, line in enumerate(wrapped(unit, SMALL_PT, room)):
        panel.page.text(middle, y + 3.4 + number * LINE_MM, line, SMALL_PT, ha="center", color=GREY)


def log_ticks(axes: Axes, which: str = "x") -> None:
    """Powers of ten, at most eight of them."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(numticks=8))
    axis.set_minor_formatter(NullFormatter())


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


def number(value: float) -> str:
    """A short number for a table: "12.3", "−4 035", "2.1×10⁻⁴⁸"."""
    if value != 0 and (abs(value) < 1e-3 or abs(value) >= 1e7):
        mantissa, exponent = f"{value:.1e}".split("e")
        return rf"${mantissa}\times10^{{{int(exponent)}}}$"
    if abs(value) >= 1000:
        return counted(value)
    return f"{value:.3g}".replace("-", "−")


def counted(value: float) -> str:
    """A whole number in groups of three digits: "35 464"."""
    return f"{value:,.0f}".replace(",", " ").replace("-", "−")


def _width(text: str) -> float:
    # Bold letters are wider than those that are measured.
    return 1.15 * text_width_mm(text, SMALL_PT)
