"""How far the data carry, in every voxel of the brain: nearest injection, effective experiments.

A model has sources in the right hemisphere. A place on the left is answered by its
mirror image, and so is the question how well it is supported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.connectivity import Float, VoxelEvidence
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, Progress, run_to_end


@dataclass(frozen=True, eq=False)
class SupportMaps:
    """The evidence behind every voxel that can be asked, in both hemispheres.

    Parameters
    ----------
    mask : VoxelMask
        Grey matter of the major divisions, and what mirrors a source voxel.
    nearest_um : ndarray of float32, shape (len(mask),)
        Distance to the nearest injection centroid of the voxel's own division.
        NaN where nothing supports a prediction: the division has no experiment.
    effective_experiments : ndarray of float32, shape (len(mask),)
        1 / Σ share² over the experiments that contribute; NaN in the same voxels.
    """

    mask: VoxelMask
    nearest_um: Float
    effective_experiments: Float

    @property
    def unsupported(self) -> npt.NDArray[np.bool_]:
        """Voxels of the mask about which the model can say nothing, shape (len(mask),)."""
        return np.isnan(self.nearest_um)

    def volume(self, values: npt.NDArray[np.float32]) -> Float:
        """One of the maps in the atlas box, NaN outside the mask."""
        out = np.full(self.mask.shape, np.nan, dtype=np.float32)
        return self.mask.to_volume(values, out=out)

    def unsupported_volume(self) -> npt.NDArray[np.bool_]:
        """Where a view must say that nothing is known; False outside the mask."""
        return self.mask.to_volume(self.unsupported)


def support_maps(model: FittedModel) -> SupportMaps:
    """Distance to the nearest injection and effective number of experiments, everywhere.

    Parameters
    ----------
    model : FittedModel
        Any.
    """
    return run_to_end(support_maps_job(model))


def support_maps_job(model: FittedModel) -> Job[SupportMaps]:
    """Do what :func:`support_maps` does, as a job that can be stopped."""
    evidence = yield from model.connectivity.evidence_job()
    yield Progress(0, 0, "Drawing the support maps")
    return maps_of(model.atlas, model.connectivity.source_mask, evidence)


def maps_of(atlas: Atlas, sources: VoxelMask, evidence: VoxelEvidence) -> SupportMaps:
    """Support maps of both hemispheres.

    Parameters
    ----------
    atlas : Atlas
        Its divisions are the grey matter.
    sources : VoxelMask
        Source voxels: what the rows of `evidence` mean.
    evidence : VoxelEvidence
        Of the right hemisphere.
    """
    there = sources.row_volume >= 0
    mask = VoxelMask.from_volume((atlas.divisions > 0) | there | there[:, :, ::-1])
    right = np.arange(atlas.shape[2]) >= atlas.midline
    own = np.where(right, sources.row_volume, sources.row_volume[:, :, ::-1])
    rows = mask.to_vector(own)
    known = rows >= 0

    def spread(values: Float) -> Float:
        return np.where(known, values[rows], np.float32(np.nan))

    return SupportMaps(mask, spread(evidence.nearest_um), spread(evidence.effective_experiments))
