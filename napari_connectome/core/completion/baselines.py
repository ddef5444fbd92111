"""What every method has to beat: means of rows and columns."""

from __future__ import annotations

import numpy as np

from napari_connectome.core.completion.problem import CompletionProblem, Matrix
from napari_connectome.core.completion.result import Completion, completed
from napari_connectome.core.progress import Job, Progress

SWEEPS = 50


def row_mean_job(problem: CompletionProblem) -> Job[Completion]:
    """Missing entries are the mean of the observed ones of their row, as a job."""
    return _filled(problem, "row-mean", _means(problem, axis=1) + np.zeros(problem.shape))


def column_mean_job(problem: CompletionProblem) -> Job[Completion]:
    """Missing entries are the mean of the observed ones of their column, as a job."""
    return _filled(problem, "column-mean", _means(problem, axis=0) + np.zeros(problem.shape))


def additive_job(problem: CompletionProblem) -> Job[Completion]:
    """Missing entries are a value of their row plus one of their column, by least squares."""
    rows, columns = np.zeros((problem.shape[0], 1)), np.zeros((1, problem.shape[1]))
    for _ in range(SWEEPS):
        rows = _means(_rest(problem, columns), axis=1)
        columns = _means(_rest(problem, rows), axis=0)
    return _filled(problem, "row-and-column-mean", rows + columns)


def _rest(problem: CompletionProblem, part: Matrix) -> CompletionProblem:
    return CompletionProblem(problem.known - part, problem.observed)


def _means(problem: CompletionProblem, *, axis: int) -> Matrix:
    """Means of what is observed; of all that is where a row or column has nothing."""
    counts = problem.observed.sum(axis=axis, keepdims=True)
    sums = problem.known.sum(axis=axis, keepdims=True)
    total = problem.known.sum() / max(int(problem.observed.sum()), 1)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), total))


def _filled(problem: CompletionProblem, method: str, guess: Matrix) -> Job[Completion]:
    yield Progress(1, 1, "Filling in means")
    return completed(problem, method, np.where(problem.observed, problem.known, guess))
