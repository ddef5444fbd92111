"""The voxel model without one of its experiments: closed form, hyper-parameters kept.

Weights are K / Σ K. Without an experiment its kernel leaves the sum, in its own division
alone, and only where the question is asked: nothing is fitted.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from napari_connectome.core.connectivity import Float
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.factored import FactoredConnectivity
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.kernels import kernel_of
from napari_connectome.core.models.weights import kernel_weights
from napari_connectome.core.nodes import weighted_rows
from napari_connectome.core.progress import Job, Progress
from napari_connectome.core.sources import SourceWeights

Ask = Literal["centroid", "injection"]
"""Where a held-out experiment is predicted: at its centroid, or with its injection as it is."""


def predict_left_out(
    model: FittedModel, experiments: ExperimentSet, row: int, ask: Ask
) -> Job[Float]:
    """What a voxel model without an experiment predicts for it.

    Parameters
    ----------
    model : FittedModel
        A voxel model of these experiments.
    experiments : ExperimentSet
        What it was fitted to.
    row : int
        Experiment that is left out.
    ask : {"centroid", "injection"}
        A unit of tracer at the centroid (Knox et al. 2018, section 4.2.3), or the injection
        itself, whose voxels in other divisions are answered as ever.

    Returns
    -------
    job of ndarray of float32, shape (n_target,)
    """
    yield Progress(0, 0, "Leaving out one experiment")
    return weighted_rows(experiments.projections, _coefficients(model, experiments, row, ask))


def _coefficients(
    model: FittedModel, experiments: ExperimentSet, row: int, ask: Ask
) -> npt.NDArray[np.float64]:
    """Weight of each experiment; that of the one left out is zero."""
    connectivity = model.connectivity
    if not isinstance(connectivity, FactoredConnectivity):
        raise ModelError("Only a model of kernel weights and projections has this closed form.")
    division_id = int(experiments.division_ids[row])
    used = experiments.rows_of_division(division_id)
    others = np.delete(np.arange(used.start, used.stop), row - used.start)
    kernel = kernel_of(model.choices[model.atlas.tree[division_id].acronym])
    if ask == "centroid":
        points, values = experiments.centroids[row : row + 1], np.ones(1)
        found = np.zeros(len(experiments))
    else:
        source = injection_weights(model, experiments, row)
        mask = connectivity.source_mask
        ours = model.atlas.divisions.ravel()[mask.indices[source.rows]] == division_id
        points, values = mask.coordinates[source.rows[ours]], source.values[ours]
        elsewhere = SourceWeights(source.rows[~ours], source.values[~ours])
        found = connectivity.coefficients(elsewhere)
    found[others] += values @ kernel_weights(points, experiments.centroids[others], kernel)
    return found


def injection_weights(model: FittedModel, experiments: ExperimentSet, row: int) -> SourceWeights:
    """An injection on the rows of a model's source mask.

    Weights sum to the part of the injection that lies in the source space, as in the
    published code: the injection was divided by its sum over the whole brain.
    """
    theirs = experiments.source_mask
    one = experiments.injections[[row]]
    places = theirs.indices[one.indices]
    rows = model.connectivity.source_mask.row_volume.ravel()[places]
    inside = rows >= 0
    order = np.argsort(rows[inside], kind="stable")
    return SourceWeights(
        rows[inside].astype(np.int64)[order], one.data[inside].astype(np.float64)[order]
    )
