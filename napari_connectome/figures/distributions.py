"""Distribution of the weights with fitted families, for print."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from napari_connectome.core.analysis.connections import Connections
from napari_connectome.core.analysis.families import FamilyName
from napari_connectome.core.analysis.weight_distribution import DRAWS, WeightDistribution
from napari_connectome.figures.plot_panel import (
    Key,
    KeyRow,
    Panel,
    counted,
    number,
    panel_page,
)
from napari_connectome.figures.weight_axes import about, draw_histogram

WIDTH_MM = 170.0
# Okabe and Ito's colours: told apart by every kind of colour vision.
COLORS: dict[FamilyName, str] = {
    "lognormal": "#0072B2",
    "inverse_gamma": "#E69F00",
    "inverse_gaussian": "#009E73",
    "exponential": "#D55E00",
    "normal": "#CC79A7",
}


def distribution_figure(
    connections: Connections, distribution: WeightDistribution, *, width_mm: float = WIDTH_MM
) -> Figure:
    """Draw a histogram of the weights with every fitted density and its BIC.

    Parameters
    ----------
    connections : Connections
        What was fitted.
    distribution : WeightDistribution
        The fits.
    width_mm : float
        Width on paper, 85 to 400; below 140 the table stands under the plot.

    Returns
    -------
    Figure
        For :func:`~napari_connectome.figures.saving.save_figure`.

    Raises
    ------
    DataError
        When the width is another one.
    """
    page = panel_page(width_mm, distribution_key(connections, distribution))
    draw_distribution(Panel(page), connections, distribution)
    return page.figure


def draw_distribution(
    panel: Panel, connections: Connections, distribution: WeightDistribution
) -> None:
    """Draw the same as a panel of a page."""
    panel.title("Distribution of weights", connections.title)
    axes = panel.axes()
    x = np.geomspace(*draw_histogram(axes, connections.weights), 400)
    for order, fit in enumerate(distribution.fits):
        axes.plot(
            x,
            fit.density_per_decade(x),
            color=COLORS[fit.family],
            linewidth=1.6 if order == 0 else 0.9,
            zorder=10 - order,
        )
    panel.name_weights(axes, connections)
    panel.key(distribution_key(connections, distribution))


def distribution_key(connections: Connections, distribution: WeightDistribution) -> Key:
    """Families from the best to the worst, and the tests."""
    best, count = distribution.best, distribution.shapiro_count
    tested = "" if count == distribution.count else f" ({counted(count)} of them, drawn at random)"
    parameters = ", ".join(
        f"{_symbol(name)} = {number(value)}" for name, value in best.parameters.items()
    )
    rows = [
        KeyRow(
            (
                fit.title,
                number(fit.bic - best.bic),
                f"{fit.ks_distance:.3f}",
                _p(fit.ks_p_fitted),
            ),
            COLORS[fit.family],
            bold=fit is best,
        )
        for fit in distribution.fits
    ]
    notes = [
        "p: Kolmogorov–Smirnov among samples of the fitted family, each fitted again.",
        f"{best.title}: {parameters}; least BIC {number(best.bic)}.",
        f"Log weights normal? Shapiro–Wilk W = {distribution.shapiro_w:.4f}, "
        f"p = {number(distribution.shapiro_p)}{tested}.",
        *about(connections),
    ]
    head = KeyRow(("Family", "BIC − least", "KS D", "p"), bold=True)
    return Key((head, *rows), tuple(notes))


def _p(value: float) -> str:
    # A simulated p cannot be smaller than one in all samples.
    return f"≤ {value:.3f}" if value <= 1 / (DRAWS + 1) else f"{value:.3f}"


def _symbol(name: str) -> str:
    greek = {"mu": "μ", "sigma": "σ", "alpha": "α", "beta": "β", "lambda": "λ"}
    return greek.get(name, name)
