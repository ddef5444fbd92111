"""The regional model that the spline models are compared with, fitted to a data set."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.nearest_injections import nearest_injections
from napari_connectome.core.models.spline_data import division_choices, selection_of
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.region_sums import region_indicator
from napari_connectome.core.regional_connectivity import RegionalConnectivity
from napari_connectome.core.spline.experiments import SplineData, spline_data
from napari_connectome.core.spline.regional_comparator import fit_regional
from napari_connectome.core.spline.selection import VISUAL_AREAS

Rows = npt.NDArray[np.int64]


def fit_regional_comparator(
    experiments: ExperimentSet,
    atlas: Atlas,
    *,
    regions: str = ",".join(VISUAL_AREAS),
    min_contained: float = 0.95,
    max_injection_volume_mm3: float = 0.7,
    hidden_above: float = 0.0,
) -> Job[FittedModel]:
    """Fit weights that are constant over pairs of regions, connections within a region included.

    Parameters
    ----------
    experiments : ExperimentSet
        Those that lie in the regions are fitted to, as by the spline models.
    atlas : Atlas
        Its summary structures are the regions that weights are constant over.
    regions : str
        Acronyms separated by commas.
    min_contained, max_injection_volume_mm3, hidden_above
        See :class:`~napari_connectome.core.spline.selection.Selection`.

    Returns
    -------
    job of FittedModel
        Its source mask holds the regions that were injected.

    Raises
    ------
    AtlasError
        When a region is unknown or has no source voxel.
    ModelError
        When no experiment passes, or none of the voxels lies in a region of the atlas.

    References
    ----------
    Harris et al. 2016, section 5, table 1.
    """
    parameters = {
        "regions": regions,
        "min_contained": min_contained,
        "max_injection_volume_mm3": max_injection_volume_mm3,
        "hidden_above": hidden_above,
    }
    yield Progress(0, 2, "Choosing experiments")
    data = spline_data(experiments, atlas, selection_of(parameters))
    yield Progress(1, 2, "Weights between regions")
    return FittedModel(
        "spline-regional",
        parameters,
        _connectivity(experiments, atlas, data),
        atlas,
        data.experiment_ids,
        division_choices(experiments, atlas, data),
    )


def _connectivity(
    experiments: ExperimentSet, atlas: Atlas, data: SplineData
) -> RegionalConnectivity:
    source_keys = _keys(data.region_ids)
    tracer = data.injections @ region_indicator(source_keys).T.tocsr()
    injected = np.asarray(tracer.toarray(), dtype=np.float32)
    sent = np.flatnonzero(injected.any(axis=0))
    if not len(sent):
        raise ModelError("No injection lies in a region of the atlas. Choose other regions.")
    weights, keys, columns = [], [], 0
    for targets in data.targets:
        own = _keys(targets.mask.to_vector(atlas.regions).astype(np.int64))
        densities = fit_regional(data.problem(targets.side, 1.0), source_keys, own).densities
        weights.append(densities[sent] * np.bincount(own[own >= 0], minlength=densities.shape[1]))
        keys.append(np.where(own >= 0, own + columns, -1))
        columns += densities.shape[1]
    place = np.full(injected.shape[1] + 1, -1, dtype=np.int64)
    place[sent] = np.arange(len(sent))
    rows = place[source_keys]
    source_mask = VoxelMask(data.source_mask.shape, data.source_mask.indices[rows >= 0])
    target_mask, order = _joined([targets.mask for targets in data.targets])
    mine = experiments.subset(data.rows)
    return RegionalConnectivity(
        source_mask=source_mask,
        target_mask=target_mask,
        source_keys=rows[rows >= 0],
        target_keys=np.concatenate(keys)[order],
        weights=np.concatenate(weights, axis=1),
        injected=injected[:, sent],
        experiment_ids=data.experiment_ids,
        nearest_um=nearest_injections(source_mask, rows[rows >= 0], mine, injected[:, sent])
        * atlas.resolution_um,
    )


def _keys(region_ids: Rows) -> Rows:
    """Numbers 0, 1, … of the regions in order of their ids; -1 for the id 0."""
    numbers: Rows = np.searchsorted(np.unique(region_ids[region_ids > 0]), region_ids)
    return np.where(region_ids > 0, numbers, -1)


def _joined(masks: list[VoxelMask]) -> tuple[VoxelMask, Rows]:
    """One mask of disjoint ones, and the row that each of its voxels had among all of theirs."""
    indices = np.concatenate([mask.indices for mask in masks])
    order = np.argsort(indices, kind="stable")
    return VoxelMask(masks[0].shape, indices[order]), order
