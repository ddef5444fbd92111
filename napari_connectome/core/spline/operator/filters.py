"""A matrix-valued function of a sparse symmetric matrix, D(A), applied without forming it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.spline.operator.chebyshev import evaluate, expansion
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.steps import Steps
from napari_connectome.core.spline.operator.tall import blocks, inner

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]
Float = npt.NDArray[np.float64]


class MatrixFilter:
    """R ↦ Σ_j q_j q_jᵀ R D(w_j) over all eigenpairs of A; R is (n, m), D(w) is (m, k).

    The smooth patterns of the spectrum get D exactly, all others a polynomial.

    Parameters
    ----------
    steps : Steps
        Polynomials of A.
    function : callable
        D at points inside the spectrum's interval, shape (points, m, k).
    smooth : ndarray of float64, shape (r, m, k)
        D at the spectrum's values.
    tolerance : float
        Of the polynomial, as part of its largest coefficient.

    Raises
    ------
    ModelError
        When the function is too steep for a polynomial.
    """

    def __init__(
        self,
        steps: Steps,
        function: Callable[[Float], Float],
        smooth: Float,
        tolerance: float,
    ) -> None:
        self.steps = steps
        self.smooth = smooth
        spectrum = steps.spectrum
        self.polynomial = np.zeros((0, *smooth.shape[1:]))
        if not spectrum.complete:
            self.polynomial = expansion(function, spectrum.low, spectrum.high, tolerance)

    def apply_job(self, fields: Fields, text: str) -> Job[Fields]:
        """The whole result; the rough part of `fields` is overwritten."""
        spectrum = self.steps.spectrum
        polynomial = self.polynomial.astype(spectrum.modes.dtype)
        out = np.zeros((len(spectrum), polynomial.shape[2]), dtype=spectrum.modes.dtype)

        def visit(degree: int, rows: slice, values: Array) -> None:
            out[rows] += values @ polynomial[degree]

        count = len(polynomial)
        for degree, _ in enumerate(self.steps.run(fields.rough, count, visit)):
            yield Progress(degree, count, text)
        # Rounding has let smooth patterns in.
        rough = Fields.of(spectrum, out).rough
        return Fields(matrix_by_mode(fields.smooth, self.smooth), rough)


class FilterAt:
    """A filter whose result is wanted at some places only, which costs far less.

    Parameters
    ----------
    whole : MatrixFilter
        The filter.
    rows, columns : ndarray of int64, shape (h,)
        The places, rows in order.
    """

    def __init__(self, whole: MatrixFilter, rows: Rows, columns: Rows) -> None:
        self.steps = whole.steps
        self.rows, self.columns = rows, columns
        spectrum = self.steps.spectrum
        self._pieces = {}
        for block in blocks(len(spectrum)):
            first, last = np.searchsorted(rows, [block.start, block.stop])
            self._pieces[block.start] = slice(int(first), int(last))
        self._smooth = whole.smooth
        if len(whole.polynomial):
            # The steps carry smooth patterns along: what becomes of them is taken off.
            low, high = spectrum.low, spectrum.high
            self._smooth = whole.smooth - evaluate(whole.polynomial, low, high, spectrum.values)
        self._polynomial = np.ascontiguousarray(
            whole.polynomial.transpose(0, 2, 1), dtype=spectrum.modes.dtype
        )

    def apply_job(self, vectors: Array, text: str) -> Job[Float]:
        """The result at the places, shape (h,); `vectors` (n, m) is overwritten."""
        modes = self.steps.spectrum.modes
        smooth = matrix_by_mode(inner(modes, vectors), self._smooth).T.astype(modes.dtype)
        out = np.zeros(len(self.rows))

        def visit(degree: int, rows: slice, values: Array) -> None:
            piece = self._pieces[rows.start]
            places, columns = self.rows[piece], self.columns[piece]
            if degree == 0:
                out[piece] += np.einsum("hr,hr->h", modes[places], smooth[columns])
            if degree < count:
                factors = self._polynomial[degree][columns]
                out[piece] += np.einsum("hm,hm->h", values[places - rows.start], factors)

        count = len(self._polynomial)
        for degree, _ in enumerate(self.steps.run(vectors, max(count, 1), visit)):
            yield Progress(degree, count, text)
        return out


def matrix_by_mode(coefficients: Float, matrices: Float) -> Float:
    """Each row times a matrix of its own: (r, m) and (r, m, k) to (r, k)."""
    return np.asarray((coefficients[:, None, :] @ matrices)[:, 0])
