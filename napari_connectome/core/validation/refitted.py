"""Cross-validation of any model of the catalog, by fitting it again for every fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.answers import target_rows
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
    ScoredPart,
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
) -> FoldAnswer:
    """Fit to a fold's training experiments and predict the others."""
    try:
        values = _best(name, experiments, atlas, targets, inner, candidates)
        model = _fitted(name, experiments, atlas, fold.train, values)
    except ModelError as error:
        none = np.zeros((0, len(targets)))
        reasons = {int(row): str(error) for row in fold.test}
        return FoldAnswer(fold.test[:0], np.zeros((0, 3)), none, reasons)
    scored = _Scored(model, experiments, targets)
    voxel, regional, received = scored.sums(fold.test)
    ids, used = experiments.division_ids, np.isin(experiments.ids, model.experiment_ids)
    training = {}
    for division_id in np.unique(ids[fold.test]).tolist():
        rows = fold.train[(ids[fold.train] == division_id) & used[fold.train]]
        if not len(rows):
            continue
        known, predicted, measured = scored.sums(rows)
        regions = pooled(predicted, measured)
        training[division_id] = np.array([known.sum(axis=0), regions.sum(axis=0)])
    return FoldAnswer(
        fold.test,
        voxel,
        regional,
        training=training,
        chosen={"all": dict(values) | _found(model, values)},
        part=scored.part(received),
    )


def _found(model: FittedModel, values: Values) -> dict[str, Any]:
    """What the model itself has chosen of the parameters that were left to the data."""
    left = {name for name, value in values.items() if value is None}
    every = [{n: c[n] for n in left & c.keys()} for c in model.choices.values()]
    return every[0] if every and all(one == every[0] for one in every) else {}


def _fitted(
    name: str, experiments: ExperimentSet, atlas: Atlas, rows: Rows, values: Values
) -> FittedModel:
    model: FittedModel = run_to_end(entry_of(name).fit(experiments.subset(rows), atlas, **values))
    return model


class _Scored:
    """Predictions of a model beside what was measured, on the voxels that it answers for."""

    def __init__(self, model: FittedModel, experiments: ExperimentSet, targets: MaskRegions):
        self._model, self._experiments, self._targets = model, experiments, targets
        self._rows = target_rows(model, experiments)
        self._unobserved = entry_of(model.model).unobserved

    def pair(self, row: int) -> tuple[Float, Float]:
        """Predicted and measured projection of an experiment; 0 where it is not observed."""
        predicted = _predicted(self._model, self._experiments, row)
        measured = self._experiments.projections[row][self._rows]
        if self._unobserved is not None:
            hidden = self._unobserved(self._model, self._experiments, row)
            predicted, measured = predicted.copy(), measured.copy()
            predicted[hidden] = measured[hidden] = 0.0
        return predicted, measured

    def sums(self, rows: Rows) -> tuple[Matrix, Matrix, Matrix]:
        """Sums over voxels, shape (k, 3), and predicted and measured sums over regions, (k, t)."""
        voxel = np.zeros((len(rows), 3))
        predicted, received = (np.zeros((len(rows), len(self._targets))) for _ in range(2))
        for place, row in enumerate(rows.tolist()):
            pair = self.pair(row)
            voxel[place] = _products(*pair)
            predicted[place], received[place] = (self._regional(one) for one in pair)
        return voxel, predicted, received

    def part(self, received: Matrix) -> ScoredPart | None:
        """What is scored, for a model that answers for a part of the voxels; else None."""
        if isinstance(self._rows, slice) and self._unobserved is None:
            return None
        ones = np.ones(len(self._model.connectivity.target_mask), dtype=np.float32)
        count = f"{len(ones):,} of {len(self._experiments.target_mask):,} target voxels"
        return ScoredPart(received, self._regional(ones).astype(np.int64), count)

    def _regional(self, vector: Float) -> Matrix:
        if isinstance(self._rows, slice):
            return self._targets.sums(vector)
        whole = np.zeros(len(self._experiments.target_mask), dtype=np.float32)
        whole[self._rows] = vector
        return self._targets.sums(whole)


def _products(predicted: Float, measured: Float) -> tuple[float, float, float]:
    """‖P‖², P · Y and ‖Y‖²."""
    p, y = predicted.astype(np.float64), measured.astype(np.float64)
    return float(p @ p), float(p @ y), float(y @ y)


def _predicted(model: FittedModel, experiments: ExperimentSet, row: int) -> Float:
    source = injection_weights(model, experiments, row)
    if not len(source.rows):
        return np.zeros(len(model.connectivity.target_mask), dtype=np.float32)
    return model.connectivity.from_source(source)


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
