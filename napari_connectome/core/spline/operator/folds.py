"""Held-out experiments under several λ, without a matrix: what the folds share is computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.spline.lambda_search import LAMBDAS, LambdaSearch, Sums, fold_rows
from napari_connectome.core.spline.operator.preparation import Prepared, prepare_job
from napari_connectome.core.spline.operator.solution import OperatorSolution
from napari_connectome.core.spline.operator.solve import solve_job
from napari_connectome.core.spline.operator.spectra import geometry_job
from napari_connectome.core.spline.problem import SplineProblem

Rows = npt.NDArray[np.int64]
Float = npt.NDArray[np.float64]
TOLERANCE = 1e-3
"""Of solutions that only have to tell one λ from another."""


def operator_search_job(
    problem: SplineProblem,
    lambdas: Sequence[float] = LAMBDAS,
    *,
    known: Callable[[int], Sums | None] = lambda _fold: None,
    keep: Callable[[int, Sums], None] = lambda _fold, _sums: None,
) -> Job[LambdaSearch]:
    """Try every λ on every fold; see :func:`~..lambda_search.search_job`.

    Raises
    ------
    ModelError
        When there are fewer than two experiments or no λ, or a fit does not converge.
    """
    folds = fold_rows(problem.injections.shape[0])
    geometry = yield from stretch(geometry_job(problem), 0, 0.5, len(folds) + 2)
    prepared = yield from stretch(prepare_job(problem, geometry), 0.5, 0.5, len(folds) + 2)
    job = prepared_search_job(prepared, lambdas, folds, known=known, keep=keep)
    return (yield from stretch(job, 1, len(folds) + 1, len(folds) + 2))


def prepared_search_job(
    prepared: Prepared,
    lambdas: Sequence[float],
    folds: Sequence[Rows],
    *,
    known: Callable[[int], Sums | None] = lambda _fold: None,
    keep: Callable[[int, Sums], None] = lambda _fold, _sums: None,
) -> Job[LambdaSearch]:
    """The same for data that are prepared, with folds that are chosen.

    All experiments are fitted first under every λ: a fold starts from there.
    """
    ordered = tuple(sorted(lambdas))
    if not ordered:
        raise ModelError("There is no λ to choose from.")
    m = prepared.injections.shape[0]
    sums = np.zeros((len(folds), len(ordered), 3))
    before = [known(number) for number in range(len(folds))]
    starts: list[Float] = []
    if any(found is None for found in before):
        starts = yield from stretch(_path_job(prepared, ordered[::-1]), 0, 1, len(folds) + 1)
    for number, (fold, found) in enumerate(zip(folds, before, strict=True)):
        if found is not None:
            sums[number] = found
            continue
        train = np.setdiff1d(np.arange(m), fold)
        name = f"Choosing λ, fold {number + 1} of {len(folds)}"
        job = _fold_job(prepared, train, fold, ordered[::-1], starts)
        sums[number] = (yield from stretch(job, number + 1, 1, len(folds) + 1, name))[::-1]
        keep(number, sums[number].copy())
    return LambdaSearch(ordered, sums)


def held_out_sums_job(
    prepared: Prepared, found: OperatorSolution, train: Rows, test: Rows
) -> Job[Sums]:
    """‖P‖², P · Y and ‖Y‖² over observed voxels of experiments that were held out, shape (3,).

    Parameters
    ----------
    prepared : Prepared
        All experiments.
    found : OperatorSolution
        Of the training experiments.
    train, test : ndarray of int64
        Rows of either.
    """
    fields = yield from found.weights.project_moments_job(prepared.moments.subset(train, test))
    predicted = np.maximum(fields.whole(prepared.geometry.target.spectrum), 0)
    some = prepared.subset(test)
    predicted[some.hidden_rows, some.hidden_columns] = 0.0
    pairs = ((predicted, predicted), (predicted, some.observed), (some.observed, some.observed))
    return np.array([np.einsum("ij,ij->", a, b, dtype=np.float64) for a, b in pairs])


def _path_job(prepared: Prepared, lambdas: Sequence[float]) -> Job[list[Float]]:
    """What is missing under every λ, each from the one before."""
    found: list[Float] = []
    for number, lam in enumerate(lambdas):
        start = found[-1] if found else None
        job = solve_job(prepared, lam, start, TOLERANCE)
        name = f"All experiments, λ = {lam:.0e}"
        found.append((yield from stretch(job, number, 1, len(lambdas), name)).missing)
    return found


def _fold_job(
    prepared: Prepared, train: Rows, test: Rows, lambdas: Sequence[float], starts: list[Float]
) -> Job[Sums]:
    """Sums under every λ, shape (len(lambdas), 3).

    Between two λ what is missing changes as it does for all experiments, nearly.
    """
    part = prepared.subset(train)
    theirs = prepared.hidden_of(train)
    found = np.zeros((len(lambdas), 3))
    start = starts[0][theirs]
    for number, lam in enumerate(lambdas):
        job = solve_job(part, lam, start, TOLERANCE)
        at = number / len(lambdas), 1 / len(lambdas)
        solution = yield from stretch(job, at[0], 0.8 * at[1], 1, f"λ = {lam:.0e}")
        scored = held_out_sums_job(prepared, solution, train, test)
        found[number] = yield from stretch(scored, at[0] + 0.8 * at[1], 0.2 * at[1], 1)
        if number + 1 < len(lambdas):
            start = solution.missing + (starts[number + 1] - starts[number])[theirs]
    return found
