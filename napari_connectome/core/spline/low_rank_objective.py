"""Objective and gradient of (P2) at W = U Vᵀ, through r × r products: W is never formed.

With c = λ m / n_source the penalty is a sum over products of small matrices,

    c ‖L_x U Vᵀ + U (L_y V)ᵀ‖² = c tr(A₂ B₀ + 2 A₁ B₁ + A₀ B₂),
    A_k = Uᵀ L_x^k U,  B_k = Vᵀ L_y^k V,

and the misfit needs X U (m × r) and the m × n_target residual only. Given one factor, the
objective is a convex quadratic in the other: a half step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.spline.problem import SplineProblem

Matrix = npt.NDArray[np.float64]
TINY = 1e-12
"""Part of the largest curvature below which a column counts as flat: its partner is zero."""


@dataclass(frozen=True, eq=False)
class Terms:
    """The two parts of the objective.

    Parameters
    ----------
    misfit : float
        ‖P_Ω(X W - Y)‖².
    penalty : float
        c ‖L_x W + W L_yᵀ‖².
    """

    misfit: float
    penalty: float

    @property
    def objective(self) -> float:
        """Their sum."""
        return self.misfit + self.penalty


@dataclass(frozen=True, eq=False)
class HalfStep:
    """Slope and curvature in one factor while the other stands still.

    Parameters
    ----------
    gradient : ndarray of float64, shape (n, r)
        Of the objective.
    curvature : ndarray of float64, shape (n, r) or (1, r)
        A diagonal that bounds the Hessian from above: a step by gradient / curvature,
        clipped at zero, never raises the objective.
    """

    gradient: Matrix
    curvature: Matrix

    def apply(self, factor: Matrix) -> Matrix:
        """The factor after one projected step of each entry's own length."""
        stepped = factor - self.gradient / self.curvature
        return np.maximum(stepped, 0.0, out=stepped)


class LowRankObjective:
    """The objective of a problem at factors.

    Parameters
    ----------
    problem : SplineProblem
        What is fitted.
    """

    def __init__(self, problem: SplineProblem) -> None:
        self.problem = problem
        self._injections = csr_array(problem.injections)
        self._spread = csr_array(self._injections.T)
        self._hidden = hidden_positions(problem)
        self._source_bound = float(np.abs(problem.source_laplacian.diagonal()).max(initial=0.0))
        self._target_bound = float(np.abs(problem.target_laplacian.diagonal()).max(initial=0.0))
        # Row sums of Xᵀ X, whose entries are not negative, bound it by a diagonal.
        self._reach = np.asarray(self._spread @ self._injections.sum(axis=1))[:, None]

    def residual(self, injected: Matrix, targets: Matrix) -> Matrix:
        """P_Ω(X U Vᵀ - Y) from X U, shape (m, n_target)."""
        found = injected @ targets.T
        found -= self.problem.projections
        found.ravel()[self._hidden] = 0.0
        return found

    def terms(self, sources: Matrix, targets: Matrix) -> Terms:
        """Misfit and penalty."""
        residual = self.residual(self._injections @ sources, targets)
        a0, a1, a2 = _moments(self.problem.source_laplacian, sources)
        b0, b1, b2 = _moments(self.problem.target_laplacian, targets)
        roughness = np.vdot(a2, b0) + 2 * np.vdot(a1, b1) + np.vdot(a0, b2)
        return Terms(float(np.vdot(residual, residual)), float(self.problem.penalty * roughness))

    def source_step(self, sources: Matrix, targets: Matrix) -> HalfStep:
        """Slope and curvature in the source factor."""
        moments = _moments(self.problem.target_laplacian, targets)
        residual = self.residual(self._injections @ sources, targets)
        gradient = self._rough_slope(self.problem.source_laplacian, sources, moments)
        gradient += 2 * (self._spread @ (residual @ targets))
        rough = self._rough_curvature(self._source_bound, moments)
        ratio = max(_overlap(rough), _overlap(moments[0]))
        diagonal = np.diag(rough) + 2 * self._reach * np.diag(moments[0])
        return HalfStep(gradient, ratio * _lifted(diagonal))

    def target_step(self, sources: Matrix, targets: Matrix) -> HalfStep:
        """Slope and curvature in the target factor."""
        moments = _moments(self.problem.source_laplacian, sources)
        injected = self._injections @ sources
        residual = self.residual(injected, targets)
        gradient = self._rough_slope(self.problem.target_laplacian, targets, moments)
        gradient += 2 * (residual.T @ injected)
        bound = self._rough_curvature(self._target_bound, moments) + 2 * (injected.T @ injected)
        return HalfStep(gradient, _overlap(bound) * _lifted(np.diag(bound)[None]))

    def _rough_slope(
        self, laplacian: csr_array, factor: Matrix, moments: tuple[Matrix, Matrix, Matrix]
    ) -> Matrix:
        """Gradient of the penalty: 2 c (L² F B₀ + 2 L F B₁ + F B₂)."""
        flat, bent, twice = moments
        smoothed = laplacian @ factor
        inner = smoothed @ flat + factor @ bent
        slope = laplacian @ inner
        slope += smoothed @ bent
        slope += factor @ twice
        slope *= 2 * self.problem.penalty
        return np.asarray(slope)

    def _rough_curvature(self, bound: float, moments: tuple[Matrix, Matrix, Matrix]) -> Matrix:
        """The penalty's Hessian at the roughest pattern of the lattice, shape (r, r).

        No eigenvalue of L lies below -2 · bound, and since B₁ is negative semidefinite the
        Hessian grows towards it.
        """
        flat, bent, twice = moments
        lowest = -2 * bound
        return 2 * self.problem.penalty * (lowest**2 * flat + 2 * lowest * bent + twice)


def hidden_positions(problem: SplineProblem) -> npt.NDArray[np.int64]:
    """Positions of the hidden entries in the rows laid end to end."""
    rows, columns = problem.hidden.nonzero()
    return np.asarray(rows.astype(np.int64) * problem.projections.shape[1] + columns)


def _moments(laplacian: csr_array, factor: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Fᵀ F, Fᵀ L F and Fᵀ L² F."""
    bent = laplacian @ factor
    return factor.T @ factor, factor.T @ bent, bent.T @ bent


def _overlap(bound: Matrix) -> float:
    """Smallest s >= 1 with bound ≤ s · diagonal(bound), columns without curvature left out."""
    lengths = np.sqrt(_lifted(np.diag(bound)))
    # It is 0 for a bound of zeros alone: pairs that have vanished stay where they are.
    return max(float(np.linalg.eigvalsh(bound / np.outer(lengths, lengths))[-1]), 1.0)


def _lifted(diagonal: Matrix) -> Matrix:
    """A diagonal without zeros, which would ask for endless steps."""
    return np.maximum(diagonal, max(TINY * float(diagonal.max(initial=0.0)), np.finfo(float).tiny))
