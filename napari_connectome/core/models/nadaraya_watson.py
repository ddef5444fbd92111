"""Nadaraya-Watson regression: the kernel average that the voxel model is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from napari_connectome.core.models.kernels import (
    Kernel,
    KernelName,
    normalised_weights,
    squared_distances,
)

STRICTLY_LARGER = 1.001
"""At exactly the largest distance a polynomial kernel is 0: the width must exceed it."""


class NadarayaWatson(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Kernel-weighted average of targets.

    Parameters
    ----------
    kernel : {"gaussian", "polynomial"}, default="gaussian"
        ``gaussian``: exp(-gamma d²); ``polynomial``: (1 - (d / bandwidth)²)^degree for
        d ≤ bandwidth, else 0 (Knox et al. 2018, equation 3).
    gamma : float, optional
        Width of the Gaussian as 1 / bandwidth². Give `gamma` or `bandwidth`, not both.
    bandwidth : float, optional
        Width of either kernel, in the unit of the points. When neither is given it is
        just larger than the largest distance from a fitted point to its nearest other.
    degree : float, default=1.0
        Exponent of the polynomial kernel; 0 is uniform within the bandwidth.

    Attributes
    ----------
    kernel_ : Kernel
        The kernel used.
    points_, targets_ : ndarray
        Fitted points (m, d) and targets (m, n).
    sample_weight_ : ndarray of shape (m,)
        Weights of the fitted points.
    n_features_in_ : int
        Number of coordinates.

    Notes
    -----
    A point that the kernel reaches from no fitted point takes its nearest one's target.

    References
    ----------
    Knox et al. (2018), High-resolution data-driven model of the mouse connectome,
    section 4.2.1.

    Examples
    --------
    >>> import numpy as np
    >>> centroids = np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    >>> projections = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> model = NadarayaWatson(kernel="polynomial", bandwidth=3.0)
    >>> model.fit(centroids, projections).predict([[1.0, 0.0, 0.0]])
    array([[0.5, 0.5]])
    """

    def __init__(
        self,
        kernel: KernelName = "gaussian",
        *,
        gamma: float | None = None,
        bandwidth: float | None = None,
        degree: float = 1.0,
    ) -> None:
        self.kernel = kernel
        self.gamma = gamma
        self.bandwidth = bandwidth
        self.degree = degree

    def fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> NadarayaWatson:
        """Remember points and targets.

        Parameters
        ----------
        X : array_like of shape (m, d)
            Points, for a connectome injection centroids.
        y : array_like of shape (m,) or (m, n)
            Targets, for a connectome normalised projections.
        sample_weight : array_like of shape (m,), optional
            Weight of each point in the average: 2 counts a point twice, and the same
            weight for all changes nothing.

        Returns
        -------
        NadarayaWatson
            Itself.

        Raises
        ------
        ValueError
            When shapes disagree, values are not finite, or both widths are given.
        """
        points, targets = validate_data(
            self, X, y, multi_output=True, y_numeric=True, dtype=[np.float64, np.float32]
        )
        self.points_ = points
        self.targets_ = targets
        self.sample_weight_ = _checked_weights(sample_weight, len(points))
        self.kernel_ = self._make_kernel(points)
        return self

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.floating[Any]]:
        """Weighted averages of the targets.

        Parameters
        ----------
        X : array_like of shape (k, d)
            Points to ask.

        Returns
        -------
        ndarray of shape (k,) or (k, n)
        """
        weights = self.weights(X)
        answer: npt.NDArray[np.floating[Any]] = weights @ self.targets_
        return answer

    def weights(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Share of each fitted point in the answer at each point, shape (k, m), rows sum to 1."""
        check_is_fitted(self)
        points = validate_data(self, X, reset=False, dtype=np.float64)
        used = self.sample_weight_ > 0
        squared = squared_distances(points, np.asarray(self.points_, dtype=np.float64))
        squared[:, ~used] = np.inf
        weights = normalised_weights(self.kernel_, squared) * self.sample_weight_
        shares: npt.NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
        return shares

    def _make_kernel(self, points: npt.NDArray[np.floating[Any]]) -> Kernel:
        if self.gamma is not None and self.bandwidth is not None:
            raise ValueError("Give gamma or bandwidth, not both: gamma = 1 / bandwidth².")
        if self.gamma is not None:
            if not self.gamma > 0:
                raise ValueError(f"gamma must be above 0; {self.gamma} came.")
            return Kernel(self.kernel, float(self.gamma) ** -0.5, self.degree)
        width = self.bandwidth if self.bandwidth is not None else _reach(points)
        return Kernel(self.kernel, float(width), self.degree)


def smallest_bandwidth(
    points: npt.NDArray[np.floating[Any]], centers: npt.NDArray[np.floating[Any]]
) -> float:
    """Width just larger than the largest distance from a point to its nearest center.

    The h rule of Knox et al. (2018, section 4.2.2), made strict so that the farthest
    point keeps some weight.

    Parameters
    ----------
    points : ndarray of shape (n, d)
        Every voxel of a division.
    centers : ndarray of shape (m, d)
        The injection centroids of that division.

    Returns
    -------
    float
        1 when every point is a center.
    """
    from scipy.spatial import cKDTree

    distances, _ = cKDTree(centers).query(points)
    largest = float(np.max(distances))
    return largest * STRICTLY_LARGER if largest > 0 else 1.0


def _reach(points: npt.NDArray[np.floating[Any]]) -> float:
    """Width just larger than the largest distance between nearest neighbours."""
    if len(points) < 2:
        return 1.0
    squared = squared_distances(points, points)
    np.fill_diagonal(squared, np.inf)
    largest = float(np.sqrt(squared.min(axis=1).max()))
    return largest * STRICTLY_LARGER if largest > 0 else 1.0


def _checked_weights(given: npt.ArrayLike | None, count: int) -> npt.NDArray[np.float64]:
    if given is None:
        return np.ones(count)
    weights = np.asarray(given, dtype=np.float64)
    if weights.ndim == 0:
        weights = np.full(count, float(weights))
    usable = weights.shape == (count,) and np.all(np.isfinite(weights)) and np.all(weights >= 0)
    if not usable or not weights.sum() > 0:
        raise ValueError(
            f"sample_weight needs {count} finite weights of at least 0, one of them above 0; "
            f"an array of shape {weights.shape} came."
        )
    return weights
