"""Statistics as tidy tables: one number a line, with what it is and its unit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from napari_connectome.core.analysis.data_summary import (
    LEAST_INJECTIONS,
    DivisionSummary,
    Spread,
)
from napari_connectome.core.analysis.weight_statistics import WeightStatistics
from napari_connectome.core.io.atomic import write_text
from napari_connectome.core.structures import StructureTree

Row = dict[str, Any]
STATISTICS_COLUMNS = ("group", "side", "measure", "analysis", "model", "quantity", "value", "unit")
SPREADS = ("region_volume_mm3", "nearest_mm", "injection_mm3")


def statistics_rows(statistics: WeightStatistics) -> list[Row]:
    """All numbers of a group of connections.

    Returns
    -------
    list of dict
        With the keys of :data:`STATISTICS_COLUMNS`.
    """
    connections = statistics.connections
    ahead = {
        "group": connections.group,
        "side": connections.side,
        "measure": connections.measure,
    }
    return [
        ahead | dict(zip(STATISTICS_COLUMNS[3:], cells, strict=True))
        for cells in _cells(statistics)
    ]


def _cells(statistics: WeightStatistics) -> Iterator[tuple[str, str, str, Any, str]]:
    connections, unit = statistics.connections, statistics.connections.unit
    yield "connections", "", "above_zero", len(connections), ""
    yield "connections", "", "zero", connections.zeros, ""
    yield "connections", "", "missing", connections.missing, ""
    yield from _distribution_cells(statistics)
    yield from _mixture_cells(statistics)
    if statistics.distance is None:
        return
    dependence = statistics.distance
    yield "distance", "", "pairs", len(dependence.weights), ""
    for fit in dependence.fits:
        model = f"{fit.law}, {fit.scale} scale"
        error = "" if fit.scale == "log" else unit
        if fit.law == "power_law":
            yield "distance", model, "exponent", fit.slope, ""
            yield "distance", model, "exponent_standard_error", fit.slope_error, ""
        else:
            yield "distance", model, "decay_per_mm", -fit.slope, "1/mm"
            yield "distance", model, "decay_per_mm_standard_error", fit.slope_error, "1/mm"
        yield "distance", model, "intercept_ln_weight", fit.intercept, ""
        yield "distance", model, "rmse_ln_weight" if fit.scale == "log" else "rmse", fit.rmse, error


def _distribution_cells(
    statistics: WeightStatistics,
) -> Iterator[tuple[str, str, str, Any, str]]:
    distribution = statistics.distribution
    for fit in distribution.fits:
        for name, value in fit.parameters.items():
            yield "distribution", fit.family, name, value, ""
        yield "distribution", fit.family, "log_likelihood", fit.log_likelihood, ""
        yield "distribution", fit.family, "bic", fit.bic, ""
        yield "distribution", fit.family, "ks_distance", fit.ks_distance, ""
        yield "distribution", fit.family, "ks_p", fit.ks_p, ""
        yield "distribution", fit.family, "ks_p_fitted", fit.ks_p_fitted, ""
    yield "log_normality", "shapiro_wilk", "w", distribution.shapiro_w, ""
    yield "log_normality", "shapiro_wilk", "p", distribution.shapiro_p, ""
    yield "log_normality", "shapiro_wilk", "weights_tested", distribution.shapiro_count, ""


def _mixture_cells(statistics: WeightStatistics) -> Iterator[tuple[str, str, str, Any, str]]:
    mixture = statistics.mixture
    yield "mixture", "", "components", mixture.components, ""
    for number, bic in enumerate(mixture.bics, start=1):
        yield "mixture", f"{number} components", "bic", bic, ""
    parts = zip(mixture.means, mixture.sds, mixture.shares, strict=True)
    for number, (mean, sd, share) in enumerate(parts, start=1):
        yield "mixture", f"component {number}", "mean_log10", float(mean), "log10"
        yield "mixture", f"component {number}", "sd_log10", float(sd), "log10"
        yield "mixture", f"component {number}", "share", float(share), ""


def summary_rows(summaries: Iterable[DivisionSummary], tree: StructureTree) -> list[Row]:
    """One line per division, with units in the names of the columns."""
    return [_summary_row(summary, tree) for summary in summaries]


def _summary_row(summary: DivisionSummary, tree: StructureTree) -> Row:
    row: Row = {
        "division": tree[summary.division_id].acronym,
        "id": summary.division_id,
        "experiments": summary.experiments,
        "regions": summary.regions,
    }
    for least, count in zip(LEAST_INJECTIONS, summary.regions_injected, strict=True):
        row[f"regions_with_{least}_or_more"] = count
    row["volume_mm3"] = summary.volume_mm3
    for name in SPREADS:
        spread: Spread | None = getattr(summary, name)
        for part in ("least", "most", "mean", "variance"):
            row[f"{name}_{part}"] = None if spread is None else getattr(spread, part)
    return row


def write_rows(path: str | Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a table as CSV in UTF-8, numbers with all their digits, empty where there is none.

    Parameters
    ----------
    path : str or Path
        File to write. An older file of this name is replaced when the new one is complete.
    rows : sequence of mapping
        Lines with the same keys.

    Raises
    ------
    DataError
        When the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(Path(path).expanduser().absolute(), text.getvalue())
