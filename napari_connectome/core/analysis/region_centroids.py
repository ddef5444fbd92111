"""Where the middle of each region is, and how far regions are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.regional_matrix import RegionalMatrix

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RegionCentroids:
    """Centroids of the summary structures of an atlas.

    Parameters
    ----------
    structure_ids : tuple of int
        In ontology order.
    right_um, left_um : ndarray of float64, shape (r, 3)
        Mean position (AP, DV, ML) of the voxels of each hemisphere, CCF; NaN where the
        hemisphere has none.
    """

    structure_ids: tuple[int, ...]
    right_um: Values
    left_um: Values

    def distances_um(self, matrix: RegionalMatrix) -> Values:
        """Distance of each source to each target of a matrix.

        Parameters
        ----------
        matrix : RegionalMatrix
            Sources lie in the right hemisphere, contralateral targets in the left one.

        Returns
        -------
        ndarray of float64, shape of the matrix
            Micrometres; NaN where a region has no centroid. 0 for a region and itself.
        """
        place = {structure_id: n for n, structure_id in enumerate(self.structure_ids)}
        lost = len(self.structure_ids)
        rows = [place.get(i, lost) for i in matrix.source_ids.tolist()]
        columns = [place.get(i, lost) for i in matrix.target_ids.tolist()]
        nowhere = np.full((1, 3), np.nan)
        right = np.concatenate([self.right_um, nowhere])
        left = np.concatenate([self.left_um, nowhere])
        sources = right[rows]
        targets = np.where(matrix.contra[:, None], left[columns], right[columns])
        gaps = sources[:, None, :] - targets[None, :, :]
        return np.asarray(np.sqrt((gaps**2).sum(axis=-1)))


def region_centroids(atlas: Atlas) -> RegionCentroids:
    """Centroids of all summary structures of an atlas, in each hemisphere.

    Parameters
    ----------
    atlas : Atlas
        Voxel i covers i to i + 1 times the resolution: its middle is at i + ½.
    """
    ids = atlas.tree.summary_ids()
    order = np.argsort(np.array(ids, dtype=np.int64))
    ordered = np.array(ids, dtype=np.int64)[order]
    voxels = np.argwhere(atlas.regions > 0)
    found = atlas.regions[tuple(voxels.T)].astype(np.int64)
    keys = order[np.searchsorted(ordered, found)] if len(found) else found
    right = voxels[:, 2] >= atlas.midline
    means = [
        _means(keys[inside], voxels[inside], len(ids), atlas.resolution_um)
        for inside in (right, ~right)
    ]
    return RegionCentroids(ids, *means)


def _means(
    keys: npt.NDArray[np.int64], voxels: npt.NDArray[np.intp], count: int, resolution_um: float
) -> Values:
    sizes = np.bincount(keys, minlength=count).astype(np.float64)
    sizes[sizes == 0] = np.nan
    sums = np.stack([np.bincount(keys, voxels[:, axis], count) for axis in range(3)], axis=1)
    return np.asarray((sums / sizes[:, None] + 0.5) * resolution_um)
