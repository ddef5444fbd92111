"""Log weights as a mixture of normal distributions, for print."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from napari_connectome.core.analysis.connections import Connections
from napari_connectome.core.analysis.mixture import WeightMixture
from napari_connectome.figures.plot_panel import (
    LABEL_PT,
    LINE_MM,
    SMALL_PT,
    Key,
    KeyRow,
    Panel,
    number,
    panel_mm,
    panel_page,
    style,
)
from napari_connectome.figures.weight_axes import about, draw_histogram

WIDTH_MM = 170.0
SUM_COLOR = "black"
BIC_MM, BIC_FOOT_MM = (36.0, 14.0), 7.5


def mixture_figure(
    connections: Connections, mixture: WeightMixture, *, width_mm: float = WIDTH_MM
) -> Figure:
    """Draw a histogram of the weights with the components, and BIC by their number.

    Parameters
    ----------
    connections : Connections
        What was fitted.
    mixture : WeightMixture
        The fit.
    width_mm : float
        Width on paper, 85 to 400; below 140 the table stands under the plot.

    Raises
    ------
    DataError
        When the width is another one.
    """
    page = panel_page(width_mm, mixture_key(connections, mixture))
    draw_mixture(Panel(page), connections, mixture)
    return page.figure


def draw_mixture(panel: Panel, connections: Connections, mixture: WeightMixture) -> None:
    """Draw the same as a panel of a page."""
    panel.title("Mixture of lognormal distributions", connections.title)
    axes = panel.axes()
    x = np.geomspace(*draw_histogram(axes, connections.weights), 400)
    parts = mixture.densities_per_decade(np.log10(x))
    for part, color in zip(parts, _colors(mixture), strict=True):
        axes.plot(x, part, color=color, linewidth=1.0, zorder=4)
    axes.plot(x, parts.sum(axis=0), color=SUM_COLOR, linewidth=1.2, linestyle="--", zorder=5)
    panel.name_weights(axes, connections)
    key = mixture_key(connections, mixture)
    panel.key(key)
    _draw_bics(panel, mixture, panel.top + panel_mm(panel.page.width_mm, key))


def mixture_key(connections: Connections, mixture: WeightMixture) -> Key:
    """Components from the weakest to the strongest."""
    parts = zip(mixture.means, mixture.sds, mixture.shares, _colors(mixture), strict=True)
    rows = [
        KeyRow((f"{order}", f"{mean:.2f}".replace("-", "−"), f"{sd:.2f}", f"{share:.1%}"), color)
        for order, (mean, sd, share, color) in enumerate(parts, start=1)
    ]
    head = KeyRow(("Component", "mean log₁₀", "SD", "share"), bold=True)
    total = KeyRow(("Sum", "", "", "100%"), SUM_COLOR, dashed=True)
    unsettled = () if mixture.converged else ("The fit did not come to rest.",)
    extra_mm = 2 * LINE_MM + BIC_MM[1] + BIC_FOOT_MM
    return Key((head, *rows, total), (*unsettled, *about(connections)), extra_mm)


def _colors(mixture: WeightMixture) -> list[str]:
    return [to_hex(one) for one in colormaps["viridis"](np.linspace(0.0, 0.88, mixture.components))]


def _draw_bics(panel: Panel, mixture: WeightMixture, bottom: float) -> None:
    """Small plot under the table: BIC above the least, by the number of components."""
    width, height = BIC_MM
    top = bottom - height - BIC_FOOT_MM
    left = panel.key_left + 12.0
    axes = panel.page.axes(left, top, width, height)
    style(axes)
    gaps = np.array(mixture.bics) - min(mixture.bics)
    numbers = np.arange(1, len(gaps) + 1)
    axes.plot(numbers, gaps, color="0.4", linewidth=0.8, marker="o", markersize=2.4)
    axes.plot(mixture.components, 0, "o", color="#D55E00", markersize=4)
    others = np.sort(gaps[1:] if len(gaps) > 2 else gaps)
    # One component is often so much worse that the others would lie on one line.
    axes.set_ylim(-0.12 * others[-1], 1.2 * max(others[-1], 1.0))
    axes.set_xlim(0.5, len(gaps) + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.set_ylabel("BIC − least", fontsize=SMALL_PT)
    middle = left + width / 2
    panel.page.text(middle, top + height + 5.2, "Number of components", LABEL_PT, ha="center")
    if gaps[0] > axes.get_ylim()[1]:
        text = f"1 component: {number(float(gaps[0]))}"
        panel.page.text(left + width, top - LINE_MM / 2, text, SMALL_PT, ha="right", color="0.35")
