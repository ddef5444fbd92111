"""Choose λ by K folds: the value whose fits predict held-out experiments best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Job, stretch
from napari_connectome.core.scoring import relative_errors
from napari_connectome.core.spline.problem import SplineProblem
from napari_connectome.core.spline.scores import observed_sums

LAMBDAS = tuple(10.0**power for power in range(3, 13))
"""10³ … 10¹², the values of Harris et al. 2016."""
FOLDS = 5
Predict = Callable[[csr_array], npt.NDArray[np.float64]]
"""X W of injections, shape (k, n_target)."""
Tell = Callable[[float, Predict], None]
Sums = npt.NDArray[np.float64]
FitPath = Callable[[SplineProblem, Sequence[float], Tell], Job[None]]
"""Fit a problem under every λ, largest first, and tell of each what it predicts."""
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LambdaSearch:
    """Errors of held-out experiments under each λ.

    Parameters
    ----------
    lambdas : tuple of float
        What was tried, smallest first.
    sums : ndarray of float64, shape (folds, len(lambdas), 3)
        ‖P‖², P · Y and ‖Y‖² of each fold's experiments over observed voxels.
    """

    lambdas: tuple[float, ...]
    sums: Sums

    @property
    def errors(self) -> npt.NDArray[np.float64]:
        """MSE_rel of each λ, all experiments pooled, shape (len(lambdas),)."""
        return relative_errors(self.sums.sum(axis=0))

    def together(self, other: LambdaSearch) -> LambdaSearch:
        """One search for both, on the same folds: the target voxels of either are pooled."""
        return LambdaSearch(self.lambdas, self.sums + other.sums)

    @property
    def best(self) -> float:
        """λ with the smallest error; of equal ones the largest, which is the smoothest."""
        reverse = self.errors[::-1]
        return self.lambdas[len(self.lambdas) - 1 - int(np.argmin(reverse))]


def fold_rows(m: int, folds: int = FOLDS, seed: int = 0) -> list[Rows]:
    """Rows of `m` experiments dealt out into folds, as many as there are experiments at most.

    Raises
    ------
    ModelError
        When there are fewer than two.
    """
    if m < 2:
        raise ModelError(
            f"λ is chosen by predicting experiments from others, and there is {m}. Choose more "
            "regions, or give λ."
        )
    shuffled = np.random.default_rng(seed).permutation(m)
    return [np.sort(shuffled[number::folds]) for number in range(min(folds, m))]


def search_job(
    problem: SplineProblem,
    fit: FitPath,
    lambdas: Sequence[float] = LAMBDAS,
    folds: Sequence[Rows] | None = None,
    *,
    known: Callable[[int], Sums | None] = lambda _fold: None,
    keep: Callable[[int, Sums], None] = lambda _fold, _sums: None,
) -> Job[LambdaSearch]:
    """Try every λ on every fold, as a job.

    Parameters
    ----------
    problem : SplineProblem
        Its own λ does not matter.
    fit : callable
        Fits a problem's training experiments under each λ.
    lambdas : sequence of float
        What to try.
    folds : sequence of ndarray of int64, optional
        Rows that are held out together.
    known : callable, optional
        Sums of a fold from before, shape (len(lambdas), 3), so that it need not be fitted again.
    keep : callable, optional
        Takes the sums of each fold.

    Raises
    ------
    ModelError
        When there are fewer than two experiments or no λ.
    """
    m = problem.injections.shape[0]
    chosen = fold_rows(m) if folds is None else list(folds)
    ordered = tuple(sorted(lambdas))
    if not ordered:
        raise ModelError("There is no λ to choose from.")
    sums = np.zeros((len(chosen), len(ordered), 3))
    for number, fold in enumerate(chosen):
        before = known(number)
        if before is not None:
            sums[number] = before
            continue
        test = problem.subset(fold)

        def tell(
            lam: float, predict: Predict, number: int = number, test: SplineProblem = test
        ) -> None:
            found = observed_sums(test, predict(test.injections))
            sums[number, ordered.index(lam)] = found.sum(axis=0)

        train = problem.subset(np.setdiff1d(np.arange(m), fold))
        name = f"Choosing λ, fold {number + 1} of {len(chosen)}"
        job = fit(train, ordered[::-1], tell)
        yield from stretch(job, number, 1, len(chosen), name)
        keep(number, sums[number].copy())
    return LambdaSearch(ordered, sums)
