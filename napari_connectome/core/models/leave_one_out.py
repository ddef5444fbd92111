"""Leave-one-out scores of many kernels at once, from one Gram matrix.

Leaving experiment e out, a kernel average predicts its projection as S_e Ỹ,
where S is the matrix of kernel weights among centroids with a zero diagonal and
rows renormalised (Knox et al. 2018, section 4.2.3). Every norm in MSE_rel is
then a sum over G = Ỹ Ỹᵀ: no prediction is ever formed, and a further kernel
costs one m × m product.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_connectome.core.io.stored_matrix import StoredMatrix
from napari_connectome.core.models.kernels import Array, Kernel
from napari_connectome.core.models.weights import normalised_weights, squared_distances
from napari_connectome.core.parallel import THREADS, single_threaded_blas, threads
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.scoring import relative_error

BLOCK_ENTRIES = 1 << 18
BLOCK_COLUMNS = (1 << 11, 1 << 15)
"""Fewest and most target voxels of a block: it fits the cache, and is worth a hand-over."""
BLOCKS_AT_ONCE = 8 * THREADS
"""Blocks between two moments at which the job may be cancelled."""
STACK_ENTRIES = 1 << 20


def gram_matrix(projections: npt.NDArray[np.floating] | StoredMatrix) -> Job[Array]:
    """G = Ỹ Ỹᵀ in float64, one block of target voxels after the other.

    Parameters
    ----------
    projections : ndarray or StoredMatrix, shape (m, n_target)
        Of any float type: a block at a time is read and converted. Products in float32 would do
        for the sums, but scores of good kernels are small differences of them.

    Returns
    -------
    job of ndarray of float64, shape (m, m)
    """
    m, n = projections.shape
    gram = np.zeros((m, m))
    columns = int(np.clip(BLOCK_ENTRIES // max(m, 1), *BLOCK_COLUMNS))
    stride = BLOCKS_AT_ONCE * columns

    for first in range(0, n, stride):
        held = projections[:, first : first + stride]

        def product(start: int, held: npt.NDArray[np.floating] = held) -> Array:
            block = held[:, start : start + columns].astype(np.float64)
            return np.asarray(block @ block.T)

        starts = range(0, held.shape[1], columns)
        with single_threaded_blas():
            for part in threads().map(product, starts):
                gram += part
        yield Progress(min(first + stride, n), n, "comparing projections")
    return gram


def leave_one_out_weights(squared: Array, kernel: Kernel) -> Array:
    """Weights of every centroid on all the others, shape (m, m); the diagonal is zero.

    Parameters
    ----------
    squared : ndarray of float64, shape (m, m)
        Squared distances among at least two centroids.
    kernel : Kernel
        Kernel to weight with.
    """
    others = squared.copy()
    np.fill_diagonal(others, np.inf)
    return normalised_weights(others, kernel)


def leave_one_out_scores(
    centroids: npt.ArrayLike, gram: Array, kernels: Sequence[Kernel]
) -> Job[Array]:
    """Leave-one-out MSE_rel of every kernel, all experiments pooled into one ratio.

    Parameters
    ----------
    centroids : array, shape (m, 3)
        At least two, in voxels.
    gram : ndarray of float64, shape (m, m)
        Gram matrix of the projections.
    kernels : sequence of Kernel
        Candidates.

    Returns
    -------
    job of ndarray of float64, shape (len(kernels),)
    """
    squared = squared_distances(centroids, centroids)
    m = len(squared)
    truth = float(np.trace(gram))
    scores: list[float] = []
    group = max(1, STACK_ENTRIES // m**2)
    for start in range(0, len(kernels), group):
        chosen = kernels[start : start + group]
        weights = np.stack([leave_one_out_weights(squared, kernel) for kernel in chosen])
        # One tall product: many small ones cost more in thread start-up than in arithmetic.
        with single_threaded_blas():
            products = (weights.reshape(-1, m) @ gram).reshape(weights.shape)
        crossed = np.einsum("cij,ij->c", weights, gram)
        predicted = np.einsum("cij,cij->c", products, weights)
        scores += [
            relative_error(max(p - 2 * c + truth, 0.0), p + truth)
            for p, c in zip(predicted.tolist(), crossed.tolist(), strict=True)
        ]
        yield Progress(len(scores), len(kernels), "scoring kernels")
    return np.array(scores)
