"""λ by K folds equals fitting every fold under every λ in full."""

from __future__ import annotations

import numpy as np
import pytest

from napari_connectome.core.errors import ModelError
from napari_connectome.core.progress import Progress, run_to_end
from napari_connectome.core.scoring import mse_rel
from napari_connectome.core.spline.lambda_search import LambdaSearch, fold_rows, search_job
from tests.core.spline.planted import full_solution, small_problem

LAMBDAS = (1e-4, 1.0, 1e4)


def brute(order):
    """Fits in full; notes the order in which λ come."""

    def fit(problem, lambdas, tell):
        for lam in lambdas:
            order.append(lam)
            weights = full_solution(problem.with_lam(lam))
            yield Progress(0, 0, "fitting")
            tell(lam, lambda injections, weights=weights: injections @ weights)

    return fit


def test_errors_are_those_of_every_fold_in_full():
    problem, order = small_problem(noise=0.05), []
    folds = fold_rows(6, 3)
    assert sorted(np.concatenate(folds).tolist()) == list(range(6))
    found = run_to_end(search_job(problem, brute(order), LAMBDAS, folds))
    assert order == list(LAMBDAS[::-1]) * 3, "from smooth to rough, for warm starts"
    for lam, error in zip(LAMBDAS, found.errors, strict=True):
        truth, guess = [], []
        for fold in folds:
            train = problem.subset(np.setdiff1d(np.arange(6), fold)).with_lam(lam)
            seen = ~problem.hidden[fold]
            guess.append((problem.injections[fold] @ full_solution(train))[seen])
            truth.append(problem.projections[fold][seen])
        assert error == pytest.approx(mse_rel(np.concatenate(truth), np.concatenate(guess)))
    assert found.best == LAMBDAS[int(np.argmin(found.errors))]


def test_of_equal_errors_the_smoothest_is_taken():
    sums = np.ones((2, 3, 3))
    assert LambdaSearch((1.0, 10.0, 100.0), sums).best == 100.0


def test_too_few_to_choose_from():
    with pytest.raises(ModelError, match="and there is 1"):
        fold_rows(1)
    assert len(fold_rows(3)) == 3
    with pytest.raises(ModelError, match="no λ"):
        run_to_end(search_job(small_problem(), brute([]), ()))
