"""Weights of all voxels of a division, computed in strips and stored as thinly as they allow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack

from napari_connectome.core.connectivity import Float
from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.kernels import Array, Kernel
from napari_connectome.core.models.weights import (
    normalised_weights,
    row_blocks,
    squared_distances,
)
from napari_connectome.core.parallel import threads
from napari_connectome.core.progress import Job, Progress

STRIP_ENTRIES = 1 << 22
"""Weights between two moments at which the job may be cancelled."""
SPARSE_BELOW = 0.25
"""Part of nonzero weights below which a strip is stored as a sparse matrix."""


def check_negligible(negligible: float) -> None:
    """Refuse a part of the weights that is not at least 0 and below 1."""
    if not 0 <= negligible < 1:
        raise ModelError(f"negligible must be at least 0 and less than 1; {negligible} came.")


def division_weights(
    voxels: npt.NDArray[np.integer], centroids: Array, kernel: Kernel, negligible: float
) -> Job[Float | csr_array]:
    """Kernel weights of a division's voxels, rows summing to one.

    Parameters
    ----------
    voxels : ndarray of int, shape (k, 3)
        Voxel indices.
    centroids : ndarray, shape (m, 3)
        Centroids of the same division, voxels.
    kernel : Kernel
        What distance means.
    negligible : float
        Weights below ``negligible / m`` are dropped and the row rescaled: a weighted mean of
        non-negative nodes then moves by at most ``negligible`` times the largest of them.

    Returns
    -------
    job of ndarray or csr_array of float32, shape (k, m)
        Sparse when most weights are zero.
    """
    strips: list[Float | csr_array] = []
    step = max(1, STRIP_ENTRIES // len(centroids))
    for start in range(0, len(voxels), step):
        strip = voxels[start : start + step]
        weights = np.empty((len(strip), len(centroids)), dtype=np.float32)

        def fill(
            block: slice, strip: npt.NDArray[np.integer] = strip, out: Float = weights
        ) -> None:
            squared = squared_distances(strip[block], centroids, np.float32)
            out[block] = normalised_weights(squared, kernel, negligible=negligible)

        list(threads().map(fill, row_blocks(*weights.shape)))
        strips.append(_thin(weights))
        yield Progress(min(start + step, len(voxels)), len(voxels), "weighting voxels")
    return _joined(strips)


def _thin(weights: Float) -> Float | csr_array:
    """The same weights, sparse when that at least halves their memory."""
    filled = np.flatnonzero(weights.ravel() != 0)
    if len(filled) >= SPARSE_BELOW * weights.size:
        return weights
    rows, width = weights.shape
    indptr = np.searchsorted(filled, np.arange(rows + 1) * width).astype(np.int32)
    columns = filled.astype(np.int32)
    columns -= np.repeat(np.arange(rows, dtype=np.int32) * width, np.diff(indptr))
    return csr_array((weights.ravel()[filled], columns, indptr), shape=weights.shape)


def _joined(strips: list[Float | csr_array]) -> Float | csr_array:
    """One matrix; dense as soon as one strip is, because mixed strips are dense on the whole."""
    if len(strips) == 1:
        return strips[0]
    thin = [strip for strip in strips if isinstance(strip, csr_array)]
    if len(thin) == len(strips):
        return csr_array(vstack(thin, format="csr"))
    return np.concatenate(
        [s.toarray() if isinstance(s, csr_array) else s for s in strips], dtype=np.float32
    )
