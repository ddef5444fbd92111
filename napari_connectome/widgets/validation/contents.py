"""From a cross-validation to tables, words and figures: pure functions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from napari_connectome.core.errors import ModelError
from napari_connectome.core.validation import ValidationResult, source_scatter
from napari_connectome.core.validation.comparison_table import HEADINGS
from napari_connectome.core.validation.tables import ALL, SCORES
from napari_connectome.state.validation_values import Validated

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TIPS = {HEADINGS[score]: f"{text[0].upper()}{text[1:]}" for score, text in SCORES.items()} | {
    "Note": "Why a number is missing, or made of fewer experiments",
}


def details(validated: Validated, which: str) -> pd.DataFrame:
    """Every held-out experiment, every fold, or every test between two models."""
    tables = {
        "experiments": validated.experiments,
        "folds": validated.folds,
        "tests": validated.tests,
    }
    return _named(tables[which])


def _named(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns=lambda name: str(name).replace("_", " "))


def words(validated: Validated) -> str:
    """What came out, in a few sentences."""
    result, table = validated.result, validated.tests
    kind = "Leave-one-out" if result.folds == "loo" else f"{result.folds} folds"
    parts = [f"{kind}, {len(result.fold_of)} experiments."]
    if result.partial:
        done = [f"{m.name} has predicted {int(m.held_out.done.sum())}" for m in result.models]
        parts.insert(0, f"Partial, stopped before its end: {', '.join(done)}.")
    whole = table[(table["division"] == ALL) & (table["score"] == "voxel_mse_rel")]
    parts += [_verdict(result, row) for row in whole.to_dict(orient="records")]
    return " ".join(parts)


def _verdict(result: ValidationResult, row: dict[Any, Any]) -> str:
    """Which of two models is better over voxels, and how sure that is."""
    a, b = str(row["model_a"]), str(row["model_b"])
    if row["note"]:
        return f"{a} and {b}: {row['note']}."
    errors = {model.name: model.held_out.errors("voxel") for model in result.models}
    both = np.isfinite(errors[a]) & np.isfinite(errors[b])
    wins = int((errors[a] < errors[b])[both].sum())
    better, count = (a, wins) if wins * 2 >= both.sum() else (b, int(both.sum()) - wins)
    return (
        f"Voxel error: {better} is lower in {count} of {int(both.sum())} experiments "
        f"(paired t test p = {row['p_t']:.2g})."
    )


def sources(result: ValidationResult) -> dict[int, str]:
    """Regions with an injection's centroid, by id: acronym, name, how many experiments."""
    counts = Counter(result.data.region_ids.tolist())
    regions = [result.tree[i] for i in result.tree.summary_ids() if counts[i]]
    return {s.id: f"{s.acronym}  {s.name} ({counts[s.id]})" for s in regions}


def most_injected(result: ValidationResult) -> int | None:
    """The region with the most experiments."""
    counts = Counter(i for i in result.data.region_ids.tolist() if i)
    return counts.most_common(1)[0][0] if counts else None


def scatter(result: ValidationResult, structure_id: int) -> pd.DataFrame:
    """Measured and predicted targets of a source: of clean injections where there are some."""
    try:
        return source_scatter(result, structure_id)
    except ModelError:
        return source_scatter(result, structure_id, contained=None)


def scatter_figure(table: pd.DataFrame, result: ValidationResult, name: str, mm: float) -> Figure:
    """The same drawn."""
    from napari_connectome.figures import source_scatter as drawing

    return drawing.scatter_figure(
        table, result.tree, f"Targets of {name}, measured and predicted", width_mm=mm
    )


def scatter_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order in which :func:`scatter_places` gives their places."""
    from napari_connectome.figures.source_scatter import shown_rows

    return shown_rows(table)


def scatter_places(table: pd.DataFrame, figure: Figure) -> npt.NDArray[np.float64]:
    """Where each target is drawn, shape (n, 2)."""
    shown = scatter_rows(table)
    models = list(dict.fromkeys(table["model"]))
    places = np.full((len(shown), 2), np.nan)
    for axes, model in zip(figure.axes, models, strict=True):
        ours = (shown["model"] == model).to_numpy()
        points = shown.loc[ours, ["predicted", "measured"]].to_numpy(dtype=np.float64)
        places[ours] = axes.transData.transform(points)
    return places


def figure_of(page: str, result: ValidationResult, width_mm: float) -> Figure:
    """Figure of errors or correlations."""
    from napari_connectome.figures.source_correlation import source_correlation_figure
    from napari_connectome.figures.validation import correlation_figure, errors_figure

    if page == "sources":
        return source_correlation_figure(result, width_mm=width_mm)
    draw = errors_figure if page == "errors" else correlation_figure
    return draw(result, width_mm=width_mm)
