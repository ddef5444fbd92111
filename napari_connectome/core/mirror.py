"""Vectors on a mask, seen in the mirror: left and right exchanged."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from napari_connectome.core.masks import VoxelMask

Rows = npt.NDArray[np.int64]


def rows_in(mask: VoxelMask, voxels: VoxelMask, *, mirrored: bool) -> Rows:
    """Row in a mask of each voxel of another (or of its mirror image), -1 where it has none."""
    ap, dv, ml = voxels.coordinates.T
    if mirrored:
        ml = mask.shape[2] - 1 - ml
    return np.asarray(mask.row_volume[ap, dv, ml], dtype=np.int64)


class Mirror:
    """Turns answers for right-hemisphere places into those for their twins on the left.

    Parameters
    ----------
    mask : VoxelMask
        Voxels of both hemispheres. Annotations are not exactly symmetric: some have no
        mirror image in it.
    """

    def __init__(self, mask: VoxelMask) -> None:
        self._mask = mask

    @cached_property
    def _pairs(self) -> tuple[Rows, Rows]:
        """Rows that have a twin, and the rows of their twins."""
        twins = rows_in(self._mask, self._mask, mirrored=True)
        kept = np.flatnonzero(twins >= 0)
        return kept, twins[kept]

    def add(self, vector: npt.NDArray[np.float32], seen: npt.NDArray[np.float32]) -> float:
        """Add the mirror image of one vector to another, in place.

        Parameters
        ----------
        vector : ndarray of float32, shape (len(mask),)
            What is added to.
        seen : ndarray of float32, shape (len(mask),)
            What is looked at in the mirror; at least 0.

        Returns
        -------
        float
            Part of its sum that has a place in the mirror; the rest is left out.
        """
        kept, twins = self._pairs
        image = seen[twins]
        vector[kept] += image
        whole = float(seen.sum(dtype=np.float64))
        return float(image.sum(dtype=np.float64)) / whole if whole else 1.0
