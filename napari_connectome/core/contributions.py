"""Why this number: the experiments behind a prediction, and behind a cell of the matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.masks import VoxelMask
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.weights import row_blocks, squared_distances
from napari_connectome.core.sides import Side
from napari_connectome.core.sources import Source, SourceWeights

Ids = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Contributions:
    """The experiments behind the answer to a source.

    Parameters
    ----------
    experiment_ids : ndarray of int64, shape (k,)
        Largest share first.
    shares : ndarray of float64, shape (k,)
        They sum to one.
    distances_um : ndarray of float64, shape (k,)
        Mean distance from the source's voxels in the experiment's own division (from all of
        them when none lies there) to its injection centroid; NaN where the experiments were
        not at hand.
    """

    experiment_ids: Ids
    shares: Numbers
    distances_um: Numbers


def contributions(
    model: FittedModel, source: Source, experiments: ExperimentSet | None = None
) -> Contributions:
    """Which experiments a prediction is made of.

    Parameters
    ----------
    model : FittedModel
        Any.
    source : Source
        Of any shape. A voxel on the left draws on the same experiments as its mirror image.
    experiments : ExperimentSet, optional
        What the model was fitted to; only they know where the injections are.

    Raises
    ------
    SourceError
        When the source has no voxel in the model's source space.
    ExperimentError
        When `experiments` lack one of those that contribute.
    """
    weights = source.weights(model.atlas, model.connectivity.source_mask).together
    support = model.connectivity.support(weights)
    distances_um = np.full(len(support.shares), np.nan)
    if experiments is not None:
        used = np.array([experiments.row_of(i) for i in support.experiment_ids.tolist()])
        distances_um = _distances_um(model, weights, experiments, used)
    return Contributions(support.experiment_ids, support.shares, distances_um)


def _distances_um(
    model: FittedModel, source: SourceWeights, experiments: ExperimentSet, used: Ids
) -> Numbers:
    """Weighted mean distance of each experiment to the source's voxels of its division."""
    mask, atlas = model.connectivity.source_mask, model.atlas
    voxels = mask.coordinates[source.rows]
    member = atlas.divisions.ravel()[mask.indices[source.rows]]
    found = np.full(len(used), np.nan)
    divisions = experiments.division_ids[used]
    for division_id in np.unique(divisions).tolist():
        ours = np.flatnonzero(divisions == division_id)
        here = np.flatnonzero(member == division_id)
        if not len(here):
            # Models of regions draw on injections that spread from other divisions.
            here = np.arange(len(member))
        weights, total = source.values[here], np.zeros(len(ours))
        for block in row_blocks(len(here), len(ours)):
            squared = squared_distances(voxels[here[block]], experiments.centroids[used[ours]])
            total += weights[block] @ np.sqrt(squared)
        found[ours] = total / weights.sum() * atlas.resolution_um
    return found


@dataclass(frozen=True, eq=False)
class ConnectionEvidence:
    """A cell of the regional matrix, taken apart: value = Σ weight · received.

    Parameters
    ----------
    source_id, target_id : int
        Regions.
    side : {"ipsi", "contra"}
        Side of the target as seen from the source.
    value : float
        Normalised connection density.
    experiment_ids : ndarray of int64, shape (k,)
        Experiments that the source region draws on, largest share first.
    weights : ndarray of float64, shape (k,)
        How much, in the mean over the region's voxels; they sum to one.
    received : ndarray of float64, shape (k,)
        Mean of the measured projection over the target region, per unit of injection.
    shares : ndarray of float64, shape (k,)
        Part of the value that is due to each; they sum to one, or are all 0 for a value of 0.
    explanation : str
        In words.
    """

    source_id: int
    target_id: int
    side: Side
    value: float
    experiment_ids: Ids
    weights: Numbers
    received: Numbers
    shares: Numbers
    explanation: str


def why_connection(
    model: FittedModel, source_id: int, target_id: int, side: Side
) -> ConnectionEvidence:
    """The experiments behind one cell of the regional matrix.

    Parameters
    ----------
    model : FittedModel
        Whose connections are sums over experiments, like those of the voxel model.
    source_id, target_id : int
        Regions of the matrix (summary structures).
    side : {"ipsi", "contra"}
        Side of the target as seen from the source.

    Raises
    ------
    ModelError
        When a region is none of the matrix, the cell is missing, or the model's connections
        are no sums over experiments.
    """
    connectivity = model.connectivity
    rows = _source_rows(model, source_id)
    columns = _target_rows(model, target_id, side)
    source = SourceWeights(rows, np.full(len(rows), 1.0 / len(rows)))
    found = connectivity.by_experiment(source, columns)
    products = found.weights * found.received
    value = float(products.sum())
    shares = products / value if value > 0 else np.zeros(len(products))
    order = np.lexsort((-found.weights, -shares))
    return ConnectionEvidence(
        source_id=source_id,
        target_id=target_id,
        side=side,
        value=value,
        experiment_ids=found.experiment_ids[order],
        weights=found.weights[order],
        received=found.received[order],
        shares=shares[order],
        explanation=_in_words(model, source_id, target_id, side, found.received),
    )


def _in_words(
    model: FittedModel, source_id: int, target_id: int, side: Side, received: Numbers
) -> str:
    source, target = (model.atlas.tree[i].acronym for i in (source_id, target_id))
    place = f"{target} ({side})"
    drawn, labelled = len(received), int(np.count_nonzero(received))
    experiments = "1 experiment" if drawn == 1 else f"{drawn} experiments"
    if labelled:
        return f"{source} draws on {experiments}; {labelled} of them labelled {place}."
    return (
        f"The value is 0, not missing: {source} draws on {experiments}, "
        f"and nothing was labelled in {place} by any of them."
    )


def _source_rows(model: FittedModel, region_id: int) -> Ids:
    rows = _rows_of_region(model, model.connectivity.source_mask, region_id)
    if not len(rows):
        structure = model.atlas.tree[region_id]
        raise ModelError(
            f"{structure.acronym} has no source voxel in this model, so its connections are "
            "missing: its division has no experiment, or it is too small at "
            f"{model.atlas.resolution_um:g} µm."
        )
    return rows


def _target_rows(model: FittedModel, region_id: int, side: Side) -> Ids:
    mask = model.connectivity.target_mask
    rows = _rows_of_region(model, mask, region_id)
    on_the_right = mask.indices[rows] % mask.shape[2] >= model.atlas.midline
    found: Ids = rows[on_the_right == (side == "ipsi")]
    if not len(found):
        raise ModelError(
            f"{model.atlas.tree[region_id].acronym} ({side}) has no target voxel at "
            f"{model.atlas.resolution_um:g} µm, so connections onto it are missing."
        )
    return found


def _rows_of_region(model: FittedModel, mask: VoxelMask, region_id: int) -> Ids:
    if region_id not in model.atlas.tree.summary_ids():
        name = model.atlas.tree[region_id].acronym
        raise ModelError(
            f"{name} is no region of the matrix; choose a summary structure, or the one that "
            f"{name} is part of."
        )
    inside: npt.NDArray[np.bool_] = mask.to_vector(model.atlas.regions) == region_id
    return np.flatnonzero(inside)
