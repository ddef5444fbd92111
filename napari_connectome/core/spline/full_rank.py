"""The spline solution of full rank, by the solver that suits the size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.spline.full_operator import implicit_solution_job
from napari_connectome.core.spline.lambda_search import LambdaSearch, Sums, Tell, search_job
from napari_connectome.core.spline.low_rank_start import Multiplied
from napari_connectome.core.spline.operator.folds import operator_search_job
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.core.spline.relaxed import MOST_VOXELS, relaxed_weights_job

Matrix = npt.NDArray[np.float64]


class FullSolution(Protocol):
    """(P1) without W >= 0: where everything else starts from, and a bound for all of it.

    Attributes
    ----------
    objective : float
        No W >= 0 has a lower one.
    matrix : array or linear operator, shape (n_source, n_target)
        W, to multiply with.
    """

    @property
    def objective(self) -> float:
        """Objective of the solution itself."""

    @property
    def matrix(self) -> Multiplied:
        """W, to multiply with."""


@dataclass(frozen=True, eq=False)
class DenseSolution:
    """A solution that is held in full.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_source, n_target)
        W, negative entries included.
    objective : float
        Its objective.
    """

    weights: Matrix
    objective: float

    @property
    def matrix(self) -> Multiplied:
        """The weights."""
        return self.weights

    def predict(self, injections: csr_array) -> Matrix:
        """X max(W, 0)."""
        return np.asarray(injections @ np.maximum(self.weights, 0.0))


def full_solution_job(problem: SplineProblem) -> Job[FullSolution]:
    """Solve without W >= 0, as a job: with all of W up to a few thousand voxels, else without it.

    Raises
    ------
    ModelError
        When a solver does not converge.
    """
    if is_large(problem):
        return (yield from implicit_solution_job(problem))
    weights = yield from relaxed_weights_job(problem)
    return DenseSolution(weights, problem.objective(weights))


def lambda_search_job(
    problem: SplineProblem,
    *,
    known: Callable[[int], Sums | None] = lambda _fold: None,
    keep: Callable[[int, Sums], None] = lambda _fold, _sums: None,
) -> Job[LambdaSearch]:
    """Try λ of 10³ … 10¹² on every fold, with the solver that suits the size.

    See :func:`~napari_connectome.core.spline.lambda_search.search_job`.
    """
    if is_large(problem):
        return (yield from operator_search_job(problem, known=known, keep=keep))
    return (yield from search_job(problem, fit_path_job, known=known, keep=keep))


def fit_path_job(problem: SplineProblem, lambdas: Sequence[float], tell: Tell) -> Job[None]:
    """Solve in full under several λ and tell of each what it predicts.

    Raises
    ------
    ModelError
        When there are too many voxels.
    """
    for number, lam in enumerate(lambdas):
        small = problem.with_lam(lam)
        job = relaxed_weights_job(small)
        weights = yield from stretch(job, number, 1, len(lambdas), f"λ = {lam:.0e}")
        tell(lam, DenseSolution(weights, small.objective(weights)).predict)


def is_large(problem: SplineProblem) -> bool:
    """Whether a problem is solved without its matrix."""
    return bool(max(problem.injections.shape[1], problem.projections.shape[1]) > MOST_VOXELS)
