"""Nonnegative factors of a known matrix, to start (P2) from: never from random numbers.

A truncated singular value decomposition by products with the matrix alone, split into
nonnegative parts, then improved by coordinate descent on ‖W - U Vᵀ‖.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import LinearOperator

from napari_connectome.core.errors import ModelError
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.spline.factors import Factors

Matrix = npt.NDArray[np.float64]
SPARE = 20
"""Directions beyond the rank that the sketch of a matrix keeps."""
SKETCH_SEED = 20160905
"""The sketch is the same in every run; what it leaves out does not depend on it noticeably."""
ROWS_AT_ONCE = 512
"""Rows of a factor that stay in the processor's cache during a sweep."""
SWEEPS_AT_ONCE = 5
ENOUGH = 0.02
"""Part of the error that as many sweeps must gain for more to follow."""


Multiplied = npt.NDArray[Any] | LinearOperator
"""A matrix that can be multiplied from both sides; none of its entries is asked for."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Leading singular triples, W ≈ left · diag(values) · rightᵀ.

    Parameters
    ----------
    left, right : ndarray of float64, shapes (n_source, k) and (n_target, k)
        Orthonormal columns.
    values : ndarray of float64, shape (k,)
        Largest first.
    """

    left: Matrix
    values: Matrix
    right: Matrix


def starting_factors_job(matrix: Multiplied, rank: int) -> Job[Factors]:
    """Nonnegative factors of a rank close to a matrix, as a job.

    Parameters
    ----------
    matrix : array or linear operator, shape (n_source, n_target)
        Connectivity from which to start, such as the solution of (P1). It may have negative
        entries; they are approached by zero. Only products with it are formed.
    rank : int
        Number of pairs.

    Raises
    ------
    ModelError
        When the rank is out of bounds or the matrix is zero.
    """
    check_rank(rank, matrix.shape[0], matrix.shape[1])
    yield Progress(0, 3, "Leading patterns of the full solution")
    with single_threaded_blas():
        spectrum = leading_spectrum(matrix, rank)
    if not spectrum.values[0] > 0:
        raise ModelError(
            "The connectivity to start from is zero everywhere, so it has no factors. "
            "Are all projections zero?"
        )
    yield Progress(1, 3, "Splitting the patterns into positive parts")
    with single_threaded_blas():
        factors = split_spectrum(spectrum)
    found = yield from _improved(spectrum, factors)
    return found


def check_rank(rank: int, n_source: int, n_target: int) -> None:
    """Refuse a rank that no factors of this size can have.

    Raises
    ------
    ModelError
        When it is no integer from 1 to the smaller number of voxels.
    """
    largest = min(n_source, n_target)
    if rank != int(rank) or not 1 <= rank <= largest:
        raise ModelError(
            f"The rank must be a whole number from 1 to {largest}, the smaller of {n_source} "
            f"source and {n_target} target voxels; {rank} came."
        )


def leading_spectrum(matrix: Multiplied, rank: int) -> Spectrum:
    """The largest singular triples, from a sketch and one power iteration.

    Parameters
    ----------
    matrix : array or linear operator, shape (n_source, n_target)
        Only products with it are formed.
    rank : int
        How many.

    References
    ----------
    Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1.
    """
    rows, columns = matrix.shape
    width = min(rank + SPARE, rows, columns)
    sketch = np.random.default_rng(SKETCH_SEED).standard_normal((columns, width))
    basis = np.linalg.qr(matrix @ sketch)[0]
    basis = np.linalg.qr(matrix @ np.linalg.qr(matrix.T @ basis)[0])[0]
    right, values, left = np.linalg.svd(np.asarray(matrix.T @ basis), full_matrices=False)
    return Spectrum(
        np.asarray(basis @ left[:rank].T, dtype=np.float64),
        np.asarray(values[:rank], dtype=np.float64),
        np.asarray(right[:, :rank], dtype=np.float64),
    )


def split_spectrum(spectrum: Spectrum) -> Factors:
    """Nonnegative pairs from singular vectors: as many as there are triples, the largest.

    A singular pair is a difference of two nonnegative pairs: where both vectors are
    positive, and where both are negative. Of all these the ones with the largest norm stay.

    References
    ----------
    Boutsidis and Gallopoulos 2008 keep one of each two; both may matter here.
    """
    sides = [
        (np.maximum(sign * spectrum.left, 0.0), np.maximum(sign * spectrum.right, 0.0))
        for sign in (1, -1)
    ]
    sources, targets = (np.concatenate([side[i] for side in sides], axis=1) for i in (0, 1))
    pairs = Factors(sources * np.tile(spectrum.values, 2), targets).balanced().by_energy()
    rank = len(spectrum.values)
    return Factors(pairs.sources[:, :rank], pairs.targets[:, :rank])


def _improved(spectrum: Spectrum, factors: Factors) -> Job[Factors]:
    """Coordinate descent on ‖A Bᵀ - U Vᵀ‖ until sweeps gain little."""
    left, right = spectrum.left * spectrum.values, spectrum.right
    sources, targets = factors.sources.copy(), factors.targets.copy()
    size = float(spectrum.values @ spectrum.values)
    error = np.inf
    while True:
        with single_threaded_blas():
            for _ in range(SWEEPS_AT_ONCE):
                _sweep(sources, left @ (right.T @ targets), targets.T @ targets)
                _sweep(targets, right @ (left.T @ sources), sources.T @ sources)
            product = np.vdot(left.T @ sources, right.T @ targets)
            own = np.vdot(sources.T @ sources, targets.T @ targets)
        missing = max(float(size - 2 * product + own), 0.0)
        before, error = error, float(np.sqrt(missing / size))
        yield Progress(2, 3, f"Positive patterns of the full solution: {error:.1%} missing")
        if not before - error > ENOUGH * error:
            return Factors(sources, targets).balanced()


def _sweep(factor: Matrix, products: Matrix, gram: Matrix) -> None:
    """Minimise over each column of a factor in turn, in place (HALS).

    References
    ----------
    Cichocki and Phan 2009.
    """
    used = np.flatnonzero(np.diag(gram) > 0).tolist()
    for start in range(0, len(factor), ROWS_AT_ONCE):
        # Rows do not depend on each other; columns lie together for the products.
        block = np.ascontiguousarray(factor[start : start + ROWS_AT_ONCE].T)
        wanted = np.ascontiguousarray(products[start : start + ROWS_AT_ONCE].T)
        for k in used:
            change = (wanted[k] - gram[k] @ block) / gram[k, k]
            np.maximum(block[k] + change, 0.0, out=block[k])
        factor[start : start + ROWS_AT_ONCE] = block.T
