"""Nadaraya-Watson regression: the kernel average that the voxel model is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.kernels import Array, GaussianKernel
from napari_connectome.core.models.selection import KernelOptions
from napari_connectome.core.models.weights import kernel_weights, row_blocks, spacing_bandwidth


class NadarayaWatson(MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Kernel-weighted average of the targets of nearby points.

    Parameters
    ----------
    kernel : {"gaussian", "polynomial"}, default="gaussian"
        exp(-γ d²), or (1 - (d / h)²)^λ for d ≤ h and 0 beyond (Knox et al. 2018, Eq. 3).
    gamma : float, optional
        γ of the Gaussian, in 1 / unit². Another way to give the width, γ = 1 / bandwidth².
    bandwidth : float, optional
        Width in the unit of the points: h of the polynomial kernel, 1 / √γ of the
        Gaussian. When no width is given, h is just larger than the largest distance
        from a fitted point to its nearest neighbour at another place, so that each
        fitted point reaches another one (1 where there is none), and the Gaussian is
        half as wide: at that distance it has fallen to 2 %.
    degree : float, default=1.0
        λ, exponent of the polynomial kernel; 0 is uniform up to h.

    Attributes
    ----------
    kernel_ : GaussianKernel or PolynomialKernel
        The kernel used.
    centroids_ : ndarray of float64, shape (m, d)
        Fitted points.
    projections_ : ndarray, shape (m,) or (m, n)
        Their targets.
    sample_weight_ : ndarray of float64, shape (m,), or None
        Their weights in the average.
    n_features_in_ : int
        Coordinates of a point (3 for a brain).

    Notes
    -----
    A point that the kernel reaches from no fitted point takes the target of the nearest
    one, and the mean of several that are equally near. Weights always sum to one.

    References
    ----------
    Knox et al. 2018, section 4.2.1.

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
        kernel: str = "gaussian",
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
        """Remember points and targets; nothing else is to be fitted.

        Parameters
        ----------
        X : array_like of shape (m, d)
            Points: injection centroids.
        y : array_like of shape (m,) or (m, n)
            Targets: normalised projections.
        sample_weight : array_like of shape (m,), optional
            Weight of each point in the average: 2 counts a point twice, 0 leaves it out,
            and one value for all changes nothing.

        Raises
        ------
        ValueError
            When shapes disagree, values are not finite or weights are negative.
        ModelError
            When a kernel parameter is out of bounds.
        """
        points, targets = validate_data(self, X, y, multi_output=True, y_numeric=True)
        self.centroids_ = np.asarray(points, dtype=np.float64)
        self.projections_ = targets
        self.sample_weight_ = _checked_weight(sample_weight, len(points))
        width = kernel_width(self.kernel, self.gamma, self.bandwidth)
        options = KernelOptions(self.kernel, width, self.degree)
        self.kernel_ = options.default(spacing_bandwidth(self.centroids_, self.sample_weight_))
        return self

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Weighted averages of the targets.

        Parameters
        ----------
        X : array_like of shape (k, d)
            Points to ask: voxels.

        Returns
        -------
        ndarray of shape (k,) or (k, n)
        """
        check_is_fitted(self)
        points = validate_data(self, X, reset=False)
        answer = np.empty(
            (len(points), *self.projections_.shape[1:]),
            dtype=np.result_type(self.projections_.dtype, np.float32),
        )
        for block in row_blocks(len(points), len(self.centroids_)):
            answer[block] = self._weights(points[block]) @ self.projections_
        return answer

    def weights(self, X: npt.ArrayLike) -> Array:
        """Share of each fitted point in the answer at each point, shape (k, m); rows sum to one."""
        check_is_fitted(self)
        return self._weights(validate_data(self, X, reset=False))

    def _weights(self, points: npt.NDArray[Any]) -> Array:
        return kernel_weights(points, self.centroids_, self.kernel_, self.sample_weight_)


def kernel_width(kernel: str, gamma: float | None, bandwidth: float | None) -> float | None:
    """The one width that `gamma` or `bandwidth` gives, None when neither does.

    Raises
    ------
    ModelError
        When both are given, γ is given for a polynomial kernel, or γ is out of bounds.
    """
    if gamma is None:
        return bandwidth
    if bandwidth is not None:
        raise ModelError("Give gamma or bandwidth, not both: gamma is 1 / bandwidth².")
    if kernel != "gaussian":
        raise ModelError(f"gamma belongs to the gaussian kernel; the {kernel} one has a bandwidth.")
    return GaussianKernel(gamma).bandwidth


def _checked_weight(given: npt.ArrayLike | None, count: int) -> npt.NDArray[np.float64] | None:
    if given is None:
        return None
    weight = np.asarray(given, dtype=np.float64)
    if weight.ndim == 0:
        weight = np.full(count, float(weight))
    if weight.shape != (count,) or not np.all(np.isfinite(weight)) or np.any(weight < 0):
        raise ValueError(
            f"sample_weight needs {count} finite numbers of at least 0; "
            f"an array of shape {weight.shape} came."
        )
    if not weight.any():
        raise ValueError("Every sample weight is zero: at least one point must count.")
    return weight
