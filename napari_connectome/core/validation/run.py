"""Cross-validate several models on the same folds, keeping what there is when it is stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from napari_connectome.core.atlas import Atlas
from napari_connectome.core.errors import ModelError
from napari_connectome.core.experiments import ExperimentSet
from napari_connectome.core.models.catalog import entry_of
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.validation.answers import Validator, Values
from napari_connectome.core.validation.data import ValidationData, validation_data_job
from napari_connectome.core.validation.folds import Folds, Kind, make_folds
from napari_connectome.core.validation.homogeneous import validate_homogeneous
from napari_connectome.core.validation.refitted import validator_of
from napari_connectome.core.validation.result import (
    Collecting,
    ModelResult,
    ValidationResult,
)
from napari_connectome.core.validation.voxel import validate_voxel

VALIDATORS: Mapping[str, Validator] = {
    "voxel": validate_voxel,
    "homogeneous": validate_homogeneous,
}
"""Models that need not be fitted again for every fold; any other one is."""


@dataclass(frozen=True)
class ModelRequest:
    """A model to cross-validate.

    Parameters
    ----------
    name : str
        Of the catalog.
    candidates : tuple of mapping
        Given parameters. Several are chosen from by an inner loop, in each fold anew; what
        is left to the data (the voxel model's kernels) is chosen in any case.
    """

    name: str
    candidates: tuple[Mapping[str, object], ...] = ({},)

    def values(self) -> tuple[Values, ...]:
        """All parameters of every candidate, checked.

        Raises
        ------
        ModelError
            When there is no such model, or a parameter is refused.
        """
        entry = entry_of(self.name)
        return tuple(entry.values(one) for one in self.candidates)


@dataclass(eq=False)
class CrossValidation:
    """A comparison of models: a job, and its result at any time.

    Parameters
    ----------
    experiments : ExperimentSet
        All of them take part.
    atlas : Atlas
        Divisions and regions.
    models : sequence of ModelRequest
        What to compare.
    folds : "loo" or int
        Leave-one-out, or K folds; the inner loop is of the same kind.
    seed : int
        Of K folds.
    power_to_predict : bool
        Whether to do everything a second time with repeatedly injected regions only.
    n_jobs : int
        Processes for models that are fitted fold by fold, as joblib counts them: 1 is this
        one alone, -1 all cores. Under ``joblib.parallel_config(backend="dask")`` the folds go
        to the workers of a Dask cluster.

    Raises
    ------
    ModelError
        When a model or parameter is unknown, there is no model, or K is below 2.

    Examples
    --------
    ::

        validation = CrossValidation(experiments, atlas, [ModelRequest("voxel")])
        result = run_to_end(validation.job())
        score_table(result)
    """

    experiments: ExperimentSet
    atlas: Atlas
    models: Sequence[ModelRequest]
    folds: Kind = "loo"
    seed: int = 0
    power_to_predict: bool = True
    n_jobs: int = 1
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.models:
            raise ModelError("At least one model is needed to cross-validate.")
        if self.n_jobs == 0:
            raise ModelError("n_jobs must be 1 or more, or -1 for all cores; 0 came.")
        names = [request.name for request in self.models]
        if len(set(names)) < len(names):
            raise ModelError("Every model may be asked for once; give it several candidates.")
        self._values = [request.values() for request in self.models]
        self._folds = make_folds(self.experiments.division_ids, self.folds, seed=self.seed)
        self._data: ValidationData | None = None
        self._begun: list[tuple[Collecting, Collecting | None]] = []
        self._ended = False

    def job(self) -> Job[ValidationResult]:
        """Do it. When the job is closed before its end, :meth:`result` gives what there is."""
        steps = len(self.models) + 1
        made_ready = validation_data_job(self.experiments, self.atlas)
        data = self._data = yield from stretch(made_ready, 0, 1, steps)
        repeated = self._repeated(data)
        for number, (request, values) in enumerate(zip(self.models, self._values, strict=True)):
            validate = VALIDATORS.get(request.name) or validator_of(request.name)
            received = data.regional.received
            every = Collecting(self._folds.members, received)
            some = None if repeated is None else Collecting(repeated.members, received)
            self._begun.append((every, some))
            passes = [(every, self._folds)]
            if some is not None and repeated is not None and len(repeated.members):
                passes.append((some, repeated))
            for place, (collecting, folds) in enumerate(passes):
                job = validate(data, folds, values, collecting.keep, self.n_jobs)
                start = 1 + number + place / len(passes)
                yield from stretch(job, start, 1 / len(passes), steps)
        self._ended = True
        return self._result(data)

    def _repeated(self, data: ValidationData) -> Folds | None:
        if not self.power_to_predict:
            return None
        ids = self.experiments.division_ids
        return make_folds(ids, self.folds, members=data.repeated(), seed=self.seed)

    def result(self) -> ValidationResult | None:
        """What there is by now; None before the first model has begun."""
        return None if self._data is None or not self._begun else self._result(self._data)

    def _result(self, data: ValidationData) -> ValidationResult:
        fold_of = np.full(len(self.experiments), -1, dtype=np.int64)
        fold_of[self._folds.members] = self._folds.labels
        begun = zip(self.models, self._values, self._begun, strict=False)
        return ValidationResult(
            data=data,
            models=tuple(
                ModelResult(
                    name=request.name,
                    title=entry_of(request.name).title,
                    candidates=values,
                    held_out=every.so_far(),
                    repeated=None if some is None else some.so_far(),
                )
                for request, values, (every, some) in begun
            ),
            folds=self.folds,
            fold_of=fold_of,
            seed=self.seed,
            partial=not self._ended,
            provenance=self.provenance,
        )
