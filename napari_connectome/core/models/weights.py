"""Kernel weights of points on centroids: rows that sum to one, whatever the kernel reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.models.kernels import Array, Kernel
from napari_connectome.core.parallel import threads

BLOCK_ENTRIES = 1 << 17
"""Weights at a time: they stay in a core's cache from the distance to the division."""


def row_blocks(rows: int, columns: int) -> Iterator[slice]:
    """Ranges of rows that make blocks of about :data:`BLOCK_ENTRIES`."""
    step = max(1, BLOCK_ENTRIES // max(1, columns))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def squared_distances(
    points: npt.ArrayLike, centroids: npt.ArrayLike, dtype: npt.DTypeLike = np.float64
) -> Array:
    """Squared Euclidean distances, shape (k, m), summed axis by axis.

    The quicker identity |p|² - 2 p·c + |c|² loses digits where it matters most, close by.
    Coordinates are taken from the mean centroid, so that float32 is good for 1e-6.
    """
    theirs = np.asarray(centroids, dtype=np.float64)
    origin = theirs.mean(axis=0)
    ours = np.ascontiguousarray((np.asarray(points, dtype=np.float64) - origin).T, dtype=dtype)
    theirs = np.ascontiguousarray((theirs - origin).T, dtype=dtype)
    total = np.zeros((ours.shape[1], theirs.shape[1]), dtype=dtype)
    step = np.empty_like(total)
    for our, their in zip(ours, theirs, strict=True):
        np.subtract(our[:, None], their[None], out=step)
        np.multiply(step, step, out=step)
        total += step
    return total


def normalised_weights(
    squared: Array,
    kernel: Kernel,
    sample_weight: npt.NDArray[np.float64] | None = None,
    negligible: float = 0.0,
) -> Array:
    """Turn squared distances into weights, in place.

    Parameters
    ----------
    squared : ndarray of float, shape (k, m)
        Squared distances; infinite where a centroid may not be used. It is overwritten.
    kernel : Kernel
        What distance means.
    sample_weight : ndarray of float64, shape (m,), optional
        Weight of each centroid in the average. A centroid of weight 0 does not exist.
    negligible : float
        Weights below ``negligible / m`` of a row are dropped, the others rescaled.

    Returns
    -------
    ndarray of float, shape (k, m)
        Rows sum to one. A point that no centroid reaches takes the nearest centroid,
        and the mean of them where several are equally near.
    """
    if sample_weight is not None:
        squared[:, sample_weight == 0] = np.inf
    nearest = squared.min(axis=1, keepdims=True)
    # A kernel never rises with distance: its largest value is the one of the nearest.
    peak = kernel.log(nearest.copy())
    missed = np.flatnonzero(np.isneginf(peak[:, 0]))
    at_nearest = squared[missed] == nearest[missed]
    peak[missed] = 0.0
    weights = kernel.log(squared)
    weights -= peak
    if negligible > 0:
        # Exponentials that underflow are slow, and these would be dropped anyway.
        np.maximum(weights, np.log(negligible / weights.shape[1]) - 1.0, out=weights)
    np.exp(weights, out=weights)
    weights[missed] = at_nearest
    if sample_weight is not None:
        weights *= sample_weight
    total = _row_sums(weights)
    if negligible > 0:
        weights *= weights >= total * (negligible / weights.shape[1])
        total = _row_sums(weights)
    weights /= total
    return weights


def _row_sums(weights: Array) -> npt.NDArray[Any]:
    sums: npt.NDArray[Any] = np.einsum("ij->i", weights)
    return sums[:, None]


def kernel_weights(
    points: npt.ArrayLike,
    centroids: npt.ArrayLike,
    kernel: Kernel,
    sample_weight: npt.NDArray[np.float64] | None = None,
) -> Array:
    """Weights of `points` on `centroids`, shape (k, m); see :func:`normalised_weights`."""
    return normalised_weights(squared_distances(points, centroids), kernel, sample_weight)


def nearest_distances(points: npt.ArrayLike, centroids: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Distance from each point to its nearest centroid, shape (k,)."""
    ours = np.asarray(points, dtype=np.float64)
    found = np.empty(len(ours))

    def fill(block: slice) -> None:
        found[block] = squared_distances(ours[block], centroids, np.float32).min(axis=1)

    list(threads().map(fill, row_blocks(len(ours), np.shape(centroids)[0])))
    return np.asarray(np.sqrt(found, out=found))


def reaching_bandwidth(distances: npt.NDArray[np.float64]) -> float:
    """Smallest useful support h: no point is left without weight (Knox et al. 2018, section 4.2.2).

    The paper takes the largest distance to a nearest centroid. At exactly that
    h the voxel in question still has weight (1 - 1)^λ = 0, so h must be
    strictly larger: this returns 1.001 times the distance, and 1 where every
    point lies on a centroid (or there is no point).
    """
    largest = float(distances.max(initial=0.0))
    return 1.001 * largest if largest > 0 else 1.0


def spacing_bandwidth(
    centroids: npt.ArrayLike, sample_weight: npt.NDArray[np.float64] | None = None
) -> float:
    """Support that reaches from each centroid to the nearest one at another place."""
    squared = squared_distances(centroids, centroids)
    squared[squared == 0] = np.inf
    if sample_weight is not None:
        squared = squared[np.ix_(sample_weight > 0, sample_weight > 0)]
    nearest = np.sqrt(squared.min(axis=1, initial=np.inf))
    return reaching_bandwidth(nearest[np.isfinite(nearest)])
