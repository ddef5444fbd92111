"""The solver: Douglas-Rachford splitting of nuclear norm and data, sped up by Anderson mixing.

Both parts have exact proximal steps. A fixed point holds the solution and, as the scaled
difference of point and step, a dual solution, so that every answer can be certified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from napari_connectome.core.completion.anderson import AndersonMixer
from napari_connectome.core.completion.certificate import Certificate, certify
from napari_connectome.core.completion.data_terms import DataTerm
from napari_connectome.core.completion.shrinkage import Shrinker
from napari_connectome.core.progress import Job, Progress

Array = npt.NDArray[np.floating]
MEMORY = 15
CHECK_EVERY, CHECK_EVERY_NEAR = 20, 10
"""Iterations between two certificates, which cost about four: far from the end, and near it."""
NEAR = 10.0
MOST_ITERATIONS = 4000
SINGLE_TO = 3e-5
"""Gap down to which single precision is trusted."""
START_PART = 0.05
"""Length of the steps, in parts of the largest singular value of the data filled up."""
STALLED = 8
"""Certificates without progress after which the mixing starts anew with other steps."""
OTHER_STEP = 1.7


@dataclass(frozen=True, eq=False)
class Iterate:
    """Where the solver is: enough to go on from there, or from there with other data.

    Parameters
    ----------
    matrix, dual : ndarray, shape (r, c)
        Near the solution, and near its dual.
    step : float
        Length of the proximal steps.
    """

    matrix: Array
    dual: Array
    step: float


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
    iterate = _first(term) if start is None else start
    iterations, best = 0, None
    precisions = (np.float32, np.float64) if tol >= SINGLE_TO else (np.float64,)
    for dtype in precisions:
        solver = _Solver(term, dtype, iterate)
        best = yield from solver.run(tol, iterations)
        iterations, iterate = best.iterations, best.iterate
        if best.certificate.gap <= tol:
            break
    assert best is not None
    return best


def _first(term: DataTerm) -> Iterate:
    fraction = max(float(term.observed.mean()), 1e-12)
    filled = term.known / fraction
    largest = float(np.linalg.norm(filled, 2))
    return Iterate(filled, np.zeros_like(filled), max(START_PART * largest, 1e-300))


class _Solver:
    def __init__(self, term: DataTerm, dtype: npt.DTypeLike, start: Iterate) -> None:
        self._exact, self._term = term, term.astype(dtype)
        self._step = start.step
        self._x: Array = start.matrix.astype(dtype)
        self._y: Array = start.dual.astype(dtype)
        self._z: Array = self._x - self._x.dtype.type(self._step) * self._y
        self._shrink = Shrinker()
        self._mixer = AndersonMixer(MEMORY)

    def run(self, tol: float, before: int) -> Job[Solved]:
        """Iterate until the gap is small, or single precision gives no more."""
        best = self._certified(before)
        count, stalled = before, 0
        while best.certificate.gap > tol and count < MOST_ITERATIONS:
            near = best.certificate.gap <= NEAR * tol
            for _ in range(CHECK_EVERY_NEAR if near else CHECK_EVERY):
                self._iterate()
                count += 1
            found = self._certified(count)
            stalled = 0 if found.certificate.gap < best.certificate.gap else stalled + 1
            best = found if not stalled else replace(best, iterations=count)
            yield _progress(best, tol)
            if stalled == STALLED:
                if self._x.dtype == np.float32 and best.certificate.gap < NEAR * SINGLE_TO:
                    break
                self._restart()
                stalled = 0
        return best

    def _iterate(self) -> None:
        z, tau = self._z, self._z.dtype.type(self._step)
        x = self._term.step(z, self._step)
        shrunk = self._shrink(2 * x - z, self._step).matrix
        self._x, self._y = x, (x - z) / tau
        self._z = self._mixer.next_iterate(z, z + (shrunk - x))

    def _restart(self) -> None:
        """Without mixing every step length converges: what has led astray is forgotten."""
        self._step *= OTHER_STEP
        self._mixer = AndersonMixer(MEMORY)
        self._z = self._x - self._x.dtype.type(self._step) * self._y

    def _certified(self, count: int) -> Solved:
        matrix = self._exact.feasible(self._x.astype(np.float64)).astype(np.float64, copy=False)
        certificate = certify(self._exact, matrix, self._y)
        return Solved(matrix, certificate, Iterate(self._x, self._y, self._step), count)


def _progress(solved: Solved, tol: float) -> Progress:
    gap = solved.certificate.gap
    figures = {"objective": solved.certificate.objective, "gap": gap}
    done = 1.0 - np.log10(max(gap, tol) / tol) / -np.log10(tol)
    text = f"Completing: gap {gap:.1e} after {solved.iterations} steps"
    return Progress(round(1000 * float(np.clip(done, 0.0, 1.0))), 1000, text, figures)
