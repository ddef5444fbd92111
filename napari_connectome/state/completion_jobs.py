"""What is done with a table that is to be completed: jobs that touch no state."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.completion.curve import Curve, CurveRequest
from napari_connectome.core.completion.curve_job import curve_job
from napari_connectome.core.completion.hidden import hidden_errors
from napari_connectome.core.completion.methods import method_of
from napari_connectome.core.completion.patterns import observed_entries
from napari_connectome.core.completion.problem import CompletionProblem, Mask
from napari_connectome.core.errors import DataError, ModelError
from napari_connectome.core.models.completed import completed_model_job
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, Progress, stretch
from napari_connectome.data.completion_files import LabelledMatrix
from napari_connectome.state.completion_values import Completable, Completed
from napari_connectome.state.painted_cells import painted_mask
from napari_connectome.state.params import CompletionParams
from napari_connectome.state.values import Dataset

PREVIEW_FRACTIONS = tuple(np.round(np.arange(0.0, 1.01, 0.1), 6).tolist())
REMOVED = (0.9, 0.8, 0.5)
"""Parts of the entries that the first source document removes in its figures."""
NOT_PAINTED = (
    "Cells are painted in the matrix view, which shows the regional matrix: complete that one, or "
    "choose another pattern."
)
NOTHING_PAINTED = (
    "No cell of this matrix is painted: drag over cells in the matrix view, or choose another "
    "pattern."
)


def completed_job(table_job: Job[Completable], params: CompletionParams) -> Job[Completed]:
    """Read, hide, complete, and compare with means.

    Raises
    ------
    DataError, ModelError
        When the table is none, or a parameter is refused.
    """
    given = yield from stretch(table_job, 0, 1, 10)
    return (yield from stretch(_of_table_job(given, params), 1, 9, 10))


def series_job(table_job: Job[Completable], params: CompletionParams) -> Job[tuple[Completed, ...]]:
    """The same with 90, 80 and 50 % of the known entries removed at random."""
    given = yield from stretch(table_job, 0, 1, 10)
    found = []
    for number, removed in enumerate(REMOVED):
        update: dict[str, object] = {"pattern": "random", "fraction": 1.0 - removed}
        job = _of_table_job(given, params.model_copy(update=update))
        name = f"{removed:.0%} removed"
        found.append((yield from stretch(job, 1 + 3 * number, 3, 10, name)))
    return tuple(found)


def curve_request(table: LabelledMatrix, *, whole: bool) -> CurveRequest:
    """The whole curve, or a preview: 11 fractions, one choice of each, coarse solutions."""
    if whole:
        return CurveRequest(table.values)
    return CurveRequest(table.values, fractions=PREVIEW_FRACTIONS, repeats=1, refined=False)


def table_curve_job(
    table_job: Job[Completable], latest: list[Curve], begun: Curve | None, *, whole: bool
) -> Job[Curve]:
    """A curve; what there is stands in `latest` meanwhile. What was begun of it is gone on with."""
    given = yield from stretch(table_job, 0, 1, 20)
    request = curve_request(given.table, whole=whole)

    def keep(curve: Curve) -> None:
        latest[:] = [curve]

    same = begun is not None and begun.is_partial and begun.request.digest == request.digest
    job = curve_job(request, keep=keep, begun=begun if same else None)
    return (yield from stretch(job, 1, 19, 20))


def model_job(found: Completed, dataset: Dataset) -> Job[FittedModel]:
    """A completed regional matrix as a model of the open brain.

    Raises
    ------
    ModelError
        When its rows and columns are no regions.
    """
    matrix = found.regional
    if matrix is None or matrix.measure is None:
        raise ModelError(found.why_not)
    how = {"method": found.completion.method, "observed": found.completion.problem.fraction}
    return (
        yield from completed_model_job(
            matrix,
            dataset.atlas,
            measure=matrix.measure,
            experiments=dataset.experiments,
            parameters=how,
        )
    )


def _of_table_job(given: Completable, params: CompletionParams) -> Job[Completed]:
    seen = _observed(given, params)
    problem = CompletionProblem(given.table.values, seen)
    method = method_of(params.method)
    found = yield from stretch(method.job(problem, **params.values), 0, 8, 10)
    yield Progress(8, 10, "Comparing with means")
    errors = hidden_errors(found, given.table.values)
    yield Progress(9, 10, "Finding what determines each entry")
    try:
        regional, why_not = given.as_regional(found), ""
    except (DataError, ModelError) as error:
        found.determined  # noqa: B018  # found here and kept: views have no time for it
        regional, why_not = None, str(error)
    return Completed(given.table, found, errors, regional, why_not, given.regional)


def _observed(given: Completable, params: CompletionParams) -> Mask:
    there = np.isfinite(given.table.values)
    if params.pattern != "painted":
        return observed_entries(there, params.pattern, params.fraction, seed=params.seed)
    if given.regional is None:
        raise ModelError(NOT_PAINTED)
    hidden = painted_mask(given.regional, params.painted)
    if not (there & hidden).any():
        raise ModelError(NOTHING_PAINTED)
    return np.asarray(there & ~hidden)
