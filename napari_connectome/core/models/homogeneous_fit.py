"""The homogeneous regional model fitted to a data set: the job behind window and command."""

from __future__ import annotations

from typing import Any

import numpy as np

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.homogeneous_weights import (
    KAPPA,
    HomogeneousOptions,
    RegionalWeights,
    regional_weights,
)
from napari_connectome.core.models.nearest_injections import nearest_injections
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.regional_connectivity import RegionalConnectivity
from napari_connectome.core.regional_experiments import (
    RegionalExperiments,
    regional_experiments_job,
)


def fit_homogeneous(
    experiments: ExperimentSet,
    atlas: Atlas,
    *,
    kappa: float = KAPPA,
    threshold: bool = False,
    min_injected_voxels: int = 1,
    ridge: float = 0.0,
) -> Job[FittedModel]:
    """Fit the homogeneous model: nonnegative least squares between regions.

    Parameters
    ----------
    experiments : ExperimentSet
        What to fit to.
    atlas : Atlas
        Its summary structures are the regions: sources on the right, targets on both sides.
    kappa, threshold, min_injected_voxels, ridge
        See :class:`~napari_connectome.core.models.homogeneous_weights.HomogeneousOptions`.

    Returns
    -------
    job of FittedModel
        Its source mask holds the regions that have weights: one that was never injected, or
        was left out for the condition number, is missing and not zero.

    Raises
    ------
    ModelError
        When the atlas has no regions, none was injected, or a parameter is out of bounds.

    References
    ----------
    Oh et al. 2014; Knox et al. 2018, section 4.3.1.
    """
    options = HomogeneousOptions(kappa, threshold, min_injected_voxels, ridge)
    regional = yield from regional_experiments_job(experiments, atlas)
    found = yield from regional_weights(
        regional.injected, regional.received, options, regional.reached
    )
    yield Progress(0, 0, "Measuring distances to injections")
    connectivity = _connectivity(experiments, atlas, regional, found)
    parameters = {
        "kappa": kappa,
        "threshold": threshold,
        "min_injected_voxels": min_injected_voxels,
        "ridge": ridge,
    }
    choices = _choices(atlas, regional, found)
    return FittedModel("homogeneous", parameters, connectivity, atlas, experiments.ids, choices)


def _connectivity(
    experiments: ExperimentSet,
    atlas: Atlas,
    regional: RegionalExperiments,
    found: RegionalWeights,
) -> RegionalConnectivity:
    place = np.full(len(regional.sources) + 1, -1, dtype=np.int64)
    place[found.kept] = np.arange(len(found.kept))
    keys = place[regional.sources.keys]
    wanted = keys >= 0
    whole = experiments.source_mask
    mask = VoxelMask(whole.shape, whole.indices[wanted])
    injected = regional.injected[:, found.kept].astype(np.float32)
    return RegionalConnectivity(
        source_mask=mask,
        target_mask=experiments.target_mask,
        source_keys=keys[wanted],
        target_keys=regional.targets.keys,
        weights=found.weights,
        injected=injected,
        experiment_ids=experiments.ids,
        nearest_um=nearest_injections(mask, keys[wanted], experiments, injected)
        * atlas.resolution_um,
    )


def _choices(
    atlas: Atlas, regional: RegionalExperiments, found: RegionalWeights
) -> dict[str, dict[str, Any]]:
    """What happened to the regions of each division; one without tracer cannot be a source."""
    structures = regional.sources.structure_ids
    there = regional.sources.counts > 0
    divisions = np.array([atlas.tree.division_of(i) or 0 for i in structures.tolist()])
    choices: dict[str, dict[str, Any]] = {}
    for division_id in (i for i in atlas.tree.division_ids() if np.any(there & (divisions == i))):
        ours = np.flatnonzero(there & (divisions == division_id))
        names = {
            key: [atlas.tree[int(i)].acronym for i in structures[rows[np.isin(rows, ours)]]]
            for key, rows in (("never", found.uninjected), ("dependent", found.ill_conditioned))
        }
        fitted = int(np.isin(ours, found.kept).sum())
        choices[atlas.tree[division_id].acronym] = {
            "experiments": int(np.any(regional.injected[:, ours] > 0, axis=1).sum()),
            "regions": len(ours),
            "regions_fitted": fitted,
            "regions_not_injected": names["never"],
            "regions_ill_conditioned": names["dependent"],
            "condition_number": found.condition,
            "how": _how(fitted, len(ours), names["never"], names["dependent"]),
        }
    return choices


def _how(fitted: int, regions: int, never: list[str], dependent: list[str]) -> str:
    parts = [f"{fitted} of {regions} regions can be a source"]
    if never:
        parts.append(f"not injected: {', '.join(never)}")
    if dependent:
        parts.append(f"left out for the condition number: {', '.join(dependent)}")
    return "; ".join(parts)
