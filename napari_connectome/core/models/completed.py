"""A completed regional matrix as a model that can be asked like every other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.completed_connectivity import CompletedConnectivity
from napari_connectome.core.connectivity import Float
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.measures import DENSITY, MEASURES, Measure
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.nearest_injections import nearest_injections
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.region_sums import region_indicator
from napari_connectome.core.regional_matrix import COMPLETED, UNDETERMINED, Marks, RegionalMatrix
from napari_connectome.core.regions import positions_of

NAME = "completion"
Keys = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float64]


def completed_model_job(
    matrix: RegionalMatrix,
    atlas: Atlas,
    *,
    measure: Measure,
    experiments: ExperimentSet | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Job[FittedModel]:
    """Spread a completed matrix evenly over the voxels of its regions.

    Parameters
    ----------
    matrix : RegionalMatrix
        Every cell a number, with marks. What is below 0 counts as 0: no projection is negative.
    atlas : Atlas
        Has its regions, which may be of any size; where they lie in each other the smaller counts.
    measure : Measure
        Which measure of the matrix.
    experiments : ExperimentSet, optional
        Open beside it: they say how far a place is from an injection, and nothing else.
    parameters : mapping, optional
        How the matrix was completed: plain JSON values.

    Returns
    -------
    job of FittedModel
        Under the name "completion".

    Raises
    ------
    ModelError
        When a cell is no number, or no region of the matrix lies in the atlas.

    References
    ----------
    Knox et al. 2018, section 4.3: Π† spreads a regional sum evenly over voxels.
    """
    yield Progress(0, 0, "Spreading the matrix over voxels")
    values = matrix.values(measure)
    if not np.isfinite(values).all():
        raise ModelError("A model needs a number in every cell: complete the matrix first.")
    source_mask, source_keys = _sources(matrix, atlas)
    target_mask, target_keys = _targets(matrix, atlas)
    injected, nearest = _injections(matrix, experiments, atlas, source_mask, source_keys)
    marks = np.zeros(matrix.shape, dtype=np.int8) if matrix.marks is None else matrix.marks
    connectivity = CompletedConnectivity(
        source_mask=source_mask,
        target_mask=target_mask,
        source_keys=source_keys,
        target_keys=target_keys,
        weights=_per_unit(matrix, measure, source_keys, target_keys),
        injected=injected,
        experiment_ids=_ids(experiments),
        nearest_um=nearest * atlas.resolution_um,
        unit=DENSITY,
        marks=marks,
    )
    given = {"matrix": matrix.origin, "measure": measure, **(parameters or {})}
    choices = _choices(matrix, marks)
    return FittedModel(NAME, given, connectivity, atlas, _ids(experiments), choices)


def _sources(matrix: RegionalMatrix, atlas: Atlas) -> tuple[VoxelMask, Keys]:
    """Right-hemisphere voxels of the rows, and the row of each."""
    regions = atlas.relabel(_there(matrix.source_ids, atlas)).astype(np.int64)
    inside = regions > 0
    inside[:, :, : atlas.midline] = False
    if not inside.any():
        raise ModelError(f"No row of the matrix is a region of {atlas.name} on the right.")
    mask = VoxelMask.from_volume(inside)
    return mask, positions_of(matrix.source_ids, mask.to_vector(regions))


def _targets(matrix: RegionalMatrix, atlas: Atlas) -> tuple[VoxelMask, Keys]:
    """Voxels of the columns on either side, and the column of each."""
    ipsi = int(np.count_nonzero(~matrix.contra))
    sides = (matrix.target_ids[:ipsi], matrix.target_ids[ipsi:])
    keys = np.full(atlas.shape, -1, dtype=np.int64)
    halves = (slice(atlas.midline, None), slice(None, atlas.midline))
    for ids, half, first in zip(sides, halves, (0, ipsi), strict=True):
        regions = atlas.relabel(_there(ids, atlas))[:, :, half]
        found = positions_of(ids, regions.ravel().astype(np.int64)).reshape(regions.shape)
        keys[:, :, half] = np.where(found >= 0, found + first, -1)
    if not (keys >= 0).any():
        raise ModelError(f"No column of the matrix is a region of {atlas.name}.")
    mask = VoxelMask.from_volume(keys >= 0)
    return mask, mask.to_vector(keys)


def _there(ids: Keys, atlas: Atlas) -> list[int]:
    return [i for i in ids.tolist() if i in atlas.tree]


def _per_unit(
    matrix: RegionalMatrix, measure: Measure, source_keys: Keys, target_keys: Keys
) -> Matrix:
    """Normalised connection strength, whatever measure the matrix is in, shape (r, t).

    Voxels that a table does not tell are counted in the atlas.
    """
    rows, columns = matrix.shape
    sources = _counts(matrix.source_counts, source_keys, rows)
    targets = _counts(matrix.target_counts, target_keys, columns)
    info = MEASURES[measure]
    values = np.maximum(matrix.values(measure), 0.0)
    if not info.per_source_voxel:
        values = values / sources[:, None]
    return values * targets if info.per_target_voxel else values


def _counts(told: Keys, keys: Keys, count: int) -> Keys:
    counted = np.bincount(keys[keys >= 0], minlength=count)
    return np.maximum(np.where(told > 0, told, counted), 1).astype(np.int64)


def _injections(
    matrix: RegionalMatrix,
    experiments: ExperimentSet | None,
    atlas: Atlas,
    mask: VoxelMask,
    keys: Keys,
) -> tuple[Float, Float]:
    """Tracer of each experiment in each row's region, and distances in voxels."""
    if experiments is None:
        nothing = np.zeros((0, len(matrix.source_ids)), dtype=np.float32)
        return nothing, np.full(len(mask), np.nan, dtype=np.float32)
    regions = atlas.relabel(_there(matrix.source_ids, atlas)).astype(np.int64)
    theirs = positions_of(matrix.source_ids, experiments.source_mask.to_vector(regions))
    indicator = region_indicator(theirs, len(matrix.source_ids))
    injected = (experiments.injections @ indicator.T).toarray().astype(np.float32)
    return injected, nearest_injections(mask, keys, experiments, injected)


def _ids(experiments: ExperimentSet | None) -> Keys:
    return np.zeros(0, dtype=np.int64) if experiments is None else experiments.ids


def _choices(matrix: RegionalMatrix, marks: Marks) -> dict[str, dict[str, Any]]:
    """How many weights of each division's regions were completed."""
    found: dict[str, dict[str, Any]] = {}
    for division_id in matrix.divisions():
        theirs = marks[matrix.row_divisions == division_id]
        if not len(theirs):
            continue
        filled = int((theirs >= COMPLETED).sum())
        blind = int((theirs == UNDETERMINED).sum())
        found[matrix.tree[division_id].acronym] = {
            "regions": len(theirs),
            "regions_fitted": len(theirs),
            "cells": int(theirs.size),
            "cells_completed": filled,
            "cells_undetermined": blind,
            "how": f"{filled} of {theirs.size} cells completed, {blind} of them not determined",
        }
    return found
