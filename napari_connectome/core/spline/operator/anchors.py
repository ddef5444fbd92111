"""Chebyshev polynomials of a lattice times columns, kept at some degrees for quick products.

T_{a+d} = 2 T_a T_d - T_{a-d}: with T_a(A) R kept at a few degrees a, any polynomial p(A) R times
a vector takes only so many steps with A as there are from one kept degree to the next.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.spline.operator.fields import Fields
from napari_connectome.core.spline.operator.steps import Steps
from napari_connectome.core.spline.operator.tall import in_blocks, inner, subtract_outer

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
MOST_KEPT = 2
"""Degrees that are kept: with more of them, reading them takes longer than the steps saved."""


class Anchors:
    """T_a(A) R_h for a few degrees a, R_h the rough part of columns R, shape (n, m).

    Parameters
    ----------
    steps : Steps
        Polynomials of A.
    columns : Fields
        R.
    degrees : int
        Of the polynomials that are asked for, plus one.
    most_kept : int
        Degrees that are kept at most.

    Attributes
    ----------
    kept : ndarray, shape (anchors, n, m)
        At degrees 0, span, 2 span, …
    span : int
        Steps from one to the next.
    """

    def __init__(
        self, steps: Steps, columns: Fields, degrees: int, most_kept: int = MOST_KEPT
    ) -> None:
        self.steps, self.smooth, self.degrees = steps, columns.smooth, degrees
        count = min(max(degrees - 1, 1), most_kept) if degrees else 0
        self.span = -(-(degrees - 1) // count) if count else 0
        self.kept = np.empty((count, *columns.rough.shape), dtype=columns.rough.dtype)
        if not count:
            return
        modes = steps.spectrum.modes
        last = (count - 1) * self.span
        for degree, now in enumerate(steps.run(columns.rough.copy(), last + 1)):
            # Smooth patterns that rounding lets in grow; both terms of the recurrence are freed.
            if degree and (degree % self.span == 0 or (degree + 1) % self.span == 0):
                subtract_outer(now, modes, inner(modes, now))
            if degree % self.span == 0:
                self.kept[degree // self.span] = now

    def in_products(self, coefficients: Float) -> Float:
        """Coefficients of T_0, T_1, …, shape (degrees, k), as those of T_a T_d.

        Returns
        -------
        ndarray of float64, shape (anchors, span + 1, k)
        """
        found = np.zeros((len(self.kept), self.span + 1, coefficients.shape[1]))
        if not len(self.kept):
            return found
        left = coefficients.copy()
        for number in range(len(self.kept) - 1, 0, -1):
            degree = number * self.span
            for d in range(min(self.span, self.degrees - 1 - degree), 0, -1):
                found[number, d] = 2 * left[degree + d]
                left[degree - d] -= left[degree + d]
        found[0] = left[: self.span + 1]
        return found

    def moments(self, rows: npt.NDArray[np.int64], values: Float) -> Float:
        """⟨T_a(A) R_h, T_d(A) s⟩ for a column s that is 0 but at some rows.

        Returns
        -------
        ndarray of float64, shape (anchors, span + 1, m)
        """
        out = np.empty((len(self.kept), self.span + 1, self.kept.shape[2]))
        if not len(self.kept):
            return out
        start = np.zeros((self.kept.shape[1], 1), dtype=self.kept.dtype)
        np.add.at(start[:, 0], rows, values)
        steps = self._steps_of(start[:, 0])
        touched = np.flatnonzero(steps.any(axis=0))
        local = np.ascontiguousarray(steps[:, touched])
        with single_threaded_blas():
            for number, kept in enumerate(self.kept):
                out[number] = local @ kept[touched]
        return out

    def combined(self, basis: Float, factors: Float) -> Array:
        """Σ T_a T_d (A) R_h (basis_ad · factors), shape (n,).

        Parameters
        ----------
        basis : ndarray of float64, shape (anchors, span + 1, k)
            Coefficients of k polynomials, from :meth:`in_products`.
        factors : ndarray of float64, shape (k, m)
            Of each of them and each column.
        """
        n = self.kept.shape[1]
        if not len(self.kept):
            return np.zeros(n, dtype=self.kept.dtype)
        narrow = np.ascontiguousarray(factors.T, dtype=self.kept.dtype)
        of_degree = basis.astype(self.kept.dtype)
        parts = np.empty((self.span + 1, n), dtype=self.kept.dtype)

        def work(rows: slice) -> None:
            found = sum(b @ (k[rows] @ narrow).T for b, k in zip(of_degree, self.kept, strict=True))
            parts[:, rows] = found

        in_blocks(work, n)
        return self._summed(parts)

    def _steps_of(self, start: Array) -> Array:
        """T_0(A) s … T_span(A) s, shape (span + 1, n)."""
        found = np.empty((self.span + 1, len(start)), dtype=start.dtype)
        found[0] = start
        for degree in range(1, self.span + 1):
            step = self.steps.matrix @ found[degree - 1]
            found[degree] = step if degree == 1 else 2 * step - found[degree - 2]
        return found

    def _summed(self, parts: Array) -> Array:
        """Σ T_d(A) z_d (Clenshaw)."""
        if len(parts) == 1:
            only: Array = parts[0]
            return only
        before, now = np.zeros_like(parts[0]), parts[-1]
        for part in parts[-2:0:-1]:
            before, now = now, part + 2 * (self.steps.matrix @ now) - before
        return np.asarray(parts[0] + self.steps.matrix @ now - before)
