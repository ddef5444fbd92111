"""How good a completed matrix is at most and at least, whatever found it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import svdvals

from napari_connectome.core.completion.data_terms import DataTerm
from napari_connectome.core.completion.dual import spectral_norm

Matrix = npt.NDArray[np.float64]
COUNTED = 1e-6
"""Singular values below this part of the largest count as zero."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """A bound on both sides.

    Parameters
    ----------
    objective : float
        Of the matrix: its nuclear norm, and what it pays for missing the data, in its unit.
    lower_bound : float
        No matrix has less: weak duality, with a dual of spectral norm at most 1.
    infeasibility : float
        By how much a constraint is violated.
    rank : int
        Singular values above 1e-6 of the largest.
    singular_values : ndarray of float64
        All of them, largest first.
    """

    objective: float
    lower_bound: float
    infeasibility: float
    rank: int
    singular_values: npt.NDArray[np.float64]

    @property
    def gap(self) -> float:
        """Relative distance of the two: 0 is optimal."""
        if self.objective <= 0:
            return 0.0
        return max(0.0, (self.objective - self.lower_bound) / self.objective)

    def scaled(self, factor: float) -> Certificate:
        """The same for values multiplied by a factor."""
        return Certificate(
            objective=self.objective * factor,
            lower_bound=self.lower_bound * factor,
            infeasibility=self.infeasibility * factor,
            rank=self.rank,
            singular_values=self.singular_values * factor,
        )


def certify(term: DataTerm, matrix: Matrix, dual: npt.NDArray[np.floating]) -> Certificate:
    """Bound the optimum from both sides.

    Parameters
    ----------
    term : DataTerm
        Ties matrices to the data.
    matrix : ndarray of float64, shape (r, c)
        For which the constraints hold.
    dual : ndarray, shape (r, c)
        Anything; what is not allowed is cut off, and the rest scaled to spectral norm 1.
    """
    values = svdvals(matrix, check_finite=False)
    allowed = term.allowed(dual.astype(np.float64, copy=False))
    scaled = allowed / max(1.0, spectral_norm(allowed))
    largest = float(values[0]) if len(values) else 0.0
    return Certificate(
        objective=float(values.sum()) + term.value(matrix),
        lower_bound=max(0.0, term.bound(scaled)),
        infeasibility=term.infeasibility(matrix),
        rank=int(np.count_nonzero(values > COUNTED * largest)) if largest else 0,
        singular_values=values,
    )
