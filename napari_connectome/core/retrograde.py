"""Asking backwards: which voxels of both hemispheres project onto a place.

Models have sources on the right only. A source on the left projects onto a target as its
mirror image on the right projects onto the mirrored target, so that two questions to the
model answer for the whole brain.
"""

from __future__ import annotations

import numpy as np

from napari_connectome.core.connectivity import Connectivity, Float
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.mirror import rows_in
from napari_connectome.core.sources import SourceWeights


class BothSides:
    """The sources of a model and their mirror images, asked what they send to a target.

    Parameters
    ----------
    connectivity : Connectivity
        The model's.
    midline : int
        First index of the right hemisphere along axis 2.

    Attributes
    ----------
    mask : VoxelMask
        Source voxels of both hemispheres: what rows of answers mean.
    targets : VoxelMask
        Target voxels of the right hemisphere: what rows of questions mean.
    """

    def __init__(self, connectivity: Connectivity, midline: int) -> None:
        self._connectivity = connectivity
        right = connectivity.source_mask.row_volume >= 0
        self.mask = VoxelMask.from_volume(right | right[:, :, ::-1])
        self._right = rows_in(self.mask, connectivity.source_mask, mirrored=False)
        self._left = rows_in(self.mask, connectivity.source_mask, mirrored=True)
        everywhere = connectivity.target_mask
        on_the_right = everywhere.coordinates[:, 2] >= midline
        self.targets = VoxelMask(everywhere.shape, everywhere.indices[on_the_right])
        self._target = rows_in(everywhere, self.targets, mirrored=False)
        self._twin = rows_in(everywhere, self.targets, mirrored=True)

    def sent_to(self, target: SourceWeights) -> Float:
        """What one unit of tracer in each source voxel yields at a weighted target.

        Parameters
        ----------
        target : SourceWeights
            Rows refer to :attr:`targets`.

        Returns
        -------
        ndarray of float32, shape (len(mask),)
            A voxel of the target whose mirror image is no target voxel (annotations are not
            exactly symmetric) receives nothing from the left hemisphere, as in the answer to
            the opposite question.
        """
        answer = np.zeros(len(self.mask), dtype=np.float32)
        twins = self._twin[target.rows]
        there = np.flatnonzero(twins >= 0)
        if len(there):
            received = self._connectivity.onto_target(twins[there], target.values[there])
            answer[self._left] = received
        rows = self._target[target.rows]
        answer[self._right] = self._connectivity.onto_target(rows, target.values)
        return answer

    def reached_fraction(self, target: SourceWeights) -> float:
        """Part of a target that the left hemisphere can be asked about: 1 in a symmetric brain."""
        there = self._twin[target.rows] >= 0
        return float(target.values[there].sum() / target.values.sum())
