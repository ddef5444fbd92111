"""Whole structures as a source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import OutsideError, SourceError
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.sources.weights import SourceWeights

Side = Literal["right", "left"]


@dataclass(frozen=True)
class RegionSource:
    """Every source voxel of one or several structures, equally (a virtual injection).

    Parameters
    ----------
    structure_ids : tuple of int
        Structures; descendants are included.
    hemisphere : {"right", "left"}
        Side of the brain.
    """

    structure_ids: tuple[int, ...]
    hemisphere: Side = "right"

    @property
    def label(self) -> str:
        """Short text for lists and titles."""
        side = " (left)" if self.hemisphere == "left" else ""
        return f"region {', '.join(map(str, self.structure_ids))}{side}"

    def weights(self, atlas: Atlas, mask: VoxelMask) -> SourceWeights:
        """Equal weights over the region's source voxels, or over their mirror images."""
        if not self.structure_ids:
            raise SourceError("A region source needs at least one structure; none came.")
        names = ", ".join(atlas.tree[i].acronym for i in self.structure_ids)
        inside = mask.to_vector(atlas.structure_mask(self.structure_ids))
        rows = np.flatnonzero(inside)
        if not len(rows):
            raise OutsideError(
                f"{names} has no source voxel: models know the grey matter of major divisions "
                "that have experiments. Choose a region inside one of them."
            )
        weights = np.full(len(rows), 1.0 / len(rows))
        return SourceWeights(rows, weights, self.hemisphere == "left")
