"""Cross-validation of any model of the catalog, by fitting it again for every fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.models.fitted import FittedModel
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
from napari_connectome.core.validation.scored import Scored

Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def validator_of(name: str) -> Validator:
    """Cross-validation of a model by explicit refitting.

    A held-out experiment is predicted from its whole injection; what of it lies on no source
    voxel of the model predicts nothing. Several candidates compete by the voxel error of the
    inner folds, pooled. A model of some regions is scored on its own voxels alone, and
    experiments that it cannot be asked about are refused. Every fold copies the
    projections that it is fitted to.

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
    """Fit to a fold's training experiments and predict the others."""
    asked = _Asked(name, experiments, atlas, targets)
    try:
        test, reasons = asked.sorted_out(fold.test, candidates[0])
        if not len(test):
            return _nothing(fold, targets, reasons)
        values = yield from _best(asked, inner, candidates)
        fits = len(inner) * len(candidates)
        fitting = asked.fitted(fold.train, values)
        model = yield from one_step(fitting, fits, fits + 1, FITTING)
    except ModelError as error:
        return _nothing(fold, targets, {int(row): str(error) for row in fold.test})
    scored = asked.scored(model)
    voxel, regional, received = scored.sums(test)
    ids, used = experiments.division_ids, np.isin(experiments.ids, model.experiment_ids)
    training = {}
    for division_id in np.unique(ids[test]).tolist():
        rows = fold.train[(ids[fold.train] == division_id) & used[fold.train]]
        if not len(rows):
            continue
        known, predicted, measured = scored.sums(rows)
        regions = pooled(predicted, measured)
        training[division_id] = np.array([known.sum(axis=0), regions.sum(axis=0)])
    return FoldAnswer(
        test,
        voxel,
        regional,
        refused=reasons,
        training=training,
        chosen={"all": dict(values) | _found(model, values)},
        part=scored.part(received),
    )


def _nothing(fold: Fold, targets: MaskRegions, reasons: Mapping[int, str]) -> FoldAnswer:
    return FoldAnswer(fold.test[:0], np.zeros((0, 3)), np.zeros((0, len(targets))), reasons)


def _found(model: FittedModel, values: Values) -> dict[str, Any]:
    """What the model itself has chosen of the parameters that were left to the data."""
    left = {name for name, value in values.items() if value is None}
    every = [{n: c[n] for n in left & c.keys()} for c in model.choices.values()]
    return every[0] if every and all(one == every[0] for one in every) else {}


@dataclass(frozen=True, eq=False)
class _Asked:
    """A model of the catalog, and what it is fitted to and judged on."""

    name: str
    experiments: ExperimentSet
    atlas: Atlas
    targets: MaskRegions

    def sorted_out(self, rows: Rows, values: Values) -> tuple[Rows, dict[int, str]]:
        """Experiments that the model can be asked about, and why not the others."""
        refuses = entry_of(self.name).refuses
        refused = {} if refuses is None else refuses(self.experiments, self.atlas, values)
        out = np.isin(rows, list(refused))
        return rows[~out], {row: refused[row] for row in rows[out].tolist()}

    def fitted(self, rows: Rows, values: Values) -> Job[FittedModel]:
        """The model fitted to some of the experiments."""
        job: Job[FittedModel] = entry_of(self.name).fit(
            self.experiments.subset(rows), self.atlas, **values
        )
        return job

    def scored(self, model: FittedModel) -> Scored:
        """A fitted model, ready to be judged."""
        return Scored(model, self.experiments, self.targets)


def _best(asked: _Asked, inner: Sequence[Fold], candidates: Sequence[Values]) -> Job[Values]:
    """Candidate with the smallest voxel error over the inner folds, pooled."""
    if not inner:
        return candidates[0]
    scores, done, fits = [], 0, len(inner) * len(candidates)
    for values in candidates:
        sums = np.zeros(3)
        for fold in inner:
            job = asked.fitted(fold.train, values)
            scored = asked.scored((yield from one_step(job, done, fits + 1, CHOOSING)))
            test, _ = asked.sorted_out(fold.test, values)
            for row in test.tolist():
                sums += scored.products(row)
            done += 1
        scores.append(float(relative_errors(sums)))
    return candidates[int(np.argmin(scores))]
