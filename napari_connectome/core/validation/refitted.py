"""Cross-validation of any model of the catalog, by fitting it again for every fold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.connectivity import Float
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel
from napari_connectome.core.models.voxel_left_out import injection_weights
from napari_connectome.core.progress import Job
from napari_connectome.core.regions import MaskRegions
from napari_connectome.core.scoring import relative_errors
from napari_connectome.core.validation.answers import (
    CHOOSING,
    FITTING,
    FoldAnswer,
    Keep,
    Validator,
    Values,
    one_step,
    over_folds,
    pooled,
)
from napari_connectome.core.validation.data import ValidationData
from napari_connectome.core.validation.folds import Fold, Folds

Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def validator_of(name: str) -> Validator:
    """Cross-validation of a model by explicit refitting.

    A held-out experiment is predicted from its whole injection; what of it lies on no source
    voxel of the model predicts nothing. Several candidates compete by the voxel error of the
    inner folds, pooled. Every fold copies the projections that it is fitted to.

    Parameters
    ----------
    name : str
        Of the catalog.
    """
    entry = entry_of(name)

    def validate(
        data: ValidationData, folds: Folds, candidates: Sequence[Values], keep: Keep, n_jobs: int
    ) -> Job[None]:
        ids = data.experiments.division_ids
        calls = (
            (
                name,
                data.experiments,
                data.atlas,
                data.regional.targets,
                fold,
                list(folds.inner(fold, ids)) if len(candidates) > 1 else [],
                tuple(candidates),
            )
            for fold in folds
        )
        yield from over_folds(answer_fold, calls, len(folds), keep, n_jobs, entry.title)

    return validate


def answer_fold(
    name: str,
    experiments: ExperimentSet,
    atlas: Atlas,
    targets: MaskRegions,
    fold: Fold,
    inner: Sequence[Fold],
    candidates: Sequence[Values],
) -> Job[FoldAnswer]:
    """Fit to a fold's training experiments and predict the others, as a job."""
    fits = len(inner) * len(candidates)
    try:
        values = yield from _best(name, experiments, atlas, inner, candidates)
        job = _fitted(name, experiments, atlas, fold.train, values)
        model = yield from one_step(job, fits, fits + 1, FITTING)
    except ModelError as error:
        none = np.zeros((0, len(targets)))
        reasons = {int(row): str(error) for row in fold.test}
        return FoldAnswer(fold.test[:0], np.zeros((0, 3)), none, reasons)
    voxel, regional = _sums(model, experiments, targets, fold.test)
    ids = experiments.division_ids
    training = {}
    for division_id in np.unique(ids[fold.test]).tolist():
        rows = fold.train[ids[fold.train] == division_id]
        if not len(rows):
            continue
        known, predicted = _sums(model, experiments, targets, rows)
        measured = np.array([targets.sums(experiments.projections[row]) for row in rows])
        regions = pooled(predicted, measured)
        training[division_id] = np.array([known.sum(axis=0), regions.sum(axis=0)])
    return FoldAnswer(fold.test, voxel, regional, training=training, chosen={"all": dict(values)})


def _fitted(
    name: str, experiments: ExperimentSet, atlas: Atlas, rows: Rows, values: Values
) -> Job[FittedModel]:
    job: Job[FittedModel] = entry_of(name).fit(experiments.subset(rows), atlas, **values)
    return job


def _predicted(model: FittedModel, experiments: ExperimentSet, row: int) -> Float:
    source = injection_weights(model, experiments, row)
    if not len(source.rows):
        return np.zeros(len(model.connectivity.target_mask), dtype=np.float32)
    return model.connectivity.from_source(source)


def _sums(
    model: FittedModel, experiments: ExperimentSet, targets: MaskRegions, rows: Rows
) -> tuple[Matrix, Matrix]:
    """Sums over voxels, shape (k, 3), and regional predictions, shape (k, t)."""
    voxel, regional = np.zeros((len(rows), 3)), np.zeros((len(rows), len(targets)))
    for place, row in enumerate(rows.tolist()):
        vector = _predicted(model, experiments, row)
        p = vector.astype(np.float64)
        y = experiments.projections[row].astype(np.float64)
        voxel[place] = p @ p, p @ y, y @ y
        regional[place] = targets.sums(vector)
    return voxel, regional


def _best(
    name: str,
    experiments: ExperimentSet,
    atlas: Atlas,
    inner: Sequence[Fold],
    candidates: Sequence[Values],
) -> Job[Values]:
    """Candidate with the smallest voxel error over the inner folds, pooled."""
    if not inner:
        return candidates[0]
    scores, done, fits = [], 0, len(inner) * len(candidates)
    for values in candidates:
        sums = np.zeros(3)
        for fold in inner:
            job = _fitted(name, experiments, atlas, fold.train, values)
            model = yield from one_step(job, done, fits + 1, CHOOSING)
            for row in fold.test.tolist():
                p = _predicted(model, experiments, row).astype(np.float64)
                y = experiments.projections[row].astype(np.float64)
                sums += (p @ p, p @ y, y @ y)
            done += 1
        scores.append(float(relative_errors(sums)))
    return candidates[int(np.argmin(scores))]
