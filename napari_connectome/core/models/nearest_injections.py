"""How far the voxels of a region are from the experiments that injected it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.connectivity import Float
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.weights import nearest_distances


def nearest_injections(
    mask: VoxelMask,
    keys: npt.NDArray[np.int64],
    experiments: ExperimentSet,
    injected: Float,
) -> Float:
    """Distance in voxels to the nearest centroid of those who injected a voxel's region.

    Parameters
    ----------
    mask : VoxelMask
        Source voxels.
    keys : ndarray of int64, shape (n,)
        Region of each of them.
    experiments : ExperimentSet
        Know the centroids.
    injected : ndarray of float32, shape (m, r)
        Tracer of each experiment in each region.

    Returns
    -------
    ndarray of float32, shape (n,)
        NaN where nobody injected the region.
    """
    nearest = np.full(len(mask), np.nan, dtype=np.float32)
    order = np.argsort(keys, kind="stable")
    edges = np.searchsorted(keys[order], np.arange(injected.shape[1] + 1))
    for region in range(injected.shape[1]):
        rows = order[edges[region] : edges[region + 1]]
        theirs = experiments.centroids[injected[:, region] > 0]
        if len(theirs):
            nearest[rows] = nearest_distances(mask.coordinates[rows], theirs)
    return nearest
