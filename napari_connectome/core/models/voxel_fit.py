"""The voxel model of Knox et al. 2018 fitted to a data set: the job behind window and command."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.division_factor import DivisionWeights
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.division_weights import check_negligible, division_weights
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.kernels import Array
from napari_connectome.core.models.selection import KernelOptions, choose_kernel
from napari_connectome.core.models.weights import nearest_distances, reaching_bandwidth
from napari_connectome.core.progress import Job, stretch


def fit_voxel(
    experiments: ExperimentSet,
    atlas: Atlas,
    *,
    kernel: str = "gaussian",
    bandwidth_um: float | None = None,
    degree: float | None = None,
    negligible: float = 1e-6,
) -> Job[FittedModel]:
    """Fit the voxel model, one kernel average per major division.

    Parameters
    ----------
    experiments : ExperimentSet
        What to fit to.
    atlas : Atlas
        Its divisions say which experiments a source voxel may use.
    kernel : {"gaussian", "polynomial"}
        Kernel family.
    bandwidth_um : float, optional
        Width of the kernel: support h of the polynomial one, σ = 1 / √γ of the Gaussian.
    degree : float, optional
        Degree λ of the polynomial kernel. What is None is chosen per division by leave-one-out.
    negligible : float
        Weights of a voxel that together stay below this part are dropped and the others
        rescaled, so that fewer experiments are read. A prediction changes by at most
        this part of the largest projection that the division's experiments have there.

    Returns
    -------
    job of FittedModel
        Its source mask leaves out divisions without any experiment.

    Raises
    ------
    ModelError
        When there is no experiment in any division of the source mask, or a parameter is
        out of bounds.

    References
    ----------
    Knox et al. 2018, section 4.2.
    """
    bandwidth = None if bandwidth_um is None else bandwidth_um / atlas.resolution_um
    options = KernelOptions(kernel, bandwidth, degree, atlas.resolution_um)
    check_negligible(negligible)
    parameters = {
        "kernel": kernel,
        "bandwidth_um": bandwidth_um,
        "degree": degree,
        "negligible": negligible,
    }
    member = experiments.source_mask.to_vector(atlas.divisions)
    divisions = [i for i in atlas.tree.division_ids() if np.any(member == i)]
    fitted = [i for i in divisions if np.any(experiments.division_ids == i)]
    if not fitted:
        raise ModelError(
            "No experiment lies in a division that has source voxels, so there is nothing to fit. "
            "Load more experiments or relax the filters."
        )
    mask, kept = _mask_of(experiments.source_mask, np.isin(member, fitted))
    nearest_um = np.empty(len(mask), dtype=np.float32)
    parts, choices = [], {}
    for number, division_id in enumerate(fitted):
        acronym = atlas.tree[division_id].acronym
        rows = np.flatnonzero(member[kept] == division_id)
        job = _fit_division(experiments, mask, division_id, rows, options, negligible)
        part, nearest, choice = yield from stretch(job, number, 1, len(fitted), acronym)
        nearest_um[part.rows] = nearest * atlas.resolution_um
        choices[acronym] = choice | {
            "bandwidth_um": choice["bandwidth"] * atlas.resolution_um,
            "farthest_um": float(nearest.max() * atlas.resolution_um),
        }
        parts.append(part)
    for division_id in (i for i in divisions if i not in fitted):
        count = int(np.count_nonzero(member == division_id))
        choices[atlas.tree[division_id].acronym] = _left_out(count)
    connectivity = FactoredConnectivity(
        source_mask=mask,
        target_mask=experiments.target_mask,
        divisions=parts,
        nodes=experiments.projections,
        experiment_ids=experiments.ids,
        nearest_um=nearest_um,
    )
    return FittedModel("voxel", parameters, connectivity, atlas, experiments.ids, choices)


def _mask_of(
    mask: VoxelMask, wanted: npt.NDArray[np.bool_]
) -> tuple[VoxelMask, npt.NDArray[np.bool_] | slice]:
    """The wanted voxels of a mask, and which they are; the mask itself when it is all of them."""
    if wanted.all():
        return mask, slice(None)
    return VoxelMask(mask.shape, mask.indices[wanted]), wanted


def _fit_division(
    experiments: ExperimentSet,
    mask: VoxelMask,
    division_id: int,
    rows: npt.NDArray[np.int64],
    options: KernelOptions,
    negligible: float,
) -> Job[tuple[DivisionWeights, Array, dict[str, Any]]]:
    """Weights of one division, distance to the nearest centroid (voxels), and a report."""
    used = experiments.rows_of_division(division_id)
    centroids = experiments.centroids[used]
    voxels = mask.coordinates[rows]
    nearest = nearest_distances(voxels, centroids)
    reach = reaching_bandwidth(nearest)
    choice = yield from choose_kernel(centroids, experiments.projections[used], reach, options)
    weights = yield from division_weights(voxels, centroids, choice.kernel, negligible)
    report = {
        **choice.summary(),
        "bandwidth": choice.kernel.bandwidth,
        "source_voxels": len(rows),
        "voxels_on_nearest_experiment_only": int(np.count_nonzero(nearest > choice.kernel.reach)),
    }
    return DivisionWeights(division_id, rows, used, weights), nearest, report


def _left_out(voxels: int) -> dict[str, Any]:
    return {
        "experiments": 0,
        "source_voxels": 0,
        "how": f"no experiment: its {voxels} voxels cannot be a source",
    }
