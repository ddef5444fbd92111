"""Measured against predicted, target by target, for the experiments of one source region."""

from __future__ import annotations

import numpy as np
import pandas as pd

from napari_connectome.core.errors import ModelError
from napari_connectome.core.validation.result import ValidationResult

CONTAINED = 0.95
"""Part of an injection inside one region: the published choice of clean experiments."""


def source_scatter(
    result: ValidationResult, structure_id: int, *, contained: float | None = CONTAINED
) -> pd.DataFrame:
    """Regional projections of held-out experiments, measured and predicted.

    Parameters
    ----------
    result : ValidationResult
        Of any models.
    structure_id : int
        Source: a summary structure of the atlas.
    contained : float, optional
        Least part of an experiment's tracer inside the region (0.95 in Knox et al. 2018,
        section 2.5). None: experiments whose centroid lies in it.

    Returns
    -------
    DataFrame
        Columns ``experiment_id``, ``model``, ``region_id``, ``region`` (acronym of the target),
        ``side`` ("ipsi", "contra"), ``voxels``, ``measured``, ``predicted`` (projection density
        per unit of injection, summed over the target). One row per target that has voxels;
        none for experiments that a model has not predicted.

    Raises
    ------
    ModelError
        When the structure is no region, or no experiment belongs to it.
    """
    regional = result.data.regional
    ours = np.flatnonzero(regional.sources.structure_ids == structure_id)
    if not len(ours):
        raise ModelError(
            f"Structure {structure_id} is no summary structure with source voxels of this atlas. "
            "Choose a region of the regional matrix."
        )
    if contained is None:
        rows = np.flatnonzero(result.data.region_ids == structure_id)
    else:
        rows = np.flatnonzero(regional.injected[:, ours[0]] >= contained)
    if not len(rows):
        name = result.tree[structure_id].acronym
        raise ModelError(
            f"No experiment is injected into {name} cleanly enough. Choose another region, or "
            "take all experiments whose centroid lies in it."
        )
    targets = regional.targets
    tables = []
    for model in result.models:
        held = model.held_out
        voxels = targets.counts if held.voxels is None else held.voxels
        there = np.flatnonzero(voxels)
        ids = targets.structure_ids[there]
        fixed = {
            "model": model.name,
            "region_id": ids,
            "region": [result.tree[int(i)].acronym for i in ids],
            "side": np.where(targets.contra[there], "contra", "ipsi"),
            "voxels": voxels[there],
        }
        for row in rows[held.done[rows]].tolist():
            numbers = {"measured": held.received[row, there]}
            numbers["predicted"] = held.predicted[row, there]
            own = {"experiment_id": int(result.data.experiments.ids[row])}
            tables.append(pd.DataFrame(own | fixed | numbers))
    if not tables:
        raise ModelError("None of the region's experiments was predicted by any model.")
    return pd.concat(tables, ignore_index=True)
