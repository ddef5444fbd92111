"""What a solver without a matrix must know of a lattice: its pieces and its smoothest patterns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh, splu

from napari_connectome.core.errors import Cancelled, ModelError
from napari_connectome.core.laplacian import components
from napari_connectome.core.parallel import single_threaded_blas
from napari_connectome.core.progress import Job, Progress

MODES = 200
"""Patterns of the lowest eigenvalues that are computed: smooth over about three voxels."""
DENSE_SIZE = 800
"""Pieces up to this size are diagonalised whole."""
SHIFT = -1e-3
"""Where shift-invert Lanczos looks from: just below the spectrum, where A - shift is definite."""
PRECISION = 1e-9
SEED = 20161
"""Of the vector that Lanczos starts from: the same lattice, the same patterns."""
TEXT = "Smooth patterns of the lattice"
PAUSE_S = 0.2
Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Low eigenpairs of A = -L, and the interval that holds all other eigenvalues.

    Parameters
    ----------
    roughness : csr_array of float, shape (n, n)
        A, in the precision of all work with it.
    labels : ndarray of int64, shape (n,)
        Connected piece of each voxel.
    values : ndarray of float64, shape (r,)
        Eigenvalues: first the zeros, one for each piece, then the others in order.
    modes : ndarray of float, shape (n, r)
        Orthonormal eigenvectors in columns; the first are constant on a piece, 0 elsewhere.
    low, high : float
        No eigenvalue that is not in `values` lies outside of low ... high; low == high when
        `values` holds all.
    """

    roughness: csr_array
    labels: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    modes: Array
    low: float
    high: float

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def pieces(self) -> int:
        """Number of connected pieces, and of eigenvalues that are exactly 0."""
        return int(self.labels.max()) + 1

    @property
    def complete(self) -> bool:
        """Whether no eigenpair is missing."""
        return len(self.values) == len(self.labels)


def spectrum_job(
    laplacian: csr_array, count: int = MODES, dtype: npt.DTypeLike = np.float32
) -> Job[Spectrum]:
    """Smoothest patterns of a lattice: whole small pieces, shift-invert Lanczos for large ones.

    Parameters
    ----------
    laplacian : csr_array, shape (n, n)
        L, see :func:`~napari_connectome.core.laplacian.lattice_laplacian`.
    count : int
        Patterns that are wanted; each piece gets its part by size, and one at least.
    dtype : data type
        Precision of the patterns and of all that is computed with them.

    Raises
    ------
    ModelError
        When the matrix is no Laplacian, or Lanczos does not converge.
    """
    matrix = csr_array(-laplacian.astype(np.float64))
    _check(matrix)
    n = matrix.shape[0]
    labels = components(laplacian)
    sizes = np.bincount(labels)
    order = np.argsort(labels, kind="stable")
    members = np.split(order, np.cumsum(sizes)[:-1])
    low, found = np.inf, []
    for piece, rows in enumerate(members):
        share = int(np.ceil(count * len(rows) / n))
        pairs = yield from _piece_job(matrix, rows, share, piece, len(members))
        if len(pairs[0]) < len(rows):
            low = min(low, float(pairs[0][-1]))
        found.append(pairs)
    high = float(2 * matrix.diagonal().max(initial=0.0))
    values, modes = _joined(members, found, min(low, high), n, np.dtype(dtype))
    if len(values) == n:
        low = high
    return Spectrum(csr_array(matrix.astype(dtype)), labels, values, modes, min(low, high), high)


def _check(matrix: csr_array) -> None:
    if abs(matrix - matrix.T).max() > 0 or np.abs(matrix.sum(axis=1)).max() > 1e-9:
        raise ModelError(
            "A symmetric Laplacian whose rows sum to zero was expected. Make it with "
            "lattice_laplacian."
        )


def _piece_job(
    matrix: csr_array, rows: npt.NDArray[np.int64], share: int, piece: int, pieces: int
) -> Job[tuple[Array, Array]]:
    """Lowest eigenpairs of one piece; all of them when it is small."""
    if piece % 20 == 0 or len(rows) > 1:
        yield Progress(piece, pieces, TEXT)
    own = csc_array(matrix[rows][:, rows])
    if len(rows) <= max(DENSE_SIZE, 3 * share):
        with single_threaded_blas():
            values, modes = eigh(own.toarray())
        return values, modes
    return (yield from _lanczos_job(own, share))


def _lanczos_job(matrix: csc_array, count: int) -> Job[tuple[Array, Array]]:
    """Shift-invert Lanczos on a thread of its own: it has no place to stop at but its solver."""
    stopped, solved = Event(), [0]
    own = ThreadPoolExecutor(1)
    work = own.submit(_lanczos, matrix, count, stopped, solved)
    try:
        while not work.done():
            # As a rule two or three solutions for each pattern.
            done = min(solved[0], 3 * count)
            yield Progress(done, 3 * count, TEXT)
            wait([work], timeout=PAUSE_S)
        return work.result()
    finally:
        stopped.set()
        own.shutdown()


def _lanczos(
    matrix: csc_array, count: int, stopped: Event, solved: list[int]
) -> tuple[Array, Array]:
    n = matrix.shape[0]
    factors = splu(
        csc_array(matrix - SHIFT * eye_array(n)),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )

    def solve(vector: Array) -> Array:
        if stopped.is_set():
            raise Cancelled("The smooth patterns were not computed.")
        solved[0] += 1
        return np.asarray(factors.solve(vector))

    inverse = LinearOperator((n, n), matvec=solve, dtype=np.float64)
    start = np.random.default_rng(SEED).standard_normal(n)
    try:
        with single_threaded_blas():
            values, modes = eigsh(
                matrix, k=count, sigma=SHIFT, OPinv=inverse, tol=PRECISION, v0=start
            )
    except ArpackNoConvergence as error:
        raise ModelError(
            f"The smooth patterns of a lattice of {n:,} voxels were not found: {error}."
        ) from error
    return values, modes


def _joined(
    members: list[npt.NDArray[np.int64]],
    found: list[tuple[Array, Array]],
    low: float,
    n: int,
    dtype: np.dtype[Any],
) -> tuple[npt.NDArray[np.float64], Array]:
    """Pairs of all pieces up to `low`, the constants first and exact."""
    kept = [np.flatnonzero(values[1:] <= low) + 1 for values, _ in found]
    values = np.concatenate(
        [np.zeros(len(members))] + [v[k] for (v, _), k in zip(found, kept, strict=True)]
    )
    modes = np.zeros((n, len(values)), dtype=dtype)
    place = len(members)
    for piece, (rows, (_, own), chosen) in enumerate(zip(members, found, kept, strict=True)):
        modes[rows, piece] = 1.0 / np.sqrt(len(rows))
        modes[rows, place : place + len(chosen)] = own[:, chosen]
        place += len(chosen)
    order = np.argsort(values, kind="stable")
    return values[order], np.ascontiguousarray(modes[:, order])
