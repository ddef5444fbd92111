"""Target regions for print: a bar to each side of an axis for each region."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from napari_connectome.core.errors import DataError
from napari_connectome.core.sides import BY_SOURCE, SideWords
from napari_connectome.figures.page import POINT_MM, Page, check_width, text_width_mm
from napari_connectome.figures.paired_bars import PairedBar, PairedScale, scale_of

TITLE_PT, LABEL_PT, SMALL_PT = 8.0, 7.0, 6.0
EDGE_MM, GAP_MM = 2.0, 2.0
ROW_MM, BAR_PART = 3.4, 0.72
HEAD_MM, FOOT_MM = 10.5, 10.5
LEAST_WIDTH_MM, NAMES_FROM_MM = 60.0, 120.0
"""A narrower figure is refused; a narrower one has acronyms without names."""
NAME_PART = 0.38
BOLD_PART = 1.1
"""Bold letters are this much wider."""
GREY, FAINT = "0.35", "0.85"


def targets_figure(
    bars: Sequence[PairedBar],
    *,
    title: str,
    unit: str,
    value_title: str = "Density",
    log: bool = False,
    width_mm: float = 140.0,
    words: SideWords = BY_SOURCE,
) -> Figure:
    """Draw target regions, one line each, in the order given.

    Parameters
    ----------
    bars : sequence of PairedBar
        From top to bottom.
    title : str
        What is shown: "Targets of VISp".
    unit : str
        Unit of the values.
    value_title : str
        What the values are.
    log : bool
        Logarithmic axis, at most three decades.
    width_mm : float
        Width on paper; the height follows from the number of regions.
    words : SideWords
        What the two sides are called.

    Returns
    -------
    Figure
        For :func:`~napari_connectome.figures.saving.save_figure`.

    Raises
    ------
    DataError
        When no value is above zero, or the paper is too narrow.
    """
    scale = scale_of(bars, log=log)
    if scale is None:
        raise DataError("A figure of targets needs a region with a value above zero; none came.")
    check_width(width_mm, LEAST_WIDTH_MM, "A figure of targets")
    page = Page(width_mm, HEAD_MM + len(bars) * ROW_MM + FOOT_MM)
    left = _write_regions(page, bars)
    axes = page.axes(left, HEAD_MM, width_mm - left - 2 * EDGE_MM, len(bars) * ROW_MM)
    _draw_bars(axes, bars, scale)
    _draw_axis(axes, scale, len(bars))
    room = (width_mm - 2 * EDGE_MM) / BOLD_PART
    page.text(EDGE_MM, EDGE_MM + 1.5, _shortened(title, room, TITLE_PT), TITLE_PT, weight="bold")
    _write_sides(page, axes, scale, words)
    _write_caption(page, left, value_title, unit)
    return page.figure


def _write_caption(page: Page, left: float, value_title: str, unit: str) -> None:
    """Under the bars, as far to the left as it must be; in two lines where one is too long."""
    caption, y = f"{value_title} ({unit})" if unit else value_title, page.height_mm - EDGE_MM - 2.0
    room = page.width_mm - 2 * EDGE_MM
    if text_width_mm(caption, LABEL_PT) > room:
        caption = f"{value_title}\n{_shortened(unit, room, LABEL_PT)}"
    half = max(text_width_mm(line, LABEL_PT) for line in caption.split("\n")) / 2
    middle = (left + page.width_mm - 2 * EDGE_MM) / 2
    middle = max(min(middle, page.width_mm - EDGE_MM - half), EDGE_MM + half)
    page.text(middle, y, caption, LABEL_PT, ha="center")


def _write_regions(page: Page, bars: Sequence[PairedBar]) -> float:
    """Acronyms, and names where the paper is wide; returns where the bars can start."""
    name_left = EDGE_MM + max(text_width_mm(bar.acronym, LABEL_PT) for bar in bars) + GAP_MM
    named = page.width_mm >= NAMES_FROM_MM
    room = NAME_PART * page.width_mm
    for number, bar in enumerate(bars):
        # On one line of writing, the capitals in the middle of the bar.
        y = HEAD_MM + (number + 0.5) * ROW_MM + 0.36 * LABEL_PT * POINT_MM
        page.text(EDGE_MM, y, bar.acronym, LABEL_PT, va="baseline")
        if named:
            name = _shortened(bar.name, room, SMALL_PT)
            page.text(name_left, y, name, SMALL_PT, va="baseline", color=GREY)
    if not named:
        return name_left
    widest = max(text_width_mm(_shortened(bar.name, room, SMALL_PT), SMALL_PT) for bar in bars)
    return name_left + widest + GAP_MM


def _shortened(text: str, room_mm: float, size_pt: float) -> str:
    fits = int(room_mm / text_width_mm("x", size_pt))
    return text if len(text) <= fits else text[: max(fits - 1, 1)].rstrip(" ,") + "…"


def _draw_bars(axes: Axes, bars: Sequence[PairedBar], scale: PairedScale) -> None:
    colors = [tuple(part / 255 for part in bar.rgb) for bar in bars]
    sides = ([scale.length(bar.ipsi) for bar in bars], [-scale.length(bar.contra) for bar in bars])
    for lengths in sides:
        drawn = axes.barh(range(len(bars)), lengths, BAR_PART, color=colors, zorder=2)
        for patch in drawn:
            patch.set(edgecolor=GREY, linewidth=0.3)


def _draw_axis(axes: Axes, scale: PairedScale, count: int) -> None:
    """Limits, grid, and numbers that stand for values on both sides."""
    axes.set_xlim(-scale.contra_part, 1 - scale.contra_part)
    axes.set_ylim(count - 0.5, -0.5)
    ticks = _ticks(scale)
    axes.set_xticks([place for place, _ in ticks], [text for _, text in ticks])
    axes.tick_params(axis="x", labelsize=SMALL_PT, length=2, width=0.4, pad=1.5)
    axes.grid(axis="x", color=FAINT, linewidth=0.4, zorder=0)
    axes.axvline(0, color="black", linewidth=0.6, zorder=3)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set(linewidth=0.4, color=GREY)


def _ticks(scale: PairedScale) -> list[tuple[float, str]]:
    longer = max(scale.ipsi_end, scale.contra_end)
    locator = LogLocator(numticks=6) if scale.log else MaxNLocator(5, steps=[1, 2, 2.5, 5, 10])
    values = [v for v in locator.tick_values(scale.low, longer) if v > scale.low * 1.2]
    ticks = [(0.0, _number(scale.low))]
    for side, end in ((1, scale.ipsi_end), (-1, scale.contra_end)):
        ticks += [(side * scale.length(v), _number(v)) for v in values if 0 < v <= end * (1 + 1e-9)]
    return ticks


def _number(value: float) -> str:
    """A short number: "0.25", "2×10⁻⁴"."""
    if value == 0 or 1e-3 <= value < 1e5:
        return f"{value:g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    factor = "" if float(mantissa) == 1 else rf"{float(mantissa):g}\times"
    return rf"${factor}10^{{{int(exponent)}}}$"


def _write_sides(page: Page, axes: Axes, scale: PairedScale, words: SideWords) -> None:
    box = axes.get_position()
    middle = (box.x0 + box.width * scale.contra_part) * page.width_mm
    y = HEAD_MM - 1.6
    page.text(middle - 1.0, y, f"← {words.contra_long}", SMALL_PT, ha="right", color=GREY)
    page.text(middle + 1.0, y, f"{words.ipsi_long} →", SMALL_PT, color=GREY)
