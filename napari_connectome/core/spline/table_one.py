"""Table 1 of Harris et al. 2016: a spline model and a regional model on the same folds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.core.spline.regional_comparator import fit_regional
from napari_connectome.core.spline.scores import ObservedSums, observed_sums

Keys = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]
Predict = Callable[[csr_array], npt.NDArray[np.float64]]
"""X W of injections, shape (k, n_target)."""
Fit = Callable[[SplineProblem], Job[Predict]]
"""Fit to the experiments of a problem; whatever it chooses, it chooses from these alone."""


@dataclass(frozen=True, eq=False)
class Errors:
    """How well one model predicts, each experiment outside of its own injection site.

    Parameters
    ----------
    test : ObservedSums
        Experiments that were held out, each once.
    train : ObservedSums
        Experiments that were fitted to, in every fold.
    """

    test: ObservedSums
    train: ObservedSums


@dataclass(frozen=True, eq=False)
class TableOne:
    """Errors of both models; the four numbers of the table, each with its training error.

    Parameters
    ----------
    regional, voxel : Errors
        Of the regional model, and of the one that it is compared with.
    """

    regional: Errors
    voxel: Errors

    def rows(self) -> list[dict[str, str | float]]:
        """The table: MSE_rel in voxels and in regions, test and train, of each model."""
        return [
            {
                "model": name,
                "voxel_test": errors.test.voxel_error,
                "voxel_train": errors.train.voxel_error,
                "regional_test": errors.test.regional_error,
                "regional_train": errors.train.regional_error,
            }
            for name, errors in (("regional", self.regional), ("voxel", self.voxel))
        ]


def table_one_job(
    problem: SplineProblem,
    folds: Sequence[Rows],
    fit: Fit,
    source_keys: Keys,
    target_keys: Keys,
) -> Job[TableOne]:
    """Hold out each fold in turn and predict it with both models, as a job.

    Parameters
    ----------
    problem : SplineProblem
        All experiments.
    folds : sequence of ndarray of int64
        Experiments that are held out together, by row; each experiment once.
    fit : callable
        The model to compare with, fitted to the problem of the other experiments.
    source_keys, target_keys : ndarray of int64, shapes (n_source,) and (n_target,)
        Region number of each voxel, -1 for none.

    Raises
    ------
    ModelError
        When there are fewer than two folds, or they are no partition of the experiments.
    """
    m = problem.injections.shape[0]
    if len(folds) < 2 or not np.array_equal(np.sort(np.concatenate(folds)), np.arange(m)):
        raise ModelError(
            f"Two folds or more were expected that hold each of {m} experiments once; "
            f"{len(folds)} folds with {sum(map(len, folds))} rows came."
        )
    found: list[tuple[ObservedSums, ...]] = []
    for number, fold in enumerate(folds):
        train = problem.subset(np.setdiff1d(np.arange(m), fold))
        test = problem.subset(fold)
        name = f"Fold {number + 1} of {len(folds)}"
        predict = yield from stretch(fit(train), number, 1, len(folds), name)
        regional = fit_regional(train, source_keys, target_keys).predict
        found.append(
            tuple(
                observed_sums(part, model(part.injections), target_keys)
                for model in (regional, predict)
                for part in (test, train)
            )
        )
    joined = [ObservedSums.joined(list(parts)) for parts in zip(*found, strict=True)]
    return TableOne(Errors(joined[0], joined[1]), Errors(joined[2], joined[3]))
