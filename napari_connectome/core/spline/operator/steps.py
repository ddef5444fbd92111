"""Chebyshev polynomials of a sparse matrix times many vectors, one degree after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.spline.operator.spectrum import Spectrum
from napari_connectome.core.spline.operator.tall import blocks, in_blocks

Array = npt.NDArray[Any]
Visit = Callable[[int, slice, Array], None]


class Steps:
    """T_q(A) R for q = 0, 1, …, with the spectrum's interval mapped onto -1 ... 1.

    Patterns of eigenvalues outside of the interval grow with q: they are to be projected out,
    or met by coefficients that fall faster.

    Parameters
    ----------
    spectrum : Spectrum
        Of A.

    Attributes
    ----------
    matrix : csr_array of float, shape (n, n)
        A so mapped, T_1.
    """

    def __init__(self, spectrum: Spectrum) -> None:
        self.spectrum = spectrum
        middle, half = (spectrum.high + spectrum.low) / 2, (spectrum.high - spectrum.low) / 2
        matrix = csr_array(spectrum.roughness, copy=True)
        matrix.setdiag(matrix.diagonal() - middle)
        # Without room between the ends one degree is all that anyone asks for.
        matrix = (matrix * (1.0 / half if half > 0 else 0.0)).astype(spectrum.modes.dtype)
        self.matrix = _narrow(matrix)
        self._rows = {rows.start: _narrow(matrix[rows]) for rows in blocks(len(spectrum))}

    def run(self, start: Array, count: int, visit: Visit | None = None) -> Iterator[Array]:
        """The first `count` of them; each is left alone until the next but one is asked for.

        Parameters
        ----------
        start : ndarray, shape (n, k)
            R, in the precision of the spectrum; it is overwritten.
        count : int
            How many.
        visit : callable, optional
            Called with the degree, some rows and their values as soon as these are made: they
            are in the cache then. Calls come from several threads, for different rows.
        """
        before, now = np.empty_like(start), start
        for degree in range(count):
            if degree > 0:
                before, now = now, before
            self._make(degree, before, now, visit)
            yield now

    def _make(self, degree: int, before: Array, now: Array, visit: Visit | None) -> None:
        """A degree, out of the last one and the last but one, which it replaces."""

        def block(rows: slice) -> None:
            made = now[rows]
            if degree == 1:
                made[:] = self._rows[rows.start] @ before
            elif degree > 1:
                step = self._rows[rows.start] @ before
                step *= 2
                np.subtract(step, made, out=made)
            if visit is not None:
                visit(degree, rows, made)

        if degree > 0 or visit is not None:
            in_blocks(block, len(now))


def _narrow(matrix: csr_array) -> csr_array:
    """With column numbers of half the width: products spend their time reading them."""
    numbers = (array.astype(np.int32) for array in (matrix.indices, matrix.indptr))
    return csr_array((matrix.data, *numbers), shape=matrix.shape)
