"""The section of a report that compares models on held-out experiments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from napari_connectome.core.errors import ConnectomeError
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.core.validation import (
    CrossValidation,
    ModelRequest,
    ValidationResult,
    paired_tests,
    score_table,
    source_scatter,
)
from napari_connectome.core.validation.comparison_table import comparison
from napari_connectome.core.validation.scatter import CONTAINED
from napari_connectome.core.validation.tables import ALL
from napari_connectome.figures.html_page import Section, heading, html_table, image, remark

if TYPE_CHECKING:
    from napari_connectome.core.experiments import ExperimentSet
    from napari_connectome.core.models.fitted import FittedModel
    from napari_connectome.core.validation.folds import Kind

COMPARED = ("voxel", "homogeneous")
SCATTERED = 3
Report = Callable[[Progress], None]


def validated(
    model: FittedModel, experiments: ExperimentSet, folds: Kind, report: Report
) -> ValidationResult:
    """Cross-validate the kind of the model, with its parameters, beside voxel and homogeneous."""
    names = dict.fromkeys((model.model, *COMPARED))
    requests = [
        ModelRequest(name, (dict(model.parameters),)) if name == model.model else ModelRequest(name)
        for name in names
    ]
    validation = CrossValidation(experiments, model.atlas, requests, folds=folds)
    return run_to_end(validation.job(), report)


def validation_section(result: ValidationResult) -> Section:
    """Scores, errors, correlations, tests, and sources target by target."""
    from napari_connectome.figures.source_correlation import source_correlation_figure
    from napari_connectome.figures.validation import correlation_figure, errors_figure

    frame, _ = comparison(score_table(result))
    caption = (
        "Held-out experiments, training error in parentheses. Errors are MSE_rel: 0 perfect, 2 "
        "worst. PTP: power to predict, regions with at least three injections only. Correlations "
        "are means of experiments ± their standard deviation."
    )
    columns = [name for name in frame.columns if name != "Note"]
    blocks = [
        html_table(columns, frame[columns].astype(str).to_numpy().tolist(), caption=caption),
        image(errors_figure(result), "Held-out and training errors of each model by division"),
        image(correlation_figure(result), "Correlations of every held-out experiment"),
        image(source_correlation_figure(result), "Correlations by injected region"),
        heading("Tests between models"),
        _tests(result),
    ]
    notes = dict.fromkeys(f"{row.Division}, {row.Model}: {row.Note}." for row in frame.itertuples())
    blocks += [remark(text) for text in notes if not text.endswith(": .")]
    blocks += _scatters(result)
    kind = "leave-one-out" if result.folds == "loo" else f"{result.folds} folds"
    return Section("validation", f"Cross-validation ({kind})", tuple(blocks))


def _tests(result: ValidationResult) -> str:
    table = paired_tests(result)
    whole = table[table["division"] == ALL].to_dict(orient="records")
    rows = [
        (
            str(row["score"]).replace("_", " "),
            *(f"{row['model_' + i]} {row['mean_' + i]:.3f} ± {row['sd_' + i]:.3f}" for i in "ab"),
            str(row["experiments"]),
            *((f"{row['p_t']:.2g}", f"{row['p_wilcoxon']:.2g}") if not row["note"] else ("–", "–")),
        )
        for row in whole
    ]
    header = ("score", "first", "second", "experiments", "p (paired t)", "p (signed rank)")
    return html_table(header, rows, caption="Whole brain, experiment by experiment.")


def _scatters(result: ValidationResult) -> list[str]:
    """The sources with the most clean injections."""
    from napari_connectome.figures.source_scatter import scatter_figure

    regional = result.data.regional
    counts = np.count_nonzero(regional.injected >= CONTAINED, axis=0)
    blocks = [heading("Sources, target by target")]
    for place in np.argsort(-counts, kind="stable")[:SCATTERED]:
        structure_id = int(regional.sources.structure_ids[place])
        name = result.tree[structure_id].acronym
        try:
            table = source_scatter(result, structure_id)
            title = f"Targets of {name}, measured and predicted"
            blocks.append(image(scatter_figure(table, result.tree, title), title))
        except ConnectomeError as error:
            blocks.append(remark(f"{name}: {error}"))
    return blocks
