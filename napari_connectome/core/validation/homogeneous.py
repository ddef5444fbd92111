"""Cross-validation of the homogeneous model: regional sums suffice, voxels follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_connectome.core.errors import ModelError
from napari_connectome.core.models.homogeneous_weights import (
    HomogeneousOptions,
    RegionalWeights,
    regional_weights,
)
from napari_connectome.core.progress import Job
from napari_connectome.core.regional_experiments import reached_voxels
from napari_connectome.core.scoring import relative_errors
from napari_connectome.core.validation.answers import (
    CHOOSING,
    FITTING,
    FoldAnswer,
    Keep,
    Values,
    one_step,
    over_folds,
    pooled,
)
from napari_connectome.core.validation.data import ValidationData
from napari_connectome.core.validation.folds import Fold, Folds

Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
TITLE = "Homogeneous model"


def validate_homogeneous(
    data: ValidationData, folds: Folds, candidates: Sequence[Values], keep: Keep, n_jobs: int
) -> Job[None]:
    """Cross-validate the homogeneous model; see :class:`..answers.Validator`.

    A held-out experiment is predicted from its whole injection (Knox et al. 2018, section
    4.3.2). Tracer in regions that have no weights without it predicts nothing. Several
    `candidates` compete by the regional error of the inner folds.
    """
    regional = data.regional
    problem = RegionalProblem(
        injected=regional.injected,
        received=regional.received,
        squares=data.squares,
        voxels=np.maximum(regional.targets.counts, 1).astype(np.float64),
        division_ids=data.experiments.division_ids,
        candidates=tuple(HomogeneousOptions(**one) for one in candidates),
    )
    start = None
    if len(folds) > 2:
        whole = regional_weights(
            problem.injected[folds.members],
            problem.received[folds.members],
            problem.candidates[0],
            regional.reached,
        )
        start = yield from one_step(whole, 0, len(folds), TITLE)
    yield from over_folds(
        answer_fold,
        _calls(problem, data, folds, start),
        len(folds),
        keep,
        n_jobs,
        TITLE,
    )


@dataclass(frozen=True, eq=False)
class RegionalProblem:
    """All that a fold needs: small enough to be sent to another process.

    Parameters
    ----------
    injected, received : ndarray of float64, shapes (m, r) and (m, t)
        Regional sums.
    squares : ndarray of float64, shape (m,)
        ‖y‖² over voxels.
    voxels : ndarray of float64, shape (t,)
        Voxels of each target region.
    division_ids : ndarray of int64, shape (m,)
        Division of each experiment.
    candidates : tuple of HomogeneousOptions
        To choose from.
    """

    injected: Matrix
    received: Matrix
    squares: Matrix
    voxels: Matrix
    division_ids: Rows
    candidates: tuple[HomogeneousOptions, ...]

    def voxel_sums(self, rows: Rows, predicted: Matrix) -> Matrix:
        """Sums over voxels of a regional prediction that is spread evenly, shape (k, 3)."""
        sums = pooled(predicted / np.sqrt(self.voxels), self.received[rows] / np.sqrt(self.voxels))
        sums[:, 2] = self.squares[rows]
        return sums


def _calls(
    problem: RegionalProblem, data: ValidationData, folds: Folds, start: RegionalWeights | None
) -> Iterator[tuple[Any, ...]]:
    for fold in folds:
        inner = []
        if len(problem.candidates) > 1:
            inner = list(folds.inner(fold, problem.division_ids))
        fits = [fold.train, *(one.train for one in inner)]
        reached: list[Rows | None] = [None] * len(fits)
        if any(one.min_injected_voxels > 1 for one in problem.candidates):
            sources = data.regional.sources
            reached = [reached_voxels(data.experiments, sources, rows) for rows in fits]
        yield problem, fold, inner, reached, start


def answer_fold(
    problem: RegionalProblem,
    fold: Fold,
    inner: Sequence[Fold],
    reached: Sequence[Rows | None],
    start: RegionalWeights | None,
) -> Job[FoldAnswer]:
    """Fit to a fold's training experiments and predict the others, as a job."""
    fits = len(inner) * len(problem.candidates)
    options = yield from _best(problem, inner, reached[1:], start)
    try:
        job = _fitted(problem, fold.train, options, reached[0], start)
        model = yield from one_step(job, fits, fits + 1, FITTING)
    except ModelError as error:
        none = np.zeros((0, problem.received.shape[1]))
        reasons = {int(row): str(error) for row in fold.test}
        return FoldAnswer(fold.test[:0], np.zeros((0, 3)), none, reasons)
    predicted = model.predict(problem.injected[fold.test])
    training = {}
    for division_id in np.unique(problem.division_ids[fold.test]).tolist():
        rows = fold.train[problem.division_ids[fold.train] == division_id]
        if not len(rows):
            continue
        known = model.predict(problem.injected[rows])
        sums = (problem.voxel_sums(rows, known), pooled(known, problem.received[rows]))
        training[division_id] = np.array([one.sum(axis=0) for one in sums])
    return FoldAnswer(
        rows=fold.test,
        voxel=problem.voxel_sums(fold.test, predicted),
        regional=predicted,
        training=training,
        chosen={"all": vars(options) | {"regions": len(model.kept)}},
    )


def _fitted(
    problem: RegionalProblem,
    rows: Rows,
    options: HomogeneousOptions,
    reached: Rows | None,
    start: RegionalWeights | None,
) -> Job[RegionalWeights]:
    injected, received = problem.injected[rows], problem.received[rows]
    return regional_weights(injected, received, options, reached, start)


def _best(
    problem: RegionalProblem,
    inner: Sequence[Fold],
    reached: Sequence[Rows | None],
    start: RegionalWeights | None,
) -> Job[HomogeneousOptions]:
    """Candidate with the smallest regional error over the inner folds, pooled."""
    if not inner:
        return problem.candidates[0]
    scores, done, fits = [], 0, len(inner) * len(problem.candidates)
    for options in problem.candidates:
        sums = np.zeros(3)
        for fold, voxels in zip(inner, reached, strict=True):
            job = _fitted(problem, fold.train, options, voxels, start)
            model = yield from one_step(job, done, fits + 1, CHOOSING)
            predicted = model.predict(problem.injected[fold.test])
            sums += pooled(predicted, problem.received[fold.test]).sum(axis=0)
            done += 1
        scores.append(float(relative_errors(sums)))
    return problem.candidates[int(np.argmin(scores))]
