"""Spatial kernels and the weights that they give (Knox et al. 2018, equations 2 and 3).

Distances are Euclidean, in the unit of the coordinates (voxels, where a model is
fitted to voxel centroids).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError

KernelName = Literal["gaussian", "polynomial"]
Array = npt.NDArray[np.floating[Any]]
BLOCK_ROWS = 4096


@dataclass(frozen=True)
class Kernel:
    """A radial kernel.

    Parameters
    ----------
    name : {"gaussian", "polynomial"}
        ``gaussian``: K(d) = exp(-(d / bandwidth)²), that is gamma = 1 / bandwidth²
        (the released model's convention, not 1 / 2σ²).
        ``polynomial``: K(d) = (1 - (d / bandwidth)²)^degree for d ≤ bandwidth, else 0.
    bandwidth : float
        Larger than 0.
    degree : float
        Exponent of the polynomial family, at least 0; 0 is the uniform kernel, with
        compact support like the others. Not used by the Gaussian.

    Raises
    ------
    ModelError
        When a parameter is out of bounds.
    """

    name: KernelName
    bandwidth: float
    degree: float = 1.0

    def __post_init__(self) -> None:
        if self.name not in ("gaussian", "polynomial"):
            raise ModelError(f"The kernel must be gaussian or polynomial; {self.name!r} came.")
        if not (np.isfinite(self.bandwidth) and self.bandwidth > 0):
            raise ModelError(f"A kernel needs a bandwidth above 0; {self.bandwidth} came.")
        if not (np.isfinite(self.degree) and self.degree >= 0):
            raise ModelError(f"A kernel needs a degree of at least 0; {self.degree} came.")

    @property
    def gamma(self) -> float:
        """Inverse squared bandwidth, the parameter of exp(-gamma d²)."""
        return self.bandwidth**-2

    def __call__(self, squared_distance: Array) -> Array:
        """Kernel values, same shape and precision as the squared distances."""
        scaled = squared_distance * squared_distance.dtype.type(self.gamma)
        if self.name == "gaussian":
            return np.exp(-scaled)
        inside = scaled <= 1
        values = np.where(inside, 1 - scaled, 0)
        # 0 ** 0 is 1: outside the support the value must stay 0 whatever the degree.
        return np.where(inside, values**self.degree, 0).astype(scaled.dtype, copy=False)


def squared_distances(points: Array, centers: Array) -> Array:
    """Squared distances, shape (points, centers).

    Summed axis by axis: the expansion a² - 2ab + b² loses digits in float32.
    """
    total = np.zeros((len(points), len(centers)), dtype=points.dtype)
    for axis in range(points.shape[1]):
        difference = points[:, axis, None] - centers[None, :, axis].astype(points.dtype)
        total += np.square(difference, out=difference)
    return total


def normalised_weights(kernel: Kernel, squared: Array, negligible: float = 0.0) -> Array:
    """Kernel weights whose rows sum to one (Knox et al. 2018, equation 2).

    Parameters
    ----------
    kernel : Kernel
        The kernel.
    squared : ndarray of float, shape (k, m)
        Squared distances of `k` points to `m` centroids; it is overwritten.
        Infinite entries get no weight.
    negligible : float
        Shares below this part of a row's largest weight become exactly 0 before the row is
        normalised: at most ``m * negligible`` of a row's weight is moved.

    Returns
    -------
    ndarray of float, shape (k, m)
        A point that no centroid reaches takes its nearest centroid(s), equally, never NaN.
    """
    nearest = squared.min(axis=1, keepdims=True)
    nearest = np.where(np.isfinite(nearest), nearest, 0)
    if kernel.name == "gaussian":
        # Only ratios matter: measured from the nearest centroid, nothing underflows.
        weights = np.subtract(squared, nearest, out=squared)
        weights *= -squared.dtype.type(kernel.gamma)
        np.exp(weights, out=weights)
    else:
        weights = kernel(squared)
        lost = np.flatnonzero(~(weights.sum(axis=1) > 0))
        weights[lost] = squared[lost] <= nearest[lost]
    if negligible > 0:
        weights[weights < negligible * weights.max(axis=1, keepdims=True)] = 0
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def kernel_weights(
    kernel: Kernel, points: Array, centers: Array, negligible: float = 0.0
) -> npt.NDArray[np.float32]:
    """Normalised weights in float32, computed in blocks that stay in the cache.

    Returns
    -------
    ndarray of float32, shape (len(points), len(centers))
    """
    out = np.empty((len(points), len(centers)), dtype=np.float32)
    for start in range(0, len(points), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        squared = squared_distances(points[rows].astype(np.float32, copy=False), centers)
        out[rows] = normalised_weights(kernel, squared, negligible)
    return out
