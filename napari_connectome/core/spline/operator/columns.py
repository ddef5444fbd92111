"""Products of W with one column, made ready so that each is a matter of moments."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import svd

from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.spline.operator.anchors import Anchors
from napari_connectome.core.spline.operator.chebyshev import coefficients, nodes
from napari_connectome.core.spline.operator.moments import inverse_squares
from napari_connectome.core.spline.operator.spectrum import Spectrum
from napari_connectome.core.spline.operator.tall import outer

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
TOLERANCE = 1e-4
"""Of the polynomials, as part of the largest coefficient."""
SAMPLES, SPREAD = 64, 100.0
"""Values of a at which polynomials are looked at, the smallest so many times below the interval."""
MORE_NODES = 8
"""Points at which a response is looked at beyond the coefficients that are kept of it."""


class ColumnProducts:
    """From columns on one lattice to columns on the other, by (A ⊕ A')⁻² between kept columns.

    Parameters
    ----------
    near, far : Anchors
        Kept columns of the lattice that is asked about, and of that where answers lie: Xᵀ and Λᵀ.
    constants : ndarray of float64, shape (pieces of the far one, pieces of the near one)
        Coefficients of the normalised constants.
    """

    def __init__(self, near: Anchors, far: Anchors, constants: Float) -> None:
        self.near, self.far, self.constants = near, far, constants
        here, there = near.steps.spectrum, far.steps.spectrum
        count = far.degrees + MORE_NODES if far.degrees else 0
        points = np.concatenate([there.values, nodes(there.low, there.high, count)])
        self._smooth = _smooth_factors(here, there, points)
        self._rough = np.zeros((len(points), 0))
        if near.degrees:
            found = inverse_squares(points, here, TOLERANCE / 10, near.degrees)
            self._rough = near.in_products(found).reshape(-1, len(points)).T.copy()
        # From values at the nodes to coefficients, and on to those of a few polynomials.
        made = coefficients(np.eye(count))[: far.degrees] if count else np.zeros((0, 0))
        few = _polynomials(there, far.degrees)
        self._made = few.T @ made
        self._basis = far.in_products(few)

    def of(self, rows: npt.NDArray[np.int64], values: Float) -> npt.NDArray[np.float32]:
        """The product with a column that is 0 but at some rows, shape (n_far,)."""
        here, there = self.near.steps.spectrum, self.far.steps.spectrum
        patterns = values @ here.modes[rows].astype(np.float64)
        moments = self.near.moments(rows, values)
        with single_threaded_blas():
            response = (self._smooth * patterns) @ self.near.smooth
            response += self._rough @ moments.reshape(self._rough.shape[1], response.shape[1])
            count = len(there.values)
            smooth = np.einsum("rm,rm->r", self.far.smooth, response[:count])
            smooth[: there.pieces] += self.constants @ patterns[: here.pieces]
            factors = self._made @ response[count:]
        found = outer(there.modes, smooth[:, None])[:, 0]
        combined = self.far.combined(self._basis, factors)
        return np.asarray(found + combined, dtype=np.float32)


def _polynomials(spectrum: Spectrum, degrees: int) -> Float:
    """Orthonormal coefficients of few polynomials that make up (A + a)⁻² for any a >= 0.

    Returns
    -------
    ndarray of float64, shape (degrees, few)
    """
    if not degrees:
        return np.zeros((0, 0))
    points = np.append(0.0, np.geomspace(spectrum.low / SPREAD, spectrum.high, SAMPLES))
    found = inverse_squares(points, spectrum, TOLERANCE / 10, degrees)
    left, sizes, _ = svd(found / np.linalg.norm(found, axis=0), full_matrices=False)
    return np.asarray(left[:, sizes > TOLERANCE / 10 * sizes[0]])


def _smooth_factors(here: Spectrum, there: Spectrum, points: Float) -> Float:
    """(w + b)⁻² at the smooth patterns w of one lattice, shape (points, r).

    Constants of both sides together cost nothing and are kept apart.
    """
    sums = points[:, None] + here.values
    sums[: there.pieces, : here.pieces] = np.inf
    return np.asarray(sums**-2.0)
