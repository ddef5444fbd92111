"""How strongly each region projects to each region, on both sides, for any fitted model.

Computed as (Π_source A)(Ỹ Π_targetᵀ), never through the voxel matrix.
"""

from __future__ import annotations

import numpy as np

from napari_connectome.core.errors import ModelError
from napari_connectome.core.measures import MEASURES, Measure, MeasureInfo
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.progress import Job, run_to_end
from napari_connectome.core.regional_matrix import RegionalCell, RegionalMatrix
from napari_connectome.core.regional_order import clustered_order
from napari_connectome.core.regions import MaskRegions
from napari_connectome.core.sides import Side

__all__ = [
    "MEASURES",
    "Measure",
    "MeasureInfo",
    "RegionalCell",
    "RegionalMatrix",
    "Side",
    "clustered_order",
    "regional_matrix",
    "regional_matrix_job",
]


def regional_matrix(model: FittedModel) -> RegionalMatrix:
    """The regional matrix of a fitted model.

    Parameters
    ----------
    model : FittedModel
        Any.

    Returns
    -------
    RegionalMatrix
        All regions of the atlas (summary structures) as rows, and twice as columns.
        A region without a source voxel is a row of NaN, one without a target voxel a
        column of NaN.

    Raises
    ------
    ModelError
        When the atlas has no summary structures, or none of them has a source voxel.
    """
    return run_to_end(regional_matrix_job(model))


def regional_matrix_job(model: FittedModel) -> Job[RegionalMatrix]:
    """Do what :func:`regional_matrix` does, as a job that can be stopped."""
    connectivity, atlas = model.connectivity, model.atlas
    sources = MaskRegions(atlas, connectivity.source_mask, by_side=False)
    targets = MaskRegions(atlas, connectivity.target_mask, by_side=True)
    if not len(sources):
        raise ModelError(
            f"The atlas {atlas.name} has no summary structures (structure set 687527945): there "
            "are no regions to make a matrix of. Fit on an atlas whose structures.json has them."
        )
    if not sources.counts.any() or not targets.counts.any():
        raise ModelError(
            "No region of the atlas has a source voxel of this model: the matrix would be empty. "
            "Fit to experiments inside the regions."
        )
    found = yield from connectivity.regional_strength_job(sources.keys, targets.keys)
    strength = np.full((len(sources), len(targets)), np.nan)
    strength[: found.shape[0], : found.shape[1]] = found
    marks = connectivity.regional_marks(sources.keys, targets.keys)
    if marks is not None:
        marks = np.pad(
            marks, [(0, n - m) for n, m in zip(strength.shape, marks.shape, strict=True)]
        )
    strength[sources.counts == 0] = np.nan
    strength[:, targets.counts == 0] = np.nan
    return RegionalMatrix(
        tree=atlas.tree,
        source_ids=sources.structure_ids,
        target_ids=targets.structure_ids,
        contra=targets.contra,
        strength=strength,
        source_counts=sources.counts,
        target_counts=targets.counts,
        measure=None,
        origin=f"{model.model} model of {atlas.name}",
        marks=marks,
    )
