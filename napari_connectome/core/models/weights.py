"""Kernel weights of points on centroids: rows that sum to one, whatever the kernel reaches."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.models.kernels import Array, Kernel

ROW_BLOCK = 1024
"""Points at a time: a block of weights stays in a core's cache."""


def squared_distances(points: npt.ArrayLike, centroids: npt.ArrayLike) -> Array:
    """Squared Euclidean distances, shape (k, m), summed axis by axis.

    The quicker identity |p|² - 2 p·c + |c|² loses digits where it matters most, close by.
    """
    ours = np.asarray(points, dtype=np.float64)
    theirs = np.asarray(centroids, dtype=np.float64)
    total = np.zeros((len(ours), len(theirs)))
    step = np.empty_like(total)
    for axis in range(ours.shape[1]):
        np.subtract(ours[:, axis, None], theirs[None, :, axis], out=step)
        np.multiply(step, step, out=step)
        total += step
    return total


def normalised_weights(squared: Array, kernel: Kernel, sample_weight: Array | None = None) -> Array:
    """Turn squared distances into weights, in place.

    Parameters
    ----------
    squared : ndarray of float64, shape (k, m)
        Squared distances; infinite where a centroid may not be used. It is overwritten.
    kernel : Kernel
        What distance means.
    sample_weight : ndarray of float64, shape (m,), optional
        Weight of each centroid in the average. A centroid of weight 0 does not exist.

    Returns
    -------
    ndarray of float64, shape (k, m)
        Rows sum to one. A point that no centroid reaches takes the nearest centroid,
        and the mean of them where several are equally near.
    """
    if sample_weight is not None:
        squared[:, sample_weight == 0] = np.inf
    nearest = squared.min(axis=1, keepdims=True)
    at_nearest = squared == nearest if _may_miss(kernel, nearest) else None
    log = kernel.log(squared)
    peak = log.max(axis=1, keepdims=True)
    missed = np.isneginf(peak[:, 0])
    peak[missed] = 0.0
    weights: Array = np.exp(np.subtract(log, peak, out=log), out=log)
    if at_nearest is not None and missed.any():
        weights[missed] = at_nearest[missed]
    if sample_weight is not None:
        weights *= sample_weight
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _may_miss(kernel: Kernel, nearest: Array) -> bool:
    """Whether some point may lie outside the kernel of every centroid."""
    return bool(np.isneginf(kernel.log(nearest.copy())).any())


def kernel_weights(
    points: npt.ArrayLike,
    centroids: npt.ArrayLike,
    kernel: Kernel,
    sample_weight: Array | None = None,
) -> Array:
    """Weights of `points` on `centroids`, shape (k, m); see :func:`normalised_weights`."""
    return normalised_weights(squared_distances(points, centroids), kernel, sample_weight)


def nearest_distances(points: npt.ArrayLike, centroids: npt.ArrayLike) -> Array:
    """Distance from each point to its nearest centroid, shape (k,)."""
    ours = np.asarray(points, dtype=np.float64)
    found = np.empty(len(ours))
    for start in range(0, len(ours), ROW_BLOCK):
        block = slice(start, start + ROW_BLOCK)
        found[block] = squared_distances(ours[block], centroids).min(axis=1)
    return np.asarray(np.sqrt(found, out=found))


def reaching_bandwidth(distances: Array) -> float:
    """Smallest useful support h: no point is left without weight (Knox et al. 2018, section 4.2.2).

    The paper takes the largest distance to a nearest centroid. At exactly that
    h the voxel in question still has weight (1 - 1)^λ = 0, so h must be
    strictly larger: this returns 1.001 times the distance, and 1 where every
    point lies on a centroid (or there is no point).
    """
    largest = float(distances.max(initial=0.0))
    return 1.001 * largest if largest > 0 else 1.0


def spacing_bandwidth(centroids: npt.ArrayLike, sample_weight: Array | None = None) -> float:
    """Support that reaches from each centroid to the nearest one at another place."""
    squared = squared_distances(centroids, centroids)
    squared[squared == 0] = np.inf
    if sample_weight is not None:
        squared = squared[np.ix_(sample_weight > 0, sample_weight > 0)]
    nearest = np.sqrt(squared.min(axis=1, initial=np.inf))
    return reaching_bandwidth(nearest[np.isfinite(nearest)])
