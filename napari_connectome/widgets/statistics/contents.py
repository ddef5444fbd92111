"""From statistics to figures, words and tables: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from napari_connectome.core.analysis.data_summary import LEAST_INJECTIONS, DivisionSummary, Spread
from napari_connectome.core.analysis.weight_distribution import DRAWS
from napari_connectome.core.analysis.weight_statistics import WeightStatistics
from napari_connectome.core.errors import ModelError
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.statistics_table import statistics_rows
from napari_connectome.state.params import Selection

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALPHA = 0.05
NO_DISTANCES = "No distances between regions are known: open the brain that they belong to."
NUMBERS = {
    "analysis": "Analysis",
    "model": "Model",
    "quantity": "Quantity",
    "value": "Value",
    "unit": "Unit",
}
ABBREVIATIONS = ("bic", "ks", "rmse", "sd")
RAISED = str.maketrans("-.0123456789", "⁻·⁰¹²³⁴⁵⁶⁷⁸⁹")
DATA_TIPS = {
    "Exp.": "Experiments injected in the division",
    "Regions": "Summary structures with a voxel in the right hemisphere",
    **{f"≥ {n}": f"Regions that at least {n} injections reach" for n in LEAST_INJECTIONS},
    "Volume (mm³)": "Right hemisphere",
    "Region (mm³)": "Volume of a region: mean (least to most)",
    "Nearest (mm)": "Distance of a voxel to the nearest injection: mean (least to most)",
    "Injection (mm³)": "Tracer of an experiment inside the division: mean (least to most)",
}


def data_figure(
    summaries: Sequence[DivisionSummary], tree: StructureTree, width_mm: float
) -> Figure:
    """Figure of the summary of the data."""
    from napari_connectome.figures.summary import summary_figure

    return summary_figure(summaries, tree, width_mm=width_mm)


def figure_of(
    page: str, one: WeightStatistics, width_mm: float, *, log_distance: bool = True
) -> Figure:
    """Figure of a page; "numbers" has all of them.

    Raises
    ------
    ModelError
        When it is that of the fall-off with distance, and there is none.
    """
    from napari_connectome.figures.distance import distance_figure
    from napari_connectome.figures.distributions import distribution_figure
    from napari_connectome.figures.mixture import mixture_figure
    from napari_connectome.figures.statistics import statistics_figure

    if page == "numbers":
        return statistics_figure([one], width_mm=width_mm)
    if page == "distribution":
        return distribution_figure(one.connections, one.distribution, width_mm=width_mm)
    if page == "mixture":
        return mixture_figure(one.connections, one.mixture, width_mm=width_mm)
    if one.distance is None:
        raise ModelError(" ".join(one.notes) or NO_DISTANCES)
    return distance_figure(
        one.connections, one.distance, width_mm=width_mm, log_distance=log_distance
    )


def places_of(one: WeightStatistics, figure: Figure) -> npt.NDArray[np.float64]:
    """Where each pair of the fall-off with distance is drawn, shape (n, 2)."""
    if one.distance is None:
        return np.zeros((0, 2))
    axes = figure.axes[0]
    points = np.stack([one.distance.distances_mm, one.distance.weights], axis=1)
    places = np.asarray(axes.transData.transform(points), dtype=np.float64)
    box = axes.get_window_extent()
    low, high = (box.x0, box.y0), (box.x1, box.y1)
    places[~np.all((places >= low) & (places <= high), axis=1)] = np.nan
    return places


def connection_at(one: WeightStatistics, matrix: RegionalMatrix, place: int) -> tuple[int, int]:
    """Source and target of a pair of the fall-off with distance."""
    assert one.distance is not None
    pair = int(one.distance.pairs[place])
    row, column = one.connections.rows[pair], one.connections.columns[pair]
    return int(matrix.source_ids[row]), int(matrix.target_ids[column])


def selection_at(one: WeightStatistics, matrix: RegionalMatrix, place: int) -> Selection:
    """The same as a selection."""
    return Selection.of_connection(*connection_at(one, matrix, place), one.connections.side)


def place_of(one: WeightStatistics, matrix: RegionalMatrix, selection: Selection) -> int:
    """Pair of the fall-off with distance that is selected; -1 where none of them is."""
    wanted, found = selection.connection, one.connections
    if wanted is None or one.distance is None or wanted.side != found.side:
        return -1
    pairs = one.distance.pairs
    is_source = matrix.source_ids[found.rows[pairs]] == wanted.source_id
    is_target = matrix.target_ids[found.columns[pairs]] == wanted.target_id
    places = np.flatnonzero(is_source & is_target)
    return int(places[0]) if len(places) else -1


def info_at(one: WeightStatistics, matrix: RegionalMatrix, place: int) -> str:
    """The same in words."""
    if place < 0 or one.distance is None:
        return ""
    source, target = connection_at(one, matrix, place)
    names = f"{matrix.tree[source].acronym} to {matrix.tree[target].acronym}"
    distance, weight = one.distance.distances_mm[place], one.distance.weights[place]
    return f"{names} ({one.connections.side}): {weight:.3g}, {distance:.2f} mm apart"


def words_of(page: str, one: WeightStatistics) -> str:
    """What a page comes to, in a few words."""
    if page == "distribution":
        return _distribution_words(one)
    if page == "mixture":
        return _mixture_words(one)
    if page == "numbers":
        return " ".join(words_of(other, one) for other in ("distribution", "mixture", "distance"))
    if one.distance is None:
        return " ".join(one.notes) or NO_DISTANCES
    best = one.distance.best
    slope = f"{best.slope:.2f} ± {best.slope_error:.2f}".replace("-", "−")
    what = "exponent" if best.law == "power_law" else "per mm:"
    return f"{best.title} is closer, {what} {slope} (RMSE of ln w {best.rmse:.3f})."


def _distribution_words(one: WeightStatistics) -> str:
    best, tested = one.distribution.best, one.distribution
    rejected = best.ks_p_fitted <= ALPHA
    verdict = "yet rejected" if rejected else "and not rejected"
    # A simulated p cannot be smaller than one in all samples.
    least = "≤ " if best.ks_p_fitted <= 1 / (DRAWS + 1) else ""
    normal = "not normal" if tested.shapiro_p <= ALPHA else "normal"
    return (
        f"{best.title} is closest by BIC, {verdict} by Kolmogorov–Smirnov "
        f"(p {least}{best.ks_p_fitted:.3f}, refitted). Log weights are {normal} by Shapiro–Wilk "
        f"(p {_short(tested.shapiro_p)})."
    )


def _mixture_words(one: WeightStatistics) -> str:
    mixture = one.mixture
    biggest = int(np.argmax(mixture.shares))
    middle = f"10{_superscript(mixture.means[biggest])}"
    if mixture.components == 1:
        return f"One component by BIC, about {middle}."
    return (
        f"{mixture.components} components by BIC; the largest has {mixture.shares[biggest]:.0%} "
        f"of the connections, about {middle}."
    )


def _superscript(exponent: float) -> str:
    """An exponent with one decimal, raised."""
    return f"{exponent:.1f}".translate(RAISED)


def _short(p: float) -> str:
    """A probability: 0.031, or 5.7×10⁻³⁷."""
    if p >= 1e-3 or p == 0:
        return f"{p:.2g}"
    mantissa, exponent = f"{p:.1e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(RAISED)}"


def numbers_frame(one: WeightStatistics) -> pd.DataFrame:
    """All numbers of the statistics, one a line."""
    rows = statistics_rows(one)
    columns = {title: [row[name] for row in rows] for name, title in NUMBERS.items()}
    for title in ("Model", "Quantity"):
        columns[title] = [_readable(str(text)) for text in columns[title]]
    # As objects: one column of floats would write counts as 2.551e+04.
    return pd.DataFrame(columns, dtype=object)


def _readable(name: str) -> str:
    words = name.replace("_", " ").split(" ")
    return " ".join(word.upper() if word in ABBREVIATIONS else word for word in words)


def data_frame(summaries: Sequence[DivisionSummary], tree: StructureTree) -> pd.DataFrame:
    """Summary of the data as people read it."""
    return pd.DataFrame(
        [
            {
                "Division": tree[one.division_id].acronym,
                "Exp.": one.experiments,
                "Regions": one.regions,
                **{
                    f"≥ {n}": count
                    for n, count in zip(LEAST_INJECTIONS, one.regions_injected, strict=True)
                },
                "Volume (mm³)": one.volume_mm3,
                "Region (mm³)": _spread(one.region_volume_mm3),
                "Nearest (mm)": _spread(one.nearest_mm),
                "Injection (mm³)": _spread(one.injection_mm3),
            }
            for one in summaries
        ]
    )


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return ""
    return f"{spread.mean:.3g} ({spread.least:.3g} to {spread.most:.3g})"
