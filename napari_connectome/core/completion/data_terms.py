"""What ties a completed matrix to the data: its proximal step, and its part of the lower bound."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
Mask = npt.NDArray[np.bool_]


class DataTerm(ABC):
    """A convex function of a matrix that looks at the observed entries.

    Parameters
    ----------
    known : ndarray, shape (r, c)
        Observed values, 0 elsewhere.
    observed : ndarray of bool, shape (r, c)
        Which entries are observed.
    nonnegative : bool
        Whether all entries must be at least 0.
    """

    def __init__(self, known: Array, observed: Mask, *, nonnegative: bool = False) -> None:
        self.known, self.observed, self.nonnegative = known, observed, nonnegative

    def astype(self, dtype: npt.DTypeLike) -> DataTerm:
        """The same in another precision."""
        return self._like(self.known.astype(dtype))

    @abstractmethod
    def _like(self, known: Array) -> DataTerm:
        """The same term of other values."""

    @abstractmethod
    def step(self, point: Array, tau: float) -> Array:
        """The X that minimises tau · term(X) + ½ ‖X − point‖²."""

    @abstractmethod
    def value(self, matrix: Array) -> float:
        """The term where its constraints hold."""

    @abstractmethod
    def feasible(self, matrix: Array) -> Array:
        """A matrix near by for which its constraints hold."""

    @abstractmethod
    def bound(self, dual: Array) -> float:
        """Lower bound of ‖X‖_* + term(X) that a dual matrix of spectral norm ≤ 1 proves."""

    def allowed(self, dual: Array) -> Array:
        """What a dual may have: observed entries, and with nonnegativity others above 0."""
        return np.where(self.observed, dual, np.maximum(dual, 0) if self.nonnegative else 0)

    def infeasibility(self, matrix: Array) -> float:
        """By how much constraints are violated."""
        return float(max(0.0, -matrix.min())) if self.nonnegative else 0.0

    def residual(self, matrix: Array) -> Array:
        """Data minus matrix on the observed entries."""
        return np.where(self.observed, self.known - matrix, 0)


class WithinDelta(DataTerm):
    """0 where ‖P_Ω(X − M)‖_F ≤ δ, infinite elsewhere.

    Parameters
    ----------
    known, observed, nonnegative
        See :class:`DataTerm`.
    delta : float
        0 keeps observed entries exactly.
    """

    def __init__(
        self, known: Array, observed: Mask, delta: float, *, nonnegative: bool = False
    ) -> None:
        super().__init__(known, observed, nonnegative=nonnegative)
        self.delta = delta

    def _like(self, known: Array) -> DataTerm:
        return WithinDelta(known, self.observed, self.delta, nonnegative=self.nonnegative)

    def step(self, point: Array, tau: float) -> Array:
        """The nearest matrix for which the constraints hold, whatever `tau`."""
        del tau
        return self.feasible(point)

    def feasible(self, matrix: Array) -> Array:
        """The nearest matrix for which the constraints hold."""
        if self.nonnegative:
            return self._nearest_nonnegative(matrix)
        if self.delta == 0:
            return np.where(self.observed, self.known, matrix)
        residual = self.residual(matrix)
        size = float(np.linalg.norm(residual))
        if size <= self.delta:
            return matrix.copy()
        residual *= matrix.dtype.type(1.0 - self.delta / size)
        residual += matrix
        return residual

    def _nearest_nonnegative(self, matrix: Array) -> Array:
        from scipy.optimize import brentq  # slow to load

        def at(share: float) -> Array:
            """On the way from the data (0) to the matrix (1), cut at zero."""
            mixed = self.known + matrix.dtype.type(share) * (matrix - self.known)
            return np.maximum(np.where(self.observed, mixed, matrix), 0)

        def excess(share: float) -> float:
            return float(np.linalg.norm(self.residual(at(share)))) - self.delta

        if excess(1.0) <= 0:
            return at(1.0)
        if excess(0.0) >= 0:
            return at(0.0)
        return at(float(brentq(excess, 0.0, 1.0, xtol=1e-12)))

    def value(self, matrix: Array) -> float:
        """0: constraints have no cost."""
        del matrix
        return 0.0

    def bound(self, dual: Array) -> float:
        """<Y, M> − δ ‖Y‖_F for the part of the dual on observed entries."""
        inside = np.where(self.observed, dual, 0).astype(np.float64)
        size = float(np.linalg.norm(inside))
        return float(np.vdot(inside, self.known.astype(np.float64))) - self.delta * size

    def infeasibility(self, matrix: Array) -> float:
        """How far beyond δ, or below zero."""
        beyond = float(np.linalg.norm(self.residual(matrix).astype(np.float64))) - self.delta
        return max(0.0, beyond, super().infeasibility(matrix))


class Penalised(DataTerm):
    """‖P_Ω(X − M)‖² / (2 λ): soft-impute divided by its penalty.

    Parameters
    ----------
    known, observed, nonnegative
        See :class:`DataTerm`.
    penalty : float
        λ, larger than 0: ½ ‖P_Ω(X − M)‖² + λ ‖X‖_* is minimised.
    """

    def __init__(
        self, known: Array, observed: Mask, penalty: float, *, nonnegative: bool = False
    ) -> None:
        super().__init__(known, observed, nonnegative=nonnegative)
        self.penalty = penalty

    def _like(self, known: Array) -> DataTerm:
        return Penalised(known, self.observed, self.penalty, nonnegative=self.nonnegative)

    def step(self, point: Array, tau: float) -> Array:
        """Between point and data on the observed entries."""
        pull = tau / self.penalty
        share = point.dtype.type(pull / (1.0 + pull))
        found = point + share * self.residual(point)
        return np.maximum(found, 0) if self.nonnegative else found

    def value(self, matrix: Array) -> float:
        """The penalty for missing the data."""
        residual = self.residual(matrix).astype(np.float64)
        return float(np.vdot(residual, residual)) / (2.0 * self.penalty)

    def feasible(self, matrix: Array) -> Array:
        """Cut at zero where that is wanted."""
        return np.maximum(matrix, 0) if self.nonnegative else matrix

    def bound(self, dual: Array) -> float:
        """<Y, M> − λ ‖Y‖² / 2 for the part of the dual on observed entries."""
        inside = np.where(self.observed, dual, 0).astype(np.float64)
        linear = float(np.vdot(inside, self.known.astype(np.float64)))
        return linear - self.penalty * float(np.vdot(inside, inside)) / 2.0
