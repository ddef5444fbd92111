"""Solve the spline problem for what is missing: the projections that injections hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigvalsh_tridiagonal, lstsq, null_space

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, Progress, stretch, told_as
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.filters import FilterAt, MatrixFilter
from napari_connectome.core.spline.operator.moments import Moments
from napari_connectome.core.spline.operator.preparation import Geometry, Prepared, prepare_job
from napari_connectome.core.spline.operator.solution import OperatorSolution
from napari_connectome.core.spline.operator.steps import Steps
from napari_connectome.core.spline.problem import SplineProblem

Float = npt.NDArray[np.float64]
CUT = 3e-7
"""Of the polynomial for B, as part of its largest coefficient."""
TOLERANCE = 3e-6
"""Of Λ on hidden places, as part of Λ."""
MOST_STEPS = 500
PARTS = 10
"""The time of a solution: one part for its beginning, one for its end, the others for its steps."""
NUMBERS = ("size", "objective", "square", "lengths", "turns")
State = Mapping[str, Float]
"""What a search has reached, as arrays by name."""
TEXT = "Solving for the hidden projections"


def fit_operator_job(
    problem: SplineProblem,
    geometry: Geometry,
    start: Float | None = None,
    tol: float = TOLERANCE,
) -> Job[OperatorSolution]:
    """Solve (P1) without W >= 0.

    Parameters
    ----------
    problem : SplineProblem
        Any size.
    geometry : Geometry
        Of its lattices.
    start : ndarray of float64, shape (h,), optional
        Hidden projections to start from, such as ``solution.missing`` at a larger λ.
    tol : float
        Norm of Λ on hidden places at which it stops, as part of that of Λ.

    Raises
    ------
    ModelError
        When the geometry is another problem's, or the solver does not come to `tol`.
    """
    prepared = yield from prepare_job(problem, geometry)
    return (yield from solve_job(prepared, problem.lam, start, tol))


def solve_job(
    prepared: Prepared,
    lam: float,
    start: Float | None = None,
    tol: float = TOLERANCE,
    *,
    resume: State | None = None,
    keep: Callable[[State], None] = lambda _state: None,
) -> Job[OperatorSolution]:
    """Solve a prepared problem at one λ; see :func:`fit_operator_job`.

    `keep` is called after each step with arrays from which another call goes on as if it had not
    been stopped, when it is given them as `resume`.

    With hidden projections y filled in, Λ = B(Y + y), B = (F(A_y) + μ)⁻¹, and Λ must be 0
    where y stands: conjugate gradients for P B P y = -P B Y.
    """
    search = _Search(prepared, lam, start)
    if resume is None:
        yield from stretch(search.begin_job(), 0, 1, PARTS)
    else:
        search.restore(resume)
    advance = _Advance(search.residual, tol)
    while search.residual > tol:
        yield from told_as(search.step_job(), advance)
        advance.reach(search.residual)
        keep(search.state())
    return (yield from stretch(search.end_job(tol), PARTS - 1, 1, PARTS))


class _Advance:
    """How far a search is, by the digits that its smallest residual has gained."""

    def __init__(self, first: float, tol: float) -> None:
        self._digits = max(np.log(first / tol), 1e-9) if first > 0 else 1.0
        self._first, self._part = first, 0.0

    def reach(self, residual: float) -> None:
        """Note what the residual is now."""
        gained = np.log(self._first / residual) / self._digits if residual > 0 else 1.0
        self._part = float(np.clip(gained, self._part, 1.0))

    def __call__(self, moment: Progress) -> Progress:
        done = 1 + (PARTS - 2) * self._part
        return replace(moment, done=round(1000 * done), total=1000 * PARTS)


class _Search:
    """Conjugate gradients on what is missing.

    ``along`` is the search direction, ``slope`` minus Λ on the hidden places.
    """

    def __init__(self, prepared: Prepared, lam: float, start: Float | None) -> None:
        self.prepared, self.lam = prepared, lam
        self.penalty = prepared.penalty(lam)
        self.whole = misfit_filter(prepared.geometry.target, prepared.moments, self.penalty, CUT)
        self.places = FilterAt(self.whole, prepared.hidden_rows, prepared.hidden_columns)
        count = len(prepared.hidden_rows)
        self.missing = np.zeros(count) if start is None else start.astype(np.float64)
        if self.missing.shape != (count,):
            raise ModelError(
                f"A start for {count} hidden projections was expected; {self.missing.shape} came."
            )
        self.lengths: list[float] = []
        self.turns: list[float] = []

    def begin_job(self) -> Job[None]:
        """Λ of the start."""
        filled, misfit = yield from self._misfit_job()
        hidden = self._at_hidden(misfit)
        self.size = _norm(misfit)
        # What the objective would be if the filled-in projections had been observed.
        self.objective = self.penalty * _inner(filled, misfit)
        self.slope = -hidden
        self.along = self.slope.copy()
        self.square = float(self.slope @ self.slope)

    def state(self) -> State:
        """All that the next step depends on."""
        arrays = {name: getattr(self, name) for name in ("missing", "slope", "along")}
        numbers = {name: np.array(getattr(self, name)) for name in NUMBERS}
        return {**arrays, **numbers}

    def restore(self, state: State) -> None:
        """Be where another search was."""
        self.missing, self.slope = state["missing"], state["slope"]
        self.along = state["along"]
        self.size, self.objective = float(state["size"]), float(state["objective"])
        self.square = float(state["square"])
        self.lengths, self.turns = state["lengths"].tolist(), state["turns"].tolist()

    @property
    def residual(self) -> float:
        """Norm of Λ on hidden places, as part of that of Λ."""
        return float(np.sqrt(self.square)) / self.size if self.size > 0 else 0.0

    def step_job(self) -> Job[None]:
        """One step, with the objective and its bound for whoever looks on."""
        if len(self.lengths) >= MOST_STEPS:
            raise ModelError(
                f"The spline model did not converge in {MOST_STEPS} steps at λ = {self.lam:g}: Λ "
                f"is {self.residual:.1e} of itself where it should be 0. Raise λ, or allow more."
            )
        bent = yield from self.places.apply_job(self._sparse(self.along), TEXT)
        length = self.square / float(self.along @ bent)
        self.missing = self.missing + length * self.along
        self.slope = self.slope - length * bent
        self.objective -= self.penalty * length * self.square
        square = float(self.slope @ self.slope)
        self.lengths.append(length)
        self.turns.append(square / self.square)
        self.along = self.slope + self.turns[-1] * self.along
        self.square = square
        gap = self._gap()
        figures = {
            "objective": self.objective,
            "lower_bound": self.objective - gap,
            "gap": gap / abs(self.objective or 1.0),
            "residual": self.residual,
        }
        yield Progress(len(self.lengths), 0, TEXT, figures)

    def end_job(self, tol: float) -> Job[OperatorSolution]:
        """Λ of what was found, and all that follows from it."""
        prepared = self.prepared
        filled, misfit = yield from self._misfit_job()
        hidden = self._at_hidden(misfit)
        self.square = float(hidden @ hidden)
        as_if_seen = self.penalty * _inner(filled, misfit)
        return OperatorSolution(
            prepared=prepared,
            lam=self.lam,
            misfit=misfit,
            constants=_constants(prepared, filled, misfit, self.penalty),
            missing=self.missing,
            objective=as_if_seen - self.penalty**2 * self.square,
            lower_bound=as_if_seen - self._gap(),
            residual=self.residual,
            steps=len(self.lengths),
        )

    def _gap(self) -> float:
        """Bound of what further steps can gain, by the least curvature met so far."""
        return self.penalty * self.square / self._least_curvature()

    def _least_curvature(self) -> float:
        """Smallest eigenvalue of P B P as conjugate gradients have seen it (Lanczos)."""
        if not self.lengths:
            return np.inf if not len(self.missing) else 1e-300
        inverse, turns = 1.0 / np.array(self.lengths), np.array(self.turns)
        diagonal = inverse.copy()
        diagonal[1:] += turns[:-1] * inverse[:-1]
        beside = np.sqrt(turns[:-1]) * inverse[:-1]
        return float(eigvalsh_tridiagonal(diagonal, beside, select="i", select_range=(0, 0))[0])

    def _misfit_job(self) -> Job[tuple[Fields, Fields]]:
        spectrum = self.prepared.geometry.target.spectrum
        filled = Fields.of(spectrum, self.prepared.filled(self.missing))
        copied = Fields(filled.smooth, filled.rough.copy())
        misfit = yield from self.whole.apply_job(copied, TEXT)
        return filled, misfit

    def _at_hidden(self, fields: Fields) -> Float:
        """Values on the hidden places, shape (h,)."""
        rows, columns = self.prepared.hidden_rows, self.prepared.hidden_columns
        modes = self.prepared.geometry.target.spectrum.modes[rows]
        smooth = np.einsum("hr,hr->h", modes, fields.smooth.T[columns])
        rough: Float = fields.rough[rows, columns].astype(np.float64)
        return np.asarray(smooth + rough, dtype=np.float64)

    def _sparse(self, values: Float) -> npt.NDArray[Any]:
        out = np.zeros_like(self.prepared.observed)
        out[self.prepared.hidden_rows, self.prepared.hidden_columns] = values
        return out


def misfit_filter(steps: Steps, moments: Moments, penalty: float, tolerance: float) -> MatrixFilter:
    """B = (F(A_y) + μ)⁻¹, which makes Λ of projections without gaps.

    Parameters
    ----------
    steps : Steps
        Of the target lattice.
    moments : Moments
        Of the injections with themselves, on the source lattice.
    penalty : float
        μ.
    tolerance : float
        Of the polynomial.
    """
    m = moments.left.shape[1]

    def inverse(points: Float) -> Float:
        found = moments.response(points)
        found = (found + found.transpose(0, 2, 1)) / 2
        found[:, np.arange(m), np.arange(m)] += penalty
        return np.asarray(np.linalg.inv(found), dtype=np.float64)

    values, pieces = steps.spectrum.values, steps.spectrum.pieces
    smooth = np.empty((len(values), m, m))
    smooth[pieces:] = inverse(values[pieces:])
    # On a constant of the targets, constants of the sources cost nothing: Λ is orthogonal to
    # all that they explain.
    free = null_space(moments.constants[0])
    kept = free.T @ (moments.response_at_zero() + penalty * np.eye(m)) @ free
    smooth[:pieces] = free @ np.linalg.inv(kept) @ free.T
    return MatrixFilter(steps, inverse, smooth, tolerance)


def _constants(prepared: Prepared, filled: Fields, misfit: Fields, penalty: float) -> Float:
    """What the constants of target pieces need of those of source pieces, least squares."""
    pieces = prepared.geometry.target.spectrum.pieces
    moments = prepared.moments
    explained = misfit.smooth[:pieces] @ (
        moments.response_at_zero() + penalty * np.eye(moments.left.shape[1])
    )
    wanted = (filled.smooth[:pieces] - explained).T
    return np.asarray(lstsq(moments.constants[0].T, wanted, cond=1e-12)[0])


def _inner(first: Fields, second: Fields) -> float:
    rough = np.einsum("nk,nk->k", first.rough, second.rough, dtype=np.float64)
    return float(np.vdot(first.smooth, second.smooth) + rough.sum())


def _norm(fields: Fields) -> float:
    return float(np.sqrt(_inner(fields, fields)))
