"""The objective of (P1) at a W held in full, rows of it at a time: nothing is kept beside W."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.parallel import single_threaded_blas, threads
from napari_connectome.core.spline.low_rank_objective import hidden_positions
from napari_connectome.core.spline.problem import SplineProblem

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
ROWS = 256
"""Rows of W that are worked on at once."""


Sum = TypeVar("Sum", float, Float)


def over_rows(work: Callable[[slice], Sum], count: int) -> Sum:
    """Sum of what some work gives for all rows, a block at a time, on several threads."""
    pieces = [slice(at, min(at + ROWS, count)) for at in range(0, count, ROWS)]
    with single_threaded_blas():
        return reduce(add, threads().map(work, pieces))


class DenseObjective:
    """Value and slope of f(W) = ‖P_Ω(X W - Y)‖² + c ‖L_x W + W L_yᵀ‖².

    Parameters
    ----------
    problem : SplineProblem
        What is fitted.
    dtype : data type
        Of W and all of its size.
    """

    def __init__(self, problem: SplineProblem, dtype: npt.DTypeLike) -> None:
        self.problem = problem
        self.shape = (problem.injections.shape[1], problem.projections.shape[1])
        self.dtype = np.dtype(dtype)
        self._injections = csr_array(problem.injections.astype(self.dtype))
        self._hidden = hidden_positions(problem)
        spread = csr_array(self._injections.T)
        sources = csr_array(problem.source_laplacian.astype(self.dtype))
        self._targets = csr_array(problem.target_laplacian.astype(self.dtype))
        starts = range(0, self.shape[0], ROWS)
        self._sources = {at: csr_array(sources[at : at + ROWS]) for at in starts}
        self._spread = {at: csr_array(spread[at : at + ROWS]) for at in starts}
        # Gershgorin; the row sums of Xᵀ X bound its eigenvalues, since none is negative.
        steepest = 2 * sum(
            float(np.abs(matrix.diagonal()).max(initial=0.0))
            for matrix in (problem.source_laplacian, problem.target_laplacian)
        )
        reach = problem.injections.T @ problem.injections.sum(axis=1)
        self.largest_curvature = 2 * (problem.penalty * steepest**2 + float(reach.max()))
        """No eigenvalue of the Hessian is above it."""

    def observed(self, weights: Array) -> Float:
        """P_Ω(X W), shape (m, n_target)."""
        found = np.asarray(self._injections @ weights, dtype=np.float64)
        found.ravel()[self._hidden] = 0.0
        return found

    def residual(self, weights: Array) -> Float:
        """P_Ω(X W - Y), shape (m, n_target)."""
        found = np.asarray(self._injections @ weights, dtype=np.float64)
        found -= self.problem.projections
        found.ravel()[self._hidden] = 0.0
        return found

    def roughness(self, weights: Array, out: Array) -> float:
        """Put L_x W + W L_yᵀ into `out`; its squared norm is returned."""

        def work(rows: slice) -> float:
            found = self._laplacian(weights, rows)
            out[rows] = found
            return float(np.vdot(found, found))

        return over_rows(work, len(weights))

    def add_slope(self, misfit: Float, rough: Array, factor: float, out: Array) -> None:
        """Add `factor` times 2 Xᵀ E + 2 c (L_xᵀ R + R L_y) to `out`.

        Parameters
        ----------
        misfit : ndarray of float64, shape (m, n_target)
            E, after P_Ω.
        rough : ndarray, shape (n_source, n_target)
            R, see :meth:`roughness`.
        factor : float
            What it is multiplied by.
        out : ndarray, shape (n_source, n_target)
            What it is added to.
        """
        narrow = (2 * factor * misfit).astype(self.dtype)
        scale = float(2 * factor * self.problem.penalty)

        def work(rows: slice) -> float:
            found = self._laplacian(rough, rows)
            found *= scale
            found += self._spread[rows.start] @ narrow
            out[rows] += found
            return 0.0

        over_rows(work, len(out))

    def value_and_slope(self, weights: Array, rough: Array, slope: Array) -> float:
        """f(W); its gradient goes into `slope`, L_x W + W L_yᵀ into `rough`."""
        misfit = self.residual(weights)
        value = float(np.vdot(misfit, misfit))
        value += self.problem.penalty * self.roughness(weights, rough)
        slope[:] = 0
        self.add_slope(misfit, rough, 1.0, slope)
        return value

    def value(self, weights: Array, rough: Array) -> float:
        """f(W); `rough` is overwritten."""
        misfit = self.residual(weights)
        rough_square = self.roughness(weights, rough)
        return float(np.vdot(misfit, misfit)) + self.problem.penalty * rough_square

    def slope_at_zero(self) -> float:
        """Norm of the gradient at W = 0, the scale of every other one."""
        misfit = -self.problem.projections.astype(np.float64)
        misfit.ravel()[self._hidden] = 0.0
        shared = (self._injections @ self._injections.T).toarray()
        return 2 * float(np.sqrt(max(np.vdot(misfit, shared @ misfit), 0.0)))

    def _laplacian(self, weights: Array, rows: slice) -> Array:
        """Some rows of L_x W + W L_yᵀ."""
        found = np.asarray(self._sources[rows.start] @ weights)
        # Transposed the targets are rows: whole lines of them are added up.
        found += (self._targets @ np.ascontiguousarray(weights[rows].T)).T
        return found
