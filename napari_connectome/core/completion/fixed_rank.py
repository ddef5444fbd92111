"""Rivals of a given rank: a truncated SVD filled in over and over, and least squares in turn."""

from __future__ import annotations

import numpy as np
from scipy.linalg import svd

from napari_connectome.core.completion.problem import CompletionProblem, Matrix
from napari_connectome.core.completion.result import Completion, completed
from napari_connectome.core.errors import ModelError
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress

RANK_K, ALTERNATING = "rank-k", "alternating"
SETTLED = 1e-7
MOST_STEPS = 2000
RIDGE = 1e-9
"""Of the least squares, relative to the mean square of a factor: rows seen too rarely."""


def rank_k_job(problem: CompletionProblem, *, rank: int) -> Job[Completion]:
    """Fill in, truncate the SVD to `rank`, and again, until nothing changes, as a job.

    The fixed points are stationary points of the squared error over matrices of this rank;
    which one is found depends on the start, here the column means.
    """
    _check(problem, rank)
    with single_threaded_blas():
        matrix = _means(problem)
        for step in range(1, MOST_STEPS + 1):
            filled = np.where(problem.observed, problem.known, matrix)
            left, values, right = svd(filled, full_matrices=False, check_finite=False)
            found = (left[:, :rank] * values[:rank]) @ right[:rank]
            change = _change(found, matrix)
            matrix = found
            yield _moment(step, change)
            if change < SETTLED:
                break
        return completed(problem, RANK_K, matrix, iterations=step, notes=_notes(change))


def alternating_job(problem: CompletionProblem, *, rank: int) -> Job[Completion]:
    """Least squares of one factor given the other, in turn, as a job.

    Starts at the SVD of the observed entries; a local optimum is found, not always the best.
    """
    _check(problem, rank)
    with single_threaded_blas():
        _, values, right = svd(problem.known / max(problem.fraction, 1e-12), full_matrices=False)
        second = right[:rank].T * np.sqrt(values[:rank])
        matrix = np.zeros(problem.shape)
        for step in range(1, MOST_STEPS + 1):
            first = _solved(problem.known, problem.observed, second)
            second = _solved(problem.known.T, problem.observed.T, first)
            found = first @ second.T
            change = _change(found, matrix)
            matrix = found
            yield _moment(step, change)
            if change < SETTLED:
                break
        return completed(problem, ALTERNATING, matrix, iterations=step, notes=_notes(change))


def _solved(known: Matrix, observed: np.ndarray, factor: Matrix) -> Matrix:
    """Rows of the other factor, each from its own observed entries."""
    rank = factor.shape[1]
    ridge = RIDGE * float((factor**2).mean()) * np.eye(rank) * len(factor)
    weights = observed.astype(np.float64)
    products = (factor[:, :, None] * factor[:, None, :]).reshape(len(factor), -1)
    grams = (weights @ products).reshape(-1, rank, rank) + ridge
    return np.asarray(np.linalg.solve(grams, (known @ factor)[:, :, None])[:, :, 0])


def _means(problem: CompletionProblem) -> Matrix:
    counts = np.maximum(problem.observed.sum(axis=0), 1)
    return np.broadcast_to(problem.known.sum(axis=0) / counts, problem.shape).copy()


def _change(found: Matrix, before: Matrix) -> float:
    size = max(float(np.linalg.norm(found)), 1e-300)
    return float(np.linalg.norm(found - before)) / size


def _moment(step: int, change: float) -> Progress:
    return Progress(0, 0, f"Step {step}: changed by {change:.1e}", {"change": change})


def _notes(change: float) -> tuple[str, ...]:
    if change < SETTLED:
        return ()
    return (f"Stopped after {MOST_STEPS} steps, while still changing by {change:.1e} a step.",)


def _check(problem: CompletionProblem, rank: int) -> None:
    most = min(problem.shape)
    if not 1 <= rank <= most:
        raise ModelError(f"The rank must lie between 1 and {most}; {rank} came.")
