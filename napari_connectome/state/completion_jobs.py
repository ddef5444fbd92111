"""What is completed, and how: jobs for the window and for scripts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from napari_connectome.core.completion.curve import Curve, CurveRequest
from napari_connectome.core.completion.curve_job import curve_job
from napari_connectome.core.completion.methods import METHODS, method_of
from napari_connectome.core.completion.patterns import observed_entries
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.errors import DataError, ModelError
from napari_connectome.core.measures import Measure
from napari_connectome.core.progress import Job, Progress, run_to_end, stretch
from napari_connectome.core.regional_experiments import regional_experiments_job
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.completion_files import LabelledMatrix, read_labelled
from napari_connectome.state.completion_values import Completed
from napari_connectome.state.params import CompletionParams
from napari_connectome.state.values import Dataset

PREVIEW_FRACTIONS = tuple(np.round(np.arange(0.0, 1.01, 0.1), 6).tolist())
PREVIEW_REPEATS = 2
REMOVED = (0.9, 0.8, 0.5)
"""Parts of the entries that the first source document removes in its figures."""


def completed_job(table_job: Job[LabelledMatrix], params: CompletionParams) -> Job[Completed]:
    """Read, hide, complete, and compare with means.

    Raises
    ------
    DataError, ModelError
        When the table is none, or a parameter is refused.
    """
    table = yield from stretch(table_job, 0, 1, 10)
    there = np.isfinite(table.values)
    seen = observed_entries(there, params.pattern, params.fraction, seed=params.seed)
    problem = CompletionProblem(table.values, seen)
    method = method_of(params.method)
    found = yield from stretch(method.job(problem, **params.values), 1, 8, 10)
    yield Progress(9, 10, "Comparing with means")
    hidden = there & ~seen
    baselines = {}
    if hidden.any():
        for name, rival in METHODS.items():
            if name.endswith("mean"):
                guess = run_to_end(rival.job(problem)).matrix
                baselines[rival.title] = _error(guess, table, hidden)
    error = _error(found.matrix, table, hidden) if hidden.any() else None
    return Completed(table, found, error, baselines, found.determined)


def series_job(
    table_job: Job[LabelledMatrix], params: CompletionParams
) -> Job[tuple[Completed, ...]]:
    """The same with 90, 80 and 50 % of the known entries removed at random."""
    table = yield from stretch(table_job, 0, 1, 10)
    found = []
    for number, removed in enumerate(REMOVED):
        update: dict[str, object] = {"pattern": "random", "fraction": 1.0 - removed}
        asked = params.model_copy(update=update)
        job = completed_job(at_once(table), asked)
        name = f"{removed:.0%} removed"
        found.append((yield from stretch(job, 1 + 3 * number, 3, 10, name)))
    return tuple(found)


def at_once(table: LabelledMatrix) -> Job[LabelledMatrix]:
    """A table that is there already, as a job."""
    yield Progress(0, 0, "Reading the matrix")
    return table


def preview_job(
    table_job: Job[LabelledMatrix], latest: list[Curve], begun: Curve | None = None
) -> Job[Curve]:
    """A curve of 11 fractions and 2 repeats; what there is stands in `latest` meanwhile."""
    table = yield from stretch(table_job, 0, 1, 20)
    request = CurveRequest(table.values, fractions=PREVIEW_FRACTIONS, repeats=PREVIEW_REPEATS)

    def keep(curve: Curve) -> None:
        latest[:] = [curve]

    same = begun is not None and begun.is_partial and begun.request.digest == request.digest
    job = curve_job(request, keep=keep, begun=begun if same else None)
    return (yield from stretch(job, 1, 19, 20))


def _error(matrix: np.ndarray, table: LabelledMatrix, hidden: np.ndarray) -> float:
    size = float(np.linalg.norm(table.values[hidden]))
    return float(np.linalg.norm((matrix - table.values)[hidden])) / max(size, 1e-300)


def table_of_file(params: CompletionParams) -> Job[LabelledMatrix]:
    """A CSV table or a workbook.

    Raises
    ------
    DataError
        When none is chosen, or it cannot be read.
    """
    yield Progress(0, 0, "Reading the table")
    if params.path is None:
        raise DataError("No table is chosen: open a CSV file or a workbook first.")
    return read_labelled(params.path)


def table_of_model(job: Job[RegionalMatrix], measure: Measure) -> Job[LabelledMatrix]:
    """The regional matrix of a model, made by a job."""
    matrix = yield from job
    return (yield from table_of_matrix(matrix, matrix.measure_or_first(measure)))


def table_of_matrix(matrix: RegionalMatrix, measure: Measure) -> Job[LabelledMatrix]:
    """One measure of a regional matrix, with the names of its regions."""
    yield Progress(0, 0, "Reading the matrix")
    rows = tuple(matrix.tree[i].acronym for i in matrix.source_ids.tolist())
    pairs = zip(matrix.target_ids.tolist(), matrix.contra.tolist(), strict=True)
    columns = tuple(_named(matrix.tree, i, contra=contra) for i, contra in pairs)
    return LabelledMatrix(matrix.values(measure), rows, columns, "source", matrix.origin)


def completed_matrix(matrix: RegionalMatrix, found: Completed, measure: Measure) -> RegionalMatrix:
    """A regional matrix with completed values in place of its own, to be shown like any other.

    Parameters
    ----------
    matrix : RegionalMatrix
        What was completed.
    found : Completed
        Of the same shape.
    measure : Measure
        What the completed values are.
    """
    return replace(
        matrix,
        strength=found.completion.matrix,
        measure=measure,
        origin=f"{matrix.origin}, completed ({found.completion.method})",
    )


def table_of_experiments(dataset: Dataset | None) -> Job[LabelledMatrix]:
    """What each experiment shows in each region, divided by its injection.

    Raises
    ------
    ModelError
        When no experiments are open.
    """
    yield Progress(0, 0, "Summing the experiments")
    experiments = None if dataset is None else dataset.experiments
    if dataset is None or experiments is None:
        raise ModelError("No experiments are open: open the demo brain or a cache folder.")
    found = yield from regional_experiments_job(experiments, dataset.atlas)
    there = np.flatnonzero(found.targets.counts)
    tree, targets = dataset.atlas.tree, found.targets
    pairs = zip(targets.structure_ids[there], targets.contra[there], strict=True)
    columns = tuple(_named(tree, int(i), contra=bool(contra)) for i, contra in pairs)
    rows = tuple(map(str, experiments.ids.tolist()))
    values = found.received[:, there]
    return LabelledMatrix(values, rows, columns, "experiment", dataset.title)


def _named(tree: StructureTree, structure_id: int, *, contra: bool) -> str:
    return f"{tree[structure_id].acronym} {'contra' if contra else 'ipsi'}"
