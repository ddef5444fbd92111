"""Where a source lies: its voxels on both sides, and the regions that they are in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources import Source


def source_voxels(
    source: Source, atlas: Atlas, mask: VoxelMask
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Voxels that a source puts weight on, where they were drawn.

    Parameters
    ----------
    source : Source
        Of any kind.
    atlas : Atlas
        The brain.
    mask : VoxelMask
        Right-hemisphere source voxels; the voxels that are found are among them and their twins.

    Returns
    -------
    indices : ndarray of int64, shape (k,)
        Flat C-order voxel indices, increasing.
    weights : ndarray of float64, shape (k,)
        Weight of each, larger than 0.

    Raises
    ------
    SourceError
        When the source touches no voxel of the mask.
    """
    n_ml = atlas.shape[2]
    found, weights = [], []
    for part in source.weights(atlas, mask).parts:
        kept = part.values > 0
        indices = mask.indices[part.rows[kept]]
        if part.mirrored:
            ml = indices % n_ml
            indices = indices - ml + (n_ml - 1 - ml)
        found.append(indices)
        weights.append(part.values[kept])
    every, values = np.concatenate(found), np.concatenate(weights)
    order = np.argsort(every)
    return every[order], values[order]


def source_regions(source: Source, atlas: Atlas, mask: VoxelMask) -> tuple[int, ...]:
    """Summary structures that a source lies in, the one with the most weight first.

    Raises
    ------
    SourceError
        When the source touches no voxel of the mask.
    """
    indices, weights = source_voxels(source, atlas, mask)
    ids, which = np.unique(atlas.regions.reshape(-1)[indices], return_inverse=True)
    totals = np.bincount(which, weights=weights)
    order = np.argsort(-totals, kind="stable")
    return tuple(int(i) for i in ids[order] if i)
