"""Regions of a mask: which summary structure each voxel lies in, and sums over them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sides import SIDES

BLOCK = 1 << 20
"""Voxels that are summed at once: numpy lets no other thread work meanwhile."""


class MaskRegions:
    """The summary structures of an atlas on the voxels of a mask.

    Parameters
    ----------
    atlas : Atlas
        Says where the summary structures are.
    mask : VoxelMask
        Voxels that are shared out.
    by_side : bool
        Whether a structure is two regions, one in each hemisphere. Models answer for
        sources on the right, so that the right half is ipsilateral.

    Attributes
    ----------
    structure_ids : ndarray of int64, shape (k,)
        Structure of each region: every summary structure in ontology order; by side,
        all ipsilateral ones first.
    contra : ndarray of bool, shape (k,)
        Whether it is the part in the left hemisphere.
    keys : ndarray of int64, shape (n,)
        Region number of each voxel of the mask, -1 outside all of them.
    counts : ndarray of int64, shape (k,)
        Voxels of each region; 0 where the mask or the annotation has none of it.
    """

    def __init__(self, atlas: Atlas, mask: VoxelMask, *, by_side: bool) -> None:
        wanted = np.array(atlas.tree.summary_ids(), dtype=np.int64)
        above = atlas.tree.assign(wanted.tolist())
        number = {i: n for n, i in enumerate(wanted.tolist(), start=1)}
        numbers = atlas.replaced({i: number[region] for i, region in above.items()}, np.int16)
        keys = mask.to_vector(numbers).astype(np.int64) - 1
        sides = len(SIDES) if by_side else 1
        if by_side:
            left = mask.indices % mask.shape[2] < atlas.midline
            keys[left & (keys >= 0)] += len(wanted)
        self.keys = keys
        self.structure_ids = np.tile(wanted, sides)
        self.contra = np.repeat(np.arange(sides) > 0, len(wanted))
        self.counts: npt.NDArray[np.int64] = np.bincount(
            keys + 1, minlength=len(self.structure_ids) + 1
        )[1:].astype(np.int64)

    def __len__(self) -> int:
        return len(self.structure_ids)

    def sums(self, vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Sum of a vector on the mask over each region, shape (k,), in double precision."""
        sums = np.zeros(len(self) + 1)
        for start in range(0, len(vector), BLOCK):
            block = slice(start, start + BLOCK)
            sums += np.bincount(
                self.keys[block] + 1, weights=vector[block], minlength=len(self) + 1
            )
        return sums[1:]


def positions_of(
    wanted: npt.NDArray[np.int64], ids: npt.NDArray[np.uint32]
) -> npt.NDArray[np.int64]:
    """Place of each id among the wanted ones, -1 where it is none of them.

    Ids run into the hundreds of millions: a table that they index would fill the memory.
    """
    if not len(wanted):
        return np.full(len(ids), -1, dtype=np.int64)
    order = np.argsort(wanted)
    ordered = wanted[order]
    place = np.minimum(np.searchsorted(ordered, ids), len(wanted) - 1)
    return np.where(ordered[place] == ids, order[place], -1)
