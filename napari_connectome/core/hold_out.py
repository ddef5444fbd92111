"""Hold one experiment out: what the model would have predicted without ever seeing it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from napari_connectome.core.answers import Measured, VoxelValues, measured, target_rows
from napari_connectome.core.comparison import Comparison, RegionPairs, compare
from napari_connectome.core.connectivity import Float
from napari_connectome.core.errors import ModelError, SourceError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.voxel_left_out import Ask, injection_weights
from napari_connectome.core.progress import Job, run_to_end
from napari_connectome.core.sources import VoxelSource


@dataclass(frozen=True, eq=False)
class HeldOut:
    """An experiment, and the prediction of a model that was not fitted to it.

    Parameters
    ----------
    experiment_id : int
        Allen id.
    ask : {"centroid", "injection"}
        Where it was predicted: the whole injection also where the model without the experiment
        has no source at the centroid.
    measured : Measured
        Its projection per unit of injection; injections are on the right.
    predicted : VoxelValues
        What the model without it predicts.
    comparison : Comparison
        Measured against predicted.
    """

    experiment_id: int
    ask: Ask
    measured: Measured
    predicted: VoxelValues
    comparison: Comparison

    @property
    def residual(self) -> VoxelValues:
        """Measured minus predicted."""
        return self.comparison.difference

    @property
    def voxel_mse_rel(self) -> float:
        """MSE_rel over target voxels."""
        return self.comparison.voxelwise.mse_rel

    @property
    def regional_mse_rel(self) -> float:
        """MSE_rel of the sums over regions, both hemispheres."""
        return self.comparison.regional.mse_rel

    @property
    def regions(self) -> RegionPairs:
        """Sums over regions: measured first, predicted second."""
        return self.comparison.regions


def hold_out(
    model: FittedModel,
    experiments: ExperimentSet,
    experiment_id: int,
    *,
    ask: Ask = "centroid",
) -> HeldOut:
    """Predict an experiment from all the others.

    Parameters
    ----------
    model : FittedModel
        Any. Models with a closed form keep their hyper-parameters; others are fitted again
        to the remaining experiments with the parameters that were asked for.
    experiments : ExperimentSet
        What the model was fitted to, perhaps among others.
    experiment_id : int
        Which one is held out.
    ask : {"centroid", "injection"}
        A unit of tracer at the injection's centroid, as in Knox et al. 2018, or the whole
        injection, of which only the part in the model's source space counts.

    Raises
    ------
    ModelError
        When it is the only experiment of its division, the model was not fitted to it, or
        experiments that the model was fitted to are missing.
    ExperimentError
        When `experiments` do not hold it.
    """
    return run_to_end(hold_out_job(model, experiments, experiment_id, ask=ask))


def hold_out_job(
    model: FittedModel,
    experiments: ExperimentSet,
    experiment_id: int,
    *,
    ask: Ask = "centroid",
) -> Job[HeldOut]:
    """Do what :func:`hold_out` does, as a job that can be stopped."""
    experiments, row = _fitted_to(model, experiments, experiment_id)
    _check(model, experiments, row, ask)
    entry = entry_of(model.model)
    left_out = entry.left_out
    vector: Float
    if left_out is None:
        vector, ask = yield from _fitted_again(model, experiments, row, ask)
    else:
        vector = yield from left_out(model, experiments, row, ask)
    truth = measured(model, experiment_id, experiments=experiments)
    if entry.unobserved is not None:
        seen = truth.vector.copy()
        seen[entry.unobserved(model, experiments, row)] = np.nan
        truth = replace(truth, vector=seen)
    whole = ", asked with its whole injection" if ask == "injection" else ""
    label = f"predicted without experiment {experiment_id}{whole}"
    predicted = VoxelValues(vector, truth.mask, False, label, model)
    return HeldOut(experiment_id, ask, truth, predicted, compare(truth, predicted))


def _fitted_to(
    model: FittedModel, experiments: ExperimentSet, experiment_id: int
) -> tuple[ExperimentSet, int]:
    """The experiments that the model was fitted to, and the row of one among them."""
    experiments.row_of(experiment_id)
    used = np.isin(experiments.ids, model.experiment_ids)
    if np.count_nonzero(used) < len(model.experiment_ids):
        raise ModelError(
            f"The model was fitted to {len(model.experiment_ids)} experiments; {len(experiments)} "
            "or others came. Fit again to the experiments that are open."
        )
    ours = experiments if used.all() else experiments.subset(np.flatnonzero(used))
    if experiment_id not in ours.ids:
        raise ModelError(
            f"Experiment {experiment_id} is none of the {len(ours)} that the model was fitted to: "
            "there is nothing to hold out. Choose one of them, or widen the model's filters."
        )
    return ours, ours.row_of(experiment_id)


def _check(model: FittedModel, experiments: ExperimentSet, row: int, ask: Ask) -> None:
    if ask not in ("centroid", "injection"):
        raise ModelError(f"ask must be centroid or injection; {ask!r} came.")
    target_rows(model, experiments)
    division_id = int(experiments.division_ids[row])
    used = experiments.rows_of_division(division_id)
    if used.stop - used.start == 1:
        name = model.atlas.tree[division_id].name
        raise ModelError(
            f"Experiment {experiments.ids[row]} is the only one in its division ({name}): without "
            "it nothing can be predicted there. Hold out one of a division with several."
        )


def _fitted_again(
    model: FittedModel, experiments: ExperimentSet, row: int, ask: Ask
) -> Job[tuple[Float, Ask]]:
    """Prediction of a model that is fitted to all but one experiment, and where it was asked."""
    others = np.delete(np.arange(len(experiments)), row)
    entry = entry_of(model.model)
    parameters = model.parameters if entry.again is None else entry.again(model)
    again: FittedModel = yield from entry.fit(experiments.subset(others), model.atlas, **parameters)
    if ask == "centroid":
        place = model.atlas.um_of_index(experiments.centroids[row].tolist())
        # A region may be a source with the experiment only: then its tracer elsewhere is asked.
        with suppress(SourceError):
            return again.predict(VoxelSource(place)).vector, ask
    injected = injection_weights(again, experiments, row)
    if not len(injected.rows):
        raise ModelError(
            f"Without experiment {experiments.ids[row]} the model has no source where its tracer "
            "is: nothing can be predicted. Hold out one of a region with several."
        )
    return again.connectivity.from_source(injected), "injection"
