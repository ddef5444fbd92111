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
    PANEL_MM,
    SMALL_PT,
    KeyRow,
    Panel,
    about,
    draw_histogram,
    number,
    panel_page,
    style,
)

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
        Width on paper, 140 to 400.

    Raises
    ------
    DataError
        When the width is another one.
    """
    page = panel_page(width_mm)
    draw_mixture(Panel(page), connections, mixture)
    return page.figure


def draw_mixture(panel: Panel, connections: Connections, mixture: WeightMixture) -> None:
    """Draw the same as a panel of a page."""
    panel.title(f"Mixture of lognormal distributions: {connections.title}")
    axes = panel.axes()
    x = np.geomspace(*draw_histogram(axes, connections.weights), 400)
    parts = mixture.densities_per_decade(np.log10(x))
    colors = colormaps["viridis"](np.linspace(0.0, 0.88, mixture.components))
    for part, color in zip(parts, colors, strict=True):
        axes.plot(x, part, color=color, linewidth=1.0, zorder=4)
    axes.plot(x, parts.sum(axis=0), color=SUM_COLOR, linewidth=1.2, linestyle="--", zorder=5)
    panel.name_weights(axes, connections)
    y = panel.key(
        [
            KeyRow(("Component", "mean log₁₀", "SD", "share"), bold=True),
            *(
                KeyRow(
                    (f"{order}", f"{mean:.2f}".replace("-", "−"), f"{sd:.2f}", f"{share:.1%}"),
                    to_hex(color),
                )
                for order, (mean, sd, share, color) in enumerate(
                    zip(mixture.means, mixture.sds, mixture.shares, colors, strict=True), start=1
                )
            ),
            KeyRow(("Sum", "", "", "100%"), SUM_COLOR, dashed=True),
        ]
    )
    unsettled = () if mixture.converged else ("The fit did not come to rest.",)
    panel.notes([*unsettled, *about(connections)], y + 1.0)
    _draw_bics(panel, mixture)


def _draw_bics(panel: Panel, mixture: WeightMixture) -> None:
    """Small plot under the table: BIC above the least, by the number of components."""
    width, height = BIC_MM
    top = panel.top + PANEL_MM - height - BIC_FOOT_MM
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
