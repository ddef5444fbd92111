"""The voxel model of Knox et al. (2018): one kernel average per major division."""

from __future__ import annotations

import time
from collections.abc import Hashable
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.kernels import (
    Kernel,
    KernelName,
    normalised_weights,
    squared_distances,
)
from napari_connectome.core.models.selection import KernelChoice, KernelRequest, choose_kernel
from napari_connectome.core.progress import Job, Progress


class VoxelModel(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Nadaraya-Watson connectome: one kernel per division, no influence across divisions.

    Parameters
    ----------
    kernel : {"gaussian", "polynomial"}, default="gaussian"
        Family, see :class:`~napari_connectome.core.models.kernels.Kernel`.
    bandwidth : float, optional
        Width in the unit of the points (voxels); None chooses it per division by
        leave-one-out. A polynomial kernel is never narrower than the farthest
        voxel of its division needs.
    degree : float, optional
        Exponent of the polynomial family; None chooses it per division.
    resolution_um : float, default=100.0
        Edge of a voxel, which scales the widths that are searched.

    Attributes
    ----------
    choices_ : dict
        :class:`~napari_connectome.core.models.selection.KernelChoice` per division.
    centroids_, projections_, divisions_ : ndarray
        The fitted data.
    n_features_in_ : int
        Number of coordinates.

    References
    ----------
    Knox et al. (2018), sections 4.2.1 to 4.2.3.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> centroids = rng.uniform(0, 20, (12, 3))
    >>> projections = np.abs(centroids @ rng.uniform(size=(3, 5)))
    >>> model = VoxelModel().fit(centroids, projections, divisions=[315] * 6 + [549] * 6)
    >>> model.predict(centroids[:2], divisions=[315, 549]).shape
    (2, 5)
    """

    def __init__(
        self,
        kernel: KernelName = "gaussian",
        *,
        bandwidth: float | None = None,
        degree: float | None = None,
        resolution_um: float = 100.0,
    ) -> None:
        self.kernel = kernel
        self.bandwidth = bandwidth
        self.degree = degree
        self.resolution_um = resolution_um

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        divisions: npt.ArrayLike | None = None,
        voxels: npt.ArrayLike | None = None,
        voxel_divisions: npt.ArrayLike | None = None,
    ) -> VoxelModel:
        """Choose a kernel for every division.

        Parameters
        ----------
        X : array_like of shape (m, d)
            Injection centroids.
        y : array_like of shape (m,) or (m, n)
            Normalised projections.
        divisions : array_like of shape (m,), optional
            Division of each experiment; one for all when left out.
        voxels : array_like of shape (k, d), optional
            Source voxels that the polynomial kernel must reach; the centroids when left out.
        voxel_divisions : array_like of shape (k,), optional
            Division of each voxel.

        Returns
        -------
        VoxelModel
            Itself.

        Raises
        ------
        ValueError
            When shapes disagree or values are not finite.
        """
        centroids, projections = validate_data(
            self, X, y, multi_output=True, y_numeric=True, dtype=[np.float64, np.float32]
        )
        labels = _labels(divisions, len(centroids))
        places, place_labels = centroids, labels
        if voxels is not None:
            places = validate_data(self, voxels, reset=False, dtype=np.float64)
            place_labels = _labels(voxel_divisions, len(places))
        request = KernelRequest(self.kernel, self.bandwidth, self.degree, self.resolution_um)
        self.choices_: dict[Hashable, KernelChoice] = {}
        for label in dict.fromkeys(labels.tolist()):
            rows, near = labels == label, place_labels == label
            here = places[near] if near.any() else centroids[rows]
            table = projections[rows].reshape(int(rows.sum()), -1)
            self.choices_[label] = choose_kernel(request, centroids[rows], table, here)
        self.centroids_, self.projections_, self.divisions_ = centroids, projections, labels
        return self

    def predict(
        self, X: npt.ArrayLike, divisions: npt.ArrayLike | None = None
    ) -> npt.NDArray[np.floating[Any]]:
        """Projection of unit injections at points.

        Parameters
        ----------
        X : array_like of shape (k, d)
            Points.
        divisions : array_like of shape (k,), optional
            Division of each point; needed when the model was fitted with divisions.

        Returns
        -------
        ndarray of shape (k,) or (k, n)

        Raises
        ------
        ValueError
            When a division was not fitted.
        """
        answer: npt.NDArray[np.floating[Any]] = self.weights(X, divisions) @ self.projections_
        return answer

    def weights(
        self, X: npt.ArrayLike, divisions: npt.ArrayLike | None = None
    ) -> npt.NDArray[np.float64]:
        """Share of each experiment in the answer at each point, shape (k, m), rows sum to 1."""
        check_is_fitted(self)
        points = validate_data(self, X, reset=False, dtype=np.float64)
        labels = _labels(divisions, len(points))
        unknown = set(labels.tolist()) - set(self.choices_)
        if unknown:
            raise ValueError(
                f"The model has no experiments in division(s) {sorted(unknown, key=str)}; "
                f"it was fitted to {sorted(self.choices_, key=str)}."
            )
        shares = np.zeros((len(points), len(self.centroids_)))
        for label in set(labels.tolist()):
            rows, columns = (
                np.flatnonzero(labels == label),
                np.flatnonzero(self.divisions_ == label),
            )
            squared = squared_distances(
                points[rows], np.asarray(self.centroids_[columns], dtype=np.float64)
            )
            block = normalised_weights(self.choices_[label].kernel, squared)
            shares[np.ix_(rows, columns)] = block
        return shares


def _labels(divisions: npt.ArrayLike | None, count: int) -> npt.NDArray[Any]:
    if divisions is None:
        return np.zeros(count, dtype=np.int64)
    labels = np.asarray(divisions)
    if labels.shape != (count,):
        raise ValueError(f"{count} division labels were expected; shape {labels.shape} came.")
    return labels


def fit_voxel_model(
    experiments: ExperimentSet,
    atlas: Atlas,
    *,
    kernel: KernelName = "gaussian",
    bandwidth_um: float | None = None,
    degree: float | None = None,
    negligible: float = 1e-5,
) -> Job[FittedModel]:
    """Fit the voxel model to a set of experiments, as a job.

    Source voxels of divisions without experiments are left out, and said so in the
    model's choices.

    Parameters
    ----------
    experiments : ExperimentSet
        At least one experiment.
    atlas : Atlas
        The brain that they live in.
    kernel, degree
        See :class:`VoxelModel`.
    bandwidth_um : float, optional
        Width in µm; None chooses it per division.
    negligible : float
        Weights below this part of a voxel's largest one are dropped (at most
        ``m * negligible`` of the weight moves, m being the division's experiments).

    Yields
    ------
    Progress
        After every division.

    Returns
    -------
    FittedModel

    Raises
    ------
    ModelError
        When there is no experiment at all.
    """
    if not len(experiments):
        raise ModelError(
            "There is no experiment to fit: load a folder with experiment volumes, or relax "
            "the filters."
        )
    bandwidth = None if bandwidth_um is None else bandwidth_um / atlas.resolution_um
    request = KernelRequest(kernel, bandwidth, degree, atlas.resolution_um)
    voxel_divisions = experiments.source_mask.to_vector(atlas.divisions).astype(np.int64)
    present = [int(d) for d in atlas.tree.division_ids() if np.any(voxel_divisions == d)]
    choices: dict[int, KernelChoice] = {}
    for done, division in enumerate(present):
        yield Progress(done, len(present), f"Choosing the kernel of {atlas.tree[division].acronym}")
        rows = experiments.rows_of_division(division)
        if rows.stop > rows.start:
            voxels = experiments.source_mask.coordinates[voxel_divisions == division]
            choices[division] = choose_kernel(
                request, experiments.centroids[rows], experiments.projections[rows], voxels
            )
    kernels = {division: choice.kernel for division, choice in choices.items()}
    connectivity = _connectivity(experiments, atlas, voxel_divisions, kernels, negligible)
    yield Progress(len(present), len(present), "Fitted")
    return FittedModel(
        model="voxel",
        parameters={
            "kernel": kernel,
            "bandwidth_um": bandwidth_um,
            "degree": degree,
            "negligible": negligible,
        },
        connectivity=connectivity,
        atlas=atlas,
        experiment_ids=experiments.ids,
        choices={
            atlas.tree[d].acronym: _describe(choices.get(d), experiments, d, atlas) for d in present
        },
        provenance={"fitted": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())},
    )


def _connectivity(
    experiments: ExperimentSet,
    atlas: Atlas,
    voxel_divisions: npt.NDArray[np.int64],
    kernels: dict[int, Kernel],
    negligible: float,
) -> FactoredConnectivity:
    answered = np.isin(voxel_divisions, list(kernels))
    if not answered.any():
        raise ModelError(
            "No experiment lies in a division that has source voxels: check that experiments "
            "and atlas belong together."
        )
    return FactoredConnectivity(
        source_mask=VoxelMask(
            experiments.source_mask.shape, experiments.source_mask.indices[answered]
        ),
        target_mask=experiments.target_mask,
        source_divisions=voxel_divisions[answered],
        centroids=experiments.centroids,
        experiment_divisions=experiments.division_ids,
        experiment_ids=experiments.ids,
        nodes=experiments.projections,
        kernels=kernels,
        resolution_um=atlas.resolution_um,
        negligible=negligible,
    )


def _describe(
    choice: KernelChoice | None, experiments: ExperimentSet, division: int, atlas: Atlas
) -> dict[str, Any]:
    rows = experiments.rows_of_division(division)
    if choice is None:
        return {"experiments": 0, "how": "no experiment: its voxels cannot be a source"}
    described: dict[str, Any] = {
        "experiments": rows.stop - rows.start,
        "kernel": choice.kernel.name,
        "bandwidth_um": choice.kernel.bandwidth * atlas.resolution_um,
        "how": choice.how,
        "leave_one_out_mse_rel": choice.mse_rel,
    }
    if choice.kernel.name == "polynomial":
        described["degree"] = choice.kernel.degree
    return described
