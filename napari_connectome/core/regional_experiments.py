"""Experiments seen by regions: how much tracer went into each, and how much arrived in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.progress import Job
from napari_connectome.core.region_sums import region_indicator, summed_rows
from napari_connectome.core.regions import MaskRegions

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RegionalExperiments:
    """X^R = Π X and Y^R = Π Y of Knox et al. 2018, section 4.3.1, one row per experiment.

    Parameters
    ----------
    sources, targets : MaskRegions
        Regions of the source mask, and by side those of the target mask.
    injected : ndarray of float64, shape (m, r)
        Normalised injection of each experiment, summed over source regions.
    received : ndarray of float64, shape (m, t)
        Normalised projection of each experiment, summed over target regions.
    reached : ndarray of int64, shape (r,)
        Voxels of each source region that the tracer of at least one experiment has reached.
    """

    sources: MaskRegions
    targets: MaskRegions
    injected: Matrix
    received: Matrix
    reached: npt.NDArray[np.int64]


def regional_experiments_job(experiments: ExperimentSet, atlas: Atlas) -> Job[RegionalExperiments]:
    """Sum injections and projections over the regions of an atlas.

    Raises
    ------
    ModelError
        When the atlas has no summary structures, or none of them has a source voxel.
    """
    sources = MaskRegions(atlas, experiments.source_mask, by_side=False)
    targets = MaskRegions(atlas, experiments.target_mask, by_side=True)
    if not len(sources) or not sources.counts.any():
        raise ModelError(
            f"The atlas {atlas.name} has no summary structure (structure set 687527945) with a "
            "source voxel: a regional model needs regions. Fit a voxel model, or use an atlas "
            "whose structures.json has them."
        )
    every = np.ones(len(experiments), dtype=bool)
    found = yield from summed_rows(experiments.projections, targets.keys, every)
    received = np.zeros((len(experiments), len(targets)))
    received[:, : found.shape[1]] = found
    indicator = region_indicator(sources.keys, len(sources))
    injected = np.asarray((experiments.injections @ indicator.T).toarray(), dtype=np.float64)
    reached = reached_voxels(experiments, sources, np.arange(len(experiments)))
    return RegionalExperiments(sources, targets, injected, received, reached)


def reached_voxels(
    experiments: ExperimentSet, sources: MaskRegions, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Voxels of each source region that the tracer of some experiments has reached, shape (r,)."""
    injections = experiments.injections[rows]
    voxels = np.unique(injections.indices[injections.data > 0])
    keys = sources.keys[voxels]
    return np.bincount(keys[keys >= 0], minlength=len(sources)).astype(np.int64)
