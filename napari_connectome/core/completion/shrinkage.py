"""Singular values made smaller by a constant: the proximal step of the nuclear norm.

Full decompositions go through the Gram matrix of the shorter side, several times faster than
an SVD. Where few singular values survive, a block of singular vectors is carried from one call
to the next and improved by power steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgError, eigh, qr

Array = npt.NDArray[np.floating]
SPARE = 8
"""Vectors carried beyond those that are needed."""
FEW = 0.12
"""Part of the singular values up to which a carried block is faster than all of them."""
POWER_STEPS = 2
FULL_EVERY = 25
"""Calls after which a block is replaced by the full decomposition: it may have lost a vector."""


@dataclass(frozen=True, eq=False)
class Shrunk:
    """A shrunken matrix.

    Parameters
    ----------
    matrix : ndarray, shape of the argument
        With singular values max(s − t, 0).
    values : ndarray
        Those that are left, largest first.
    """

    matrix: Array
    values: Array

    @property
    def rank(self) -> int:
        """How many are left."""
        return len(self.values)


class Shrinker:
    """Shrinks matrices that change little from one call to the next.

    Parameters
    ----------
    exact : bool
        Whether every call decomposes the whole matrix.
    """

    def __init__(self, *, exact: bool = False) -> None:
        self._exact = exact
        self._basis: Array | None = None
        self._calls = 0

    def __call__(self, matrix: Array, threshold: float) -> Shrunk:
        """Shrink a matrix; it is not changed."""
        if matrix.shape[0] > matrix.shape[1]:
            turned = self(matrix.T, threshold)
            return Shrunk(turned.matrix.T, turned.values)
        self._calls += 1
        basis = self._basis
        if not self._exact and basis is not None and self._calls % FULL_EVERY:
            found = self._by_block(matrix, threshold, basis)
            if found is not None:
                return found
        return self._in_full(matrix, threshold)

    def _in_full(self, matrix: Array, threshold: float) -> Shrunk:
        squares, vectors = eigen(matrix @ matrix.T)
        values = np.sqrt(np.maximum(squares[::-1], 0))
        rank = int(np.count_nonzero(values > threshold))
        wanted = rank + SPARE
        few = wanted < FEW * len(values)
        self._basis = np.ascontiguousarray(vectors[:, ::-1][:, :wanted]) if few else None
        return _put_together(vectors[:, ::-1][:, :rank], values[:rank], matrix, threshold)

    def _by_block(self, matrix: Array, threshold: float, basis: Array) -> Shrunk | None:
        """None where the block may miss a singular value above the threshold."""
        for _ in range(POWER_STEPS):
            basis = qr(matrix @ (matrix.T @ basis), mode="economic", check_finite=False)[0]
        inner = basis.T @ matrix
        squares, turned = eigen(inner @ inner.T)
        values = np.sqrt(np.maximum(squares[::-1], 0))
        rank = int(np.count_nonzero(values > threshold))
        if rank > len(values) - SPARE // 2:
            return None
        vectors = basis @ turned[:, ::-1]
        self._basis = vectors
        return _put_together(vectors[:, :rank], values[:rank], matrix, threshold)


def _put_together(vectors: Array, values: Array, matrix: Array, threshold: float) -> Shrunk:
    kept = values - matrix.dtype.type(threshold)
    return Shrunk((vectors * (kept / values)) @ (vectors.T @ matrix), kept)


def eigen(gram: Array) -> tuple[Array, Array]:
    """Eigenvalues, smallest first, and eigenvectors of a symmetric matrix."""
    try:
        values, vectors = eigh(gram, driver="evd", check_finite=False)
    except LinAlgError:
        values, vectors = eigh(gram, driver="ev", check_finite=False)
    return values, vectors
