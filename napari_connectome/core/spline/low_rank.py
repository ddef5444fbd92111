"""(P2): the objective of (P1) minimised over nonnegative factors, W = U Vᵀ.

Both factors take accelerated projected gradient steps in turn, each column and voxel at
the length that its own curvature allows; see :mod:`~napari_connectome.core.spline.low_rank_walk`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.spline.factors import Factors
from napari_connectome.core.spline.low_rank_objective import LowRankObjective
from napari_connectome.core.spline.low_rank_walk import State, Walk, relative_residual
from napari_connectome.core.spline.problem import SplineProblem

Matrix = npt.NDArray[np.float64]
TOLERANCE = 5e-4
CHECK_EVERY = 10
"""Steps between two looks at the objective."""


@dataclass(frozen=True)
class LowRankLimits:
    """When a fit is done.

    Parameters
    ----------
    tol : float
        Largest relative projected gradient of a converged fit; see
        :func:`~napari_connectome.core.spline.low_rank_walk.relative_residual`.
    max_seconds : float, optional
        Longest time; a fit that is stopped by it says that it has not converged.
    lower_bound : float, optional
        No W >= 0 has a lower objective, known from (P1).
    gap : float, optional
        With a lower bound: converged as soon as the objective is this close above it, relative
        to the bound.

    Raises
    ------
    ModelError
        When a number is not above zero.
    """

    tol: float = TOLERANCE
    max_seconds: float | None = None
    lower_bound: float | None = None
    gap: float | None = None

    def __post_init__(self) -> None:
        for name in ("tol", "max_seconds", "lower_bound", "gap"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value > 0):
                raise ModelError(f"{name} must be a number above zero; {value} came.")

    def gap_at(self, objective: float) -> float | None:
        """How far an objective lies above the lower bound, relative to it."""
        return None if self.lower_bound is None else objective / self.lower_bound - 1


@dataclass(frozen=True, eq=False)
class LowRankSolution:
    """Factors, and how good they are.

    Parameters
    ----------
    factors : Factors
        Pairs sorted by energy, the two vectors of each equally long.
    misfit, penalty : float
        The two parts of the objective.
    gap : float or None
        How far the objective lies above the lower bound, relative to it; None without one.
        The problem is not convex: only (P1) gives a bound.
    residual : float
        Relative projected gradient at the factors.
    converged : bool
        Whether residual or gap met its limit; otherwise time ran out.
    steps : int
        Steps taken, those before a resumed state included.
    """

    factors: Factors
    misfit: float
    penalty: float
    gap: float | None
    residual: float
    converged: bool
    steps: int

    @property
    def objective(self) -> float:
        """Misfit and penalty together."""
        return self.misfit + self.penalty


def fit_low_rank_job(
    problem: SplineProblem,
    start: Factors | Mapping[str, npt.NDArray[Any]],
    limits: LowRankLimits | None = None,
    keep: Callable[[State], None] | None = None,
) -> Job[LowRankSolution]:
    """Minimise over nonnegative factors, as a job.

    Parameters
    ----------
    problem : SplineProblem
        What is fitted.
    start : Factors or mapping of str to ndarray
        Factors to start from (see
        :func:`~napari_connectome.core.spline.low_rank_start.starting_factors_job`), or a state
        that `keep` was given: the fit goes on as if it had never stopped.
    limits : LowRankLimits, optional
        When it is done.
    keep : callable, optional
        Takes the state at every check: arrays that nothing changes afterwards.

    Raises
    ------
    ModelError
        When the start does not fit the problem.
    """
    limits = limits or LowRankLimits()
    objective = LowRankObjective(problem)
    with single_threaded_blas():
        walk = _begun(objective, start)
    meter, began = _Meter(limits), time.monotonic()
    while True:
        for _ in range(CHECK_EVERY):
            with single_threaded_blas():
                walk.step(objective)
            yield meter.between(walk)
        with single_threaded_blas():
            walk.check(objective)
        if keep is not None:
            keep(walk.state())
        yield meter.at_check(walk)
        late = limits.max_seconds is not None and time.monotonic() - began > limits.max_seconds
        gap = limits.gap_at(walk.objective)
        close = gap is not None and limits.gap is not None and gap <= limits.gap
        if close or late or walk.residual <= limits.tol:
            found = _solution(objective, walk, limits, close=close)
            if found.converged or late:
                return found


def _begun(objective: LowRankObjective, start: Factors | Mapping[str, npt.NDArray[Any]]) -> Walk:
    if isinstance(start, Factors):
        _check_size(objective.problem, start.sources, start.targets)
        # Scales of the two sides that lie far apart would make for unequal steps.
        return Walk.start(objective, start.balanced())
    walk = Walk.restored(start)
    _check_size(objective.problem, walk.sources, walk.targets)
    return walk


def _check_size(problem: SplineProblem, sources: Matrix, targets: Matrix) -> None:
    expected = problem.injections.shape[1], problem.projections.shape[1]
    came = len(sources), len(targets)
    if came != expected:
        raise ModelError(
            f"The data have {expected[0]} source and {expected[1]} target voxels; the start has "
            f"factors for {came[0]} and {came[1]}. Start anew, or from a fit of these data."
        )


def _solution(
    objective: LowRankObjective, walk: Walk, limits: LowRankLimits, *, close: bool
) -> LowRankSolution:
    """What the walk has reached, judged there and not where momentum carries it."""
    with single_threaded_blas():
        residual = relative_residual(objective, walk.sources, walk.targets)
        terms = objective.terms(walk.sources, walk.targets)
    return LowRankSolution(
        factors=Factors(walk.sources, walk.targets).balanced().by_energy(),
        misfit=terms.misfit,
        penalty=terms.penalty,
        gap=limits.gap_at(terms.objective),
        residual=residual,
        converged=close or residual <= limits.tol,
        steps=walk.steps,
    )


class _Meter:
    """How far a fit is: its residual's way from the first check to the tolerance, in decades."""

    def __init__(self, limits: LowRankLimits) -> None:
        self._limits = limits
        self._first: float | None = None
        self._done = 0

    def between(self, walk: Walk) -> Progress:
        """A moment between two checks."""
        return Progress(self._done, 1000 if self._done else 0, f"Factors, step {walk.steps}")

    def at_check(self, walk: Walk) -> Progress:
        """A moment at which the objective is known."""
        tol, residual = self._limits.tol, max(walk.residual, np.finfo(float).tiny)
        self._first = self._first or max(residual, 2 * tol)
        way = np.log(self._first / residual) / np.log(self._first / tol)
        self._done = max(self._done, round(999 * float(np.clip(way, 0.0, 1.0))))
        figures = {"objective": walk.objective, "residual": walk.residual}
        gap = self._limits.gap_at(walk.objective)
        if gap is not None and self._limits.lower_bound is not None:
            figures |= {"lower_bound": self._limits.lower_bound, "gap": gap}
        text = f"Factors, step {walk.steps}: objective {walk.objective:.5g}"
        return Progress(self._done, 1000 if self._done else 0, text, figures)
