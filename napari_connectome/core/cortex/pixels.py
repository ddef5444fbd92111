"""From a voxel to the pixel of a map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Index

REACH = 2.0
"""How far, in voxels, a path may pass from a voxel that is looked for."""


class PixelFinder:
    """Finds the pixel whose path passes a voxel, or passes near it.

    A voxel that several paths pass belongs to the pixel in the middle of theirs.

    Parameters
    ----------
    box : tuple of int
        Shape of the atlas.
    paths : ndarray of int, shape (n, longest)
        Flat voxel indices, padded with -1.
    lookup : ndarray of int, shape (rows, columns)
        Path of each pixel, or -1.
    left_paths : ndarray of bool, shape (n,)
        Paths of the left hemisphere.
    """

    def __init__(
        self,
        box: Index,
        paths: npt.NDArray[np.int32],
        lookup: npt.NDArray[np.int32],
        left_paths: npt.NDArray[np.bool_],
    ) -> None:
        self._midline = box[2] // 2
        pixels = np.argwhere(lookup >= 0)
        numbers = lookup[lookup >= 0]
        self._sides = [
            _Side(
                box,
                paths[numbers[left_paths[numbers] == left]],
                pixels[left_paths[numbers] == left],
            )
            for left in (False, True)
        ]

    def pixel_of(self, index: Sequence[int]) -> tuple[int, int] | None:
        """Row and column, or None when no path of the voxel's hemisphere passes near."""
        return self._sides[int(index[2] < self._midline)].pixel_of(index)


class _Side:
    """One hemisphere: the voxels that paths pass, and a pixel for each of them."""

    def __init__(
        self, box: Index, paths: npt.NDArray[np.int32], pixels: npt.NDArray[np.int64]
    ) -> None:
        which, position = np.nonzero(paths >= 0)
        voxels, group = np.unique(paths[which, position], return_inverse=True)
        self._pixels = _middle_pixels(pixels[which], group, len(voxels))
        places = np.stack(np.unravel_index(voxels, box), axis=1).astype(np.float64)
        from scipy.spatial import KDTree

        self._tree = KDTree(places.reshape(-1, 3))

    def pixel_of(self, index: Sequence[int]) -> tuple[int, int] | None:
        distance, nearest = self._tree.query(np.asarray(index, dtype=np.float64))
        if not distance <= REACH:
            return None
        row, column = self._pixels[nearest]
        return int(row), int(column)


def _middle_pixels(
    pixels: npt.NDArray[np.int64], group: npt.NDArray[np.intp], n_groups: int
) -> npt.NDArray[np.int64]:
    """Of each group of pixels the one nearest to their mean."""
    counts = np.bincount(group, minlength=n_groups)
    means = [np.bincount(group, weights=pixels[:, axis]) / counts for axis in range(2)]
    off = np.hypot(*(pixels[:, axis] - means[axis][group] for axis in range(2)))
    order = np.lexsort((off, group))
    starts = np.cumsum(counts) - counts
    return np.asarray(pixels[order[starts]])
