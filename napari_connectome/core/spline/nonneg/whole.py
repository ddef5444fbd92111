"""(P1) from data to W >= 0: smooth patterns, the solution without a sign, then the bound at 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.spline.dense_weights import dense_weights_job
from napari_connectome.core.spline.nonneg.solve import (
    NonnegativeLimits,
    NonnegativeSolution,
    State,
    fit_nonnegative_job,
    precision,
)
from napari_connectome.core.spline.operator.solution import OperatorSolution
from napari_connectome.core.spline.operator.solve import TOLERANCE, fit_operator_job
from napari_connectome.core.spline.operator.spectra import geometry_job
from napari_connectome.core.spline.problem import SplineProblem

PATTERNS = 400
"""Smooth patterns of a lattice that precondition: more cost more than they save."""
MOST_VOXELS = 8_000
"""Voxels of a side up to which all of W is found in a minute or two."""
EXACT = 1e-8
"""Residual of the solution without a sign in double precision."""
MATRICES = 12
"""Arrays of the size of W that a fit and its last kept state hold at once, and one of bytes."""


def is_large(n_source: int, n_target: int) -> bool:
    """Whether a problem is one for products with W: it is not held in full then."""
    return max(n_source, n_target) > MOST_VOXELS


def bytes_needed(n_source: int, n_target: int) -> int:
    """Bytes that a fit of all weights between so many voxels takes."""
    item = np.dtype(precision((n_source, n_target))).itemsize
    return n_source * n_target * (MATRICES * item + 1)


def unsigned_solution_job(problem: SplineProblem) -> Job[OperatorSolution]:
    """(P1) without W >= 0, with the smooth patterns and the precision that a dense fit needs."""
    dtype = precision((problem.injections.shape[1], problem.projections.shape[1]))
    geometry = yield from stretch(geometry_job(problem, PATTERNS, dtype), 0, 1, 2)
    tol = TOLERANCE if dtype == np.float32 else EXACT
    return (yield from stretch(fit_operator_job(problem, geometry, tol=tol), 1, 1, 2))


def solve_nonnegative_job(
    problem: SplineProblem,
    limits: NonnegativeLimits | None = None,
    *,
    state: Mapping[str, npt.NDArray[Any]] | None = None,
    keep: Callable[[State], None] | None = None,
) -> Job[NonnegativeSolution]:
    """Minimise the objective over W >= 0, as a job.

    Parameters
    ----------
    problem : SplineProblem
        What is fitted.
    limits : NonnegativeLimits, optional
        When it is done.
    state : mapping of str to ndarray, optional
        What `keep` was given by a fit of these data that was stopped.
    keep : callable, optional
        Takes the state after every step; see
        :func:`~napari_connectome.core.spline.nonneg.solve.fit_nonnegative_job`.

    Raises
    ------
    ModelError
        When a solver does not converge.
    """
    if state is None:
        free = yield from stretch(unsigned_solution_job(problem), 0, 1, 4)
        start = yield from stretch(dense_weights_job(free.weights), 1, 1, 4)
        geometry, bound = free.prepared.geometry, free.lower_bound
        job = fit_nonnegative_job(problem, geometry, start, limits, lower_bound=bound, keep=keep)
    else:
        dtype = precision((problem.injections.shape[1], problem.projections.shape[1]))
        geometry = yield from stretch(geometry_job(problem, PATTERNS, dtype), 0, 2, 4)
        job = fit_nonnegative_job(problem, geometry, state, limits, keep=keep)
    return (yield from stretch(job, 2, 2, 4))
