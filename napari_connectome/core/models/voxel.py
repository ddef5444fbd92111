"""The voxel model of Knox et al. 2018 as an estimator: one kernel average per major division."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.nadaraya_watson import NadarayaWatson, kernel_width
from napari_connectome.core.models.selection import KernelChoice, KernelOptions, choose_kernel
from napari_connectome.core.models.weights import (
    nearest_distances,
    reaching_bandwidth,
    spacing_bandwidth,
)
from napari_connectome.core.progress import run_to_end

Labels = npt.NDArray[Any]


class VoxelModel(MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Kernel-weighted average of projections, with no influence across divisions.

    One :class:`NadarayaWatson` per division. What is left to the data is chosen in each
    division by leave-one-out (MSE_rel pooled over its experiments).

    Parameters
    ----------
    kernel : {"gaussian", "polynomial"}, default="gaussian"
        Kernel family; see :class:`NadarayaWatson`.
    gamma : float, optional
        γ of the Gaussian in 1 / voxel².
    bandwidth : float, optional
        Width in voxels: h of the polynomial kernel, 1 / √γ of the Gaussian. None: chosen
        per division, for the polynomial kernel never so small that a voxel has no weight.
    degree : float, optional
        λ of the polynomial kernel; None: chosen per division.
    voxel_um : float, default=100.0
        Edge of a voxel, which places the Gaussian widths that are tried (200 to 2512 µm).

    Attributes
    ----------
    models_ : dict
        Fitted :class:`NadarayaWatson` of each division.
    choices_ : dict
        :class:`~napari_connectome.core.models.selection.KernelChoice` of each division. With one
        or two experiments there is nothing to choose from: h is then the smallest support
        that reaches every voxel, the Gaussian half as wide, and λ = 1.
    n_features_in_ : int
        Coordinates of a point.

    References
    ----------
    Knox et al. 2018, sections 4.2.1 to 4.2.3.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> centroids = rng.uniform(0, 20, (12, 3))
    >>> projections = rng.uniform(size=(12, 5))
    >>> model = VoxelModel().fit(centroids, projections, divisions=[315] * 6 + [549] * 6)
    >>> model.predict(centroids[:2], divisions=[315, 549]).shape
    (2, 5)
    """

    def __init__(
        self,
        kernel: str = "gaussian",
        *,
        gamma: float | None = None,
        bandwidth: float | None = None,
        degree: float | None = None,
        voxel_um: float = 100.0,
    ) -> None:
        self.kernel = kernel
        self.gamma = gamma
        self.bandwidth = bandwidth
        self.degree = degree
        self.voxel_um = voxel_um

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        divisions: npt.ArrayLike | None = None,
        voxels: npt.ArrayLike | None = None,
        voxel_divisions: npt.ArrayLike | None = None,
    ) -> VoxelModel:
        """Choose a kernel in every division.

        Parameters
        ----------
        X : array_like of shape (m, d)
            Injection centroids, voxels.
        y : array_like of shape (m,) or (m, n)
            Normalised projections.
        divisions : array_like of shape (m,), optional
            Division of each experiment; one for all when left out.
        voxels : array_like of shape (k, d), optional
            Source voxels. They set the smallest support of the polynomial kernel (the
            h rule); without them each centroid must reach another one.
        voxel_divisions : array_like of shape (k,), optional
            Division of each source voxel.

        Raises
        ------
        ValueError
            When shapes disagree or values are not finite.
        ModelError
            When a kernel parameter is out of bounds.
        """
        centroids, projections = validate_data(self, X, y, multi_output=True, y_numeric=True)
        labels = _labels(divisions, len(centroids))
        places = self._places(voxels, voxel_divisions)
        options = KernelOptions(
            self.kernel,
            kernel_width(self.kernel, self.gamma, self.bandwidth),
            self.degree,
            self.voxel_um,
        )
        self.models_: dict[Hashable, NadarayaWatson] = {}
        self.choices_: dict[Hashable, KernelChoice] = {}
        for label, rows in _groups(labels):
            ours, targets = centroids[rows], projections[rows]
            reach = _reach(ours, places.get(label))
            job = choose_kernel(ours, targets.reshape(len(rows), -1), reach, options)
            self.choices_[label] = choice = run_to_end(job)
            self.models_[label] = NadarayaWatson(**choice.kernel.parameters).fit(ours, targets)
        return self

    def predict(self, X: npt.ArrayLike, divisions: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """Projection of one unit of tracer at each point.

        Parameters
        ----------
        X : array_like of shape (k, d)
            Points, voxels.
        divisions : array_like of shape (k,), optional
            Division of each point; needed when the model was fitted with divisions.

        Returns
        -------
        ndarray of shape (k,) or (k, n)

        Raises
        ------
        ModelError
            When a division had no experiment.
        """
        check_is_fitted(self)
        points = validate_data(self, X, reset=False)
        labels = _labels(divisions, len(points))
        some = next(iter(self.models_.values())).projections_
        dtype = np.result_type(some.dtype, np.float32)
        answer = np.empty((len(points), *some.shape[1:]), dtype=dtype)
        for label, rows in _groups(labels):
            if label not in self.models_:
                raise ModelError(
                    f"Division {label} had no experiment, so nothing can be predicted there; "
                    f"the model knows {', '.join(map(str, self.models_))}."
                )
            answer[rows] = self.models_[label].predict(points[rows])
        return answer

    def _places(
        self, voxels: npt.ArrayLike | None, voxel_divisions: npt.ArrayLike | None
    ) -> dict[Hashable, npt.NDArray[Any]]:
        """Source voxels of each division."""
        if voxels is None:
            return {}
        places = validate_data(self, voxels, reset=False)
        labels = _labels(voxel_divisions, len(places))
        return {label: places[rows] for label, rows in _groups(labels)}


def _reach(centroids: npt.NDArray[Any], voxels: npt.NDArray[Any] | None) -> float:
    if voxels is None:
        return spacing_bandwidth(centroids)
    return reaching_bandwidth(nearest_distances(voxels, centroids))


def _labels(divisions: npt.ArrayLike | None, count: int) -> Labels:
    if divisions is None:
        return np.zeros(count, dtype=np.int64)
    labels = np.asarray(divisions)
    if labels.shape != (count,):
        raise ValueError(
            f"One division per point was expected, {count}; labels of shape {labels.shape} came."
        )
    return labels


def _groups(labels: Labels) -> Iterator[tuple[Hashable, npt.NDArray[np.int64]]]:
    """Each label, in order of first appearance, with its positions."""
    for label in dict.fromkeys(labels.tolist()):
        yield label, np.flatnonzero(labels == label)
