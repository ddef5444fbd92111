"""A plot with a table beside or under it: the form that figures of statistics share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

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
KEY_MM, KEY_TOP_MM, NOTES_GAP_MM = 68.0, 2.0, 1.0
BOLD = 1.15
"""Bold letters are wider than those that are measured."""
LEAST_WIDTH_MM, BESIDE_WIDTH_MM, MOST_WIDTH_MM = 85.0, 140.0, 400.0
"""From one column of a journal; the table stands beside the plot where there is room."""
GREY = "0.35"


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
class Key:
    """What stands beside or under a plot.

    Parameters
    ----------
    rows : tuple of KeyRow
        The table.
    notes : tuple of str
        Small grey lines under it.
    extra_mm : float
        Room that is left under them for a second plot.
    """

    rows: tuple[KeyRow, ...]
    notes: tuple[str, ...]
    extra_mm: float = 0.0


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
        return EDGE_MM if _is_stacked(self.page.width_mm) else self.page.width_mm - KEY_MM

    @property
    def key_top(self) -> float:
        """Middle of the first line of the table."""
        under = PLOT_MM + AXIS_MM if _is_stacked(self.page.width_mm) else 0.0
        return self.top + TITLE_MM + under + KEY_TOP_MM

    @property
    def plot_right(self) -> float:
        """Where the plot ends."""
        width_mm = self.page.width_mm
        return width_mm - (EDGE_MM if _is_stacked(width_mm) else KEY_MM + GAP_MM)

    def axes(self) -> Axes:
        """Axes of the plot."""
        left = EDGE_MM + SCALE_MM
        axes = self.page.axes(left, self.top + TITLE_MM, self.plot_right - left, PLOT_MM)
        style(axes)
        return axes

    def title(self, what: str, group: str) -> None:
        """Write what is drawn, and of which connections, above the plot."""
        text, room = f"{what}: {group}", self.page.width_mm - 2 * EDGE_MM
        if BOLD * text_width_mm(text, TITLE_PT) <= room:
            self.page.text(EDGE_MM, self.top + 3.5, text, TITLE_PT, weight="bold")
            return
        self.page.text(EDGE_MM, self.top + 2.4, what, TITLE_PT, weight="bold")
        lines = wrapped(group, LABEL_PT, room - text_width_mm(" …", LABEL_PT))
        more = " …" if len(lines) > 1 else ""
        self.page.text(EDGE_MM, self.top + 5.6, lines[0] + more, LABEL_PT)

    def key(self, key: Key) -> float:
        """Draw table and notes; returns the middle of the line after them."""
        y = self.key_top
        columns = list(zip(*(row.cells for row in key.rows), strict=True))
        widths = [max(_width(text) for text in one) for one in columns]
        for row in key.rows:
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
        y += NOTES_GAP_MM
        for line in _note_lines(key, self.page.width_mm):
            self.page.text(self.key_left, y, line, SMALL_PT, color=GREY)
            y += LINE_MM
        return y

    def name_weights(self, axes: Axes, connections: Connections) -> None:
        """Write what the horizontal axis shows, with its unit in small print."""
        title = MEASURES[connections.measure].title
        name_axis(self, axes, title, connections.unit)


def panel_mm(width_mm: float, key: Key) -> float:
    """Height of a panel on a page of this width."""
    if not _is_stacked(width_mm):
        return PANEL_MM
    lines = len(key.rows) + len(_note_lines(key, width_mm))
    return PANEL_MM + KEY_TOP_MM + lines * LINE_MM + NOTES_GAP_MM + key.extra_mm


def panel_page(width_mm: float, *keys: Key) -> Page:
    """Page for some panels, one above the other.

    Raises
    ------
    DataError
        When the width is not between 85 and 400 mm.
    """
    if not LEAST_WIDTH_MM <= width_mm <= MOST_WIDTH_MM:
        raise DataError(
            f"A figure of statistics is {LEAST_WIDTH_MM:g} to {MOST_WIDTH_MM:g} mm wide; "
            f"{width_mm:g} came."
        )
    return Page(width_mm, sum(panel_mm(width_mm, key) for key in keys))


def style(axes: Axes) -> None:
    """Thin axes on two sides with small numbers."""
    axes.tick_params(labelsize=SMALL_PT, length=2, width=0.4, pad=1.5)
    axes.tick_params(which="minor", length=1.2, width=0.3)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set(linewidth=0.5, color=GREY)


def number_axis(axes: Axes) -> None:
    """A few round numbers on a linear vertical axis, with a power of ten above it if need be."""
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.ticklabel_format(axis="y", style="sci", scilimits=(-3, 4), useMathText=True)
    axes.yaxis.get_offset_text().set(size=SMALL_PT)


def name_axis(panel: Panel, axes: Axes, title: str, unit: str) -> None:
    """Name of the horizontal axis, and its unit in small print where there is one."""
    box = axes.get_position()
    middle = (box.x0 + box.width / 2) * panel.page.width_mm
    y = panel.top + TITLE_MM + PLOT_MM + 6.3
    panel.page.text(middle, y, title, LABEL_PT, ha="center")
    right = min(panel.plot_right + GAP_MM, panel.page.width_mm)
    room = 2 * min(middle, right - middle) - EDGE_MM
    for number, line in enumerate(wrapped(unit, SMALL_PT, room)):
        panel.page.text(middle, y + 3.4 + number * LINE_MM, line, SMALL_PT, ha="center", color=GREY)


def log_ticks(axes: Axes, which: str = "x") -> None:
    """Powers of ten, at most eight of them."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(numticks=8))
    axis.set_minor_formatter(NullFormatter())


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


def _is_stacked(width_mm: float) -> bool:
    return width_mm < BESIDE_WIDTH_MM


def _note_lines(key: Key, width_mm: float) -> list[str]:
    room = width_mm - 2 * EDGE_MM if _is_stacked(width_mm) else KEY_MM - EDGE_MM
    return [line for note in key.notes for line in wrapped(note, SMALL_PT * 1.05, room)]


def _width(text: str) -> float:
    return BOLD * text_width_mm(text, SMALL_PT)
