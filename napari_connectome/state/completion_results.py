"""Completions and their curve, made when a person asks for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from napari_connectome.core.completion.curve import Curve, CurveRequest
from napari_connectome.core.completion.curve_job import curve_job
from napari_connectome.core.completion.methods import METHODS, method_of
from napari_connectome.core.completion.patterns import observed_entries
from napari_connectome.core.completion.problem import CompletionProblem
from napari_connectome.core.errors import DataError, ModelError
from napari_connectome.core.progress import Job, Progress, run_to_end, stretch
from napari_connectome.core.regional import regional_matrix_job
from napari_connectome.core.regional_experiments import regional_experiments_job
from napari_connectome.core.regional_matrix import RegionalMatrix
from napari_connectome.core.structures import StructureTree
from napari_connectome.data.completion_files import LabelledMatrix, read_labelled
from napari_connectome.state.comparison_results import Start
from napari_connectome.state.completion_values import Completed
from napari_connectome.state.explorer import ExplorerState
from napari_connectome.state.params import CompletionParams
from napari_connectome.state.values import Dataset

PREVIEW_FRACTIONS = tuple(np.round(np.arange(0.0, 1.01, 0.1), 6).tolist())
PREVIEW_REPEATS = 2
REMOVED = (0.9, 0.8, 0.5)
"""Parts of the entries that the first source document removes in its figures."""
NO_MATRIX = (
    "There is no regional matrix to complete: fit a model, or open a matrix; or complete the "
    "experiments or a table."
)


class CompletionResults:
    """Completes matrices.

    Parameters
    ----------
    state : ExplorerState
        What is changed, on the thread that calls this object.
    start : callable
        Starts what a person asks for.
    """

    def __init__(self, state: ExplorerState, start: Start) -> None:
        self._state, self._start = state, start
        self._latest: list[Curve] = []
        state.events.job.connect(self._show_latest)

    def close(self) -> None:
        """Stop observing."""
        self._state.events.job.disconnect(self._show_latest)

    def forget(self) -> None:
        """Drop results: the data are others."""
        self._state.completion = None
        self._state.completion_series = ()
        self._state.completion_curve = None

    def run(self) -> None:
        """Complete what the parameters ask for."""
        state, params = self._state, self._state.completion_params
        try:
            table = self._table(params)
        except ModelError as error:
            state.error = str(error)
            return

        def done(found: Completed) -> None:
            state.completion = found

        self._start("complete", "Completing", lambda: completed_job(table, params), done)

    def run_series(self) -> None:
        """Complete the matrix with more and more of it removed at random."""
        state, params = self._state, self._state.completion_params
        try:
            table = self._table(params)
        except ModelError as error:
            state.error = str(error)
            return

        def done(found: tuple[Completed, ...]) -> None:
            state.completion_series = found

        self._start("complete", "Completing", lambda: series_job(table, params), done)

    def run_curve(self) -> None:
        """Draw the curve of the matrix, coarsely; one that was stopped is gone on with."""
        state, params = self._state, self._state.completion_params
        try:
            table = self._table(params)
        except ModelError as error:
            state.error = str(error)
            return
        self._latest.clear()
        begun = state.completion_curve

        def done(found: Curve) -> None:
            state.completion_curve = found

        self._start(
            "curve",
            "Completing over and over",
            lambda: preview_job(table, self._latest, begun),
            done,
            self._show_latest,
        )

    def show_in_matrix(self) -> RegionalMatrix | None:
        """The completed model matrix in place of the one it was made of; None for another table."""
        state, found = self._state, self._state.completion
        present = state.matrix
        if found is None or present is None or found.completion.matrix.shape != present.shape:
            return None
        measure = state.matrix_params.measure
        measure = measure if measure in present.measures else present.measures[0]
        return replace(
            present,
            strength=found.completion.matrix,
            measure=measure,
            origin=f"{present.origin}, completed ({found.completion.method})",
        )

    def _table(self, params: CompletionParams) -> Job[LabelledMatrix]:
        state = self._state
        if params.matrix == "file":
            return _from_file(params)
        if params.matrix == "experiments":
            return _of_experiments(state.dataset)
        if state.matrix is not None:
            measure = state.matrix_params.measure
            measure = measure if measure in state.matrix.measures else state.matrix.measures[0]
            return _of_matrix(state.matrix, state.matrix.values(measure))
        model = state.model
        if model is None:
            raise ModelError(NO_MATRIX)
        return _of_model_matrix(regional_matrix_job(model), state.matrix_params.measure)

    def _show_latest(self) -> None:
        """Curves are drawn while they grow; jobs touch no state."""
        if self._latest and self._latest[-1] is not self._state.completion_curve:
            self._state.completion_curve = self._latest[-1]


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
        job = completed_job(_at_once(table), asked)
        name = f"{removed:.0%} removed"
        found.append((yield from stretch(job, 1 + 3 * number, 3, 10, name)))
    return tuple(found)


def _at_once(table: LabelledMatrix) -> Job[LabelledMatrix]:
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


def _from_file(params: CompletionParams) -> Job[LabelledMatrix]:
    yield Progress(0, 0, "Reading the table")
    if params.path is None:
        raise DataError("No table is chosen: open a CSV file or a workbook first.")
    return read_labelled(params.path)


def _of_model_matrix(job: Job[RegionalMatrix], measure: str) -> Job[LabelledMatrix]:
    matrix = yield from job
    chosen = measure if measure in matrix.measures else matrix.measures[0]
    return (yield from _of_matrix(matrix, matrix.values(chosen)))


def _of_matrix(matrix: RegionalMatrix, values: np.ndarray) -> Job[LabelledMatrix]:
    yield Progress(0, 0, "Reading the matrix")
    rows = tuple(matrix.tree[i].acronym for i in matrix.source_ids.tolist())
    pairs = zip(matrix.target_ids.tolist(), matrix.contra.tolist(), strict=True)
    columns = tuple(_named(matrix.tree, i, contra=contra) for i, contra in pairs)
    return LabelledMatrix(values, rows, columns, "source", matrix.origin)


def _of_experiments(dataset: Dataset | None) -> Job[LabelledMatrix]:
    if dataset is None or dataset.experiments is None:
        raise ModelError("No experiments are open: open the demo brain or a cache folder.")
    return _experiments_table(dataset)


def _experiments_table(dataset: Dataset) -> Job[LabelledMatrix]:
    experiments = dataset.experiments
    assert experiments is not None
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
