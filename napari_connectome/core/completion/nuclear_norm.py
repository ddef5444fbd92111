"""The solver: Douglas-Rachford splitting of nuclear norm and data, sped up by Anderson mixing.

Both parts have exact proximal steps. A fixed point holds the solution and, as the scaled
difference of point and step, a dual solution, so that every answer can be certified. The best
matrix and the best dual may come from different iterations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import svdvals

from napari_connectome.core.completion.anderson import AndersonMixer
from napari_connectome.core.completion.certificate import Certificate, certify
from napari_connectome.core.completion.data_terms import DataTerm
from napari_connectome.core.completion.dual import feasible_dual
from napari_connectome.core.completion.shrinkage import Shrinker
from napari_connectome.core.completion.steps import StepLengths
from napari_connectome.core.progress import Job, Progress

Array = npt.NDArray[np.floating]
MEMORY = 10
TOLD_EVERY = 20
"""Iterations between two moments: what a cancel waits for."""
RELAXATION = 1.8
"""Of the splitting; 1 is the plain one, 2 the limit."""
MOST_ITERATIONS = 4000
SINGLE_TO = 3e-5
"""Gap down to which single precision is trusted."""
START_PART = 0.03
"""Centre of the step lengths, in parts of the largest singular value of the data filled up."""
STALLED = 9
"""Estimates without progress after which single precision is left."""


@dataclass(frozen=True, eq=False)
class Iterate:
    """Where the solver is: enough to go on from there, or from there with other data.

    Parameters
    ----------
    matrix, dual : ndarray, shape (r, c)
        Near the solution, and near its dual.
    step : float
        Centre of the lengths of the proximal steps, in the unit of the matrix.
    """

    matrix: Array
    dual: Array
    step: float

    def scaled(self, factor: float) -> Iterate:
        """The same for data multiplied by a factor; the dual has no unit."""
        return Iterate(self.matrix * factor, self.dual, self.step * factor)


@dataclass(frozen=True, eq=False)
class Solved:
    """A solution with its certificate.

    Parameters
    ----------
    matrix : ndarray of float64, shape (r, c)
        For which the constraints hold.
    certificate : Certificate
        How far it can be from the best one.
    iterate : Iterate
        For a warm start.
    iterations : int
        How many it took.
    """

    matrix: npt.NDArray[np.float64]
    certificate: Certificate
    iterate: Iterate
    iterations: int


def solve_job(term: DataTerm, *, tol: float, start: Iterate | None = None) -> Job[Solved]:
    """Minimise ‖X‖_* + term(X) until the certified relative gap is at most `tol`.

    Parameters
    ----------
    term : DataTerm
        Ties the matrix to the data.
    tol : float
        Relative gap.
    start : Iterate, optional
        Of a problem that is nearly the same.
    """
    dtype = np.float32 if tol >= SINGLE_TO else np.float64
    first = _first(term) if start is None else start
    solver = _Solver(term, dtype, first, warm=start is not None)
    solved = yield from solver.run(tol)
    if solved.certificate.gap > tol and tol >= SINGLE_TO:
        solver = _Solver(term, np.float64, solved.iterate, warm=True, count=solved.iterations)
        solved = yield from solver.run(tol)
    return solved


def _first(term: DataTerm) -> Iterate:
    fraction = max(float(term.observed.mean()), 1e-12)
    filled = term.known / fraction
    largest = float(np.linalg.norm(filled, 2))
    return Iterate(filled, np.zeros_like(filled), max(START_PART * largest, 1e-300))


class _Solver:
    def __init__(
        self, term: DataTerm, dtype: npt.DTypeLike, start: Iterate, *, warm: bool, count: int = 0
    ) -> None:
        self._exact, self._term = term, term.astype(dtype)
        self._steps = StepLengths(start.step, warm=warm)
        self._x: Array = start.matrix.astype(dtype)
        self._y: Array = start.dual.astype(dtype)
        self._count, self._rank, self._warm = count, 0, warm
        self._shrink = Shrinker()
        self._best_x, self._objective = self._x, np.inf
        self._best_y, self._bound = self._y, 0.0
        self._z: Array = self._x
        self._restart()

    @property
    def _gap(self) -> float:
        """Between the best matrix and the best dual, up to rounding."""
        if not 0 < self._objective < np.inf:
            return 1.0
        return max(0.0, (self._objective - self._bound) / self._objective)

    def run(self, tol: float) -> Job[Solved]:
        """Iterate until the gap is small, or more iterations do not help."""
        if self._warm:
            self._judge()
        stalled = 0
        while stalled < STALLED and self._count < MOST_ITERATIONS:
            yield self._moment(tol)
            if self._gap <= tol:
                solved = self._certified()
                if solved.certificate.gap <= tol:
                    return solved
            before = self._gap
            for number in range(self._steps.iterations):
                if number and number % TOLD_EVERY == 0:
                    yield self._moment(tol)
                self._iterate()
            self._steps.advance(*self._judge())
            self._restart()
            stalled = 0 if self._gap < before else stalled + 1
        return self._certified()

    def _iterate(self) -> None:
        z, dtype = self._z, self._z.dtype.type
        x = self._term.step(z, self._step)
        shrunk = self._shrink(2 * x - z, self._step)
        self._x, self._y, self._rank = x, (x - z) / dtype(self._step), shrunk.rank
        self._z = self._mixer.next_iterate(z, z + dtype(RELAXATION) * (shrunk.matrix - x))
        self._count += 1

    def _restart(self) -> None:
        """Go on with the step length that is due; what was mixed is of another map."""
        self._step = self._steps.current
        self._mixer = AndersonMixer(MEMORY)
        self._z = self._x - self._x.dtype.type(self._step) * self._y

    def _judge(self) -> tuple[float, float]:
        """Note matrix and dual where they are the best ones; their parts of the gap."""
        dtype = self._x.dtype
        feasible = self._feasible(self._x)
        values = svdvals(feasible.astype(dtype), check_finite=False)
        objective = float(values.sum(dtype=np.float64)) + self._exact.value(feasible)
        dual, bound = feasible_dual(self._term, self._y)
        if objective < self._objective:
            self._best_x, self._objective = self._x, objective
        if bound > self._bound:
            self._best_y, self._bound = dual, bound
        of_matrix = float(values[self._rank :].sum())
        return of_matrix, objective - bound - of_matrix

    def _feasible(self, matrix: Array) -> npt.NDArray[np.float64]:
        found = self._exact.feasible(matrix.astype(np.float64))
        return found.astype(np.float64, copy=False)

    def _certified(self) -> Solved:
        matrix = self._feasible(self._best_x)
        certificate = certify(self._exact, matrix, self._best_y)
        iterate = Iterate(self._x, self._y, self._steps.centre)
        return Solved(matrix, certificate, iterate, self._count)

    def _moment(self, tol: float) -> Progress:
        gap = self._gap
        figures = {"objective": self._objective, "lower_bound": self._bound, "gap": gap}
        done = 1.0 - np.log10(max(gap, tol) / tol) / -np.log10(tol)
        text = f"Completing: gap {gap:.1e} after {self._count} steps"
        return Progress(round(1000 * float(np.clip(done, 0.0, 1.0))), 1000, text, figures)
